"""How likely the records of a gun are for each ending, given what was learned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ironriver.tables import Outcome
from ironriver.tracing.endings import SOFT, Diversion, Ending, endings
from ironriver.tracing.traits import (
    OUTCOMES,
    Flags,
    Integers,
    Reals,
    Traits,
)

WAYS = (*(each.value for each in Diversion if each is not Diversion.UNKNOWN), "home")
"""What shapes which kinds of gun are met: how they left lawful hands, or home-made."""

LINKERS = ("retail", "stolen", "forces", "other")
ANSWERERS = ("us", "never", "home", "ground", "restamped")
SAME, OTHER = len(SOFT), len(SOFT) + 1
_STATED = np.log(np.array([0.97, 0.03]))


@dataclass(frozen=True, slots=True)
class Learned:
    """Chances, each given the ending: ways [W], kinds [W, kinds, 2], and so on."""

    ways: Reals
    kinds: Reals
    outcomes: Reals
    """Of each ending but `pre_1968`, given its way and where the gun was made [endings]."""
    old: Reals
    """Of each kind of gun, that it was made before 1968 [kinds]."""
    ground: Reals
    links: Reals
    """[linkers, readable, links]"""
    sent: Reals
    """[US-sourced, never imported or home-made; readable; army]"""
    answers: Reals
    """[answerers, readings, soft answers + same + other]"""


@dataclass(frozen=True, slots=True)
class _Use:
    """Which chance each ending uses, [endings] each."""

    way: Integers
    foreign: Integers
    old: Flags
    group: Integers
    linker: Integers
    source: Integers
    answerer: Integers


def _use() -> _Use:
    every = endings()
    return _Use(
        np.array([WAYS.index(_way(each)) for each in every]),
        np.array([each.origin not in ("us_made", "undetermined") for each in every], dtype=int),
        np.array([each.outcome is Outcome.PRE_1968 for each in every]),
        _groups(every),
        np.array([LINKERS.index(_linker(each)) for each in every]),
        np.array([0 if each.us_sourced else 1 if each.diversion != "unknown" else 2
                  for each in every]),
        np.array([ANSWERERS.index(_answerer(each)) for each in every]),
    )  # fmt: skip


def _way(ending: Ending) -> str:
    return "home" if ending.diversion is Diversion.UNKNOWN else ending.diversion.value


def _groups(every: tuple[Ending, ...]) -> Integers:
    """Give each ending the number of its set: those that share a way and a place of making."""
    names = [(each.diversion, each.origin) for each in every]
    known = sorted(set(names))
    return np.array([known.index(name) for name in names])


def _linker(ending: Ending) -> str:
    if ending.outcome is Outcome.STOLEN_BEFORE_SALE:
        return "stolen"
    if ending.diversion is Diversion.RETAIL:
        return "retail"
    return "forces" if ending.diversion is Diversion.FORCES_LOSS else "other"


def _answerer(ending: Ending) -> str:
    if ending.outcome is Outcome.SERIAL_OBLITERATED:
        return "ground"
    if ending.outcome is Outcome.SERIAL_INVALID:
        return "restamped"
    if ending.diversion is Diversion.UNKNOWN:
        return "home"
    return "us" if ending.us_sourced else "never"


USE = _use()
_ENDED = np.array([OUTCOMES.index(each.outcome) for each in endings()])
_SOFT_PLACE = np.array([SOFT.index(each) if each in SOFT else -1 for each in OUTCOMES])


def posterior(known: Traits, learned: Learned) -> Reals:
    """Give P(ending | records), [guns, endings]."""
    logs = log_likelihood(known, learned)
    logs -= logs.max(axis=1, keepdims=True)
    chances = np.exp(logs)
    return np.asarray(chances / chances.sum(axis=1, keepdims=True))


def log_likelihood(known: Traits, learned: Learned) -> Reals:
    """Give the log of P(ending) P(records | ending), [guns, endings]."""
    return np.asarray(sum(components(known, learned).values()))


def components(known: Traits, learned: Learned) -> dict[str, Reals]:
    """Give what each kind of evidence adds to the log-likelihood, [guns, endings] each."""
    use, readable, army = USE, known.readable.astype(int), known.army.astype(int)
    old = learned.old[known.kind][:, None]
    share = np.log(learned.ways)[use.way] + np.log(np.where(use.old, 1.0, learned.outcomes))
    kind = np.log(learned.kinds)[use.way[None, :], known.kind[:, None], use.foreign[None, :]]
    stated = np.stack([known.american, known.foreign], axis=1)
    weight = np.stack([_STATED, _STATED[::-1]])[use.foreign]
    # A home-made gun is said to be of anywhere or nowhere.
    weight[use.source == 2] = np.log(0.5)
    rate = learned.links[use.linker][:, readable, :].transpose(1, 0, 2)
    asked = learned.sent[use.source][:, readable, army].T
    said = np.zeros_like(kind)
    np.add.at(said, known.answers[:, 0], _answered(known, learned))
    return {
        "share": np.broadcast_to(share, kind.shape),
        "kind": kind + np.log(np.where(use.old, old, 1.0 - old)),
        "origin_country": stated @ weight.T,
        "serial": _bernoulli(learned.ground[ground_group()][None, :], known.ground[:, None]),
        "records": _bernoulli(rate, known.links[:, None, :]).sum(axis=2),
        "asked": np.where(known.asked[:, None], _bernoulli(asked, known.sent[:, None]), 0.0),
        "answer": said,
    }


def _bernoulli(rate: Reals, happened: Flags) -> Reals:
    return np.asarray(np.log(np.where(happened, rate, 1.0 - rate)))


def ground_group() -> Integers:
    """Say by which rate each ending's serial is said to be ground off."""
    return np.where(USE.answerer == ANSWERERS.index("ground"), 3, USE.source)


def said_of(known: Traits) -> Integers:
    """Give what each answer is to each ending: a soft answer, the same, or another."""
    outcome = known.answers[:, 1]
    soft = np.where(_SOFT_PLACE[outcome] >= 0, _SOFT_PLACE[outcome], OTHER)
    return np.where(outcome[:, None] == _ENDED, SAME, soft[:, None])


def _answered(known: Traits, learned: Learned) -> Reals:
    reading = known.answers[:, 2]
    return np.asarray(
        np.log(learned.answers)[USE.answerer[None, :], reading[:, None], said_of(known)]
    )
