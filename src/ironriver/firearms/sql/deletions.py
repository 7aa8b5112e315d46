"""Which keys meet: both sides lose up to k characters, and what is left is compared for equality.

An edit, or a swap of neighbours, is undone by leaving out at most one character on either side, so
two keys within k of each other share what is left of them (the deletion neighbourhood: Bocek, Hunt
& Stiller 2007; Mor & Fraenkel 1982). Some that meet are farther apart: `walk` tells.

An unreadable character stands for any one character: a key with few of them is spelled out with
every character that any key holds. Keys with more, and very long ones, are compared with all keys
of about their length (`scanned`), which costs less.
"""

# ruff: noqa: S608 - statements are made of names and constants; all values are rows of tables

from __future__ import annotations

from dataclasses import dataclass

from ironriver.engines import Cte
from ironriver.firearms.search.keys import WILDCARD

SHORTENED = 32
"""A longer key is not shortened: what may be left of it grows with its length to the power of k."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a search, whose keys stand in a table `<name>_keys`, [key]."""

    name: str
    spelled_out: int = 2
    """A key with more unreadable characters than this is not spelled out."""

    def shortens(self, key: str) -> str:
        """Say as an expression whether a key of this side is spelled out and shortened."""
        unread = f"length({key}) - length(replace({key}, '{WILDCARD}', ''))"
        return f"({unread} <= {self.spelled_out} AND length({key}) <= {SHORTENED})"


ASKED = Side("asked")
FILED = Side("filed", spelled_out=1)
"""Two marks spelled out and shortened are some 60,000 rows: fewer than records, not questions."""


def letters() -> str:
    """Give every readable character of the keys, and at least one, [letter]."""
    return f"""SELECT '0' AS letter UNION SELECT substr(key, place, 1) AS letter FROM (
    SELECT key, unnest(generate_series(1, length(key))) AS place FROM (
        SELECT key FROM asked_keys UNION SELECT key FROM filed_keys
    ) AS both_sides WHERE length(key) > 0
) AS places WHERE substr(key, place, 1) <> '{WILDCARD}'"""


def spelled(side: Side) -> list[Cte]:
    """Spell out what is unreadable, one character a step: [key, rest, before], no `?` in rest.

    Characters are left out only `before` a place.
    """
    name = side.name
    steps = [
        Cte(
            f"spelled_{name}_0",
            f"SELECT key, key AS rest FROM {name}_keys WHERE {side.shortens('key')}",
        )
    ]
    hole = f"strpos(rest, '{WILDCARD}')"
    for step in range(1, side.spelled_out + 1):
        sql = f"""SELECT key,
    substr(rest, 1, {hole} - 1) || letter || substr(rest, {hole} + 1) AS rest
FROM spelled_{name}_{step - 1} CROSS JOIN letters WHERE {hole} > 0"""
        steps.append(Cte(f"spelled_{name}_{step}", sql))
    whole = "\nUNION ALL\n".join(
        f"SELECT key, rest, length(rest) + 1 AS before FROM {step.name} WHERE {hole} = 0"
        for step in steps
    )
    return [*steps, Cte(f"shortened_{name}_0", whole)]


def shortened(side: Side, step: int) -> Cte:
    """Leave one more character out, each result once: [key, rest, before].

    Places are taken from right to left, and of a run of equal characters only the last. So the
    characters that stay are always the leftmost that spell what is left, of which there is one set.
    """
    return Cte(
        f"shortened_{side.name}_{step}",
        f"""SELECT key, substr(rest, 1, place - 1) || substr(rest, place + 1) AS rest,
    place AS before
FROM (
    SELECT key, rest, unnest(generate_series(1, before - 1)) AS place
    FROM shortened_{side.name}_{step - 1} WHERE before > 1
) AS places WHERE substr(rest, place, 1) <> substr(rest, place + 1, 1)""",
    )


def remains(side: Side, edits: int) -> tuple[list[Cte], str]:
    """Give the steps, and the SELECT of all that may be left of each key, [key, rest]."""
    last = "\nUNION ALL\n".join(
        f"SELECT key, rest FROM shortened_{side.name}_{step}" for step in range(edits + 1)
    )
    return [*spelled(side), *(shortened(side, step) for step in range(1, edits + 1))], last


def met(asked: Side, filed: Side, edits: int) -> Cte:
    """Give the pairs of keys that share what is left, [asked, filed]."""
    left, right = f"remains_{asked.name}", f"remains_{filed.name}"
    return Cte(
        f"met_{asked.name}_{filed.name}",
        f"""SELECT DISTINCT {left}.key AS asked, {right}.key AS filed
FROM {left} JOIN {right} ON {left}.rest = {right}.rest
WHERE abs(length({left}.key) - length({right}.key)) <= {edits}""",
    )


def scanned(asked: Side, filed: Side, edits: int) -> Cte:
    """Give the pairs of which one side is not spelled out, where lengths allow, [asked, filed]."""
    sizes = f"generate_series(length(key) - {edits}, length(key) + {edits})"
    left, right = f"{asked.name}_keys", f"{filed.name}_keys"

    def around(side: Side) -> str:
        return f"""(
    SELECT key, unnest({sizes}) AS size
    FROM {side.name}_keys WHERE NOT {side.shortens("key")}
)"""

    return Cte(
        f"scanned_{asked.name}_{filed.name}",
        f"""SELECT blurred.key AS asked, {right}.key AS filed
FROM {around(asked)} AS blurred JOIN {right} ON length({right}.key) = blurred.size
UNION ALL
SELECT {left}.key AS asked, blurred.key AS filed
FROM {around(filed)} AS blurred JOIN {left} ON length({left}.key) = blurred.size
WHERE {asked.shortens(f"{left}.key")}""",
    )


def meetings(edits: int, asked: Side = ASKED, filed: Side = FILED) -> tuple[list[Cte], str]:
    """Give the steps from keys, `letters` and `remains_<asked>`, and the SELECT of pairs.

    Every pair within `edits` is among the rows of [asked, filed], beside others.
    """
    steps, last = remains(filed, edits)
    steps += [Cte(f"remains_{filed.name}", last)]
    pairs = [met(asked, filed, edits), scanned(asked, filed, edits)]
    last = "\nUNION ALL\n".join(f"SELECT asked, filed FROM {step.name}" for step in pairs)
    return [*steps, *pairs], last
