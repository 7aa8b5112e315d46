"""Channels of guns and chains: what is said, how guns of a chain speak together, and shares."""

from __future__ import annotations

import datetime as dt
import json
import re

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ironriver.networks import CHANNEL_READS, channel_queries
from ironriver.networks.channel_marks import MARKS, FoundGuns
from ironriver.networks.channel_rows import gun_channels
from ironriver.networks.channels import (
    CHANNELS,
    ChainGuns,
    channel_model,
    channel_posteriors,
    told,
)
from ironriver.tables import TABLES

ORDER = list(CHANNELS)


def found(*guns: dict[str, float]) -> FoundGuns:
    marks = np.array([[gun.get(name, 0.0) for name in MARKS] for gun in guns])
    ids = [f"gun-{place}" for place in range(len(guns))]
    return FoundGuns(pa.array(ids), marks.reshape(-1, len(MARKS)),
                     pa.array([json.dumps([each]) for each in ids]))  # fmt: skip


def chain(*firearms: str, probability: float = 0.95) -> ChainGuns:
    return ChainGuns(1, np.zeros(len(firearms), np.int64), firearms,
                     np.full(len(firearms), probability))  # fmt: skip


RETAIL = {"trace_retail": 1.0, "sure_retail": 4.0}
STRAW = {
    **RETAIL, "buyer_known": 1.0, "buyer_guns": 2.5, "buyer_found": 1.0, "sold_year": 1.0,
    "buyer_several": 1.0, "reported": 1.0, "buyer_reported": 1.0, "sale_years": 0.05,
}  # fmt: skip


def likeliest(line: np.ndarray) -> str:
    return ORDER[int(line.argmax())]


def test_a_gun_is_judged_by_its_marks() -> None:
    said = channel_posteriors(
        found(
            STRAW,
            {**RETAIL, "shop_theft": 1.0, "stolen_before_sale": 1.0},
            {"trace_forces_loss": 1.0, "sure_forces_loss": 4.6, "forces_report": 1.0},
            {"trace_mexican_legal_sale": 1.0, "sure_mexican_legal_sale": 4.6},
            {**RETAIL, "buyer_known": 1.0, "sold_later": 1.0, "sale_years": 1.1},
        ),
        ChainGuns.none(),
    )
    assert [likeliest(line) for line in said.guns] == [
        "straw_purchase", "theft_shop", "forces_loss", "mexican_legal_sale", "unlicensed_dealing",
    ]  # fmt: skip
    assert said.chain_of.tolist() == [-1] * 5
    np.testing.assert_allclose(said.guns, said.alone)


def test_a_gun_of_which_nothing_is_known_hears_what_its_chain_says() -> None:
    guns = found(STRAW, STRAW, STRAW, RETAIL, RETAIL)
    said = channel_posteriors(guns, chain("gun-0", "gun-1", "gun-2", "gun-3"))
    straw = ORDER.index("straw_purchase")
    assert said.guns[3, straw] > said.guns[4, straw]
    assert likeliest(said.chains[0]) == "straw_purchase"
    assert said.chain_of.tolist() == [0, 0, 0, 0, -1]


def test_an_unsure_member_says_and_hears_less() -> None:
    guns = found(STRAW, STRAW, RETAIL)
    sure, unsure = (channel_posteriors(guns, chain("gun-0", "gun-1", "gun-2", probability=chance))
                    for chance in (0.95, 0.1))  # fmt: skip
    straw = ORDER.index("straw_purchase")
    assert sure.guns[2, straw] > unsure.guns[2, straw]
    assert sure.chains[0, straw] > unsure.chains[0, straw]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3), st.floats(0, 1), st.integers(0, len(MARKS) - 1), st.floats(-3, 5)
        ),
        max_size=12,
    )
)
def test_probabilities_add_up_and_hold_for_any_marks(
    members: list[tuple[int, float, int, float]],
) -> None:
    names = list(MARKS)
    guns = found(*({names[which]: value} for _, _, which, value in members))
    labels = np.array([each[0] for each in members], dtype=np.int64)
    chance = np.array([each[1] for each in members])
    said = channel_posteriors(guns, ChainGuns.labelled(4, guns.ids.to_pylist(), labels, chance))
    for table in (said.alone, said.guns, said.chains):
        np.testing.assert_allclose(table.sum(axis=1), 1.0)
        assert (table >= 0).all()


def test_guns_that_nobody_found_say_nothing() -> None:
    guns = found(RETAIL)
    with_others = channel_posteriors(guns, chain("gun-0", "gun-unseen", "gun-unheard"))
    np.testing.assert_allclose(with_others.chains, channel_posteriors(guns, chain("gun-0")).chains)


