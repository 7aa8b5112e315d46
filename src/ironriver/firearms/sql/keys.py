"""Keys by which serials are compared: as they are, or with look-alike characters made one."""

# ruff: noqa: S608 - statements are made of names and constants; all values are rows of tables

from __future__ import annotations

from ironriver.engines import Cte
from ironriver.firearms.search.codes import LONGEST
from ironriver.firearms.search.keys import LOOK_ALIKE_CLASSES, WILDCARD
from ironriver.firearms.search.patterns import READABLE, WILDCARDS


def key(serial: str, confusions: bool) -> str:
    """Give the key of a plain serial as an expression; `confusions`: its skeleton.

    >>> key("serial", confusions=False)
    'serial'
    """
    if not confusions:
        return serial
    read = "".join(group[1:] for group in LOOK_ALIKE_CLASSES)
    meant = "".join(group[0] * (len(group) - 1) for group in LOOK_ALIKE_CLASSES)
    return f"translate({serial}, '{read}', '{meant}')"


def asked(confusions: bool, edits: int) -> str:
    """Give all columns of the questions and their keys, without those too vague to search."""
    read = f"length(replace(serial, '{WILDCARD}', ''))"
    return f"""SELECT *, {key("serial", confusions)} AS key FROM queries
WHERE {read} >= {max(READABLE, edits + 2)} AND length(serial) - {read} <= {WILDCARDS}
    AND length(serial) <= {LONGEST}"""


def filed(confusions: bool, *, entry: bool = False) -> str:
    """Give all columns of the records and their keys.

    What is too long is no serial, and what has no readable character is never found, as in the
    compiled index. Records without an `entry` are all of equal standing.
    """
    more = "" if entry else "CAST(0 AS BIGINT) AS entry, "
    return f"""SELECT *, {more}{key("serial", confusions)} AS key FROM records
WHERE replace(serial, '{WILDCARD}', '') <> '' AND length(serial) <= {LONGEST}"""


def distinct(side: str) -> str:
    """Give each key of a side once, [key]: however many ask for it, it is searched for once."""
    return f"SELECT DISTINCT key FROM {side}"


def candidates() -> str:
    """Give the guns near each question, [query_id, gun, edits]; a gun's nearest record counts."""
    return """SELECT asked.query_id, filed.gun, min(near_keys.edits) AS edits
FROM near_keys
JOIN asked ON asked.key = near_keys.asked
JOIN filed ON filed.key = near_keys.filed
GROUP BY asked.query_id, filed.gun"""


def serial_pairs() -> Cte:
    """Give each pair of serials that is to be weighed once, [asked, filed]."""
    return Cte(
        "serial_pairs",
        """SELECT DISTINCT asked.serial AS asked, filed.serial AS filed
FROM near_keys
JOIN asked ON asked.key = near_keys.asked
JOIN filed ON filed.key = near_keys.filed""",
    )
