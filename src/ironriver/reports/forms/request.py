"""One trace request, gathered from a recovery, its parties and what was found wrong with it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
from babel import Locale

from ironriver import engine
from ironriver.errors import MistakeError
from ironriver.governance.policy import REASONS, Use, decide
from ironriver.governance.release import Access
from ironriver.language import mark, translator
from ironriver.reference.firearms import types
from ironriver.reference.geography import Country, load_states
from ironriver.reports.forms.fields import FIELDS, FormField
from ironriver.tables import Handling
from ironriver.tracing.readiness_words import LOOK, PROBLEMS
from ironriver.workspace import Workspace

READS = ("sources", "records", "parties", "readiness")
_RECORD = """
SELECT records.*, sources.handling FROM records JOIN sources USING (source_id) WHERE record_id = ?
"""
_PARTIES = """
SELECT role, name, birth_date, address, city FROM parties
WHERE record_id = ? AND role IN ('possessor', 'associate') ORDER BY party_id
"""
_OBLITERATED = {"obliterated": True, "read": False}
_COUNTRIES: tuple[Country, ...] = ("MX", "US")
YES, NO = mark("yes"), mark("no")
_REPAIRABLE = ("serial", "make", "model", "calibre", "importer", "origin_country")


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of the form with its value, and what may stand there instead."""

    field: FormField
    value: str
    written: str = ""
    """As received, where the value is another."""
    suggested: str = ""
    probability: float | None = None
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """A problem in words, how probable it is, what to look at, and the records that show it."""

    text: str
    probability: float
    look_at: str
    record_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TraceRequest:
    """A request ready to be written: entries in order of the form, and what may make it fail."""

    record_id: str
    handling: Handling
    entries: tuple[Entry, ...]
    troubles: tuple[Trouble, ...]
    risk: float | None
    ready: bool | None
    notes: tuple[str, ...] = ()
    """What the reader must know, in English, to be translated: why something is not shown."""


def gather(
    workspace: Workspace,
    record_id: str,
    access: Access,
    lang: str,
    accepted: tuple[str, ...] = (),
) -> TraceRequest:
    """Gather the request for a recovery; refuse what this role and purpose may not have.

    A repair takes a field's place only if the field is in `accepted`; a field without a suggestion
    there is a MistakeError. The journal is told first, accepted repairs with it.
    """
    with engine.connect(workspace, READS) as connection:
        record = _record(connection, record_id)
        handling = Handling(record["handling"])
        access.permit("request", record_id, handling, Use.ROW)
        checked = _checked(connection, record_id)
        parties = engine.query(connection, _PARTIES, (record_id,)).to_pylist()
    names = decide(access.role, access.purpose, handling, Use.NAMES)
    notes: list[str] = []
    if not names.allowed:
        notes.append(REASONS[names.code])
        parties = []
        record |= {"authority": None, "notes": None}
    told = decide(access.role, access.purpose, Handling(checked["handling"]), Use.ROW)
    if not told.allowed:
        notes.append(REASONS[told.code])
        checked |= {"problems": "[]", "suggested_repairs": "[]", "risk": None, "ready": None}
    repairs = {each["field"]: each for each in json.loads(checked["suggested_repairs"])}
    _check_accepted(accepted, repairs)
    if accepted:
        given = {name: repairs[name]["probability"] for name in accepted}
        access.enter("accept", record_id, {"repairs": given})
    values = _values(record, parties, lang)
    entries = tuple(_entry(each, values, record, repairs, accepted, lang) for each in FIELDS)
    say = translator(lang)
    troubles = tuple(_trouble(each, say) for each in json.loads(checked["problems"]))
    return TraceRequest(
        record_id, handling, entries, troubles, checked["risk"], checked["ready"], tuple(notes)
    )


def _record(connection: duckdb.DuckDBPyConnection, record_id: str) -> dict[str, Any]:
    rows = engine.query(connection, _RECORD, (record_id,)).to_pylist()
    if not rows:
        raise MistakeError(
            "there is no record {id} in this workspace; `ironriver export WORKSPACE records` "
            "lists the records",
            id=record_id,
        )
    if rows[0]["kind"] != "recovery":
        raise MistakeError(
            "{id} is no recovery but a {kind}; a trace is requested for a recovery",
            id=record_id,
            kind=rows[0]["kind"],
        )
    return dict(rows[0])


