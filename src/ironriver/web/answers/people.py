"""Persons, licensees and companies: by id under their pseudonym, by name only as the law allows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ironriver.reports import find_person
from ironriver.reports.explain_entity import explain_entity
from ironriver.web.answers.pages import missing, opened, told
from ironriver.web.bench import Bench, Who

_OPEN = ("reasons", "record_ids")


def entity(bench: Bench, who: Who, *, identifier: str) -> dict[str, Any]:
    """Give an entity: its parties, who was not joined to it, and names as far as they may be seen.

    No gun is told of.
    """
    found = explain_entity(bench.workspace, identifier, bench.access(who))
    if found is None:
        raise missing(identifier)
    told_of = asdict(found)
    for part in ("members", "rivals", "related"):
        for row in told_of[part]:
            row |= {name: opened(row[name]) for name in _OPEN if name in row}
    return told_of | {
        "withheld": told(found.withheld, who.lang),
        "lines": list(found.lines(who.lang)),
    }


def search(bench: Bench, who: Who, *, name: str, limit: int) -> dict[str, Any]:
    """Find persons whose names are near; entered, without the name, before anything is read."""
    found = find_person.find_person(bench.workspace, name, bench.access(who), limit)
    answer = find_person.as_json(found)
    answer["not_searched"] = told(found.not_searched, who.lang)
    return answer | {"lines": list(found.lines(who.lang))}
