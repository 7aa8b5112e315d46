"""What was judged about guns, as tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ironriver.estimators.lasting_ids import lasting_ids
from ironriver.firearms.channel import Reals
from ironriver.firearms.clusters import APART, Judged, Membership, places
from ironriver.firearms.comparison import reasons
from ironriver.firearms.fitting import Evidence
from ironriver.firearms.gun_records import FIELDS, NO_DAY, GunRecords, Integers, coded
from ironriver.firearms.learned import to_table
from ironriver.firearms.pairs import Pairs
from ironriver.firearms.weighing import Model, Weights
from ironriver.tables import FIREARM_MEMBERS, FIREARMS, LEARNED, MATCHES, Handling

_CERTAIN = 1e6
"""Stands in the tables for the infinite log-odds of what a person judged."""
_SHOWN = ("make", "model", "calibre", "type")
_STRICTNESS = list(Handling)


def empty_tables() -> dict[str, pa.Table]:
    """Give the tables of a workspace without rows about guns."""
    return {
        table.name: table.schema.empty_table()
        for table in (FIREARMS, FIREARM_MEMBERS, MATCHES, LEARNED)
    }


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows, what was weighed, and which gun each row belongs to."""

    evidence: Evidence
    model: Model
    weights: Weights
    membership: Membership
    judged: Judged

    @property
    def _records(self) -> GunRecords:
        return self.evidence.records

    def tables(self) -> Mapping[str, pa.Table]:
        """Give `firearms`, `firearm_members`, `matches` and `learned`."""
        records = self._records
        kept, why = self._explained()
        place = np.full(len(self.evidence.pairs) + 1, -1)
        place[kept] = np.arange(len(kept))
        through = place[self.membership.through]
        named = lasting_ids(self.membership.gun, records.known_from, records.record_id, "gun")
        strict = np.array([_STRICTNESS.index(Handling(word)) for word in
                           records.handling.to_pylist()])  # fmt: skip
        members = self._members(named, kept, why, through, strict)
        return {
            "firearms": self._firearms(named, members, strict),
            "firearm_members": members,
            "matches": self._matches(kept, why, strict),
            "learned": to_table(
                self.model, records, self.evidence.counts, _STRICTNESS[strict.max()].value
            ),
        }

    def _explained(self) -> tuple[Integers, list[str]]:
        """Give the pairs that are shown, and their reasons."""
        pairs, weights, around = self.evidence.pairs, self.weights, self.evidence.around
        shown = weights.log_odds >= APART
        shown[places(pairs, self.judged.same | self.judged.different, len(self._records))] = True
        shown[self.membership.through[self.membership.through >= 0]] = True
        kept = np.flatnonzero(shown)
        why = reasons(
            self._records,
            Pairs(pairs.left[kept], pairs.right[kept]),
            around.of(kept),
            weights.of(kept),
            self.model,
        )
        return kept, why

    def _members(
        self, named: pa.Array, kept: Integers, why: list[str], through: Integers, strict: Integers
    ) -> pa.Table:
        records, pairs = self._records, self.evidence.pairs
        ids = records.record_id.to_pylist()
        rows = np.arange(len(records))
        tied = through >= 0
        partner = rows.copy()
        pair = kept[through[tied]]
        partner[tied] = pairs.left[pair] + pairs.right[pair] - rows[tied]
        log_odds = np.clip(self.membership.log_odds, -_CERTAIN, _CERTAIN)
        return pa.table(
            {
                "firearm_id": named,
                "record_id": records.record_id,
                "probability": _probability(log_odds),
                "log_odds": log_odds,
                "record_ids": [
                    json.dumps([ids[row]] if row == other else [ids[row], ids[other]])
                    for row, other in zip(rows.tolist(), partner.tolist(), strict=True)
                ],
                "reasons": [
                    why[at] if at >= 0 else _alone(odds)
                    for at, odds in zip(through.tolist(), log_odds.tolist(), strict=True)
                ],
                "handling": _handling(np.maximum(strict, strict[partner])),
            },
            schema=FIREARM_MEMBERS.schema,
        )

    def _matches(self, kept: Integers, why: list[str], strict: Integers) -> pa.Table:
        pairs, gun = self.evidence.pairs, self.membership.gun
        left, right = pairs.left[kept], pairs.right[kept]
        ids = self._records.record_id
        one, other = ids.take(left), ids.take(right)
        log_odds = self.weights.log_odds[kept]
        return pa.table(
            {
                "match_id": pc.binary_join_element_wise("match", one, other, "-"),
                "about": ["firearm"] * len(kept),
                "left_id": one,
                "right_id": other,
                "probability": _probability(log_odds),
                "log_odds": log_odds,
                "decision": [
                    self._decision(two, bool(together))
                    for two, together in zip(
                        zip(left.tolist(), right.tolist(), strict=True),
                        gun[left] == gun[right],
                        strict=True,
                    )
                ],
                "record_ids": [
                    json.dumps(two) for two in zip(one.to_pylist(), other.to_pylist(), strict=True)
                ],
                "reasons": why,
                "handling": _handling(np.maximum(strict[left], strict[right])),
            },
            schema=MATCHES.schema,
        )

    def _decision(self, two: tuple[int, int], together: bool) -> str:
        if two in self.judged.same:
            return "judged same"
        if two in self.judged.different:
            return "judged different"
        return "joined" if together else "apart"

    def _firearms(self, named: pa.Array, members: pa.Table, strict: Integers) -> pa.Table:
        records = self._records
        gun, guns = coded(pa.chunked_array([named]))
        order = np.lexsort((np.arange(len(gun)), gun))
        starts = np.flatnonzero(np.diff(gun[order], prepend=-1))
        surely = members["log_odds"].to_numpy()
        weakest = np.lexsort((surely, gun))[starts]
        said = records.descriptions[records.description]
        columns = {
            name: _most_said(gun, said[:, FIELDS.index(name)], records.values[FIELDS.index(name)])
            for name in _SHOWN
        }
        serial, serials = coded(pa.chunked_array([records.serial]))
        serial = np.where(records.has_serial, serial, -1)
        day = records.day[order]
        dated = np.where(day == NO_DAY, np.iinfo(np.int32).max, day)
        ids = records.record_id.take(pa.array(order)).to_pylist()
        ends = np.append(starts[1:], len(order))
        return pa.table(
            {
                "firearm_id": guns,
                **columns,
                "serial": _most_said(gun, serial, serials),
                "records": np.bincount(gun),
                "first_date": _dates(np.minimum.reduceat(dated, starts)),
                "last_date": _dates(np.maximum.reduceat(day, starts)),
                "probability": members["probability"].take(weakest),
                "record_ids": [
                    json.dumps(ids[start:end]) for start, end in zip(starts, ends, strict=True)
                ],
                "reasons": members["reasons"].take(weakest),
                "handling": _handling(np.maximum.reduceat(strict[order], starts)),
            },
            schema=FIREARMS.schema,
        )


def _most_said(gun: Integers, code: Integers, values: tuple[str, ...]) -> pa.Array:
    """Give what most rows of each gun say; of equals the first in order; null where none says."""
    given = code >= 0
    size = len(values) + 1
    said, count = np.unique(gun[given] * size + code[given], return_counts=True)
    order = np.lexsort((said, -count, said // size))
    best = order[np.flatnonzero(np.diff(said[order] // size, prepend=-1))]
    found = np.full(int(gun.max(initial=-1)) + 1, len(values))
    found[said[best] // size] = said[best] % size
    return pa.array([*values, None], pa.string()).take(pa.array(found))


def _dates(days: Integers) -> pa.Array:
    unknown = (days == NO_DAY) | (days == np.iinfo(np.int32).max)
    return pa.array(days.astype(np.int32), pa.int32(), mask=unknown).cast(pa.date32())


def _probability(log_odds: Reals) -> Reals:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -700.0, 700.0))))


def _handling(strictness: Integers) -> pa.Array:
    return pa.array([word.value for word in _STRICTNESS]).take(pa.array(strictness))


def _alone(log_odds: float) -> str:
    return json.dumps([{"field": "alone", "level": "alone", "log_odds": round(log_odds, 4)}])
