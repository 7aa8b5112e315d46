"""How a file will be read: its parts, their layouts, and whether it may be held at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ironriver.errors import InputError, LayoutError
from ironriver.governance import registry
from ironriver.intake.inbox import Declaration
from ironriver.intake.matching import Match, best_match
from ironriver.intake.parsers import dates
from ironriver.intake.parts import Header, Part
from ironriver.intake.reading import open_source
from ironriver.tables import Handling, Nexus

# Raised whenever a parser or a rule changes what the same bytes become.
PARSER_VERSION = 1

_SAMPLE_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Plan:
    """A part with the layout that will read it."""

    part: Part
    match: Match
    date_orders: Mapping[str, dates.Order | None]


def plans_for(path: Path, name: str, declaration: Declaration) -> tuple[list[Plan], list[str]]:
    """Find a layout for every part; parts without one are told of, unless none has one."""
    plans: list[Plan] = []
    failures: list[LayoutError] = []
    empty = True
    for part in open_source(path, name):
        sample = part.sample(_SAMPLE_ROWS)
        label = f"{name} ({part.name})" if part.name else name
        try:
            match = best_match(sample, label, declaration.layout, declaration.columns)
        except LayoutError as error:
            failures.append(error)
            continue
        registry.check_headings(label, match.names)
        empty = empty and _is_empty(part, match, sample)
        plans.append(Plan(part, match, _date_orders(match, sample)))
    if not plans:
        raise failures[0] if failures else InputError("{file} holds no table", file=name)
    if empty:
        raise InputError(
            "{file} holds headings and no row below them; ask the sender for the rows", file=name
        )
    return plans, [error.text() for error in failures]


def _is_empty(part: Part, match: Match, sample: Sequence[Sequence[str]]) -> bool:
    """Say whether no row stands below the headings, sound or not."""
    if len(sample) > match.sample_row + 1:
        return False
    header = Header(match.sample_row, match.names)
    return not any(chunk.cells.num_rows or chunk.bad for chunk in part.chunks(header, 1))


def _date_orders(match: Match, sample: Sequence[Sequence[str]]) -> dict[str, dates.Order | None]:
    """Decide the order of day and month for each date column, from what the sample shows."""
    rows = sample[match.sample_row + 1 :]
    orders: dict[str, dates.Order | None] = {}
    for name, position in match.columns.items():
        if name.endswith("_date"):
            texts = [row[position] for row in rows if len(row) > position and row[position]]
            orders[name] = dates.column_order(texts, match.layout.date_order)
    return orders


def permission_for(
    name: str, plans: Sequence[Plan], declaration: Declaration
) -> tuple[Nexus, Handling]:
    """Hold every part's layout against the law; the strictest layout speaks for the file."""
    answers = []
    for layout in {plan.match.layout.name: plan.match.layout for plan in plans}.values():
        # A layout that is not public has no defaults to offer: the sender must say.
        declared = bool(declaration.nexus and declaration.handling)
        own = layout if layout.public or declared else None
        answers.append(
            registry.check_source(
                name,
                own.handling if own else None,
                own.nexus if own else None,
                declaration.nexus,
                declaration.handling,
            )
        )
    return max(answers, key=lambda answer: list(Handling).index(answer[1]))


def parser_digest(
    plans: Sequence[Plan], declaration: Declaration, nexus: Nexus, handling: Handling
) -> str:
    """Name what turns the bytes of a file into rows: the same digest, the same rows."""
    known_from = declaration.known_from
    facts = {
        "version": PARSER_VERSION,
        "layouts": [[plan.part.name, plan.match.layout.digest] for plan in plans],
        "columns": [dict(plan.match.columns) for plan in plans],
        "agency": declaration.agency,
        "nexus": nexus,
        "handling": handling,
        "known_from": known_from and known_from.isoformat(),
        "supersedes": declaration.supersedes,
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
