"""Marks of the channel by which a gun left lawful hands: what the rows say of each found gun.

A mark is a number from the rows, 0 where they say nothing. What each adds to the log-odds of each
channel is learned on synthetic worlds (`channel_weights.csv`).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ironriver import engine
from ironriver.language import mark
from ironriver.networks import channel_queries as queries

Floats = npt.NDArray[np.float64]

DIVERSIONS = (
    "retail", "forces_loss", "mexican_legal_sale", "central_american_stock", "unknown",
)  # fmt: skip
MARKS: dict[str, str] = {
    **{f"trace_{name}": mark("what its trace says of where it left lawful trade")
       for name in DIVERSIONS},
    **{f"sure_{name}": mark("how sure its trace is of where it left lawful trade")
       for name in DIVERSIONS},
    "outside_mexico": mark("found before it reached Mexico"),
    "stolen_before_sale": mark("the tracing center answered that it was stolen before any sale"),
    "shop_theft": mark("a licensee reported it stolen or lost"),
    "home_theft": mark("a theft in the United States that names no licensee was reported"),
    "forces_report": mark("forces in Mexico reported it stolen or lost"),
    "obliterated": mark("its serial was ground off"),
    "sold_year": mark("found within a year of its last known sale"),
    "sold_three": mark("found within three years of its last known sale"),
    "sold_six": mark("found within six years of its last known sale"),
    "sold_later": mark("found more than six years after its last known sale"),
    "sale_years": mark("years from its last known sale until it was found"),
    "buyer_known": mark("its purchaser is known"),
    "buyer_guns": mark("how many other guns its purchaser bought"),
    "buyer_found": mark("how many other found guns its purchaser bought"),
    "buyer_several": mark("its purchaser bought another gun that was found"),
    "buyer_shops": mark("at how many other licensees its purchaser bought"),
    "in_case": mark("a case lists its purchase"),
    "buyer_in_case": mark("a case lists a purchase of its purchaser"),
    "reported": mark("its sale is in a multiple-sale report"),
    "buyer_reported": mark("a sale to its purchaser is in a multiple-sale report"),
    "together": mark("how many guns its purchaser bought there in the same days"),
    "unreported": mark("bought together with another gun, and nobody reported it"),
    "seller_known": mark("its last licensee is known"),
    "seller_guns": mark("how many found guns came from its licensee, beside the usual"),
    "seller_unreported": mark("how many of those were bought together and not reported"),
    "seller_soon": mark("how soon guns of its licensee are found, beside the usual"),
    "revoked": mark("an inspection of its licensee ended in revocation"),
}  # fmt: skip
_SURE = 4.6
"""Beyond this a probability's log-odds say no more: 99 percent."""


@dataclass(frozen=True, slots=True)
class FoundGuns:
    """The found guns, in the order of their ids, and their marks.

    `marks` is (guns, len(MARKS)), columns as `MARKS`; `days` are the days of finding since 1970,
    `record_ids` the records of each gun as a JSON array.
    """

    ids: pa.Array
    marks: Floats
    record_ids: pa.Array

    def __len__(self) -> int:
        return len(self.ids)


READS = ("records", "parties", "trace_results", "inspections", "firearm_members",
         "entity_members", "traces")  # fmt: skip
"""The tables that marks are read from."""


def read_marks(connection: duckdb.DuckDBPyConnection) -> FoundGuns:
    """Read the marks of all guns that were recovered in Mexico, stopped on the way, or exhibits."""
    desk = connection.cursor()
    try:
        for statement in (queries.FOUND, queries.PARTIES, queries.THEFTS, queries.TRACED,
                          queries.PURCHASERS, queries.SELLERS):  # fmt: skip
            engine.run(desk, statement)
        rows = engine.query(desk, queries.GUNS).combine_chunks()
    finally:
        desk.close()
    columns = {**_of_trace(rows), **_of_sale(rows), **_of_seller(rows)}
    for name in ("stolen_before_sale", "shop_theft", "home_theft", "forces_report", "obliterated",
                 "in_case", "reported", "buyer_in_case", "buyer_reported", "unreported",
                 "revoked"):  # fmt: skip
        columns[name] = _number(rows, "stolen" if name == "stolen_before_sale" else name)
    marks = np.stack([columns[name] for name in MARKS], axis=1) if len(rows) else _none()
    return FoundGuns(_whole(rows, "firearm_id"), marks, _whole(rows, "record_ids"))


def _none() -> Floats:
    return np.zeros((0, len(MARKS)))


def _of_trace(rows: pa.Table) -> dict[str, Floats]:
    """Give what the trace says, as signs and as log-odds of its own probability."""
    said = np.array(rows["diversion"].to_pylist(), dtype=object)
    chance = np.clip(_number(rows, "diversion_probability"), 0.05, 0.99)
    odds = np.minimum(np.log(chance / (1 - chance)), _SURE)
    found: dict[str, Floats] = {}
    for name in DIVERSIONS:
        one = (said == name).astype(np.float64)
        found |= {f"trace_{name}": one, f"sure_{name}": one * odds}
    return found | {"outside_mexico": 1 - _number(rows, "in_mexico")}


def _of_sale(rows: pa.Table) -> dict[str, Floats]:
    days = _number(rows, "days", missing=np.nan)
    years = np.where(days >= 0, days, np.nan) / 365.25
    guns, found, shops = (_number(rows, name) for name in ("guns", "found_guns", "shops"))
    known = (guns > 0).astype(np.float64)
    return {
        "sold_year": (years < 1).astype(np.float64),
        "sold_three": ((years >= 1) & (years < 3)).astype(np.float64),
        "sold_six": ((years >= 3) & (years < 6)).astype(np.float64),
        "sold_later": (years >= 6).astype(np.float64),
        "sale_years": np.nan_to_num(np.minimum(years, 20)) / 10,
        "buyer_known": known,
        "buyer_guns": np.log2(np.maximum(guns, 1)),
        "buyer_found": np.log2(np.maximum(found, 1)),
        "buyer_several": (found > 1).astype(np.float64),
        "buyer_shops": np.log2(np.maximum(shops, 1)),
        "together": np.log1p(_number(rows, "together")),
    }


def _of_seller(rows: pa.Table) -> dict[str, Floats]:
    guns, mean = _number(rows, "seller_guns"), _number(rows, "seller_mean")
    known = guns > 0
    return {
        "seller_known": known.astype(np.float64),
        "seller_guns": np.where(known, np.log((guns + 1) / (mean + 1)), 0.0),
        "seller_unreported": np.where(known, np.log1p(_number(rows, "seller_unreported")), 0.0),
        "seller_soon": np.where(
            known, _number(rows, "seller_soon") - _number(rows, "usual_soon"), 0.0
        ),
    }


def _number(rows: pa.Table, name: str, missing: float = 0.0) -> Floats:
    column = _whole(rows, name).cast(pa.float64()).fill_null(missing)
    return np.asarray(column, dtype=np.float64)


def _whole(rows: pa.Table, name: str) -> pa.Array:
    column = rows[name]
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
