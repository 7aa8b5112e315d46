"""The stage `trace`: an answer for every recovery, with its chain and what it rests on."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from ironriver import engine
from ironriver.tables import TRACES, Handling, Kind, Outcome
from ironriver.tracing.catalogue import read_catalogue
from ironriver.tracing.chain import as_json, gaps, hops
from ironriver.tracing.chances import Learned, components, posterior
from ironriver.tracing.endings import Diversion, Origin
from ironriver.tracing.facts import ANSWER, Fact, make_wanted, read_facts
from ironriver.tracing.judge import Judgement, judge, why
from ironriver.tracing.learning import begin, learn
from ironriver.tracing.rivals import Rival, add_rivals_to_wanted, make_rivals, read_rivals
from ironriver.tracing.sales import last_sale
from ironriver.tracing.time_to_crime import SHORT_DAYS, Baseline, Timed, baseline
from ironriver.tracing.traits import Reals, most, traits

Progress = Callable[[int, int], None]
"""Told how many recoveries were traced, of how many."""
_STEP = 500
_US = (Origin.US_MADE, Origin.US_IMPORTED)
_STRICTNESS = list(Handling)


def trace(
    connection: duckdb.DuckDBPyConnection,
    day: dt.date | None = None,
    progress: Progress | None = None,
) -> Mapping[str, pa.Table]:
    """Compute `traces`: one row for each recovery.

    A day changes nothing here: the tables that are read hold what was known by then.
    """
    del day
    desk = connection.cursor()
    try:
        make_wanted(desk)
        make_rivals(desk)
        add_rivals_to_wanted(desk)
        tracer = Tracer.of(desk, read_facts(desk))
        rows = list(tracer.rows(progress))
        rows += _of_several(desk)
        _set_beside(rows)
    finally:
        desk.close()
    rows.sort(key=lambda row: str(row["trace_id"]))
    return {"traces": pa.Table.from_pylist(rows, schema=TRACES.schema)}


@dataclass(frozen=True, slots=True)
class Tracer:
    """The guns of a workspace and what was learned of them, ready to be told one by one."""

    guns: dict[str, list[Fact]]
    rivals: Mapping[str, Sequence[Rival]]
    recovered: tuple[str, ...]
    """The guns that were recovered; all others are rivals of theirs."""
    kinds: tuple[str, ...]
    learned: Learned

    @classmethod
    def of(cls, desk: duckdb.DuckDBPyConnection, guns: dict[str, list[Fact]]) -> Tracer:
        """Learn from all guns that were recovered; `make_rivals` comes before."""
        recovered = tuple(gun for gun, facts in guns.items() if _recoveries(facts))
        catalogue = read_catalogue(desk)
        known = traits((guns[gun] for gun in recovered), catalogue.kinds)
        prior = begin(known, catalogue.background, catalogue.lawful, catalogue.lost)
        members = {fact.record_id: fact.probability for gun in recovered
                   for fact in _recoveries(guns[gun])}  # fmt: skip
        rivals, learned = read_rivals(desk, members), learn(known, prior)
        return cls(guns, rivals, recovered, catalogue.kinds, learned)

    def rows(self, progress: Progress | None = None) -> Iterator[dict[str, object]]:
        """Give the row of every recovery, gun by gun."""
        total = sum(len(_recoveries(self.guns[gun])) for gun in self.recovered)
        done = 0
        for start in range(0, len(self.recovered), _STEP):
            for row in self.of_guns(self.recovered[start : start + _STEP]):
                yield row
                done += 1
            if progress:
                progress(done, total)

    def of_guns(self, names: Sequence[str]) -> Iterator[dict[str, object]]:
        """Give the rows of the recoveries of some guns."""
        guns = [self.guns[name] for name in names]
        known = traits(guns, self.kinds)
        together, parts = posterior(known, self.learned), components(known, self.learned)
        each = [(place, fact) for place, facts in enumerate(guns) for fact in _recoveries(facts)]
        single = traits(([fact] for _, fact in each), self.kinds, alone=True)
        alone = posterior(single, self.learned)
        for number, (place, recovery) in enumerate(each):
            judged = judge(guns[place], recovery, together[place], alone[number])
            told = {name: part[place] for name, part in parts.items()}
            yield self._row(guns[place], recovery, judged, told)

    def _row(
        self,
        facts: Sequence[Fact],
        recovery: Fact,
        judged: Judgement,
        parts: Mapping[str, Reals],
    ) -> dict[str, object]:
        sale, chain = judged.sale, hops(facts)
        ids = [fact.record_id for fact in facts]
        lacking = gaps(chain, facts, judged.diversion, judged.origin in _US)
        return {
            "trace_id": f"trace-{recovery.record_id}",
            "recovery_record_id": recovery.record_id,
            "firearm_id": recovery.firearm_id,
            "outcome": judged.outcome.value,
            "origin": judged.origin.value,
            "diversion": judged.diversion.value,
            "maker": most(fact.make for fact in facts),
            "importer": most(fact.importer for fact in facts),
            "licensee_entity_id": sale.licensee,
            "purchaser_entity_id": sale.purchaser,
            "sale_date": sale.day,
            "recovery_date": recovery.day,
            "time_to_crime_days": _days(sale.day, recovery),
            "probability": judged.probability,
            "chain": as_json(chain),
            "gaps": as_json(lacking),
            "basis": judged.basis,
            "outcome_raw": _last_words(facts),
            "purchaser_probability": judged.purchaser_probability,
            "origin_probability": judged.origin_probability,
            "diversion_probability": judged.diversion_probability,
            "competing": self._competing(recovery),
            "findings": _told(judged),
            "record_ids": json.dumps(ids),
            "reasons": json.dumps(why(judged, parts, ids)),
            "handling": _strictest(facts),
        }  # fmt: skip

    def _competing(self, recovery: Fact) -> str:
        """Tell what the recovery would be if it were another of the guns it resembles."""
        out = []
        for rival in self.rivals.get(recovery.record_id, ()):
            facts = self.guns.get(rival.firearm_id, [])
            sale = last_sale(facts, recovery)
            told = {
                "firearm_id": rival.firearm_id,
                "probability": round(rival.probability, 6),
                "record_id": rival.record_id,
                "licensee_entity_id": sale.licensee,
                "purchaser_entity_id": sale.purchaser,
                "sale_date": sale.day.isoformat() if sale.day else None,
                "chain": [hop.told() for hop in hops(facts)],
            }
            out.append({name: value for name, value in told.items() if value is not None})
        return json.dumps(out, ensure_ascii=False)


def _told(judged: Judgement) -> str:
    """Write what contradicts itself among the records."""
    return json.dumps(
        [
            {
                "finding": each.code,
                "log_odds": each.log_odds,
                "record_ids": list(each.record_ids),
            }
            for each in judged.findings
        ]
    )


def _recoveries(facts: Sequence[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.kind == Kind.RECOVERY]


def _days(sale: dt.date | None, recovery: Fact) -> int | None:
    """Count the days from sale to recovery; null where either is not known to the day."""
    if sale is None or recovery.day is None or not recovery.exact:
        return None
    return (recovery.day - sale).days


def _last_words(facts: Sequence[Fact]) -> str | None:
    answers = [fact for fact in facts if fact.kind == ANSWER and fact.outcome_raw]
    answers.sort(key=lambda fact: (fact.completed or dt.date.min, fact.known_from, fact.record_id))
    return answers[-1].outcome_raw if answers else None


def _strictest(facts: Sequence[Fact]) -> str:
    return max((Handling(fact.handling) for fact in facts), key=_STRICTNESS.index).value


def _set_beside(rows: list[dict[str, object]]) -> None:
    """Say of each time-to-crime how it stands to three years and to guns recovered in Mexico."""
    usual = _usual(rows)
    for row in rows:
        days = row.get("time_to_crime_days")
        if not isinstance(days, int) or days < 0:
            continue
        told: dict[str, object] = {
            "field": "time_to_crime",
            "level": "short" if days <= SHORT_DAYS else "not short",
        }
        if usual:
            told["share_as_soon"] = round(usual.earlier_than(days), 4)
        row["reasons"] = json.dumps([*json.loads(str(row["reasons"])), told])


def _usual(rows: list[dict[str, object]]) -> Baseline | None:
    """Estimate how long guns take, each gun once, corrected for truncation."""
    times: dict[object, Timed] = {}
    dated = []
    for row in rows:
        sale, found = row.get("sale_date"), row["recovery_date"]
        if isinstance(found, dt.date):
            dated.append(found)
            if isinstance(sale, dt.date):
                times.setdefault(row["firearm_id"], Timed(sale, found))
    return baseline(times.values(), min(dated), max(dated)) if dated else None


_SEVERAL = """
SELECT record_id, event_date, handling FROM records JOIN sources USING (source_id)
WHERE kind = 'recovery' AND coalesce(quantity, 1) <> 1 ORDER BY record_id
"""


def _of_several(desk: duckdb.DuckDBPyConnection) -> list[dict[str, object]]:
    """Give rows for recoveries that speak of several guns, or of none: they cannot be traced."""
    return [
        {
            "trace_id": f"trace-{record}",
            "recovery_record_id": record,
            "outcome": Outcome.IDENTIFIERS_INSUFFICIENT.value,
            "origin": Origin.UNDETERMINED.value,
            "diversion": Diversion.UNKNOWN.value,
            "recovery_date": day,
            "probability": 1.0,
            "chain": "[]",
            "gaps": json.dumps([{"missing": "maker_unknown", "holder": "laboratory"}]),
            "basis": "records",
            "competing": "[]",
            "findings": "[]",
            "record_ids": json.dumps([record]),
            "reasons": json.dumps([{"field": "quantity", "level": "not one firearm"}]),
            "handling": handling,
        }
        for record, day, handling in engine.run(desk, _SEVERAL).fetchall()
    ]
