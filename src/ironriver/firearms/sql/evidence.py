"""What the other fields say, from tables of levels: (field, asked, filed, log_ratio)."""

from __future__ import annotations

from collections.abc import Sequence


def said(fields: Sequence[str]) -> str:
    """Add up log likelihood ratios as an expression; what no table names says nothing (0).

    >>> said([]), said(["make"])
    ('0.0', 'coalesce(level_make.log_ratio, 0.0)')
    """
    return " + ".join(f"coalesce(level_{field}.log_ratio, 0.0)" for field in fields) or "0.0"


def joins(fields: Sequence[str]) -> str:
    """Join the level of each field to a question `asked` and a record `filed`."""
    return "\n".join(
        f"LEFT JOIN levels AS level_{field} ON level_{field}.field = '{field}'"
        f" AND level_{field}.asked = asked.{field} AND level_{field}.filed = filed.{field}"
        for field in fields
    )
