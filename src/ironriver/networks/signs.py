"""The kinds of links: what may speak for or against two guns having been moved together.

Each is a row of `SIGNS`: its name, what it means in words that a person can check, the names of its
levels, and how it is read. Weights are learned (`tools/learn_links.py`), never set by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ironriver.networks.compared import Compared, binned
from ironriver.networks.evidence import NO_DAY, Ints, Marks

Read = Callable[[Compared, Ints, Ints], Ints]


@dataclass(frozen=True, slots=True)
class Sign:
    """One kind of link; `levels` names its levels from 1 on, level 0 says nothing."""

    name: str
    about: str
    levels: tuple[str, ...]
    read: Read


def _same(column: str, c: Compared, left: Ints, right: Ints) -> tuple[Marks, Marks]:
    values = getattr(c.evidence.guns, column)
    both = (values[left] >= 0) & (values[right] >= 0)
    return both & (values[left] == values[right]), both


def _gap(column: str, c: Compared, left: Ints, right: Ints) -> tuple[Ints, Marks]:
    """Give the days between two guns, and whether both are known."""
    days = getattr(c.evidence.guns, column)
    both = (days[left] > NO_DAY) & (days[right] > NO_DAY)
    return np.where(both, np.abs(days[left] - days[right]), 0), both


def _purchaser(c: Compared, left: Ints, right: Ints) -> Ints:
    same, both = _same("purchaser", c, left, right)
    gap, dated = _gap("sale_day", c, left, right)
    level = np.where(dated, binned(gap, "buyer_gap"), 4)
    return np.where(same, level, np.where(both, 5, 0))


def _household(c: Compared, left: Ints, right: Ints) -> Ints:
    same, _ = _same("purchaser", c, left, right)
    near = c.are_related(left, right) | (c.shared("address", left, right) & ~same)
    return np.where(near & ~same, 1, 0)


def _contact(c: Compared, left: Ints, right: Ints) -> Ints:
    same, _ = _same("purchaser", c, left, right)
    found = c.shared("phone", left, right) | c.shared("vehicle", left, right)
    return np.where(found & ~same, 1, 0)


def _seller(c: Compared, left: Ints, right: Ints) -> Ints:
    """Compare sellers: the same, by the time between sales and by how many buy there."""
    same, _ = _same("licensee", c, left, right)
    own, _ = _same("purchaser", c, left, right)
    gap, dated = _gap("sale_day", c, left, right)
    spans = 9
    near = binned(gap, "sale_gap")
    crowd = binned(np.maximum(c.crowd[left], c.crowd[right]), "crowd") - 1
    return np.where(same & dated & ~own, crowd * spans + near, 0)


def _area(c: Compared, left: Ints, right: Ints) -> Ints:
    """Compare states of sale at other sellers, by the time between sales."""
    same, both = _same("source", c, left, right)
    shop, _ = _same("licensee", c, left, right)
    own, _ = _same("purchaser", c, left, right)
    gap, dated = _gap("sale_day", c, left, right)
    level = np.where(dated, binned(gap, "sale_gap"), 10)
    return np.where(shop | own, 0, np.where(same, level, np.where(both, 11, 0)))


def _model(c: Compared, left: Ints, right: Ints) -> Ints:
    same, both = _same("model", c, left, right)
    calibre, _ = _same("calibre", c, left, right)
    rare = binned(c.model_share[left], "model_share")
    return np.where(same, rare, np.where(both & calibre, 4, np.where(both, 5, 0)))


def _burst(c: Compared, left: Ints, right: Ints) -> Ints:
    """Look for one model from one seller within a short time, by different purchasers."""
    model, _ = _same("model", c, left, right)
    shop, _ = _same("licensee", c, left, right)
    own, _ = _same("purchaser", c, left, right)
    gap, dated = _gap("sale_day", c, left, right)
    return np.where(model & shop & dated & ~own, binned(gap, "sale_gap"), 0)


def _area_burst(c: Compared, left: Ints, right: Ints) -> Ints:
    """Look for one model in one state within a short time, from different sellers."""
    model, _ = _same("model", c, left, right)
    area, _ = _same("source", c, left, right)
    shop, _ = _same("licensee", c, left, right)
    own, _ = _same("purchaser", c, left, right)
    gap, dated = _gap("sale_day", c, left, right)
    return np.where(model & area & dated & ~shop & ~own, binned(gap, "sale_gap"), 0)


def _structured(c: Compared, left: Ints, right: Ints) -> Ints:
    """One purchaser, other sellers, within a short time."""
    own, _ = _same("purchaser", c, left, right)
    shop, both = _same("licensee", c, left, right)
    gap, dated = _gap("sale_day", c, left, right)
    return np.where(own & both & ~shop & dated, binned(gap, "buyer_gap"), 0)


def _serial(c: Compared, left: Ints, right: Ints) -> Ints:
    """Numbers of one series, nearer than that series' own spacing lets chance explain."""
    guns = c.evidence.guns
    same, _ = _same("series", c, left, right)
    numbered = same & (guns.number[left] >= 0) & (guns.number[right] >= 0)
    gap = np.abs(guns.number[left] - guns.number[right])
    usual = np.fmax(c.spacing[left], c.spacing[right])
    chance = np.divide(gap, usual, out=np.ones(len(gap)), where=np.isfinite(usual) & (usual > 0))
    level = binned(chance, "serial_chance")
    return np.where(numbered & (gap > 0) & (level < 4), level, 0)


