"""Resolve a million parties, beside bare Splink predicting the same pairs with the same weights.

The parties are synthetic: persons of a world, each named by about three rows with slips, dropped
surnames, nicknames and moves. `ours` is everything from rows to entities, their members and their
reasons; `bare Splink` is one call of `predict()` on the same prepared table with the same settings.

    python benchmarks/entities_speed.py [--parties 1000000] [--seed 5]
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time

import duckdb
import numpy as np
import pyarrow as pa
from splink import DuckDBAPI, Linker

from ironriver import entities
from ironriver.entities import output, person_forms
from ironriver.entities.fields import splink_settings
from ironriver.entities.person_fields import PERSON
from ironriver.world.catalogue import names

SYLLABLES = tuple(a + b for a in "BCDFGJLMNPRSTVZ" for b in ("A", "E", "I", "O", "U", "AR", "EN"))


def made_names(chance: np.random.Generator, size: int, known: list[str]) -> np.ndarray:  # type: ignore[type-arg]
    """Draw names as unevenly as people bear them: those known first, then invented ones."""
    invented = ["".join(chance.choice(SYLLABLES, 3)) for _ in range(20_000)]
    every = np.array([*known, *sorted(set(invented))], dtype=object)
    weights = 1.0 / np.arange(10, 10 + len(every))
    return every[chance.choice(len(every), size, p=weights / weights.sum())]


def rows(parties: int, seed: int) -> pa.Table:
    """Make the rows of a table of parties, all purchasers."""
    chance = np.random.Generator(np.random.PCG64(seed))
    people = parties // 3
    lists = {name: text.split() for name, text in names().items() if isinstance(text, str)}
    given = made_names(chance, people, lists["given_es"] + lists["given_en"])
    first = made_names(chance, people, lists["surname_es"] + lists["surname_en"])
    second = made_names(chance, people, lists["surname_es"])
    born = np.datetime64("1945-01-01") + chance.integers(0, 20_000, people)
    house, street = chance.integers(1, 9_999, people), chance.integers(0, 2_000, people)
    city, phone = chance.integers(0, 400, people), chance.integers(0, 10**10, people)
    who = np.sort(chance.integers(0, people, parties))
    moved, nameless, slip = (chance.random(parties) < rate for rate in (0.1, 0.3, 0.05))
    surnames = np.where(nameless, first[who], first[who] + " " + second[who])
    surnames = np.where(slip, np.array([one[:2] + one[3:] for one in surnames], object), surnames)
    home = house[who] + np.where(moved, 1, 0)
    return pa.table({
        "uid": np.arange(parties),
        "name": pa.nulls(parties, pa.string()),
        "given_names": pa.array(given[who], pa.string()),
        "surname_1": pa.array(surnames, pa.string()),
        "surname_2": pa.nulls(parties, pa.string()),
        "birth": pa.array([str(day).replace("-", "") for day in born])
        .take(pa.array(who)),
        "address": pa.array([f"{n} STREET{s} AVE" for n, s in zip(home, street[who], strict=True)]),
        "city": pa.array([f"CITY{c}" for c in city[who]]),
        "admin1": pa.array([f"US-{c % 50:02d}" for c in city[who]]),
        "postcode": pa.array([f"{10_000 + c * 7}" for c in city[who]]),
        "phone": pa.array([f"{p:010d}" for p in phone[who]]),
        "vehicle": pa.nulls(parties, pa.string()),
        "id_number": pa.nulls(parties, pa.string()),
    })  # fmt: skip


def prepared(parties: int, seed: int) -> duckdb.DuckDBPyConnection:
    """Give a connection with the tables that gathering would have made."""
    connection = duckdb.connect(
        config={"memory_limit": "6GB", "threads": 2, "temp_directory": tempfile.gettempdir()}
    )
    connection.register("rows", rows(parties, seed))
    connection.execute("CREATE TABLE named AS SELECT * FROM rows ORDER BY uid")
    connection.execute(
        "CREATE TABLE party_rows AS SELECT uid AS place, 'party ' || uid AS party_id, 'record ' || "
        "uid AS record_id, 'purchaser' AS role, NULL::VARCHAR AS licence, NULL::VARCHAR AS "
        "licence_type, false AS listed, "
        "'SYNTHETIC' AS handling, false AS sells FROM rows ORDER BY uid"
    )
    connection.execute("CREATE TABLE judged_places (place BIGINT)")
    connection.execute(
        "CREATE TABLE judged_pairs (left_place BIGINT, right_place BIGINT, verdict VARCHAR, "
        "sequence BIGINT)"
    )
    connection.execute(
        "CREATE TABLE bodies AS SELECT uid, record_id, role, sells, licence, licence_type, listed, "
        "name, address, city, admin1, postcode, phone FROM rows JOIN party_rows ON place = uid "
        "WHERE false"
    )
    return connection


def main() -> None:
    """Time both."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--parties", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=5)
    chosen = options.parse_args()
    connection = prepared(chosen.parties, chosen.seed)
    started = time.perf_counter()
    found = entities.resolve_persons(connection)
    resolved = time.perf_counter() - started
    entities.resolve_licensees(connection)
    output.make_members(connection)
    tables = output.entity_tables(connection)
    ours = time.perf_counter() - started
    linker = Linker(
        DuckDBAPI(connection).register("people"),
        splink_settings(PERSON, found.learned.weights, found.learned.share_same),
        log_level=None,
        validate_settings=False,
    )
    started = time.perf_counter()
    predicted = linker.inference.predict(warning_mode="never").physical_name
    bare = time.perf_counter() - started
    pairs = connection.execute(f"SELECT count(*) FROM {predicted}").fetchall()[0][0]
    units = len(found.uids)
    print(f"{chosen.parties:,} parties, {units:,} units of equal rows, {pairs:,} pairs, "
          f"{tables['entities'].num_rows:,} entities, {len(person_forms.CAPS)} blocks")  # fmt: skip
    print(f"  ours, rows to tables       {ours:7.1f} s (until grouped {resolved:.1f} s)")
    print(f"  bare Splink, predict only  {bare:7.1f} s")
    print(f"  ours / bare Splink         {ours / bare:7.2f}")
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB")


if __name__ == "__main__":
    main()
