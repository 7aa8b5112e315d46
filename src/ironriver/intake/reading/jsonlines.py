"""A part of JSON lines: one object on each line, its keys the headings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]

import numpy as np

from ironriver import settings
from ironriver.errors import InputError
from ironriver.intake.parts import Chunk, Header
from ironriver.intake.reading.columns import text_table
from ironriver.intake.reading.content import Content
from ironriver.intake.reading.feed import Feed
from ironriver.intake.reading.lines import Lines
from ironriver.intake.reading.reasons import Reason, Reasons
from ironriver.intake.reading.rows import Rows, damage, row_text
from ironriver.intake.reading.stream import Stream
from ironriver.intake.reading.survey import Survey, survey

_MOST_KEYS = 2_000


class _TwiceError(ValueError):
    """A key stands twice in one object."""


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(next(key for key in keys if keys.count(key) > 1))
    return found


# Numbers stay as they are written: 1E5 must not become 100000.0.
_DECODER = json.JSONDecoder(
    parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_pairs, strict=False
)


def read_object(text: str) -> dict[str, str | None]:
    """Read one object; numbers as written, nested values as their JSON text, null as None.

    >>> read_object('{"serial": 00, "n": 1E5}')
    Traceback (most recent call last):
    ...
    json.decoder.JSONDecodeError: Expecting ',' delimiter: line 1 column 13 (char 12)
    >>> read_object('{"n": 1E5, "to": {"a": [1.50]}, "seen": true, "by": null}')
    {'n': '1E5', 'to': '{"a": [1.50]}', 'seen': 'true', 'by': None}
    """
    found = _DECODER.decode(text)
    if not isinstance(found, dict):
        raise ValueError(type(found).__name__)
    if not any(isinstance(value, (dict, list, bool)) for value in found.values()):
        return found
    return dict(_written(text))


def _written(text: str) -> Iterator[tuple[str, str | None]]:
    """Walk over the members of an object known to be sound, keeping how values are written."""
    at = text.index("{") + 1
    while (at := _past(text, at, ",")) < len(text) and text[at] != "}":
        key, at = scanstring(text, at + 1, False)
        at = _past(text, at, ":")
        value, end = _DECODER.raw_decode(text, at)
        if value is None:
            yield key, None
        else:
            yield key, text[at:end] if isinstance(value, (dict, list, bool)) else str(value)
        at = end


def _past(text: str, at: int, sign: str) -> int:
    """Give the next place that is neither white space nor `sign`."""
    while text[at] in " \t\n\r" or text[at] == sign:
        at += 1
    return at


def read_lines(lines: Lines, reasons: Reasons, keys: dict[str, None] | None = None) -> Rows:
    """Read the objects of a block into the columns of `reasons`, or note their `keys` only."""
    rows: list[list[str | None]] = []
    bad: list[tuple[Reason, str]] = []
    places = np.flatnonzero(~lines.blank)
    good = np.ones(len(places), np.bool_)
    for place, line in enumerate(places.tolist()):
        result = damage(lines, line, reasons) or _read(lines.text(line), reasons)
        if isinstance(result, Reason):
            bad.append((result, row_text(lines, line)))
            good[place] = False
        elif keys is None:
            rows.append([result.get(name) for name in reasons.names])
        else:
            keys.update(dict.fromkeys(result))
            rows.append([])
    return Rows(
        starts=lines.starts[places],
        good=good,
        cells=text_table(rows, len(reasons.names)),
        bad=bad,
        used=len(lines.block),
    )


def _read(text: str, reasons: Reasons) -> dict[str, str | None] | Reason:
    try:
        found = read_object(text)
    except _TwiceError as error:
        return reasons.key_twice(str(error))
    except json.JSONDecodeError as error:
        return reasons.not_json(f"{error.msg}, {error.pos + 1}")
    except (ValueError, RecursionError) as error:
        return reasons.not_json(str(error))
    if "\\u" in text:
        whole = "".join(key + (value or "") for key, value in found.items())
        if "\0" in whole:
            return reasons.nul(text.index("\\u0000"))
        if any("\ud800" <= sign <= "\udfff" for sign in whole):
            return reasons.not_json("\\ud800-\\udfff")
    return found


@dataclass(frozen=True, slots=True)
class JsonPart:
    """JSON lines; the headings are all keys of all lines, in the order of their first coming."""

    name: str
    content: Content
    how: Survey
    keys: tuple[str, ...]
    notes: tuple[str, ...] = ()
    self_describing: bool = True

    def sample(self, rows: int = 40) -> list[list[str]]:
        """Give the keys, and the first objects below them."""
        found = [list(self.keys)]
        for chunk in self.chunks(Header(0, self.keys), 1, chunk_bytes=1 << 18):
            table = chunk.cells.slice(0, rows - len(found))
            columns = [column.fill_null("").to_pylist() for column in table.columns]
            found.extend(list(row) for row in zip(*columns, strict=True))
            if len(found) >= rows:
                break
        return found

    def first_row_byte(self, header: Header) -> int | None:
        """Give the byte where the first object begins."""
        first = next(self.chunks(header, 1, chunk_bytes=1 << 16), None)
        if first is None:
            return None
        places = [row.first_byte for row in first.bad if row.first_byte is not None]
        if first.first_bytes is not None and len(first.first_bytes):
            places.append(int(first.first_bytes[0]))
        return min(places)

    def chunks(
        self, header: Header, first_row: int, chunk_bytes: int | None = None
    ) -> Iterator[Chunk]:
        """Read all objects; the header's names are the keys, in their order."""
        names = (*header.names, *self.keys[len(header.names) :])
        reasons = Reasons(self.keys, self.how.encoding, settings.whole("max_row_bytes"))
        for chunk in _stream(self.content, self.how, reasons, chunk_bytes).chunks(first_row):
            yield _renamed(chunk, names)


def open_json(content: Content) -> JsonPart:
    """Look over JSON lines and collect their keys."""
    how = survey(content)
    keys: dict[str, None] = {}
    reasons = Reasons((), how.encoding, settings.whole("max_row_bytes"))
    for _ in _stream(content, how, reasons, None, keys).chunks(1):
        if len(keys) > _MOST_KEYS:
            raise InputError(
                "{file} has more than {most} different keys; its objects are no rows of one table",
                file=content.shown,
                most=_MOST_KEYS,
            )
    if not keys:
        raise InputError(
            "{file} holds no JSON object on any line; write it as JSON lines, one object on each",
            file=content.shown,
        )
    return JsonPart(content.member, content, how, tuple(keys))


def _stream(
    content: Content,
    how: Survey,
    reasons: Reasons,
    chunk_bytes: int | None,
    keys: dict[str, None] | None = None,
) -> Stream:
    feed = Feed(content, how, how.mark, chunk_bytes or settings.whole("chunk_bytes"))

    def read_block(lines: Lines, _: int | None) -> Rows:
        return read_lines(lines, reasons, keys)

    return Stream(feed, reasons.max_row_bytes, reasons, read_block)


def _renamed(chunk: Chunk, names: tuple[str, ...]) -> Chunk:
    return Chunk(
        chunk.cells.rename_columns(list(names)),
        chunk.row_numbers,
        chunk.first_bytes,
        chunk.last_bytes,
        chunk.cell_ranges,
        chunk.bad,
    )
