"""Recognise a dealer's book of acquisitions and dispositions by its headings.

Such a book joins, on one line, where the dealer had a gun from and to whom it went (27 CFR
478.125(e)). Holding one whole would be a register of owners. One side alone is not a book: a theft
report names an acquisition, a multiple-sale report a transferee, an inspection its disposition.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_DETAIL = r"(?:date|from|to|name|type|source|contact|address|licen[cs]e|ffl)"

# Spanish `fecha de adquisición` counts as the dealer's side only beside a disposition, since buyers
# acquire too; `comprador` and `adquirente` are therefore no sign of the other side.
_ACQUISITION = re.compile(
    rf"\b(?:acq|acquired?|acquisition)s?\b.*\b{_DETAIL}\b"
    rf"|\b{_DETAIL}\b.*\b(?:acq|acquired?|acquisition)s?\b"
    r"|\breceived from\b|\bfrom whom received\b|\bdate of receipt\b"
    r"|\bfecha (?:de )?(?:la )?adquisicion\b|\badquirid[oa]s? (?:de|a)\b"
    r"|\brecibid[oa]s? de\b|\bproveedor\b"
)
_DISPOSITION = re.compile(
    rf"\b(?:disp|disposed?|disposition)s?\b.*\b{_DETAIL}\b"
    rf"|\b{_DETAIL}\b.*\b(?:disp|disposed?|disposition)s?\b"
    r"|\btransferee\b|\bsold to\b|\bdate sold\b|\b4473\b"
    r"|\bfecha (?:de )?(?:la )?(?:disposicion|enajenacion|venta)\b"
    r"|\b(?:vendid|enajenad|transferid)[oa]s? a\b|\bcliente\b"
)
# A court's or a laboratory's list also says from whom a thing came and where it went.
_EVIDENCE = re.compile(r"\b(?:exhibit|evidence|evidencia|indicio|embalaje)s?\b")


def looks_like_bound_book(headings: Sequence[str]) -> str | None:
    """Give the two headings that betray a bound book, or None.

    >>> looks_like_bound_book(["Serial", "Date Acquired", "Received From", "Transferee", "4473 #"])
    'Date Acquired + Transferee'
    >>> looks_like_bound_book(["Serial", "Inspection Number", "Date Completed", "Disposition"])
    """
    folded = [_fold(heading) for heading in headings]
    if any(_EVIDENCE.search(text) for text in folded):
        return None
    acquired = _first(_ACQUISITION, folded, headings)
    disposed = _first(_DISPOSITION, folded, headings)
    return f"{acquired} + {disposed}" if acquired and disposed else None


def _first(pattern: re.Pattern[str], folded: list[str], headings: Sequence[str]) -> str | None:
    pairs = zip(folded, headings, strict=True)
    return next((heading.strip() for text, heading in pairs if pattern.search(text)), None)


def _fold(heading: str) -> str:
    """Lower case, no accents, words apart: ``acquireDate`` and ``Acquire_Date`` become one."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    plain = unicodedata.normalize("NFKD", apart).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z0-9]+", plain.lower()))
