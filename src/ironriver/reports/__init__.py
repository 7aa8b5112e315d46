"""Reports: pages and tables on their way to a reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from ironriver import engine
from ironriver.errors import MistakeError
from ironriver.governance.release import Access
from ironriver.intake.inbox import Skipped
from ironriver.language import LANGUAGES
from ironriver.reports import figures_page, findings, standard
from ironriver.tables import TABLES
from ironriver.workspace import Workspace

REPORTS = ("findings", figures_page.NAME)

# The page shows no name: the tables that hold names are not even opened for it.
_READS = tuple(name for name, table in TABLES.items() if not table.personal and name != "audit")


def findings_model(
    workspace: Workspace,
    access: Access,
    lang: str,
    as_of: dt.date | None = None,
    skipped: Sequence[Skipped] = (),
) -> findings.FindingsModel:
    """Gather the findings as known on a day (everything known, by default); journalled first."""
    access.enter("view", "findings", {"as_of": as_of.isoformat() if as_of else None})
    now = dt.datetime.now(dt.UTC)
    with engine.connect(workspace, _READS, as_of) as connection:
        rows = engine.query(connection, "SELECT * FROM figures ORDER BY figure_id").to_pylist()
        return findings.model(
            connection,
            [cast("findings.Figure", SimpleNamespace(**row)) for row in rows],
            lang,
            as_of or now.astimezone().date(),
            now,
            access,
            skipped=[(each.name, each.reason.text(lang)) for each in skipped],
        )


def write(
    workspace: Workspace,
    name: str,
    access: Access,
    lang: str,
    as_of: dt.date | None = None,
    skipped: Sequence[Skipped] = (),
) -> str:
    """Give a report as one self-contained page."""
    if name not in REPORTS:
        raise MistakeError(
            "there is no report {name}; reports are: {known}",
            name=name,
            known=", ".join((*REPORTS, *standard.NAMES)),
        )
    if name == figures_page.NAME:
        return figures_page.write_figures(workspace, access, lang, as_of)
    return findings.render(findings_model(workspace, access, lang, as_of, skipped), lang)


def write_report(
    workspace: Workspace,
    name: str,
    form: str,
    access: Access,
    lang: str,
    as_of: dt.date | None = None,
) -> bytes:
    """Give a report as a page, or a standard table in a form."""
    if name in standard.NAMES:
        return standard.write_standard(workspace, name, form, access, lang, as_of)
    if name in REPORTS and form != "html":
        raise MistakeError("{name} is a page: its format is html, not {form}", name=name, form=form)
    return write(workspace, name, access, lang, as_of).encode()


def write_findings(
    workspace: Workspace, access: Access, skipped: Sequence[Skipped]
) -> tuple[Path, ...]:
    """Write the findings page beside the workspace in every language; give the paths."""
    folder = workspace.path.absolute().parent
    paths = tuple(folder / f"{workspace.path.name}-findings-{lang}.html" for lang in LANGUAGES)
    for lang, path in zip(LANGUAGES, paths, strict=True):
        page = write(workspace, "findings", access, lang, skipped=skipped)
        path.write_text(page, encoding="utf-8")
    return paths
