"""Numbers, dates and sentences in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from ironriver.language import mark, translator
from ironriver.reports.findings.cells import Cell

_LOCALES = {"en": "en_US", "es": "es_MX"}

WITHHELD = mark("withheld")


class Words:
    """A language: its translator, and how it writes numbers and dates.

    >>> words = Words("es")
    >>> words.number(12345.6), words.share(0.116)
    ('12,345.6', '11.6%')
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.translate: Callable[[str], str] = translator(lang)
        self._locale = _LOCALES[lang]

    def __call__(self, text: str, **values: object) -> str:
        """Translate a text and fill its places; whole numbers are written with separators."""
        shown = {
            name: self.number(value) if isinstance(value, int | float) else value
            for name, value in values.items()
        }
        return self.translate(text).format(**shown)

    def one_or_many(self, one: str, many: str, count: int, **values: object) -> str:
        """Choose the text for one or for many, and fill its place ``{n}``."""
        return self(one if count == 1 else many, n=count, **values)

    def number(self, value: float) -> str:
        """Write a number with the language's separators."""
        return str(format_decimal(value, locale=self._locale))

    def share(self, value: float) -> str:
        """Write a share between 0 and 1 as a percentage with one decimal.

        A share that would round to 0 or 1 without being it keeps its true side, as <0.1%.
        """
        if 0 < value < 0.0005:
            return "<" + self._percent(0.001)
        if 0.9995 <= value < 1:
            return ">" + self._percent(0.999)
        return self._percent(value)

    def _percent(self, value: float) -> str:
        return str(format_percent(value, format="#,##0.#%", locale=self._locale))

    def probability(self, value: float) -> str:
        """Write a probability; none is certain, whatever it was rounded to."""
        return self.share(min(max(value, 1e-6), 1 - 1e-6))

    def between(self, low: float, high: float) -> str:
        """Write two bounds of a share."""
        return self("{low} to {high}", low=self.share(low), high=self.share(high))

    def cell(self, cell: Cell) -> str:
        """Write a count, or that the release gate withholds it."""
        return self.translate(WITHHELD) if cell.value is None else self.number(cell.value)

    def day(self, day: dt.date) -> str:
        """Spell a day: July 4, 2025; 4 de julio de 2025."""
        return str(format_date(day, "long", locale=self._locale))

    def month(self, day: dt.date) -> str:
        """Spell the month of a day: July 2025; julio de 2025."""
        pattern = "MMMM y" if self.lang == "en" else "MMMM 'de' y"
        return str(format_date(day, pattern, locale=self._locale))

    def moment(self, at: dt.datetime) -> str:
        """Spell a moment with its hour; callers give the time zone in the value."""
        hour = str(format_datetime(at, "HH:mm", locale=self._locale))
        return f"{self.day(at.date())}, {hour} {at.tzname() or ''}".strip()

    def period(self, period: str) -> str:
        """Say a period such as ``2019-01 to 2021-07``."""
        start, between, end = period.partition(" to ")
        if not between:
            return self.translate(period)
        return self("{start} to {end}", start=start, end=end)

    def place(self, name: str) -> str:
        """Give a state's name as the language has it: New Mexico, Nuevo México."""
        return self.translate(name)

    def joined(self, items: list[str]) -> str:
        """Join items with commas and the language's "and"."""
        if len(items) < 2:
            return "".join(items)
        return self("{first} and {last}", first=", ".join(items[:-1]), last=items[-1])
