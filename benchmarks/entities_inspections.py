"""Find the inspected licensees in the licensee list by name and address, their keys hidden.

Both are real public records, typed independently. The list keeps its licence keys; those of the
inspections are taken away before anything is compared, and are the truth afterwards: 454 pairs of
an inspection and a licence agree in region, district and sequence. Beside us, in the same run: the
same name after plain folding in the same state (`exact`), and Splink with stock comparisons and no
care for licences (`Splink`).

Ours is run twice: with names and addresses alone, and with the type of licence too. The type comes
from the inspections' own column ``ffl_type`` (Dealer, Pawnbroker, Manufacturer, Importer) and not
from the hidden number, which also holds it. An inspection is answered where its licence is likelier
than all others together (log-odds from 0). The errors of all pairs were looked at while the model
was made, so both halves of the pairs, cut at random, are shown as well.

    python benchmarks/entities_inspections.py [--errors]

Names are printed only with --errors, for whoever may read the files themselves.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from ironriver import entities
from ironriver.entities.folding import MACROS

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
LIST = DATA / "ffl" / "ffl_2013_apr_jun_sample.csv"
INSPECTIONS = DATA / "atf_inspections" / "atf-inspection-reports-data.ndjson"

_ROWS = f"""
CREATE TABLE given AS
WITH list AS (
  SELECT DISTINCT ON (key, LICENSE_NAME, BUSINESS_NAME, PREMISE_STREET, PREMISE_CITY)
         LIC_REGN || LIC_DIST || LIC_SEQN AS key, trim(LICENSE_NAME, '"') AS name,
         nullif(BUSINESS_NAME, 'NULL') AS trade, PREMISE_STREET AS address, PREMISE_CITY AS city,
         PREMISE_STATE AS state, left(PREMISE_ZIP_CODE, 5) AS postcode, LIC_TYPE AS type
  FROM read_csv('{LIST}', all_varchar = true)
  ORDER BY key, LICENSE_NAME, BUSINESS_NAME, PREMISE_STREET, PREMISE_CITY),
seen AS (
  SELECT left(replace(ffl_number, '-', ''), 3) || right(ffl_number, 5) AS key,
         ffl_proprietor AS name, ffl_proprietor_2 AS trade, ffl_address AS address,
         ffl_city AS city, ffl_state AS state, left(ffl_zip, 5) AS postcode,
         CASE ffl_type WHEN 'Dealer' THEN '01' WHEN 'Pawnbroker' THEN '02'
                       WHEN 'Manufacturer' THEN '07' WHEN 'Importer' THEN '08' END AS type,
         ui_number
  FROM read_json('{INSPECTIONS}', format = 'newline_delimited') ORDER BY ui_number)
SELECT row_number() OVER () AS row, * FROM (
  SELECT 'list' AS side, key, name, trade, address, city, state, postcode, type FROM list
  UNION ALL
  SELECT 'seen', key, name, trade, address, city, state, postcode, type FROM seen)
"""

_BODIES = """
CREATE TABLE bodies AS
SELECT row_number() OVER (ORDER BY row, role) - 1 AS uid, side || row AS record_id, role,
       true AS sells, CASE WHEN side = 'list' THEN key END AS licence,
       type AS licence_type, side = 'list' AS listed, name, address, city, state AS admin1,
       postcode, NULL::VARCHAR AS phone, row
FROM (SELECT *, 'licensee' AS role FROM given
      UNION ALL SELECT * REPLACE (trade AS name), 'trade_name' FROM given WHERE trade IS NOT NULL)
ORDER BY uid
"""

_TRUE = """
CREATE TABLE truth AS
SELECT DISTINCT seen.row AS seen, seen.key FROM given AS seen JOIN given AS list
ON list.side = 'list' AND list.key = seen.key WHERE seen.side = 'seen'
"""


def by_names_alone(desk: duckdb.DuckDBPyConnection) -> None:
    """Answer without the type of licence."""
    desk.execute("CREATE OR REPLACE TABLE typed AS SELECT * FROM bodies")
    desk.execute("UPDATE bodies SET licence_type = NULL")
    found_by_us(desk)
    desk.execute("CREATE OR REPLACE TABLE bodies AS SELECT * FROM typed ORDER BY uid")


def found_by_us(desk: duckdb.DuckDBPyConnection) -> None:
    """Make ``answers`` (seen, key): the licence whose group an inspection joined for good."""
    entities.resolve_licensees(desk)
    desk.execute("""
