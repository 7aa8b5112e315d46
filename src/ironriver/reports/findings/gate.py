"""The release gate of this page: every count that is neither public nor synthetic passes it."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from ironriver.governance.access import Access
from ironriver.governance.policy import Use, decide
from ironriver.governance.release import release_cells
from ironriver.reports.findings.cells import Key
from ironriver.tables import Handling

_DIMENSIONS = ("row", "column")


class FindingsGate:
    """Release counts to one account; each release is journalled before it is drawn."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def __call__(self, counts: Mapping[Key, int], handling: Handling) -> Mapping[Key, int | None]:
        """Give each count back, or None where it is withheld."""
        keys = list(counts)
        names = _DIMENSIONS[: len(keys[0])]
        columns = {name: [key[place] for key in keys] for place, name in enumerate(names)}
        cells = pa.table({**columns, "count": pa.array(counts.values(), pa.int64())})
        release = release_cells(cells, names, "count", handling, self._access, name="findings")
        return {
            tuple(row[name] for name in names): row["count"] for row in release.table.to_pylist()
        }

    def may_name(self, handling: Handling) -> bool:
        """Tell whether the name of a file may be shown, as the gate of rows does."""
        return decide(self._access.role, self._access.purpose, handling, Use.ROW).allowed
