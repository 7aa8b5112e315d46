"""What the other fields say: tables of log likelihood ratios, joined to a question and a record.

A field's table says what each value asked and each value filed say together, (field, asked, filed,
log_ratio); the whole description may be one such field. The day of recovery has a table of ranges
of days for each role of a record.
"""

# ruff: noqa: S608 - statements are made of names and constants; all values are rows of tables

from __future__ import annotations

from collections.abc import Sequence

FIELDS = ("make", "importer", "model", "calibre", "type", "description")
RECOVERED = "recovered"


def said(fields: Sequence[str]) -> str:
    """Add up log likelihood ratios as an expression; what no table names says nothing (0).

    >>> said([]), said(["make"])
    ('0.0', 'coalesce(level_make.log_ratio, 0.0)')
    """
    return " + ".join(f"coalesce(level_{field}.log_ratio, 0.0)" for field in fields) or "0.0"


def joins(fields: Sequence[str]) -> str:
    """Join the level of each field to a question `asked` and a record `filed`."""
    return "\n".join(_by_days() if field == RECOVERED else _by_value(field) for field in fields)


def occurring(fields: Sequence[str]) -> str:
    """Give the values of fields that meet in any candidate, [field, asked, filed], each once."""
    return "\nUNION ALL\n".join(
        f"""SELECT DISTINCT '{field}' AS field, asked.{field} AS asked, filed.{field} AS filed
FROM near_keys
JOIN asked ON asked.key = near_keys.asked
JOIN filed ON filed.key = near_keys.filed
WHERE asked.{field} IS NOT NULL AND filed.{field} IS NOT NULL"""
        for field in fields
    )


def _by_value(field: str) -> str:
    return (
        f"LEFT JOIN levels AS level_{field} ON level_{field}.field = '{field}'"
        f" AND level_{field}.asked = asked.{field} AND level_{field}.filed = filed.{field}"
    )


def _by_days() -> str:
    """Join the range in which the days from a record to a recovery lie; `sign` 0 is either way."""
    level, apart = f"level_{RECOVERED}", f"(asked.{RECOVERED} - filed.day)"
    days = f"CASE WHEN {level}.sign = 0 THEN abs({apart}) ELSE {level}.sign * {apart} END"
    return (
        f"LEFT JOIN days AS {level} ON {level}.role = filed.role"
        f" AND {days} >= {level}.since AND {days} < {level}.before"
    )
