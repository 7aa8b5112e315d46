"""How the level of each sign is read of pairs of guns; `signs` says what they mean.

Each gives whole numbers (pairs,): 0 where the rows do not say, else the place of the level's name.
"""

from __future__ import annotations

import numpy as np

from ironriver.networks.compared import Compared, binned
from ironriver.networks.evidence import NO_DAY, Ints, Marks


def _same(column: str, c: Compared, left: Ints, right: Ints) -> tuple[Marks, Marks]:
    values = getattr(c.evidence.guns, column)
    both = (values[left] >= 0) & (values[right] >= 0)
    return both & (values[left] == values[right]), both


def _gap(column: str, c: Compared, left: Ints, right: Ints) -> tuple[Ints, Marks]:
    """Give the days between two guns, and whether both are known."""
    days = getattr(c.evidence.guns, column)
    both = (days[left] > NO_DAY) & (days[right] > NO_DAY)
    return np.where(both, np.abs(days[left] - days[right]), 0), both


def purchaser(c: Compared, left: Ints, right: Ints) -> Ints:
    """Compare purchasers, and the time between sales to one."""
    same, both = _same("purchaser", c, left, right)
    gap, dated = _gap("sale_day", c, left, right)
    level = np.where(dated, binned(gap, "buyer_gap"), 4)
    return np.where(same, level, np.where(both, 5, 0))


def household(c: Compared, left: Ints, right: Ints) -> Ints:
    """Look for purchasers who are related or gave one address."""
    same, _ = _same("purchaser", c, left, right)
    near = c.are_related(left, right) | (c.shared("address", left, right) & ~same)
    return np.where(near & ~same, 1, 0)


def contact(c: Compared, left: Ints, right: Ints) -> Ints:
    """Look for different purchasers with one telephone or vehicle."""
    same, _ = _same("purchaser", c, left, right)
    found = c.shared("phone", left, right) | c.shared("vehicle", left, right)
    return np.where(found & ~same, 1, 0)


def seller(c: Compared, left: Ints, right: Ints) -> Ints:
    """Compare sellers: the same, by the time between sales and by how many buy there."""
    same, _ = _same("licensee", c, left, right)
    own, _ = _same("purchaser", c, left, right)
    gap, dated = _gap("sale_day", c, left, right)
    spans = 9
    near = binned(gap, "sale_gap")
    crowd = binned(np.maximum(c.crowd[left], c.crowd[right]), "crowd") - 1
    return np.where(same & dated & ~own, crowd * spans + near, 0)


def area(c: Compared, left: Ints, right: Ints) -> Ints:
    """Compare states of sale at other sellers, by the time between sales."""
    same, both = _same("source", c, left, right)
    shop, _ = _same("licensee", c, left, right)
    own, _ = _same("purchaser", c, left, right)
    gap, dated = _gap("sale_day", c, left, right)
    level = np.where(dated, binned(gap, "sale_gap"), 10)
    return np.where(shop | own, 0, np.where(same, level, np.where(both, 11, 0)))


def model(c: Compared, left: Ints, right: Ints) -> Ints:
    """Compare models, and calibres where these differ."""
    same, both = _same("model", c, left, right)
    calibre, _ = _same("calibre", c, left, right)
    rare = binned(c.model_share[left], "model_share")
    return np.where(same, rare, np.where(both & calibre, 4, np.where(both, 5, 0)))


def burst(c: Compared, left: Ints, right: Ints) -> Ints:
    """Look for one model from one seller within a short time, by different purchasers."""
    model, _ = _same("model", c, left, right)
    shop, _ = _same("licensee", c, left, right)
    own, _ = _same("purchaser", c, left, right)
    gap, dated = _gap("sale_day", c, left, right)
    return np.where(model & shop & dated & ~own, binned(gap, "sale_gap"), 0)


def area_burst(c: Compared, left: Ints, right: Ints) -> Ints:
    """Look for one model in one state within a short time, from different sellers."""
    model, _ = _same("model", c, left, right)
    area, _ = _same("source", c, left, right)
    shop, _ = _same("licensee", c, left, right)
    own, _ = _same("purchaser", c, left, right)
    gap, dated = _gap("sale_day", c, left, right)
    return np.where(model & area & dated & ~shop & ~own, binned(gap, "sale_gap"), 0)


