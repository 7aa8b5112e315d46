"""Log-odds add up field by field, the same whichever row stands first."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from gun_rows import gun_records

from ironriver.firearms.circumstances import Level
from ironriver.firearms.comparison import reasons, serial_level
from ironriver.firearms.fitting import Evidence, first_model
from ironriver.firearms.gun_records import FIELDS
from ironriver.firearms.pairs import Pairs
from ironriver.firearms.resolution import gather
from ironriver.firearms.weighing import Model, Weights, serial_ratios, weigh, with_foreign

MADE = {"make": "Glock", "model": "17", "calibre": "9x19mm", "type": "pistol"}


def lists() -> Evidence:
    """Give two lists that share guns, some misread, some without serials, some by another name."""
    rows = []
    for number in range(120):
        lot, place = divmod(number, 2)
        serial = f"RW{lot * 79_190_401 % 10_000_000 + place:07d}"
        gun = MADE | {"make": "Norinco", "importer": "Sur"} if number % 3 else MADE
        case = f"FED-{number // 4}"
        rows.append(gun | {"source": "a", "role": "a recovery", "serial": serial, "day": 9 * number,
                           "place": "Cajeme", "case": case})  # fmt: skip
        seen = {1: serial.replace("7", "1", 1), 2: "", 3: serial[:-2] + "??"}.get(
            number % 5, serial
        )
        status = "read" if seen else "obliterated"
        other = gun | {"importer": "Norte"} if number % 7 == 0 else gun
        day = 9 * number + number % 3
        rows.append(other | {"source": "b", "role": "b recovery", "serial": seen, "day": day,
                             "status": status, "place": "Cajeme", "case": case})  # fmt: skip
    return gather(gun_records(rows))


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return lists()


@pytest.fixture(scope="module")
def model(evidence: Evidence) -> Model:
    return first_model(evidence.records)


def weights(evidence: Evidence, model: Model, pairs: Pairs) -> Weights:
    around = evidence.scales.circumstances(pairs)
    view = evidence.scales.serials(pairs, model.channel)
    return weigh(evidence.scales, pairs, around, view, model)


def test_the_parts_add_up_to_the_log_odds(evidence: Evidence, model: Model) -> None:
    found = weights(evidence, model, evidence.pairs)
    total = found.circumstances + found.serial + found.description + found.legibility
    assert (found.log_odds == total).all()
    assert np.isfinite(total).all()
    assert total.max() > 5 > -5 > total.min()


def test_reasons_add_up_to_the_log_odds(evidence: Evidence, model: Model) -> None:
    found = weights(evidence, model, evidence.pairs)
    why = reasons(evidence.records, evidence.pairs, evidence.around, found, model)
    assert len(why) == len(evidence.pairs)
    for text, total in zip(why, found.log_odds, strict=True):
        said = json.loads(text)
        odds = [reason["log_odds"] for reason in said]
        # Each is given to four places, and parts too small to show are left out.
        assert sum(odds) == pytest.approx(total, abs=1e-4 * (len(FIELDS) + 3))
        assert odds == sorted(odds)
        assert len({reason["field"] for reason in said}) == len(said)


def test_reasons_hold_levels_and_no_values(evidence: Evidence, model: Model) -> None:
    found = weights(evidence, model, evidence.pairs)
    why = reasons(evidence.records, evidence.pairs, evidence.around, found, model)
    levels = {(reason["field"], reason["level"]) for text in why for reason in json.loads(text)}
    serials = {level for field, level in levels if field == "serial"}
    assert serials >= {"same", "one_edit", "partly_read"}
    assert {field for field, _ in levels} == {"circumstances", "serial", "legibility", *FIELDS}
    assert not any("Glock" in text or "RW" in text for text in why)


def test_which_row_stands_first_changes_nothing(evidence: Evidence, model: Model) -> None:
    turned = Pairs(evidence.pairs.right, evidence.pairs.left)
    there, back = (weights(evidence, model, pairs) for pairs in (evidence.pairs, turned))
    assert there.log_odds == pytest.approx(back.log_odds, abs=1e-9)


def test_circumstances_are_the_log_odds_of_the_prior(evidence: Evidence, model: Model) -> None:
    found = weights(evidence, model, evidence.pairs)
    prior = model.prior[evidence.around.cell]
    assert 1 / (1 + np.exp(-found.circumstances)) == pytest.approx(prior)
    case = evidence.around.level == Level.SAME_CASE_OF_FEW
    assert case.any()


def test_a_serial_that_was_not_read_says_nothing(evidence: Evidence, model: Model) -> None:
    found = weights(evidence, model, evidence.pairs)
    held = evidence.records.has_serial
    one_missing = ~(held[evidence.pairs.left] & held[evidence.pairs.right])
    assert one_missing.any()
    assert (found.serial[one_missing] == 0.0).all()


def test_guns_of_one_lot_make_a_near_number_tell_less(evidence: Evidence, model: Model) -> None:
    view = evidence.scales.serials(evidence.pairs, model.channel)
    level = evidence.around.level[view.pairs]
    near = view.steps > 0
    lots = np.full_like(model.lots, 0.01)
    plain, wary = (
        serial_ratios(view, level, replace(model, lots=each)) for each in (model.lots * 0, lots)
    )
    assert near.any()
    assert (wary[near] < plain[near]).all()
    assert (wary[~near] == plain[~near]).all()


def test_no_serial_can_speak_against_a_gun_more_than_another_number_would() -> None:
    ratios = np.array([-50.0, -3.0, 0.0, 12.0])
    found = with_foreign(ratios, 0.01)
    assert found[0] == pytest.approx(np.log(0.01))
    assert found[2] == pytest.approx(0.0)
    assert (np.diff(found) > 0).all()
    assert (found <= np.maximum(ratios, np.log(0.01) + np.log1p(np.exp(ratios[1] + 5)))).all()


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("AB12345", "AB12345", "same"),
        ("AB12345", "AB1234S", "look_alike"),
        ("AB12345", "AB12375", "one_edit"),
        ("AB12345", "BA12375", "two_edits"),
        ("AB12345", "AB1234?", "partly_read"),
        ("AB12345", "12345XYZAB12345", "part"),
        ("AB12345", "ZZ99999", "other"),
    ],
)
def test_levels_say_how_serials_compare(one: str, other: str, level: str) -> None:
    assert serial_level(one, other) == serial_level(other, one) == level
