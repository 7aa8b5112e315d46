"""Names of places, and the geometry that goes with them."""

from __future__ import annotations

from ironriver.reference.geography import BorderMap
from ironriver.reports.findings.words import Words

# Small words inside a name that was printed in capitals.
_SMALL = frozenset({"of", "de", "del", "la", "and"})


class Atlas:
    """Names the states of both countries by code."""

    def __init__(self, border: BorderMap) -> None:
        self.border = border
        self._names = {state.code: state.name for state in border.states}

    def name(self, code: str, words: Words) -> str:
        """Name a state by its code, or by its name in capitals as some tables print it."""
        if not code:
            return words("State not known")
        if code in self._names:
            return words.place(self._names[code])
        return words.place(capitals(code)) if code.isupper() else words.place(code)


def capitals(name: str) -> str:
    """Write a name printed in capitals as one writes it; codes stay as they are.

    >>> capitals("DISTRICT OF COLUMBIA"), capitals("US-72")
    ('District of Columbia', 'US-72')
    """
    if any(letter.isdigit() for letter in name):
        return name
    parts = name.lower().split()
    return " ".join(
        part if place and part in _SMALL else "US" if part == "us" else part.capitalize()
        for place, part in enumerate(parts)
    )
