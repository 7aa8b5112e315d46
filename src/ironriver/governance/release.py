"""The release gate: what leaves as rows passes here, and the journal says so before it does."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ironriver.errors import IronRiverError
from ironriver.governance.access import Access, Release, WithheldError, total
from ironriver.governance.cells import ALL, release_cells
from ironriver.governance.digest import rows_digest
from ironriver.governance.policy import ALLOWED, FREE, Decision, Use, decide, smallest_cell
from ironriver.governance.retention import SUBJECTS, TIES, Expired, mask_expired
from ironriver.governance.spreadsheet import spreadsheet_safe, spreadsheet_safe_table
from ironriver.tables import Handling, Table

__all__ = [
    "ALL",
    "Access",
    "Release",
    "WithheldError",
    "needs_expired",
    "release_cells",
    "release_rows",
    "rests_on_few",
    "rows_digest",
    "spreadsheet_safe",
    "spreadsheet_safe_table",
]

# Text as received may hold a name; it goes only to those who may see names. The ids beside a figure
# tell which rows were counted, so they go only to those who may have the rows.
_FREE_TEXT = {
    "figures": ("record_ids",),
    "records": ("authority", "notes"),
    "ammunition": ("authority",),
    "quarantine": ("reason",),
    "sources": ("name", "notes"),
}


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What holds for all rows of one source, or of one handling."""

    handling: Handling | None
    row: Decision
    text: Decision


def needs_expired(table: Table) -> bool:
    """Tell whether rows of `table` may hold a purchaser that has expired, or lead to one."""
    return table.personal or table.name in ("records", "quarantine", "traces", *TIES, *SUBJECTS)


def rests_on_few(handling: Handling | None, counts: Iterable[float | None]) -> bool:
    """Tell whether a figure of restricted rows rests on counts too small, or unknown, to leave.

    >>> rests_on_few(Handling.LAW_ENFORCEMENT, [40, 4]), rests_on_few(Handling.PUBLIC, [40, 4])
    (True, False)
    """
    if handling in FREE:
        return False
    return any(count is None or 0 < round(count) < smallest_cell() for count in counts)


def release_rows(
    rows: pa.Table,
    table: Table,
    handling_by_source: Mapping[str, Handling],
    access: Access,
    *,
    expired: Expired | None = None,
) -> Release:
    """Give those rows that `access` may have, once the journal holds the entry.

    A row's handling is its own (column ``handling``) or its source's (``source_id``); a row with
    neither is withheld. Tables that `needs_expired` names need `expired`, whose purchasers are
    masked. Raises WithheldError, itself journalled, if there are rows and none may leave.
    """
    if needs_expired(table) and expired is None:
        raise IronRiverError(
            "the gate was not told which purchasers of {table} have expired", table=table.name
        )
    verdicts, places = _verdicts(rows, table, handling_by_source, access)
    allowed = np.array([verdict.row.allowed for verdict in verdicts], dtype=bool)[places]
    withheld = total(
        (verdict.row.code, int(count))
        for verdict, count in zip(verdicts, _tally(places, len(verdicts)), strict=True)
        if not verdict.row.allowed
    )
    if table.name == "figures":
        small = allowed & _small(rows, verdicts, places)
        withheld |= total([("small_figure", int(small.sum()))])
        allowed &= ~small
    if rows.num_rows and not allowed.any():
        access.refuse(table.name, withheld, {"asked": "export"})
    kept, places = rows.filter(pa.array(allowed)), places[allowed]
    kept = _blank_free_text(kept, table, verdicts, places)
    if expired is not None:
        kept = mask_expired(kept, expired)
    handlings = Counter(str(verdicts[place].handling or "none") for place in places.tolist())
    digest = rows_digest(kept)
    detail = {"rows": kept.num_rows, "handling": dict(handlings), "withheld": withheld}
    sequence = access.enter("export", table.name, detail | {"sha256": digest})
    return Release(table.name, kept, withheld, digest, sequence)


def _verdicts(
    rows: pa.Table, table: Table, handling_by_source: Mapping[str, Handling], access: Access
) -> tuple[list[_Verdict], npt.NDArray[np.int64]]:
    """Judge each handling or source once; give the verdicts and each row's place among them."""
    if table.name == "audit":
        verdict = _Verdict(None, decide(access.role, access.purpose, None, Use.AUDIT), ALLOWED)
        return [verdict], np.zeros(rows.num_rows, dtype=np.int64)
    own = "handling" in rows.column_names
    name = "handling" if own else "source_id"
    labels = rows[name] if name in rows.column_names else pa.nulls(rows.num_rows, pa.string())
    column = pa.chunked_array([labels], pa.string()) if isinstance(labels, pa.Array) else labels
    column = column.combine_chunks().dictionary_encode()
    known: list[Handling | None] = [
        _handling(value) if own else handling_by_source.get(value)
        for value in column.dictionary.to_pylist()
    ]
    verdicts = [_judge(handling, table, access) for handling in [*known, None]]
    return verdicts, column.indices.fill_null(len(known)).to_numpy().astype(np.int64)


def _handling(word: str) -> Handling | None:
    return Handling(word) if word in set(Handling) else None


def _judge(handling: Handling | None, table: Table, access: Access) -> _Verdict:
    def ask(use: Use) -> Decision:
        return decide(access.role, access.purpose, handling, use)

    if table.personal:
        return _Verdict(handling, ask(Use.NAMES), ALLOWED)
    if table.name == "figures":
        return _Verdict(handling, ask(Use.AGGREGATE), ask(Use.ROW))
    row = ask(Use.ROW)
    if table.name == "sources":
        # What is held at all, and why, is part of what the audit is for; file names are not.
        audit = ask(Use.AUDIT)
        return _Verdict(handling, audit if audit.allowed else row, row)
    return _Verdict(handling, row, ask(Use.NAMES))


def _small(
    rows: pa.Table, verdicts: list[_Verdict], places: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Mark figures of restricted rows that rest on few."""
    handlings = [verdicts[place].handling for place in places.tolist()]
    told = zip(handlings, rows.to_pylist(), strict=True)
    return np.array([rests_on_few(handling, _parts(row)) for handling, row in told], dtype=bool)


def _parts(figure: Mapping[str, Any]) -> Iterator[float | None]:
    """Give every count that can be told from a figure: the part, the rest, the whole, the unknown.

    The reasons state how many are undetermined, and bounds times the whole are counts as well.
    """
    part, whole = figure["numerator"], figure["denominator"]
    yield part
    yield whole
    if part is None or whole is None:
        return
    yield whole - part
    for reason in json.loads(figure["reasons"] or "[]"):
        if reason.get("field") == "undetermined":
            unknown = float(reason["level"])
            yield unknown
            yield whole - part - unknown
    low, high = figure["low"], figure["high"]
    if low is not None and high is not None and 0 <= low <= high <= 1:
        yield from (low * whole, (high - low) * whole, (1 - high) * whole)


def _blank_free_text(
    rows: pa.Table, table: Table, verdicts: list[_Verdict], places: npt.NDArray[np.int64]
) -> pa.Table:
    may_read = pa.array(np.array([each.text.allowed for each in verdicts], dtype=bool)[places])
    for name in _FREE_TEXT.get(table.name, ()):
        if name in rows.column_names:
            column = pc.if_else(may_read, rows[name], pa.scalar(None, rows[name].type))
            rows = rows.set_column(rows.column_names.index(name), name, column)
    return rows


def _tally(places: npt.NDArray[np.int64], length: int) -> npt.NDArray[np.int64]:
    return np.bincount(places, minlength=length)
