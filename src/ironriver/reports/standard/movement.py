"""How guns moved: by which channel they left lawful hands, routes over time, lots of ammunition."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import duckdb
import numpy as np
import pyarrow as pa

from ironriver import engine
from ironriver.estimators.class_shares import ClassShares, Transfer, class_shares
from ironriver.governance.policy import Use, decide
from ironriver.governance.release import Access, release_cells, rests_on_few
from ironriver.language import mark
from ironriver.networks.ammunition import Lot, ammunition_lots
from ironriver.networks.channels import CHANNELS, channel_model
from ironriver.networks.routes import read_guns, routes_of
from ironriver.reports.standard.sheet import Cell, Sheet
from ironriver.tables import Handling

_STRICTNESS = list(Handling)
_SHARE = mark("share")
_LOW, _HIGH = mark("low"), mark("high")

CHANNEL_NOTES = (
    mark(
        "no count of what each gun was most likely: probabilities, their errors and their prior "
        "taken out (Saerens and others 2002)"
    ),
    mark(
        "ends are of 95 % credible intervals: guns of one network are wrong together, and other "
        "places differ from those that the weights were learned on"
    ),
    mark("the weights were learned on synthetic worlds; no list of real guns gives the channel"),
)
ROUTE_NOTES = (
    mark("a route says where a gun was sold and where it was found, not how it went"),
    mark(
        "expected: what the size of both places and their distance would give (gravity baseline); "
        "the ratio is drawn towards 1 as far as few guns tell little"
    ),
    mark("change: the log of the ratio to that of the period before"),
)
LOT_NOTES = (
    mark("a lot is sold in many places: to find it twice is no link by itself"),
    mark("by chance: as seizures of the same headstamp and calibre are spread"),
)


def channel_shares(connection: duckdb.DuckDBPyConnection, access: Access, day: dt.date) -> Sheet:
    """Give the shares of channels among found guns, with intervals for the classifier's error."""
    rows = engine.query(connection, _CHANNELS).to_pylist()
    handling = _strictest([row["handling"] for row in rows])
    _permit(access, handling, "channels")
    shares = _shares(rows)
    lines: list[tuple[Cell, ...]] = []
    withheld = 0
    for name, share, interval in zip(CHANNELS, shares.shares.tolist(), shares.intervals,
                                     strict=True):  # fmt: skip
        few = rests_on_few(handling, [share * len(rows)])
        withheld += few
        told = (round(share, 4), round(interval.low, 4), round(interval.high, 4))
        lines.append((name, *((None, None, None) if few else told)))
    _enter(access, "channels", len(lines) - withheld, handling)
    return Sheet(
        "channels", mark("By which channel found guns left lawful hands"),
        mark("guns recovered in Mexico, stopped on their way there, or exhibits, each gun once"),
        day, (mark("channel"), _SHARE, _LOW, _HIGH), tuple(lines), CHANNEL_NOTES, withheld,
        handling.value, dict(CHANNELS),
    )  # fmt: skip


_CHANNELS = (
    "SELECT firearm_id, network_id, channels, handling FROM gun_channels ORDER BY firearm_id"
)


def _shares(rows: list[dict[str, str]]) -> ClassShares:
    """Adjust the posteriors of all guns; guns of one network are drawn together."""
    model, names = channel_model(), list(CHANNELS)
    chances = np.zeros((len(rows), len(names)))
    for place, row in enumerate(rows):
        for each in json.loads(row["channels"]):
            chances[place, names.index(each["channel"])] = each["probability"]
    clusters = [row["network_id"] or row["firearm_id"] for row in rows]
    return class_shares(
        chances, model.prior, np.array(clusters, dtype=str), strength=model.strength,
        transfer=Transfer(model.spread),
    )  # fmt: skip


_ROUTES = """
SELECT coalesce(source_admin2, source_admin1) AS source,
       coalesce(recovery_admin2, recovery_admin1, crossing) AS recovery, crossing, period,
       firearms, expected, ratio, low, high, flagged, change, change_low, change_high, handling
FROM routes ORDER BY ALL
"""


def route_changes(connection: duckdb.DuckDBPyConnection, access: Access, day: dt.date) -> Sheet:
    """Give routes by period beside the gravity baseline, from county to municipality."""
    title = mark("Routes by period beside a gravity baseline")
    return _routes("route_changes", title, engine.query(connection, _ROUTES), access, day)


def state_routes(connection: duckdb.DuckDBPyConnection, access: Access, day: dt.date) -> Sheet:
    """Give the same from state to state, with a baseline of its own."""
    title = mark("Routes between states by period beside a gravity baseline")
    connection.register("_state_routes", routes_of(read_guns(connection), by_state=True))
    rows = engine.query(connection, _ROUTES.replace("FROM routes", "FROM _state_routes"))
    connection.unregister("_state_routes")
    return _routes("state_routes", title, rows, access, day)


