"""Why a candidate stands where it does, what speaks against it first, and what to ask for next."""

from __future__ import annotations

from collections.abc import Mapping

from ironriver.networks.dealers import RATE, DealerRate, DealerRates
from ironriver.networks.lead_facts import Candidates
from ironriver.networks.lead_fields import FIELDS
from ironriver.networks.lead_levels import Floats, Ints

Reason = dict[str, object]
_SHARED = {"contact": "contact_ids", "home": "home_ids"}
_CHAIN = frozenset({"company", "chain_size"})


def reasons(
    candidates: Candidates, place: int, levels: Ints, parts: Floats
) -> tuple[list[Reason], list[Reason]]:
    """Give what speaks against a candidate, exculpatory facts first, and what speaks for it."""
    clearing: list[Reason] = []
    against: list[Reason] = []
    in_favour: list[Reason] = []
    told = zip(FIELDS[candidates.kind], levels.tolist(), parts.tolist(), strict=True)
    for field, level, part in told:
        if not level:
            continue
        reason: Reason = {
            "field": field.name, "level": field.levels[level - 1], "log_odds": round(part, 3)
        }  # fmt: skip
        ids = _ids(candidates, place, field.name)
        if ids:
            reason["ids"] = ids
        if field.clears:
            clearing.append(reason)
        elif part < 0:
            against.append(reason)
        else:
            in_favour.append(reason)
    if "traced" in candidates.facts and candidates.facts["traced"][place] > 0:
        clearing.append({"field": "first_purchaser", "level": "no suspect", "log_odds": 0.0})
    weight = _weight
    return [*clearing, *sorted(against, key=weight)], sorted(in_favour, key=weight, reverse=True)


def _weight(reason: Mapping[str, object]) -> tuple[float, str]:
    return float(str(reason["log_odds"])), str(reason["field"])


def _ids(candidates: Candidates, place: int, field: str) -> list[str]:
    """Give the ids that a field is about: with whom a contact is shared, which supply chain."""
    if field in _SHARED and _SHARED[field] in candidates.texts:
        found = candidates.texts[_SHARED[field]][place]
        return [str(each) for each in found] if isinstance(found, list) else []
    network = candidates.texts["network"][place] if field in _CHAIN else None
    return [str(network)] if network else []


def of_rate(rate: DealerRate, all_of_them: DealerRates) -> Reason:
    """Say a dealer's rate: shrunken, with its interval, and what would clear it."""
    reason: Reason = {
        "field": "rate",
        "level": "stands out" if rate.flagged else "within chance",
        "ratio": round(rate.ratio, 2),
        "low": round(rate.interval.low, 2),
        "high": round(rate.interval.high, 2),
        "rate": RATE,
        "flagged": len(all_of_them.flagged),
        "by_chance": round(all_of_them.by_chance, 2),
    }
    if rate.volume_factor is not None:
        reason["cleared_by_volume"] = round(rate.volume_factor, 1)
    return reason


# The first of these that a candidate has names what would settle most.
_NEXT = {
    "licensee": (
        ("not_reported", "sale_reports", "licensee"),
        ("excess", "sales_volume", "licensing_office"),
        ("flagged", "sales_volume", "licensing_office"),
    ),
    "network": (
        ("known", "case_file", "case_agency"),
        ("people", "sale_form", "licensee"),
        ("guns", "trace_request", "tracing_center"),
    ),
    "person": (
        ("held", "crossing_history", "border_agency"),
        ("case", "case_file", "case_agency"),
        ("contact", "subscriber", "telephone_company"),
        ("traced", "sale_form", "licensee"),
        ("reports", "other_sales", "licensee"),
        ("company", "sale_form", "licensee"),
    ),
}


def next_record(candidates: Candidates, place: int, names: frozenset[str]) -> Reason:
    """Say which record is worth asking for next, and who holds it."""
    kind = "person" if candidates.kind == "company" else candidates.kind
    for field, record, holder in _NEXT[kind]:
        if field in names:
            found: Reason = {"record": record, "holder": holder, "field": field}
            ids = _ids(candidates, place, field)
            return {**found, "ids": ids} if ids else found
    return {"record": "sale_form", "holder": "licensee", "field": "none"}
