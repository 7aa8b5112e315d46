"""What the tables say of every candidate, as numbers; names and addresses stay in the queries."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ironriver import engine
from ironriver.networks import dealer_records, lead_queries
from ironriver.networks.dealers import DealerRates, judge_dealers
from ironriver.networks.lead_levels import Floats
from ironriver.tracing.time_to_crime import SHORT_DAYS

_TEXTS = frozenset({"candidate", "kind", "network", "contact_ids", "home_ids"})


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidates of one kind: their ids, in order, and what was counted of each.

    `ids` (candidates,); every array of `facts` (candidates,), NaN where it is not known; `texts`
    holds ids that belong to a candidate: its supply chain, those it shares a contact with.
    """

    kind: str
    ids: tuple[str, ...]
    facts: Mapping[str, Floats]
    texts: Mapping[str, list[object]]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Everyone:
    """All candidates by kind, the dealers' rates, and the last day on which a gun turned up."""

    candidates: tuple[Candidates, ...]
    dealers: DealerRates
    last: dt.date | None


def read_everyone(
    connection: duckdb.DuckDBPyConnection, dealers: DealerRates | None = None
) -> Everyone:
    """Read every candidate; the connection holds the tables of `networks.LEAD_READS`.

    Dealers are judged unless their rates are given. Leaves temporary tables `lead_…`.
    """
    _settle(connection)
    dealers = dealers or judge_dealers(dealer_records.read_dealers(connection))
    for statement in lead_queries.STEPS:
        engine.run(connection, statement)
    people = engine.query(connection, lead_queries.PEOPLE)
    sellers = dict(engine.run(connection, lead_queries.SELLERS).fetchall())
    licensees = engine.query(connection, lead_queries.LICENSEES)
    flagged = {each.dealer for each in dealers.flagged}
    found = dict(
        zip(licensees["candidate"].to_pylist(), licensees["found"].to_pylist(), strict=True)
    )
    bought_at = [sellers.get(one, ()) for one in people["candidate"].to_pylist()]
    marked = [len(flagged & set(each)) for each in bought_at]
    most = [max((found.get(one, 0) for one in each), default=0) for each in bought_at]
    people = people.append_column("flagged_dealers", pa.array(marked, pa.int64()))
    people = people.append_column("dealer_guns", pa.array(most, pa.int64()))
    parts = []
    for kind in ("person", "company"):
        mine = people.filter(pc.equal(people["kind"], kind))
        parts.append(_candidates(kind, mine, {}))
    parts.append(_licensees(licensees, dealers))
    parts.append(_networks(engine.query(connection, lead_queries.NETWORKS)))
    (last,) = engine.run(connection, "SELECT max(found) FROM lead_guns").fetchone() or (None,)
    return Everyone(tuple(parts), dealers, last)


def _settle(connection: duckdb.DuckDBPyConnection) -> None:
    text = (resources.files("ironriver.networks") / "lead_rule.csv").read_text("utf-8")
    rule = {row["name"]: int(row["value"]) for row in csv.DictReader(text.splitlines())}
    connection.execute("SET VARIABLE shared_by = ?::BIGINT", [rule["shared_by"]])
    connection.execute("SET VARIABLE short_days = ?::BIGINT", [SHORT_DAYS])


def _candidates(kind: str, rows: pa.Table, more: Mapping[str, Floats]) -> Candidates:
    facts = {
        name: _numbers(rows[name]) for name in rows.column_names if name not in _TEXTS
    }  # fmt: skip
    texts = {name: rows[name].to_pylist() for name in rows.column_names if name in _TEXTS}
    return Candidates(kind, tuple(texts["candidate"]), {**facts, **more}, texts)


def _numbers(column: pa.ChunkedArray) -> Floats:
    """Give a column as numbers; days count from 1970."""
    if pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _licensees(rows: pa.Table, dealers: DealerRates) -> Candidates:
    rates = {each.dealer: each for each in dealers.rates}
    mine = [rates[one] for one in rows["candidate"].to_pylist()]
    more = {
        "rarity": np.array([-np.log10(max(each.chance, 1e-300)) for each in mine]),
        "flagged": np.array([float(each.flagged) for each in mine]),
        "not_reported": np.array([float(each.not_reported) for each in mine]),
    }
    return _candidates("licensee", rows, more)


def _networks(rows: pa.Table) -> Candidates:
    stated = np.clip(_numbers(rows["stated"]), 1e-9, 1 - 1e-9)
    return _candidates("network", rows, {"stated_log_odds": np.log(stated) - np.log1p(-stated)})
