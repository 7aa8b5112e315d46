"""Which keys meet: both sides lose up to k characters, and what is left is compared for equality.

An edit, or a swap of neighbours, is undone by leaving out at most one character on either side, so
two keys within k of each other share what is left of them (the deletion neighbourhood: Bocek, Hunt
& Stiller 2007; Mor & Fraenkel 1982). Some that meet are farther apart: `walk` tells.

An unreadable character stands for any one character: a key with one or two of them is spelled out
with every character that any key holds. Keys with more, and very long ones, are compared with
all keys of about their length (`scanned`), which costs less.
"""

# ruff: noqa: S608 - statements are made of names and constants; all values are rows of tables

from __future__ import annotations

from ironriver.engines import Cte
from ironriver.firearms.search.keys import WILDCARD

SPELLED_OUT = 2
"""A key with more unreadable characters than this is not spelled out."""
SHORTENED = 32
"""Nor is a longer key shortened: what may be left of it grows with its length to the power of k."""


def _is_shortened(key: str) -> str:
    unread = f"length({key}) - length(replace({key}, '{WILDCARD}', ''))"
    return f"({unread} <= {SPELLED_OUT} AND length({key}) <= {SHORTENED})"


def letters() -> Cte:
    """Give every readable character of the keys, and at least one, [letter]."""
    return Cte(
        "letters",
        f"""SELECT '0' AS letter UNION SELECT substr(key, place, 1) AS letter FROM (
    SELECT key, unnest(generate_series(1, length(key))) AS place FROM (
        SELECT key FROM asked_keys UNION SELECT key FROM filed_keys
    ) AS both_sides WHERE length(key) > 0
) AS places WHERE substr(key, place, 1) <> '{WILDCARD}'""",
    )


def spelled(side: str) -> list[Cte]:
    """Spell out what is unreadable, one character a step: [key, rest, before], no `?` in rest.

    Characters are left out only `before` a place.
    """
    steps = [
        Cte(
            f"spelled_{side}_0",
            f"SELECT key, key AS rest FROM {side}_keys WHERE {_is_shortened('key')}",
        )
    ]
    hole = f"strpos(rest, '{WILDCARD}')"
    for step in range(1, SPELLED_OUT + 1):
        sql = f"""SELECT key,
    substr(rest, 1, {hole} - 1) || letter || substr(rest, {hole} + 1) AS rest
FROM spelled_{side}_{step - 1} CROSS JOIN letters WHERE {hole} > 0"""
        steps.append(Cte(f"spelled_{side}_{step}", sql))
    whole = "\nUNION ALL\n".join(
        f"SELECT key, rest, length(rest) + 1 AS before FROM {step.name} WHERE {hole} = 0"
        for step in steps
    )
    return [*steps, Cte(f"shortened_{side}_0", whole)]


def shortened(side: str, step: int) -> Cte:
    """Leave one more character out, each result once: [key, rest, before].

    Places are taken from right to left, and of a run of equal characters only the last. So the
    characters that stay are always the leftmost that spell what is left, of which there is one set.
    """
    return Cte(
        f"shortened_{side}_{step}",
        f"""SELECT key, substr(rest, 1, place - 1) || substr(rest, place + 1) AS rest,
    place AS before
FROM (
    SELECT key, rest, unnest(generate_series(1, before - 1)) AS place
    FROM shortened_{side}_{step - 1} WHERE before > 1
) AS places WHERE substr(rest, place, 1) <> substr(rest, place + 1, 1)""",
    )


def remains(side: str, edits: int) -> Cte:
    """Give all that may be left of each key, [key, rest]."""
    return Cte(
        f"remains_{side}",
        "\nUNION ALL\n".join(
            f"SELECT key, rest FROM shortened_{side}_{step}" for step in range(edits + 1)
        ),
    )


def met(edits: int) -> Cte:
    """Give the pairs of keys that share what is left, [asked, filed]."""
    return Cte(
        "met",
        f"""SELECT DISTINCT remains_asked.key AS asked, remains_filed.key AS filed
FROM remains_asked JOIN remains_filed ON remains_asked.rest = remains_filed.rest
WHERE abs(length(remains_asked.key) - length(remains_filed.key)) <= {edits}""",
    )


def scanned(edits: int) -> Cte:
    """Give the pairs of which one side is not spelled out, where lengths allow, [asked, filed]."""
    sizes = f"generate_series(length(key) - {edits}, length(key) + {edits})"

    def around(side: str) -> str:
        return f"""(
    SELECT key, unnest({sizes}) AS size
    FROM {side}_keys WHERE NOT {_is_shortened("key")}
)"""

    return Cte(
        "scanned",
        f"""SELECT blurred.key AS asked, filed_keys.key AS filed
FROM {around("asked")} AS blurred JOIN filed_keys ON length(filed_keys.key) = blurred.size
UNION ALL
SELECT asked_keys.key AS asked, blurred.key AS filed
FROM {around("filed")} AS blurred JOIN asked_keys ON length(asked_keys.key) = blurred.size
WHERE {_is_shortened("asked_keys.key")}""",
    )


def meetings(edits: int) -> tuple[list[Cte], str]:
    """Give the steps from `asked_keys` and `filed_keys`, and the SELECT of pairs, [asked, filed].

    Every pair within `edits` is among them, beside others.
    """
    steps = [letters()]
    for side in ("asked", "filed"):
        steps += spelled(side)
        steps += [shortened(side, step) for step in range(1, edits + 1)]
        steps.append(remains(side, edits))
    steps += [met(edits), scanned(edits)]
    return steps, "SELECT asked, filed FROM met UNION ALL SELECT asked, filed FROM scanned"
