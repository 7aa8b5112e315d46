"""Ammunition for the United Nations' questionnaire: rounds, magazines and parts, piece by piece."""

from __future__ import annotations

import datetime as dt

import duckdb

from ironriver import engine
from ironriver.governance.release import ALL, Access, release_cells
from ironriver.language import mark
from ironriver.reports.standard.sheet import Sheet
from ironriver.tables import Handling

_MARKS = ", ".join(f"('{each.value}', {rank})" for rank, each in enumerate(Handling))
_ROUNDS = mark("rounds of ammunition seized in Mexico, by rows about ammunition")
_PIECES = mark("magazines, parts and other pieces seized in Mexico, by rows about ammunition")
_WITH_ARMS = mark(
    "rounds and magazines seized together with arms in Mexico, by the records held, each gun once"
)
_NOT_ADDED = mark(
    "rows about ammunition and rounds named beside arms may be the same seizure: never add the two "
    "tables up"
)
_UNSTATED = mark("rows that do not say how many are not counted")
WORDS = {
    "ammunition": mark("ammunition"),
    "magazine": mark("magazines"),
    "part": mark("parts"),
    "other": mark("other pieces"),
    "rounds": mark("rounds"),
    "magazines": mark("magazines"),
    "unknown": mark("unknown"),
    ALL: mark("total"),
}

_OF_ROWS = """
SELECT coalesce(year(event_date)::VARCHAR, 'unknown') AS line, {across} AS across,
       sum(quantity)::BIGINT AS pieces
FROM ammunition WHERE country = 'MX' AND quantity > 0 AND {where} GROUP BY ALL ORDER BY ALL
"""

# A gun stands in several lists; the rounds named beside it are those of one seizure.
_WITH = """
WITH each_gun AS (
    SELECT coalesce(m.firearm_id, r.record_id) AS gun, min(r.event_date) AS day,
           max(r.rounds) AS rounds, max(r.magazines) AS magazines
    FROM records r LEFT JOIN firearm_members m USING (record_id)
    WHERE r.kind = 'recovery' AND r.country = 'MX' GROUP BY ALL),
pieces AS (
    SELECT day, 'rounds' AS across, rounds AS pieces FROM each_gun
    UNION ALL SELECT day, 'magazines', magazines FROM each_gun)
SELECT coalesce(year(day)::VARCHAR, 'unknown') AS line, across, sum(pieces)::BIGINT AS pieces
FROM pieces WHERE pieces > 0 GROUP BY ALL ORDER BY ALL
"""

_HANDLING = f"""
WITH strict(handling, rank) AS (VALUES {_MARKS})
SELECT max(coalesce(rank, {len(Handling) - 1})) FROM (
    SELECT DISTINCT source_id FROM {{table}} WHERE country = 'MX')
LEFT JOIN sources USING (source_id) LEFT JOIN strict USING (handling)
"""  # noqa: S608  constants only


def ammunition(connection: duckdb.DuckDBPyConnection, access: Access, day: dt.date) -> Sheet:
    """Give rounds by year and calibre."""
    title = mark("Ammunition seized, by calibre (questionnaire on illicit arms flows)")
    query = _OF_ROWS.format(across="coalesce(calibre, 'unknown')", where="item = 'ammunition'")
    return _sheet(connection, access, day, "iafq_ammunition", (title, _ROUNDS), query, "ammunition")


def pieces(connection: duckdb.DuckDBPyConnection, access: Access, day: dt.date) -> Sheet:
    """Give magazines, parts and other pieces by year."""
    title = mark("Magazines and parts seized (questionnaire on illicit arms flows)")
    query = _OF_ROWS.format(across="item", where="item <> 'ammunition'")
    return _sheet(connection, access, day, "iafq_parts", (title, _PIECES), query, "ammunition")


def with_arms(connection: duckdb.DuckDBPyConnection, access: Access, day: dt.date) -> Sheet:
    """Give rounds and magazines named beside arms by year."""
    title = mark("Ammunition seized together with arms (questionnaire on illicit arms flows)")
    texts = (title, _WITH_ARMS)
    return _sheet(connection, access, day, "iafq_with_arms", texts, _WITH, "records")


def _sheet(
    connection: duckdb.DuckDBPyConnection, access: Access, day: dt.date, name: str,
    texts: tuple[str, str], query: str, table: str,
) -> Sheet:  # fmt: skip
    cells = engine.query(connection, query)
    (rank,) = engine.run(connection, _HANDLING.format(table=table)).fetchall()[0]
    handling = list(Handling)[rank or 0]
    done = release_cells(
        cells, ("line", "across"), "pieces", handling, access, name=name, totals=True
    )
    found = {(row["line"], row["across"]): row["pieces"] for row in done.table.to_pylist()}
    heads, years = (
        sorted({key[place] for key in found}, key=lambda each: (each == ALL, str(each)))
        for place in (1, 0)
    )
    rows = tuple((year, *(found.get((year, head), 0) for head in heads)) for year in years)
    title, population = texts
    return Sheet(
        name, title, population, day, (mark("year of recovery"), *heads), rows,
        (_NOT_ADDED, _UNSTATED), sum(done.withheld.values()), handling.value, WORDS,
    )  # fmt: skip


BUILDERS = {
    "iafq_ammunition": ammunition,
    "iafq_parts": pieces,
    "iafq_with_arms": with_arms,
}
