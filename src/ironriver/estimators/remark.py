"""Sentences beside a number: what is assumed, what can go wrong, why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ironriver.language import translator


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence for the reader: an English template and the values of its places."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, lang: str = "en") -> str:
        """Give the sentence in English or Spanish; values that are texts are translated too.

        >>> Remark("{count} lists", {"count": 3}).text()
        '3 lists'
        """
        say = translator(lang)
        values = {
            name: say(value) if isinstance(value, str) else value
            for name, value in self.values.items()
        }
        return say(self.template).format(**values)
