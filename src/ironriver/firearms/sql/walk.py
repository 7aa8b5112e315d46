"""Which pairs of keys are near: the optimal string alignment (OSA) distance, exactly, up to k.

What two keys share at the beginning can be passed over at no loss. Where they then differ, an
alignment must begin with one of four edits: a character read wrongly, one too many, one too few,
or two swapped. Each is tried, what is shared next is passed over, and so on: the pair is near if
both are used up within k edits. Since a swapped pair is left behind whole, no part is edited twice
(OSA: Boytsov 2011, "Indexing methods for approximate dictionary searching").

What cannot come to an end is left as soon as it is seen: with r edits left and u unreadable
characters, the engine's own edit distance is 2 r + u at most, as a swap counts twice there, and an
unreadable character once.
"""

# ruff: noqa: S608 - statements are made of names and constants; all values are rows of tables

from __future__ import annotations

from ironriver.engines import Cte
from ironriver.firearms.search.keys import WILDCARD

WRONG, MORE, LESS, SWAPPED = 1, 2, 3, 4


def same(left: str, right: str) -> str:
    """Say that two characters may be the same: equal, or one of them unreadable."""
    return f"({left} = {right} OR {left} = '{WILDCARD}' OR {right} = '{WILDCARD}')"


def first_difference(left: str, right: str) -> str:
    """Give the first place, from 1, where two texts differ; after the shorter one's end if none."""
    shorter = f"least(length({left}), length({right}))"
    agree = same(f"substr({left}, place, 1)", f"substr({right}, place, 1)")
    # Spark counts from 1 down to 0, and finds nothing at 0 where DuckDB finds it at NULL.
    places = f"generate_series(1, greatest({shorter}, 1))"
    found = f"array_position(list_transform({places}, lambda place: {agree}), false)"
    return f"coalesce(nullif({found}, 0), {shorter} + 1)"


def passed(name: str, source: str) -> Cte:
    """Pass over what both share at the beginning: [asked, filed, x, y, edits]."""
    return Cte(
        name,
        f"""SELECT asked, filed, substr(x, place) AS x, substr(y, place) AS y, edits FROM (
    SELECT asked, filed, x, y, edits, {first_difference("x", "y")} AS place FROM {source}
) AS compared""",
    )


def started(pairs: str) -> Cte:
    """Give each pair with all of both keys before it."""
    return Cte(
        "started",
        f"SELECT asked, filed, asked AS x, filed AS y, 0 AS edits FROM {pairs}",
    )


def hopeful(left: int) -> str:
    """Say whether x and y may still be made the same by so many edits; never no when they can."""
    unread = f"(length(x || y) - length(replace(x || y, '{WILDCARD}', '')))"
    return f"levenshtein(x, y) <= {2 * left} + {unread}"


def tried(step: int, edits: int) -> Cte:
    """Try every edit where the two differ; a pair that is used up goes on as it is."""
    x_from = f"CASE WHEN edit IN (0, {LESS}) THEN 1 WHEN edit = {SWAPPED} THEN 3 ELSE 2 END"
    y_from = f"CASE WHEN edit IN (0, {MORE}) THEN 1 WHEN edit = {SWAPPED} THEN 3 ELSE 2 END"
    swapped = (
        f"length(x) >= 2 AND length(y) >= 2"
        f" AND {same('substr(x, 1, 1)', 'substr(y, 2, 1)')}"
        f" AND {same('substr(x, 2, 1)', 'substr(y, 1, 1)')}"
    )
    return Cte(
        f"tried_{step}",
        f"""SELECT asked, filed, x, y, edits FROM (
    SELECT asked, filed, edits + CASE WHEN edit = 0 THEN 0 ELSE 1 END AS edits, edit,
        substr(x, {x_from}) AS x, substr(y, {y_from}) AS y
    FROM (
        SELECT asked, filed, x, y, edits, unnest(
            CASE WHEN x = '' AND y = '' THEN [0]
            ELSE [{WRONG}, {MORE}, {LESS}, {SWAPPED}] END
        ) AS edit FROM walked_{step - 1}
    ) AS every_edit
    WHERE edit = 0 OR (edit = {WRONG} AND x <> '' AND y <> '') OR (edit = {MORE} AND x <> '')
        OR (edit = {LESS} AND y <> '') OR (edit = {SWAPPED} AND {swapped})
) AS after_edit WHERE abs(length(x) - length(y)) <= {edits - step} AND {hopeful(edits - step)}""",
    )


def near(edits: int) -> str:
    """Give the pairs of keys that are used up, with their distance: [asked, filed, edits]."""
    return f"""SELECT asked, filed, min(edits) AS edits FROM walked_{edits}
WHERE x = '' AND y = '' GROUP BY asked, filed"""


def walk(edits: int, pairs: str = "pairs") -> tuple[list[Cte], str]:
    """Give the steps from a table of pairs, and the SELECT of those within `edits`."""
    steps = [started(pairs), passed("walked_0", "started")]
    for step in range(1, edits + 1):
        steps += [tried(step, edits), passed(f"walked_{step}", f"tried_{step}")]
    return steps, near(edits)
