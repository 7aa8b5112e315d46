"""What a parser gives back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

Texts = tuple[str | None, ...]
Value = str | int | float | bool | dt.date | None


@dataclass(frozen=True, slots=True)
class Repair:
    """A suggestion beside the raw value; the value itself is never changed."""

    field: str
    from_: str
    to: str
    rule: str
    probability: float


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be accepted: a short code and a sentence that names the value."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Target columns with their values, suggestions, and the problem if there is one."""

    values: Mapping[str, Value] = field(default_factory=dict)
    repairs: tuple[Repair, ...] = ()
    problem: Problem | None = None
