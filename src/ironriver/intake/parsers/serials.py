"""Read a column of serial numbers: what is stamped, and whether it could be read.

A serial is kept as it was typed (NFKC, upper case, inner white space one blank) and never
repaired; whatever a reader might think of it is a suggestion beside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from ironriver.intake.parsers import serial_words as words
from ironriver.intake.parsers.reading import Repair
from ironriver.intake.parsers.serial_doubts import doubts

# Letters and digits, a digit other than 0 among them, no run of six letters (a word), no leading
# "PA" (patent, parcial), no digits-E-digits (a spreadsheet's number). Nothing here can be odd.
_LETTERS = "[A-DF-Z]{1,5}|[A-Z]{2,5}"
_PLAIN = (
    "^(?:[A-OQ-Z][A-Z]{0,4}|P[B-Z][A-Z]{0,3}|P)?-?0*[1-9][0-9]*"
    f"(?:(?:-|/|{_LETTERS})[0-9]+)*(?:-?[A-Z]{{1,4}})?$"
)
_MARKS = re.compile(r"[*?_#¿\ufffd\u25a1\u25a0]|\.{2,}|\u2026")
_NUMBER_SIGN = re.compile(r"^(?:NO?\.?\s*)?#\s*(?=[0-9A-Z])")
_FRAMED = re.compile(r"^\*[^*?_#]+\*$")
_DIGIT = re.compile(r"[0-9]")
_DROPPED = re.compile(r"[^\w?]+|_")


@dataclass(frozen=True, slots=True)
class SerialColumn:
    """A read column: both arrays are strings as long as the input; repairs by row from 0.

    ``status`` is read, partial, obliterated, absent or illegible, and null for an empty cell or
    one that only says "unknown". ``serial`` is null unless the status is read or partial.
    """

    serial: pa.Array
    status: pa.Array
    repairs: Mapping[int, tuple[Repair, ...]]


@dataclass(frozen=True, slots=True)
class Serial:
    """One read serial."""

    text: str | None
    status: str | None
    repairs: tuple[Repair, ...] = ()


def read_column(texts: pa.ChunkedArray | pa.Array) -> SerialColumn:
    """Read a column of serials: plain ones in bulk, each distinct odd one by itself.

    >>> column = read_column(pa.array(["l337637", "S/N", None, "12**5"]))
    >>> column.serial.to_pylist(), column.status.to_pylist()
    (['L337637', None, None, '12**5'], ['read', 'absent', None, 'partial'])
    """
    flat = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    if isinstance(flat, pa.ChunkedArray):  # no chunk at all
        flat = pa.array([], pa.string())
    flat = flat if pa.types.is_string(flat.type) else flat.cast(pa.string())
    plain = pc.match_substring_regex(flat, _PLAIN)
    odd = pc.fill_null(pc.invert(plain), False)
    status = pc.if_else(plain, "read", pa.scalar(None, pa.string()))
    if not pc.any(odd).as_py():
        return SerialColumn(flat, status, {})
    rows = pc.indices_nonzero(odd)
    serial, odd_status, repairs = _read_odd(flat.filter(odd))
    return SerialColumn(
        pc.replace_with_mask(flat, odd, serial),
        pc.replace_with_mask(status, odd, odd_status),
        {rows[place].as_py(): found for place, found in repairs.items()},
    )


def _read_odd(texts: pa.Array) -> tuple[pa.Array, pa.Array, dict[int, tuple[Repair, ...]]]:
    coded = texts.dictionary_encode()
    evened = pc.ascii_upper(pc.ascii_trim_whitespace(coded.dictionary))
    plain = pc.match_substring_regex(evened, _PLAIN).to_pylist()
    found = [
        Serial(text, "read") if simple else read(raw)
        for text, simple, raw in zip(
            evened.to_pylist(), plain, coded.dictionary.to_pylist(), strict=True
        )
    ]
    serial = pa.array([one.text for one in found], pa.string()).take(coded.indices)
    status = pa.array([one.status for one in found], pa.string()).take(coded.indices)
    if not any(one.repairs for one in found):
        return serial, status, {}
    codes = coded.indices.to_pylist()
    repairs = {row: found[code].repairs for row, code in enumerate(codes) if found[code].repairs}
    return serial, status, repairs


@lru_cache(maxsize=65_536)
def read(raw: str) -> Serial:
    """Read one serial.

    >>> read("limada").status, read("5219338 (parcial)").status, read(" l 337637 ").text
    ('obliterated', 'partial', 'L 337637')
    """
    text = even(raw)
    if not text:
        return Serial(None, None)
    folded = words.fold(text)
    status = _with_digits(text, folded) if _DIGIT.search(folded) else _in_words(text, folded)
    if status in ("read", "partial"):
        return Serial(text, status, doubts(text))
    return Serial(None, status)


def _with_digits(text: str, folded: str) -> str | None:
    if words.ABSENT_IN_WORDS.search(folded) or not folded.replace(" ", "").strip("0"):
        return "absent"
    if any(word.search(folded) for word in (words.PARTIAL, words.OBLITERATED, words.ILLEGIBLE)):
        return "partial"
    return _read_or_partial(text)


def _in_words(text: str, folded: str) -> str | None:
    """Judge a text without a digit: most are words, a few serials are letters only."""
    if not folded:
        return "illegible" if _MARKS.search(text) else "absent"
    if words.UNKNOWN.fullmatch(folded):
        return None
    if words.OBLITERATED.search(folded):
        return "obliterated"
    if words.ILLEGIBLE.search(folded) or words.PARTIAL.fullmatch(folded):
        return "illegible"
    return "absent" if words.ABSENT.fullmatch(folded) else _read_or_partial(text)


def _read_or_partial(text: str) -> str:
    """Tell whether marks stand for characters; a lone leading ``#`` or a frame of stars do not."""
    if _FRAMED.match(text) or text.startswith("="):
        return "read"
    return "partial" if _MARKS.search(_NUMBER_SIGN.sub("", text)) else "read"


def even(text: str) -> str:
    """Even a serial's spelling without a change of sense: NFKC, upper case, single blanks.

    >>> even("  ab   123 ")
    'AB 123'
    """
    for _ in range(8):  # upper case can undo NFKC for a few ligatures; twice is enough for all
        evened = " ".join(unicodedata.normalize("NFKC", text).upper().split())
        if evened == text:
            break
        text = evened
    return text


def comparison_key(text: str) -> str:
    """Fold a serial for comparison only: letter O as 0, no separators, unread marks as ``?``.

    >>> comparison_key("AO-12 3*5")
    'A0123?5'
    """
    marked = _MARKS.sub("?", even(text))
    return _DROPPED.sub("", marked).replace("O", "0")
