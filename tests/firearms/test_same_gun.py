"""Channel, grammar and posterior together: what identifies a gun, and how sure one may be."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ironriver.estimators.types import Probability
from ironriver.firearms.channel import Channel
from ironriver.firearms.density import Density
from ironriver.firearms.kernel import CompiledChannel, pack
from ironriver.firearms.posterior import Candidate, posterior

PREFIXES = zip("KXRTZ" * 20, "MPWHE" * 20, range(7, 99_707, 997), strict=True)
SPARSE = [f"{first}{second}{number:05d}" for first, second, number in PREFIXES]
RECORDS = [("Counter", f"{number:06d}") for number in range(400_000, 402_000)]
RECORDS += [("Sparse", serial) for serial in SPARSE]
NAMES = ["Counter", "Sparse"]
MAKERS = Density.learn(
    pack([serial for _, serial in RECORDS]), np.array([NAMES.index(name) for name, _ in RECORDS])
)
CHANNEL = Channel.from_rates()


def best(query: str, maker: str) -> tuple[str, float]:
    """Weigh all guns of a maker and give the likeliest with its probability."""
    guns = [serial for name, serial in RECORDS if name == maker]
    logs = CHANNEL.log_likelihoods(query, guns)
    candidates = [Candidate(gun, float(log)) for gun, log in zip(guns, logs, strict=True)]
    group = np.array([NAMES.index(maker)])
    crowd = MAKERS.log_density(pack([query]), group, CompiledChannel(CHANNEL))[0]
    answer = posterior(candidates, len(guns), float(crowd))
    return answer.ranked[0].gun, answer.ranked[0].probability.value


def test_a_misread_serial_far_from_all_others_is_identified() -> None:
    true = SPARSE[10]
    gun, chance = best(true[:-1] + ("S" if true[-1] == "5" else "B"), "Sparse")
    assert gun == true
    # A gun that is not held would be misread as often: the strange mark itself says nothing.
    assert chance > 0.85


def test_a_misread_number_among_counters_is_not_identified() -> None:
    gun, chance = best("40070B", "Counter")
    assert gun == "400708"
    sure = best("400?08", "Counter")[1]
    assert sure < 0.2
    assert chance > sure


def test_the_answer_is_as_often_right_as_it_says() -> None:
    """Where the model is the truth, probabilities are frequencies (five bins, each within 4 SE)."""
    chance, marks, length = np.random.default_rng(3), "01234", 4
    channel = Channel.substitutions_only(0.12, marks)
    codes = chance.choice(5**length, 200, replace=False)
    guns = ["".join(marks[code // 5**k % 5] for k in range(length)) for code in codes]
    said, right = [], []
    for _ in range(1500):
        listed = chance.random() < 0.6
        gun = guns[chance.integers(200)] if listed else "".join(chance.choice(list(marks), length))
        wrong = chance.random(length) < 0.12
        query = "".join(
            marks[(marks.index(mark) + chance.integers(1, 5)) % 5] if error else mark
            for mark, error in zip(gun, wrong, strict=True)
        )
        logs = channel.log_likelihoods(query, guns)
        candidates = [Candidate(one, float(log)) for one, log in zip(guns, logs, strict=True)]
        answer = posterior(candidates, 200, -length * math.log(5), Probability(0.6))
        said.append(answer.ranked[0].probability.value)
        right.append(listed and answer.ranked[0].gun == gun)
    sure, hit = np.array(said), np.array(right)
    assert sure.max() - sure.min() > 0.2
    for part in np.array_split(np.argsort(sure), 5):
        expected, spread = sure[part].mean(), math.sqrt((sure[part] * (1 - sure[part])).sum())
        assert hit[part].mean() == pytest.approx(expected, abs=4 * spread / len(part))
