"""Read the number of a US federal firearms licence.

Its form is R-DD-CCC-TT-YM-SSSSS: region, district, county, type, expiry (last digit of the year and
a month letter A to M without I), sequence. The expiry part changes at every renewal, so region,
district and sequence are what lasts: the first three and the last five digits.
"""

from __future__ import annotations

import re

from ironriver.intake.parsers.blanks import is_blank
from ironriver.intake.parsers.reading import Problem, Reading

_REGIONS = "1345689"
_TYPES = ("01", "02", "03", "06", "07", "08", "09", "10", "11")
_WIDTHS = (1, 2, 3, 2, 2, 5)
_SEPARATORS = re.compile(r"[\s./_\-\u2010-\u2015]+")
_NUMBER = re.compile(
    rf"([{_REGIONS}])([0-9]{{2}})([0-9]{{3}}|XXX)({'|'.join(_TYPES)}|XX)([0-9][A-HJ-M]|XX)([0-9]{{5}})"
)
_SHOWN = 40
_LONGEST = 60


def read(text: str) -> Reading:
    """Read a licence number, with or without separators; parts may have lost leading zeros.

    Values: ``licence_number`` (normal form), ``licence_key``, ``licence_type``, ``licence_expiry``
    and ``licence_county``. A number whose middle is masked (8-23-XXX-XX-XX-14245) has only a key.

    >>> read("8 23 091 01 7F 14245").values["licence_number"]
    '8-23-091-01-7F-14245'
    >>> read("8-23-XXX-XX-XX-14245").values["licence_key"]
    '8-23-14245'
    """
    if is_blank(text):
        return Reading(_values(None))
    parts = [part for part in _SEPARATORS.split(text.strip().upper()) if part]
    if not parts:
        return Reading(_values(None))
    # A spreadsheet takes leading zeros from every part; where one is left, a short part is a slip.
    if len(parts) == len(_WIDTHS) and not any(p.startswith("0") for p in parts if p.isdigit()):
        parts = [part.zfill(width) for part, width in zip(parts, _WIDTHS, strict=True)]
    match = _NUMBER.fullmatch("".join(parts)) if len(text) <= _LONGEST else None
    if match is None:
        shown = repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
        reason = f"{shown} is not a licence number of the form R-DD-CCC-TT-YM-SSSSS"
        return Reading(_values(None), problem=Problem("licence_invalid", reason))
    return Reading(_values(match))


def _values(match: re.Match[str] | None) -> dict[str, str | None]:
    names = ("licence_number", "licence_key", "licence_type", "licence_expiry", "licence_county")
    if match is None:
        return dict.fromkeys(names)
    region, district, county, kind, expiry, sequence = match.groups()
    masked = "X" in county + kind + expiry
    values: dict[str, str | None] = {
        "licence_number": None if masked else "-".join(match.groups()),
        "licence_key": f"{region}-{district}-{sequence}",
    }
    for name, part in zip(names[2:], (kind, expiry, county), strict=True):
        values[name] = None if "X" in part else part
    return values
