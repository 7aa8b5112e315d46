"""Candidate search over serials: complete for one and two edits, look-alikes and unread marks."""

from ironriver.firearms.search.candidates import Candidates
from ironriver.firearms.search.index import SerialIndex

__all__ = ["Candidates", "SerialIndex"]
