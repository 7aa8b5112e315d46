"""The public face: lists of ids in, a figure with its pitfalls out."""

from __future__ import annotations

import numpy as np
import pytest

from ironriver.errors import MistakeError
from ironriver.figures import population
from ironriver.figures.phrase import Both
from ironriver.tables import Handling

ABOUT = population.About(
    figure_id="hidden-1",
    population=Both("guns in a made-up town", "armas en un pueblo inventado"),
    period="2020",
    as_of="2021-01-01",
    sources=("made up",),
    handling=Handling.SYNTHETIC,
)


def _made_up() -> population.Lists:
    """Draw three independent lists of a town with 2,000 guns."""
    dice = np.random.default_rng(1)
    held = dice.random((2_000, 3)) < (0.2, 0.3, 0.25)
    members = {
        name: [f"gun {at}" for at in np.flatnonzero(held[:, place])]
        for place, name in enumerate(("seized", "traced", "court"))
    }
    return population.Lists.from_members(members)


def test_every_name_that_is_offered_exists() -> None:
    assert all(hasattr(population, name) for name in population.__all__)


def test_three_lists_of_a_known_town_give_its_size_with_pitfalls() -> None:
    answers = [population.stepwise(_made_up(), 100), population.dga(_made_up())]
    found = population.headline(answers)
    assert isinstance(found, population.Estimate)
    assert 2_000 in found.interval
    row = population.figure_of(found, ABOUT).to_row()
    assert row["low"] == found.interval.low
    assert "no overlap can test" in str(row["assumptions"])
    assert row["population"] == "guns in a made-up town"


def test_a_lower_bound_is_a_figure_without_a_point() -> None:
    figure = population.figure_of(population.chao(_made_up()), ABOUT)
    assert figure.value is None
    assert figure.interval.low < 2_000


def test_a_refusal_makes_no_figure() -> None:
    refusal = population.dga(population.Lists(("A", "B"), (0, 5, 5, 0)))
    with pytest.raises(MistakeError, match="no two lists share anybody"):
        population.figure_of(refusal, ABOUT)
