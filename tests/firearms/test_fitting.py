"""What rows about one gun have in common is learned from the rows, with nobody to say."""

from __future__ import annotations

import numpy as np
import pytest
from gun_rows import gun_records
from hypothesis import given, settings
from hypothesis import strategies as st

from ironriver.firearms.fitting import TWICE, Evidence, exclusive, first_model, fit
from ironriver.firearms.pairs import Pairs
from ironriver.firearms.resolution import gather
from ironriver.firearms.weighing import Model

GUNS = 400


def lists(shared: float = 1.0, seed: int = 3) -> Evidence:
    """Give sales and seizures of which a share are of one gun; one serial in 8 is wrong."""
    chance = np.random.default_rng(seed)
    rows = []
    for number in range(GUNS):
        gun = {"make": ("Glock", "Ruger")[number % 2], "model": "17", "calibre": "9x19mm"}
        serial = f"RW{chance.integers(10_000_000):07d}"
        rows.append(
            gun | {"source": "a", "role": "sales purchase", "serial": serial, "day": number}
        )
        if chance.random() > shared:
            serial = f"RW{chance.integers(10_000_000):07d}"
        elif number % 8 == 0:
            serial = serial[:4] + chance.choice(list("0123456789")) + serial[5:]
        rows.append(gun | {"source": "b", "role": "seizures recovery", "serial": serial,
                           "day": number + 40 + int(chance.integers(200))})  # fmt: skip
    return gather(gun_records(rows))


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return lists()


@pytest.fixture(scope="module")
def model(evidence: Evidence) -> Model:
    return fit(evidence)


def share(evidence: Evidence, model: Model) -> float:
    """Give how many pairs of the two lists the prior takes for one gun, to each row."""
    number = np.arange(len(model.prior))
    held = ~evidence.cells.one_source(number)
    return float((model.prior * evidence.counts)[held].sum() / GUNS)


@pytest.mark.parametrize("shared", [0.2, 0.6])
def test_the_share_of_guns_that_two_lists_have_in_common_is_learned(shared: float) -> None:
    found = lists(shared)
    assert share(found, fit(found)) == pytest.approx(shared, abs=0.08)


def test_that_all_are_in_common_is_learned(evidence: Evidence, model: Model) -> None:
    assert share(evidence, model) == pytest.approx(1.0, abs=0.08)
    assert share(evidence, first_model(evidence.records)) < 0.2


def test_one_list_is_not_thought_to_name_a_gun_twice(evidence: Evidence, model: Model) -> None:
    number = np.arange(len(model.prior))
    assert (model.prior[evidence.cells.one_source(number)] == TWICE).all()


def test_a_list_with_more_errors_teaches_a_channel_with_more_errors() -> None:
    clean = fit(lists(seed=5)).channel.rates.substitution
    rows = lists(seed=5)
    serials = rows.records.serial.to_pylist()
    wrong = [
        text[:3] + text[3].translate(str.maketrans("0123456789", "8911267710")) + text[4:]
        if place % 2 else text
        for place, text in enumerate(serials)
    ]  # fmt: skip
    ids = [
        {"source": "ab"[place % 2], "role": ("sales purchase", "seizures recovery")[place % 2],
         "serial": serial, "day": int(rows.records.day[place])}
        for place, serial in enumerate(wrong)
    ]  # fmt: skip
    assert fit(gather(gun_records(ids))).channel.rates.substitution > 2 * clean


def test_a_model_is_the_same_each_time(evidence: Evidence, model: Model) -> None:
    again = fit(evidence)
    assert (again.prior == model.prior).all()
    assert (again.channel.confusion == model.channel.confusion).all()
    assert again.foreign == model.foreign


def test_nothing_to_learn_from_leaves_what_was_believed() -> None:
    few = gather(gun_records([{"serial": "AB12345"}, {"source": "b", "serial": "ZZ99871"}]))
    assert not len(few.pairs)
    begun, learned = first_model(few.records), fit(few)
    assert learned.foreign == pytest.approx(begun.foreign)
    assert learned.channel.rates.substitution == pytest.approx(
        begun.channel.rates.substitution, rel=0.5
    )
    assert np.isfinite(learned.prior).all()


@settings(deadline=None)
@given(
    st.lists(st.sampled_from("abc"), min_size=2, max_size=7),
    st.lists(st.floats(-6, 6), min_size=21, max_size=21),
)
def test_a_row_has_at_most_one_partner_in_each_file(sources: list[str], odds: list[float]) -> None:
    records = gun_records([{"source": source} for source in sources])
    left, right = np.triu_indices(len(sources), 1)
    pairs = Pairs(left.astype(np.int64), right.astype(np.int64))
    chance = exclusive(records, pairs, np.array(odds[: len(left)]))
    assert ((chance > 0) & (chance < 1)).all()
    assert (chance <= 1 / (1 + np.exp(-np.array(odds[: len(left)]))) + 1e-12).all()
    for row in range(len(sources)):
        for file in np.unique(records.source):
            here = ((left == row) & (records.source[right] == file)) | (
                (right == row) & (records.source[left] == file)
            )
            assert chance[here].sum() <= 1 + 1e-9


def test_one_pair_alone_keeps_its_own_chance() -> None:
    records = gun_records([{"source": "a"}, {"source": "b"}])
    chance = exclusive(records, Pairs(np.array([0]), np.array([1])), np.array([1.5]))
    assert chance[0] == pytest.approx(1 / (1 + np.exp(-1.5)))