def structured(c: Compared, left: Ints, right: Ints) -> Ints:
    """One purchaser, other sellers, within a short time."""
    own, _ = _same("purchaser", c, left, right)
    shop, both = _same("licensee", c, left, right)
    gap, dated = _gap("sale_day", c, left, right)
    return np.where(own & both & ~shop & dated, binned(gap, "buyer_gap"), 0)


def serial(c: Compared, left: Ints, right: Ints) -> Ints:
    """Numbers of one series, nearer than that series' own spacing lets chance explain."""
    guns = c.evidence.guns
    same, _ = _same("series", c, left, right)
    numbered = same & (guns.number[left] >= 0) & (guns.number[right] >= 0)
    gap = np.abs(guns.number[left] - guns.number[right])
    usual = np.fmax(c.spacing[left], c.spacing[right])
    chance = np.divide(gap, usual, out=np.ones(len(gap)), where=np.isfinite(usual) & (usual > 0))
    level = binned(chance, "serial_chance")
    return np.where(numbered & (gap > 0) & (level < 4), level, 0)


def theft(c: Compared, left: Ints, right: Ints) -> Ints:
    """Both told stolen or lost: from one seller, or in one state, by the time between."""
    same, _ = _same("licensee", c, left, right)
    area, both = _same("source", c, left, right)
    gap, dated = _gap("theft_day", c, left, right)
    near = binned(gap, "theft_gap")
    level = np.where(same, near, np.where(area, 6 + near, 13))
    days = c.evidence.guns.theft_day > NO_DAY
    one = days[left] ^ days[right]
    return np.where(dated, np.where(both | same, level, 0), np.where(one, 14, 0))


def forces(c: Compared, left: Ints, right: Ints) -> Ints:
    """Lost by forces in Mexico: neither is said, one, or both."""
    days = c.evidence.guns.forces_day > NO_DAY
    return days[left].astype(np.int64) + days[right]


def found_together(c: Compared, left: Ints, right: Ints) -> Ints:
    """Recovered in one seizure, or in one municipality, by the time between."""
    seizure = c.shared("seizure", left, right) | c.shared("crossing_event", left, right)
    town, both = _same("municipality", c, left, right)
    state, _ = _same("state", c, left, right)
    gap, dated = _gap("recovery_day", c, left, right)
    level = np.where(town & dated, 1 + binned(gap, "recovery_gap"), np.where(state, 7, 8))
    return np.where(seizure, 1, np.where(both, level, 0))


def open_case(c: Compared, left: Ints, right: Ints) -> Ints:
    """Compare case and court files."""
    shared = c.shared("open_case", left, right)
    return np.where(shared, 1, np.where(c.told("open_case", left, right), 2, 0))


def possessor(c: Compared, left: Ints, right: Ints) -> Ints:
    """Compare those who had the guns."""
    shared = c.shared("possessor", left, right)
    return np.where(shared, 1, np.where(c.told("possessor", left, right), 2, 0))


def crossing(c: Compared, left: Ints, right: Ints) -> Ints:
    """Compare crossings, and the time between interceptions at one."""
    same, both = _same("crossing", c, left, right)
    gap, dated = _gap("crossing_day", c, left, right)
    return np.where(same & dated, binned(gap, "crossing_gap"), np.where(both, 5, 0))


def ballistic(c: Compared, left: Ints, right: Ints) -> Ints:
    """Look for one ballistic event."""
    return c.shared("ballistic", left, right).astype(np.int64)


def found(c: Compared, left: Ints, right: Ints) -> Ints:
    """Tell how the two came to be known: found, or bought without being found."""
    found = c.evidence.guns.recovered
    case = c.slots["open_case"][:, 0] >= 0 if "open_case" in c.slots else np.zeros_like(found)
    state = np.where(case, 2, np.where(found, 1, 0))
    low, high = np.minimum(state[left], state[right]), np.maximum(state[left], state[right])
    kinds: Ints = np.array([1, 2, 3, 0, 4, 5, 0, 0, 6])
    found_in: Ints = kinds[low * 3 + high]
    return found_in
