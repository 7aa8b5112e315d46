"""Section 6 in words: source states, and the printed totals as checks."""

from __future__ import annotations

from ironriver.language import mark
from ironriver.reports.findings.grounds import newest_words, source_list
from ironriver.reports.findings.places import Atlas
from ironriver.reports.findings.plots import count_bar, spark_line
from ironriver.reports.findings.source_states import SHOWN, Check, Matrix, SourceStates
from ironriver.reports.findings.view import (
    Block,
    Column,
    Entry,
    Note,
    SectionView,
    TableView,
    entry,
)
from ironriver.reports.findings.words import Words
from ironriver.tables import Outcome

OUTCOMES = {
    Outcome.TRACED_TO_PURCHASER: mark("Traced to a purchaser"),
    Outcome.TRACED_TO_LICENSEE: mark("Traced to a licensee only"),
    Outcome.TRACED_TO_GOVERNMENT: mark("Traced to a government"),
    Outcome.EXPORTED_FOREIGN_SALE: mark("Exported and sold abroad"),
    Outcome.NOT_US_NEVER_IMPORTED: mark("Not made in the US and never imported"),
    Outcome.ORIGIN_UNDETERMINED: mark("Origin undetermined"),
    Outcome.SERIAL_INVALID: mark("Serial number not valid"),
    Outcome.SERIAL_OBLITERATED: mark("Serial number obliterated"),
    Outcome.IDENTIFIERS_INSUFFICIENT: mark("Too little to identify the firearm"),
    Outcome.PRE_1968: mark("Made before 1968"),
    Outcome.LICENSEE_OUT_OF_BUSINESS_NO_RECORD: mark("Licensee out of business, no record"),
    Outcome.LICENSEE_RECORD_ILLEGIBLE: mark("Licensee's record illegible"),
    Outcome.LICENSEE_NO_RESPONSE: mark("No answer from the licensee"),
    Outcome.STOLEN_BEFORE_SALE: mark("Stolen before sale"),
    Outcome.PRIVATELY_MADE_NO_SERIAL: mark("Privately made, no serial"),
    Outcome.DUPLICATE_OF: mark("Duplicate of another request"),
    Outcome.PENDING: mark("Pending"),
}


def show(found: SourceStates, atlas: Atlas, words: Words) -> SectionView:
    """Put matrices and trace answers in words and tables."""
    blocks: list[Block] = []
    for matrix in found.matrices:
        blocks += [_states_table(matrix, atlas, words), _checks_note(matrix, words)]
    if found.outcomes:
        blocks += [_purchases_table(found, atlas, words), _outcomes_table(found, words)]
    newest = [newest_words(basis, words) for basis in (found.matrix_basis, found.trace_basis)]
    return SectionView(
        "source-states",
        words("Source states"),
        _title(found, atlas, words),
        words("Where firearms that were traced had last been lawfully sold."),
        _against(found, words),
        tuple(blocks),
        source_list(found.matrix_basis, words) + source_list(found.trace_basis, words),
        next((text for text in newest if text), ""),
        empty=not blocks,
    )


def _title(found: SourceStates, atlas: Atlas, words: Words) -> str:
    shown = {code: cell.value for code, cell in found.purchases.items() if code and cell.value}
    if shown:
        top = max(shown, key=lambda code: shown[code] or 0)
        return words(
            "{place} is the state of last sale in {n} of {all} trace answers",
            place=atlas.name(top, words),
            n=shown[top],
            all=found.answers,
        )
    if not found.matrices or not found.matrices[0].states:
        return words("No trace answer and no matrix of source states was read")
    matrix = found.matrices[0]
    return words(
        "{share} of the firearms traced in {period} had been sold in another state; {place} was "
        "the source of most, {n}",
        share=words.share(matrix.outside / matrix.traces if matrix.traces else 0.0),
        period=matrix.periods[-1],
        place=atlas.name(matrix.states[0].place, words),
        n=matrix.states[0].outside,
    )


