"""The margins of a world, its page, and its frozen defaults."""

from __future__ import annotations

import hashlib
from importlib import resources

import pytest

from build_world_docs import PAGE, page
from ironriver.world.calibration import calibrate
from ironriver.world.parameters import parameters

FILES = (
    "models.csv", "routes.csv", "groups.csv", "us_places.csv", "mx_places.csv", "names.toml",
    "ways.toml",
)  # fmt: skip


def test_one_large_world_has_the_published_margins() -> None:
    lines = calibrate(seeds=(11,), firearms=100_000)
    # One world scatters more than the mean of five, which the tolerances are for.
    far = {
        line.margin.name: line.mean
        for line in lines
        if abs(line.difference) > 1.6 * line.margin.tolerance
    }
    assert not far


@pytest.mark.slow
def test_the_page_says_what_five_worlds_measure_and_every_margin_holds() -> None:
    lines = calibrate()
    assert all(line.holds for line in lines)
    assert PAGE.read_text("utf-8") == page(lines), "run tools/build_world_docs.py"


def test_what_describes_evasion_is_named_and_not_printed() -> None:
    text = PAGE.read_text("utf-8")
    hidden = [each for each in parameters() if each.withheld]
    assert hidden
    for each in hidden:
        assert f"`{each.name}`" in text
        assert f"| `{each.name}` |" not in text


def test_every_parameter_has_a_source() -> None:
    assert not [each.name for each in parameters() if not each.source.strip()]


def test_the_defaults_of_real_are_frozen() -> None:
    lines = [f"{each.name}={each.values['real']:g}" for each in parameters()]
    digest = hashlib.sha256("\n".join(lines).encode())
    for name in FILES:
        digest.update((resources.files("ironriver.world") / name).read_bytes())
    assert digest.hexdigest()[:16] == "ffd1d618002ba338", "the world may not be bent to a method"
