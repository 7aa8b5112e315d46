"""The gate for aggregates: counts leave with the small ones hidden, and the hiding audited."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pyarrow as pa

from ironriver.errors import IronRiverError, MistakeError
from ironriver.estimators.disclosure import Counts, Mask, audit, suppress, with_margins
from ironriver.governance.access import Access, Release
from ironriver.governance.digest import rows_digest
from ironriver.governance.policy import FREE, Use, decide, smallest_cell
from ironriver.tables import Handling

ALL = "(all)"
"""Stands for every value of a dimension, in the rows of totals."""


def release_cells(
    cells: pa.Table,
    dimensions: Sequence[str],
    count: str,
    handling: Handling,
    access: Access,
    *,
    name: str = "cells",
    minimum: int | None = None,
    totals: bool = False,
) -> Release:
    """Give counts by one or two dimensions, small ones and their cover as null.

    One row of `cells` for each combination that occurs; those that are absent are zero. With
    `totals`, rows of totals follow, `ALL` in place of a value. The counts are protected as if the
    totals were always shown. Public and synthetic counts pass as they are, in any number of
    dimensions. `minimum` can raise `smallest_cell`, never lower it. With `totals` the
    dimensions become texts.
    """
    decision = decide(access.role, access.purpose, handling, Use.AGGREGATE)
    if not decision.allowed:
        access.refuse(name, {decision.code: cells.num_rows}, {"asked": "export"})
    free = handling in FREE
    floor = max(smallest_cell(), minimum or 0)
    if not 1 <= len(dimensions) <= 2 and (totals or not free):
        raise MistakeError(
            "counts of {name} by {number} dimensions cannot be protected; "
            "ask for one or two dimensions at a time",
            name=name,
            number=len(dimensions),
        )
    out, hidden = cells.select([*dimensions, count]), 0
    if totals or not free:
        table, keys = _spread(cells, dimensions, count, name)
        mask = np.zeros(table.shape, dtype=bool) if free else _protect(table, floor)
        out, hidden = _gather(out, table, mask, keys, totals)
    withheld = {"small_cell": hidden} if hidden else {}
    digest = rows_digest(out)
    detail = {"cells": out.num_rows, "handling": {str(handling): out.num_rows}}
    detail |= {"withheld": withheld, "minimum": floor, "sha256": digest}
    sequence = access.enter("export", name, detail)
    return Release(name, out, withheld, digest, sequence, cells=True)


def _spread(
    cells: pa.Table, dimensions: Sequence[str], count: str, name: str
) -> tuple[Counts, list[list[object]]]:
    """Lay counts out with their totals; give the table and the values of each dimension."""
    keys = [sorted(set(cells[dimension].to_pylist()), key=_by_text) for dimension in dimensions]
    if any(ALL in values for values in keys):
        raise IronRiverError("a value of {name} is called {all}", name=name, all=ALL)
    places = [{value: place for place, value in enumerate(values)} for values in keys]
    counts = np.zeros([len(values) for values in keys], dtype=np.int64)
    seen = np.zeros(counts.shape, dtype=bool)
    for row in cells.select([*dimensions, count]).to_pylist():
        place = tuple(
            index[row[dimension]] for index, dimension in zip(places, dimensions, strict=True)
        )
        if seen[place]:
            raise IronRiverError("a combination of {name} is counted twice", name=name)
        seen[place] = True
        counts[place] = row[count]
    return with_margins(counts), keys


def _by_text(value: object) -> tuple[bool, str]:
    """Order values alike in every run, a missing one last (a set has no order of its own)."""
    return value is None, str(value)


def _protect(table: Counts, floor: int) -> Mask:
    """Hide small counts and their cover; raise rather than give out what the audit can narrow."""
    mask = suppress(table, floor)
    low, high = audit(table, mask, enough=floor)
    if (mask & (high - low < floor)).any():
        raise IronRiverError("hidden counts could be computed from those that are shown")
    return mask


def _gather(
    out: pa.Table, table: Counts, mask: Mask, keys: list[list[object]], totals: bool
) -> tuple[pa.Table, int]:
    """Give the rows of `out` with hidden counts as null, then totals; and how many are hidden."""
    dimensions, count = out.column_names[:-1], out.column_names[-1]
    ends = [[*values, ALL] for values in keys]
    places = [{value: place for place, value in enumerate(values)} for values in ends]
    rows = [tuple(row[dimension] for dimension in dimensions) for row in out.to_pylist()]
    if totals:
        rows += [key for key in product(*ends) if ALL in key]
    at = [tuple(index[value] for index, value in zip(places, key, strict=True)) for key in rows]
    shown = [None if mask[place] else int(table[place]) for place in at]
    columns: dict[str, pa.Array] = {}
    for k, dimension in enumerate(dimensions):
        texts = [None if key[k] is None else str(key[k]) for key in rows]
        columns[dimension] = pa.array(texts, pa.string()) if totals else out[dimension]
    given = pa.table({**columns, count: pa.array(shown, pa.int64())})
    return given, sum(value is None for value in shown)
