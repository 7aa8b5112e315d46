"""Chains of a few guns: what ties them, what does not, and what a person judged."""

from __future__ import annotations

import csv
import datetime as dt
import random
from importlib import resources

import numpy as np
import pytest
from chain_rows import DAY, Rows, ring

from ironriver.networks.building import Built, build
from ironriver.networks.evidence import read_evidence
from ironriver.networks.signs import NAMES, SIGNS, levels
from ironriver.networks.weights import packaged, to_rows
from ironriver.reports.network_words import LEVELS


def _built(rows: Rows) -> Built:
    with rows.open() as connection:
        return build(read_evidence(connection))


def _groups(built: Built) -> dict[str, set[str]]:
    names = built.chains.evidence.guns.ids.to_pylist()
    return {
        name: {names[gun] for gun in guns}
        for name, guns in zip(built.chains.ids.to_pylist(), built.chains, strict=True)
    }


def test_guns_of_one_case_and_its_buyers_are_one_chain_named_after_its_first_record() -> None:
    rows = Rows()
    guns = ring(rows, "a")
    assert _groups(_built(rows)) == {"network-gun-a00-buy": set(guns)}


def test_two_rings_of_two_cases_stay_two_chains() -> None:
    rows = Rows()
    one, other = ring(rows, "a"), ring(rows, "b", day=DAY + dt.timedelta(days=800))
    assert sorted(map(sorted, _groups(_built(rows)).values())) == [sorted(one), sorted(other)]


def test_a_large_dealer_ties_its_many_customers_together_no_more_than_chance() -> None:
    rows = Rows()
    chance = random.Random(4)
    for number in range(400):
        rows.bought(
            f"gun-{number:03d}", DAY + dt.timedelta(days=chance.randrange(2000)),
            f"per-{number}", "lic-hub", make="Glock", model=str(chance.randrange(60)),
        )  # fmt: skip
    sizes = [len(guns) for guns in _groups(_built(rows)).values()]
    assert max(sizes, default=1) <= 8


def test_one_purchaser_of_hundreds_of_guns_makes_no_more_pairs_than_reach_allows() -> None:
    rows = Rows()
    for number in range(900):
        rows.bought(f"gun-{number:03d}", DAY + dt.timedelta(days=number), "per-1", f"lic-{number}")
    assert len(_built(rows).edges) <= 900 * 450


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_in_which_rows_arrive_changes_no_group(seed: int) -> None:
    rows, shuffled = Rows(), Rows()
    ring(rows, "a")
    ring(rows, "b", buyers=2, day=DAY + dt.timedelta(days=30))
    for name, each in rows.tables.items():
        shuffled.tables[name] = random.Random(seed).sample(each, len(each))
    first, second = _built(rows), _built(shuffled)
    assert _groups(first) == _groups(second)
    assert first.chains.probability.tobytes() == second.chains.probability.tobytes()
    assert first.chains.member.tobytes() == second.chains.member.tobytes()


def test_guns_judged_different_stand_in_different_chains_whatever_the_rows_say() -> None:
    rows = Rows()
    ring(rows, "a")
    rows.judge("gun-a00-buy", "gun-a23-buy", "different")
    chains = [guns for guns in _groups(_built(rows)).values() if "gun-a00" in guns]
    assert not any("gun-a23" in guns for guns in chains)


def test_guns_judged_the_same_stand_in_one_chain_though_nothing_else_ties_them() -> None:
    rows = Rows()
    ring(rows, "a")
    rows.bought("gun-far", DAY + dt.timedelta(days=3000), "per-far", "lic-far", make="Ruger")
    assert not any("gun-far" in guns for guns in _groups(_built(rows)).values())
    rows.judge("gun-a00-buy", "gun-far-buy", "same")
    assert {"gun-a00", "gun-far"} <= next(
        guns for guns in _groups(_built(rows)).values() if "gun-far" in guns
    )


def test_two_guns_that_only_a_person_put_together_are_written_as_a_chain() -> None:
    rows = Rows()
    rows.bought("gun-1", DAY, "per-1", "lic-1", make="Ruger")
    rows.bought("gun-2", DAY + dt.timedelta(days=3000), "per-2", "lic-2", make="Colt")
    assert _groups(_built(rows)) == {}
    rows.judge("gun-1-buy", "gun-2-buy", "same")
    assert list(_groups(_built(rows)).values()) == [{"gun-1", "gun-2"}]


def test_without_any_gun_there_is_no_chain() -> None:
    built = _built(Rows())
    assert len(built.chains) == 0
    assert len(built.edges) == 0


def test_evidence_keeps_no_name_address_or_telephone() -> None:
    rows = Rows()
    rows.bought("gun-1", DAY, "per-1", "lic-1", phone="555-0199", address="9 INVENTED RD")
    rows.bought("gun-2", DAY, "per-2", "lic-1", phone="(555) 0199", address="9 Invented Road")
    with rows.open() as connection:
        evidence = read_evidence(connection)
    texts = [*evidence.labels.values(), *evidence.guns.labels.values(), evidence.records]
    held = {text for column in texts for text in column.to_pylist()}
    assert "per-1" in held
    assert not any("0199" in text or "NVENTED" in text.upper() for text in held)


def test_telephones_written_two_ways_are_one_contact() -> None:
    rows = Rows()
    rows.bought("gun-1", DAY, "per-1", "lic-1", phone="(555) 010-0199")
    rows.bought("gun-2", DAY, "per-2", "lic-2", phone="555-010-0199")
    compared = _built(rows).compared
    level = levels(compared, np.array([0]), np.array([1]))[0]
    assert level[NAMES.index("contact")] == 1


def test_every_sign_gives_only_levels_that_have_a_name() -> None:
    rows = Rows()
    ring(rows, "a")
    ring(rows, "b", day=DAY + dt.timedelta(days=200))
    compared = _built(rows).compared
    left, right = np.triu_indices(len(compared.evidence.guns), 1)
    found = levels(compared, left, right)
    for place, sign in enumerate(SIGNS):
        assert found[:, place].min() >= 0
        assert found[:, place].max() <= len(sign.levels)


def test_every_level_of_every_sign_has_its_words() -> None:
    parts = {part for sign in SIGNS for level in sign.levels for part in level.split(", ")}
    assert parts == set(LEVELS)


def test_every_level_has_a_learned_weight() -> None:
    text = (resources.files("ironriver.networks") / "link_weights.csv").read_text("utf-8")
    named = {(row["sign"], row["level"]) for row in csv.DictReader(text.splitlines())}
    assert {(sign.name, level) for sign in SIGNS for level in sign.levels} <= named
    assert to_rows(packaged()) == list(csv.DictReader(text.splitlines()))
