"""How crowded it is around a serial: by guns that are not held, as they would be read."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ironriver.firearms.channel import Channel, Rates
from ironriver.firearms.density import Density
from ironriver.firearms.kernel import CompiledChannel, pack

NOISE = CompiledChannel(Channel.from_rates())
HALF = np.random.default_rng(1).permutation(500)[:250].tolist()
LOTS = [f"GL{lot:02d}{number:03d}" for lot in (3, 17, 52, 88) for number in HALF]
HELD, FREE = LOTS[250], next(f"GL17{number:03d}" for number in range(500) if number not in HALF)
RUNS = Density.learn(pack(LOTS), np.zeros(len(LOTS), dtype=np.int64))


def logs(density: Density, queries: list[str], group: int = 0, **more: object) -> np.ndarray:
    groups = np.full(len(queries), group, dtype=np.int64)
    return density.log_density(pack(queries), groups, NOISE, **more)  # type: ignore[arg-type]


def test_a_free_number_of_a_lot_is_as_likely_as_the_lot_is_large() -> None:
    inside, between = np.exp(logs(RUNS, [FREE, "GL60101"]))
    # 1,000 of 2,000 numbers are held: any of the other 1,000 may be the next gun.
    assert 0.5 / 1000 < inside < 2.0 / 1000
    assert between < inside / 20


def test_a_hit_is_not_weighed_against_itself() -> None:
    held, free = np.exp(logs(RUNS, [HELD, FREE]))
    # Another gun is read as the held number only where it is misread.
    assert held < 0.3 * free
    alone = Density.learn(pack([*LOTS, "XK70519"]), np.zeros(len(LOTS) + 1, dtype=np.int64))
    lonely, beside = logs(alone, ["XK70519", "XK70582"])
    assert lonely < beside


def test_its_own_record_says_nothing_of_a_query() -> None:
    without = Density.learn(pack(LOTS[:250] + LOTS[251:]), np.zeros(len(LOTS) - 1, dtype=np.int64))
    aware = logs(RUNS, [HELD], own=np.array([1]))[0]
    assert aware == pytest.approx(logs(without, [HELD])[0], abs=0.1)
    assert aware > logs(RUNS, [HELD])[0] + 1.0
    twice = Density.learn(pack([*LOTS, HELD]), np.zeros(len(LOTS) + 1, dtype=np.int64))
    assert logs(twice, [HELD], own=np.array([1]))[0] < aware - 1.0


def test_the_density_is_the_sum_of_what_true_serials_are_read_as() -> None:
    marks = "0123"
    every = ["".join(word) for word in product("012", "0123", "02", "0123")]
    held = np.random.default_rng(2).choice(every, 20, replace=False).tolist()
    density = Density.learn(pack(held, marks), np.zeros(len(held), dtype=np.int64), None, marks)
    clean = CompiledChannel(Channel.substitutions_only(1e-9, marks))
    noisy = Channel.from_rates(Rates(0.05, 0.5, 0.005, 0.01, 0.01, 0.01, 0.02, 0.3), marks)
    trues = ["".join(word) for length in range(1, 7) for word in product(marks, repeat=length)]
    group = np.zeros(len(trues), dtype=np.int64)
    borne = np.exp(density.log_density(pack(trues, marks), group, clean))
    queries = ["0001", "3331", "013", "00213", "1100", "2"]
    found = density.log_density(pack(queries, marks), group[:6], CompiledChannel(noisy))
    for query, log in zip(queries, found, strict=True):
        summed = float(borne @ np.exp(noisy.log_likelihoods(query, trues)))
        assert log == pytest.approx(math.log(summed), abs=0.35), query


def test_an_unknown_group_is_all_guns_and_a_doubtful_one_is_mixed() -> None:
    held = pack([*LOTS, *(f"{number:06d}" for number in range(500))])
    groups = np.repeat([0, 1], [len(LOTS), 500])
    both = Density.learn(held, groups)
    query = [FREE, "000077"]
    all_ = logs(both, query, -1)
    assert np.array_equal(all_, logs(both, query, 7))
    assert all_[0] < logs(both, query, 0)[0]
    sure, doubtful = logs(both, query, 0), logs(both, query, 0, stray=0.1)
    assert doubtful[0] == pytest.approx(sure[0], abs=0.2)
    assert doubtful[1] > sure[1] + 3.0


def test_a_serial_may_belong_to_several_groups() -> None:
    rows = np.tile(np.arange(len(LOTS)), 2)
    groups = np.repeat([0, 1], len(LOTS))
    twofold = Density.learn(pack(LOTS), groups, rows)
    assert np.array_equal(logs(twofold, [FREE], 0), logs(twofold, [FREE], 1))
    assert logs(twofold, [FREE])[0] == logs(RUNS, [FREE])[0]


@given(st.permutations(["A01", "A02", "B7", "A02", "C??", ""]), st.text("AB012?", max_size=5))
@settings(max_examples=40, deadline=None)
def test_order_changes_nothing_and_every_query_has_an_answer(held: list[str], query: str) -> None:
    first = Density.learn(pack(sorted(held)), np.zeros(6, dtype=np.int64))
    other = Density.learn(pack(held), np.zeros(6, dtype=np.int64))
    one = logs(first, [query])
    assert np.isfinite(one).all()
    assert np.array_equal(one, logs(other, [query]))


def test_unreadable_characters_may_be_anything() -> None:
    whole, tail, head = logs(RUNS, [FREE, FREE[:5] + "??", "???" + FREE[3:]])
    assert tail > whole + 2.0
    # Where the beginning is open, free and held numbers are not told apart.
    assert head > whole - 1.0
    assert logs(RUNS, ["?????????"])[0] > math.log(1e-7)


def test_a_held_gun_beyond_the_search_is_read_so_with_many_errors_only() -> None:
    queries = pack([HELD, HELD[:3] + "XW" + HELD[5:], "X" * 50])
    group = np.zeros(3, dtype=np.int64)
    beyond = [RUNS.log_beyond(queries, group, NOISE, edits) for edits in (1, 2)]
    assert (beyond[1][:2] < beyond[0][:2] - 1.0).all()
    assert np.isfinite(beyond).all()
    assert beyond[0][0] < RUNS.log_density(queries, group, NOISE)[0]


def test_long_serials_and_unreadable_ones_are_answered_at_once() -> None:
    queries = ["?" * 3000, "A" * 3000, "?" * 39 + "1", "1?" * 20, "", "AÑ?" * 500]
    assert np.isfinite(logs(RUNS, queries)).all()
    nothing = Density.learn(pack([]), np.zeros(0, dtype=np.int64))
    assert np.isfinite(logs(nothing, queries)).all()
