"""What is held but was not found counts alike in SQL, in arrays and one question at a time."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest

from ironriver.engines import opened
from ironriver.estimators.types import Probability
from ironriver.firearms.channel import Channel
from ironriver.firearms.posterior import Candidate, posterior
from ironriver.firearms.sql import batch_posteriors

SERIALS = ("ABC12345", "ABC12346", "XK990011")


@pytest.mark.parametrize("beyond", [-16.0, -22.5, -40.0])
def test_sql_gives_the_posterior_of_one_question(beyond: float) -> None:
    channel = Channel.from_rates()
    question = {
        "query_id": ["q"], "serial": ["ABC1234S"], "log_background": [-18.0],
        "log_beyond": [beyond], "in_registry": [0.4],
    }  # fmt: skip
    records = pa.table({"gun": list(SERIALS), "serial": list(SERIALS)})
    with opened("duckdb") as engine:
        found = batch_posteriors(
            engine, pa.table(question), records, channel, 1, True, registry_size=1e6
        ).to_pylist()
    near = [Candidate(text, channel.log_likelihood("ABC1234S", text)) for text in SERIALS[:2]]
    expected = posterior(near, 1e6, -18.0, Probability(0.4), beyond)
    said = {row["gun"]: row for row in found}
    assert said.keys() == {one.gun for one in expected.ranked}
    for one in expected.ranked:
        assert said[one.gun]["probability"] == pytest.approx(one.probability.value, rel=1e-12)
        assert said[one.gun]["none"] == pytest.approx(expected.none.value, rel=1e-12)
    assert math.isfinite(float(np.sum([row["log_odds"] for row in found])))
