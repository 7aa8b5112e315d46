"""A small invented workspace with one set of objects for each handling, and people to sign in."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
from starlette.testclient import TestClient

from ironriver.governance import roles
from ironriver.governance.roles import Role, account
from ironriver.tables import TABLES, Handling
from ironriver.web import one_time, worker
from ironriver.web.accounts import Accounts
from ironriver.web.app import make_app
from ironriver.web.bench import Bench, Who
from ironriver.web.problems import Problem
from ironriver.web.server import Server
from ironriver.web.sessions import Session, Sessions
from ironriver.workspace import Batch, Segment, Workspace

DAY = dt.date(2025, 3, 3)
PASSWORD = "an invented pass phrase"  # noqa: S105
BASE = "http://127.0.0.1:8765"
HANDLINGS = tuple(Handling)


def row_mark(handling: Handling) -> str:
    """Give the text that stands only in rows of one handling; it would run, shown as HTML."""
    return f"<script>alert('ROW-{handling}')</script>"


def name_mark(handling: Handling) -> str:
    """Give the text that stands only where a name may stand, in rows of one handling."""
    return f"<img src=x onerror=alert('NAME-{handling}')>"


@dataclass(frozen=True)
class Objects:
    """The ids of one handling, by what they are of."""

    handling: Handling
    source: str
    key: str

    @property
    def records(self) -> tuple[str, str]:
        """Give the ids of its two records."""
        return f"{self.key}-1", f"{self.key}-2"

    @property
    def ids(self) -> dict[str, str]:
        """Give one id of each kind."""
        first, second = self.records
        return {
            "record": first,
            "party": f"{first}/purchaser",
            "firearm": f"gun-{first}",
            "entity": f"per-{first}/purchaser",
            "network": f"network-{first}",
            "trace": f"trace-{first}",
            "link": f"link-area-gun-{first}-gun-{second}",
            "match": f"match-{first}-{second}",
            "lead": f"lead-network-{first}",
            "route": f"route-{self.key}",
            "figure": f"figure-{self.key}",
            "source": self.source,
        }


def table_of(name: str, rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Make rows of a table; what is not given is null, or an empty list where JSON stands."""
    contract = TABLES[name]
    lists = {"record_ids", "reasons", "repairs", "chain", "gaps", "competing", "findings"}
    filled = [
        {column: row.get(column, "[]" if column in lists else None) for column in contract.names}
        for row in rows
    ]
    return pa.Table.from_pylist(filled, schema=contract.schema)


def build(path: Path) -> list[Objects]:
    """Make the workspace and give its objects."""
    with Workspace.create(path, account()) as workspace:
        objects = [_source(workspace, handling) for handling in HANDLINGS]
        made = [(name, rows) for one in objects for name, rows in _derived(one).items()]
        segments = []
        for name in sorted({name for name, _ in made}):
            rows = [row for each, some in made if each == name for row in some]
            segments.append(_segment(workspace, name, rows))
        workspace.commit_derived("testing", "0" * 64, segments, account(), "custodian")
    return objects


def _segment(workspace: Workspace, name: str, rows: Sequence[dict[str, Any]]) -> Segment:
    with workspace.segment(name) as writer:
        writer.write(table_of(name, rows))
    assert writer.segment
    return writer.segment


