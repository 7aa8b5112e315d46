"""The tables that oversight offices know, from this workspace's own traces, through the gate."""

from __future__ import annotations

import datetime as dt

from ironriver import engine
from ironriver.errors import MistakeError
from ironriver.governance.release import Access
from ironriver.reports.standard.build import BUILDERS, build
from ironriver.reports.standard.writing import FORMS, written
from ironriver.workspace import Workspace

__all__ = ["FORMS", "NAMES", "READS", "write_standard"]

NAMES = tuple(BUILDERS)
READS = (
    "sources",
    "records",
    "trace_results",
    "traces",
    "firearm_members",
    "entities",
    "entity_members",
    "parties",
    "ammunition",
    "licences",
    "gun_channels",
    "routes",
)


def write_standard(
    workspace: Workspace,
    name: str,
    form: str,
    access: Access,
    lang: str,
    as_of: dt.date | None = None,
) -> bytes:
    """Give one standard table as CSV, XLSX or HTML, as known on a day (by default: today)."""
    if form not in FORMS:
        raise MistakeError(
            "there is no format {form}; formats are: {known}", form=form, known=", ".join(FORMS)
        )
    access.enter("view", name, {"as_of": as_of.isoformat() if as_of else None})
    day = as_of or dt.datetime.now(dt.UTC).astimezone().date()
    with engine.connect(workspace, READS, as_of) as connection:
        return written(build(connection, name, access, day), form, lang)
