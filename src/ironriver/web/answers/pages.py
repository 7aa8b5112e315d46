"""One page of a table, and one row of it, through the release gate."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from ironriver import engine
from ironriver.governance import release
from ironriver.governance.access import Access, Release, WithheldError, total
from ironriver.governance.policy import REASONS, Decision, Use, decide
from ironriver.language import translator
from ironriver.reports.export import EXPIRY_READS, handling_by_source
from ironriver.tables import TABLES, Handling, Table, table
from ironriver.web.answers.filters import condition, ordering
from ironriver.web.bench import Bench, Who
from ironriver.web.problems import NotFoundError

# Columns that hold JSON are given as such.
_JSON_WORDS = """
chain changed channels competing contradicts customer_groups findings gaps header next_record
problems reasons reasons_against reasons_for record_ids recovery_states repairs source_states
sources suggested_repairs violations
"""
JSON = frozenset(_JSON_WORDS.split())


def rows(
    bench: Bench,
    who: Who,
    *,
    name: str,
    filters: Sequence[str] = (),
    order: str = "",
    limit: int = 50,
    offset: int = 0,
    as_of: dt.date | None = None,
) -> dict[str, Any]:
    """Give one page of a table: rows that may leave, how many there are, and what was withheld.

    What is withheld is told of the whole table, never of the rows that a filter finds: it would
    count what may not be counted.
    """
    contract, access = table(name), bench.access(who)
    where, values = condition(contract, filters)
    sequence = ordering(contract, order)
    limit = min(limit, bench.most_rows)
    _refuse_underived(bench, contract, as_of)
    with bench.connection({name, "sources"} | _expiry(contract), as_of) as connection:
        labels, withheld = seen(connection, contract, access)
        access.enter("view", name, {"filters": list(filters), "limit": limit, "offset": offset})
        found = f"FROM ({_labelled(contract)}) WHERE list_contains(?::VARCHAR[], label) AND {where}"
        ((count,),) = engine.run(
            connection, f"SELECT count(*) {found}", [labels, *values]
        ).fetchall()
        page = engine.query(
            connection,
            f"SELECT * EXCLUDE (label) {found} ORDER BY {sequence} LIMIT ? OFFSET ?",
            [labels, *values, limit, offset],
        )
        released = gate(bench, connection, contract, page, access)
    return {
        "table": name,
        "rows": plain(released.table, contract),
        "total": int(count),
        "limit": limit,
        "offset": offset,
        "withheld": told(total([*withheld.items(), *released.withheld.items()]), who.lang),
    }


def one(bench: Bench, who: Who, *, name: str, key: str, identifier: str) -> dict[str, Any]:
    """Give the row of one id."""
    contract, access = TABLES[name], bench.access(who)
    with bench.connection({name, "sources"} | _expiry(contract)) as connection:
        found = by_id(connection, name, key, [identifier])
        if not found.num_rows:
            raise missing(identifier)
        access.enter("view", identifier)
        released = gate(bench, connection, contract, found, access)
    kept = plain(released.table, contract)
    return {"row": kept[0]}


def by_id(
    connection: duckdb.DuckDBPyConnection, name: str, key: str, ids: Sequence[str]
) -> pa.Table:
    """Give the rows of a table whose `key` is among ids, in a fixed order."""
    contract = TABLES[name]
    sql = f'SELECT * FROM "{name}" WHERE "{key}" IN (SELECT unnest(?::VARCHAR[])) ORDER BY {{}}'  # noqa: S608
    return engine.query(connection, sql.format(ordering(contract, "")), [list(ids)])


def gate(
    bench: Bench,
    connection: duckdb.DuckDBPyConnection,
    contract: Table,
    found: pa.Table,
    access: Access,
) -> Release:
    """Let rows through the release gate, whose line stands in the journal before they leave."""
    expired = bench.expired() if release.needs_expired(contract) else None
    return release.release_rows(
        found, contract, handling_by_source(connection), access, expired=expired
    )


def gated(
    bench: Bench,
    connection: duckdb.DuckDBPyConnection,
    name: str,
    found: pa.Table,
    access: Access,
    withheld: dict[str, int],
) -> list[dict[str, Any]]:
    """Let a part of an answer through; if all of it is withheld, the rest is still given."""
    if not found.num_rows:
        return []
    try:
        released = gate(bench, connection, TABLES[name], found, access)
    except WithheldError as error:
        withheld |= total([*withheld.items(), *error.withheld.items()])
        return []
    withheld |= total([*withheld.items(), *released.withheld.items()])
    return plain(released.table, TABLES[name])


def seen(
    connection: duckdb.DuckDBPyConnection, contract: Table, access: Access
) -> tuple[list[str], dict[str, int]]:
    """Give the handlings of a table whose rows may leave, and count the rows of all others.

    Raises WithheldError, itself journalled, if there are rows and none may leave.
    """
    decisions = _decisions(connection, contract, access)
    if decisions and not any(decision.allowed for decision, _ in decisions.values()):
        access.refuse(contract.name, _withheld(decisions), {"asked": "view"})
    labels = [label for label, (decision, _) in decisions.items() if decision.allowed]
    return labels, _withheld(decisions)


def plain(found: pa.Table, contract: Table) -> list[dict[str, Any]]:
    """Give rows for JSON: dates as text, columns that hold JSON as what they hold."""
    parsed = [one.name for one in contract.columns if is_json(contract, one.name)]
    result: list[dict[str, Any]] = found.to_pylist()
    for row in result:
        for name, value in row.items():
            if isinstance(value, dt.date):
                row[name] = value.isoformat()
            elif isinstance(value, float) and value in (float("inf"), float("-inf")):
                row[name] = None
        for name in parsed:
            row[name] = opened(row.get(name))
    return result


def is_json(contract: Table, name: str) -> bool:
    """Tell whether a column holds JSON; the notes of a source do, those of a record do not."""
    return name in JSON or (contract.name == "sources" and name == "notes")


def opened(text: object) -> object:
    """Give what a JSON text holds, or the text where it holds none."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def told(withheld: Mapping[str, int], lang: str) -> list[dict[str, Any]]:
    """Say how many rows were withheld and why."""
    say = translator(lang)
    return [
        {"code": code, "reason": say(REASONS[code]), "rows": count}
        for code, count in sorted(withheld.items())
    ]


