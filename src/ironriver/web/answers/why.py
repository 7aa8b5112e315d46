"""Why something stands as it does, by its id."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from ironriver.errors import WorkspaceError
from ironriver.reports.explain import explain as explain_row
from ironriver.reports.explain_entity import explain_entity
from ironriver.reports.explain_gun import explain_gun
from ironriver.reports.explain_network import explain_link, explain_network
from ironriver.reports.explain_trace import explain_trace
from ironriver.web.answers.pages import missing
from ironriver.web.bench import Bench, Who

_EXPLAINERS = (explain_gun, explain_entity, explain_trace, explain_network, explain_link)


def explain(bench: Bench, who: Who, *, identifier: str) -> dict[str, Any]:
    """Explain a record, firearm, entity, trace, link, network or figure, as the command does."""
    access = bench.access(who)
    for explainer in _EXPLAINERS:
        found = explainer(bench.workspace, identifier, access)
        if found is not None:
            return {"explanation": _json(found), "lines": list(found.lines(who.lang))}
    try:
        row = explain_row(bench.workspace, identifier, access)
    except WorkspaceError as error:
        raise missing(identifier) from error
    return {"explanation": _json(row), "lines": []}


def _json(found: Any) -> dict[str, Any]:  # noqa: ANN401  one of several explanations
    told: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(found), default=str))
    return told
