"""Why a trace says what it says: what speaks against it first, then the chain and its gaps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ironriver import engine
from ironriver.governance import release
from ironriver.governance.release import Access
from ironriver.language import mark, translator
from ironriver.reports.export import EXPIRY_READS, expired_today
from ironriver.tables import TRACES
from ironriver.tracing.words import BASES, FIELDS, FINDINGS, HOLDERS, HOPS, MISSING, OUTCOMES
from ironriver.workspace import Workspace

_TRACE = mark("{recovery}: {outcome}, with probability {probability:.2f}; {basis}")
_FROM = mark("origin {origin} ({origin_probability:.2f}), diversion {diversion} ({chance:.2f})")
_DAYS = mark("{days:,} days from the last known retail sale to the recovery")
_SHORT = mark("short by the three-year rule; {share:.0%} of guns recovered in Mexico come as soon")
_LONG = mark("not short by the three-year rule; {share:.0%} of guns recovered come as soon")
_NO_DAYS = mark("the time from sale to recovery is not known; that is not zero")
_WEIGHED = mark("What was weighed (log-odds), what speaks against it first:")
_CHAIN = mark("The chain, hop by hop, each with its record:")
_GAPS = mark("What is missing, and who would hold it:")
_COMPETING = mark("Other guns that it may be:")
_PURCHASER = mark("A first purchaser is not a suspect.")


@dataclass(frozen=True, slots=True)
class TraceExplanation:
    """One row of `traces` as it may be shown."""

    trace: dict[str, Any]

    def lines(self, lang: str) -> Iterator[str]:
        """Say it in lines."""
        say, trace = translator(lang), self.trace
        yield say(_TRACE).format(
            recovery=trace["recovery_record_id"],
            outcome=say(OUTCOMES[trace["outcome"]]),
            probability=trace["probability"],
            basis=say(BASES[trace["basis"]]),
        )
        if trace["origin_probability"] is not None:
            yield say(_FROM).format(
                origin=trace["origin"],
                origin_probability=trace["origin_probability"],
                diversion=trace["diversion"],
                chance=trace["diversion_probability"],
            )
        days = trace["time_to_crime_days"]
        yield say(_NO_DAYS) if days is None else say(_DAYS).format(days=days)
        yield from self._weighed(lang)
        yield from self._chain(lang)
        if trace["purchaser_entity_id"]:
            yield say(_PURCHASER)

    def _weighed(self, lang: str) -> Iterator[str]:
        say = translator(lang)
        yield say(_WEIGHED)
        for reason in json.loads(self.trace["reasons"]):
            field = reason["field"]
            what = say(FINDINGS.get(field) or FIELDS.get(field) or field)
            if reason.get("share_as_soon") is not None:
                words = say(_SHORT if reason["level"] == "short" else _LONG)
                yield f"          {words.format(share=reason['share_as_soon'])}"
            elif reason.get("log_odds") is None:
                yield f"          {what}: {reason['level']}"
            else:
                yield f"  {reason['log_odds']:+7.2f} {what}: {reason['level']}"

    def _chain(self, lang: str) -> Iterator[str]:
        say = translator(lang)
        yield say(_CHAIN)
        for hop in json.loads(self.trace["chain"]):
            told = say(HOPS[hop["hop"]]).format(maker=hop.get("who"), importer=hop.get("who"))
            more = [hop[name] for name in ("place", "licensee", "purchaser") if hop.get(name)]
            place = f" ({', '.join(more)})" if more else ""
            yield f"  {hop.get('date', '—'):<10}  {told}{place}  [{', '.join(hop['record_ids'])}]"
        yield say(_GAPS)
        for gap in json.loads(self.trace["gaps"]):
            yield f"  {say(MISSING[gap['missing']])} → {say(HOLDERS[gap['holder']])}"
        competing = json.loads(self.trace["competing"])
        if competing:
            yield say(_COMPETING)
        for other in competing:
            yield f"  {other['probability']:.4f}  {other['firearm_id']}  [{other['record_id']}]"


def explain_trace(workspace: Workspace, identifier: str, access: Access) -> TraceExplanation | None:
    """Explain a trace by its id; None where there is none of this id."""
    with engine.connect(workspace, {"traces"} | EXPIRY_READS) as connection:
        found = engine.query(connection, "SELECT * FROM traces WHERE trace_id = ?", [identifier])
        if not found.num_rows:
            return None
        expired = expired_today(connection)
    access.enter("view", identifier)
    released = release.release_rows(found, TRACES, {}, access, expired=expired)
    return TraceExplanation(released.table.to_pylist()[0])
