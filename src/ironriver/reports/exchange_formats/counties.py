"""How many guns each county or state of last sale gave: an aggregate, small counts withheld."""

from __future__ import annotations

import datetime as dt

from ironriver import engine
from ironriver.governance.release import Access, Release, release_cells
from ironriver.tables import Handling
from ironriver.workspace import Workspace

NAME = "source_counties"

_COUNTS = """
SELECT coalesce(source_admin2, source_admin1) AS source, sum(firearms)::BIGINT AS firearms
FROM routes WHERE source_admin1 IS NOT NULL GROUP BY ALL ORDER BY ALL
"""


def gather_counties(workspace: Workspace, access: Access, as_of: dt.date | None) -> Release:
    """Give the guns with a known sale and recovery by place of last sale, each gun once."""
    with engine.connect(workspace, ("routes",), as_of) as connection:
        words = engine.run(connection, "SELECT DISTINCT handling FROM routes").fetchall()
        strictness = list(Handling)
        handling = max(
            (_known(word) for (word,) in words), key=strictness.index, default=Handling.SYNTHETIC
        )
        cells = engine.query(connection, _COUNTS)
    return release_cells(cells, ("source",), "firearms", handling, access, name=NAME)


def _known(word: str | None) -> Handling:
    """Give a handling; one that is not known is the strictest."""
    return Handling(word) if word in set(Handling) else Handling.TRACE_RESTRICTED
