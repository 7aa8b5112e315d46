"""Sentences that can be said in both languages, numbers and all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ironriver.language import translator


@dataclass(frozen=True, slots=True)
class Both:
    """A text that data bring along in both languages."""

    en: str
    es: str

    def say(self, lang: str = "en") -> str:
        """Give the text in `lang`."""
        return self.es if lang == "es" else self.en


@dataclass(frozen=True, slots=True)
class Phrase:
    """An English template with named places; what fills them may itself be a phrase.

    >>> Phrase("{n} guns", {"n": whole(1200)}).say()
    '1,200 guns'
    """

    template: str
    values: Mapping[str, Sayable] = field(default_factory=dict)

    def say(self, lang: str = "en") -> str:
        """Give the sentence in `lang`, its places filled."""
        filled = {
            name: part if isinstance(part, str) else part.say(lang)
            for name, part in self.values.items()
        }
        return translator(lang)(self.template).format(**filled)


Sayable = str | Both | Phrase


def whole(number: float) -> str:
    """Write a count with thousands separators, as both countries do.

    >>> whole(136894)
    '136,894'
    """
    return f"{number:,.0f}"


def percent(share: float, places: int = 1) -> str:
    """Write a share (0-1) as a percentage.

    >>> percent(0.70276), percent(1.0)
    ('70.3%', '100%')
    """
    written = f"{100 * share:.{places}f}"
    return f"{written.removesuffix('.' + '0' * places)}%"
