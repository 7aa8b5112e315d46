"""Many questions at once, wholly on an engine: who is near, and the posterior of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from ironriver.engines import BatchEngine, statement
from ironriver.firearms.channel import Channel
from ironriver.firearms.sql import deletions, inputs, keys, posterior, walk
from ironriver.firearms.sql.inputs import Rows
from ironriver.firearms.sql.likelihood import LOG_LIKELIHOOD, PairLikelihood

FIELDS = ("make", "importer", "model", "calibre", "type")
MOST_EDITS = 3
"""The SQL form works for any number; what it costs grows with the power of it."""


def batch_candidates(
    engine: BatchEngine, queries: Rows, records: Rows, edits: int, confusions: bool
) -> pa.Table:
    """Give the guns near each question as rows of query_id, gun and edits (of the keys).

    `queries` has query_id and serial, `records` gun and serial, in the form that
    `search.keys.plain` gives; other columns do no harm. Near is an OSA distance of at most `edits`
    between skeletons, or without `confusions` between the serials themselves; `?` is any one
    character. A question too vague to search (see `search.patterns`) has no candidates. Raises
    ValueError for columns that are missing.
    """
    _search(engine, queries, records, edits, confusions, ("query_id", "serial"))
    return engine.rows(keys.candidates())


def batch_posteriors(
    engine: BatchEngine,
    queries: Rows,
    records: Rows,
    channel: Channel,
    edits: int,
    confusions: bool,
    levels: pa.Table | None = None,
    registry_size: float | None = None,
) -> pa.Table:
    """Give rows of query_id, gun, probability, log_odds (against none of these) and none.

    Beside the columns of `batch_candidates`, `queries` has log_background (finite) and in_registry;
    `levels`, shaped as `inputs.LEVELS`, weighs those of FIELDS that both sides have as columns.
    `registry_size` counts guns, by default those of `records`. A question without candidates has
    one row, whose gun is null; where nothing at all can explain it, its figures are null too.
    Raises MistakeError for a question that stands there twice, ValueError for impossible figures.
    """
    statement_ = _weighed(
        engine, queries, records, channel, edits, confusions, levels, registry_size
    )
    return engine.rows(statement_)


def write_posteriors(
    engine: BatchEngine,
    queries: Rows,
    records: Rows,
    channel: Channel,
    edits: int,
    confusions: bool,
    folder: Path,
    levels: pa.Table | None = None,
    registry_size: float | None = None,
) -> None:
    """Write what `batch_posteriors` gives into a new folder as Parquet, never all in memory."""
    statement_ = _weighed(
        engine, queries, records, channel, edits, confusions, levels, registry_size
    )
    engine.write(statement_, folder)


def _weighed(
    engine: BatchEngine,
    queries: Rows,
    records: Rows,
    channel: Channel,
    edits: int,
    confusions: bool,
    levels: pa.Table | None,
    registry_size: float | None,
) -> str:
    """Keep all that the posterior needs, and give its SELECT."""
    wanted = ("query_id", "serial", "log_background", "in_registry")
    fields: list[str] = []
    if levels is not None:
        held = set(inputs.columns(queries)) & set(inputs.columns(records))
        fields = [field for field in FIELDS if field in held]
        inputs.load_levels(engine, levels)
    _search(engine, queries, records, edits, confusions, wanted)
    if registry_size is None:
        engine.keep("registry", "SELECT CAST(count(DISTINCT gun) AS DOUBLE) AS guns FROM records")
    elif not registry_size >= 1.0:
        raise ValueError(f"a registry of {registry_size} guns holds no candidate")
    else:
        engine.load("registry", pa.table({"guns": [float(registry_size)]}))
    engine.function(LOG_LIKELIHOOD, PairLikelihood(channel))
    engine.keep("likelihoods", statement(*posterior.likelihoods()))
    return statement(*posterior.posterior(fields))


def _search(
    engine: BatchEngine,
    queries: Rows,
    records: Rows,
    edits: int,
    confusions: bool,
    wanted: Sequence[str],
) -> None:
    """Keep `asked`, `filed` and `near_keys` on the engine."""
    if not 0 <= edits <= MOST_EDITS:
        raise ValueError(f"{edits} edits: the batch form searches 0 to {MOST_EDITS}")
    inputs.load(engine, "queries", queries, wanted)
    inputs.load(engine, "records", records, ("gun", "serial"))
    if "log_background" in wanted:
        inputs.check_queries(engine)
    engine.keep("asked", keys.asked(confusions, edits))
    engine.keep("filed", keys.filed(confusions))
    for side in ("asked", "filed"):
        engine.keep(f"{side}_keys", keys.distinct(side))
    steps, last = deletions.meetings(edits)
    engine.keep("pairs", statement(steps, last))
    engine.keep("near_keys", statement(*walk.walk(edits)))
