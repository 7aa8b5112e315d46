"""Keep a spreadsheet from running what a cell of a CSV export says."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_STARTERS = ("=", "+", "-", "@", "\t", "\r")
_PATTERN = r"\A([=+\-@\t\r])"


def spreadsheet_safe(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula.

    Only on the way out, and only in text columns: what is stored stays as it was received.

    >>> spreadsheet_safe("=cmd|' /C calc'!A0"), spreadsheet_safe("Glock 19")
    ("'=cmd|' /C calc'!A0", 'Glock 19')
    """
    return f"'{text}" if text.startswith(_STARTERS) else text


def spreadsheet_safe_table(rows: pa.Table) -> pa.Table:
    """Make every text column safe for a CSV export; numbers and dates are untouched."""
    for place, field in enumerate(rows.schema):
        column = rows.column(place)
        if pa.types.is_dictionary(field.type):
            column = column.cast(field.type.value_type)
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            safe = pc.replace_substring_regex(column, _PATTERN, r"'\1")
            rows = rows.set_column(place, field.name, safe)
    return rows
