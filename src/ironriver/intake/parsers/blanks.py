"""Words by which a file says that it holds nothing."""

from __future__ import annotations

import unicodedata

_WORDS = """
- -- --- . .. ? n/a na n.a. n.a n/d nd n.d. n.d s/d sd s.d. s/f s/n null none nan nil
unknown unk not_available not_specified not_known not_reported
desconocido desconocida desc ignorado ignorada se_ignora sin_dato sin_datos sin_fecha sin_nombre
no_disponible no_aplica no_especificado no_especificada no_identificado no_identificada
sin_especificar sin_informacion
"""
_BLANKS = frozenset(word.replace("_", " ") for word in _WORDS.split())


def is_blank(text: str) -> bool:
    """Say whether a text stands for nothing.

    >>> is_blank("S/D"), is_blank("Sin información"), is_blank("Tijuana")
    (True, True, False)
    """
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    plain = text.strip().lower()
    return not plain or plain in _BLANKS
