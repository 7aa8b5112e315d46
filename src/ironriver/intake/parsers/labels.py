"""Split a cell that holds a whole description: ``Colt M-16AI calibre 5.56 matricula 5219338``."""

from __future__ import annotations

import re
from functools import lru_cache

_FIELDS = {
    "make": r"MARCA|MAKE|FABRICANTE|MANUFACTURER",
    "model": r"MODELO|MODEL|MOD",
    "calibre": r"CALIBRE|CALIBER|CAL",
    "serial": r"MATR[ÍI]CULA|MAT|N[ÚU]MERO DE SERIE|NO\.? DE SERIE|SERIE|SERIAL(?: NUMBER)?|S/N",
    "type": r"TIPO|TYPE|CLASE",
    "importer": r"IMPORTADOR|IMPORTER",
}
_ANY = re.compile(
    "|".join(
        rf"(?P<{field}>(?<!\w)(?<!SIN )(?<!NO )(?:{words})\b)" for field, words in _FIELDS.items()
    ),
    re.IGNORECASE,
)
_EDGES = " .:,;-#"


@lru_cache(maxsize=65_536)
def split(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Give what stands before the first label, and each label's field with its text.

    >>> split("Colt M-16AI calibre 5.56 matricula 5219338")
    ('Colt M-16AI', (('calibre', '5.56'), ('serial', '5219338')))
    """
    marks = list(_ANY.finditer(text))
    if not marks:
        return text, ()
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    found = [
        (mark.lastgroup or "", text[mark.end() : end].strip(_EDGES))
        for mark, end in zip(marks, ends, strict=True)
    ]
    kept = tuple(one for one in found if one[1])
    return (text[: marks[0].start()].strip(_EDGES), kept) if kept else (text, ())
