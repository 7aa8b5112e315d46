"""What is learned from some rows stands for all: each drawn row is weighed with all its rivals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from gun_rows import gun_records

from ironriver.firearms import sampling
from ironriver.firearms.fitting import Evidence, fit
from ironriver.firearms.pairs import Pairs
from ironriver.firearms.resolution import gather
from ironriver.firearms.sampling import drawn_rows, sample
from ironriver.firearms.weighing import Model

GUNS = 600


def lists() -> list[dict[str, Any]]:
    """Give sales and seizures of the same guns, by lots; one serial in eight is wrong."""
    chance = np.random.default_rng(5)
    rows: list[dict[str, Any]] = []
    for number in range(GUNS):
        gun = {"make": ("Glock", "Ruger")[number % 2], "model": "17", "calibre": "9x19mm"}
        serial = f"RW{(number // 2) * 79_190_401 % 10_000_000 + number % 2:07d}"
        seen = serial[:4] + str(chance.integers(10)) + serial[5:] if number % 8 == 0 else serial
        late = number + 40 + int(chance.integers(200))
        rows.append(gun | {"id": f"a{number:04d}", "source": "a", "role": "sales purchase",
                           "serial": serial, "day": number // 2})  # fmt: skip
        rows.append(gun | {"id": f"b{number:04d}", "source": "b", "role": "seizures recovery",
                           "serial": seen, "day": late})  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def whole() -> Evidence:
    return gather(gun_records(lists()))


def batches(pairs: Pairs, size: int) -> list[Pairs]:
    """Cut pairs into batches."""
    return [
        Pairs(pairs.left[at : at + size], pairs.right[at : at + size])
        for at in range(0, len(pairs), size)
    ]


def sampled(whole: Evidence, drawn: int, size: int = 10**6) -> Evidence:
    """Sample so many rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sampling, "DRAWN", drawn)
        return sample(whole.scales, batches(whole.pairs, size), whole.counts)


def learned(model: Model) -> list[Any]:
    """Give what was learned, as numbers."""
    rates = model.channel.rates
    return [model.prior, model.legible, model.lots, model.channel.confusion, model.foreign,
            model.kinds.shares, *model.kinds.writings, rates.insertion, rates.deletion,
            rates.transposition, rates.substitution, rates.lead]  # fmt: skip


def test_where_all_rows_are_drawn_nothing_hopeful_is_lost(whole: Evidence) -> None:
    evidence = sampled(whole, 10**9)
    assert evidence.taught is not None
    assert evidence.share == 1.0
    assert (evidence.taught == 1.0).all()
    assert 0 < len(evidence.pairs) < len(whole.pairs)
    for one, other in zip(learned(fit(evidence)), learned(fit(whole)), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-3, atol=1e-5)


def test_half_of_the_rows_teach_about_what_all_teach(whole: Evidence) -> None:
    evidence = sampled(whole, GUNS)
    assert evidence.share == pytest.approx(0.5, abs=0.06)
    some, every = fit(evidence), fit(whole)
    expected = float(every.prior @ whole.counts)
    assert float(some.prior @ whole.counts) == pytest.approx(expected, rel=0.03)
    assert expected == pytest.approx(GUNS, rel=0.1)
    errors = every.channel.rates.substitution
    assert some.channel.rates.substitution == pytest.approx(errors, rel=0.3)
    assert some.lots.tolist() == every.lots.tolist()


def test_a_pair_that_teaches_is_weighed_with_every_rival(whole: Evidence) -> None:
    every, some = sampled(whole, 10**9), sampled(whole, GUNS // 4)
    assert some.taught is not None
    assert 0 < (some.taught > 0).sum() < len(some.pairs) < len(every.pairs)
    assert set(np.unique(some.taught)) <= {0.0, 0.5, 1.0}
    rows = len(whole.records)
    held = set((some.pairs.left * rows + some.pairs.right).tolist())
    teaching = np.zeros(rows, dtype=np.bool_)
    for side in (some.pairs.left, some.pairs.right):
        teaching[side[some.taught > 0]] = True
    left, right = every.pairs.left, every.pairs.right
    rivals = teaching[left] | teaching[right]
    assert set((left[rivals] * rows + right[rivals]).tolist()) == held


def test_how_pairs_are_cut_into_batches_changes_nothing(whole: Evidence) -> None:
    one, other = sampled(whole, GUNS), sampled(whole, GUNS, 37)
    assert one.pairs.left.tolist() == other.pairs.left.tolist()
    assert one.pairs.right.tolist() == other.pairs.right.tolist()
    assert one.taught is not None
    assert other.taught is not None
    assert one.taught.tolist() == other.taught.tolist()
    assert one.steps is not None
    assert other.steps is not None
    assert one.steps.tolist() == other.steps.tolist()


def test_the_order_of_rows_changes_nothing_that_is_learned(whole: Evidence) -> None:
    rows = lists()
    other = gather(
        gun_records([rows[at] for at in np.random.default_rng(2).permutation(len(rows))])
    )
    one_model, other_model = (fit(sampled(each, GUNS)) for each in (whole, other))
    np.testing.assert_allclose(one_model.foreign, other_model.foreign, rtol=1e-6)
    np.testing.assert_allclose(
        one_model.channel.confusion, other_model.channel.confusion, rtol=1e-6
    )
    np.testing.assert_allclose(
        float(one_model.prior @ whole.counts), float(other_model.prior @ other.counts), rtol=1e-6
    )


def test_which_rows_are_drawn_follows_from_their_ids(whole: Evidence) -> None:
    ids = whole.records.record_id
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sampling, "DRAWN", 300)
        drawn = drawn_rows(ids)
        patch.setattr(sampling, "_CHUNK", 7)
        assert drawn_rows(ids[::-1]).tolist() == drawn.tolist()[::-1]
    assert 240 < drawn.sum() < 360


def test_no_rows_and_no_pairs_are_sampled_without_error() -> None:
    single = gather(gun_records([{"serial": "AB12345"}]))
    found = sample(single.scales, [], single.counts)
    assert not len(found.pairs)
    assert fit(found).foreign == pytest.approx(fit(replace(single)).foreign)
