"""What a day of recovery says of a row being of the same gun: no gun is sold after it.

    P(days apart | one gun) / P(days apart | two guns)

as learned of rows of that role and of the commonest list of recoveries.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ironriver.firearms.channel import Reals
from ironriver.firearms.circumstances import EDGES, Level
from ironriver.firearms.gun_records import NO_DAY, GunRecords, Integers

_BY_DAYS = int(Level.SAME_REQUEST)
_WORTH = 0.5
"""How many pairs of one gun the spread of all pairs is worth."""
_EVER = 10**7
"""More days than lie between any two dates."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Log ratios by role and range of days, and the list that stands for recoveries."""

    ratios: Reals
    """[roles, levels by days]"""
    recovery: int
    """The role that stands for a recovery; -1 if no list tells of any."""

    def log_ratios(self, records: GunRecords, rows: Integers, recovered: Integers) -> Reals:
        """Give the log ratios of rows, given days of recovery (NO_DAY where not known)."""
        if self.recovery < 0:
            return np.zeros(len(rows))
        role, day = records.role[rows], records.day[rows]
        gap = np.where(role < self.recovery, recovered - day, day - recovered)
        gap = np.where(role == self.recovery, np.abs(gap), gap)
        known = (day != NO_DAY) & (recovered != NO_DAY)
        level = np.where(known, np.digitize(gap, EDGES) + 1, Level.DAYS_UNKNOWN)
        return np.where(known, self.ratios[role, level], 0.0)

    def ranges(self) -> pa.Table:
        """Give the same as rows: role, sign, since, before (days), log_ratio; see `sql.inputs`.

        Days from the row to the recovery, times the sign, from `since` up to, not with, `before`;
        with sign 0 either way.
        """
        edges = np.concatenate(([-_EVER], EDGES, [_EVER]))
        roles = np.arange(len(self.ratios) if self.recovery >= 0 else 0)
        role, level = (part.ravel() for part in np.meshgrid(roles, np.arange(len(EDGES) + 1)))
        return pa.table(
            {
                "role": role,
                "sign": np.sign(self.recovery - role),
                "since": edges[level],
                "before": edges[level + 1],
                "log_ratio": self.ratios[role, level + 1],
            }
        )


def read_timing(cells: pa.Table, records: GunRecords) -> Timing:
    """Read from the learned cells how rows of each role stand in time to recoveries."""
    rows = np.bincount(records.role, minlength=len(records.roles))
    listed = [at for at, role in enumerate(records.roles) if role.endswith(" recovery")]
    recovery = max(listed, key=lambda at: int(rows[at])) if listed else -1
    place = {role: at for at, role in enumerate(records.roles)}
    pairs = np.zeros((len(records.roles), _BY_DAYS))
    same = np.zeros_like(pairs)
    for name, share, count in zip(
        cells["name"].to_pylist(), cells["value"].to_pylist(), cells["detail"].to_pylist(),
        strict=True,
    ):  # fmt: skip
        first, second, level, *more = name.split(" | ")
        if recovery < 0 or "one file" in more or Level[level.upper()] >= _BY_DAYS:
            continue
        roles = [place.get(first, -1), place.get(second, -1)]
        if recovery in roles and -1 not in roles:
            roles.remove(recovery)
            pairs[roles[0], Level[level.upper()]] += float(count)
            same[roles[0], Level[level.upper()]] += share * float(count)
    spread = (pairs + 1.0) / (pairs + 1.0).sum(axis=1, keepdims=True)
    found = (same + _WORTH * spread) / (same.sum(axis=1, keepdims=True) + _WORTH)
    return Timing(np.log(found) - np.log(spread), recovery)
