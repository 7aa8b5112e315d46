"""Channels of guns and chains: what is said, how guns of a chain speak together, and shares."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ironriver.networks.channel_marks import MARKS, FoundGuns
from ironriver.networks.channels import (
    CHANNELS,
    ChainGuns,
    channel_model,
    channel_posteriors,
    told,
)

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
    assert model.spread > 0


def test_what_is_told_adds_up_to_one_with_the_likeliest_first() -> None:
    said = told(np.array([0.1, 0.6, 0.2999, 0.0001, *[0.0] * 6]))
    assert [each["channel"] for each in said] == [ORDER[1], ORDER[2], ORDER[0]]
    assert sum(float(str(each["probability"])) for each in said) == pytest.approx(1, abs=1e-5)


def test_a_member_without_a_probability_is_refused() -> None:
    with pytest.raises(ValueError, match="probability"):
        ChainGuns(1, np.zeros(2, np.int64), ["gun-0", "gun-1"], np.ones(1))
