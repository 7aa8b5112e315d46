"""Why a lead stands where it does: what speaks against it first, and what would settle it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ironriver import engine
from ironriver.errors import RefusedError
from ironriver.estimators.lasting_ids import member_of
from ironriver.governance import release
from ironriver.governance.release import Access
from ironriver.language import mark, translator
from ironriver.networks import LEAD_READS
from ironriver.networks.lead_fields import FIELDS
from ironriver.networks.lead_without import Without, without_each
from ironriver.reports.entity_names import PREFIXES
from ironriver.reports.export import EXPIRY_READS, expired_today
from ironriver.tables import LEADS
from ironriver.workspace import Workspace

_LEAD = mark(
    "{candidate}: rank {rank:,}, log-odds {log_odds:+.2f}, probability {probability:.3f}; expected "
    "to explain {guns:.2f} firearms in the next year"
)
_SUSPECT = mark("A candidate is not a suspect: it is what is worth looking at next.")
_AGAINST = mark("What speaks against it (log-odds):")
_FOR = mark("What speaks for it, and what it would be without each (log-odds, probability):")
_PRIOR = mark("before anything is known of it")
_PURCHASER = mark("it bought first what was found later: a first purchaser is not a suspect")
_RATE = mark(
    "its rate is {ratio:.2f} times what its volume leads one to expect, between {low:.2f} and "
    "{high:.2f} with 90 percent; {flagged:,} dealers stand out, of whom chance gives {by_chance} "
    "at most"
)
_CLEARED = mark("it would be ordinary if it sold {factor} times as much as its records suggest")
_NEXT = mark("Worth asking for next: {record}, held by {holder}")
_RECORDS = mark("It rests on {count:,} records; without each of these it would be (log-odds):")
_NO_LEAD = mark("no lead")
MOST_RECORDS = 12
"""How many records are left out in turn."""
_ASKED = {
    "sale_reports": mark("copies of its reports of these sales, and its book for their days"),
    "sales_volume": mark("how much it sells, by its own book"),
    "case_file": mark("the file of the case"),
    "sale_form": mark("the form of the sale"),
    "trace_request": mark("a trace of the guns that were not traced"),
    "crossing_history": mark("earlier crossings of the person and the vehicle"),
    "subscriber": mark("who holds the shared telephone, or the vehicle"),
    "other_sales": mark("what else it bought there"),
}
_HELD_BY = {
    "licensee": mark("the licensee"),
    "licensing_office": mark("the licensing office"),
    "case_agency": mark("the agency of the case"),
    "tracing_center": mark("the tracing center"),
    "border_agency": mark("the border agency"),
    "telephone_company": mark("the telephone company or the registry of vehicles"),
}


@dataclass(frozen=True, slots=True)
class LeadExplanation:
    """One row of `leads` as it may be shown."""

    lead: dict[str, Any]
    without: tuple[Without, ...] = ()

    def lines(self, lang: str) -> Iterator[str]:
        """Say it in lines."""
        say, lead = translator(lang), self.lead
        yield say(_LEAD).format(
            candidate=lead["candidate_id"], rank=lead["rank"], log_odds=lead["log_odds"],
            probability=lead["probability"], guns=lead["expected_firearms"],
        )  # fmt: skip
        yield say(_SUSPECT)
        yield say(_AGAINST)
        for reason in json.loads(lead["reasons_against"]):
            yield from self._told(reason, lang)
        yield say(_FOR)
        for reason in json.loads(lead["reasons_for"]):
            yield from self._told(reason, lang, beside=self._without(reason))
        wanted = json.loads(lead["next_record"])
        yield say(_NEXT).format(
            record=say(_ASKED[wanted["record"]]), holder=say(_HELD_BY[wanted["holder"]])
        )
        records = json.loads(lead["record_ids"])
        yield say(_RECORDS).format(count=len(records))
        told = {each.record_id: each.log_odds for each in self.without}
        for record in records:
            left = told.get(record)
            changed = say(_NO_LEAD) if left is None else f"{left:+.2f}"
            yield f"  {record}" + (f"  {changed}" if record in told else "")

    def _without(self, reason: dict[str, Any]) -> str:
        """Say the lead without one reason: reasons add up, so that it is what remains."""
        left = self.lead["log_odds"] - reason["log_odds"]
        return f"  ({left:+.2f}, {1 / (1 + math.exp(-left)):.3f})"

    def _told(self, reason: dict[str, Any], lang: str, beside: str = "") -> Iterator[str]:
        say = translator(lang)
        if reason["field"] == "rate":
            yield f"           {say(_RATE).format(**reason)}"
            if "cleared_by_volume" in reason:
                told = say(_CLEARED).format(factor=reason["cleared_by_volume"])
                yield f"           {told}"
            return
        what = {"prior": _PRIOR, "first_purchaser": _PURCHASER}.get(reason["field"])
        if what is None:
            fields = {each.name: each for each in FIELDS[self.lead["candidate_kind"]]}
            text = f"{say(fields[reason['field']].about)}: {say(reason['level'])}"
        else:
            text = say(what)
        ids = f"  [{', '.join(reason['ids'])}]" if reason.get("ids") else ""
        yield f"  {reason['log_odds']:+7.2f}  {text}{beside}{ids}"


def explain_lead(workspace: Workspace, identifier: str, access: Access) -> LeadExplanation | None:
    """Explain a lead by its id; None where there is none of this id.

    Raises RefusedError, itself journalled, where the name that the id leads to has expired.
    """
    if not identifier.startswith("lead-"):
        return None
    with engine.connect(workspace, {"leads", *LEAD_READS, *EXPIRY_READS}) as connection:
        found = engine.query(connection, "SELECT * FROM leads WHERE lead_id = ?", [identifier])
        if not found.num_rows:
            return None
        candidate = str(found["candidate_id"][0])
        expired = expired_today(connection)
        if candidate.startswith(PREFIXES) and member_of(candidate) in expired.parties:
            access.enter("refusal", identifier, {"asked": "view", "code": "expired"})
            raise RefusedError(
                "the name of {id} has expired, and with it whom it was taken for", id=identifier
            )
        access.enter("view", identifier)
        lead = release.release_rows(found, LEADS, {}, access, expired=expired).table.to_pylist()[0]
        records = json.loads(lead["record_ids"])[:MOST_RECORDS]
        without = without_each(connection, candidate, lead["candidate_kind"], records)
    return LeadExplanation(lead, tuple(without))
