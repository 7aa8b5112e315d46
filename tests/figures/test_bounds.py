"""The bounds against the reference vectors, and against what must hold for any counts."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ironriver.estimators.bounds import (
    breakdown_odds_ratio,
    breakdown_share,
    imbens_manski,
    monotone,
    observed_share,
    sensitivity,
    worst_case,
)
from ironriver.estimators.types import Interval, IntervalKind, LogOdds, Probability

VECTORS = Path(__file__).parents[3] / "shared" / "reference" / "vectors"

# us, determined, population of the cases that the vector files name.
CASES = {
    "2008 seized": (3_480, 4_000, 30_000),
    "2008 submitted": (3_480, 4_000, 7_200),
    "2009-14 submitted": (73_684, 91_228, 104_850),
}


def rows(name: str) -> list[dict[str, str]]:
    path = VECTORS / name
    if not path.exists():
        pytest.skip("needs ../shared/reference")
    with path.open(encoding="utf-8", newline="") as handle:
        found = list(csv.DictReader(handle))
    assert found
    return found


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((3_480, 4_000, 4_000), 0.87, 0.87),
        ((3_480, 4_000, 7_200), 0.483333, 0.927778),
        ((3_480, 4_000, 30_000), 0.116, 0.982667),
        ((73_684, 91_228, 91_228), 0.807691, 0.807691),
        ((73_684, 91_228, 104_850), 0.702756, 0.832675),
        ((6_556, 8_509, 25_904), 0.253088, 0.924606),
        ((91_896, 114_022, 136_894), 0.671293, 0.838371),
        ((91_896, 91_896, 136_894), 0.671293, 1.0),
    ],
)
def test_worst_case_bounds_are_the_published_ones(
    counts: tuple[int, int, int], low: float, high: float
) -> None:
    bounds = worst_case(*counts)
    assert bounds.kind is IntervalKind.IDENTIFICATION
    assert (bounds.low, bounds.high) == pytest.approx((low, high), abs=5e-7)


def test_every_row_of_the_origin_bounds_is_reproduced() -> None:
    for row in rows("origin_bounds.csv"):
        us, determined, n = (
            float(row["n_US"]),
            float(row["n_origin_determined"]),
            float(row["n"]),
        )
        bounds = worst_case(us, determined, n)
        assert observed_share(us, determined) == pytest.approx(
            float(row["naive_share_of_determined"]), abs=5e-7
        )
        assert bounds.low == pytest.approx(float(row["manski_lower"]), abs=5e-7)
        assert bounds.high == pytest.approx(float(row["manski_upper"]), abs=5e-7)
        assert bounds.width == pytest.approx(float(row["width"]), abs=1e-6)
        for column, claimed in (
            ("min_share_in_unobserved_for_50pct", 0.5),
            ("min_share_in_unobserved_for_80pct", 0.8),
        ):
            needed = breakdown_share(us, determined, n, claimed)
            if row[column] in ("", "nan"):
                assert needed is None
            else:
                assert needed == pytest.approx(float(row[column]), abs=5e-7)


def test_what_the_rest_must_hold_for_four_fifths() -> None:
    assert breakdown_share(3_480, 4_000, 30_000, 0.8) == pytest.approx(0.789231, abs=5e-7)
    assert breakdown_share(73_684, 91_228, 104_850, 0.8) == pytest.approx(0.748495, abs=5e-7)
    assert breakdown_share(73_684, 91_228, 104_850, 0.5) == 0.0
    assert breakdown_share(10, 10, 10, 0.5) is None
    beyond = breakdown_share(1, 9, 10, 0.5)
    assert beyond is not None
    assert beyond > 1


def test_every_row_of_the_odds_ratio_sensitivity_is_reproduced() -> None:
    for row in rows("origin_sensitivity_or.csv"):
        answer = sensitivity(*CASES[row["case"]], float(row["odds_ratio_unobserved_vs_observed"]))
        assert answer.unobserved.value == pytest.approx(float(row["p_unobserved"]), abs=5e-7)
        assert answer.overall.value == pytest.approx(float(row["overall_share"]), abs=5e-7)


@pytest.mark.parametrize(
    ("case", "odds_ratio", "overall"),
    [
        ("2008 seized", 0.05, 0.333291),
        ("2008 submitted", 4, 0.911773),
        ("2009-14 submitted", 0.5, 0.790766),
    ],
)
def test_sensitivity_at_some_odds_ratios(case: str, odds_ratio: float, overall: float) -> None:
    answer = sensitivity(*CASES[case], odds_ratio)
    assert answer.overall.value == pytest.approx(overall, abs=5e-7)


@pytest.mark.parametrize(
    ("low", "high", "n", "c", "ci"),
    [
        (0.116, 0.982667, 30_000, 1.644854, (0.112959, 0.983906)),
        (0.702756, 0.832675, 104_850, 1.644854, (0.700435, 0.834571)),
        (0.5, 0.5, 1_000, 1.959964, (0.46901, 0.53099)),
    ],
)
def test_imbens_manski_runs_from_a_wide_set_to_a_point(
    low: float, high: float, n: int, c: float, ci: tuple[float, float]
) -> None:
    answer = imbens_manski(low, high, n)
    assert answer.c == pytest.approx(c, abs=5e-7)
    assert (answer.interval.low, answer.interval.high) == pytest.approx(ci, abs=2e-6)
    assert answer.interval.kind is IntervalKind.CONFIDENCE


def test_every_row_of_the_imbens_manski_intervals_is_reproduced() -> None:
    for row in rows("imbens_manski_ci.csv"):
        answer = imbens_manski(float(row["lower_hat"]), float(row["upper_hat"]), float(row["n"]))
        assert answer.c == pytest.approx(float(row["c"]), abs=5e-7)
        assert answer.interval.low == pytest.approx(float(row["ci_low"]), abs=2e-6)
        assert answer.interval.high == pytest.approx(float(row["ci_high"]), abs=2e-6)


nested = st.integers(1, 10**6).flatmap(
    lambda population: st.integers(1, population).flatmap(
        lambda determined: st.integers(0, determined).map(lambda us: (us, determined, population))
    )
)


@given(counts=nested, rest=st.floats(0, 1))
def test_the_truth_never_leaves_the_worst_case(counts: tuple[int, int, int], rest: float) -> None:
    us, determined, population = counts
    truth = (us + rest * (population - determined)) / population
    bounds = worst_case(*counts)
    assert bounds.low - 1e-12 <= truth <= bounds.high + 1e-12
    if rest <= us / determined:
        narrower = monotone(*counts)
        assert narrower.low - 1e-12 <= truth <= narrower.high + 1e-12
    else:
        narrower = monotone(*counts, rest="no_less_us")
        assert narrower.low - 1e-12 <= truth <= narrower.high + 1e-12


@given(counts=nested, claimed=st.floats(0, 1))
def test_the_breakdown_share_makes_the_claim_just_true(
    counts: tuple[int, int, int], claimed: float
) -> None:
    us, determined, population = counts
    needed = breakdown_share(*counts, claimed)
    if needed is None:
        assert determined == population
    elif needed > 0:
        reached = (us + needed * (population - determined)) / population
        assert reached == pytest.approx(claimed)
    else:
        assert us / population >= claimed


@given(counts=nested)
def test_an_odds_ratio_of_one_is_the_observed_share(counts: tuple[int, int, int]) -> None:
    us, determined, _population = counts
    assert sensitivity(*counts, 1).overall.value == pytest.approx(us / determined)


@given(
    low=st.floats(0.01, 0.99),
    width=st.floats(0, 0.5),
    n=st.integers(2, 10**7),
    level=st.floats(0.6, 0.999),
)
def test_imbens_manski_contains_the_bounds_and_solves_its_equation(
    low: float, width: float, n: int, level: float
) -> None:
    high = min(0.99, low + width)
    high = max(low, high)
    answer = imbens_manski(low, high, n, level)
    assert answer.interval.low <= low
    assert answer.interval.high >= high
    spread = max(math.sqrt(low * (1 - low)), math.sqrt(high * (1 - high)))
    gap = math.sqrt(n) * (high - low) / spread

    def phi(x: float) -> float:
        return 0.5 * math.erfc(-x / math.sqrt(2))

    assert phi(answer.c + gap) - phi(-answer.c) == pytest.approx(level, abs=1e-9)


@pytest.mark.parametrize("counts", [(5, 4, 10), (1, 11, 10), (-1, 2, 3), (0, 0, 0)])
def test_counts_that_are_not_nested_are_refused(counts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="not nested"):
        worst_case(*counts)


def test_nothing_determined_leaves_everything_open() -> None:
    assert (worst_case(0, 0, 5).low, worst_case(0, 0, 5).high) == (0.0, 1.0)
    assert monotone(0, 0, 5) == worst_case(0, 0, 5)


@given(st.floats(-15, 15))
def test_log_odds_and_probability_are_two_ways_to_say_one_thing(value: float) -> None:
    assert LogOdds(value).probability.log_odds.value == pytest.approx(value, abs=1e-6)
    assert Probability(1.0).log_odds.value == math.inf
    assert LogOdds(-math.inf).probability.value == 0.0


def test_an_interval_says_what_it_promises() -> None:
    with pytest.raises(ValueError, match="cannot run"):
        Interval(0.5, 0.4, IntervalKind.IDENTIFICATION)
    with pytest.raises(ValueError, match="exact"):
        Interval(0.4, 0.5, IntervalKind.EXACT)
    with pytest.raises(ValueError, match="level"):
        Interval(0.4, 0.5, IntervalKind.IDENTIFICATION, level=0.95)
    with pytest.raises(ValueError, match="NaN"):
        LogOdds(math.nan)
    with pytest.raises(ValueError, match="between 0 and 1"):
        Probability(1.01)
    assert Interval(0.4, 0.5, IntervalKind.CREDIBLE, 0.9).overlaps(
        Interval(0.5, 0.6, IntervalKind.CREDIBLE)
    )


@given(counts=nested, claimed=st.floats(0.01, 0.99))
def test_at_the_breakdown_odds_ratio_the_share_is_just_the_claimed(
    counts: tuple[int, int, int], claimed: float
) -> None:
    found = breakdown_odds_ratio(*counts, claimed)
    if found is None:
        needed = breakdown_share(*counts, claimed)
        assert needed is None or not 0 < needed < 1 or counts[0] in (0, counts[1])
    else:
        assert sensitivity(*counts, found).overall.value == pytest.approx(claimed, abs=1e-6)