def _against(found: SourceStates, words: Words) -> tuple[str, ...]:
    against = []
    if found.matrices:
        against.append(
            words(
                "The matrices count recoveries within the United States. They say which states "
                "firearms leave, and nothing of firearms recovered in Mexico."
            )
        )
    if found.outcomes:
        against.append(
            words(
                "A trace ends at the first retail sale. What happened between that sale and the "
                "recovery is not known from it."
            )
        )
    if any(not check.holds for matrix in found.matrices for check in matrix.checks):
        against.append(
            words(
                "In at least one period the printed totals of single states differ from the sum of "
                "their cells; this page adds the cells."
            )
        )
    return tuple(against)


def _states_table(matrix: Matrix, atlas: Atlas, words: Words) -> TableView:
    most = matrix.states[0].outside if matrix.states else 0
    rows = tuple(
        (
            Entry(atlas.name(state.place, words)),
            Entry(words.number(state.outside), count_bar(state.outside, most)),
            Entry(words.share(state.outside / state.traces) if state.traces else ""),
            Entry(words.number(state.traces)),
            Entry("", spark_line(state.by_period)),
        )
        for state in matrix.states[:SHOWN]
    )
    first, last = matrix.periods[0], matrix.periods[-1]
    columns = (
        Column(words("Source state")),
        Column(words("Recovered in another state"), number=True),
        Column(words("Share"), number=True),
        Column(words("All traced"), number=True),
        Column(words("In another state, {first} to {last}", first=first, last=last)),
    )
    caption = words(
        "{series}, {period}: {shown} of {all} source states, by firearms recovered elsewhere",
        series=words.translate(matrix.series),
        period=last,
        shown=len(rows),
        all=len(matrix.states),
    )
    note = words("Each line has its own height; it shows the course of one state, not its size.")
    return TableView(caption, columns, rows, note=note)


def _checks_note(matrix: Matrix, words: Words) -> Note:
    """Say whether the cells add up to the printed totals; a printed total is never added."""
    good = [check for check in matrix.checks if check.holds]
    texts = []
    if good:
        last = good[-1]
        texts.append(
            words(
                "Check: in {n} of {all} periods the cells add up to every printed total ({period}: "
                "{cells} = {cells}). Printed totals are checks and are never added.",
                n=len(good),
                all=len(matrix.checks),
                period=last.period,
                cells=last.cells,
            )
        )
    texts += [_difference(check, words) for check in matrix.checks if not check.holds]
    return Note(" ".join(texts), holds=len(good) == len(matrix.checks))


def _difference(check: Check, words: Words) -> str:
    if check.printed in (None, check.cells):
        return words.one_or_many(
            "{period}: the grand total {cells} agrees; the printed total of one state differs.",
            "{period}: the grand total {cells} agrees; the printed totals of {n} states differ.",
            check.wrong_lines,
            period=check.period,
            cells=check.cells,
        )
    return words(
        "{period}: the cells add up to {cells}, the printed total is {printed}.",
        period=check.period,
        cells=check.cells,
        printed=check.printed,
    )


def _purchases_table(found: SourceStates, atlas: Atlas, words: Words) -> TableView:
    most = max((cell.value or 0 for cell in found.purchases.values()), default=0)
    rows = tuple(
        (Entry(atlas.name(code, words)), entry(cell, words, count_bar(cell.value or 0, most)))
        for code, cell in list(found.purchases.items())[:SHOWN]
    )
    columns = (Column(words("State of last sale")), Column(words("Trace answers"), number=True))
    note = words(
        "{shown} of {all} lines. Answers that name no licensee of a known state are counted as "
        "state not known.",
        shown=len(rows),
        all=len(found.purchases),
    )
    return TableView(words("Trace answers by state of last sale"), columns, rows, note=note)


def _outcomes_table(found: SourceStates, words: Words) -> TableView:
    most = max((cell.value or 0 for cell in found.outcomes.values()), default=0)
    names = {outcome.value: text for outcome, text in OUTCOMES.items()}
    rows = tuple(
        (
            Entry(words.translate(names.get(code, code))),
            entry(cell, words, count_bar(cell.value or 0, most)),
        )
        for code, cell in found.outcomes.items()
    )
    columns = (Column(words("Outcome")), Column(words("Trace answers"), number=True))
    return TableView(words("Trace answers by outcome"), columns, rows)
