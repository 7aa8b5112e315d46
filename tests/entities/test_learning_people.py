"""What is learned, what is taken as stated, and when a run stops."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ironriver.entities.fields import Field, Level, Model, Weight, distinct, in_order
from ironriver.entities.scoring import settle_share
from ironriver.entities.training import FEWEST_SAME, TrainingError, blend, require_rest

FIELD = Field(
    "colour",
    ("colour",),
    (Level("same", "colour_l = colour_r", 0.9, 0.1), Level("other", "ELSE", 0.1, 0.9)),
)


def test_too_few_pairs_leave_the_stated_priors_and_say_so() -> None:
    weights = blend(FIELD, {"same": 0.5, "other": 0.5}, {"same": 0.2, "other": 0.8}, 3.0, 0.0)
    assert weights["colour", "same"] == Weight(0.9, 0.1, learned=False)


def test_what_was_learned_is_added_to_the_priors_as_counts() -> None:
    weights = blend(FIELD, {"same": 0.6, "other": 0.4}, {"same": 0.2, "other": 0.8}, 180.0, 180.0)
    assert weights["colour", "same"].m == pytest.approx((0.6 * 180 + 0.9 * 20) / 200)
    assert weights["colour", "same"].u == pytest.approx((0.2 * 180 + 0.1 * 20) / 200)
    assert weights["colour", "same"].learned


def test_a_level_left_untrained_stops_the_run_and_is_named() -> None:
    with pytest.raises(TrainingError) as raised:
        blend(FIELD, {"same": 0.6, "other": None}, {"same": 0.2, "other": 0.8}, FEWEST_SAME, 99.0)
    assert raised.value.values["field"] == "colour"
    assert raised.value.values["level"] == "other"


def history(*shares: float) -> list[Any]:
    return [
        SimpleNamespace(comparisons=[SimpleNamespace(
            output_column_name="colour",
            _comparison_levels_excluding_null=[
                SimpleNamespace(m_probability=share, label_for_charts="same")
            ],
        )])
        for share in shares
    ]  # fmt: skip


def test_training_that_does_not_come_to_rest_stops_the_run() -> None:
    with pytest.raises(TrainingError) as raised:
        require_rest(history(0.5, 0.7), 0.001)
    assert raised.value.values["field"] == "colour"
    assert raised.value.values["level"] == "same"
    require_rest(history(0.5, 0.7, 0.7001), 0.001)


def test_no_two_levels_of_a_field_weigh_the_same_and_none_weighs_nothing() -> None:
    told = distinct({("f", str(place)): Weight(0.3, 0.3, learned=True) for place in range(5)})
    bits = [weight.bits for weight in told.values()]
    assert len({round(value, 8) for value in bits}) == 5
    assert all(abs(value) > 1e-8 for value in bits)
    assert max(abs(value) for value in bits) < 0.001


def test_what_agrees_in_all_weighs_more_than_what_agrees_in_part() -> None:
    levels = (
        Level("all", "a", 0.5, 0.001, fullest=True),
        Level("part", "b", 0.4, 0.01),
        Level("none", "ELSE", 0.1, 0.989),
    )
    model = Model("person", (Field("name", ("name",), levels),), (), (), ())
    learned = model.priors() | {("name", "part"): Weight(0.4, 1e-7, learned=True)}
    told = in_order(model, learned)
    apart = Weight(0.5, 0.001, learned=False).bits - Weight(0.4, 0.01, learned=False).bits
    assert told["name", "all"].bits == pytest.approx(told["name", "part"].bits + apart, abs=1e-4)
    assert in_order(model, model.priors()) == model.priors()


def test_the_share_of_same_pairs_agrees_with_what_it_makes_of_the_pairs() -> None:
    weights = np.array([12.0] * 30 + [-4.0] * 70)
    share = settle_share(weights, 0.01, 10_000.0)
    odds = np.log(share / (1 - share))
    expected = np.sum(1 / (1 + np.exp(-(weights + odds))))
    assert share * 10_050 == pytest.approx(expected + 0.5, rel=1e-3)
