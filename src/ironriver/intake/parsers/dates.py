"""Read dates as people and machines write them in both countries.

A two-digit year is the latest one that is not after the year of `latest`: with 2026, ``26`` is 2026
and ``27`` is 1927. Without `latest` today's year takes its place, so whoever needs the same answer
next year gives `latest`.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ironriver.intake.parsers.blanks import is_blank
from ironriver.intake.parsers.reading import Problem, Reading, Repair
from ironriver.tables import DatePrecision

# Where only the order of day and month is asked, the century does not matter.
_LATEST_CENTURY = 2099
Order = Literal["dmy", "mdy"]

_EARLIEST_YEAR = 1900
_LONGEST = 80
_SHOWN = 40

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero ene",
            "february feb febrero febr",
            "march mar marzo mzo",
            "april apr abril abr",
            "may mayo",
            "june jun junio",
            "july jul julio",
            "august aug agosto ago agto",
            "september sep sept septiembre setiembre set",
            "october oct octubre",
            "november nov noviembre novbre",
            "december dec diciembre dic dicbre",
        ),
        1,
    )
    for name in names.split()
}
_WEEKDAYS = (
    "mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?"
    "|sun(?:day)?|lun(?:es)?|mar(?:tes)?|mie(?:rcoles)?|jue(?:ves)?|vie(?:rnes)?|sab(?:ado)?"
    "|dom(?:ingo)?"
)
_NAME = "(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")(?![a-z])\.?"
_TIME = (
    r"(?:[t ,]\s*(?:a las )?\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,9})?)?"
    r"\s*(?:[ap]\.?\s?m\.?|hr?s?\.?|horas)?\s*(?:z|[a-z]{3,4}|(?:utc|gmt)?[+-]\d{2}(?::?\d{2})?)?)?"
)
_YEAR = r"(\d{4}|'?\d{2})"
_GAP = r"[ ./,-]*"


def _pattern(body: str) -> re.Pattern[str]:
    return re.compile(body, re.ASCII)


_YEAR_FIRST = _pattern(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}")
_YEAR_LAST = _pattern(rf"(\d{{1,2}})\s?([-/.])\s?(\d{{1,2}})\s?\2\s?(\d{{4}}|\d{{2}}){_TIME}")
_COMPACT = _pattern(rf"(\d{{4}})(\d{{2}})(\d{{2}})(?:t\d{{4}}(?:\d{{2}})?z?)?{_TIME}")
_SERIAL = _pattern(r"(\d{5})(?:\.\d+)?")
_YEAR_ONLY = _pattern(r"(\d{4})(?:\.0+)?")
_YEAR_MONTH = _pattern(r"(\d{4})[-/.](\d{1,2})")
_MONTH_YEAR = _pattern(r"(\d{1,2})[-/.](\d{4})")
_DAY_NAME_YEAR = _pattern(
    rf"(?:(?:{_WEEKDAYS})\b[., ]*)?(\d{{1,2}})(?:(?:st|nd|rd|th|o|ro|er)\b)?{_GAP}(?:de |of )?"
    rf"{_NAME}{_GAP}(?:de |del )?(?:ano )?{_YEAR}{_TIME}"
)
_NAME_DAY_YEAR = _pattern(
    rf"(?:(?:{_WEEKDAYS})\b[., ]*)?{_NAME}{_GAP}(\d{{1,2}})(?:st|nd|rd|th)?(?:[ ,./-]+)"
    rf"{_YEAR}{_TIME}"
)
_YEAR_NAME_DAY = _pattern(rf"(\d{{4}})[ ./-]*{_NAME}[ ./-]*(\d{{1,2}}){_TIME}")
_NAME_YEAR = _pattern(rf"{_NAME}([ ./,-]*)(?:de |del )?{_YEAR}")
_ZERO_DATE = _pattern(r"0{1,4}([-/.])0{1,2}\1[0]{1,4}(?: 00:00(?::00)?)?")


@dataclass(frozen=True, slots=True)
class _Parts:
    """Year, month, day as numbers; month or day is None where the text does not say."""

    year: int
    month: int | None = None
    day: int | None = None
    swappable: bool = False

    @property
    def precision(self) -> DatePrecision:
        if self.day is not None:
            return DatePrecision.DAY
        return DatePrecision.YEAR if self.month is None else DatePrecision.MONTH

    def date(self) -> dt.date | None:
        """Give the first day of what is known, None if the calendar has no such day."""
        month = 1 if self.month is None else self.month
        try:
            return dt.date(self.year, month, 1 if self.day is None else self.day)
        except ValueError:
            return None


def excel_serial(number: int) -> dt.date | None:
    """Give the day of a serial number of Excel's 1900 system.

    Excel counts a 29 February 1900 that never was (serial 60, answered with None), so that serials
    from 61 on stand one day further from the epoch than the calendar does.

    >>> excel_serial(43831), excel_serial(59), excel_serial(60)
    (datetime.date(2020, 1, 1), datetime.date(1900, 2, 28), None)
    """
    if number < 1 or number == 60 or number > 2_958_465:
        return None
    return dt.date(1899, 12, 31 if number < 60 else 30) + dt.timedelta(days=number)


def read(
    text: str,
    order: Order | None,
    column: str,
    latest: dt.date | None = None,
    custom: Order = "dmy",
) -> Reading:
    """Read a date into `column` and ``date_precision``.

    `order` is the order of day and month that is certain for the whole column, None if it is not:
    then a text that can be read both ways is read in the sender's `custom`, is called ambiguous,
    and the other reading is suggested with probability 0.5, since nothing in the text prefers
    either. If only one of both readings is a day between 1900 and `latest`, that one is taken.

    >>> dict(read("12 de marzo de 2019", "dmy", "event_date").values)["event_date"]
    datetime.date(2019, 3, 12)
    >>> read("05/03/2019", None, "event_date").values["date_precision"]
    <DatePrecision.AMBIGUOUS: 'ambiguous'>
    """
    folded = _fold(text)
    if is_blank(folded) or _ZERO_DATE.fullmatch(folded):
        return Reading({column: None, "date_precision": DatePrecision.UNKNOWN})
    today = dt.datetime.now(dt.UTC).date()
    parts = (
        _parts(folded, order or custom, (latest or today).year) if len(folded) <= _LONGEST else None
    )
    first = None if parts is None else parts.date()
    other = _swapped(parts)
    if first is None and other is not None:
        first, other = other, None
    if parts is None or first is None:
        return _refused(column, "date_invalid", f"{_shown(text)} is not a date")
    if parts.swappable and order is None and other is not None and other != first:
        if _in_range(first, latest) and _in_range(other, latest):
            repair = Repair(column, text, other.isoformat(), "day_month_swapped", 0.5)
            return Reading({column: first, "date_precision": DatePrecision.AMBIGUOUS}, (repair,))
        first = first if _in_range(first, latest) else other
    if not _in_range(first, latest):
        limits = f"1900 to {latest.isoformat()}" if latest is not None else "1900 onwards"
        return _refused(column, "date_out_of_range", f"{_shown(text)} is outside {limits}")
    return Reading({column: first, "date_precision": parts.precision})


def column_order(sample: Iterable[str], default: Order) -> Order | None:
    """Say in which order a column writes day and month, from a sample of it.

    A text such as 25/03/2024 can be read in one order only, and is evidence for it. Evidence for
    one order only: that order. None at all: `default`. For both: None, the column is mixed. A day
    that does not exist, such as 31/02/2024, is evidence for nothing.

    >>> column_order(["01/02/2024", "03/25/2024"], "dmy")
    'mdy'
    >>> column_order(["25/03/2024", "03/25/2024"], "dmy") is None
    True
    """
    seen: set[Order] = set()
    for text in sample:
        match = _YEAR_LAST.fullmatch(_fold(text))
        if match is None:
            continue
        first, second, year = int(match[1]), int(match[3]), _year(match[4], _LATEST_CENTURY)
        if first > 12 and _Parts(year, second, first).date() is not None:
            seen.add("dmy")
        elif second > 12 and _Parts(year, first, second).date() is not None:
            seen.add("mdy")
    if not seen:
        return default
    return seen.pop() if len(seen) == 1 else None


def _parts(text: str, order: Order | None, pivot: int) -> _Parts | None:
    """Split a folded text into year, month and day; None if it has no known form."""
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        numbers = [int(part) for part in match.groups() if part.isdigit()]
        return _Parts(numbers[0], numbers[1], numbers[2])
    if match := _YEAR_LAST.fullmatch(text):
        year, first, second = _year(match[4], pivot), int(match[1]), int(match[3])
        if order == "mdy":
            first, second = second, first
        return _Parts(year, second, first, swappable=True)
    if match := _SERIAL.fullmatch(text):
        day = excel_serial(int(match[1]))
        return None if day is None else _Parts(day.year, day.month, day.day)
    if match := _YEAR_ONLY.fullmatch(text):
        return _Parts(int(match[1]))
    if match := _YEAR_MONTH.fullmatch(text):
        return _Parts(int(match[1]), int(match[2]))
    if match := _MONTH_YEAR.fullmatch(text):
        return _Parts(int(match[2]), int(match[1]))
    return _named_parts(text, pivot)


def _named_parts(text: str, pivot: int) -> _Parts | None:
    """Split a folded text that holds the name of a month."""
    if match := _DAY_NAME_YEAR.fullmatch(text):
        return _Parts(_year(match[3], pivot), _MONTHS[match[2]], int(match[1]))
    if match := _NAME_DAY_YEAR.fullmatch(text):
        return _Parts(_year(match[3], pivot), _MONTHS[match[1]], int(match[2]))
    if match := _YEAR_NAME_DAY.fullmatch(text):
        return _Parts(int(match[1]), _MONTHS[match[2]], int(match[3]))
    if match := _NAME_YEAR.fullmatch(text):
        # "Mar 20" may be a day without its year; "mar-20" is how Excel writes a month.
        if len(match[3]) == 2 and not match[2].strip(" ,."):
            return None
        return _Parts(_year(match[3], pivot), _MONTHS[match[1]])
    return None


def _swapped(parts: _Parts | None) -> dt.date | None:
    """Give the other reading of day and month, where there is one."""
    if parts is None or not parts.swappable:
        return None
    return _Parts(parts.year, parts.day, parts.month).date()


def _year(digits: str, pivot: int) -> int:
    if len(digits) == 4:
        return int(digits)
    year = pivot - pivot % 100 + int(digits[-2:])
    return year if year <= pivot else year - 100


def _in_range(day: dt.date, latest: dt.date | None) -> bool:
    return day.year >= _EARLIEST_YEAR and (latest is None or day <= latest)


def _fold(text: str) -> str:
    """Give the text in lower case, without accents and doubled spaces."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.replace("º", "o").replace("°", "o"))
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(text.lower().split())


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def _refused(column: str, code: str, what: str) -> Reading:
    values = {column: None, "date_precision": DatePrecision.UNKNOWN}
    return Reading(values, problem=Problem(code, f"{column}: {what}"))
