"""What a chain would be without one of its records: the rows of its guns judged again without it.

Only the chain's own guns are looked at, beside what all guns say of models, sellers and series. Who
is one person and what is one gun is taken as judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pyarrow as pa

from ironriver import engine
from ironriver.networks import belonging, weights
from ironriver.networks.building import divided, of_two_or_more, weighed, with_judged
from ironriver.networks.compared import Compared
from ironriver.networks.evidence import Evidence, read_evidence

_COPIED = {
    "records": "record_id IN (SELECT record_id FROM mine)",
    "trace_results": "record_id IN (SELECT record_id FROM mine)",
    "parties": "record_id IN (SELECT record_id FROM mine)",
    "firearm_members": "record_id IN (SELECT record_id FROM mine)",
    "firearms": "firearm_id IN (SELECT firearm_id FROM mine)",
    "entity_members": "party_id IN (SELECT party_id FROM parties SEMI JOIN mine USING (record_id))",
    "matches": "about = 'person' AND decision = 'related'",
    "judgements": "about = 'network'",
}


@dataclass(frozen=True, slots=True)
class Without:
    """What is left of a chain without a record."""

    record_id: str | None
    """None: with all its records."""
    groups: tuple[int, ...]
    """The guns of the groups that are left, the largest first."""
    alone: int
    """Guns that would stand in none."""
    probability: float
    """That the largest of these is one network."""

    @property
    def changes(self) -> tuple[int, int, float]:
        """Give how much is left, for sorting: what would change most comes first."""
        return (self.groups[0] if self.groups else 0, -self.alone, self.probability)


@dataclass(frozen=True, slots=True)
class Pair:
    """The log-odds that one network moved two guns, without a record of theirs."""

    record_id: str | None
    log_odds: float
    probability: float


class Bench:
    """The rows of some guns, to be judged again without one record after another."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, guns: Sequence[str]) -> None:
        self._whole = Compared.of(_evidence(connection))
        self._learned, self._rules = weights.packaged(), belonging.packaged()
        self._desk = duckdb.connect(":memory:", config={"autoinstall_known_extensions": False})
        chosen = pa.table({"firearm_id": pa.array(guns, pa.string())})
        desk = connection.cursor()
        try:
            desk.register("_chosen", chosen)
            engine.run(desk, _MINE)
            for name, which in _COPIED.items():
                rows = engine.query(desk, f"SELECT * FROM {name} WHERE {which}")  # noqa: S608
                self._desk.register("_rows", rows)
                engine.run(self._desk, f"CREATE TABLE {name} AS SELECT * FROM _rows")  # noqa: S608
                self._desk.unregister("_rows")
            rows = engine.query(desk, "SELECT DISTINCT record_id FROM mine ORDER BY record_id")
            self.records: list[str] = rows["record_id"].to_pylist()
        finally:
            desk.close()

    def chain(self, record: str | None = None) -> Without:
        """Divide the guns anew, without a record."""
        compared = self._compared(record)
        evidence = compared.evidence
        edges = with_judged(weighed(compared, self._learned), evidence.judged)
        label = of_two_or_more(divided(len(evidence.guns), edges, evidence.judged, self._rules))
        sizes = np.bincount(label[label >= 0])
        if not len(sizes):
            return Without(record, (), len(label), 0.0)
        # How firmly it holds is not drawn anew for each record: taken as held in every drawing.
        features = belonging.features(
            evidence, label, edges, np.ones(len(sizes)), np.ones(len(label))
        )
        chance, _ = self._rules.probabilities(features, label)
        most = int(sizes.argmax())
        groups = tuple(sorted(sizes.tolist(), reverse=True))
        return Without(record, groups, int((label < 0).sum()), float(chance[most]))

    def pair(self, left: str, right: str, record: str | None = None) -> Pair:
        """Weigh two guns anew, without a record."""
        compared = self._compared(record)
        ids = compared.evidence.guns.ids.to_pylist()
        if left not in ids or right not in ids:
            return Pair(record, float("-inf"), 0.0)
        one, other = np.array([ids.index(left)]), np.array([ids.index(right)])
        odds = float(self._learned.log_odds(compared, one, other)[0])
        return Pair(record, odds, float(weights.probability(np.array([odds]))[0]))

    def _compared(self, record: str | None) -> Compared:
        """Compare the guns without a record, beside what all guns of the workspace say."""
        engine.run(self._desk, "BEGIN")
        try:
            if record is not None:
                for name in ("records", "trace_results"):
                    engine.run(self._desk, f"DELETE FROM {name} WHERE record_id = ?", [record])  # noqa: S608
            evidence = read_evidence(self._desk)
        finally:
            engine.run(self._desk, "ROLLBACK")
        place = pa.compute.index_in(evidence.guns.ids, value_set=self._whole.evidence.guns.ids)
        where = np.asarray(place).astype(np.int64)
        return replace(
            Compared.of(evidence),
            crowd=self._whole.crowd[where],
            model_share=self._whole.model_share[where],
            spacing=self._whole.spacing[where],
        )

    def close(self) -> None:
        """Let go of the rows."""
        self._desk.close()


_MINE = """
CREATE OR REPLACE TEMP TABLE mine AS
SELECT firearm_id, record_id FROM firearm_members SEMI JOIN _chosen USING (firearm_id)
"""


def _evidence(connection: duckdb.DuckDBPyConnection) -> Evidence:
    desk = connection.cursor()
    try:
        return read_evidence(desk)
    finally:
        desk.close()


def each_without(bench: Bench, most: int) -> Iterator[Without]:
    """Leave out one record after another, of at most so many spread over all."""
    step = max(1, -(-len(bench.records) // most))
    for record in bench.records[::step]:
        yield bench.chain(record)
