"""Persons in two public collections with known truth, beside Splink's own tutorials for them.

FEBRL 3 (5,000 rows, 2,000 persons) and historical figures (50,578 rows, 5,156 persons), both as the
project's stage resolves persons, and as the published tutorials of Splink do (`febrl3` and
`deduplicate_50k_synthetic`, their settings, training and thresholds), in one run. A pair counts as
found where both rows are in one group. The second collection has place of birth and occupation. The
tutorial compares both. We never compare place of birth, and parties of the project have no
occupation: ours is run as the stage does, and with occupation as one more field of the same model;
the tutorial is run as published, and without place of birth.

    python benchmarks/entities_peers.py
"""

from __future__ import annotations

import logging
import math
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from ironriver import entities
from ironriver.entities import person_forms, resolve, scoring, units
from ironriver.entities.fields import Field, Level
from ironriver.entities.person_fields import PERSON
from ironriver.estimators.metrics import pair_score

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "er_benchmarks"
FEBRL, FIGURES = DATA / "dataset3.csv", DATA / "historical_figures_with_errors_50k.parquet"
NONE = "NULL::VARCHAR"

_FEBRL = f"""
CREATE TABLE rows AS SELECT trim(rec_id) AS rec_id, regexp_extract(trim(rec_id), '^([^-]+-[^-]+)',
1) AS cluster, nullif(trim(given_name), '') AS given_name, nullif(trim(surname), '') AS surname,
nullif(trim(street_number), '') AS street_number, nullif(trim(address_1), '') AS address_1,
nullif(trim(suburb), '') AS suburb, nullif(trim(postcode), '') AS postcode,
nullif(trim(state), '') AS state, nullif(trim(date_of_birth), '') AS date_of_birth,
nullif(trim(soc_sec_id), '') AS soc_sec_id
FROM read_csv('{FEBRL}', all_varchar = true, normalize_names = true) ORDER BY rec_id
"""
_FEBRL_NAMED = f"""
CREATE TABLE named AS SELECT row_number() OVER (ORDER BY rec_id) - 1 AS uid, {NONE} AS name,
given_name AS given_names, surname AS surname_1, {NONE} AS surname_2, date_of_birth AS birth,
nullif(concat_ws(' ', street_number, address_1), '') AS address, suburb AS city, state AS admin1,
postcode, {NONE} AS phone, {NONE} AS vehicle, soc_sec_id AS id_number FROM rows ORDER BY uid
"""
_FIGURES = f"""
CREATE TABLE rows AS SELECT *, first_name || ' ' || surname AS first_name_surname_concat
FROM read_parquet('{FIGURES}') ORDER BY unique_id
"""
_FIGURES_NAMED = f"""
CREATE TABLE named AS SELECT row_number() OVER (ORDER BY unique_id) - 1 AS uid, {NONE} AS name,
first_name AS given_names, surname AS surname_1, {NONE} AS surname_2, replace(dob, '-', '') AS
birth, {NONE} AS address, {NONE} AS city, {NONE} AS admin1, postcode_fake AS postcode,
{NONE} AS phone, {NONE} AS vehicle, {NONE} AS id_number FROM rows ORDER BY uid
"""


OCCUPATION = Field(
    "occupation",
    ("occupation",),
    (
        Level("same", "occupation_l = occupation_r", 0.9, 0.05, "occupation"),
        Level("different", "ELSE", 0.1, 0.95),
    ),
)
WITH_OCCUPATION = replace(
    PERSON, fields=(*PERSON.fields, OCCUPATION), faint=(*PERSON.faint, "occupation")
)
_ADD_OCCUPATION = """
CREATE OR REPLACE TEMP TABLE persons AS SELECT persons.*, occupation FROM persons
JOIN (SELECT row_number() OVER (ORDER BY unique_id) - 1 AS uid, occupation FROM rows) USING (uid)
ORDER BY uid
"""


def ours(desk: duckdb.DuckDBPyConnection, named: str, key: str) -> str:
    """Resolve the rows as the stage does; give SQL for the group of each row."""
    _prepare(desk, named)
    entities.resolve_persons(desk)
    return _groups("person_placed", key)


