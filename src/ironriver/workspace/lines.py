"""One line of the journal: canonical JSON that bears its own check and its predecessor's hash."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

Detail = dict[str, Any]
FIRST_PREVIOUS = "0" * 64

# Actions that change which tables a workspace holds; every other action is audit only.
TABLE_ACTIONS = ("batch", "withdraw", "derive", "prune")
TABLE_LINES = tuple(f'{{"action":"{action}",'.encode() for action in TABLE_ACTIONS)

_TEXT = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_FORM = re.compile(
    rb'\{"action":%b,"actor":%b,"at":"[0-9TZ:.-]+","check":"[0-9a-f]{64}","detail":\{.*\},'
    rb'"object":%b,"previous":"[0-9a-f]{64}","purpose":%b,"role":%b,"sequence":\d+\}'
    % ((_TEXT,) * 5)
)
_CHECK = b',"check":"'
_PREVIOUS = b',"previous":"'


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the journal; ids only, never names."""

    sequence: int
    previous: str
    at: str
    actor: str
    role: str
    purpose: str
    action: str
    object: str
    detail: Detail = field(default_factory=dict)
    leaf_hash: str = ""


def now() -> str:
    """Give the time as the journal writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _canonical(fields: Detail) -> bytes:
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace")


def to_line(entry: Entry) -> bytes:
    """Write an entry as its line, without the line end.

    >>> entry = Entry(0, FIRST_PREVIOUS, "2024-01-01T00:00:00Z", "ana", "analyst", "", "view", "x")
    >>> line = to_line(entry)
    >>> problem(line, 0, FIRST_PREVIOUS.encode()), problem(line[:-1], 0, FIRST_PREVIOUS.encode())
    ('', 'unreadable')
    """
    fields: Detail = {
        "sequence": entry.sequence,
        "previous": entry.previous,
        "at": entry.at,
        "actor": entry.actor,
        "role": entry.role,
        "purpose": entry.purpose,
        "action": entry.action,
        "object": entry.object,
        "detail": entry.detail,
    }
    fields["check"] = sha256(_canonical(fields)).hexdigest()
    return _canonical(fields)


def own_check_holds(line: bytes) -> bool:
    """Tell whether a line's check is the hash of the rest of it.

    Quotes inside values are escaped, so the first check found is the line's own.
    """
    at = line.find(_CHECK)
    rest = sha256(line[:at] + line[at + 75 :]).hexdigest().encode()
    return at > 0 and line[at + 10 : at + 75] == rest + b'"'


def has_form(line: bytes) -> bool:
    """Tell whether a line has the fields of an entry, in their order."""
    return _FORM.fullmatch(line) is not None


def problem(line: bytes, sequence: int, previous: bytes) -> str:
    """Say what is wrong with a line that should bear `sequence` and follow `previous`.

    Gives nothing, ``unreadable``, ``sequence`` or ``previous``.
    """
    if not own_check_holds(line):
        return "unreadable"
    if not line.endswith(b',"sequence":%d}' % sequence):
        return "sequence"
    at = line.rfind(_PREVIOUS)
    if at < 0 or line[at + 13 : at + 78] != previous + b'"':
        return "previous"
    return ""


def line_hash(line: bytes) -> bytes:
    """Give the hexadecimal SHA-256 that the next line must name."""
    return sha256(line).hexdigest().encode()


def from_line(line: bytes, leaf: bytes = b"") -> Entry:
    """Read a line; ValueError or KeyError where it is none."""
    fields = json.loads(line)
    return Entry(
        sequence=fields["sequence"],
        previous=fields["previous"],
        at=fields["at"],
        actor=fields["actor"],
        role=fields["role"],
        purpose=fields["purpose"],
        action=fields["action"],
        object=fields["object"],
        detail=fields["detail"],
        leaf_hash=leaf.hex(),
    )