def _theft(c: Compared, left: Ints, right: Ints) -> Ints:
    """Both told stolen or lost: from one seller, or in one state, by the time between."""
    same, _ = _same("licensee", c, left, right)
    area, both = _same("source", c, left, right)
    gap, dated = _gap("theft_day", c, left, right)
    near = binned(gap, "theft_gap")
    level = np.where(same, near, np.where(area, 6 + near, 13))
    days = c.evidence.guns.theft_day > NO_DAY
    one = days[left] ^ days[right]
    return np.where(dated, np.where(both | same, level, 0), np.where(one, 14, 0))


def _forces(c: Compared, left: Ints, right: Ints) -> Ints:
    """Lost by forces in Mexico: neither is said, one, or both."""
    days = c.evidence.guns.forces_day > NO_DAY
    return days[left].astype(np.int64) + days[right]


def _found_together(c: Compared, left: Ints, right: Ints) -> Ints:
    """Recovered in one seizure, or in one municipality, by the time between."""
    seizure = c.shared("seizure", left, right) | c.shared("crossing_event", left, right)
    town, both = _same("municipality", c, left, right)
    state, _ = _same("state", c, left, right)
    gap, dated = _gap("recovery_day", c, left, right)
    level = np.where(town & dated, 1 + binned(gap, "recovery_gap"), np.where(state, 7, 8))
    return np.where(seizure, 1, np.where(both, level, 0))


def _open_case(c: Compared, left: Ints, right: Ints) -> Ints:
    shared = c.shared("open_case", left, right)
    return np.where(shared, 1, np.where(c.told("open_case", left, right), 2, 0))


def _possessor(c: Compared, left: Ints, right: Ints) -> Ints:
    shared = c.shared("possessor", left, right)
    return np.where(shared, 1, np.where(c.told("possessor", left, right), 2, 0))


def _crossing(c: Compared, left: Ints, right: Ints) -> Ints:
    same, both = _same("crossing", c, left, right)
    gap, dated = _gap("crossing_day", c, left, right)
    return np.where(same & dated, binned(gap, "crossing_gap"), np.where(both, 5, 0))


def _ballistic(c: Compared, left: Ints, right: Ints) -> Ints:
    return c.shared("ballistic", left, right).astype(np.int64)