def test_every_weight_of_the_shipped_model_is_there_and_finite() -> None:
    model = channel_model()
    assert model.weights.shape == (len(MARKS), len(CHANNELS))
    assert np.isfinite(model.weights).all()
    assert model.prior.sum() == pytest.approx(1, abs=1e-4)
    assert 0 < model.loudness < 2
    assert 0 <= model.hearing < 2
    assert (model.spread > 0).all()


def test_what_is_told_adds_up_to_one_with_the_likeliest_first() -> None:
    said = told(np.array([0.1, 0.6, 0.2999, 0.0001, *[0.0] * 6]))
    assert [each["channel"] for each in said] == [ORDER[1], ORDER[2], ORDER[0]]
    assert sum(float(str(each["probability"])) for each in said) == pytest.approx(1, abs=1e-5)


def test_a_member_without_a_probability_is_refused() -> None:
    with pytest.raises(ValueError, match="probability"):
        ChainGuns(1, np.zeros(2, np.int64), ["gun-0", "gun-1"], np.ones(1))


def test_every_found_gun_has_a_row_that_says_why() -> None:
    held = laid_out()
    rows = {row["firearm_id"]: row for row in gun_channels(held)["gun_channels"].to_pylist()}
    assert set(rows) == {"gun-stolen", "gun-bought"}
    stolen = rows["gun-stolen"]
    assert stolen["channel"] == "theft_shop"
    assert json.loads(stolen["channels"])[0] == {
        "channel": "theft_shop", "probability": pytest.approx(stolen["probability"], abs=0.01)
    }  # fmt: skip
    gains = [each["log_odds"] for each in json.loads(stolen["reasons"])]
    assert gains == sorted(gains)
    assert "shop_theft" in {each["field"] for each in json.loads(stolen["reasons"])}
    assert stolen["handling"] == "LAW_ENFORCEMENT"
    assert stolen["network_id"] is None
    assert rows["gun-bought"]["network_id"] == "network-1"
    assert "network" in {each["field"] for each in json.loads(rows["gun-bought"]["reasons"])}


def laid_out() -> duckdb.DuckDBPyConnection:
    """Lay out a gun that a shop lost and one that was bought with two others in a network."""
    tables: dict[str, list[dict[str, object]]] = {name: [] for name in CHANNEL_READS}

    def put(name: str, **values: object) -> None:
        tables[name].append(values)

    def member(gun: str, record: str) -> None:
        put("firearm_members", firearm_id=gun, record_id=record, probability=0.99,
            handling="LAW_ENFORCEMENT")  # fmt: skip

    for gun in ("stolen", "bought"):
        put("records", record_id=f"r-{gun}", kind="recovery", country="MX",
            event_date=dt.date(2021, 1, 1))  # fmt: skip
        member(f"gun-{gun}", f"r-{gun}")
        put("traces", trace_id=f"t-{gun}", recovery_record_id=f"r-{gun}", firearm_id=f"gun-{gun}",
            diversion="retail", diversion_probability=0.97, outcome="traced_to_licensee",
            basis="answer")  # fmt: skip
        put("network_members", network_id="network-1", member_id=f"gun-{gun}", probability=0.9,
            member_kind="firearm")  # fmt: skip
    tables["network_members"].pop(0)
    put("records", record_id="lost", kind="theft", country="US", event_date=dt.date(2020, 1, 1))
    member("gun-stolen", "lost")
    put("parties", party_id="p-shop", record_id="lost", role="seller")
    put("entity_members", entity_id="lic-1", party_id="p-shop")
    for number in range(3):
        gun = "gun-bought" if number == 0 else f"gun-other-{number}"
        put("records", record_id=f"s-{number}", kind="multiple_sale", country="US",
            event_date=dt.date(2020, 6, 1))  # fmt: skip
        member(gun, f"s-{number}")
        put("parties", party_id=f"p-{number}", record_id=f"s-{number}", role="purchaser")
        put("entity_members", entity_id="per-1", party_id=f"p-{number}")
    held = duckdb.connect()
    for name, rows in tables.items():
        held.register("_rows", pa.Table.from_pylist(rows, schema=TABLES[name].schema))
        held.execute(f'CREATE TABLE "{name}" AS SELECT * FROM _rows')
    return held


def test_no_mark_reads_a_personal_field() -> None:
    told = " ".join(text for name, text in vars(channel_queries).items() if name.isupper())
    personal = {column.name for column in TABLES["parties"].columns} - {
        "party_id", "record_id", "role", "source_id", "row_number",
    }  # fmt: skip
    assert "parties" in told
    assert not {name for name in personal if re.search(rf"\b{name}\b", told)}
