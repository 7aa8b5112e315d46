"""What was learned can be read as a table, and read back."""

from __future__ import annotations

import json

import duckdb
import numpy as np
import pytest

from ironriver.firearms.fitting import Evidence, first_model, fit
from ironriver.firearms.gun_records import read_gun_records
from ironriver.firearms.learned import from_table, to_table
from ironriver.firearms.resolution import gather
from ironriver.firearms.weighing import Model, weigh
from ironriver.tables import TABLES

RECORDS = TABLES["records"]


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    """Give rows of two lists that share guns, one in three with a misread mark."""
    connection = duckdb.connect()
    rows = []
    for number in range(300):
        serial = f"RW{number * 79_190_401 % 10_000_000:07d}K"
        other = serial.replace("0", "O", 1) if number % 3 == 0 else serial
        make, calibre = ("Ruger", ".22 LR") if number % 2 else ("Glock", "9x19mm")
        for source, kind, text in (("a", "purchase", serial), ("b", "recovery", other)):
            rows.append((f"{source}-{number}", source, kind, make, calibre, text))
    connection.execute(
        "CREATE TABLE sources AS SELECT unnest(['a', 'b']) source_id, "
        "unnest(['sales', 'seizures']) layout, 'SYNTHETIC' handling, DATE '2020-01-01' known_from"
    )
    for name in ("records", "trace_results"):
        empty = TABLES[name].schema.empty_table()
        connection.register("empty", empty)
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM empty")
    connection.execute("CREATE TABLE said (record_id TEXT, s TEXT, k TEXT, m TEXT, c TEXT, t TEXT)")
    connection.executemany("INSERT INTO said VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.execute(
        "INSERT INTO records BY NAME SELECT record_id, s source_id, k kind, m make, c calibre, "
        "t serial, 'read' serial_status, DATE '2020-01-01' known_from, '17' model FROM said"
    )
    return gather(read_gun_records(connection))


@pytest.fixture(scope="module")
def model(evidence: Evidence) -> Model:
    return fit(evidence)


def test_a_model_read_back_from_its_table_weighs_every_pair_the_same(
    evidence: Evidence, model: Model
) -> None:
    table = to_table(model, evidence.records, evidence.counts, "SYNTHETIC")
    assert table.schema == TABLES["learned"].schema
    again = from_table(table, evidence.records, first_model(evidence.records))
    pairs, around = evidence.pairs, evidence.around
    weights = [
        weigh(evidence.scales, pairs, around, evidence.scales.serials(pairs, one.channel), one)
        for one in (model, again)
    ]
    assert len(pairs) > 300
    np.testing.assert_allclose(weights[0].log_odds, weights[1].log_odds, rtol=1e-9, atol=1e-9)


def test_the_table_says_in_words_what_was_learned(evidence: Evidence, model: Model) -> None:
    rows = to_table(model, evidence.records, evidence.counts, "SYNTHETIC").to_pylist()
    read = {row["name"]: json.loads(row["detail"]) for row in rows if row["part"] == "confusion"}
    even = {row["name"]: row["value"] for row in rows if row["part"] == "rates"}
    # One in three serials has an O for a 0, so the two are confused far more than any others.
    assert read["0"][24] > 0.02 > 10 * read["1"][30]
    assert 0.0 < even["substitution"] < 0.2
    kinds = {row["name"] for row in rows if row["part"] == "kinds"}
    assert kinds == {"Glock 17 9x19mm", "Ruger 17 .22 LR", "any other"}
    cells = [row for row in rows if row["part"] == "cells" and "one file" not in row["name"]]
    assert all("sales purchase | seizures recovery" in row["name"] for row in cells)


def test_without_a_table_the_model_stays_as_it_was_believed(
    evidence: Evidence, model: Model
) -> None:
    begun = first_model(evidence.records)
    assert from_table(TABLES["learned"].schema.empty_table(), evidence.records, begun) is begun
