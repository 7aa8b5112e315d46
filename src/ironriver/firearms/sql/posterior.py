"""The posterior of `ironriver.firearms.posterior` in SQL: the same formula, row by row.

    P(r | q) = pi w L(q|r) F_r / [sum over candidates of the same + (1 - pi n w) P0(q)]

with even weights w = 1 / registry size for n candidates. A gun with several records is as likely
as its likeliest record makes it. ln(0) is an error on DuckDB and NULL on Spark, so that what cannot
be is written as minus infinity by hand.
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


def joint(fields: Sequence[str]) -> Cte:
    """Give log [pi w L F] of each gun near a question, [query_id, gun, joint]."""
    prior = log("asked.in_registry / registry.guns")
    return Cte(
        "joint",
        f"""SELECT asked.query_id, filed.gun,
    max({prior} + likelihoods.log_likelihood + {said(fields)}) AS joint
FROM near_keys
JOIN asked ON asked.key = near_keys.asked
JOIN filed ON filed.key = near_keys.filed
JOIN likelihoods ON likelihoods.asked = asked.serial AND likelihoods.filed = filed.serial
CROSS JOIN registry
{joins(fields)}
GROUP BY asked.query_id, filed.gun""",
    )


def nothing() -> Cte:
    """Give log [(1 - pi n w) P0] of each question, and its likeliest gun: [query_id, …, top]."""
    rest = "(1.0 - queries.in_registry * coalesce(counted.guns, 0) / registry.guns)"
    return Cte(
        "nothing",
        f"""SELECT queries.query_id, counted.top,
    {log(rest)} + queries.log_background AS nothing
FROM queries CROSS JOIN registry LEFT JOIN (
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


def posterior(fields: Sequence[str]) -> tuple[list[Cte], str]:
    """Give the steps, and the SELECT of [query_id, gun, probability, log_odds, none].

    `log_odds` is against none of these; a question without candidates has one row without a gun.
    """
    last = f"""SELECT total.query_id, joint.gun,
    {share("joint.joint")} AS probability,
    CASE WHEN joint.joint > {NEVER} THEN joint.joint - total.nothing
        WHEN joint.joint = {NEVER} THEN {NEVER} END AS log_odds,
    {share("total.nothing")} AS none
FROM total LEFT JOIN joint ON joint.query_id = total.query_id"""
    return [joint(fields), nothing(), total()], last
