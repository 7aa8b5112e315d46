"""Peers of the same-gun judgement: a Jaro-Winkler threshold within a make, and Splink.

Both are given their best threshold on the very world they are scored on, which ours is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import splink.comparison_library as cl
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

Tables = Mapping[str, pa.Table]
COLUMNS = ["record_id", "serial", "make", "model", "calibre", "type", "case_number", "admin2"]
JARO_WINKLER = (0.94, 0.96, 0.97, 0.98, 0.99, 0.999)
PROBABILITIES = (0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999, 0.9999999)


def rows(tables: Tables) -> pa.Table:
    """Give records and trace answers in one table, serials folded, dates as text."""
    parts = []
    for name, day in (("records", "event_date"), ("trace_results", "recovery_date")):
        if name in tables:
            part = tables[name].select(COLUMNS)
            parts.append(part.append_column("day", tables[name][day].cast(pa.string())))
    found = pa.concat_tables(parts)
    bare = pc.replace_substring_regex(pc.utf8_upper(found["serial"]), "[^A-Z0-9]", "")
    folded = pc.replace_substring(bare, "O", "0")
    usable = pc.greater_equal(pc.utf8_length(folded), 4)
    folded = pc.if_else(usable, folded, pa.scalar(None, pa.string()))
    return found.drop_columns(["serial"]).append_column("serial", folded).sort_by("record_id")


def grouped(ids: pa.ChunkedArray, left: np.ndarray, right: np.ndarray) -> pa.Table:
    """Put rows together that pairs connect."""
    graph = coo_array((np.ones(len(left)), (left, right)), shape=(len(ids), len(ids)))
    _, group = connected_components(graph, directed=False)
    return pa.table({"firearm_id": pa.array(group).cast(pa.string()), "record_id": ids})


def jaro_winkler(tables: Tables) -> Iterator[tuple[str, pa.Table]]:
    """Join serials that are alike, whatever the make, at each of some thresholds."""
    found = rows(tables)
    serials = found["serial"].to_pylist()
    places = np.array([place for place, serial in enumerate(serials) if serial])
    texts = [serials[place] for place in places]
    pairs = []
    for start in range(0, len(texts), 1000):
        alike = process.cdist(
            texts[start : start + 1000], texts, scorer=JaroWinkler.similarity,
            score_cutoff=JARO_WINKLER[0], dtype=np.float32, workers=2,
        )  # fmt: skip
        one, other = np.nonzero(alike)
        later = one + start < other
        one, other = one[later], other[later]
        pairs.append((places[one + start], places[other], alike[one, other]))
    left, right, score = (np.concatenate(side) for side in zip(*pairs, strict=True))
    for threshold in JARO_WINKLER:
        near = score >= threshold
        yield f"Jaro-Winkler {threshold}", grouped(found["record_id"], left[near], right[near])


def settings() -> SettingsCreator:
    """Give Splink's settings: graded comparisons of all fields, blocking by serials and cases."""
    graded = cl.CustomComparison(
        output_column_name="serial",
        comparison_levels=[
            {"sql_condition": "serial_l IS NULL OR serial_r IS NULL", "label_for_charts": "null",
             "is_null_level": True},
            {"sql_condition": "serial_l = serial_r", "label_for_charts": "equal"},
            {"sql_condition": "damerau_levenshtein(serial_l, serial_r) <= 1",
             "label_for_charts": "one edit"},
            {"sql_condition": "damerau_levenshtein(serial_l, serial_r) <= 2",
             "label_for_charts": "two edits"},
            {"sql_condition": "ELSE", "label_for_charts": "else"},
        ],
    )  # fmt: skip
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=[
            graded,
            cl.ExactMatch("make").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("model", [0.9]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("calibre").configure(term_frequency_adjustments=True),
            cl.ExactMatch("type"),
            cl.ExactMatch("case_number"),
            cl.ExactMatch("admin2").configure(term_frequency_adjustments=True),
            cl.ExactMatch("day"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("serial"),
            block_on("case_number"),
            block_on("admin2", "day"),
            block_on("substr(serial, 1, 5)", "make"),
            block_on("substr(serial, -5)", "make"),
            block_on("substr(serial, 3)"),
        ],
    )


def splink_pairs(tables: Tables) -> tuple[pa.Table, pa.Table]:
    """Train Splink on the rows and give them with its predicted pairs and probabilities."""
    found = rows(tables)
    api = DuckDBAPI()
    linker = Linker(api.register(found), settings(), log_level=None)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("serial", "make")], recall=0.5
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=2e7, seed=1)
    for rule in (block_on("serial"), block_on("case_number"), block_on("make", "model", "day")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predicted = linker.inference.predict(threshold_match_probability=0.4)
    return found, predicted.as_pyarrow_table()


def splink(tables: Tables) -> Iterator[tuple[str, pa.Table]]:
    """Join what Splink finds at each of some probabilities."""
    found, predicted = splink_pairs(tables)
    place = {name: at for at, name in enumerate(found["record_id"].to_pylist())}
    left, right = (
        np.array([place[name] for name in predicted[f"record_id_{side}"].to_pylist()], dtype=int)
        for side in "lr"
    )
    chance = predicted["match_probability"].to_numpy()
    for threshold in PROBABILITIES:
        likely = chance >= threshold
        yield f"Splink {threshold}", grouped(found["record_id"], left[likely], right[likely])
