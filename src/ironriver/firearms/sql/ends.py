"""Who lacks only what is missing at one end: a serial cut off, on one side or the other.

The same as `search.patterns` does with queries that are stretched or cut: one key without up to so
many characters at one end is the other, no edits, unreadable characters being any. So each side is
cut, and what is left is searched for on the other side as it is.
"""

# ruff: noqa: S608 - statements are made of names and constants; all values are rows of tables

from __future__ import annotations

from ironriver.engines import Cte
from ironriver.firearms.search.keys import WILDCARD
from ironriver.firearms.search.patterns import REMAINING
from ironriver.firearms.sql.deletions import Side, meetings

CUT_ASKED, CUT_FILED = Side("cut_asked"), Side("cut_filed")
WHOLE_ASKED, WHOLE_FILED = Side("whole_asked"), Side("filed")


def readable(key: str) -> str:
    """Say as an expression whether enough of a question can be read to be compared without an end.

    >>> readable("key")
    "length(replace(key, '?', '')) >= 4"
    """
    return f"length(replace({key}, '{WILDCARD}', '')) >= {REMAINING}"


def cut(side: str, ends: int, enough: str) -> str:
    """Cut up to so many characters off either end of each key: [key, part], each part once."""
    parts = ", ".join(
        f"substr(key, {missing + 1}), substr(key, 1, greatest(length(key) - {missing}, 0))"
        for missing in range(1, ends + 1)
    )
    return f"""SELECT DISTINCT key, part FROM (
    SELECT key, unnest([{parts}]) AS part FROM {side}_keys
) AS parts WHERE {enough}"""


def keys(ends: int) -> list[Cte]:
    """Give what must be kept before the meetings: parts of both sides, and the keys of each."""
    return [
        Cte("asked_parts", cut("asked", ends, readable("part"))),
        Cte("filed_parts", cut("filed", ends, f"length(part) >= {REMAINING}")),
        Cte("cut_asked_keys", "SELECT DISTINCT part AS key FROM asked_parts"),
        Cte("cut_filed_keys", "SELECT DISTINCT part AS key FROM filed_parts"),
        Cte("whole_asked_keys", f"SELECT key FROM asked_keys WHERE {readable('key')}"),
    ]


def met() -> tuple[list[Cte], str]:
    """Give the steps, and the SELECT of what may be the same: [asked, filed], a key and a part."""
    shorter, first = meetings(0, CUT_ASKED, WHOLE_FILED)
    longer, second = meetings(0, WHOLE_ASKED, CUT_FILED)
    return [*shorter, *longer], f"{first}\nUNION ALL\n{second}"


def near() -> str:
    """Give the pairs of keys of which one is the other without an end: [asked, filed, edits]."""
    return """SELECT asked_parts.key AS asked, same.filed, CAST(NULL AS INTEGER) AS edits
FROM near_ends AS same
JOIN asked_parts ON asked_parts.part = same.asked
JOIN filed_keys ON filed_keys.key = same.filed
UNION ALL
SELECT same.asked, filed_parts.key AS filed, CAST(NULL AS INTEGER) AS edits
FROM near_ends AS same
JOIN whole_asked_keys ON whole_asked_keys.key = same.asked
JOIN filed_parts ON filed_parts.part = same.filed"""
