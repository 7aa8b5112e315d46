"""Short forms of given names in both languages, and the same name in Spanish and English."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

import pyarrow as pa


@cache
def pairs() -> tuple[tuple[str, str], ...]:
    """Give every short form with a whole form it stands for, both folded.

    >>> ("pancho", "francisco") in pairs(), ("bob", "robert") in pairs()
    (True, True)
    """
    text = (resources.files("ironriver.entities") / "nicknames.csv").read_text("utf-8")
    return tuple((row["short"], row["whole"]) for row in csv.DictReader(text.splitlines()))


def table() -> pa.Table:
    """Give the pairs as a table with the columns short and whole."""
    short, whole = zip(*pairs(), strict=True)
    return pa.table({"short": pa.array(short), "whole": pa.array(whole)})
