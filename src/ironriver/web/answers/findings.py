"""The findings in words, and the check of a claim."""

from __future__ import annotations

import json
from typing import Any

from ironriver import figures
from ironriver.reports import findings_model
from ironriver.reports.findings.view import Block, Entry, Note, SectionView, TableView
from ironriver.web.bench import Bench, Who


def findings(bench: Bench, who: Who) -> dict[str, Any]:
    """Give every section of the findings page: what it says, what speaks against it, its tables.

    Drawings are left out; a page draws its own from the same counts.
    """
    model = findings_model(bench.workspace, bench.access(who), who.lang)
    return {
        "as_of": model.as_of.isoformat(),
        "generated_at": model.generated_at.isoformat(),
        "synthetic": model.synthetic,
        "handlings": [str(each) for each in model.handlings],
        "sections": [_section(each) for each in model.sections(who.lang)],
    }


def _section(view: SectionView) -> dict[str, Any]:
    return {
        "name": view.name,
        "label": view.label,
        "title": view.title,
        "says": view.says,
        "against": list(view.against),
        "as_of": view.as_of,
        "empty": view.empty,
        "rests_on": [
            {"name": rest.name, "rows": rest.rows, "handling": rest.handling}
            for rest in view.rests_on
        ],
        "notes": [
            {"text": block.text, "holds": block.holds}
            for block in view.blocks
            if isinstance(block, Note)
        ],
        "tables": [told for block in view.blocks if (told := _table(block))],
    }


def _table(block: Block) -> dict[str, Any] | None:
    if not isinstance(block, TableView):
        return None
    return {
        "caption": block.caption,
        "columns": [column.label for column in block.columns],
        "rows": [[_entry(each) for each in row] for row in block.rows],
        "foot": [_entry(each) for each in block.foot],
        "note": block.note,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "text": entry.text,
        "below": entry.below,
        "withheld": entry.withheld,
        "span": entry.span,
    }


def claim(bench: Bench, who: Who, *, text: str) -> dict[str, Any]:
    """Hold a claim with a number against the counts: of which guns, under which assumptions."""
    bench.access(who).enter("check", "claim")
    with bench.connection(figures.READS) as connection:
        answer = figures.check(connection, text, who.lang)
    return {"answer": json.loads(answer.to_json(who.lang)), "text": answer.to_text(who.lang)}
