"""Pairs are weighed in batches, and what is dropped changes no gun."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from gun_rows import gun_records
from hypothesis import given, settings
from hypothesis import strategies as st

from ironriver.firearms import sieve as sieving
from ironriver.firearms.circumstances import Circumstances
from ironriver.firearms.clusters import APART, Judged, group, places
from ironriver.firearms.fitting import Evidence, first_model
from ironriver.firearms.gun_records import NO_DAY
from ironriver.firearms.pairs import Pairs
from ironriver.firearms.resolution import gather, weigh_few, weigh_many
from ironriver.firearms.sieve import FLOOR, sieve, weigh_pairs
from ironriver.firearms.weighing import Model, Weights

NOTHING = Pairs(*np.empty((2, 0), dtype=np.int64))
PARTS = ("circumstances", "serial", "description", "legibility")
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.sampled_from("abcd"),
            "role": st.sampled_from(("sales purchase", "seizures recovery")),
            "day": st.sampled_from([NO_DAY, *range(100, 112)]),
            "place": st.sampled_from([None, "Cajeme", "Reynosa"]),
            "case": st.sampled_from([None, "FED-1", "FED-2"]),
            "make": st.sampled_from([None, "Glock", "Norinco"]),
            "model": st.sampled_from([None, "17"]),
            "serial": st.sampled_from(
                ["", "RW100045", "RW100045", "RW100046", "RW1O0045", "RW1000?5", "ZX774419"]
            ),
        }
    ),
    min_size=2,
    max_size=16,
).map(lambda rows: [row | {"id": f"r{place:03d}"} for place, row in enumerate(rows)])


def batches(pairs: Pairs, size: int) -> list[Pairs]:
    """Cut pairs into batches."""
    return [
        Pairs(pairs.left[at : at + size], pairs.right[at : at + size])
        for at in range(0, len(pairs), size)
    ]


def numbers(weights: Weights) -> Sequence[Any]:
    """Give all log-odds, field by field."""
    return np.array([getattr(weights, part) for part in PARTS])


def weighed(rows: list[dict[str, Any]]) -> tuple[Evidence, Model, Weights]:
    """Weigh all pairs with the stated priors."""
    evidence = gather(gun_records(rows))
    model = first_model(evidence.records)
    return evidence, model, weigh_pairs(evidence.scales, evidence.pairs, model)


@settings(deadline=None)
@given(ROWS, st.integers(1, 50), st.sampled_from([FLOOR, -7.0, APART]))
def test_dropped_pairs_change_no_gun(rows: list[dict[str, Any]], size: int, floor: float) -> None:
    evidence, model, weights = weighed(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sieving, "FLOOR", floor)
        pairs, kept = sieve(evidence.scales, batches(evidence.pairs, size), model, NOTHING)
    one = group(evidence.records, evidence.pairs, weights.log_odds)
    other = group(evidence.records, pairs, kept.log_odds)
    assert one.gun.tolist() == other.gun.tolist()
    tied = one.through >= 0
    assert tied.tolist() == (other.through >= 0).tolist()
    bound, held = evidence.pairs.left[one.through[tied]], pairs.left[other.through[tied]]
    assert bound.tolist() == held.tolist()
    shown = weights.log_odds >= floor
    rows_of = places(pairs, frozenset(zip(evidence.pairs.left[shown].tolist(),
                                          evidence.pairs.right[shown].tolist(), strict=True)),
                     len(rows))  # fmt: skip
    np.testing.assert_allclose(kept.log_odds[rows_of], weights.log_odds[shown], rtol=1e-12)


@settings(deadline=None)
@given(ROWS, st.integers(1, 50))
def test_where_nothing_is_dropped_batches_give_the_whole(
    rows: list[dict[str, Any]], size: int
) -> None:
    evidence, model, weights = weighed(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sieving, "FLOOR", -np.inf)
        pairs, kept = sieve(evidence.scales, batches(evidence.pairs, size), model, NOTHING)
    assert pairs.left.tolist() == evidence.pairs.left.tolist()
    assert pairs.right.tolist() == evidence.pairs.right.tolist()
    np.testing.assert_allclose(numbers(kept), numbers(weights), rtol=1e-12, atol=1e-12)


def crowd(count: int = 150) -> list[dict[str, Any]]:
    """Give guns that follow each other in two lists of one week."""
    rows: list[dict[str, Any]] = []
    for number in range(count):
        gun = {"make": ("Glock", "Norinco")[number % 2], "model": "17", "calibre": "9x19mm"}
        for source, role in (("a", "sales purchase"), ("b", "seizures recovery")):
            rows.append(gun | {"id": f"{source}{number:04d}", "source": source, "role": role,
                               "serial": f"RW{100_000 + number * 7:07d}", "day": 100 + number % 7,
                               "place": "Cajeme"})  # fmt: skip
    return rows


def test_many_pairs_are_dropped_and_only_where_they_are_hopeless() -> None:
    evidence, model, weights = weighed(crowd())
    pairs, kept = sieve(evidence.scales, [evidence.pairs], model, NOTHING)
    assert (weights.log_odds >= FLOOR).sum() <= len(pairs) < 0.6 * len(evidence.pairs)
    held = kept.log_odds < FLOOR
    source, serial = evidence.records.source, np.array(evidence.records.serial.to_pylist())
    left, right = pairs.left[held], pairs.right[held]
    assert ((source[left] != source[right]) & (serial[left] == serial[right])).all()


def test_what_dropped_pairs_take_from_a_probability_is_negligible() -> None:
    evidence, model, weights = weighed(crowd())
    pairs, kept = sieve(evidence.scales, [evidence.pairs], model, NOTHING)
    one = group(evidence.records, evidence.pairs, weights.log_odds)
    other = group(evidence.records, pairs, kept.log_odds)
    both = [1 / (1 + np.exp(-each.log_odds)) for each in (one, other)]
    np.testing.assert_allclose(*both, atol=1e-3)


def test_a_judged_pair_is_never_dropped() -> None:
    evidence, model, weights = weighed(crowd())
    least = int(np.argmin(weights.log_odds))
    fixed = Pairs(evidence.pairs.left[[least]], evidence.pairs.right[[least]])
    two = frozenset({(int(fixed.left[0]), int(fixed.right[0]))})
    without, _ = sieve(evidence.scales, [evidence.pairs], model, NOTHING)
    with pytest.raises(ValueError, match="not among those that were weighed"):
        places(without, two, len(evidence.records))
    pairs, _ = sieve(evidence.scales, batches(evidence.pairs, 11), model, fixed)
    assert len(pairs) == len(without) + 1
    assert len(places(pairs, two, len(evidence.records))) == 1


@settings(deadline=None, max_examples=25)
@given(ROWS, st.integers(1, 40))
def test_many_rows_are_weighed_as_few_are(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]], batch: int
) -> None:
    """With all rows drawn, whatever the size of batches and for judged pairs too."""
    records, folder = gun_records(rows), tmp_path_factory.mktemp("pile")
    judged = Judged(same=frozenset({(0, len(rows) - 1)}))
    evidence, _, weights = weigh_few(records, judged)
    found, _, kept = weigh_many(records, judged, folder, batch)
    assert not list(folder.iterdir())
    assert found.counts.tolist() == evidence.counts.tolist()
    number = evidence.pairs.left * len(rows) + evidence.pairs.right
    held = np.searchsorted(number, found.pairs.left * len(rows) + found.pairs.right)
    assert (evidence.pairs.left[held] == found.pairs.left).all()
    assert (evidence.pairs.right[held] == found.pairs.right).all()
    np.testing.assert_allclose(numbers(kept), numbers(weights)[:, held], rtol=0.02, atol=0.02)
    assert _cells(found.around) == _cells(evidence.around.of(held))


def _cells(around: Circumstances) -> list[list[int]]:
    return [around.cell.tolist(), around.level.tolist(), around.bare.tolist()]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_many_rows_changes_nothing(tmp_path: Path, seed: int) -> None:
    rows = crowd(60)
    mixed = list(rows)
    Random(seed).shuffle(mixed)
    found = []
    for each in (rows, mixed):
        records = gun_records(each)
        evidence, _, weights = weigh_many(records, Judged(), tmp_path, 500)
        ids = records.record_id.to_pylist()
        two = zip(evidence.pairs.left.tolist(), evidence.pairs.right.tolist(), strict=True)
        named = [tuple(sorted((ids[one], ids[other]))) for one, other in two]
        found.append(dict(zip(named, weights.log_odds.tolist(), strict=True)))
    assert found[0].keys() == found[1].keys()
    assert len(found[0]) > 60
    for name, odds in found[0].items():
        assert found[1][name] == pytest.approx(odds, abs=1e-6)
