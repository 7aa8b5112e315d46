"""The stage `leads`: candidates worth looking at, the most promising first.

A candidate is not a suspect, and a first purchaser alone is not a candidate. Log-odds are sums of
what each field adds, field by field, and nothing cuts them off; candidates are ranked by the guns
they are expected to explain if staff looks at one after the other: the log-odds, and the logarithm
of the guns that a right candidate of this kind explains in a year.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from ironriver import engine
from ironriver.entities.output import HANDLING_MACROS
from ironriver.networks.dealers import DealerRate
from ironriver.networks.lead_facts import Candidates, Everyone, read_everyone
from ironriver.networks.lead_fields import FIELDS, levels, listed
from ironriver.networks.lead_levels import Floats, Ints
from ironriver.networks.lead_queries import RESTS, RESTS_ON
from ironriver.networks.lead_reasons import next_record, of_rate, reasons
from ironriver.networks.lead_weights import LeadWeights, packaged
from ironriver.tables import LEADS


@dataclass(frozen=True, slots=True)
class Weighed:
    """Candidates of one kind that are listed: (listed,) and (listed, fields) arrays.

    `place` says which of `candidates` each is; `guns` is how many a right one explains in a year.
    """

    candidates: Candidates
    place: Ints
    levels: Ints
    parts: Floats
    log_odds: Floats
    guns: Floats

    @property
    def probability(self) -> Floats:
        """The log-odds as probabilities."""
        return np.asarray(1 / (1 + np.exp(-self.log_odds)), dtype=np.float64)

    @property
    def worth(self) -> Floats:
        """What they are ranked by: log-odds plus the log of the guns of a right one."""
        return np.asarray(self.log_odds + np.log(np.maximum(self.guns, 1e-9)), dtype=np.float64)


def weigh(candidates: Candidates, weights: LeadWeights) -> Weighed:
    """Weigh candidates of one kind, and keep those of whom enough is said to be listed."""
    found = levels(candidates.kind, candidates.facts)
    place = np.flatnonzero(listed(candidates.kind, found))
    parts = weights.parts(found[place])
    guns = weights.guns_next_year(candidates.facts["this_year"][place])
    return Weighed(candidates, place, found[place], parts, weights.base + parts.sum(axis=1), guns)


def leads(
    connection: duckdb.DuckDBPyConnection, day: dt.date | None = None
) -> Mapping[str, pa.Table]:
    """Compute `leads`; a day changes nothing, the tables that are read hold what was known."""
    del day
    desk = connection.cursor()
    try:
        everyone = read_everyone(desk)
        weights = packaged()
        weighed = [
            weigh(each, weights[each.kind]) for each in everyone.candidates if len(each)
        ]  # fmt: skip
        chosen = {
            each.candidates.ids[place] for each in weighed for place in each.place.tolist()
        }  # fmt: skip
        rests = _rests(desk, chosen)
    finally:
        desk.close()
    rows = sorted(_rows(everyone, weighed, weights, rests), key=_order)
    for rank, row in enumerate(rows, 1):
        row["rank"] = rank
        del row["worth"]
    return {"leads": pa.Table.from_pylist(rows, schema=LEADS.schema)}


def _order(row: Mapping[str, object]) -> tuple[float, str]:
    return -float(str(row["worth"])), str(row["lead_id"])


def _rows(
    everyone: Everyone,
    weighed: list[Weighed],
    weights: Mapping[str, LeadWeights],
    rests: Mapping[str, tuple[str, str]],
) -> Iterator[dict[str, object]]:
    rates = {each.dealer: each for each in everyone.dealers.rates}
    for kind in weighed:
        chances, worths = kind.probability, kind.worth
        base = weights[kind.candidates.kind].base
        for nth, place in enumerate(kind.place.tolist()):
            one = kind.candidates.ids[place]
            against, in_favour = reasons(kind.candidates, place, kind.levels[nth], kind.parts[nth])
            against = [*against, {"field": "prior", "level": "known", "log_odds": round(base, 3)}]
            rate: DealerRate | None = rates.get(one)
            if rate is not None:
                against.append(of_rate(rate, everyone.dealers))
            records, handling = rests[one]
            names = [
                field.name for field, level in zip(
                    FIELDS[kind.candidates.kind], kind.levels[nth], strict=True) if level
            ]  # fmt: skip
            yield {
                "worth": float(worths[nth]),
                "lead_id": f"lead-{one}",
                "candidate_id": one,
                "candidate_kind": kind.candidates.kind,
                "log_odds": round(float(kind.log_odds[nth]), 4),
                "probability": round(float(chances[nth]), 6),
                "expected_firearms": round(float(chances[nth] * kind.guns[nth]), 4),
                "reasons_for": _json(in_favour),
                "reasons_against": _json(against),
                "next_record": _json(next_record(kind.candidates, place, frozenset(names))),
                "record_ids": records,
                "reasons": _json([*against, *in_favour]),
                "handling": handling,
            }


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _rests(desk: duckdb.DuckDBPyConnection, chosen: set[str]) -> dict[str, tuple[str, str]]:
    """Give, for each candidate, the records it rests on as JSON, and their strictest handling."""
    for macro in HANDLING_MACROS:
        engine.run(desk, macro)
    desk.register("_chosen", pa.table({"candidate": pa.array(sorted(chosen), pa.string())}))
    engine.run(desk, RESTS)
    desk.unregister("_chosen")
    rows = engine.run(desk, RESTS_ON).fetchall()
    return {candidate: (records, handling) for candidate, records, handling in rows}
