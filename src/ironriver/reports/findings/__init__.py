"""The findings page: what the files say, what speaks against it, and what it rests on."""

from ironriver.reports.findings.model import FindingsModel, model
from ironriver.reports.findings.page import render
from ironriver.reports.findings.shares import Figure
from ironriver.reports.findings.terminal import to_terminal

__all__ = ["Figure", "FindingsModel", "model", "render", "to_terminal"]