CREATE OR REPLACE TABLE answers AS
WITH placed AS (SELECT row, grp, licence, log_odds, side FROM licensee_placed
                JOIN bodies ON bodies.uid = place JOIN given USING (row))
SELECT DISTINCT ON (seen.row) seen.row AS seen, list.licence AS key
FROM placed AS seen JOIN placed AS list USING (grp)
WHERE seen.side = 'seen' AND list.licence IS NOT NULL AND seen.log_odds >= 0
ORDER BY seen.row, list.licence
""")


def exact(desk: duckdb.DuckDBPyConnection) -> None:
    """Take the licence with the same folded name in the same state, where there is only one."""
    desk.execute("""
CREATE OR REPLACE TABLE answers AS
WITH named AS (SELECT row, side, key, state, fold(name) AS name FROM given
               UNION ALL SELECT row, side, key, state, fold(trade) FROM given
               WHERE trade IS NOT NULL)
SELECT seen.row AS seen, min(list.key) AS key FROM named AS seen JOIN named AS list
ON list.side = 'list' AND list.name = seen.name AND list.state = seen.state
WHERE seen.side = 'seen' GROUP BY seen.row HAVING count(DISTINCT list.key) = 1
""")


def stock_splink(desk: duckdb.DuckDBPyConnection) -> None:
    """Link both lists with stock comparisons of Splink; the best licence from 0.5 on."""
    desk.execute("""
CREATE OR REPLACE TABLE for_splink AS
SELECT row AS unique_id, side, fold(coalesce(trade, name)) AS name, fold(name) AS other,
       fold(address) AS address, fold(city) AS city, state, postcode FROM given ORDER BY row""")
    database = DuckDBAPI(desk)
    tables = []
    for side in ("list", "seen"):
        desk.execute(
            f"CREATE OR REPLACE TABLE splink_{side} AS SELECT * EXCLUDE (side) FROM for_splink "
            f"WHERE side = '{side}'"
        )
        tables.append(database.register(f"splink_{side}"))
    linker = Linker(
        tables,
        SettingsCreator(
            link_type="link_only",
            comparisons=[
                cl.JaroWinklerAtThresholds("name").configure(term_frequency_adjustments=True),
                cl.JaroWinklerAtThresholds("other"),
                cl.JaroWinklerAtThresholds("address").configure(term_frequency_adjustments=True),
                cl.ExactMatch("city").configure(term_frequency_adjustments=True),
                cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
            ],
            blocking_rules_to_generate_predictions=[
                block_on("name"), block_on("other"), block_on("address"),
                block_on("postcode"), block_on("city", "state"),
            ],
        ),
        log_level=None,
    )  # fmt: skip
    training = linker.training
    training.estimate_probability_two_random_records_match([block_on("name", "address")], 0.5)
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    training.estimate_parameters_using_expectation_maximisation(block_on("address"))
    training.estimate_parameters_using_expectation_maximisation(block_on("postcode"))
    predicted = linker.inference.predict(threshold_match_probability=0.5).physical_name
    desk.execute(f"""
CREATE OR REPLACE TABLE answers AS
WITH both_sides AS (
  SELECT CASE WHEN a.side = 'seen' THEN a.row ELSE b.row END AS seen,
         CASE WHEN a.side = 'list' THEN a.key ELSE b.key END AS key, match_weight
  FROM {predicted} JOIN given AS a ON a.row = unique_id_l JOIN given AS b ON b.row = unique_id_r)
SELECT DISTINCT ON (seen) seen, key FROM both_sides ORDER BY seen, match_weight DESC, key
""")


def report(desk: duckdb.DuckDBPyConnection, name: str, seconds: float) -> None:
    """Print precision and recall of the answers."""
    row = desk.execute("""
SELECT (SELECT count(*) FROM answers), (SELECT count(*) FROM truth),
       (SELECT count(*) FROM answers JOIN truth USING (seen, key))""").fetchall()[0]
    given, true, right = row
    print(f"  {name:22} {given:5} answers, {right:4} of {true} right   precision "
          f"{right / max(given, 1):.4f}   recall {right / true:.4f} {seconds:6.1f} s")  # fmt: skip


def halves(desk: duckdb.DuckDBPyConnection) -> None:
    """Print precision and recall on either half of the inspections, cut by a hash of the row."""
    for half in (0, 1):
        given, true, right = desk.execute("""
SELECT (SELECT count(*) FROM answers WHERE hash(seen) % 2 = $1),
       (SELECT count(*) FROM truth WHERE hash(seen) % 2 = $1),
       (SELECT count(*) FROM answers JOIN truth USING (seen, key) WHERE hash(seen) % 2 = $1)
