"""Which keys are near each other: the steps of the search, kept on an engine one after the other.

From tables `asked_keys` and `filed_keys`, [key], comes `near_keys`, [asked, filed, edits], each
pair once. What several steps read is kept by itself: Spark would work it out anew for each. What
is left of the questions is kept too, so that an engine knows how little it is, and brings it to
the records instead of both to each other.
"""

from __future__ import annotations

from ironriver.engines import BatchEngine, statement
from ironriver.firearms.sql import deletions, ends, walk
from ironriver.firearms.sql.deletions import Side


def keep_near_keys(engine: BatchEngine, edits: int, missing: int = 0) -> None:
    """Keep the pairs within so many edits, or of which one lacks up to `missing` at one end.

    For pairs that differ in an end only, `edits` is null.
    """
    engine.keep("letters", deletions.letters())
    _keep_remains(engine, deletions.ASKED, edits)
    engine.keep("pairs", statement(*deletions.meetings(edits)))
    if not missing:
        engine.keep("near_keys", statement(*walk.walk(edits)))
        return
    for step in ends.keys(missing):
        engine.keep(step.name, step.sql)
    for side in (ends.CUT_ASKED, ends.WHOLE_ASKED):
        _keep_remains(engine, side, 0)
    engine.keep("end_pairs", statement(*ends.met()))
    engine.keep("near_ends", statement(*walk.walk(0, "end_pairs")))
    steps, last = walk.walk(edits)
    every = f"{last}\nUNION ALL\n{ends.near()}"
    engine.keep(
        "near_keys",
        statement(
            steps,
            f"SELECT asked, filed, min(edits) AS edits FROM (\n{every}\n) AS every_pair\n"  # noqa: S608
            "GROUP BY asked, filed",
        ),
    )


def _keep_remains(engine: BatchEngine, side: Side, edits: int) -> None:
    engine.keep(f"remains_{side.name}", statement(*deletions.remains(side, edits)))
