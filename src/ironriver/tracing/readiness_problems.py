"""What is wrong with a request, what may stand there instead, and where to look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as of
from typing import Any

from ironriver.reference.firearms import makes
from ironriver.tracing.readiness_kinds import NAMING, KindsOfGun, Said, same_chamber
from ironriver.tracing.readiness_marks import (
    HOME_MADE,
    calibre_not_of_model,
    lacks_importer,
    model_not_of_make,
)
from ironriver.tracing.readiness_readings import Asked, Reading

UNLIKELY = 0.2
"""A stated value with less chance than this is a problem."""
LIKELY = 0.5
"""From this chance on, another value is suggested."""

_OWN_COUNTRY = 0.85
"""Chance that a gun was made in its maker's own country; an assumption."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that may make the request fail."""

    code: str
    field: str
    probability: float
    look_at: str
    record_ids: tuple[str, ...] = ()
    detail: dict[str, str] = of(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """Give it as JSON holds it."""
        told = {
            "problem": self.code,
            "field": self.field,
            "probability": round(self.probability, 4),
            "look_at": self.look_at,
            "record_ids": list(self.record_ids),
        }
        return told | ({"detail": self.detail} if self.detail else {})


@dataclass(frozen=True, slots=True)
class Repair:
    """A value that may be right in place of what is written; never applied by itself."""

    field: str
    written: str | None
    to: str
    probability: float
    why: str
    record_ids: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        """Give it as JSON holds it."""
        return {
            "field": self.field,
            "from": self.written,
            "to": self.to,
            "probability": round(self.probability, 4),
            "why": self.why,
            "record_ids": list(self.record_ids),
        }


Found = tuple[Problem, Repair | None]
_LOOK = {"make": "maker_mark", "model": "model_mark", "calibre": "calibre_mark"}
_IMPOSSIBLE = {"model": "model_impossible", "calibre": "calibre_impossible"}


def of_description(asked: Asked, said: Said, kinds: KindsOfGun) -> Iterator[Found]:
    """Give the problems of what describes the gun."""
    if asked.type == HOME_MADE:
        yield Problem("home_made", "type", 1.0, "whole_gun"), None
        return
    for name in NAMING:
        yield from _of_field(asked, name, said, kinds)
    if not asked.type and not asked.written["type"]:
        yield Problem("type_missing", "type", 1.0, "whole_gun"), None
    yield from _of_country(asked, said)
    if lacks_importer(asked, said, kinds):
        yield _of_importer(asked, said, kinds)


def _of_field(asked: Asked, name: str, said: Said, kinds: KindsOfGun) -> Iterator[Found]:
    written, own = asked.written[name], asked.said[name]
    best, chance = said.best(name)
    repair = _repair(asked, name, said)
    if not own and written and written.casefold() == best.casefold():
        return  # intake did not take the word for this field, but it is what the form needs
    if not own:
        code = f"{name}_unknown" if written and name == "make" else f"{name}_missing"
        if not written or name == "make":
            yield Problem(code, name, 1.0, _LOOK[name]), repair
        return
    impossible = (name == "model" and model_not_of_make(asked, said, kinds)) or (
        name == "calibre" and calibre_not_of_model(asked, said, kinds)
    )
    own_chance = said.chance(name, own)
    differs = best != own and not (name == "calibre" and same_chamber(own, best))
    if impossible and (differs or own_chance < LIKELY):
        yield Problem(_IMPOSSIBLE[name], name, 1.0 - own_chance, _LOOK[name]), repair
    elif differs and own_chance < UNLIKELY and chance >= LIKELY:
        holders = _holders(asked, name, best)
        yield (
            Problem(f"{name}_otherwise", name, 1.0 - own_chance, _LOOK[name], holders),
            repair,
        )


def _repair(asked: Asked, name: str, said: Said) -> Repair | None:
    """Suggest the likeliest value; what intake suggested counts where the kinds say nothing."""
    best, chance = said.best(name)
    if chance < LIKELY:
        for each in asked.repairs:
            if each.get("field") == name and each.get("to"):
                best, chance = str(each["to"]), float(str(each["probability"]))
                if chance >= LIKELY:
                    return Repair(name, asked.written[name], best, chance, "misspelling")
        return None
    if best == asked.said[name]:
        return None
    why = "other_records" if _holders(asked, name, best) else "usual_of_kind"
    return Repair(name, asked.written[name], best, chance, why, _holders(asked, name, best))


def _holders(asked: Asked, name: str, value: str) -> tuple[str, ...]:
    return tuple(each.record_id for each in asked.others if each.said[name] == value)


def _of_country(asked: Asked, said: Said) -> Iterator[Found]:
    if asked.origin_country or asked.written["origin_country"]:
        return
    make = makes().get(asked.make or said.best("make")[0])
    # A maker's own country is where it usually makes guns, not always: plants move.
    chance = _OWN_COUNTRY * (1.0 if asked.make else said.best("make")[1])
    repair = None
    if make and make.country and chance >= LIKELY:
        repair = Repair("origin_country", None, make.country, chance, "country_of_make")
    yield Problem("country_missing", "origin_country", 1.0, "country_mark"), repair


def _of_importer(asked: Asked, said: Said, kinds: KindsOfGun) -> Found:
    problem = Problem("importer_missing", "importer", 1.0, "importer_mark")
    other = next((each for each in asked.others if each.importer), None)
    if other and other.importer:
        to = other.importer
        return problem, Repair("importer", None, to, 0.95, "other_records", (other.record_id,))
    make = asked.make or said.best("make")[0]
    model = asked.model or said.best("model")[0]
    found = kinds.importer(make, model)
    sure = 1.0 if asked.make else said.best("make")[1]
    sure *= 1.0 if asked.model else said.best("model")[1]
    if not found or found[0][1] * sure < LIKELY:
        return problem, None
    return problem, Repair("importer", None, found[0][0], found[0][1] * sure, "usual_of_kind")


def of_duplicates(asked: Asked, sent: dict[str, tuple[str, str]]) -> Iterator[Problem]:
    """Name the other requests and lists that hold the same gun.

    `sent` gives for each request when it became known and its record id: the earlier one stands.
    """
    requests = [each for each in asked.others if each.record_id in sent]
    mine = sent.get(asked.record_id)
    earlier = [each for each in requests if mine is None or sent[each.record_id] < mine]
    later = [each for each in requests if each not in earlier]
    for code, found in (("requested_already", earlier), ("requested_again", later)):
        if found:
            ids = tuple(each.record_id for each in found)
            chance = max(min(each.probability, asked.probability) for each in found)
            yield Problem(code, "request", chance, "other_record", ids)
    if requests or mine:
        return
    others = [each for each in asked.others if each.listed]
    listed = tuple(each.record_id for each in others if _office(each) != _office(asked))
    if listed:
        chance = min(asked.probability, *(each.probability for each in others))
        yield Problem("listed_elsewhere", "request", chance, "other_record", listed)


def _office(reading: Reading) -> tuple[str | None, str | None]:
    return reading.authority, reading.case_number
