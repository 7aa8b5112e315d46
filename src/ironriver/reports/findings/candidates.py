"""Section 8: leads, the candidates worth looking at first, with what speaks against each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ironriver.language import mark
from ironriver.networks.lead_fields import FIELDS
from ironriver.reports.findings import queries
from ironriver.reports.findings.cells import Cell, known
from ironriver.reports.findings.grounds import Basis, Grounds, newest_words, source_list
from ironriver.reports.findings.view import Column, Entry, SectionView, TableView
from ironriver.reports.findings.words import Words
from ironriver.tables import Handling

SHOWN = 10
KINDS = {
    "network": mark("supply chain"),
    "person": mark("person"),
    "company": mark("company"),
    "licensee": mark("licensee"),
}
_REASONS = 3


@dataclass(frozen=True, slots=True)
class Lead:
    """One candidate: its kind, how likely, the guns it would explain, for and against by field."""

    rank: int
    candidate_id: str
    kind: str
    probability: float
    log_odds: float
    expected: float
    against: tuple[str, ...]
    in_favour: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leads:
    """Candidates by kind, and the first of those whose rows may be shown."""

    kinds: Mapping[str, Cell]
    leads: tuple[Lead, ...]
    total: int
    basis: Basis


def read(grounds: Grounds) -> Leads:
    """Count candidates by kind, and read the rows that may be shown, the most promising first."""
    basis = grounds.basis(queries.lead_sources())
    rows = grounds.ask(queries.first_leads())
    kinds = {kind: int(count) for kind, count in grounds.ask(queries.lead_kinds())}
    leads = tuple(_lead(row) for row in rows if grounds.gate.may_name(Handling(row[8])))
    return Leads(grounds.counts(kinds, basis), leads[:SHOWN], sum(kinds.values()), basis)


def _lead(row: queries.Row) -> Lead:
    rank, candidate, kind, probability, log_odds, expected, against, in_favour, _ = row
    return Lead(
        rank, candidate, kind, probability, log_odds, expected, _fields(against), _fields(in_favour)
    )


def _fields(reasons: str | None) -> tuple[str, ...]:
    """Give the fields of some reasons; what holds for every candidate alike is left out."""
    found: list[dict[str, Any]] = json.loads(reasons or "[]")
    return tuple(str(one["field"]) for one in found if one["field"] != "prior")


def show(found: Leads, words: Words) -> SectionView:
    """Put the leads in words and a table."""
    return SectionView(
        "leads",
        words("Leads"),
        _title(found, words),
        words(
            "Candidates in the order of the firearms that looking at them is expected to explain. "
            "Persons stand here under an id; a name needs a role and a purpose."
        ),
        _against(found, words),
        (_table(found, words),) if found.leads else (),
        source_list(found.basis, words),
        newest_words(found.basis, words),
        empty=not found.total,
    )


def _title(found: Leads, words: Words) -> str:
    if not found.total:
        return words("No candidate is worth looking at on what was read")
    shown = known(found.kinds.values())
    if not shown:
        return words("There are candidates to look at; too few to publish")
    return words.one_or_many(
        "One candidate to look at", "{n} candidates to look at, the most promising first", shown
    )


def _against(found: Leads, words: Words) -> tuple[str, ...]:
    if not found.total:
        return ()
    return (
        words(
            "A candidate is not a suspect, and nobody is a candidate for having bought a firearm "
            "first. What speaks against each stands before what speaks for it."
        ),
        words(
            "No sex, origin, birth, religion or name is weighed. A dealer is judged by rates with "
            "their intervals, and never ranked by counts."
        ),
    )


def _table(found: Leads, words: Words) -> TableView:
    rows = tuple(
        (
            Entry(words.number(lead.rank)),
            Entry(words.translate(KINDS.get(lead.kind, lead.kind)), below=lead.candidate_id),
            Entry(_why(lead.kind, lead.against, words)),
            Entry(_why(lead.kind, lead.in_favour, words)),
            Entry(
                words.probability(lead.probability),
                below=words("log-odds {value}", value=round(lead.log_odds, 1)),
            ),
            Entry(words.number(round(lead.expected, 1))),
        )
        for lead in found.leads
    )
    columns = (
        Column(words("Rank"), number=True),
        Column(words("Candidate")),
        Column(words("What speaks against it")),
        Column(words("What speaks for it")),
        Column(words("Probability"), number=True),
        Column(words("Firearms expected in a year"), number=True),
    )
    caption = words("The first {shown} of {all} leads", shown=len(rows), all=found.total)
    note = words(
        "Ranked by the log-odds and the firearms together. The command ironriver explain gives "
        "every reason, and the record worth asking for next."
    )
    return TableView(caption, columns, rows, note=note, long=True)


_OTHERS = {
    "first_purchaser": mark("who bought a firearm first is no suspect"),
    "rate": mark("its rate of recoveries, with its interval"),
}


def _why(kind: str, fields: tuple[str, ...], words: Words) -> str:
    about = {field.name: field.about for field in FIELDS.get(kind, ())} | _OTHERS
    told = [words.translate(about.get(name, name)) for name in fields[:_REASONS]]
    return "; ".join(told)
