"""Which months a figure covers, and when its source counted, as far as either is known."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ironriver.language import mark, translator

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_AS_OF = {
    "": mark("{date}"),
    "after ": mark("after {date}"),
    "before ": mark("before {date}"),
}


def _month(date: str, last: bool) -> int:
    """Count months from year 0; a bare year gives its first or last month."""
    if not _DATE.fullmatch(date):
        raise ValueError(f"{date!r} is no date like 2024, 2024-10 or 2024-10-31")
    month = int(date[5:7]) if len(date) > 4 else (12 if last else 1)
    if not 1 <= month <= 12:
        raise ValueError(f"{date!r} has no month {month}")
    return int(date[:4]) * 12 + month - 1


@dataclass(frozen=True, slots=True)
class Period:
    """Years or months, both ends included; no end: still running; neither: not stated.

    >>> Period("2009", "2014").text(), Period("2024-10").text(), Period().text()
    ('2009-2014', 'since 2024-10', 'not stated')
    """

    start: str = ""
    end: str = ""

    def __post_init__(self) -> None:
        if self.end and not self.start:
            raise ValueError(f"a period that ends in {self.end} needs a start")
        first, last = self.months
        if first > last:
            raise ValueError(f"a period cannot run from {self.start} to {self.end}")

    @property
    def stated(self) -> bool:
        """Whether anything is known of it."""
        return bool(self.start)

    @property
    def months(self) -> tuple[int, int]:
        """First and last month, counted from year 0; open ends are far away."""
        first = _month(self.start, last=False) if self.start else 0
        return first, _month(self.end, last=True) if self.end else 10**6

    def overlaps(self, other: Period) -> bool:
        """Tell whether the two share a month."""
        first, last = self.months
        return first <= other.months[1] and other.months[0] <= last

    def text(self, lang: str = "en") -> str:
        """Say the period: 2008, 2009-2014, 2019-01 to 2021-07, since 2024-10, not stated."""
        say = translator(lang)
        if not self.stated:
            return say(mark("not stated"))
        if not self.end:
            return say(mark("since {start}")).format(start=self.start)
        if self.start == self.end:
            return self.start
        if len(self.start) == len(self.end) == 4:
            return f"{self.start}-{self.end}"
        return say(mark("{start} to {end}")).format(start=self.start, end=self.end)


def as_of_text(as_of: str, lang: str = "en") -> str:
    """Say when a source counted; ``after`` and ``before`` stand where it does not print the day.

    >>> as_of_text("after 2022-12")
    'after 2022-12'
    """
    for prefix in ("after ", "before ", ""):
        if as_of.startswith(prefix) and _DATE.fullmatch(as_of.removeprefix(prefix)):
            return translator(lang)(_AS_OF[prefix]).format(date=as_of.removeprefix(prefix))
    raise ValueError(
        f"{as_of!r} is no as-of date like 2024-10, 'after 2024-10' or 'before 2024-10'"
    )
