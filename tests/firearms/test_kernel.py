"""The compiled sum gives what the readable one gives, for any serials, and the same bits again."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ironriver.firearms.channel import ALPHABET, Channel, Rates
from ironriver.firearms.kernel import CompiledChannel, Packed, pack

SERIALS = st.text(ALPHABET + "?Ñ", max_size=14)
CHANNELS = [
    Channel.from_rates(),
    Channel.from_rates(Rates(0.1, 0.5, 0.02, 0.1, 0.1, 0.1, 0.1, 0.3)),
    Channel.from_rates(Rates(0.02, 0.8, 0.002, 0.004, 0.003, 0.005, 0.02, 0.0)),
    Channel.substitutions_only(0.02),
    Channel.from_rates(Rates(0.0, 0.8, 0.0, 0.004, 0.003, 0.0, 0.0, 0.4)),
]
MADE = [CompiledChannel(channel) for channel in CHANNELS]


def every_pair(made: CompiledChannel, observed: list[str], trues: list[str]) -> np.ndarray:
    left, right = np.divmod(np.arange(len(observed) * len(trues)), max(len(trues), 1))
    found = made.log_pairs(pack(observed), pack(trues), left, right)
    return found.reshape(len(observed), len(trues))


@given(st.lists(SERIALS, min_size=1, max_size=4), st.lists(SERIALS, min_size=1, max_size=4))
@example(["", "A"], ["", "?", "AB"])
@example(["A1B2C3D4E5" * 20, "9" * 200, "A"], ["A1B2C3D4E5" * 20, "", "A" * 37])
@settings(max_examples=60, deadline=None)
def test_the_compiled_sum_is_the_readable_sum(observed: list[str], trues: list[str]) -> None:
    for made, channel in zip(MADE, CHANNELS, strict=True):
        found = every_pair(made, observed, trues)
        expected = np.array([channel.log_likelihoods(seen, trues) for seen in observed])
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_long_serials_that_share_nothing_are_summed_in_logarithms() -> None:
    found = every_pair(MADE[0], ["9" * 200, "Z" * 90], ["A1B2C3D4E5" * 20])
    assert np.isfinite(found).all()
    assert found.max() < math.log(1e-280)
    for seen, value in zip(["9" * 200, "Z" * 90], found[:, 0], strict=True):
        expected = CHANNELS[0].log_likelihood(seen, "A1B2C3D4E5" * 20)
        assert value == pytest.approx(expected, rel=1e-12)


def test_an_impossible_pair_is_impossible_at_any_length() -> None:
    assert every_pair(MADE[3], ["AB", "A" * 150], ["A", "A" * 151]).max() == -math.inf


def test_the_same_bits_come_out_in_any_order_and_again() -> None:
    chance = np.random.default_rng(3)
    serials = ["".join(chance.choice(list(ALPHABET), chance.integers(1, 12))) for _ in range(60)]
    left, right = chance.integers(0, 60, 4000), chance.integers(0, 60, 4000)
    packed = pack(serials)
    once = MADE[0].log_pairs(packed, packed, left, right)
    order = chance.permutation(4000)
    again = MADE[0].log_pairs(packed, packed, left[order], right[order])
    assert np.array_equal(once[order], again)


@given(st.lists(st.text(max_size=6), max_size=8), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_arrow_and_lists_are_packed_alike(serials: list[str], skipped: int) -> None:
    one = pack(serials[skipped:])
    for kind in (pa.string(), pa.large_string()):
        other = pack(pa.array(serials, kind)[skipped:])
        assert np.array_equal(one.codes, other.codes)
        assert np.array_equal(one.starts, other.starts)
    coded = CHANNELS[0].encode(["".join(serials[skipped:])])
    assert np.array_equal(one.codes, coded[0])
    assert np.diff(one.starts).tolist() == [len(serial) for serial in serials[skipped:]]


def test_what_is_null_is_empty_and_odd_marks_are_unreadable() -> None:
    packed = pack(pa.chunked_array([["A", None], ["Ñ1"]]))
    assert packed.codes.tolist() == [10, 36, 1]
    assert packed.starts.tolist() == [0, 1, 1, 3]
    assert pack(["\ud800", "a"]).codes.tolist() == [36, 36]


def test_places_outside_the_lists_are_refused() -> None:
    packed = pack(["A1"])
    for places in ([1], [-1]):
        with pytest.raises(IndexError, match="outside the 1 serials"):
            MADE[0].log_pairs(packed, packed, np.array(places), np.array([0]))
    with pytest.raises(ValueError, match="places on the left"):
        MADE[0].log_pairs(packed, packed, np.array([0, 0]), np.array([0]))


def test_no_pairs_and_no_serials_give_no_numbers() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert len(MADE[0].log_pairs(pack([]), pack(pa.array([], pa.string())), nothing, nothing)) == 0
    assert isinstance(pack([]), Packed)