def _found(c: Compared, left: Ints, right: Ints) -> Ints:
    """Tell how the two came to be known: found, or bought without being found."""
    found = c.evidence.guns.recovered
    case = c.slots["open_case"][:, 0] >= 0 if "open_case" in c.slots else np.zeros_like(found)
    state = np.where(case, 2, np.where(found, 1, 0))
    low, high = np.minimum(state[left], state[right]), np.maximum(state[left], state[right])
    kinds: Ints = np.array([1, 2, 3, 0, 4, 5, 0, 0, 6])
    found_in: Ints = kinds[low * 3 + high]
    return found_in


_SPANS = ("same day", "days", "weeks", "a season", "half a year", "a year", "two years",
          "some years", "many years")  # fmt: skip
_CROWDS = ("few buyers", "some buyers", "many buyers", "a hub")
SIGNS: tuple[Sign, ...] = (
    Sign("purchaser", "One person bought both, or two different persons did.",
         ("same, one visit", "same, soon", "same, later", "same, long after or undated",
          "different"), _purchaser),
    Sign("household", "The purchasers are related, or gave one address.", ("shared",), _household),
    Sign("contact", "Different purchasers gave one telephone or came in one vehicle.",
         ("shared",), _contact),
    Sign("seller", "One licensee sold both to different people; the more people buy there around "
         "that time, the less it says.",
         tuple(f"{span}, {crowd}" for crowd in _CROWDS for span in _SPANS), _seller),
    Sign("area", "Both were sold in one state by different licensees, or in different states.",
         (*_SPANS, "undated", "other state"), _area),
    Sign("model", "Both are of one model; a rare model says more.",
         ("same, rare", "same", "same, common", "other model, same calibre", "other"), _model),
    Sign("burst", "One model from one licensee to different people within a short time.",
         _SPANS, _burst),
    Sign("area_burst", "One model in one state to different people within a short time.",
         _SPANS, _area_burst),
    Sign("structured", "One person bought from different licensees within a short time.",
         ("same day", "days", "weeks", "later"), _structured),
    Sign("serial", "Their serial numbers follow each other more closely than those of that maker "
         "usually do.", ("very close", "close", "near"), _serial),
    Sign("theft", "Both were told stolen or lost: of one licensee or in one state, by the time "
         "between; or only one of them was.",
         ("one licensee, same day", "one licensee, weeks", "one licensee, months",
          "one licensee, a year", "one licensee, years", "one licensee, many years",
          "one state, same day", "one state, weeks", "one state, months", "one state, a year",
          "one state, years", "one state, many years", "other state", "only one stolen"), _theft),
    Sign("forces", "Forces in Mexico told one or both stolen or lost.", ("one", "both"), _forces),
    Sign("found_together", "Both were recovered in one seizure, or in one municipality within a "
         "short time, or far from each other.",
         ("one seizure", "one municipality, same day", "one municipality, days",
          "one municipality, weeks", "one municipality, a year", "one municipality, years",
          "one state", "other state"), _found_together),
    Sign("open_case", "Both stand in one case or court file, or in different ones.",
         ("same", "different"), _open_case),
    Sign("possessor", "One person had both, or different persons had.",
         ("same", "different"), _possessor),
    Sign("crossing", "Both were intercepted at one crossing, by the time between, or at others.",
         ("same day", "weeks", "a year", "years", "other crossing"), _crossing),
    Sign("ballistic", "A laboratory says that both fired in one event.", ("one event",),
         _ballistic),
    Sign("known_by", "How both came to be known: bought only, found, or named in an open case.",
         ("both bought only", "bought only and found", "bought only and in a case", "both found",
          "found and in a case", "both in a case"), _found),
)  # fmt: skip
NAMES = tuple(sign.name for sign in SIGNS)


def levels(c: Compared, left: Ints, right: Ints) -> Ints:
    """Give the level of every sign for every pair, [pairs, signs]."""
    out = np.empty((len(left), len(SIGNS)), dtype=np.int64)
    for place, sign in enumerate(SIGNS):
        out[:, place] = sign.read(c, left, right)
    return out