def ours_with_occupation(desk: duckdb.DuckDBPyConnection, named: str, key: str) -> str:
    """Resolve the rows with occupation as one more field; give SQL for the group of each row."""
    _prepare(desk, named)
    person_forms.make_persons(desk)
    desk.execute(_ADD_OCCUPATION)
    columns = (*units.PERSON_COLUMNS, "occupation")
    units.make_units(desk, "people", "persons", columns, units.PERSON_STRONG)
    units.add_blocks(desk, "people", person_forms.CAPS)
    found = resolve.resolve_kind(desk, WITH_OCCUPATION, "people", ("birth", "identifier"))
    groups = pa.table({"unit": found.uids, "grp": found.group})
    desk.register("found_groups", groups)
    desk.execute("CREATE TABLE placed AS SELECT uid AS place, grp FROM people_of "
                 "JOIN found_groups USING (unit)")  # fmt: skip
    return _groups("placed", key)


def _prepare(desk: duckdb.DuckDBPyConnection, named: str) -> None:
    desk.execute(named)
    desk.execute("CREATE TABLE judged_places (place BIGINT)")
    desk.execute(
        "CREATE TABLE judged_pairs (left_place BIGINT, right_place BIGINT, verdict VARCHAR, "
        "sequence BIGINT)"
    )


def _groups(placed: str, key: str) -> str:
    return (
        f"SELECT cluster, grp FROM {placed} JOIN (SELECT cluster, row_number() OVER "
        f"(ORDER BY {key}) - 1 AS place FROM rows) USING (place) ORDER BY place"
    )


def febrl_tutorial(desk: duckdb.DuckDBPyConnection) -> tuple[Linker, float]:
    """Train as the tutorial febrl3 does; give its threshold."""
    settings = SettingsCreator(
        unique_id_column_name="rec_id",
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on(column)
            for column in ("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode")
        ],
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d"
            ),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        ],
        retain_intermediate_calculation_columns=True,
        additional_columns_to_retain=["cluster"],
    )
    linker = Linker(DuckDBAPI(desk).register("rows"), settings, log_level=None)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [
            block_on("soc_sec_id"),
            block_on("given_name", "surname", "date_of_birth"),
            "l.given_name = r.surname and l.surname = r.given_name "
            "and l.date_of_birth = r.date_of_birth",
        ],
        recall=0.9,
    )
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=2)
    training.estimate_parameters_using_expectation_maximisation(block_on("date_of_birth"))
    training.estimate_parameters_using_expectation_maximisation(block_on("postcode"))
    return linker, 0.2


def figures_tutorial(
    desk: duckdb.DuckDBPyConnection, *, birth_place: bool = True
) -> tuple[Linker, float]:
    """Train as the tutorial deduplicate_50k_synthetic does; give its threshold of clustering."""
    born = [cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True)]
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("substr(first_name,1,3)", "substr(surname,1,4)"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode_fake", "first_name"),
            block_on("postcode_fake", "surname"),
            *([block_on("dob", "birth_place")] if birth_place else []),
            block_on("substr(postcode_fake,1,3)", "dob"),
            block_on("substr(postcode_fake,1,3)", "first_name"),
            block_on("substr(postcode_fake,1,3)", "surname"),
            block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
        ],
        comparisons=[
            cl.ForenameSurnameComparison(
                "first_name",
                "surname",
                forename_surname_concat_col_name="first_name_surname_concat",
            ),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            *(born if birth_place else []),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
        retain_intermediate_calculation_columns=True,
        additional_columns_to_retain=["cluster"],
    )
    linker = Linker(DuckDBAPI(desk).register("rows"), settings, log_level=None)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [
            block_on("first_name", "surname", "dob"),
            block_on("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"),
            block_on("dob", "postcode_fake"),
        ],
        recall=0.6,
    )
    training.estimate_u_using_random_sampling(max_pairs=1e7)
    for rule in (block_on("first_name", "surname"), block_on("dob")):
        training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True
        )
    return linker, 0.95


def tell(desk: duckdb.DuckDBPyConnection, name: str, sql: str, seconds: float | None) -> None:
    """Print the pair score of a grouping."""
    rows = desk.execute(sql).fetchnumpy()
    codes = [np.unique(np.asarray(rows[column], dtype=str), return_inverse=True)[1]
             for column in ("grp", "cluster")]  # fmt: skip
    found = pair_score(codes[0], codes[1])
    took = f"{seconds:7.1f} s" if seconds is not None else ""
    print(f"  {name:42} P {found.precision:.4f}  R {found.recall:.4f}  F1 {found.f1:.5f} {took}")