def _checked(connection: duckdb.DuckDBPyConnection, record_id: str) -> dict[str, Any]:
    rows = engine.query(
        connection, "SELECT * FROM readiness WHERE record_id = ?", (record_id,)
    ).to_pylist()
    if not rows:
        raise MistakeError(
            "nobody has checked {id} yet; `ironriver trace WORKSPACE --readiness` checks all "
            "recoveries",
            id=record_id,
        )
    return dict(rows[0])


def _check_accepted(accepted: tuple[str, ...], repairs: Mapping[str, object]) -> None:
    for name in accepted:
        if name not in repairs:
            raise MistakeError(
                "nothing is suggested for {field}; there are suggestions for: {known}",
                field=name,
                known=", ".join(sorted(repairs)) or "-",
            )


def _values(record: Mapping[str, Any], parties: list[dict[str, Any]], lang: str) -> dict[str, str]:
    """Give the value of every field that a record fills."""
    possessor = next((each for each in parties if each["role"] == "possessor"), {})
    associate = next((each for each in parties if each["role"] == "associate"), {})
    ground = _OBLITERATED.get(record["serial_status"] or "")
    read = record["serial_status"] in ("read", "partial")
    say = translator(lang)
    values = {
        "agency": record["authority"],
        "case_number": record["case_number"],
        "serial": record["serial"] if read else None,
        "obliterated": None if ground is None else say(YES if ground else NO),
        "make": record["make"] or record["make_raw"],
        "type": _type(record, lang),
        "calibre": record["calibre"] or record["calibre_raw"],
        "model": record["model"] or record["model_raw"],
        "origin_country": country(record["origin_country"], lang) or record["origin_country_raw"],
        "importer": record["importer"] or record["importer_raw"],
        "notes": record["notes"],
        "possessor_name": possessor.get("name"),
        "possessor_birth_date": _day(possessor.get("birth_date")),
        "possessor_address": ", ".join(
            part for part in (possessor.get("address"), possessor.get("city")) if part
        ),
        "associate_name": associate.get("name"),
        "recovery_date": _recovered(record),
        "recovery_place": record["place"],
        "recovery_state": _state(record["admin1"]),
        "recovery_country": country(record["country"], lang),
        "serial_seen": None if record["serial_status"] == "read" else record["serial_raw"],
    }
    return {name: value or "" for name, value in values.items()}


def _entry(
    each: FormField,
    values: Mapping[str, str],
    record: Mapping[str, Any],
    repairs: Mapping[str, Mapping[str, Any]],
    accepted: tuple[str, ...],
    lang: str,
) -> Entry:
    value, repair = values.get(each.name, ""), repairs.get(each.name)
    written = str(record.get(f"{each.name}_raw") or "") if each.name in _RAW else ""
    if repair is None:
        return Entry(each, value, written if written != value else "")
    to = str(repair["to"])
    shown = country(to, lang) if each.name == "origin_country" else to
    taken = each.name in accepted
    return Entry(
        each,
        shown if taken else value,
        written if written != (shown if taken else value) else "",
        shown,
        float(repair["probability"]),
        taken,
    )


_RAW = frozenset((*_REPAIRABLE, "type"))


def _type(record: Mapping[str, Any], lang: str) -> str | None:
    known = types().get(record["type"] or "")
    if known is None:
        return str(record["type_raw"] or "")
    return known.spanish if lang == "es" else known.name


def country(code: str | None, lang: str) -> str:
    """Give the name of a country by its ISO code.

    >>> country("BR", "es")
    'Brasil'
    """
    if not code:
        return ""
    return str(Locale.parse(lang).territories.get(code, code))


def _state(code: str | None) -> str | None:
    """Give the name of a Mexican state or one of the United States by its code."""
    known = {state.code: state.name
             for where in _COUNTRIES for state in load_states(where)}  # fmt: skip
    return known.get(code or "", code)


def _recovered(record: Mapping[str, Any]) -> str:
    """Give the date as far as it is known to the day; a month or year alone stands as such."""
    day, precision = record["event_date"], record["date_precision"]
    if day is None:
        return ""
    told = {"day": day.isoformat(), "month": f"{day:%Y-%m}", "year": f"{day:%Y}"}
    return str(told.get(precision, f"{day.isoformat()} ?"))


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _trouble(each: Mapping[str, Any], say: Any) -> Trouble:  # noqa: ANN401 - a translator
    text = say(PROBLEMS[each["problem"]]).format(**each.get("detail", {}))
    look = say(LOOK[each["look_at"]]).format(**each.get("detail", {}))
    return Trouble(text, each["probability"], look, tuple(each["record_ids"]))