def _routes(name: str, title: str, table: pa.Table, access: Access, day: dt.date) -> Sheet:
    """Lay routes out; small counts and their cover are hidden.

    Counts are protected as if the totals of each route over all periods were shown, since the table
    `routes` shows them.
    """
    rows = table.to_pylist()
    handling = _strictest([row["handling"] for row in rows])
    _permit(access, handling, name)
    lines = [(f"{row['source']} {row['recovery']} {row['crossing']}", row["period"],
              row["firearms"]) for row in rows]  # fmt: skip
    cells = pa.table(
        {
            "line": pa.array([each[0] for each in lines], pa.string()),
            "period": pa.array([each[1] for each in lines], pa.string()),
            "guns": pa.array([each[2] for each in lines], pa.int64()),
        }
    )
    done = release_cells(cells, ("line", "period"), "guns", handling, access, name=name)
    shown = {(row["line"], row["period"]): row["guns"] for row in done.table.to_pylist()}
    told: list[tuple[Cell, ...]] = []
    for row, (line, period, _) in zip(rows, lines, strict=True):
        guns = shown.get((line, period))
        numbers = [row[name] for name in ("expected", "ratio", "low", "high", "change",
                                          "change_low", "change_high")]  # fmt: skip
        rest = [None if guns is None or one is None else round(one, 4) for one in numbers]
        out = "yes" if row["flagged"] else "no"
        told.append((row["source"], row["recovery"], row["crossing"], period, guns, *rest,
                     None if guns is None else out))  # fmt: skip
    return Sheet(
        name, title,
        mark("guns whose last known sale and recovery (or stop) have a known place, each once"),
        day, _ROUTE_COLUMNS, tuple(told), ROUTE_NOTES, sum(done.withheld.values()), handling.value,
        {"yes": mark("yes"), "no": mark("no"), "unknown": mark("unknown")},
    )  # fmt: skip


_ROUTE_COLUMNS = (
    mark("sold in"), mark("found in"), mark("crossing"), mark("period"), mark("guns"),
    mark("expected"), mark("ratio"), _LOW, _HIGH, mark("change"), mark("change, low"),
    mark("change, high"), mark("stands out"),
)  # fmt: skip


def lots(connection: duckdb.DuckDBPyConnection, access: Access, day: dt.date) -> Sheet:
    """Give lots of ammunition that were seized more than once, beside what chance would give."""
    found = ammunition_lots(connection)
    handling = _strictest([lot.handling for lot in found])
    _permit(access, handling, "ammunition_lots")
    few = [rests_on_few(handling, [lot.seizures, lot.there]) for lot in found]
    _enter(access, "ammunition_lots", len(few) - sum(few), handling)
    return Sheet(
        "ammunition_lots", mark("Lots of ammunition seized more than once"),
        mark("seizures in Mexico of ammunition with a headstamp and a lot, each once"), day,
        (mark("headstamp"), mark("calibre"), mark("lot"), mark("seizures"), mark("municipalities"),
         mark("by chance"), mark("first"), mark("last"), mark("gathers in"), mark("seizures there"),
         mark("by chance"), mark("stands out")),
        tuple(_line(lot) for lot, hidden in zip(found, few, strict=True) if not hidden),
        LOT_NOTES, sum(few), handling.value, {"yes": mark("yes"), "no": mark("no")},
    )  # fmt: skip


def _line(lot: Lot) -> tuple[Cell, ...]:
    return (
        lot.headstamp, lot.calibre, lot.lot, lot.seizures, lot.places,
        round(lot.places_by_chance, 2), lot.first_date.isoformat(), lot.last_date.isoformat(),
        lot.state, lot.there, round(lot.there_by_chance, 2), "yes" if lot.flagged else "no",
    )  # fmt: skip


def _strictest(handlings: list[str]) -> Handling:
    found = [Handling(each) for each in handlings]
    return max(found, key=_STRICTNESS.index, default=Handling.SYNTHETIC)


def _permit(access: Access, handling: Handling, name: str) -> None:
    decision = decide(access.role, access.purpose, handling, Use.AGGREGATE)
    if not decision.allowed:
        access.refuse(name, {decision.code: 1}, {"asked": "export"})


def _enter(access: Access, name: str, rows: int, handling: Handling) -> None:
    """Let the journal say what leaves, before it does."""
    access.enter("export", name, {"rows": rows, "handling": handling.value})


BUILDERS: dict[str, Callable[[duckdb.DuckDBPyConnection, Access, dt.date], Sheet]] = {
    "channels": channel_shares,
    "route_changes": route_changes,
    "state_routes": state_routes,
    "ammunition_lots": lots,
}
