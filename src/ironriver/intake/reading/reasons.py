"""Why a row could not be split into cells: a short code and a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from ironriver.language import mark

RAGGED_SHORT = mark(
    "{found} cells where {expected} are expected: nothing for {column} and what follows it"
)
RAGGED_LONG = mark("{found} cells where {expected} are expected: text after the last, {column}")
STRAY_QUOTE = mark("a quotation mark opens or closes a cell out of place")
NUL_BYTE = mark("a NUL byte stands at byte {place} of the row")
ENCODING = mark("byte {place} of the row cannot be read as {encoding}")
ROW_TOO_LONG = mark("the row is {size} bytes long; at most {limit} are read")
NOT_JSON = mark("the line is no JSON object: {problem}")
KEY_TWICE = mark("the key {key} stands more than once in the object")

ENCODING_NAMES = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A code for counting and a sentence for reading."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Reasons:
    """Words reasons for one part.

    >>> Reasons(("make", "serial"), "utf-8", 100).ragged(["COLT"]).sentence
    '1 cells where 2 are expected: nothing for serial and what follows it'
    """

    names: tuple[str, ...]
    encoding_name: str
    max_row_bytes: int

    def ragged(self, cells: list[str]) -> Reason:
        """Say that there are too few or too many cells, and which."""
        found, expected = len(cells), len(self.names)
        template, column = (
            (RAGGED_SHORT, self.names[found]) if found < expected else (RAGGED_LONG, self.names[-1])
        )
        return Reason(
            "ragged",
            template.format(found=found, expected=expected, column=column.strip() or "''"),
        )

    def stray_quote(self) -> Reason:
        """Say that a quotation mark stands where RFC 4180 allows none."""
        return Reason("stray_quote", STRAY_QUOTE)

    def nul(self, place: int) -> Reason:
        """Say that a NUL byte stands at `place`, counted from the start of the row."""
        return Reason("nul_byte", NUL_BYTE.format(place=place))

    def encoding(self, place: int) -> Reason:
        """Say that the byte at `place`, counted from the start of the row, does not decode."""
        name = ENCODING_NAMES[self.encoding_name]
        return Reason("encoding", ENCODING.format(place=place, encoding=name))

    def too_long(self, size: int) -> Reason:
        """Say that the row is too long to read."""
        return Reason("row_too_long", ROW_TOO_LONG.format(size=size, limit=self.max_row_bytes))

    def not_json(self, problem: str) -> Reason:
        """Say that a line of JSON lines does not parse, or is no object."""
        return Reason("json", NOT_JSON.format(problem=problem))

    def key_twice(self, key: str) -> Reason:
        """Say that an object gives one key twice, so that a value would be lost."""
        return Reason("json", KEY_TWICE.format(key=key))
