"""What the records of each gun say that bears on its ending, as arrays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ironriver.tables import Kind, Outcome
from ironriver.tracing.facts import ANSWER, LOSSES, SALES, Fact

Integers = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

LINKS = ("sold", "lost_by_licensee", "lost_by_owner", "lost_in_mexico")
"""What a record other than a recovery or an answer may tell of a gun."""
READINGS = ("unread", "read", "read otherwise elsewhere")
"""How the serial of a request stands to those of the gun's other records."""
OUTCOMES = tuple(Outcome)
HOME_MADE = "home-made gun"
_ARMY = re.compile(r"SEDENA|DEFENSA|EJ[EÉ]RCITO|MARINA|SEMAR")


@dataclass(frozen=True, slots=True)
class Traits:
    """One gun (or one recovery taken by itself) at each place of every array."""

    kind: Integers
    """What kind of gun: a place in `kinds`."""
    kinds: tuple[str, ...]
    american: Integers
    """How many records say it was made in the United States."""
    foreign: Integers
    """How many say it was made elsewhere."""
    ground: Flags
    """Whether a record says that its serial was obliterated."""
    readable: Flags
    """Whether a serial was read in any record from Mexico."""
    links: Flags
    """Which of `LINKS` are there, [guns, links]."""
    sent: Flags
    """Whether somebody asked for a trace."""
    asked: Flags
    """Whether that is known; a recovery taken by itself does not tell."""
    army: Flags
    answers: Integers
    """One row for each answer: gun, outcome (a place in `OUTCOMES`), reading, [answers, 3]."""

    def __len__(self) -> int:
        return len(self.kind)


def traits(guns: Iterable[Sequence[Fact]], kinds: Sequence[str], *, alone: bool = False) -> Traits:
    """Read the traits of guns; `kinds` are the kinds of gun that are told apart."""
    place = {name: number for number, name in enumerate(kinds)}
    rows: list[tuple[int, ...]] = []
    links: list[list[bool]] = []
    answers: list[tuple[int, int, int]] = []
    for number, facts in enumerate(guns):
        rows.append(_row(facts, place))
        links.append(_links(facts))
        answers += [(number, *each) for each in _answers(facts)]
    found = np.array(rows, dtype=np.int64).reshape(-1, 7)
    return Traits(
        kind=found[:, 0],
        kinds=tuple(kinds),
        american=found[:, 1],
        foreign=found[:, 2],
        ground=found[:, 3] > 0,
        readable=found[:, 4] > 0,
        links=np.array(links, dtype=np.bool_).reshape(-1, len(LINKS)),
        sent=found[:, 5] > 0,
        asked=np.full(len(found), not alone),
        army=found[:, 6] > 0,
        answers=np.array(answers, dtype=np.int64).reshape(-1, 3),
    )


def _row(facts: Sequence[Fact], place: dict[str, int]) -> tuple[int, ...]:
    mexican = [fact for fact in facts if fact.kind not in SALES | LOSSES]
    stated = [fact.origin_country for fact in facts if fact.origin_country]
    american = sum(country == "US" for country in stated)
    return (
        place.get(kind_of(facts), len(place)),
        american,
        len(stated) - american,
        any(fact.serial_status == "obliterated" for fact in facts),
        any(fact.serial for fact in mexican),
        any(fact.layout == "trace_requests" or fact.kind == ANSWER for fact in facts),
        any(_ARMY.search((fact.authority or "").upper()) for fact in facts),
    )


def kind_of(facts: Sequence[Fact]) -> str:
    """Name the kind of a gun: make and model as most records say, else what else is known of it."""
    said = {name: most(getattr(fact, name) for fact in facts)
            for name in ("make", "model", "calibre", "type")}  # fmt: skip
    return name_kind(said["make"], said["model"], said["calibre"], said["type"])


def name_kind(make: str | None, model: str | None, calibre: str | None, type_: str | None) -> str:
    """Name a kind of gun by what is known of it.

    >>> name_kind("Colt", None, ".38 Super", "pistol")
    'Colt||.38 Super|pistol'
    """
    if make and model:
        return f"{make}|{model}||"
    if type_ == HOME_MADE:
        return f"|||{HOME_MADE}"
    return f"{make or ''}|{model or ''}|{calibre or ''}|{type_ or ''}"


def most(texts: Iterable[str | None]) -> str | None:
    """Give the commonest text, of equals the first in order; None where there is none."""
    counted = Counter(text for text in texts if text)
    return min(counted, key=lambda text: (-counted[text], text), default=None)


def _links(facts: Sequence[Fact]) -> list[bool]:
    found = {_link(fact) for fact in facts}
    return [name in found for name in LINKS]


def _link(fact: Fact) -> str:
    if fact.kind in SALES:
        return "sold"
    if fact.kind in LOSSES:
        if fact.in_mexico:
            return "lost_in_mexico"
        return "lost_by_licensee" if fact.licensed else "lost_by_owner"
    return ""


def _answers(facts: Sequence[Fact]) -> list[tuple[int, int]]:
    serials = {fact.serial for fact in facts if fact.serial and fact.kind != Kind.BALLISTIC_HIT}
    differ = any(one != other for one, other in pairwise(sorted(serials)))
    return [
        (OUTCOMES.index(Outcome(fact.outcome)), (2 if differ else 1) if fact.serial else 0)
        for fact in facts
        if fact.kind == ANSWER and fact.outcome
    ]
