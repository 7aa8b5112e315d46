"""Every row of the shared vectors of network statistics."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from ironriver.estimators.overlap import at_least_shared, validated
from ironriver.estimators.rates.shrinkage import Prior
from ironriver.estimators.rates.standard import at_least, mid_p, ratio
from ironriver.networks.communities import Graph, communities, modularity

VECTORS = Path(__file__).parents[2].parent / "shared/reference/vectors/network_stat_vectors.csv"


def _karate(_: dict[str, float]) -> float:
    ends = np.array(list(nx.karate_club_graph().edges()), dtype=np.int64)
    club = Graph(34, ends[:, 0], ends[:, 1], np.ones(len(ends)))
    return max(modularity(club, communities(club, seed=seed)) for seed in range(50))


def _prior(given: dict[str, float]) -> Prior:
    return Prior(given["a"], given["b"])


COMPUTED: dict[str, Callable[[dict[str, float]], float]] = {
    "karate_leiden_best_modularity_50seeds": _karate,
    "hypergeom_sf": lambda v: float(
        at_least_shared(int(v["k"]), int(v["dA"]), int(v["dB"]), int(v["N"]))
    ),
    "poisson_sf": lambda v: float(at_least(v["O"], v["E"])),
    "poisson_midp": lambda v: float(mid_p(v["O"], v["E"])),
    "exact_CI_SMR_low": lambda v: ratio(v["O"], v["E"]).low,
    "exact_CI_SMR_high": lambda v: ratio(v["O"], v["E"]).high,
    "gamma_poisson_post_mean": lambda v: _prior(v).after(v["O"], v["E"]).mean,
    "gamma_poisson_q05": lambda v: _prior(v).after(v["O"], v["E"]).quantile(0.05),
    "P(lambda>2)": lambda v: 1 - _prior(v).after(v["O"], v["E"]).below(2.0),
}


@pytest.mark.skipif(not VECTORS.exists(), reason="the shared vectors are not here")
def test_every_published_row_is_reproduced() -> None:
    with VECTORS.open(encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    assert {row["quantity"].split()[0] for row in rows} == set(COMPUTED)
    for row in rows:
        given = {key: float(value) for key, value in re.findall(r"(\w+)=([\d.]+)", row["quantity"])}
        found = COMPUTED[row["quantity"].split()[0]](given)
        assert found == pytest.approx(float(row["value"]), rel=1e-9), row["quantity"]


def test_pairs_that_share_nothing_make_the_test_harder() -> None:
    tails = at_least_shared([3, 1], [4, 40], [4, 40], [1000, 1000])
    assert tails[0] < 1e-5
    assert tails[1] > 0.5
    assert validated([3, 1], [4, 40], [4, 40], 1000).tolist() == [True, False]
    assert validated([3, 1], [4, 40], [4, 40], 1000, pairs=10**7).tolist() == [False, False]


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="share more"):
        at_least_shared(5, 4, 9, 100)
    with pytest.raises(ValueError, match="more than there are"):
        at_least_shared(1, 101, 9, 100)