def _source(workspace: Workspace, handling: Handling) -> Objects:
    source = workspace.receive_bytes(f"invented, {handling}".encode())
    one = Objects(handling, source, source[:16])
    place = {"source_id": source, "known_from": DAY}
    records = [
        place
        | {
            "record_id": identifier,
            "row_number": number,
            "kind": "recovery",
            "event_date": DAY,
            "date_precision": "day",
            "country": "MX",
            "admin1": "MX-26",
            "crossing": "unknown",
            "make": "COLT",
            "model": row_mark(handling),
            "model_raw": row_mark(handling),
            "serial": f"SYN{number:04d}",
            "serial_raw": f"SYN{number:04d}",
            "serial_status": "read",
            "notes": name_mark(handling),
            "authority": name_mark(handling),
        }
        for number, identifier in enumerate(one.records, start=1)
    ]
    parties = [
        place
        | {
            "record_id": identifier,
            "row_number": number,
            "party_id": f"{identifier}/purchaser",
            "role": "purchaser",
            "name": name_mark(handling),
            "address": name_mark(handling),
        }
        for number, identifier in enumerate(one.records, start=1)
    ]
    raw = [
        {
            "source_id": source,
            "row_number": number,
            "part": "",
            "first_byte": 0,
            "last_byte": 9,
            "raw": json.dumps([name_mark(handling)]),
        }
        for number in (1, 2)
    ]
    about = {
        "source_id": source,
        "name": row_mark(handling),
        "layout": "testing",
        "agency": "invented",
        "handling": str(handling),
        "nexus": "seizure",
        "known_from": DAY,
        "rows_in": 3,
        "rows_accepted": 2,
        "rows_quarantined": 1,
        "header": '{"": ["NAME"]}',
        "notes": "[]",
    }
    refused = [
        {
            "source_id": source,
            "row_number": 3,
            "reason_code": "bad_date",
            "reason": name_mark(handling),
        }
    ]
    segments = [
        _segment(workspace, name, rows)
        for name, rows in (
            ("sources", [about]),
            ("records", records),
            ("parties", parties),
            ("raw_rows", raw),
            ("quarantine", refused),
        )
    ]
    batch = Batch(source, "0" * 64, DAY, None, tuple(segments))
    workspace.commit_batch(batch, account(), "custodian", "")
    return one


def _derived(one: Objects) -> dict[str, list[dict[str, Any]]]:
    """Give the derived rows of one handling; what is free text in them bears the mark of a row."""
    mark, ids = row_mark(one.handling), one.ids
    first, second = one.records
    guns = [f"gun-{first}", f"gun-{second}"]
    reasons = json.dumps(
        [{"field": "serial", "level": mark, "log_odds": 1.0, "pair_probability": 0.9}]
    )
    rests = {
        "record_ids": json.dumps([first, second]),
        "reasons": reasons,
        "handling": str(one.handling),
    }
    sure = {"probability": 0.9, "log_odds": 2.2} | rests
    gun = {"make": "COLT", "model": mark, "serial": "SYN0001", "records": 1} | sure
    return {
        "firearms": [gun | {"firearm_id": each} for each in guns],
        "firearm_members": [
            sure | {"firearm_id": each, "record_id": record}
            for each, record in zip(guns, one.records, strict=True)
        ],
        "matches": [
            sure
            | {"probability": 0.5, "match_id": ids["match"], "about": "firearm",
               "left_id": first, "right_id": second, "decision": "apart"}
        ],
        "entities": [
            rests | {"entity_id": f"per-{each}/purchaser", "kind": "person", "parties": 1}
            for each in one.records
        ],
        "entity_members": [
            sure | {"entity_id": f"per-{each}/purchaser", "party_id": f"{each}/purchaser"}
            for each in one.records
        ],
        "traces": [
            rests
            | {"trace_id": ids["trace"], "recovery_record_id": first, "firearm_id": guns[0],
               "outcome": "pending", "origin": "undetermined", "diversion": "unknown",
               "basis": "expected", "outcome_raw": mark, "probability": 0.5,
               "origin_probability": 0.5, "diversion_probability": 0.5, "reasons": "[]"}
        ],
        "readiness": [rests | {"record_id": first, "ready": True, "risk": 0.1, "problems": "[]"}],
        "links": [
            rests
            | {"link_id": ids["link"], "left_id": guns[0], "right_id": guns[1], "kind": "area",
               "log_odds": 1.0}
        ],
        "networks": [
            rests
            | {"network_id": ids["network"], "firearms": 2, "entities": 1, "first_date": DAY,
               "last_date": DAY, "probability": 0.9, "stability": 0.9, "channels": "[]"}
        ],
        "network_members": [
            sure
            | {"network_id": ids["network"], "member_id": each, "member_kind": "firearm",
               "role": "firearm", "role_probability": 1.0}
            for each in guns
        ],
        "gun_channels": [
            rests | {"firearm_id": guns[0], "channel": mark, "probability": 0.5, "channels": "[]"}
        ],
        "routes": [
            rests
            | {"route_id": ids["route"], "source_admin1": "US-04", "crossing": "unknown",
               "recovery_admin1": "MX-26", "period": "2025", "firearms": 2, "flagged": False}
        ],
        "leads": [
            sure
            | {"rank": 1, "lead_id": ids["lead"], "candidate_id": ids["network"],
               "candidate_kind": "network", "expected_firearms": 1.0, "reasons_for": reasons,
               "reasons_against": "[]"}
        ],
        "figures": [
            rests
            | {"figure_id": ids["figure"], "name": "invented", "value": 0.5, "low": 0.5,
               "high": 0.5, "interval": "exact", "population": "invented", "numerator": 40,
               "denominator": 100, "period": "2025", "as_of": "2025", "method": "invented",
               "reasons": "[]"}
        ],
    }  # fmt: skip