def missing(identifier: str) -> NotFoundError:
    """Say that an id names nothing here."""
    return NotFoundError("nothing here bears the id {id}", id=identifier)


def _expiry(contract: Table) -> set[str]:
    return set(EXPIRY_READS) if release.needs_expired(contract) else set()


def _labelled(contract: Table) -> str:
    """Give the rows of a table with the handling of each."""
    name, join = contract.name, ""
    if name == "audit":
        label = "'AUDIT'"
    elif "handling" in contract.names:
        label = "coalesce(of_rows.handling, '')"
    elif "source_id" in contract.names:
        label, join = "coalesce(of_source.handling, '')", _FROM_SOURCE
    else:
        label = "''"
    return f'SELECT of_rows.*, {label} AS label FROM "{name}" AS of_rows {join}'  # noqa: S608


_FROM_SOURCE = """
LEFT JOIN (SELECT source_id, handling FROM sources) AS of_source USING (source_id)
"""


def _decisions(
    connection: duckdb.DuckDBPyConnection, contract: Table, access: Access
) -> dict[str, tuple[Decision, int]]:
    """Judge each handling that the whole table holds, and count its rows.

    The gate judges every row again; this is so that pages are full and withheld rows are counted.
    """
    sql = f"SELECT label, count(*) FROM ({_labelled(contract)}) GROUP BY label"  # noqa: S608
    counts = engine.run(connection, sql).fetchall()
    return {label: (_decide(contract, access, label), int(count)) for label, count in counts}


def _withheld(decisions: Mapping[str, tuple[Decision, int]]) -> dict[str, int]:
    return total((one.code, count) for one, count in decisions.values() if not one.allowed)


def _decide(contract: Table, access: Access, label: str) -> Decision:
    if contract.name == "audit":
        return decide(access.role, access.purpose, None, Use.AUDIT)
    handling = Handling(label) if label in set(Handling) else None
    if contract.name == "sources":
        audit = decide(access.role, access.purpose, handling, Use.AUDIT)
        if audit.allowed:
            return audit
    return decide(access.role, access.purpose, handling, _use(contract))


def _use(contract: Table) -> Use:
    if contract.personal:
        return Use.NAMES
    return Use.AGGREGATE if contract.name == "figures" else Use.ROW


def _refuse_underived(bench: Bench, contract: Table, as_of: dt.date | None) -> None:
    """Say that a derived table was never made for a day, rather than give an empty one."""
    if as_of and contract.derived and not bench.workspace.segments(contract.name, as_of):
        raise NotFoundError(
            "{table} was not derived for {day}; `ironriver export WORKSPACE {table} --as-of {day}` "
            "derives it",
            table=contract.name,
            day=as_of,
        )
