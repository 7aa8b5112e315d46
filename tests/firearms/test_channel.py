"""The channel is a proper distribution, and its likelihoods order errors as people make them."""

from __future__ import annotations

import csv
import math
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ironriver.firearms.channel import ALPHABET, Channel, Rates, damerau, osa

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT.parent / "shared" / "reference" / "vectors" / "edit_distance_vectors.csv"
SERIALS = st.text(ALPHABET, min_size=1, max_size=9)
SMALL = Rates(0.1, 0.5, 0.02, 0.1, 0.1, 0.1, 0.1, 0.3)
CHANNEL = Channel.from_rates()


def by_recursion(channel: Channel, true: str, observed: str) -> float:
    """Sum over the channel's steps as its description tells them, without any table."""
    rates, size = channel.rates, len(channel.alphabet)

    def read(x: str, y: str) -> float:
        return float(channel.confusion[channel.alphabet.index(x), channel.alphabet.index(y)])

    def walk(x: str, y: str) -> float:
        total = rates.insertion / size * walk(x, y[1:]) if y else 0.0
        stay = 1.0 - rates.insertion
        if not x:
            return total + (stay if not y else 0.0)
        total += stay * rates.deletion * walk(x[1:], y)
        plain = 1.0 - rates.deletion - (rates.transposition if len(x) > 1 else 0.0)
        if y:
            total += stay * plain * read(x[0], y[0]) * walk(x[1:], y[1:])
        if len(x) > 1 and len(y) > 1:
            both = read(x[1], y[0]) * read(x[0], y[1])
            total += stay * rates.transposition * both * walk(x[2:], y[2:])
        return total

    n = len(true)
    if not n:
        return walk(true, observed)
    lost = [(1 - rates.more) * rates.more ** (k - 1) for k in range(1, n)]
    lost.append(rates.more ** (n - 1))
    total = (1.0 - rates.lead - rates.trail) * walk(true, observed)
    for k, chance in enumerate(lost, start=1):
        total += chance * rates.lead * walk(true[k:], observed)
        total += chance * rates.trail * walk(true[: n - k], observed)
    return total


@given(st.text("0O5", max_size=4), st.text("0O5", max_size=4))
@settings(max_examples=60, deadline=None)
def test_the_table_sums_what_a_walk_over_all_steps_sums(true: str, observed: str) -> None:
    channel = Channel.from_rates(SMALL, "0O5")
    walked = by_recursion(channel, true, observed)
    assert math.exp(channel.log_likelihood(observed, true)) == pytest.approx(walked, rel=1e-12)


@pytest.mark.parametrize("true", ["", "0", "0O", "00O", "O0?"])
def test_chances_of_all_observed_strings_sum_to_one(true: str) -> None:
    channel = Channel.from_rates(SMALL, "0O")
    total = 0.0
    for length in range(10):
        words = np.array(list(product(range(2), repeat=length)), dtype=np.int16)
        codes = np.repeat(channel.encode([true]), len(words), axis=0)
        total += float(np.exp(channel.log_pairs(words.reshape(len(words), length), codes)).sum())
    # Longer strings need seven or more insertions, each of chance 0.02.
    assert total == pytest.approx(1.0, abs=1e-8)


@given(st.text("0O5?", max_size=4), st.text("0O5", max_size=4))
@settings(max_examples=40, deadline=None)
def test_an_unreadable_character_stands_for_all_at_once(observed: str, true: str) -> None:
    channel = Channel.from_rates(SMALL, "0O5")
    fillings = product(*("0O5" if mark == "?" else mark for mark in observed))
    total = sum(math.exp(channel.log_likelihood("".join(word), true)) for word in fillings)
    assert math.exp(channel.log_likelihood(observed, true)) == pytest.approx(total, rel=1e-10)


@given(SERIALS, SERIALS, st.data())
@settings(max_examples=60, deadline=None)
def test_an_unreadable_character_is_never_worse_than_a_wrong_one(
    true: str, observed: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(observed) - 1))
    blurred = observed[:place] + "*" + observed[place + 1 :]
    read = CHANNEL.log_likelihood(observed, true)
    assert CHANNEL.log_likelihood(blurred, true) >= read - 1e-9


