"""Many questions at once, wholly on an engine: who is near, and the posterior of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from ironriver.engines import BatchEngine, statement
from ironriver.firearms.channel import Channel
from ironriver.firearms.search.patterns import MOST_ENDS
from ironriver.firearms.sql import evidence, inputs, keys, near, posterior
from ironriver.firearms.sql.inputs import Levels, Rows
from ironriver.firearms.sql.likelihood import LOG_LIKELIHOOD, PairLikelihood

MOST_EDITS = 3
"""The SQL form works for any number; what it costs grows with the power of it."""


def batch_candidates(
    engine: BatchEngine,
    queries: Rows,
    records: Rows,
    edits: int,
    confusions: bool,
    ends: int = 0,
) -> pa.Table:
    """Give the guns near each question as rows of query_id, gun and edits (of the keys).

    `queries` has query_id and serial, `records` gun and serial, in the form that
    `search.keys.plain` gives; other columns do no harm. Near is an OSA distance of at most `edits`
    between skeletons, or without `confusions` between the serials themselves; `?` is any one
    character. With `ends` also guns of which one side lacks only up to so many characters at one
    end; their edits are null. A question too vague to search (see `search.patterns`) has no
    candidates. Raises ValueError for columns that are missing.
    """
    _search(engine, queries, records, edits, confusions, ends, ("query_id", "serial"))
    return engine.rows(keys.candidates())


def batch_posteriors(
    engine: BatchEngine,
    queries: Rows,
    records: Rows,
    channel: Channel,
    edits: int,
    confusions: bool,
    levels: Levels | None = None,
    registry_size: float | None = None,
    *,
    ends: int = 0,
    days: pa.Table | None = None,
) -> pa.Table:
    """Give rows of query_id, gun, probability, log_odds (against none of these) and none.

    Beside the columns of `batch_candidates`, `queries` has log_background (finite) and in_registry,
    and may have log_beyond (finite; see `firearms.posterior`); `levels` weighs those of
    `evidence.FIELDS` that both sides have as columns of text. `days`, shaped as `inputs.DAYS`,
    weighs the question's `recovered` against `role` and `day` of the records, both days counted
    from one day. If the records are numbered in `entry`, that of the record that speaks for the gun
    is a column of the answer. `registry_size` counts guns, by default those of `records`. A
    question without candidates has one row, whose gun is null; where nothing at all can explain it,
    its figures are null too. Raises MistakeError for a question that stands there twice, ValueError
    for impossible figures.
    """
    entry = _keep_joint(
        engine, queries, records, channel, edits, confusions, levels, registry_size, ends, days
    )
    return engine.rows(statement(*posterior.posterior(entry=entry)))


def write_posteriors(
    engine: BatchEngine,
    queries: Rows,
    records: Rows,
    channel: Channel,
    edits: int,
    confusions: bool,
    folder: Path,
    levels: Levels | None = None,
    registry_size: float | None = None,
    *,
    ends: int = 0,
    days: pa.Table | None = None,
) -> None:
    """Write what `batch_posteriors` gives into a new folder as Parquet, never all in memory."""
    entry = _keep_joint(
        engine, queries, records, channel, edits, confusions, levels, registry_size, ends, days
    )
    engine.write(statement(*posterior.posterior(entry=entry)), folder)


def likeliest_answers(
    engine: BatchEngine,
    queries: Rows,
    records: Rows,
    channel: Channel,
    edits: int,
    confusions: bool,
    levels: Levels | None = None,
    registry_size: float | None = None,
    *,
    ends: int = 0,
    days: pa.Table | None = None,
    most: int,
    least: float,
) -> pa.Table:
    """Give what `batch_posteriors` gives, but of each question only the `most` likeliest guns.

    None has a chance below `least` but the first; of guns as likely as each other the first count.
    """
    entry = _keep_joint(
        engine, queries, records, channel, edits, confusions, levels, registry_size, ends, days
    )
    return engine.rows(statement(*posterior.likeliest(most, least, entry=entry)))


def _keep_joint(
    engine: BatchEngine,
    queries: Rows,
    records: Rows,
    channel: Channel,
    edits: int,
    confusions: bool,
    levels: Levels | None,
    registry_size: float | None,
    ends: int,
    days: pa.Table | None,
) -> bool:
    """Keep all that `posterior.posterior` reads, and tell whether the records are numbered."""
    wanted = ("query_id", "serial", "log_background", "in_registry")
    _search(engine, queries, records, edits, confusions, ends, wanted)
    beyond = "log_beyond" if "log_beyond" in inputs.columns(queries) else "log_background"
    engine.keep("beyond", f"SELECT query_id, {beyond} AS log_beyond FROM queries")  # noqa: S608
    if registry_size is None:
        engine.keep("registry", "SELECT CAST(count(DISTINCT gun) AS DOUBLE) AS guns FROM records")
    elif not registry_size >= 1.0:
        raise ValueError(f"a registry of {registry_size} guns holds no candidate")
    else:
        engine.load("registry", pa.table({"guns": [float(registry_size)]}))
    fields = _evidence(engine, queries, records, levels, days)
    engine.function(LOG_LIKELIHOOD, PairLikelihood(channel))
    engine.keep("likelihoods", statement(*posterior.likelihoods()))
    engine.keep("joint", statement(*posterior.joint(fields)))
    return "entry" in inputs.columns(records)


def _evidence(
    engine: BatchEngine,
    queries: Rows,
    records: Rows,
    levels: Levels | None,
    days: pa.Table | None,
) -> list[str]:
    """Load what other fields say, and name those that are weighed."""
    fields: list[str] = []
    if levels is not None:
        held = set(inputs.columns(queries)) & set(inputs.columns(records))
        fields = [field for field in evidence.FIELDS if field in held]
    if levels is not None and fields:
        if not isinstance(levels, pa.Table):
            levels = levels(engine.rows(evidence.occurring(fields)))
        inputs.load_levels(engine, levels)
    if days is not None:
        engine.load("days", days.select(inputs.DAYS.names).cast(inputs.DAYS))
        fields.append(evidence.RECOVERED)
    return fields


def _search(
    engine: BatchEngine,
    queries: Rows,
    records: Rows,
    edits: int,
    confusions: bool,
    ends: int,
    wanted: Sequence[str],
) -> None:
    """Keep `asked`, `filed` and `near_keys` on the engine."""
    if not 0 <= edits <= MOST_EDITS:
        raise ValueError(f"{edits} edits: the batch form searches 0 to {MOST_EDITS}")
    if not 0 <= ends <= MOST_ENDS:
        raise ValueError(f"{ends} characters at an end: the batch form searches 0 to {MOST_ENDS}")
    inputs.load(engine, "queries", queries, wanted)
    inputs.load(engine, "records", records, ("gun", "serial"))
    if "log_background" in wanted:
        inputs.check_queries(engine)
    engine.keep("asked", keys.asked(confusions, edits))
    engine.keep("filed", keys.filed(confusions, entry="entry" in inputs.columns(records)))
    for side in ("asked", "filed"):
        engine.keep(f"{side}_keys", keys.distinct(side))
    near.keep_near_keys(engine, edits, ends)
