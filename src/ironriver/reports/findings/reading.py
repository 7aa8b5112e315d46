"""Section 1: what was read, what was quarantined and why, and what was skipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ironriver.language import mark
from ironriver.reports.findings import queries
from ironriver.reports.findings.cells import Cell, known, publish_list
from ironriver.reports.findings.grounds import Basis, Grounds, Source, newest_words, source_list
from ironriver.reports.findings.view import (
    Block,
    Column,
    Entry,
    SectionView,
    TableView,
    entry,
)
from ironriver.reports.findings.words import Words

SHOWN_REASONS = 60

# What the reason codes of intake mean; another code is shown as it is.
REASONS = {
    "ragged": mark("More or fewer cells than headings"),
    "stray_quote": mark("A quotation mark out of place"),
    "nul_byte": mark("A NUL byte in the row"),
    "encoding": mark("Bytes that are no text in the file's encoding"),
    "row_too_long": mark("A row longer than is read"),
    "json": mark("A line that is no JSON object"),
    "empty_row": mark("No column holds anything"),
    "required_missing": mark("A column that must be filled is empty"),
    "case_number_missing": mark("No case number, where every row needs one"),
    "date_invalid": mark("A date that does not exist or cannot be read"),
    "date_out_of_range": mark("A date outside the years that are possible"),
    "quantity_negative": mark("A negative quantity"),
    "quantity_invalid": mark("A quantity that is no whole number"),
    "number_invalid": mark("A number that cannot be read"),
    "licence_invalid": mark("A licence number that is none"),
    "word_unknown": mark("A word that the layout does not know"),
}


def reason_words(code: str, words: Words) -> str:
    """Put a reason code in words."""
    return words.translate(REASONS[code]) if code in REASONS else code


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source: its rows, where they ended, and whether both counts agree."""

    name: str
    layout: str
    rows_in: Cell
    accepted: Cell
    quarantined: Cell
    adds_up: bool
    in_tables: bool


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One reason for quarantine in one source, with the first row as an example."""

    code: str
    source: str
    rows: Cell
    example_row: int | None


@dataclass(frozen=True, slots=True)
class Reading:
    """The accounting of every source."""

    lines: tuple[SourceLine, ...]
    reasons: tuple[ReasonLine, ...]
    skipped: tuple[tuple[str, str], ...]
    basis: Basis

    @property
    def adds_up(self) -> bool:
        """Whether every row of every source is accounted for, on paper and in the tables."""
        return all(line.adds_up and line.in_tables for line in self.lines)


Held = list[tuple[str, int, int]]


def read(grounds: Grounds, skipped: Sequence[tuple[str, str]]) -> Reading:
    """Count the rows of every source, and where each ended."""
    stored = {row[0]: int(row[1]) for row in grounds.ask(queries.rows_in_tables())}
    held: dict[str, Held] = {}
    for source_id, code, rows, example in grounds.ask(queries.quarantine_reasons()):
        held.setdefault(source_id, []).append((code or "", int(rows), int(example)))
    lines: list[SourceLine] = []
    reasons: list[ReasonLine] = []
    for source in grounds.sources.values():
        mine = held.get(source.source_id, [])
        line = _line(source, stored.get(source.source_id, 0), mine, grounds)
        lines.append(line)
        reasons += _reasons(source, mine, line.quarantined, grounds)
    reasons.sort(key=lambda reason: -(reason.rows.value or 0))
    return Reading(tuple(lines), tuple(reasons), tuple(skipped), grounds.whole())


def _line(source: Source, stored: int, held: Held, grounds: Grounds) -> SourceLine:
    """Account for one source; the rows of a replaced one need no longer be in the tables."""
    quarantined = sum(rows for _, rows, _ in held)
    agrees = stored == source.accepted and quarantined == source.quarantined
    whole = publish_list({"in": source.rows_in}, source.handling, grounds.gate)
    parts = publish_list(
        {"accepted": source.accepted, "quarantined": source.quarantined},
        source.handling,
        grounds.gate,
    )
    return SourceLine(
        source.name,
        source.layout,
        whole["in"],
        parts["accepted"],
        parts["quarantined"],
        source.accepted + source.quarantined == source.rows_in,
        agrees or source.replaced,
    )


def _reasons(source: Source, held: Held, total: Cell, grounds: Grounds) -> list[ReasonLine]:
    """Give the reasons of one source; where their total is withheld, so are they."""
    counts = {code: rows for code, rows, _ in held}
    cells = publish_list(counts, source.handling, grounds.gate)
    return [
        ReasonLine(
            code,
            source.name,
            Cell(None) if total.withheld else cells[code],
            None if total.withheld or cells[code].withheld else example,
        )
        for code, _, example in held
    ]


def show(reading: Reading, words: Words) -> SectionView:
    """Put the accounting in words and tables."""
    blocks: list[Block] = [_sources_table(reading, words)] if reading.lines else []
    if reading.reasons:
        blocks.append(_reasons_table(reading, words))
    if reading.skipped:
        blocks.append(_skipped_table(reading, words))
    return SectionView(
        "reading",
        words("What was read"),
        _title(reading, words),
        words(
            "Every row of every file ends either in a table or in quarantine, with a reason; "
            "what could not be read at all is named below."
        ),
        _against(reading, words),
        tuple(blocks),
        source_list(reading.basis, words),
        newest_words(reading.basis, words),
        empty=not reading.lines,
    )


def _title(reading: Reading, words: Words) -> str:
    rows = known(line.rows_in for line in reading.lines)
    quarantined = known(line.quarantined for line in reading.lines)
    if not reading.lines:
        return words("No file was read")
    files = words.one_or_many("one file", "{n} files", len(reading.lines))
    if any(line.quarantined.withheld for line in reading.lines):
        return words("{rows} rows were read from {files}", rows=rows, files=files)
    if not quarantined:
        return words("All {rows} rows of {files} were accepted", rows=rows, files=files)
    return words(
        "{rows} rows were read from {files}; {held} of them could not be accepted",
        rows=rows,
        files=files,
        held=quarantined,
    )


def _against(reading: Reading, words: Words) -> tuple[str, ...]:
    against = [
        words(
            "A row in quarantine is not a false row: it is one that could not be read with "
            "certainty, and every count on this page leaves it out."
        )
    ]
    if reading.skipped:
        against.append(
            words.one_or_many(
                "One file was not read; whatever it holds is missing from every count below.",
                "{n} files were not read; whatever they hold is missing from every count below.",
                len(reading.skipped),
            )
        )
    if not reading.adds_up:
        against.insert(
            0,
            words(
                "The rows of at least one file do not add up (marked below): trust no count that "
                "rests on it before this is explained."
            ),
        )
    return tuple(against)


def _sources_table(reading: Reading, words: Words) -> TableView:
    holds, fails = words("adds up"), words("DOES NOT ADD UP")
    rows = tuple(
        (
            Entry(line.name),
            Entry(line.layout),
            entry(line.rows_in, words),
            entry(line.accepted, words),
            entry(line.quarantined, words),
            Entry(f"✓ {holds}" if line.adds_up and line.in_tables else f"✗ {fails}"),
        )
        for line in reading.lines
    )
    columns = (
        Column(words("File")),
        Column(words("Layout")),
        Column(words("Rows in"), number=True),
        Column(words("Accepted"), number=True),
        Column(words("Quarantined"), number=True),
        Column(words("Check")),
    )
    note = words(
        "Check: rows in = accepted + quarantined, and both are the numbers of rows that the "
        "tables hold."
    )
    return TableView(words("Rows of each file, and where they ended"), columns, rows, note=note)


def _reasons_table(reading: Reading, words: Words) -> TableView:
    shown = reading.reasons[:SHOWN_REASONS]
    rows = tuple(
        (
            Entry(reason_words(line.code, words)),
            Entry(line.source),
            entry(line.rows, words),
            Entry("" if line.example_row is None else words("row {row}", row=line.example_row)),
        )
        for line in shown
    )
    columns = (
        Column(words("Reason")),
        Column(words("File")),
        Column(words("Rows"), number=True),
        Column(words("For example")),
    )
    note = words(
        "The row as received, and the value that could not be read, are kept in the workspace and "
        "are not printed here, because they may hold a name."
    )
    if len(shown) < len(reading.reasons):
        more = words(
            "{shown} of {all} lines are shown.", shown=len(shown), all=len(reading.reasons)
        )
        note = f"{more} {note}"
    return TableView(words("Why rows were quarantined"), columns, rows, note=note)


def _skipped_table(reading: Reading, words: Words) -> TableView:
    rows = tuple((Entry(name), Entry(words.translate(why))) for name, why in reading.skipped)
    columns = (Column(words("File")), Column(words("Why it was not read")))
    return TableView(words("Files that were not read"), columns, rows)
