"""What a cell of a workbook shows, as text."""

from __future__ import annotations

import datetime as dt
import re

_DAY_ONE = {False: dt.datetime(1899, 12, 30), True: dt.datetime(1904, 1, 1)}  # noqa: DTZ001
_DATE_IDS = frozenset([*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)])
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LARGEST_WHOLE = 1e21


def is_date_format(number: int, code: str) -> bool:
    """Say whether a number format shows a date or a time (ECMA-376 part 1, 18.8.30).

    >>> is_date_format(14, ""), is_date_format(164, "dd/mm/yyyy"), is_date_format(164, '0.0" m"')
    (True, True, False)
    """
    if not code:
        return number in _DATE_IDS
    bare = _LITERAL.sub("", code.split(";")[0]).lower()
    return bare != "general" and any(sign in bare for sign in "dmyhs")


def number_text(value: float) -> str:
    """Give a number without a needless ``.0``.

    >>> number_text(5.0), number_text(0.1), number_text(12345678901234567.0)
    ('5', '0.1', '12345678901234568')
    """
    if value.is_integer() and abs(value) < _LARGEST_WHOLE:
        return str(int(value))
    return repr(value)


def date_text(serial: float, from_1904: bool) -> str:
    """Give a day count as an ISO date, time, or both; as a number where it is no date.

    >>> date_text(45413.0, False), date_text(0.5, False), date_text(45413.25, False)
    ('2024-05-01', '12:00:00', '2024-05-01 06:00:00')
    """
    if not 0 <= serial < 2_958_466:
        return number_text(serial)
    if not from_1904 and 1 <= serial < 60:
        serial += 1  # the calendar of spreadsheets has a 29 February 1900
    moment = _DAY_ONE[from_1904] + dt.timedelta(seconds=round(serial * 86_400))
    return time_text(moment.time()) if serial < 1 else moment_text(moment)


def moment_text(moment: dt.datetime) -> str:
    """Give a date, with its time unless that is midnight."""
    if moment.time() == dt.time():
        return moment.date().isoformat()
    return f"{moment.date().isoformat()} {time_text(moment.time())}"


def time_text(time: dt.time) -> str:
    """Give a time to the second, or finer where it is."""
    return time.isoformat()


def value_text(value: object) -> str:
    """Give a value that calamine read as text."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return number_text(float(value)) if isinstance(value, float) else str(value)
    if isinstance(value, dt.datetime):
        return moment_text(value)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return "" if value is None else str(value)


def unescape(text: str) -> str:
    """Undo ``_x000D_`` and the like (ECMA-376 part 1, 22.9.2.19).

    >>> unescape("a_x0041_b")
    'aAb'
    """
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
