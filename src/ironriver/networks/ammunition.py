"""Ammunition of one lot in several seizures: where and when, beside what chance would give.

Lots are large and are sold in many places, so that a lot in two seizures is no link by itself. What
counts is whether its seizures gather in one state more than those of the same headstamp and calibre
do, and how rare the lot is.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
from scipy.special import gammaln

from ironriver import engine
from ironriver.estimators.overlap import at_least_shared
from ironriver.estimators.rates.standard import false_discoveries
from ironriver.tables import Handling

READS = ("sources", "ammunition")
"""The tables that lots are read from; `lots_by_gun` also reads records and firearm_members."""
_STRICTNESS = list(Handling)


@dataclass(frozen=True, slots=True)
class Lot:
    """One lot that was seized more than once.

    `places_by_chance` is in how many municipalities as many seizures would lie if they were drawn
    from all of the same headstamp and calibre; `there` of its seizures lie in `state`, where they
    gather most, `there_by_chance` would; `tail` is the chance of as many or more, and `flagged`
    says that it stands out with false discovery controlled over all lots and states.
    """

    lot_id: str
    headstamp: str
    calibre: str
    lot: str
    plant: str | None
    seizures: int
    rounds: int
    places: int
    places_by_chance: float
    first_date: dt.date
    last_date: dt.date
    state: str
    there: int
    there_by_chance: float
    tail: float
    flagged: bool
    record_ids: tuple[str, ...]
    handling: str

    def reasons(self) -> str:
        """Give why, as JSON: what speaks against it first."""
        return json.dumps([
            {"field": "lot", "level": "a lot is sold in many places",
             "places": self.places, "by_chance": round(self.places_by_chance, 2)},
            {"field": "state", "level": "gathers here" if self.flagged else "as chance gives",
             "state": self.state, "seizures": self.there,
             "by_chance": round(self.there_by_chance, 3), "tail": float(f"{self.tail:.3g}")},
        ])  # fmt: skip


# One row for each lot and seizure: rows of one case (or of one place and day) are one seizure.
_SEIZURES = """
CREATE OR REPLACE TEMP TABLE lot_seizures AS
SELECT upper(regexp_replace(headstamp, '[^A-Za-z&]', '', 'g')) AS headstamp,
       coalesce(calibre, calibre_raw, '') AS calibre,
       upper(regexp_replace(lot, '[^0-9A-Za-z]', '', 'g')) AS lot,
       coalesce(case_number, concat_ws(' ', admin2, event_date)) AS seizure,
       any_value(plant ORDER BY plant) AS plant, min(event_date) AS day,
       mode(admin1 ORDER BY admin1) AS state,
       coalesce(mode(admin2 ORDER BY admin2), mode(admin1 ORDER BY admin1)) AS place,
       sum(coalesce(quantity, 0)) AS rounds, list(record_id ORDER BY record_id) AS record_ids,
       list(DISTINCT handling) AS handlings
FROM ammunition JOIN sources USING (source_id)
WHERE country = 'MX' AND lot IS NOT NULL AND headstamp IS NOT NULL AND admin1 IS NOT NULL
  AND event_date IS NOT NULL AND regexp_matches(lot, '[0-9A-Za-z]')
GROUP BY ALL
"""


def ammunition_lots(connection: duckdb.DuckDBPyConnection, rate: float = 0.05) -> list[Lot]:
    """Give every lot that was seized more than once, by headstamp, calibre and lot.

    Seizures of a lot in a state are hypergeometric by chance: as many draws as the lot has seizures
    out of those of its headstamp and calibre (Tumminello and others 2011).
    """
    desk = connection.cursor()
    try:
        engine.run(desk, _SEIZURES)
        rows = engine.query(desk, "SELECT * FROM lot_seizures ORDER BY ALL").to_pylist()
    finally:
        desk.close()
    kinds: dict[tuple[str, str], list[Mapping[str, object]]] = {}
    lots: dict[tuple[str, str, str], list[Mapping[str, object]]] = {}
    for row in rows:
        kinds.setdefault((row["headstamp"], row["calibre"]), []).append(row)
        lots.setdefault((row["headstamp"], row["calibre"], row["lot"]), []).append(row)
    several = {key: mine for key, mine in lots.items() if len(mine) > 1}
    tails = {key: _tails(mine, kinds[key[:2]]) for key, mine in several.items()}
    flags = iter(false_discoveries([t for each in tails.values() for t in each.values()], rate))
    flagged = {key: {state: bool(next(flags)) for state in each} for key, each in tails.items()}
    return [
        _lot(key, mine, kinds[key[:2]], tails[key], flagged[key]) for key, mine in several.items()
    ]


def _tails(
    mine: Sequence[Mapping[str, object]], kind: Sequence[Mapping[str, object]]
) -> dict[str, float]:
    """Give for each state the chance of as many of the lot's seizures there, or more."""
    here, whole = _states(mine), _states(kind)
    return {
        state: float(at_least_shared(count, len(mine), whole[state], len(kind)))
        for state, count in sorted(here.items())
    }


