"""Read a country of origin into its ISO 3166-1 alpha-2 code."""

from __future__ import annotations

from functools import cache, lru_cache

from babel import Locale

from ironriver.intake.parsers import serial_words
from ironriver.reference.firearms import tables


@cache
def _known() -> dict[str, str]:
    """Give every folded name: Babel's in English and Spanish, then the forms that clerks use."""
    found = {}
    for language in ("en", "es", "es_MX"):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("ZZ", "EU", "UN", "EZ"):
                found[_key(str(name))] = str(code)
    for alias, code in tables.country_aliases():
        found[_key(alias)] = code
    return found


def _key(text: str) -> str:
    return serial_words.fold(text).replace(" ", "")


@lru_cache(maxsize=16_384)
def read(text: str | None) -> str | None:
    """Give the code of a country, or null where the text names none for certain.

    >>> read("E.U.A."), read("Bélgica"), read("Rumanía"), read("Narnia")
    ('US', 'BE', 'RO', None)
    """
    if text is None:
        return None
    folded = _key(text)
    known = _known()
    if folded in known:
        return known[folded]
    if len(folded) == 2 and folded in known.values():
        return folded
    for lead in ("HECHOEN", "MADEIN", "FABRICADOEN", "ORIGEN"):
        if folded.startswith(lead) and folded.removeprefix(lead) in known:
            return known[folded.removeprefix(lead)]
    return None
