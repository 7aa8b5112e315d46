"""What is asked: a gun as somebody describes it, read as a row of a file would be read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ironriver.firearms.gun_records import FIELDS
from ironriver.firearms.search.keys import plain
from ironriver.intake.parsers import description

EDITS, ENDS = 2, 3
"""Guns are looked for up to so many errors away, and with so many characters lost at an end."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A gun as somebody describes it, in the words of the tables; only the serial must be given."""

    serial: str
    make: str | None = None
    importer: str | None = None
    model: str | None = None
    calibre: str | None = None
    type: str | None = None
    recovered: dt.date | None = None


def asked(
    serial: str,
    make: str | None = None,
    model: str | None = None,
    calibre: str | None = None,
    type: str | None = None,  # noqa: A002
    importer: str | None = None,
    recovered: dt.date | None = None,
) -> Asked:
    """Read a question as a row of a file would be read.

    >>> asked("glk o12", "Glock GmbH", calibre="9 mm Parabellum").serial
    'GLKO12'
    """
    values = description.read(make, model, calibre, type, importer, None).values
    read = {name: str(values[name]) if values[name] else None for name in FIELDS}
    return Asked(
        plain(serial),
        read["make"],
        read["importer"],
        read["model"],
        read["calibre"],
        read["type"],
        recovered,
    )
