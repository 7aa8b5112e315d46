"""Facts and workspaces that tracing tests share; everybody in them is invented."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from ironriver.tracing.facts import Buyer, Fact

BLANK = Fact(
    firearm_id="gun-1", record_id="r1", source_id="s", layout="aseguramientos",
    handling="SYNTHETIC", known_from=dt.date(2024, 1, 1), probability=0.99, kind="recovery",
    day=dt.date(2023, 5, 1), precision="day", country="MX", admin1="MX-26", admin2="MX-26030",
    crossing="unknown", make="Glock", importer=None, model="19", calibre="9x19mm", type="pistol",
    origin_country="US", serial="ABCD123", serial_status="read", authority=None, notes=None,
    reference=None, case_number=None, outcome=None, outcome_raw=None, sale_day=None,
    stated_days=None, completed=None, source_admin1=None, source_admin2=None, licensed=False,
    seller=None, purchaser=None,
)  # fmt: skip


def recovery(record_id: str = "r1", **changes: object) -> Fact:
    """Give a recovery in Mexico."""
    return replace(BLANK, record_id=record_id, **changes)  # type: ignore[arg-type]


def sale(record_id: str = "p1", buyer: str = "per-1", **changes: object) -> Fact:
    """Give a purchase in the United States."""
    told: dict[str, object] = {
        "kind": "purchase", "layout": "case_purchases", "country": "US", "admin1": "US-04",
        "admin2": None, "day": dt.date(2020, 3, 2), "licensed": True,
        "seller": Buyer(f"{record_id}/seller", "lic-1", 1.0),
        "purchaser": Buyer(f"{record_id}/purchaser", buyer, 0.98),
    }  # fmt: skip
    return replace(BLANK, record_id=record_id, **told | changes)  # type: ignore[arg-type]


def answer(record_id: str = "t1", outcome: str = "traced_to_purchaser", **changes: object) -> Fact:
    """Give a tracing center's answer."""
    told: dict[str, object] = {
        "kind": "trace_result", "layout": "trace_results", "outcome": outcome,
        "outcome_raw": outcome.upper(), "completed": dt.date(2023, 7, 1),
    }  # fmt: skip
    return replace(BLANK, record_id=record_id, **told | changes)  # type: ignore[arg-type]
