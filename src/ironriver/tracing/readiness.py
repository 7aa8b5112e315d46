"""The stage `readiness`: will a trace request for this recovery succeed, and what to mend first."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from ironriver import engine
from ironriver.firearms.channel import Channel, Reals
from ironriver.firearms.fitting import RATES, first_model
from ironriver.firearms.gun_records import read_gun_records
from ironriver.firearms.learned import from_table
from ironriver.tables import READINESS, Handling
from ironriver.tracing.readiness_kinds import KindsOfGun, Said
from ironriver.tracing.readiness_marks import marks
from ironriver.tracing.readiness_number import Patterns, of_serial
from ironriver.tracing.readiness_problems import Found, Problem, of_description, of_duplicates
from ironriver.tracing.readiness_readings import Asked, read_all, read_asked
from ironriver.tracing.readiness_risk import PRIOR, Risk, cut, failed, fold_of, learn, matrix
from ironriver.tracing.readiness_serial import Meant, Serials, meant

CERTAIN = 0.5
"""From this chance on that the gun was requested already, it is not sent again."""

Progress = Callable[[int, int], None]
_STRICTNESS = list(Handling)
_FOREIGN = 0.01
_STEP = 500


def readiness(
    connection: duckdb.DuckDBPyConnection,
    day: dt.date | None = None,
    progress: Progress | None = None,
) -> Mapping[str, pa.Table]:
    """Compute `readiness`: one row for each recovery and each trace request.

    A day changes nothing here: the tables that are read hold what was known by then.
    """
    del day
    desk = connection.cursor()
    try:
        asked = read_asked(desk)
        checker = Checker.of(desk, asked) if asked else None
    finally:
        desk.close()
    rows = list(checker.rows(progress)) if checker else []
    return {"readiness": pa.Table.from_pylist(rows, schema=READINESS.schema)}


@dataclass(frozen=True, slots=True)
class Checker:
    """The recoveries of a workspace, and what was learned of kinds, serials and answers."""

    asked: Sequence[Asked]
    kinds: KindsOfGun
    patterns: Patterns
    said: Sequence[Said]
    meant: Sequence[Meant | None]
    marked: Reals
    risks: Reals
    risk: Risk
    folds: Sequence[int]
    cut: float
    """From this risk on a request is not ready."""

    @classmethod
    def of(cls, desk: duckdb.DuckDBPyConnection, asked: Sequence[Asked]) -> Checker:
        """Learn from all records, weigh every recovery, then learn the risk from the answers."""
        readings = list(read_all(desk))
        channel, foreign = _channel(desk)
        kinds = KindsOfGun.learn(readings)
        found = meant(asked, Serials.learn(readings, channel, foreign))
        said = [kinds.judge(each) for each in asked]
        marked = matrix([marks(*each, kinds) for each in zip(asked, said, found, strict=True)])
        folds = [fold_of(each.firearm_id or each.record_id) for each in asked]
        risk = learn(marked, [failed(each.outcome) for each in asked], folds)
        risks = risk.chances(marked, folds)
        sent = np.array([each.is_request and each.quantity in (None, 1) for each in asked])
        return cls(asked, kinds, Patterns.of(readings), said, found, marked,
                   risks, risk, folds, cut(risks[sent]))  # fmt: skip

    def rows(self, progress: Progress | None = None) -> Iterator[dict[str, object]]:
        """Give the row of every recovery, in order of record id."""
        sent = {
            each.record_id: (str(each.known_from), each.record_id)
            for each in self.asked
            if each.is_request
        }
        for place in range(len(self.asked)):
            yield self._row(place, sent)
            if progress and (place % _STEP == 0 or place + 1 == len(self.asked)):
                progress(place + 1, len(self.asked))

    def _row(self, place: int, sent: dict[str, tuple[str, str]]) -> dict[str, object]:
        asked, risk = self.asked[place], float(self.risks[place])
        if asked.quantity not in (None, 1):
            found: list[Found] = [(Problem("several_guns", "quantity", 1.0, "each_gun"), None)]
            risk = 1.0
        else:
            found = self._found(place)
        duplicates = list(of_duplicates(asked, sent))
        again = any(
            each.code == "requested_already" and each.probability >= CERTAIN for each in duplicates
        )
        problems = [problem for problem, _ in found] + duplicates
        return {
            "record_id": asked.record_id,
            "ready": risk < self.cut and not again,
            "risk": risk,
            "problems": _json([each.told() for each in problems]),
            "suggested_repairs": _json([each.told() for _, each in found if each]),
            "record_ids": _json([asked.record_id, *(each.record_id for each in asked.others)]),
            "reasons": _json(self._reasons(place)),
            "handling": _strictest(asked),
        }

    def _found(self, place: int) -> list[Found]:
        asked = self.asked[place]
        return [
            *of_serial(asked, self.meant[place], self.patterns),
            *of_description(asked, self.said[place], self.kinds),
        ]

    def _reasons(self, place: int) -> list[dict[str, object]]:
        """Give what each mark adds to the log-odds that the request fails, the least first."""
        adds = self.risk.adds(self.marked[place], self.folds[place])
        found: list[dict[str, object]] = [
            {"field": name, "level": round(float(mark), 4), "log_odds": round(float(add), 4)}
            for name, mark, add in zip(PRIOR, self.marked[place], adds, strict=True)
            if mark
        ]
        found.sort(key=lambda each: (each["log_odds"], each["field"]))
        return [*found, {"field": "held_back_from", "level": self.cut, "log_odds": 0.0}]


def _channel(desk: duckdb.DuckDBPyConnection) -> tuple[Channel, float]:
    """Give how serials are misread, as the stage `resolve` learned it, or as it is believed."""
    learned = engine.query(desk, "SELECT * FROM learned WHERE stage = 'resolve'")
    records = read_gun_records(desk)
    if not learned.num_rows or not len(records):
        return Channel.from_rates(RATES), _FOREIGN
    model = from_table(learned, records, first_model(records))
    return model.channel, model.foreign


def _strictest(asked: Asked) -> str:
    handlings = [Handling(each.handling) for each in (asked, *asked.others)]
    return max(handlings, key=_STRICTNESS.index).value


def _json(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, default=np.generic.item)