class InThisProcess:
    """Answers as a worker does, without a process for it."""

    def __init__(self, path: Path, rows: int = 500) -> None:
        self.bench: Bench = worker.open_bench(path, rows)

    def ask(self, name: str, who: Who, values: dict[str, Any]) -> dict[str, Any] | Problem:
        """Answer at once."""
        return worker.answer(self.bench, (name, who, values))

    def close(self) -> None:
        """Close the workspace."""
        self.bench.workspace.close()


@dataclass
class Clock:
    """A clock that stands still until it is set on."""

    now: float = 1_750_000_000.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


@dataclass
class Site:
    """A served workspace: its objects, and clients that are signed in."""

    path: Path
    objects: list[Objects]
    server: Server
    client: TestClient
    clock: Clock
    secrets: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, role: Role | None = None) -> str:
        """Add a user, give a role, and give the secret of the second factor."""
        self.secrets[name] = self.server.accounts.add(name, PASSWORD)
        if role is not None:
            with Workspace.open(self.path, write=True, wait=5) as workspace:
                roles.grant(workspace, account(), name, role)
        return self.secrets[name]

    def code(self, name: str) -> str:
        """Give the one-time code of this moment."""
        counter = int(self.clock()) // one_time.STEP
        return one_time.code_at(base64.b32decode(self.secrets[name]), counter)

    def sign_in(self, name: str, purpose: str = "") -> dict[str, str]:
        """Sign in the slow way, state a purpose, and give the headers of a change."""
        asked = {"name": name, "password": PASSWORD, "code": self.code(name)}
        answer = self.client.post("/api/v1/session", json=asked)
        assert answer.status_code == 201, answer.text
        headers = {"X-CSRF-Token": answer.json()["csrf"]}
        if purpose:
            stated = {"purpose": purpose}
            put = self.client.put("/api/v1/session/purpose", json=stated, headers=headers)
            assert put.status_code == 200, put.text
        return headers

    def session(self, name: str, purpose: str = "") -> tuple[str, Session]:
        """Open a session without password and code, for tests of what comes after."""
        token, session = self.server.sessions.begin(name)
        return token, self.server.sessions.state(token, purpose, "") if purpose else session


@contextmanager
def serving(path: Path, objects: list[Objects]) -> Iterator[Site]:
    """Serve a workspace in this process."""
    clock = Clock()
    server = Server(
        path,
        accounts=Accounts(path, clock),
        sessions=Sessions(clock),
        answering=InThisProcess(path),
    )
    with TestClient(make_app(server), base_url=BASE, raise_server_exceptions=False) as client:
        yield Site(path, objects, server, client, clock)
