"""The parts a world is made from: serial grammars, shares, slips of the pen."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ironriver.reference.geography import load_ports
from ironriver.world import noise
from ironriver.world.catalogue import models, ways
from ironriver.world.chance import share_out, stage
from ironriver.world.paper import spans
from ironriver.world.people import slip
from ironriver.world.places import municipalities, port_choices, states
from ironriver.world.serials import capacity, write

GRAMMARS = sorted({grammar for model in models() for grammar in model.serials if grammar})


@given(st.sampled_from(GRAMMARS), st.lists(st.integers(0, 10**9), min_size=1, max_size=50))
def test_different_numbers_give_different_serials(grammar: str, numbers: list[int]) -> None:
    numbers = sorted({number % capacity(grammar) for number in numbers})
    years = np.full(len(numbers), 2012)
    assert len(set(write(grammar, np.array(numbers), years))) == len(numbers)


@given(st.text("ABCS0158-", min_size=1, max_size=12), st.integers(0, 99))
def test_no_failure_of_the_pen_leaves_a_serial_empty(serial: str, seed: int) -> None:
    chance = np.random.default_rng(seed)
    for fail in (noise.misread, noise.transpose, noise.truncate, noise.foreign_number):
        assert fail(chance, serial)
    assert len(noise.misread(chance, serial)) == len(serial)
    assert sorted(noise.transpose(chance, serial)) == sorted(serial)


@given(st.text("abcde ", min_size=1, max_size=15), st.integers(0, 99))
def test_a_slip_changes_at_most_one_letter_more_or_less(text: str, seed: int) -> None:
    assert abs(len(slip(np.random.default_rng(seed), text)) - len(text)) <= 1


@given(st.lists(st.integers(1, 40), min_size=50, max_size=400), st.integers(0, 99))
def test_shares_of_sizes_come_within_one_unit(sizes: list[int], seed: int) -> None:
    weights = np.array([0.43, 0.22, 0.09, 0.26])
    units = np.array(sizes)
    found = share_out(np.random.default_rng(seed), units, weights)
    for place, weight in enumerate(weights):
        assert abs(units[found == place].sum() / units.sum() - weight) <= 40 / units.sum()


@given(st.integers(0, 10**6), st.integers(1, 5000))
def test_runs_of_years_cover_every_year_once(rows: int, most: int) -> None:
    runs = spans(np.empty(rows, dtype=np.int64), (2015, 2025), most)
    years = [year for first, last in runs for year in range(first, last + 1)]
    assert years == list(range(2015, 2026))


def test_stages_do_not_share_their_stream() -> None:
    assert stage(1, "rings").random() != stage(1, "people").random()


def test_every_state_has_places_to_recover_in_and_ports_on_the_way() -> None:
    assert set(states()) == {each.state for each in municipalities()}
    every = np.arange(len(states()))
    assert port_choices(np.zeros_like(every), every, every).max() < len(load_ports())


def test_there_are_some_forty_makers_and_clones_among_their_models() -> None:
    makers = {model.make for model in models()} | {model.importer for model in models()}
    assert len(makers - {""}) >= 40
    assert {"PT92", "92FS", "AR-15", "AM-15", "WASR-10", "VSKA"} <= {m.name for m in models()}


def test_clerks_words_name_only_what_is_made() -> None:
    names = {model.make for model in models()}, {model.name for model in models()}
    assert set(ways()["make"]) <= names[0]
    assert set(ways()["family"]) <= names[1]
    assert {model.type for model in models()} <= set(ways()["type"])
