"""Dealers: rates against chance, and that neither one source nor one large chain makes a flag."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lead_rows import Told, day

from ironriver.estimators.rates import exposure
from ironriver.networks.dealer_records import read_dealers
from ironriver.networks.dealers import RATE, Counted, DealerEvidence, flag_dealers, judge_dealers

SIZE = 200
NOTHING = np.zeros(0, dtype=np.int64)


def counted(dealer: np.ndarray, source: np.ndarray, hit: np.ndarray | None = None) -> Counted:  # type: ignore[type-arg]
    """Count one thing for each dealer given, each of a group of its own and of one source."""
    places = np.arange(len(dealer))
    hits = np.ones(len(dealer), dtype=np.bool_) if hit is None else hit
    return Counted(dealer, places, hits, places, source)


def alike(seed: int, bad: int = 0, times: float = 12.0) -> DealerEvidence:
    """Draw dealers of unequal volume, the first `bad` of which have many times the common rate."""
    dice = np.random.default_rng(seed)
    volume = dice.lognormal(0, 1, SIZE)
    rate = np.where(np.arange(SIZE) < bad, times, 1.0)
    dealer = np.repeat(np.arange(SIZE), dice.poisson(0.7 * volume * rate))
    soon = counted(dealer, dice.integers(0, 12, len(dealer)))
    shown = np.repeat(np.arange(SIZE), dice.poisson(0.5, SIZE))
    sales = counted(shown, 20 + dice.integers(0, 4, len(shown)), dice.random(len(shown)) < 0.06)
    ids = tuple(f"lic-{place:03d}" for place in range(SIZE))
    strata = (np.arange(SIZE) % 3).astype(np.int64)
    return DealerEvidence(ids, strata, dice.poisson(6 * volume), soon, sales)


def test_among_dealers_who_are_all_alike_hardly_ever_one_is_flagged() -> None:
    flagged = [flag_dealers(alike(seed)).flagged.any() for seed in range(40)]
    assert sum(flagged) <= 4


def test_dealers_with_many_times_the_common_rate_are_found_and_others_are_not() -> None:
    flagged = [flag_dealers(alike(seed, bad=4)).flagged for seed in range(10)]
    assert sum(int(each[:4].sum()) for each in flagged) >= 10
    assert sum(int(each[4:].sum()) for each in flagged) <= 2


def reported_by(sources: list[int]) -> DealerEvidence:
    """Let the sources given each tell of sales of one dealer that were not reported."""
    given = alike(3)
    dealer = np.append(given.sales.dealer, np.full(len(sources), 7))
    source = np.append(given.sales.source, np.array(sources))
    hit = np.append(given.sales.hit, np.ones(len(sources), dtype=np.bool_))
    sales = counted(dealer, source, hit)
    return DealerEvidence(given.ids, given.stratum, given.stand_ins, given.soon, sales)


def test_one_source_raises_no_flag_by_itself() -> None:
    alone = flag_dealers(reported_by([99] * 40))
    assert alone.chance[7] < 1e-9
    assert not alone.flagged[7]
    assert flag_dealers(reported_by([97] * 15 + [98] * 15 + [99] * 15)).flagged[7]


def test_guns_of_one_supply_chain_count_once() -> None:
    given = alike(5)
    dealer = np.append(given.soon.dealer, np.full(300, 9))
    places = np.arange(len(dealer))
    group = np.append(np.arange(len(given.soon.dealer)), np.full(300, 10_000))
    source = np.append(given.soon.source, np.arange(300) % 12)
    soon = Counted(dealer, group, np.ones(len(dealer), dtype=np.bool_), places, source)
    evidence = DealerEvidence(given.ids, given.stratum, given.stand_ins, soon, given.sales)
    assert not flag_dealers(evidence).flagged[9]


def test_rates_stand_in_the_order_of_ids_with_intervals_and_the_flags_that_chance_gives() -> None:
    judged = judge_dealers(alike(2, bad=4))
    assert [each.dealer for each in judged.rates] == sorted(each.dealer for each in judged.rates)
    assert judged.by_chance == pytest.approx(RATE * len(judged.flagged))
    for each in judged.rates:
        assert each.interval.low <= each.ratio <= each.interval.high
    for each in judged.flagged:
        assert each.volume_factor is None or each.volume_factor > 1


def test_a_workspace_without_dealers_has_no_rates() -> None:
    none = Counted(NOTHING, NOTHING, np.zeros(0, dtype=np.bool_), NOTHING, NOTHING)
    assert judge_dealers(DealerEvidence((), NOTHING, NOTHING, none, none)).rates == ()


def told() -> Told:
    """Tell of two dealers: one sold two guns at once without a report, one reported it."""
    out = Told()
    for dealer, buyer in (("lic-a", "per-a"), ("lic-b", "per-b")):
        for gun in (f"{dealer}-1", f"{dealer}-2"):
            sale = {"purchaser": buyer, "seller": dealer}
            out.record("purchase", gun, day(1), sale, case_number="C1")
            if dealer == "lic-b":
                out.record("multiple_sale", gun, day(1), sale)
            out.traced(gun, buyer, dealer, day(1), 300)
    return out


def test_a_sale_of_several_guns_that_nobody_reported_is_counted() -> None:
    with told().opened() as connection:
        found = read_dealers(connection)
    assert found.ids == ("lic-a", "lic-b")
    assert found.sales.dealer.tolist() == [0, 1]
    assert found.sales.hit.tolist() == [True, False]


def test_two_guns_of_one_purchaser_are_one_thing_that_happened_at_a_dealer() -> None:
    with told().opened() as connection:
        soon = read_dealers(connection).soon
    assert soon.dealer.tolist() == [0, 0, 1, 1]
    assert len(set(zip(soon.dealer.tolist(), soon.group.tolist(), strict=True))) == 2


def test_a_gun_that_the_dealer_reported_stolen_is_not_held_against_it() -> None:
    out = told()
    out.record("theft", "lic-a-1", day(20), {"seller": "lic-a"})
    with out.opened() as connection:
        found = read_dealers(connection)
    assert found.soon.dealer.tolist() == [0, 1, 1]


@given(st.floats(0.01, 50.0), st.floats(0.05, 500.0), st.integers(0, 60))
@settings(max_examples=60)
def test_more_is_never_less_rare_and_an_unsure_exposure_makes_it_less_rare(
    mean: float, shape: float, seen: int
) -> None:
    means, shapes = np.array([mean, mean]), np.array([shape, shape])
    more = exposure.excess([seen, seen + 1], means, shapes)
    assert 0 <= more[1] <= more[0] <= 1
    if seen > 4 * mean + 4:
        surer = exposure.excess([seen], means[:1], np.array([1000 * shape]))
        assert surer[0] <= more[0] + 1e-12


def test_a_poisson_count_is_the_limit_of_a_sure_exposure() -> None:
    from ironriver.estimators.rates.standard import mid_p

    sure = exposure.excess([5.0], np.array([0.8]), np.array([1e9]))
    assert sure[0] == pytest.approx(mid_p([5], [0.8])[0], rel=1e-6)


def test_expected_counts_add_up_to_the_observed_ones_in_each_stratum() -> None:
    strata = np.array([0, 0, 1, 1])
    found = exposure.expected_counts([3, 1, 0, 8], np.array([1.0, 1.0, 2.0, 6.0]), strata)
    assert found.tolist() == [2.0, 2.0, 2.0, 6.0]


def test_volumes_are_drawn_towards_their_stratum_the_more_the_less_is_counted() -> None:
    dice = np.random.default_rng(4)
    seen = dice.poisson(5 * dice.gamma(2, 0.5, 400))
    found = exposure.volumes(seen, np.zeros(400, dtype=np.int64))
    raw = seen / seen.mean()
    assert (abs(found.mean - 1) <= abs(raw - 1) + 1e-9).all()
    assert (np.argsort(found.mean, kind="stable") == np.argsort(seen, kind="stable")).all()


def test_the_common_share_is_that_of_the_bulk() -> None:
    trials = np.append(np.full(300, 5), [60, 80])
    dice = np.random.default_rng(8)
    hits = np.append(dice.binomial(5, 0.08, 300), [60, 80])
    assert exposure.common_share(hits, trials) == pytest.approx(0.08, abs=0.02)


def test_what_was_not_asked_is_no_evidence() -> None:
    both = exposure.together([[0.01, 0.01], [0.01, 0.9]], [[True, True], [True, False]])
    assert both[1] == pytest.approx(0.01)
    assert both[0] < 0.002