def _states(rows: Sequence[Mapping[str, object]]) -> Counter[str]:
    return Counter(str(row["state"]) for row in rows)


def _lot(
    key: tuple[str, str, str],
    mine: Sequence[Mapping[str, object]],
    kind: Sequence[Mapping[str, object]],
    tails: Mapping[str, float],
    flagged: Mapping[str, bool],
) -> Lot:
    state = min(tails, key=lambda each: (tails[each], each))
    handlings = [Handling(each) for row in mine for each in _texts(row["handlings"])]
    days = [row["day"] for row in mine if isinstance(row["day"], dt.date)]
    return Lot(
        lot_id="lot-" + "-".join(part.replace(" ", "_") for part in key),
        headstamp=key[0], calibre=key[1], lot=key[2],
        plant=next((str(row["plant"]) for row in mine if row["plant"]), None),
        seizures=len(mine), rounds=sum(int(str(row["rounds"])) for row in mine),
        places=len({row["place"] for row in mine}),
        places_by_chance=_places_by_chance(len(mine), kind),
        first_date=min(days), last_date=max(days),
        state=state, there=_states(mine)[state],
        there_by_chance=len(mine) * _states(kind)[state] / len(kind),
        tail=tails[state], flagged=flagged[state],
        record_ids=tuple(sorted(each for row in mine for each in _texts(row["record_ids"]))),
        handling=max(handlings, key=_STRICTNESS.index).value,
    )  # fmt: skip


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _places_by_chance(draws: int, kind: Sequence[Mapping[str, object]]) -> float:
    """Give the mean number of places in a draw without return: sum of 1 - C(N - n, k) / C(N, k)."""
    whole = len(kind)
    sizes = np.array(list(Counter(row["place"] for row in kind).values()), dtype=float)
    rest = whole - sizes
    missed = np.where(
        rest >= draws,
        np.exp(_log_choose(np.maximum(rest, draws), draws) - _log_choose(whole, draws)),
        0.0,
    )
    return float((1 - missed).sum())


def _log_choose(whole: object, part: int) -> np.ndarray:
    size = np.asarray(whole, dtype=float)
    return np.asarray(gammaln(size + 1) - gammaln(part + 1) - gammaln(size - part + 1))


# A gun was seized with a lot where both stand in one case; rarity is the log of one in how many
# seizures of that headstamp and calibre hold the lot.
_BY_GUN = """
WITH counted AS (
  SELECT *, count(*) OVER (PARTITION BY headstamp, calibre, lot) AS with_lot,
         count(*) OVER (PARTITION BY headstamp, calibre) AS seizures FROM lot_seizures)
SELECT DISTINCT firearm_id,
       concat_ws(' ', counted.headstamp, counted.calibre, counted.lot) AS lot, counted.day,
       records.record_id, counted.record_ids[1] AS ammunition_record_id,
       ln(seizures / with_lot) AS rarity
FROM counted JOIN records ON records.case_number = counted.seizure
JOIN firearm_members ON firearm_members.record_id = records.record_id
WHERE kind = 'recovery' ORDER BY ALL
"""


def lots_by_gun(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Give which guns were seized together with which lots, for links between guns.

    Columns firearm_id, lot, day, record_id (of the gun), ammunition_record_id and rarity: the most
    that sharing the lot can add to the log-odds that two seizures have one supplier, ln(seizures of
    the headstamp and calibre / seizures with the lot).
    """
    desk = connection.cursor()
    try:
        engine.run(desk, _SEIZURES)
        return engine.query(desk, _BY_GUN)
    finally:
        desk.close()
