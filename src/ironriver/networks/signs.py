"""The kinds of links: what may speak for or against two guns having been moved together.

Each is a row of `SIGNS`: its name, what it means in words that a person can check, the names of its
levels, and how it is read. Weights are learned (`tools/learn_links.py`), never set by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ironriver.language import mark
from ironriver.networks import sign_levels
from ironriver.networks.compared import Compared
from ironriver.networks.evidence import Ints

Read = Callable[[Compared, Ints, Ints], Ints]


@dataclass(frozen=True, slots=True)
class Sign:
    """One kind of link; `levels` names its levels from 1 on, level 0 says nothing."""

    name: str
    about: str
    levels: tuple[str, ...]
    read: Read


_SPANS = ("same day", "days", "weeks", "a season", "half a year", "a year", "two years",
          "some years", "many years")  # fmt: skip
_CROWDS = ("few buyers", "some buyers", "many buyers", "a hub")
SIGNS: tuple[Sign, ...] = (
    Sign(
        "purchaser",
        mark("One person bought both, or two different persons did."),
        (
            "same, one visit",
            "same, soon",
            "same, later",
            "same, long after or undated",
            "different",
        ),
        sign_levels.purchaser,
    ),
    Sign(
        "household",
        mark("The purchasers are related, or gave one address."),
        ("shared",),
        sign_levels.household,
    ),
    Sign(
        "contact",
        mark("Different purchasers gave one telephone or came in one vehicle."),
        ("shared",),
        sign_levels.contact,
    ),
    Sign(
        "seller",
        mark(
            "One licensee sold both to different people; the more people buy there around "
            "that time, the less it says."
        ),
        tuple(f"{span}, {crowd}" for crowd in _CROWDS for span in _SPANS),
        sign_levels.seller,
    ),
    Sign(
        "area",
        mark("Both were sold in one state by different licensees, or in different states."),
        (*_SPANS, "undated", "other state"),
        sign_levels.area,
    ),
    Sign(
        "model",
        mark("Both are of one model; a rare model says more."),
        ("same, rare", "same", "same, common", "other model, same calibre", "other"),
        sign_levels.model,
    ),
    Sign(
        "burst",
        mark("One model from one licensee to different people within a short time."),
        _SPANS,
        sign_levels.burst,
    ),
    Sign(
        "area_burst",
        mark("One model in one state to different people within a short time."),
        _SPANS,
        sign_levels.area_burst,
    ),
    Sign(
        "structured",
        mark("One person bought from different licensees within a short time."),
        ("same day", "days", "weeks", "later"),
        sign_levels.structured,
    ),
    Sign(
        "serial",
        mark(
            "Their serial numbers follow each other more closely than those of that maker "
            "usually do."
        ),
        ("very close", "close", "near"),
        sign_levels.serial,
    ),
    Sign(
        "theft",
        mark(
            "Both were told stolen or lost: of one licensee or in one state, by the time "
            "between; or only one of them was."
        ),
        (
            "one licensee, same day",
            "one licensee, weeks",
            "one licensee, months",
            "one licensee, a year",
            "one licensee, years",
            "one licensee, many years",
            "one state, same day",
            "one state, weeks",
            "one state, months",
            "one state, a year",
            "one state, years",
            "one state, many years",
            "other state",
            "only one stolen",
        ),
        sign_levels.theft,
    ),
    Sign(
        "forces",
        mark("Forces in Mexico told one or both stolen or lost."),
        ("one", "both"),
        sign_levels.forces,
    ),
    Sign(
        "found_together",
        mark(
            "Both were recovered in one seizure, or in one municipality within a "
            "short time, or far from each other."
        ),
        (
            "one seizure",
            "one municipality, same day",
            "one municipality, days",
            "one municipality, weeks",
            "one municipality, a year",
            "one municipality, years",
            "one state",
            "other state",
        ),
        sign_levels.found_together,
    ),
    Sign(
        "open_case",
        mark("Both stand in one case or court file, or in different ones."),
        ("same", "different"),
        sign_levels.open_case,
    ),
    Sign(
        "possessor",
        mark("One person had both, or different persons had."),
        ("same", "different"),
        sign_levels.possessor,
    ),
    Sign(
        "crossing",
        mark("Both were intercepted at one crossing, by the time between, or at others."),
        ("same day", "weeks", "a year", "years", "other crossing"),
        sign_levels.crossing,
    ),
    Sign(
        "ballistic",
        mark("A laboratory says that both fired in one event."),
        ("one event",),
        sign_levels.ballistic,
    ),
    Sign(
        "known_by",
        mark("How both came to be known: bought only, found, or named in an open case."),
        (
            "both bought only",
            "bought only and found",
            "bought only and in a case",
            "both found",
            "found and in a case",
            "both in a case",
        ),
        sign_levels.found,
    ),
)
NAMES = tuple(sign.name for sign in SIGNS)


def levels(c: Compared, left: Ints, right: Ints) -> Ints:
    """Give the level of every sign for every pair, [pairs, signs]."""
    out = np.empty((len(left), len(SIGNS)), dtype=np.int64)
    for place, sign in enumerate(SIGNS):
        out[:, place] = sign.read(c, left, right)
    return out
