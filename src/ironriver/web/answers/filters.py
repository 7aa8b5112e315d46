"""Which rows are asked for: a closed list of columns, each value bound and typed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable

import pyarrow as pa

from ironriver.errors import MistakeError
from ironriver.tables import Column, Table

# Not in it: personal fields, text as received, serial numbers (a search for one is entered as
# such) and purchasers (no query lists a person's guns). A filter would tell what is in them.
_COLUMNS_WORDS = """
about action actor admin1 admin2 agency at calibre candidate_id candidate_kind channel country
crossing crossing_kind date_precision decision direction diversion entities event_date
expected_firearms figure_id firearm_id firearms first_date flagged handling importer interval
kind known_from last_date layout left_id licence_key link_id log_odds lot low make match_id
member_id member_kind model name network_id nexus object origin origin_country outcome parties
party_id period probability purpose_stated rank ratio ready reason_code record_id records
recovery_admin1 recovery_admin2 recovery_date recovery_record_id right_id risk role route_id
row_number rows_in rows_quarantined sale_date sequence serial_status source_admin1 source_admin2
source_id stability stage time_to_crime_days trace_id type value verdict
"""
COLUMNS = frozenset(_COLUMNS_WORDS.split())
_PERSONAL = frozenset({"record_id", "party_id", "source_id", "row_number", "sequence", "role"})
# A file's name is text as received.
_NEVER = {"sources": {"name"}}

_FORM = re.compile(r"([a-z_0-9]+)(>=|<=|=|~)(.*)", re.S)
_WORDS = {"true": True, "false": False}


def filterable(table: Table) -> list[Column]:
    """Give the columns of a table that may be filtered and sorted by."""
    allowed = _PERSONAL if table.personal else COLUMNS
    never = _NEVER.get(table.name, set())
    return [one for one in table.columns if one.name in allowed and one.name not in never]


def condition(table: Table, filters: Iterable[str]) -> tuple[str, list[object]]:
    """Turn filters (`make=COLT`, `probability>=0.5`, `model~17`) into a condition with its values.

    >>> from ironriver.tables import LEADS
    >>> condition(LEADS, ["rank<=10"])
    ('true AND "rank" <= ?', [10])
    """
    known = {one.name: one for one in filterable(table)}
    parts, values = ["true"], []
    for text in filters:
        found = _FORM.fullmatch(text)
        if found is None:
            raise MistakeError(
                "{text} is no filter; write column=value, column>=value, column<=value or "
                "column~part",
                text=text,
                where="filter",
            )
        name, sign, value = found.groups()
        column = known.get(name) or _unknown(table, name, known)
        if sign == "~":
            parts.append(f'contains(lower(CAST("{name}" AS VARCHAR)), lower(?))')
            values.append(value)
        else:
            parts.append(f'"{name}" {sign} ?')
            values.append(_typed(column, value))
    return " AND ".join(parts), values


def ordering(table: Table, order: str) -> str:
    """Turn `column` or `-column` into an order that leaves nothing to chance.

    >>> from ironriver.tables import LEADS
    >>> ordering(LEADS, "-probability")
    '"probability" DESC NULLS LAST, "rank", "lead_id"'
    """
    down = table.name in ("audit", "judgements")
    rest = ['"sequence" DESC'] if down else [f'"{name}"' for name in table.names[:2]]
    if not order:
        return ", ".join(rest)
    name = order.removeprefix("-")
    known = {one.name: one for one in filterable(table)}
    if name not in known:
        _unknown(table, name, known)
    way = "DESC" if order.startswith("-") else "ASC"
    return ", ".join([f'"{name}" {way} NULLS LAST', *rest])


def _unknown(table: Table, name: str, known: Iterable[str]) -> Column:
    raise MistakeError(
        "{table} cannot be filtered or sorted by {column}; it can be by: {known}",
        table=table.name,
        column=name,
        known=", ".join(sorted(known)),
        where="filter",
    )


def _typed(column: Column, text: str) -> object:
    readers: dict[pa.DataType, Callable[[str], object]] = {
        pa.int64(): int,
        pa.float64(): float,
        pa.date32(): dt.date.fromisoformat,
        pa.bool_(): _WORDS.__getitem__,
    }
    try:
        value = readers.get(column.type, str)(text)
        if isinstance(value, int) and abs(value) >= 2**63:
            raise ValueError(value)
    except (ValueError, KeyError, OverflowError):
        raise MistakeError(
            "{text} is no value of {column}, which is: {about}",
            text=text,
            column=column.name,
            about=column.about,
            where="filter",
        ) from None
    return value
