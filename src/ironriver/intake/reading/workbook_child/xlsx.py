"""Read XLSX as a stream, sparse as it is stored: a far cell costs no more than a near one.

Only the parts that hold text are read (ECMA-376 part 1, 18.2-18.8). Document type declarations,
which OOXML forbids and XML bombs need, are refused.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NoReturn
from xml.parsers import expat
from zipfile import ZipFile

from .cells import date_text, is_date_format, number_text, unescape

Row = tuple[int, list[str]]
_PIECE = 1 << 18
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})$")
_LAST_COLUMN, _LAST_ROW = 16_384, 1_048_576


class HostileError(Exception):
    """The workbook holds what no spreadsheet program writes."""


def make_parser() -> expat.XMLParserType:
    """Make a parser that stops at a document type declaration."""

    def refuse(*_: object) -> NoReturn:
        raise HostileError("<!DOCTYPE")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    return parser


@cache
def local(name: str) -> str:
    """Give an element's or attribute's name without its prefix."""
    return name.rpartition(":")[2]


class Workbook:
    """Sheets, shared texts and number formats of one XLSX."""

    def __init__(self, archive: ZipFile) -> None:
        self.archive = archive
        self.from_1904 = False
        self.sheets: list[tuple[str, str, str]] = []
        """Name, state (visible, hidden, veryHidden) and member."""
        self._styles: list[str] = []
        self._texts: list[str] | None = None
        targets = self._relations()
        self._read_workbook(targets["workbook"], targets)
        self._read_formats(targets.get("styles", ""))
        self._shared = targets.get("sharedStrings", "")

    def rows(self, member: str) -> Iterator[Row]:
        """Give the rows of a sheet that hold anything."""
        if self._texts is None:
            self._texts = read_shared(self.archive, self._shared) if self._shared else []
        reader = SheetReader(self._texts, self._styles, self.from_1904)
        with self.archive.open(member) as stream:
            while piece := stream.read(_PIECE):
                reader.parser.Parse(piece, False)
                yield from reader.take()
            reader.parser.Parse(b"", True)
            yield from reader.take()

    def _elements(self, member: str, visit: Callable[[str, dict[str, str]], None]) -> None:
        parser = make_parser()
        parser.StartElementHandler = lambda name, attributes: visit(
            local(name), {local(key): value for key, value in attributes.items()}
        )
        with self.archive.open(member) as stream:
            parser.ParseFile(stream)

    def _relations(self) -> dict[str, str]:
        """Give members by relation id, and the singular ones by kind."""
        found: dict[str, str] = {}

        def read(member: str, base: str, short: bool) -> None:
            def visit(name: str, attributes: dict[str, str]) -> None:
                if name == "Relationship" and attributes.get("TargetMode") != "External":
                    target = attributes["Target"]
                    place = posixpath.normpath(posixpath.join("/", base, target)).lstrip("/")
                    kind = attributes["Type"].rpartition("/")[2]
                    found.setdefault("workbook" if kind == "officeDocument" else kind, place)
                    if not short:
                        found[attributes["Id"]] = place

            self._elements(member, visit)

        read("_rels/.rels", "", True)
        folder, _, name = found["workbook"].rpartition("/")
        read(f"{folder}/_rels/{name}.rels".lstrip("/"), folder, False)
        return found

    def _read_workbook(self, member: str, targets: dict[str, str]) -> None:
        def visit(name: str, attributes: dict[str, str]) -> None:
            if name == "workbookPr":
                self.from_1904 = attributes.get("date1904") in ("1", "true")
            elif name == "sheet":
                place = targets.get(attributes.get("id", ""), "")
                if "/worksheets/" in f"/{place}":
                    state = attributes.get("state", "visible")
                    self.sheets.append((attributes["name"], state, place))

        self._elements(member, visit)

    def _read_formats(self, member: str) -> None:
        """Note for each cell style whether it shows a date, zeros in front, or neither."""
        codes: dict[int, str] = {}
        inside = False

        def visit(name: str, attributes: dict[str, str]) -> None:
            nonlocal inside
            if name == "numFmt":
                codes[int(attributes["numFmtId"])] = attributes["formatCode"]
            elif name in ("cellXfs", "cellStyleXfs", "cellStyles"):
                inside = name == "cellXfs"
            elif name == "xf" and inside:
                number = int(attributes.get("numFmtId", "0"))
                code = codes.get(number, "")
                zeros = code if code.strip("0") == "" else ""
                self._styles.append("date" if is_date_format(number, code) else zeros)

        if member:
            self._elements(member, visit)


def read_shared(archive: ZipFile, member: str) -> list[str]:
    """Read the shared texts; phonetic runs are left out."""
    texts: list[str] = []
    pieces: list[str] = []
    depth = {"rPh": 0, "t": 0}

    def start(name: str, _: dict[str, str]) -> None:
        name = local(name)
        if name == "si":
            pieces.clear()
        elif name in depth:
            depth[name] += 1

    def end(name: str) -> None:
        name = local(name)
        if name == "si":
            texts.append(unescape("".join(pieces)))
        elif name in depth:
            depth[name] -= 1

    def take(text: str) -> None:
        if depth["t"] and not depth["rPh"]:
            pieces.append(text)

    parser = make_parser()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = take
    with archive.open(member) as stream:
        parser.ParseFile(stream)
    return texts


class SheetReader:
    """Collects the rows of one sheet while its XML goes by."""

    def __init__(self, texts: list[str], styles: list[str], from_1904: bool) -> None:
        self._texts, self._styles, self._from_1904 = texts, styles, from_1904
        self._rows: list[Row] = []
        self._cells: list[str] = []
        self._row = self._column = 0
        self._kind = self._style = self._value = self._formula = ""
        self._has_formula = False
        self._into: list[str] | None = None
        self._phonetic = 0
        self.parser = make_parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._take

    def take(self) -> list[Row]:
        """Give the rows that are complete, and forget them."""
        rows, self._rows = self._rows, []
        return rows

    def _take(self, text: str) -> None:
        if self._into is not None and not self._phonetic:
            self._into.append(text)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        if name == "c":
            self._place(attributes.get("r", ""))
            self._kind = attributes.get("t", "n")
            self._style = attributes.get("s", "")
            self._value = self._formula = ""
            self._has_formula = False
        elif name in ("v", "t", "f"):
            self._into = []
        elif name == "row":
            self._row = int(attributes.get("r") or self._row + 1)
            self._column = 0
            self._cells = []
            if not 1 <= self._row <= _LAST_ROW:
                raise HostileError(f"<row r='{self._row}'>")
        elif name == "rPh":
            self._phonetic += 1

    def _end(self, name: str) -> None:
        name = local(name)
        if name == "c":
            text = self._text()
            if text:
                self._cells.extend([""] * (self._column - 1 - len(self._cells)))
                self._cells.append(text)
        elif name == "v":
            self._value = "".join(self._into or ())
            self._into = None
        elif name == "t":
            self._value += "".join(self._into or ())
            self._into = None
        elif name == "f":
            self._formula = "".join(self._into or ())
            self._has_formula = True
            self._into = None
        elif name == "row":
            if self._cells:
                self._rows.append((self._row, self._cells))
        elif name == "rPh":
            self._phonetic -= 1

    def _place(self, reference: str) -> None:
        """Find the column of a cell; it must stand in its row, right of the cell before it."""
        if not reference:
            self._column += 1
            return
        found = _REFERENCE.match(reference)
        column = 0
        for sign in found[1] if found else "":
            column = column * 26 + ord(sign) - 64
        inside = self._column < column <= _LAST_COLUMN
        if not found or not inside or int(found[2]) != self._row:
            raise HostileError(f"<c r='{reference}'> in <row r='{self._row}'>")
        self._column = column

    def _text(self) -> str:
        value, kind = self._value, self._kind
        if not value:
            return f"={self._formula}" if self._has_formula else ""
        if kind == "s":
            return self._texts[int(value)]
        if kind == "b":
            return "TRUE" if value.strip() == "1" else "FALSE"
        if kind == "d":
            return value.removesuffix("T00:00:00").replace("T", " ")
        if kind != "n":
            return unescape(value)
        number = float(value)
        style = self._styles[int(self._style)] if self._style else ""
        if style == "date":
            return date_text(number, self._from_1904)
        return number_text(number).zfill(len(style)) if number >= 0 else number_text(number)