@given(SERIALS, st.lists(SERIALS, min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_a_batch_gives_what_each_alone_gives(observed: str, trues: list[str]) -> None:
    alone = [CHANNEL.log_likelihood(observed, true) for true in trues]
    assert CHANNEL.log_likelihoods(observed, trues) == pytest.approx(alone, rel=1e-12)


@given(SERIALS, SERIALS)
@settings(max_examples=40, deadline=None)
def test_logarithms_and_plain_numbers_give_one_answer(observed: str, true: str) -> None:
    seen, codes = CHANNEL.encode([observed]), CHANNEL.encode([true])
    plain = np.log(CHANNEL._sum(seen, codes, np.add, np.multiply, np.asarray))
    with np.errstate(divide="ignore"):
        logs = CHANNEL._sum(seen, codes, np.logaddexp, np.add, np.log)
    assert logs == pytest.approx(plain, rel=1e-10)


def test_serials_of_two_hundred_characters_do_not_vanish() -> None:
    long = "A1B2C3D4E5" * 20
    far, near = CHANNEL.log_likelihood("9" * 200, long), CHANNEL.log_likelihood(long, long)
    assert -math.inf < far < -500.0 < near < 0.0
    assert -math.inf < CHANNEL.log_likelihood("9" * 200, "A") < -500.0


@pytest.mark.parametrize(
    ("true", "likelier", "rarer"),
    [
        ("AB5123", "ABS123", "ABW123"),
        ("Z44871", "244871", "844871"),
        ("AB5123", "BA5123", "BX5123"),
        ("AB51234", "AB512", "AB5199"),
        ("KV1234", "KB1234", "KD1234"),
        ("AB5123", "AB512", "A"),
    ],
)
def test_errors_that_people_make_are_likelier(true: str, likelier: str, rarer: str) -> None:
    assert CHANNEL.log_likelihood(likelier, true) > CHANNEL.log_likelihood(rarer, true)


@pytest.mark.parametrize(
    ("left", "right", "aligned", "free"),
    [
        ("AB123456", "BA123456", 1, 1),
        ("CA", "ABC", 3, 2),
        ("1968AB0471", "1968BA0417", 2, 2),
        ("G0O12I1", "GO012L1", 2, 2),
        ("", "A1", 2, 2),
    ],
)
def test_distances_equal_known_ones(left: str, right: str, aligned: int, free: int) -> None:
    assert (osa(left, right), damerau(left, right)) == (aligned, free)


@pytest.mark.skipif(not VECTORS.exists(), reason="needs ../shared/data")
def test_distances_equal_the_reference_table() -> None:
    with VECTORS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert rows
    for row in rows:
        assert osa(row["a"], row["b"]) == int(row["osa"])
        assert damerau(row["a"], row["b"]) == int(row["damerau_unrestricted"])


def test_rates_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="substitution"):
        Rates(substitution=1.5)
    with pytest.raises(ValueError, match="exclude"):
        Rates(deletion=0.6, transposition=0.5)
    with pytest.raises(ValueError, match="row of sum 1"):
        Channel(Rates(), np.ones((36, 36)))


@pytest.mark.parametrize("mark", ["?", "*", "Ñ", "ß", "\U0001f52b", "\ud800", "\0", "а"])
def test_marks_outside_the_alphabet_are_unreadable(mark: str) -> None:
    odd, plain = (CHANNEL.log_likelihood(f"AB{seen}123", "ABN123") for seen in (mark, "?"))
    assert odd == plain


def test_a_batch_longer_than_one_block_keeps_its_order() -> None:
    trues = [f"{number:0{5 + number % 3}d}" for number in range(4000)]
    logs = CHANNEL.log_likelihoods("02017", trues)
    for place in (0, 1023, 1024, 3072, 3999):
        assert logs[place] == pytest.approx(CHANNEL.log_likelihood("02017", trues[place]))