""", [half]).fetchall()[0]  # fmt: skip
        print(f"    half {half + 1}: {given} answers, {right} of {true} right   precision "
              f"{right / max(given, 1):.4f}   recall {right / true:.4f}")  # fmt: skip


_TWINS = """
WITH told AS (
  SELECT row, side, key, array_to_string(business_words(name), ' ') AS owner,
         house_number(address) || street_name(address) AS place, state, type FROM given),
twins AS (
  SELECT seen.row, truth.seen IS NOT NULL AS listed, list.type = seen.type AS alike
  FROM told AS seen JOIN told AS list USING (owner, place, state)
  LEFT JOIN truth ON truth.seen = seen.row
  WHERE seen.side = 'seen' AND list.side = 'list' AND list.key <> seen.key)
SELECT count(DISTINCT row) FILTER (listed), count(DISTINCT row) FILTER (listed AND alike),
       count(DISTINCT row) FILTER (NOT listed), count(DISTINCT row) FILTER (NOT listed AND alike)
FROM twins
"""


def bound(desk: duckdb.DuckDBPyConnection) -> None:
    """Print how many inspections no care can answer from name and address, and from type too."""
    twins, typed, stray, stray_typed = desk.execute(_TWINS).fetchall()[0]
    print(f"  of the true pairs, {twins} share owner and address with another listed licence "
          f"({typed} of the same type);")  # fmt: skip
    print(f"  {stray} inspections of licences that are not listed share owner and address with one "
          f"that is ({stray_typed} of the same type)")  # fmt: skip


_ERRORS = """
SELECT CASE WHEN answers.key IS NULL THEN 'not found' WHEN truth.key IS NULL THEN 'key not listed'
            ELSE 'another licence' END AS what,
       seen.key, answers.key, seen.name, seen.trade, seen.address, seen.city, list.name, list.trade,
       list.address, list.city, list.key
FROM (SELECT * FROM answers FULL JOIN truth USING (seen)) AS joined
LEFT JOIN answers USING (seen) LEFT JOIN truth USING (seen)
JOIN given AS seen ON seen.row = joined.seen
LEFT JOIN given AS list ON list.side = 'list' AND list.key = coalesce(answers.key, truth.key)
WHERE answers.key IS DISTINCT FROM truth.key ORDER BY what, seen.row
"""


def errors(desk: duckdb.DuckDBPyConnection, names: bool) -> None:
    """List the errors with what explains them; with names only if asked."""
    seen: set[tuple[str, str]] = set()
    for what, key, answer, *texts in desk.execute(_ERRORS).fetchall():
        if (key, what) in seen:
            continue
        seen.add((key, what))
        mine, theirs = texts[:4], texts[4:8]
        said = ", ".join(
            f"{label} {'same' if _plain(a) == _plain(b) else 'different'}"
            for label, a, b in zip(("name", "trade", "address", "city"), mine, theirs, strict=True)
        )
        slips = sum(a != b for a, b in zip(key, answer or texts[8] or "", strict=False))
        print(f"    {what}: {said}; keys differ in {slips} of 8 digits")
        if names:
            print(f"        {key} {mine}\n        {answer} {theirs}")


def _plain(text: str | None) -> str:
    return "".join(mark for mark in (text or "").lower() if mark.isalnum())


def main() -> None:
    """Run all and list our errors."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--errors", action="store_true", help="Print names with the errors.")
    chosen = options.parse_args()
    if not LIST.exists():
        sys.exit(f"{LIST} is absent")
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    desk = duckdb.connect(config={"temp_directory": tempfile.gettempdir()})
    for macro in MACROS:
        desk.execute(macro)
    for statement in (_ROWS, _BODIES, _TRUE, "CREATE TABLE judged_places (place BIGINT)",
                      "CREATE TABLE judged_pairs (left_place BIGINT, right_place BIGINT, "
                      "verdict VARCHAR, sequence BIGINT)"):  # fmt: skip
        desk.execute(statement)
    for name, find in (
        ("exact", exact),
        ("Splink", stock_splink),
        ("ours, name and address", by_names_alone),
        ("ours, and type", found_by_us),
    ):
        started = time.perf_counter()
        find(desk)
        report(desk, name, time.perf_counter() - started)
        if name.startswith("ours"):
            halves(desk)
            print("    errors:")
            errors(desk, chosen.errors)
    bound(desk)


if __name__ == "__main__":
    main()
