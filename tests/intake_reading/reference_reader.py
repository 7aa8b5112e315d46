"""The rules of the text reader once more, character by character and without any haste.

It shares no code with the reader, so that the two can be held against each other.
"""

from __future__ import annotations

from dataclasses import dataclass

LOOK_AHEAD = 200


@dataclass(frozen=True)
class Row:
    """A row with its span; cells if it is good, a code if it is bad."""

    first: int
    last: int
    cells: tuple[str | None, ...] | None
    code: str | None


@dataclass(frozen=True)
class Line:
    """A line and what ends it."""

    first: int
    end: int  # after the line end
    text: bytes
    line_end: bytes


def physical_lines(data: bytes) -> list[Line]:
    kinds = [b"\r"] if b"\n" not in data else [b"\r\n", b"\n"]
    lines: list[Line] = []
    at = first = 0
    while at < len(data):
        kind = next((kind for kind in kinds if data.startswith(kind, at)), None)
        if kind is None:
            at += 1
            continue
        lines.append(Line(first, at + len(kind), data[first:at], kind))
        at = first = at + len(kind)
    if first < len(data):
        text = data[first:]
        line_end = b"\r" if kinds[0] == b"\r\n" and text.endswith(b"\r") else b""
        lines.append(Line(first, len(data), text.removesuffix(line_end), line_end))
    return lines


def strict_cells(text: str, delimiter: str) -> list[str] | str:
    """Give the cells, or "open" or "broken"."""
    cells: list[str] = []
    cell = ""
    state = "start"
    for sign in text:
        if state == "start" and sign == '"':
            state = "quoted"
        elif state == "quoted":
            if sign == '"':
                state = "closed"
            else:
                cell += sign
        elif state == "closed" and sign == '"':
            cell += '"'
            state = "quoted"
        elif sign == delimiter:
            cells.append(cell)
            cell = ""
            state = "start"
        elif state == "closed":
            return "broken"
        else:
            cell += sign
            state = "plain"
    if state == "quoted":
        return "open"
    return [*cells, cell]


def fitting(cells: list[str] | str, width: int) -> tuple[str | None, ...] | None:
    if isinstance(cells, str) or len(cells) < width or any(cells[width:]):
        return None
    return tuple(cell or None for cell in cells[:width])


def damage(line: Line, encoding: str, limit: int) -> str | None:
    if len(line.text) > limit:
        return "row_too_long"
    if b"\0" in line.text:
        return "nul_byte"
    try:
        text = line.text.decode(encoding)
    except UnicodeDecodeError:
        return "encoding"
    if encoding == "cp1252" and not text.isascii():
        try:
            line.text.decode("utf-8")
        except UnicodeDecodeError:
            return None
        return "encoding"
    return None


def read(data: bytes, encoding: str, delimiter: str, width: int, limit: int) -> list[Row]:
    lines = physical_lines(data)
    rows: list[Row] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        code = damage(line, encoding, limit)
        cells = None
        last = at
        if code is None:
            if not line.text.strip(b" "):
                at += 1
                continue
            found = strict_cells(line.text.decode(encoding), delimiter)
            cells = fitting(found, width)
            if cells is None:
                code = "stray_quote" if isinstance(found, str) else "ragged"
            if found == "open":
                cells, last = taken_in(lines, at, encoding, delimiter, width, limit)
                code = code if cells is None else None
        rows.append(Row(line.first, -1, cells, code))
        at = last + 1
    ends = [*(row.first - 1 for row in rows[1:]), len(data) - 1][: len(rows)]
    return [Row(row.first, end, row.cells, row.code) for row, end in zip(rows, ends, strict=True)]


def taken_in(
    lines: list[Line], first: int, encoding: str, delimiter: str, width: int, limit: int
) -> tuple[tuple[str | None, ...] | None, int]:
    """Let an open cell run on, unless a good row of one line or several begins on the way."""
    how = (encoding, delimiter, width, limit)
    cells, last = running_on(lines, first, *how)
    for at in range(first + 1, last + 1):
        text = lines[at].text.decode(encoding)
        if strict_cells(text, delimiter) == "open" and running_on(lines, at, *how)[0] is not None:
            return None, first
    return cells, last


def running_on(
    lines: list[Line], first: int, encoding: str, delimiter: str, width: int, limit: int
) -> tuple[tuple[str | None, ...] | None, int]:
    whole = lines[first].text
    for at in range(first + 1, min(first + LOOK_AHEAD + 1, len(lines))):
        line = lines[at]
        whole += lines[at - 1].line_end + line.text
        if len(whole) > limit or damage(line, encoding, limit):
            return None, first
        if line.text.strip(b" "):
            alone = strict_cells(line.text.decode(encoding), delimiter)
            if fitting(alone, width) is not None:
                return None, first
        found = strict_cells(whole.decode(encoding), delimiter)
        if found == "broken":
            return None, first
        if found != "open":
            cells = fitting(found, width)
            return cells, at if cells is not None else first
    return None, first
