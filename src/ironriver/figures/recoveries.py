"""Count the workspace's own recoveries in Mexico by origin, as far as traces know it."""

from __future__ import annotations

import datetime as dt

import duckdb

from ironriver.figures.figure import Figure
from ironriver.figures.origin import OriginBase, figures_of
from ironriver.figures.phrase import Both
from ironriver.language import mark, translator
from ironriver.reference.facts import Layer, Period
from ironriver.tables import Handling, Outcome

# The gun was in United States commerce: traced to somebody there, or lost in a record there.
US_SOURCED = (
    Outcome.TRACED_TO_PURCHASER,
    Outcome.TRACED_TO_LICENSEE,
    Outcome.TRACED_TO_GOVERNMENT,
    Outcome.EXPORTED_FOREIGN_SALE,
    Outcome.STOLEN_BEFORE_SALE,
    Outcome.LICENSEE_OUT_OF_BUSINESS_NO_RECORD,
    Outcome.LICENSEE_RECORD_ILLEGIBLE,
    Outcome.LICENSEE_NO_RESPONSE,
)
NOT_US = (Outcome.NOT_US_NEVER_IMPORTED,)
# ATF tables leave out a second request for a recovery that was traced before.
LEFT_OUT = (Outcome.DUPLICATE_OF,)

RECOVERED = mark("recovery records held in this workspace, Mexico; one gun may be in several")
REQUESTED = mark("trace requests answered in this workspace, guns recovered in Mexico")

_RECOVERIES = """
recoveries AS (
    SELECT record_id, source_id, reference, event_date, known_from,
           greatest(coalesce(quantity, 1), 0) AS guns
    FROM records
    WHERE kind = 'recovery' AND country = 'MX'
)"""

# The last answer to a request counts; rows without a request number stand for themselves.
_ANSWERS = """
answers AS (
    SELECT record_id, source_id, request, outcome, recovery_date, known_from
    FROM trace_results
    WHERE country = 'MX'
    QUALIFY row_number() OVER (
        PARTITION BY coalesce(request, record_id)
        ORDER BY completed_date DESC NULLS LAST, known_from DESC, record_id
    ) = 1
)"""

# A recovery of one gun is answered by the request of the same number, if there is exactly one.
_ANSWERED = """
answered AS (
    SELECT recoveries.record_id, any_value(answers.outcome) AS outcome,
           any_value(answers.source_id) AS answer_source
    FROM recoveries JOIN answers ON answers.request = recoveries.reference
    WHERE recoveries.guns = 1
    GROUP BY recoveries.record_id
    HAVING count(*) = 1
)"""

_SEIZED = f"""
WITH {_RECOVERIES}, {_ANSWERS}, {_ANSWERED}
SELECT r.record_id, r.source_id, a.answer_source, r.guns, a.outcome, r.event_date, r.known_from
FROM recoveries r LEFT JOIN answered a USING (record_id)
WHERE a.outcome IS NULL OR NOT list_contains($left_out, a.outcome)
"""  # noqa: S608  constants only

_SUBMITTED = f"""
WITH {_ANSWERS}
SELECT record_id, source_id, NULL AS answer_source, 1 AS guns, outcome, recovery_date, known_from
FROM answers
WHERE outcome IS NULL OR NOT list_contains($left_out, outcome)
"""  # noqa: S608  constants only

_TALLY = """
SELECT sum(guns),
       sum(guns) FILTER (WHERE list_contains($us, outcome)),
       sum(guns) FILTER (WHERE list_contains($us, outcome) OR list_contains($not_us, outcome)),
       min({date}), max({date}), max(known_from),
       list(record_id ORDER BY record_id) FILTER (WHERE list_contains($us, outcome)),
       list_sort(list_distinct(list(source_id) ||
           coalesce(list(answer_source) FILTER (WHERE answer_source IS NOT NULL), [])))
FROM ({rows})
"""


def bases_from_records(con: duckdb.DuckDBPyConnection) -> list[OriginBase]:
    """Count the recoveries and the answered requests of a workspace as bases.

    `con` needs views ``records`` and ``trace_results`` (and ``sources``, for their handling). A
    gun classed as never imported is only known to be made abroad, so the class stays open.
    """
    seized = _base(con, Layer.SEIZED, _SEIZED, "event_date", RECOVERED)
    submitted = _base(con, Layer.SUBMITTED, _SUBMITTED, "recovery_date", REQUESTED)
    return [base for base in (seized, submitted) if base is not None]


def from_records(con: duckdb.DuckDBPyConnection) -> list[Figure]:
    """Give the origin shares of the workspace's own records, under every assumption."""
    return [figure for base in bases_from_records(con) for figure in figures_of(base)]


def _base(
    con: duckdb.DuckDBPyConnection, layer: Layer, rows: str, date: str, about: str
) -> OriginBase | None:
    """Tally one layer; None where the workspace holds none of it."""
    bound = {"us": list(US_SOURCED), "not_us": list(NOT_US), "left_out": list(LEFT_OUT)}
    used = {name: [str(word) for word in words] for name, words in bound.items()}
    tally = con.execute(_TALLY.format(date=date, rows=rows), used).fetchone()
    if tally is None or not tally[0]:
        return None
    size, us, determined, first, last, known_from, record_ids, source_ids = tally
    return OriginBase(
        base_id=f"records.us_sourced.{layer}",
        measure="us_sourced",
        layer=layer,
        population=Both(about, translator("es")(about)),
        size=float(size),
        us=float(us or 0),
        determined=float(determined or 0),
        class_open=True,
        period=Period(_month(first), _month(last)) if first else Period(),
        as_of=str(known_from)[:10],
        scope="mexico",
        holder="workspace",
        sources=tuple(source_ids),
        handling=_strictest(con, source_ids),
        record_ids=tuple(record_ids or ()),
    )


def _month(date: dt.date) -> str:
    """Write a day as its month: days are too fine for a period."""
    return f"{date:%Y-%m}"


def _strictest(con: duckdb.DuckDBPyConnection, source_ids: list[str]) -> Handling:
    """Give the strictest handling of some sources; unknown handling is the strictest there is."""
    exists = con.execute(
        "SELECT count(*) FROM information_schema.tables WHERE table_name = 'sources'"
    ).fetchone()
    if not exists or not exists[0]:
        return Handling.TRACE_RESTRICTED
    labels = con.execute(
        "SELECT source_id, any_value(handling) FROM sources "
        "WHERE list_contains($ids, source_id) GROUP BY source_id",
        {"ids": source_ids},
    ).fetchall()
    if len(labels) < len(source_ids):
        return Handling.TRACE_RESTRICTED
    order = list(Handling)
    return max((Handling(label) for _source, label in labels), key=order.index)
