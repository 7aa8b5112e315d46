"""A serial may be read in several ways, and two serials may stand a few numbers apart."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ironriver.firearms.channel import Channel
from ironriver.firearms.kernel import CompiledChannel, pack
from ironriver.firearms.readings import COPIED, FARTHEST, Readings, steps

CHANNEL = Channel.from_rates()
MADE = CompiledChannel(CHANNEL)


def logs(serials: list[str], observed: int, true: int) -> float:
    """Give log P(observed | true) over all readings."""
    readings = Readings.of(pa.array(serials, pa.string()))
    return float(readings.log_likelihoods(MADE, np.array([observed]), np.array([true]))[0])


def channel_log(observed: str, true: str) -> float:
    return float(CHANNEL.log_likelihoods(observed, [true])[0])


def test_a_word_in_front_may_have_been_copied() -> None:
    serials = ["MOD12FX1234", "AB777", ""]
    readings = Readings.of(pa.array(serials))
    texts = [readings.texts[k].as_py() for k in range(3, len(readings.texts))]
    assert readings.texts.slice(0, 3).to_pylist() == serials
    assert sorted(texts) == ["12FX1234", "2FX1234", "FX1234"]
    assert readings.row[3:].tolist() == [0, 0, 0]
    assert readings.other.tolist() == [3, 6, 6, 6]


def test_a_serial_without_such_a_word_is_read_as_it_is() -> None:
    assert logs(["AB1234", "A81234"], 0, 1) == pytest.approx(channel_log("AB1234", "A81234"))
    for serial in ("MODERN", "CAL38", "1234MOD", ""):
        assert len(Readings.of(pa.array([serial])).texts) == 1


def test_all_readings_of_both_serials_are_summed_with_their_chances() -> None:
    one, other = "CALFX12345", "SERFX12346"
    ways = [
        channel_log(seen, meant) + less
        for seen, less in ((one, 0.0), ("FX12345", np.log(COPIED)))
        for meant, more in ((other, 0.0), ("FX12346", np.log(COPIED)))
        for less in [less + more]
    ]
    assert logs([one, other], 0, 1) == pytest.approx(float(np.logaddexp.reduce(ways)), abs=1e-12)


def test_a_copied_word_counts_for_one_serial_more_than_for_another() -> None:
    assert logs(["CAL38FX1234", "FX1234"], 0, 1) > logs(["CAL38FX1234", "FX9999"], 0, 1) + 5


def apart(one: str, other: str) -> int:
    return int(steps(pack([one, other]), np.array([0]), np.array([1]))[0])


@settings(deadline=None)
@given(st.integers(0, 99_999), st.integers(-2 * FARTHEST, 2 * FARTHEST))
def test_steps_are_the_difference_of_numbers_that_differ_at_their_end(
    number: int, step: int
) -> None:
    other = number + step
    if not 0 <= other <= 99_999:
        return
    one, two = f"KX{number:05d}", f"KX{other:05d}"
    alike = next((k for k in range(7) if one[k] != two[k]), 7)
    near = abs(step) <= FARTHEST and 7 - alike <= 3
    assert apart(one, two) == (abs(step) if near else 0)
    assert apart(two, one) == apart(one, two)


def test_serials_of_two_lengths_or_with_letters_at_the_end_are_no_steps_apart() -> None:
    assert apart("AB99", "AB100") == 0
    assert apart("AB10A", "AB10B") == 0
    assert apart("AB101", "AB10?") == 0
    assert apart("AB101", "AB101") == 0
    assert apart("", "") == 0
