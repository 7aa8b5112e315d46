"""What can be asked of a worker: each a thin function over what the rooms below give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ironriver.web.answers import chains, findings, guns, pages, people, reviewing, searching, why

Answer = Callable[..., dict[str, Any]]

ANSWERS: Mapping[str, Answer] = {
    "rows": pages.rows,
    "one": pages.one,
    "network": chains.network,
    "neighbours": chains.neighbours,
    "firearm": guns.firearm,
    "entity": people.entity,
    "person_search": people.search,
    "firearm_search": searching.firearms,
    "serial_search": searching.serials,
    "queue": reviewing.queue,
    "judgements": reviewing.judgements,
    "judge": reviewing.judge,
    "undo": reviewing.undo,
    "findings": findings.findings,
    "claim": findings.claim,
    "explain": why.explain,
}
