"""Count the workspace's own guns recovered in Mexico by origin, as far as traces know it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

import duckdb

from ironriver.figures.figure import Figure
from ironriver.figures.guns import make_guns
from ironriver.figures.origin import OriginBase, figures_of
from ironriver.figures.phrase import Both
from ironriver.figures.selection import adjusted_figures, assumed_figures, duplicate_figures
from ironriver.governance.release import rests_on_few
from ironriver.language import mark, translator
from ironriver.reference.facts import Layer, Period
from ironriver.tables import Handling

# What the figures of a workspace's own records are computed from.
READS: Final = (
    "sources",
    "records",
    "trace_results",
    "firearm_members",
    "traces",
    "licences",
)

GUNS = {
    Layer.SEIZED: mark("guns recovered in Mexico, by the records of this workspace, each once"),
    Layer.SUBMITTED: mark(
        "guns recovered in Mexico and asked about, by the records of this workspace, each once"
    ),
    Layer.DETERMINED: mark(
        "guns recovered in Mexico and asked about, by the records of this workspace, each once"
    ),
}
ROWS = {
    Layer.SEIZED: mark("rows about recoveries in Mexico, a gun as often as it has rows"),
    Layer.SUBMITTED: mark("answers about guns recovered in Mexico, a gun as often as it has some"),
}
_OF = {Layer.SEIZED: "true", Layer.SUBMITTED: "submitted", Layer.DETERMINED: "us IS NOT NULL"}

# What a share is a share of: those known to have the trait, and those known to lack it.
TRAITS: Final = {
    "us_sourced": ("us", "NOT us"),
    "us_made": ("us AND origin = 'us_made'", "NOT us OR (us AND origin = 'us_imported')"),
    "us_imported": ("us AND origin = 'us_imported'", "NOT us OR (us AND origin = 'us_made')"),
    "us_retail": ("retail", "NOT retail"),
    "us_trafficked": ("trafficked", "NOT trafficked"),
}

_TALLY = """
SELECT sum({of}), sum({of}) FILTER (WHERE {yes}), sum({of}) FILTER (WHERE {yes} OR {no}),
       min(first_day), max(last_day), max(known_from),
       list_sort(flatten(list(record_ids) FILTER (WHERE {yes}))),
       list_sort(list_distinct(flatten(list(source_ids))))
FROM counted_guns WHERE {layer} AND {of} > 0
"""


def bases_from_records(con: duckdb.DuckDBPyConnection) -> list[OriginBase]:
    """Count the guns of a workspace by layer and trait, as bases; the whole before its parts.

    `con` needs views of the tables in `READS`. A gun classed as never imported is only known to be
    made abroad, so the class stays open. Guns determined are all known to be from the United
    States or classed otherwise, so they bring the share itself and none of its parts.
    """
    make_guns(con)
    return list(_bases(con))


def _bases(con: duckdb.DuckDBPyConnection) -> Iterator[OriginBase]:
    for layer, population in GUNS.items():
        whole = _base(con, layer, "us_sourced", "guns", "records", population)
        if whole is None:
            continue
        yield whole
        for measure in TRAITS if layer is not Layer.DETERMINED else ():
            part = _base(con, layer, measure, "guns", "records", population)
            if part is not None and measure != whole.measure and _tells(part, whole):
                yield part


def _tells(part: OriginBase, whole: OriginBase) -> bool:
    """Tell whether a part says anything, and none of what it leaves is too few to publish."""
    known, all_known = part.determined or 0.0, whole.determined or 0.0
    left = (part.us, known - part.us, whole.us - part.us, all_known - known)
    return known > 0 and not rests_on_few(part.handling, left)


def bases_by_rows(con: duckdb.DuckDBPyConnection) -> list[OriginBase]:
    """Count rows where `bases_from_records` counts guns: what duplicates do to a share.

    Needs the table that `bases_from_records` leaves.
    """
    of = {Layer.SEIZED: "guns * records", Layer.SUBMITTED: "answers"}
    found = (
        _base(con, layer, "us_sourced", column, "rows", ROWS[layer]) for layer, column in of.items()
    )
    return [base for base in found if base is not None]


def from_records(con: duckdb.DuckDBPyConnection) -> list[Figure]:
    """Give the origin shares of the workspace's own guns, under every assumption."""
    bases = bases_from_records(con)
    rows = bases_by_rows(con)
    made = [figure for base in bases for figure in (*figures_of(base), *assumed_figures(base))]
    made += [each for base in rows for each in figures_of(base, ("counted_out", "rest_alike"))]
    return [*made, *adjusted_figures(con, bases), *duplicate_figures(bases, rows)]


def _base(
    con: duckdb.DuckDBPyConnection,
    layer: Layer,
    measure: str,
    of: str,
    prefix: str,
    population: str,
) -> OriginBase | None:
    """Tally one layer; None where the workspace holds none of it, or not since when it is known."""
    yes, no = TRAITS[measure]
    tally = con.execute(_TALLY.format(of=of, yes=yes, no=no, layer=_OF[layer])).fetchone()
    if tally is None or not tally[0]:
        return None
    size, us, known, first, last, known_from, record_ids, source_ids = tally
    if known_from is None:
        return None
    return OriginBase(
        base_id=f"{prefix}.{measure}.{layer}",
        measure=measure,
        layer=layer,
        population=Both(population, translator("es")(population)),
        size=float(size),
        us=float(us or 0),
        determined=float(known or 0),
        class_open=measure == "us_sourced",
        period=Period(_month(first), _month(last)) if first else Period(),
        as_of=str(known_from)[:10],
        scope="mexico",
        holder="workspace",
        sources=tuple(source_ids),
        handling=strictest(con, source_ids),
        record_ids=tuple(record_ids or ()),
    )


def _month(date: dt.date) -> str:
    """Write a day as its month: days are too fine for a period."""
    return f"{date:%Y-%m}"


def strictest(con: duckdb.DuckDBPyConnection, source_ids: list[str]) -> Handling:
    """Give the strictest handling of some sources; unknown handling is the strictest there is."""
    labels = con.execute(
        "SELECT source_id, any_value(handling) FROM sources "
        "WHERE list_contains($ids, source_id) GROUP BY source_id",
        {"ids": source_ids},
    ).fetchall()
    if len(labels) < len(source_ids):
        return Handling.TRACE_RESTRICTED
    order = list(Handling)
    return max((Handling(label) for _source, label in labels), key=order.index)
