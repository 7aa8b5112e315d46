"""Role x purpose x route x object: nothing reaches whoever may not have it.

Routes come from the application's own table, objects of every kind and handling are asked for by
every route that takes an id, and what may be seen is written down here, apart from the policy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from web_world import HANDLINGS, Objects, Site, name_mark, row_mark

from ironriver.governance.roles import Role
from ironriver.tables import Handling

FREE = {Handling.SYNTHETIC, Handling.PUBLIC}
WITH_PURPOSE = FREE | {Handling.PERSONAL, Handling.LAW_ENFORCEMENT}
WORKING = {Role.CUSTODIAN, Role.ANALYST, Role.SUPERVISOR}
PURPOSES = ("", "carpeta 12/2024")
# They change something, answer for a long time, or take the name of a table instead of an id.
APART = {"/api/v1/progress", "/api/v1/tables/{name}"}
TABLES = (
    "records", "parties", "raw_rows", "quarantine", "sources", "firearm_members",
    "entity_members", "judgements", "audit", "learned",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Somebody at work: a role (or nobody signed in) and a purpose (or none)."""

    role: Role | None
    purpose: str

    @property
    def rows(self) -> set[Handling]:
        """Of which handlings rows may be seen."""
        if self.role is None:
            return set()
        return WITH_PURPOSE if self.role in WORKING and self.purpose else FREE

    @property
    def names(self) -> set[Handling]:
        """Of which handlings names may be seen."""
        return self.rows if self.role in WORKING else set()


PEOPLE = [Person(role, purpose) for role in (*Role, None) for purpose in PURPOSES]
# Those among whom what may be seen differs; all others are asked in the slow test.
FEW = [
    Person(Role.ANALYST, ""),
    Person(Role.ANALYST, PURPOSES[1]),
    Person(Role.OVERSIGHT, PURPOSES[1]),
    Person(Role.READER, PURPOSES[1]),
    Person(None, ""),
]
# What would change without each record is computed anew for each answer.
LONG = ("/api/v1/explain/network-", "/api/v1/explain/link-")


def routes(site: Site) -> Iterator[str]:
    """Give every route that reads, from the application's own table."""
    for path, ways in site.client.get("/api/v1/openapi.json").json()["paths"].items():
        if "get" in ways and path not in APART:
            yield path


def cells(site: Site, objects: list[Objects], *, every: bool) -> Iterator[str]:
    """Give every address to ask for: lists, and each id by each route that takes one.

    Without `every`, a route is asked only for the kinds of ids that it is about.
    """
    yield from (f"/api/v1/tables/{name}" for name in TABLES)
    for path in routes(site):
        if "{" not in path:
            yield path
            continue
        for one in objects:
            for kind, identifier in one.ids.items():
                if every or _fits(path, kind):
                    yield path.replace("{identifier}", identifier)


def _fits(path: str, kind: str) -> bool:
    if "/explain/" in path:
        return True
    about = {"entities": "entity", "channels": "firearm", "readiness": "record", "matches": "match"}
    word = path.removeprefix("/api/v1/").split("/")[0]
    return about.get(word, word.rstrip("s")) == kind


def leaks(text: str, person: Person) -> list[str]:
    """Name the marks in an answer that this person may not see."""
    rows = [f"ROW-{each}" for each in HANDLINGS if each not in person.rows]
    names = [f"NAME-{each}" for each in HANDLINGS if each not in person.names]
    return [mark for mark in (*rows, *names) if mark in text]


def walk(
    site: Site, people: list[Person], *, every: bool
) -> tuple[Counter[int], list[str], set[str]]:
    """Ask for every cell as every person; give the statuses, what leaked, and what was seen."""
    for role in Role:
        site.add(f"who-{role}", role)
    addresses = list(cells(site, site.objects, every=every))
    if not every:
        addresses = [each for each in addresses if not each.startswith(LONG)]
    statuses: Counter[int] = Counter()
    wrong: list[str] = []
    seen: set[str] = set()
    for person in people:
        site.client.cookies.clear()
        if person.role is not None:
            token, _ = site.session(f"who-{person.role}", person.purpose)
            site.client.cookies.set("ironriver_session", token)
        for address in addresses:
            answer = site.client.get(address)
            statuses[answer.status_code] += 1
            wrong += [f"{person} {address}: {mark}" for mark in leaks(answer.text, person)]
            wrong += [f"{person} {address}: {answer.text}"] * (answer.status_code >= 500)
            seen |= {
                f"{kind}-{each}"
                for kind in ("ROW", "NAME")
                for each in HANDLINGS
                if f"{kind}-{each}" in answer.text
            }
    return statuses, wrong, seen


def everything_that_may_be_seen() -> set[str]:
    return {f"{kind}-{each}" for kind in ("ROW", "NAME") for each in WITH_PURPOSE}


def test_no_route_gives_a_role_what_it_may_not_have(site: Site) -> None:
    statuses, wrong, seen = walk(site, FEW, every=False)
    assert not wrong, wrong[:5]
    assert seen == everything_that_may_be_seen()
    assert min(statuses[200], statuses[401], statuses[403]) > 50, statuses


@pytest.mark.slow
def test_no_route_gives_anything_for_the_id_of_another_kind(site: Site) -> None:
    statuses, wrong, seen = walk(site, PEOPLE, every=True)
    assert not wrong, wrong[:5]
    assert seen == everything_that_may_be_seen()
    assert statuses.total() >= 5_000


def test_a_leak_would_be_seen() -> None:
    reader = Person(Role.READER, "")
    assert leaks(row_mark(Handling.LAW_ENFORCEMENT), reader)
    assert leaks(name_mark(Handling.PUBLIC), reader)
    assert not leaks(row_mark(Handling.PUBLIC), reader)
