"""Judgements from a file: CSV with the columns left, right, verdict and why, in any order."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from ironriver.errors import InputError, IronRiverError, MistakeError
from ironriver.governance.judge import Proposal
from ironriver.governance.standing import Verdict
from ironriver.language import mark, translator

_PLACE = mark("{file}, row {row}, column {column}: {reason}")
COLUMNS = ("left", "right", "verdict", "why")


class RowError(MistakeError):
    """A row that cannot be entered: `reason`, with its file, row (from 1) and column before it."""

    def __init__(self, file: str, row: int, column: str, reason: IronRiverError) -> None:
        self.reason = reason
        super().__init__(_PLACE, file=file, row=row, column=column)

    def text(self, lang: str = "en") -> str:
        """Give the message in `lang`, the reason in the same language."""
        template = translator(lang)(self.message)
        return template.format(**self.values, reason=self.reason.text(lang))


def read_judgements(path: Path) -> list[Proposal]:
    """Read a file of judgements; UTF-8, the first row names the columns.

    Raises InputError, or RowError for the first row that is none; nothing is entered by reading.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            found = list(_proposals(path.name, csv.reader(handle, strict=True)))
    except UnicodeDecodeError as error:
        raise InputError("{file} is not UTF-8; save it as CSV in UTF-8", file=path.name) from error
    except csv.Error as error:
        raise InputError(
            "{file} is no CSV that can be read: {reason}", file=path.name, reason=error
        ) from error
    if not found:
        raise InputError(
            "{file} holds no judgement; each row below the headings is one", file=path.name
        )
    return found


def _proposals(file: str, rows: Iterator[list[str]]) -> Iterator[Proposal]:
    headings = [text.strip().lower() for text in next(rows, [])]
    if sorted(headings) != sorted(COLUMNS):
        raise InputError(
            "{file} has the columns {found}; it needs exactly these: {known}",
            file=file,
            found=", ".join(headings) or "-",
            known=", ".join(COLUMNS),
        )
    number = 0
    for cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        number += 1
        yield _proposal(file, number, headings, cells)


def _proposal(file: str, number: int, headings: Sequence[str], cells: Sequence[str]) -> Proposal:
    if len(cells) != len(headings):
        error = MistakeError(
            "the row has {found} cells, the heading {wanted}",
            found=len(cells),
            wanted=len(headings),
        )
        raise RowError(file, number, headings[min(len(cells), len(headings)) - 1], error)
    row = dict(zip(headings, (cell.strip() for cell in cells), strict=True))
    return Proposal(row["left"], row["right"], _verdict(file, number, row["verdict"]), row["why"])


def _verdict(file: str, number: int, word: str) -> Verdict:
    try:
        return Verdict(word.lower())
    except ValueError:
        error = MistakeError(
            "{word} is no verdict; verdicts are: {known}",
            word=word or "-",
            known=", ".join(Verdict),
        )
        raise RowError(file, number, "verdict", error) from None
