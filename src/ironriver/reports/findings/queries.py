"""The questions that the findings page asks of the tables; each function gives one query."""

from __future__ import annotations

from typing import Any

import duckdb

from ironriver.tables import ROW_TABLES

Row = tuple[Any, ...]

# The first test that holds decides; the word corta must stand alone ("recortada" is a long gun).
_GUN_CLASS = r"""CASE
    WHEN regexp_matches(lower(coalesce(type, type_raw, '')),
        'pistol|revolver|handgun|derringer|\bcorta\b') THEN 'handgun'
    WHEN regexp_matches(lower(coalesce(type, type_raw, '')),
        'rifle|carbine|shotgun|escopeta|fusil|carabina|machine ?gun|ametrallad|\blong\b|\blarga\b')
        THEN 'long_gun'
    ELSE 'other' END"""

# Who seized is text as received, which may name an officer, so only public rows give it.
_OFFICE = """coalesce(nullif(nullif(crossing, 'unknown'), ''), nullif(place, ''),
    CASE WHEN source_id IN (SELECT source_id FROM sources
                            WHERE handling IN ('PUBLIC', 'SYNTHETIC'))
         THEN nullif(authority, '') END, '')"""

_LASTING = """(left(regexp_replace(licence_number, '[^0-9A-Za-z]', '', 'g'), 3)
    || right(regexp_replace(licence_number, '[^0-9A-Za-z]', '', 'g'), 5))"""


