"""The chain of custody: what the records say happened to a gun, and what nobody recorded.

Every hop names its records; what no record says is no hop but a gap.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ironriver.tables import Kind
from ironriver.tracing.endings import Diversion
from ironriver.tracing.facts import ANSWER, LOSSES, Buyer, Fact
from ironriver.tracing.traits import most

_HOPS = {
    Kind.SHIPMENT.value: "shipped",
    Kind.PURCHASE.value: "sold",
    Kind.MULTIPLE_SALE.value: "reported_multiple_sale",
    Kind.CROSSING_SEIZURE.value: "seized_at_crossing",
    Kind.RECOVERY.value: "recovered",
    Kind.BALLISTIC_HIT.value: "matched_ballistically",
    Kind.EXHIBIT.value: "shown_in_court",
}
_ORDER = (
    "made", "imported", "shipped", "sold", "reported_multiple_sale", "stolen_or_lost",
    "lost_by_forces", "seized_at_crossing", "recovered", "shown_in_court",
    "matched_ballistically", "answered",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hop:
    """One thing that happened to a gun, and the records that say so."""

    hop: str
    day: dt.date | None
    precision: str
    record_ids: tuple[str, ...]
    probability: float
    """That its records are about this gun."""
    place: str | None = None
    crossing: str | None = None
    licensee: str | None = None
    purchaser: str | None = None
    who: str | None = None

    def told(self) -> dict[str, object]:
        """Give the hop as it stands in `traces.chain`; what is not known is left out."""
        said: dict[str, object] = {
            "hop": self.hop,
            "date": self.day.isoformat() if self.day else None,
            "precision": self.precision,
            "record_id": self.record_ids[0],
            "record_ids": list(self.record_ids),
            "probability": round(self.probability, 6),
            "place": self.place,
            "crossing": self.crossing,
            "licensee": self.licensee,
            "purchaser": self.purchaser,
            "who": self.who,
        }
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Gap:
    """What a chain lacks between two hops, and who would hold it."""

    missing: str
    holder: str
    after: str | None = field(default=None)

    def told(self) -> dict[str, object]:
        """Give the gap as it stands in `traces.gaps`."""
        said = {"after": self.after, "missing": self.missing, "holder": self.holder}
        return {name: value for name, value in said.items() if value is not None}


def hops(facts: Sequence[Fact]) -> tuple[Hop, ...]:
    """Give the hops of a gun in order of date; those without one stand where they belong."""
    found: dict[tuple[str, dt.date | None, str | None], list[tuple[Fact, Hop]]] = {}
    for fact in facts:
        for hop in _of(fact):
            # One event in several lists is one hop; two dates stay two, and are a finding.
            found.setdefault((hop.hop, hop.day, hop.purchaser), []).append((fact, hop))
    merged = [*_described(facts), *(_merged(each) for each in found.values())]
    return tuple(sorted(merged, key=_place))


def _place(hop: Hop) -> tuple[str, int, tuple[str, ...]]:
    order = _ORDER.index(hop.hop)
    # Without a date, making and import come first, anything else last.
    date = hop.day.isoformat() if hop.day else ("" if order < 3 else "9999")
    return date, order, hop.record_ids


def _merged(told: list[tuple[Fact, Hop]]) -> Hop:
    told = sorted(told, key=lambda each: (-each[0].probability, each[0].record_id))
    first = told[0][1]
    return Hop(
        first.hop, first.day, first.precision,
        tuple(dict.fromkeys(fact.record_id for fact, _ in told)),
        max(fact.probability for fact, _ in told),
        next((hop.place for _, hop in told if hop.place), None),
        next((hop.crossing for _, hop in told if hop.crossing), None),
        next((hop.licensee for _, hop in told if hop.licensee), None),
        first.purchaser, None,
    )  # fmt: skip


def _of(fact: Fact) -> Iterator[Hop]:
    """Give what one record says happened."""
    ids, sure = (fact.record_id,), fact.probability
    licensee, buyer = _entity(fact.seller), _entity(fact.purchaser)
    if fact.kind == ANSWER:
        if fact.sale_day:
            place = fact.source_admin2 or fact.source_admin1
            yield Hop("sold", fact.sale_day, "day", ids, sure, place, None, licensee, buyer)
        if fact.day:
            yield Hop("recovered", fact.day, "day", ids, sure, fact.admin2 or fact.admin1)
        if fact.completed:
            yield Hop("answered", fact.completed, "day", ids, sure)
        return
    name = _HOPS.get(fact.kind)
    if fact.kind in LOSSES:
        name = "lost_by_forces" if fact.in_mexico else "stolen_or_lost"
    if name:
        crossing = fact.crossing if fact.crossing not in (None, "unknown") else None
        yield Hop(
            name, fact.day, fact.precision if fact.day else "unknown", ids, sure,
            fact.admin2 or fact.admin1, crossing, licensee, buyer,
        )  # fmt: skip


def _entity(buyer: Buyer | None) -> str | None:
    return (buyer.entity_id or buyer.party_id) if buyer else None


def _described(facts: Sequence[Fact]) -> Iterator[Hop]:
    """Give maker and importer as most records state them: undated, and with those records."""
    for name, hop in (("make", "made"), ("importer", "imported")):
        who = most(getattr(fact, name) for fact in facts)
        said = [fact for fact in facts if getattr(fact, name) == who]
        if who:
            said.sort(key=lambda fact: (-fact.probability, fact.record_id))
            ids = tuple(fact.record_id for fact in said)
            yield Hop(hop, None, "unknown", ids, said[0].probability, who=who)


def gaps(chain: Sequence[Hop], facts: Sequence[Fact], diversion: str, us: bool) -> tuple[Gap, ...]:
    """Say what a chain lacks, for a gun that left lawful hands in a certain way."""
    there = {hop.hop for hop in chain}
    return tuple(_gaps(there, facts, diversion, us))


_GAPS_OF = {
    Diversion.FORCES_LOSS: (
        Gap("before_loss", "army_register", "made"), Gap("loss_report", "force"),
    ),
    Diversion.MEXICAN_LEGAL_SALE: (Gap("mexican_sale", "army_register", "made"),),
    Diversion.CENTRAL_AMERICAN_STOCK: (Gap("foreign_stock", "foreign_government", "made"),),
}  # fmt: skip


def _gaps(there: set[str], facts: Sequence[Fact], diversion: str, us: bool) -> Iterator[Gap]:
    if "made" not in there:
        yield Gap("maker_unknown", "laboratory")
    if us and "imported" not in there and _foreign(facts):
        yield Gap("importer_unknown", "laboratory", "made")
    if "shipped" not in there:
        yield Gap("shipments", "maker", "made")
    if diversion == Diversion.RETAIL:
        yield from _after_retail(there, facts)
    for gap in _GAPS_OF.get(Diversion(diversion), ()):
        if not (gap.missing == "loss_report" and "lost_by_forces" in there):
            yield gap
    asked = any(fact.layout == "trace_requests" or fact.kind == ANSWER for fact in facts)
    if not asked:
        yield Gap("request", "requester", "recovered")
    elif "answered" not in there:
        yield Gap("answer", "tracing_center", "recovered")


def _after_retail(there: set[str], facts: Sequence[Fact]) -> Iterator[Gap]:
    if "stolen_or_lost" in there:
        yield Gap("after_theft", "police", "stolen_or_lost")
    elif there & {"sold", "reported_multiple_sale"}:
        yield Gap("after_sale", "nobody", "sold" if "sold" in there else "reported_multiple_sale")
    else:
        closed = any("out_of_business" in (fact.outcome or "") for fact in facts)
        yield Gap("retail_sale", "out_of_business_records" if closed else "licensee", "made")
    if not any(fact.crossing not in (None, "unknown") for fact in facts):
        yield Gap("way_to_mexico", "border_agency")


def _foreign(facts: Sequence[Fact]) -> bool:
    stated = most(fact.origin_country for fact in facts)
    return stated is not None and stated != "US"


def as_json(parts: Sequence[Hop] | Sequence[Gap]) -> str:
    """Write hops or gaps as JSON."""
    return json.dumps([part.told() for part in parts], ensure_ascii=False)