Tutorial = Callable[[duckdb.DuckDBPyConnection], tuple[Linker, float]]
Way = Callable[[duckdb.DuckDBPyConnection], str]


def run(title: str, load: str, tutorials: dict[str, Tutorial], ways: dict[str, Way]) -> None:
    """Run all on one collection."""
    print(title)
    for name, tutorial in tutorials.items():
        with duckdb.connect(config={"temp_directory": tempfile.gettempdir()}) as desk:
            desk.execute(load)
            _peer(desk, name, tutorial)
    for name, way in ways.items():
        with duckdb.connect(config={"temp_directory": tempfile.gettempdir()}) as desk:
            desk.execute(load)
            started = time.perf_counter()
            tell(desk, name, way(desk), time.perf_counter() - started)


def _peer(desk: duckdb.DuckDBPyConnection, name: str, tutorial: Tutorial) -> None:
    """Print the score of a tutorial at its own threshold and at others."""
    started = time.perf_counter()
    linker, threshold = tutorial(desk)
    predicted = linker.inference.predict(
        threshold_match_probability=0.2 if threshold < 0.5 else None
    )
    trained = time.perf_counter() - started
    print(f"  {name}: training and predicting {trained:.1f} s")
    _pairs_alone(desk, predicted.physical_name)
    for level in sorted({threshold, 0.5, 0.9, 0.95, 0.99}):
        groups = linker.clustering.cluster_pairwise_predictions_at_threshold(
            predicted, threshold_match_probability=level
        ).physical_name
        mark = " (as published)" if level == threshold else ""
        tell(desk, f"  groups at {level}{mark}",
             f"SELECT cluster, cluster_id AS grp FROM {groups}", None)  # fmt: skip


def bare_names_too(desk: duckdb.DuckDBPyConnection, way: Way) -> str:
    """Resolve without the rule that a name alone is not enough."""
    scoring.RARE_NAME, kept = -math.inf, scoring.RARE_NAME
    try:
        return way(desk)
    finally:
        scoring.RARE_NAME = kept


def _pairs_alone(desk: duckdb.DuckDBPyConnection, predicted: str) -> None:
    """Print the best F1 that pairs alone can have at any threshold, without grouping."""
    true = desk.execute(
        "SELECT sum(n * (n - 1) // 2) FROM (SELECT count(*) AS n FROM rows GROUP BY cluster)"
    ).fetchall()[0][0]
    rows = desk.execute(
        f"SELECT cluster_l = cluster_r AS same FROM {predicted} ORDER BY match_weight DESC"
    ).fetchnumpy()["same"]
    right = np.cumsum(rows)
    score = 2 * right / (np.arange(1, len(rows) + 1) + true)
    best = int(score.argmax())
    print(f"  {'  pairs alone, best threshold':42} P {right[best] / (best + 1):.4f}  "
          f"R {right[best] / true:.4f}  F1 {score[best]:.4f}")  # fmt: skip


def main() -> None:
    """Run both collections."""
    if not FEBRL.exists():
        sys.exit(f"{FEBRL} is absent")
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    febrl: Way = partial(ours, named=_FEBRL_NAMED, key="rec_id")
    run("FEBRL 3", _FEBRL, {"Splink's tutorial": febrl_tutorial}, {"ours": febrl})
    stage: Way = partial(ours, named=_FIGURES_NAMED, key="unique_id")
    more: Way = partial(ours_with_occupation, named=_FIGURES_NAMED, key="unique_id")
    run(
        "Historical figures, 50k",
        _FIGURES,
        {
            "Splink's tutorial": figures_tutorial,
            "the same without place of birth": partial(figures_tutorial, birth_place=False),
        },
        {
            "ours, as the stage does": stage,
            "ours, and occupation": more,
            "ours, bare names too": partial(bare_names_too, way=stage),
            "ours, occupation and bare names too": partial(bare_names_too, way=more),
        },
    )


if __name__ == "__main__":
    main()