def ask(con: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    """Run a query and give its rows."""
    return con.execute(query).fetchall()


def sources() -> str:
    """Give every source with the counts of its reading, and whether a later one replaced it."""
    return """
    SELECT source_id, name, layout, agency, handling, known_from,
           rows_in, rows_accepted, rows_quarantined,
           source_id IN (SELECT supersedes FROM sources WHERE supersedes IS NOT NULL) AS replaced
    FROM sources ORDER BY name, source_id"""


def rows_in_tables() -> str:
    """Count the rows that each source has in the tables."""
    each = " UNION ALL ".join(f"SELECT source_id FROM {name}" for name in ROW_TABLES)  # noqa: S608
    return f"SELECT source_id, count(*) FROM ({each}) GROUP BY source_id"  # noqa: S608


def quarantine_reasons() -> str:
    """Count the quarantined rows of each source by reason, with the first row as an example."""
    return """
    SELECT source_id, reason_code, count(*), min(row_number)
    FROM quarantine GROUP BY source_id, reason_code
    ORDER BY count(*) DESC, source_id, reason_code"""


def licensees() -> str:
    """Count licensees once each, where their latest list has them, by state, county and type."""
    return """
    WITH latest AS (
        SELECT * FROM licences
        QUALIFY row_number() OVER (
            PARTITION BY coalesce(licence_key, record_id)
            ORDER BY snapshot DESC NULLS LAST, known_from DESC NULLS LAST, source_id, row_number
        ) = 1)
    SELECT coalesce(admin1, ''), coalesce(admin2, ''), coalesce(type, ''), count(*)
    FROM latest GROUP BY ALL ORDER BY ALL"""


def licence_lists() -> str:
    """Count the lines of the licensee lists of each month."""
    return """
    SELECT coalesce(snapshot, ''), count(*) FROM licences GROUP BY ALL ORDER BY ALL"""


def border_seizures() -> str:
    """Count seizures at the border by direction, office and item, with their quantities.

    A firearm's row without a quantity stands for one firearm; ammunition without one adds nothing.
    """
    return f"""
    WITH seizures AS (
        SELECT coalesce(lower(direction), '') AS direction, {_OFFICE} AS office,
               replace({_GUN_CLASS}, 'other', 'firearm') AS item, coalesce(quantity, 1) AS quantity
        FROM records WHERE kind = 'crossing_seizure'
        UNION ALL
        SELECT lower(direction), {_OFFICE},
               CASE WHEN lower(item) IN ('ammunition', 'magazine', 'part') THEN lower(item)
                    ELSE 'other_item' END,
               coalesce(quantity, 0)
        FROM ammunition WHERE direction IS NOT NULL)
    SELECT direction, office, item,
           count(*), sum(quantity)::BIGINT
    FROM seizures GROUP BY ALL ORDER BY ALL"""  # noqa: S608


def border_sources() -> str:
    """Count the rows that border seizures rest on, by source."""
    return """
    SELECT source_id, count(*) FROM (
        SELECT source_id FROM records WHERE kind = 'crossing_seizure'
        UNION ALL SELECT source_id FROM ammunition WHERE direction IS NOT NULL)
    GROUP BY source_id ORDER BY source_id"""


def border_period() -> str:
    """Give the first and last day of the border seizures, and whether days are known at all."""
    return """
    SELECT min(event_date), max(event_date),
           coalesce(bool_or(date_precision NOT IN ('month', 'year')), true)
    FROM (
        SELECT event_date, date_precision FROM records WHERE kind = 'crossing_seizure'
        UNION ALL
        SELECT event_date, date_precision FROM ammunition WHERE direction IS NOT NULL)"""


def recoveries() -> str:
    """Count recoveries in Mexico by state, type class and state of the serial, with firearms."""
    return f"""
    SELECT coalesce(admin1, ''), {_GUN_CLASS}, coalesce(serial_status, 'absent'),
           count(*), sum(coalesce(quantity, 1))::BIGINT
    FROM records
    WHERE kind = 'recovery' AND (country = 'MX' OR admin1 LIKE 'MX-%')
    GROUP BY ALL ORDER BY ALL"""  # noqa: S608


def recoveries_elsewhere() -> str:
    """Count recoveries outside Mexico, and those of no known country."""
    return """
    SELECT count(*) FILTER (country IS NOT NULL AND country <> 'MX'),
           count(*) FILTER (country IS NULL)
    FROM records
    WHERE kind = 'recovery' AND country IS DISTINCT FROM 'MX'
      AND (admin1 IS NULL OR admin1 NOT LIKE 'MX-%')"""


def recovery_period() -> str:
    """Give the first and last day of the recoveries, and whether days are known at all."""
    return """
    SELECT min(event_date), max(event_date),
           coalesce(bool_or(date_precision NOT IN ('month', 'year')), true)
    FROM records
    WHERE kind = 'recovery' AND (country = 'MX' OR admin1 LIKE 'MX-%')"""


def recovery_sources() -> str:
    """Count the rows that recoveries rest on, by source."""
    return """
    SELECT source_id, count(*) FROM records
    WHERE kind = 'recovery' AND (country = 'MX' OR admin1 LIKE 'MX-%')
    GROUP BY source_id ORDER BY source_id"""


def table_sources(table: str) -> str:
    """Count the rows of a whole table by source."""
    return f"SELECT source_id, count(*) FROM {table} GROUP BY ALL ORDER BY ALL"  # noqa: S608


def _sources_of(table: str) -> str:
    """Count the records that the rows of a derived table rest on, by source."""
    return f"""
    SELECT source_id, count(*) FROM records
    WHERE record_id IN (SELECT unnest(from_json(record_ids, '["VARCHAR"]')) FROM {table})
    GROUP BY source_id ORDER BY source_id"""  # noqa: S608


def chain_sources() -> str:
    """Count the records that supply chains rest on, by source."""
    return _sources_of("networks")


def chains() -> str:
    """Give every supply chain, the largest first."""
    return """
    SELECT network_id, firearms, entities, first_date, last_date, channels, probability, stability,
           handling
    FROM networks ORDER BY firearms DESC, network_id"""


def lead_sources() -> str:
    """Count the records that leads rest on, by source."""
    return _sources_of("leads")


def lead_kinds() -> str:
    """Count leads by kind of candidate."""
    return "SELECT candidate_kind, count(*) FROM leads GROUP BY ALL ORDER BY ALL"


def first_leads() -> str:
    """Give the leads in their order."""
    return """
    SELECT rank, candidate_id, candidate_kind, probability, log_odds, expected_firearms,
           reasons_against, reasons_for, handling
    FROM leads ORDER BY rank LIMIT 200"""


_MATRIX = """matrix AS (
    SELECT series, period, from_place, to_place, value, source_id,
           upper(from_place) LIKE 'TOTAL%' AS from_total,
           upper(to_place) LIKE 'TOTAL%' AS to_total
    FROM published_figures WHERE from_place IS NOT NULL AND to_place IS NOT NULL)"""

_CELL = "NOT from_total AND NOT to_total"


def matrix_checks() -> str:
    """Hold the cells of each matrix and period against its printed totals, which are never added.

    Lines whose cells do not add up to their printed total are counted, for sources and recoveries.
    """
    return f"""
    WITH {_MATRIX},
    lines AS (
        SELECT series, period, 'from' AS side, sum(value) FILTER ({_CELL}) AS cells,
               max(value) FILTER (to_total) AS printed
        FROM matrix WHERE NOT from_total GROUP BY series, period, from_place
        UNION ALL
        SELECT series, period, 'to', sum(value) FILTER ({_CELL}), max(value) FILTER (from_total)
        FROM matrix WHERE NOT to_total GROUP BY series, period, to_place),
    wrong AS (
        SELECT series, period, count(*) FILTER (coalesce(cells, 0) <> printed) AS lines
        FROM lines WHERE printed IS NOT NULL GROUP BY series, period)
    SELECT series, period, sum(value) FILTER ({_CELL})::BIGINT,
           max(value) FILTER (from_total AND to_total)::BIGINT, coalesce(any_value(lines), 0)
    FROM matrix LEFT JOIN wrong USING (series, period)
    GROUP BY series, period ORDER BY series, period"""  # noqa: S608


def matrix_states() -> str:
    """Add up the cells of each source state by matrix and period: all, and in another state."""
    return f"""
    WITH {_MATRIX}
    SELECT series, period, from_place, sum(value)::BIGINT,
           coalesce(sum(value) FILTER (from_place <> to_place), 0)::BIGINT
    FROM matrix WHERE {_CELL} GROUP BY ALL ORDER BY ALL"""  # noqa: S608


def matrix_sources() -> str:
    """Count the rows of the matrices by source."""
    return """
    SELECT source_id, count(*) FROM published_figures
    WHERE from_place IS NOT NULL AND to_place IS NOT NULL GROUP BY ALL ORDER BY ALL"""


def purchase_states() -> str:
    """Count trace answers by the state of the licensee who made the last known sale.

    The state is the one that a licensee list gives for the licence; the licensee's own address is
    a personal field, which this page does not open.
    """
    return f"""
    WITH listed AS (
        SELECT {_LASTING} AS lasting, any_value(admin1) AS state
        FROM licences WHERE admin1 IS NOT NULL AND licence_number IS NOT NULL
        GROUP BY lasting HAVING count(DISTINCT admin1) = 1),
    answers AS (SELECT *, {_LASTING} AS lasting FROM trace_results)
    SELECT coalesce(state, ''), count(*)
    FROM answers LEFT JOIN listed USING (lasting)
    GROUP BY ALL ORDER BY count(*) DESC, 1"""  # noqa: S608


def trace_outcomes() -> str:
    """Count trace answers by outcome."""
    return """
    SELECT coalesce(outcome, 'pending'), count(*) FROM trace_results
    GROUP BY ALL ORDER BY count(*) DESC, 1"""
