"""The posterior of `ironriver.firearms.posterior` in SQL: the same formula, row by row.

    P(r | q) = pi w L(q|r) F_r / [sum over candidates of the same + (1 - pi) P0(q) + pi (1 - n w) B]

with even weights w = 1 / registry size for n candidates. A gun with several records is as likely
as its likeliest record makes it, and of equals the first speaks for it (`entry`). ln(0) is an error
on DuckDB and NULL on Spark, so that what cannot be is written as minus infinity by hand.
"""

# ruff: noqa: S608 - statements are made of names and constants; all values are rows of tables

from __future__ import annotations

from collections.abc import Sequence

from ironriver.engines import Cte
from ironriver.firearms.sql.evidence import joins, said
from ironriver.firearms.sql.keys import serial_pairs
from ironriver.firearms.sql.likelihood import LOG_LIKELIHOOD

NEVER = "CAST('-Infinity' AS DOUBLE)"


def log(chance: str) -> str:
    """Give the logarithm of a chance, minus infinity at 0."""
    return f"CASE WHEN {chance} > 0 THEN ln({chance}) ELSE {NEVER} END"


def share(log_chance: str) -> str:
    """Give the share of a chance in the total, at most 1; `least` would make 1 of what is NULL."""
    return (
        f"CASE WHEN {log_chance} >= total.total THEN 1.0 ELSE exp({log_chance} - total.total) END"
    )


def likelihoods() -> tuple[list[Cte], str]:
    """Give log P(observed | true) for each pair of serials, [asked, filed, log_likelihood]."""
    call = f"{LOG_LIKELIHOOD}(asked, filed)"
    return [serial_pairs()], f"SELECT asked, filed, {call} AS log_likelihood FROM serial_pairs"


def weighed(fields: Sequence[str]) -> Cte:
    """Give log [pi w L F] of each record near a question, [query_id, gun, entry, joint]."""
    prior = log("asked.in_registry / registry.guns")
    return Cte(
        "weighed",
        f"""SELECT asked.query_id, filed.gun, filed.entry,
    likelihoods.log_likelihood + ({said(fields)}) + {prior} AS joint
FROM near_keys
JOIN asked ON asked.key = near_keys.asked
JOIN filed ON filed.key = near_keys.filed
JOIN likelihoods ON likelihoods.asked = asked.serial AND likelihoods.filed = filed.serial
CROSS JOIN registry
{joins(fields)}""",
    )


def joint(fields: Sequence[str]) -> tuple[list[Cte], str]:
    """Keep of each gun the record that fits best, [query_id, gun, entry, joint]."""
    return (
        [weighed(fields)],
        """SELECT query_id, gun, -best.entry AS entry, best.joint AS joint
FROM (
    SELECT query_id, gun, max({'joint': joint, 'entry': -entry}) AS best
    FROM weighed GROUP BY query_id, gun
) AS every_gun""",
    )


def nothing() -> Cte:
    """Give log [(1 - pi) P0 + pi (1 - n w) B] of each question, and its likeliest gun.

    B stands in `beyond`; where it is P0 itself, this is log [(1 - pi n w) P0]. [query_id, …, top]
    """
    held = "queries.in_registry * (1.0 - coalesce(counted.guns, 0) / registry.guns)"
    most = "greatest(queries.log_background, beyond.log_beyond)"
    chance = f"""(1.0 - queries.in_registry) * exp(queries.log_background - {most})
        + {held} * exp(beyond.log_beyond - {most})"""
    return Cte(
        "nothing",
        f"""SELECT queries.query_id, counted.top, {most} + {log(f"({chance})")} AS nothing
FROM queries JOIN beyond ON beyond.query_id = queries.query_id CROSS JOIN registry LEFT JOIN (
    SELECT query_id, count(*) AS guns, max(joint) AS top FROM joint GROUP BY query_id
) AS counted ON counted.query_id = queries.query_id""",
    )


def total() -> Cte:
    """Give the log of the sum over all hypotheses, [query_id, nothing, total]; NULL if it is 0."""
    most = "greatest(coalesce(nothing.top, nothing.nothing), nothing.nothing)"
    return Cte(
        "total",
        f"""SELECT query_id, nothing, CASE WHEN most > {NEVER} THEN
    most + ln(exp(nothing - most) + coalesce(sum(exp(joint - most)), 0.0)) END AS total
FROM (
    SELECT nothing.query_id, nothing.nothing, joint.joint, {most} AS most
    FROM nothing LEFT JOIN joint ON joint.query_id = nothing.query_id
) AS weighed GROUP BY query_id, nothing, most""",
    )


def posterior(*, entry: bool = False) -> tuple[list[Cte], str]:
    """Give the steps from `joint`, and the SELECT of [query_id, gun, probability, log_odds, none].

    `log_odds` is against none of these; a question without candidates has one row without a gun.
    With `entry` also which record of the gun speaks for it, in a column of that name.
    """
    more = "\n    joint.entry," if entry else ""
    last = f"""SELECT total.query_id, joint.gun,{more}
    {share("joint.joint")} AS probability,
    CASE WHEN joint.joint > {NEVER} THEN joint.joint - total.nothing
        WHEN joint.joint = {NEVER} THEN {NEVER} END AS log_odds,
    {share("total.nothing")} AS none
FROM total LEFT JOIN joint ON joint.query_id = total.query_id"""
    return [nothing(), total()], last


def likeliest(most: int, least: float, *, entry: bool = False) -> tuple[list[Cte], str]:
    """Give the steps from `joint`, and the SELECT of what `posterior` gives of the likeliest guns.

    Of each question at most so many rows, likeliest first and then by gun, and none of a chance
    below `least` but the first.
    """
    steps, last = posterior(entry=entry)
    ranked = """SELECT *, row_number() OVER (
    PARTITION BY query_id ORDER BY probability DESC, gun
) AS place FROM answers"""
    steps += [Cte("answers", last), Cte("ranked", ranked)]
    return (
        steps,
        f"SELECT * FROM ranked WHERE place <= {most} AND (place = 1 OR probability >= {least!r})",
    )
