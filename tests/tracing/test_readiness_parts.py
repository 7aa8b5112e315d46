"""The parts of readiness: serials that may be meant, kinds of gun, risk, problems, duplicates."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ironriver.firearms.channel import Channel
from ironriver.firearms.fitting import RATES
from ironriver.tracing.readiness_kinds import KindsOfGun
from ironriver.tracing.readiness_marks import marks
from ironriver.tracing.readiness_number import Patterns, of_serial
from ironriver.tracing.readiness_problems import of_description, of_duplicates
from ironriver.tracing.readiness_readings import Asked, Reading
from ironriver.tracing.readiness_risk import (
    FALSE_ALARMS,
    FOLDS,
    PRIOR,
    cut,
    failed,
    learn,
    matrix,
)
from ironriver.tracing.readiness_serial import Meant, Serials, meant
from ironriver.tracing.readiness_shapes import Shapes

Gun = tuple[str, str, str, str]
GLOCK = ("Glock", "19", "9x19mm", "pistol")
BERETTA = ("Beretta", "92FS", "9x19mm", "pistol")
RIFLE = ("Romarm/Cugir", "WASR-10", "7.62x39mm", "rifle")


def reading(
    record: str, serial: str, gun: tuple[str, str, str, str], importer: str = ""
) -> Reading:
    make, model, calibre, type_ = gun
    return Reading(record, "recovery", "aseguramientos", "A", 1.0, serial, make, importer or None,
                   model, calibre, type_, f"case {record}", "SYNTHETIC")  # fmt: skip


def held() -> list[Reading]:
    """Give many guns: Glocks as ABC1234, Berettas as BER123456Z, rifles as 1432103."""
    random = np.random.default_rng(5)
    found = []
    for number in random.choice(9000, 200, replace=False).tolist():
        letters = "".join(random.choice(list("ABCDEFGHKLM"), 3))
        found.append(reading(f"g{number}", f"{letters}{number + 1000}", GLOCK, "Glock"))
        found.append(reading(f"b{number}", f"BER{number + 100000}Z", BERETTA))
        found.append(reading(f"r{number}", f"1{number + 10000}03", RIFLE, "Century Arms"))
    return found


HELD = held()
SERIALS = Serials.learn(HELD, Channel.from_rates(RATES), 0.01)
KINDS = KindsOfGun.learn(HELD)
PATTERNS = Patterns.of(HELD)
REASONS = sorted(set(PRIOR) - {"any"})


def asked(serial: str, gun: Gun = GLOCK, **changes: object) -> Asked:
    make, model, calibre, type_ = gun
    written = {"make": make, "model": model, "calibre": calibre, "type": type_,
               "importer": "Glock", "origin_country": "Austria", "serial": serial}  # fmt: skip
    status = "read" if serial else "obliterated"
    one = Asked("q", "recovery", "trace_requests", "FGR", 1.0, serial, make, "Glock", model,
                calibre, type_, "case q", "SYNTHETIC", "gun-q", 1, status, "AT", written, (),
                None, "R1", None)  # fmt: skip
    return replace(one, **changes)  # type: ignore[arg-type]


def weighed(one: Asked) -> Meant:
    found = meant([one], SERIALS)[0]
    assert found is not None
    return found


def codes(one: Asked) -> list[str]:
    found = meant([one], SERIALS)[0]
    said = KINDS.judge(one)
    each = [*of_serial(one, found, PATTERNS), *of_description(one, said, KINDS)]
    return [problem.code for problem, _ in each]


def repairs(one: Asked) -> dict[str, tuple[str, float]]:
    found = meant([one], SERIALS)[0]
    each = [*of_serial(one, found, PATTERNS), *of_description(one, KINDS.judge(one), KINDS)]
    return {repair.field: (repair.to, repair.probability) for _, repair in each if repair}


def test_a_serial_as_its_maker_writes_them_raises_no_problem() -> None:
    assert codes(asked("DEF4321")) == []


def test_a_letter_among_the_digits_is_named_and_its_look_alike_is_likeliest() -> None:
    one = asked("DEF43S1")
    assert weighed(one).right < 0.5
    assert weighed(one).others[0][0] == "DEF4351"
    assert {"serial_character", "serial_pattern"} & set(codes(one))


def test_two_readings_that_disagree_leave_the_serial_in_doubt() -> None:
    alone = weighed(asked("DEF4321")).right
    beside = weighed(asked("DEF4321", others=(reading("x", "DEF4821", GLOCK),))).right
    assert beside < 0.8 < alone


def test_a_second_list_that_repeats_the_first_counts_for_less_than_a_sale() -> None:
    first = reading("x", "DEF4821", GLOCK)
    copy = replace(first, record_id="y")
    sale = replace(first, record_id="y", kind="purchase", layout="case_purchases")
    listed = weighed(asked("DEF4321", others=(first, copy))).right
    sold = weighed(asked("DEF4321", others=(first, sale))).right
    assert sold < listed


def test_a_list_that_agrees_with_a_request_says_less_than_a_sale_that_agrees() -> None:
    """A request may have copied the list; it cannot have copied what a licensee reported."""
    listed = reading("x", "DEF4321", GLOCK)
    sold = replace(listed, kind="purchase", layout="case_purchases")
    alone, beside_list, beside_sale = (
        weighed(asked("DEF4321", others=others)).right for others in ((), (listed,), (sold,))
    )
    assert alone < beside_list < beside_sale


def test_two_requests_that_agree_against_a_list_weigh_more_than_two_lists() -> None:
    """Requests look at the gun more often than lists do, which copy each other."""
    other = replace(reading("x", "DEF4821", GLOCK), layout="trace_requests")
    listed = reading("y", "DEF4821", GLOCK)
    two_lists = weighed(asked("DEF4321", others=(listed, replace(listed, record_id="z")))).right
    list_and_request = weighed(asked("DEF4321", others=(listed, other))).right
    assert list_and_request < two_lists


def test_a_shape_that_slips_explain_is_taken_for_none_of_the_makers() -> None:
    shapes = Shapes.learn(
        {(0, "AAA9999"): 200, (0, "AAA99A9"): 1, (0, "AAA999"): 1, (0, "99AA999"): 6,
         (-1, "AAA9999"): 200, (-1, "99AA999"): 6},
        Channel.from_rates(RATES).confusion,
    )  # fmt: skip
    own, other = 1, 0
    assert shapes.right("DEF4321", 0, own) > 0.99
    assert shapes.right("DEF43S1", 0, own) < 0.1
    assert shapes.right("DEF432", 0, own) < 0.1
    assert shapes.right("12AB345", 0, own) > 0.9, "six guns of a shape that no slip makes"
    assert shapes.right("DEF43S1", 0, other) > shapes.right("DEF43S1", 0, own)
    assert shapes.right("DEF43?1", 0, own) == 1.0


def test_a_patent_number_is_no_serial() -> None:
    assert "serial_patent" in codes(asked("PAT4142219"))
    assert weighed(asked("PAT4142219")).right < 1e-6


def test_a_word_that_was_copied_with_the_serial_is_taken_off_in_the_suggestion() -> None:
    one = asked("MOD19DEF4321", others=(reading("x", "DEF4321", GLOCK),))
    assert repairs(one)["serial"][0] == "DEF4321"
    assert "serial_word" in codes(one)


def test_a_serial_of_another_makers_pattern_names_that_maker() -> None:
    one = asked("BER123987Z")
    found = [problem for problem, _ in of_serial(one, weighed(one), PATTERNS)]
    assert [problem.code for problem in found] == ["serial_other_maker"]
    assert found[0].detail == {"maker": "Beretta"}


def test_short_digits_where_the_maker_writes_letters_are_taken_for_a_part_number() -> None:
    assert "serial_assembly" in codes(asked("98186"))


def test_two_numbers_that_have_nothing_in_common_point_to_the_slide() -> None:
    one = asked("DEF4321", others=(reading("x", "KLM8765", GLOCK), reading("y", "KLM8765", GLOCK)))
    found = [problem for problem, _ in of_serial(one, weighed(one), PATTERNS)]
    assert [(each.code, each.look_at) for each in found] == [("serial_two_numbers", "not_slide")]
    assert found[0].record_ids == ("x", "y")


@pytest.mark.parametrize(
    ("status", "code"),
    [("obliterated", "serial_obliterated"), ("absent", "serial_absent"),
     ("illegible", "serial_illegible")],
)  # fmt: skip
def test_a_serial_that_nobody_could_read_is_named_as_the_form_names_it(
    status: str, code: str
) -> None:
    assert code in codes(asked("", status=status))


def test_what_another_record_reads_is_suggested_where_this_one_reads_nothing() -> None:
    one = asked("", others=(reading("x", "DEF4821", GLOCK), reading("y", "DEF4821", GLOCK)))
    to, probability = repairs(one)["serial"]
    assert to == "DEF4821"
    assert 0.85 < probability < 0.96


def blank(one: Asked, name: str) -> Asked:
    changes = {name: None, "written": {**one.written, name: None}}
    return replace(one, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["make", "model", "calibre"])
def test_a_missing_field_is_a_problem_and_the_rest_of_the_gun_suggests_it(name: str) -> None:
    one = blank(asked("1432103", RIFLE, origin_country="RO"), name)
    assert f"{name}_missing" in codes(one)
    to, probability = repairs(one)[name]
    assert to == dict(zip(("make", "model", "calibre"), RIFLE, strict=False))[name]
    assert probability > 0.9


def test_a_missing_importer_is_asked_of_guns_made_abroad_and_never_of_american_ones() -> None:
    one = blank(asked("1432103", RIFLE, origin_country="RO"), "importer")
    assert "importer_missing" in codes(one)
    assert repairs(one)["importer"][0] == "Century Arms"
    assert "importer_missing" not in codes(replace(one, origin_country="US"))


def test_a_model_that_its_maker_never_made_is_named() -> None:
    assert "model_impossible" in codes(asked("DEF4321", ("Glock", "92FS", "9x19mm", "pistol")))


def test_a_calibre_that_its_model_never_had_is_named_and_one_that_fits_it_is_not() -> None:
    one = asked("BER123987Z", ("Beretta", "92FS", "7.62x39mm", "pistol"))
    assert "calibre_impossible" in codes(one)
    assert repairs(one)["calibre"][0] == "9x19mm"
    carbine = ("Colt", "AR-15", ".223 Rem", "rifle")
    known = KindsOfGun.learn([reading("c", "SP12345", ("Colt", "AR-15", "5.56x45mm", "rifle"))] * 3)
    one = asked("SP12345", carbine)
    found = [problem.code for problem, _ in of_description(one, known.judge(one), known)]
    assert not [code for code in found if code.startswith("calibre")]


def test_the_later_of_two_requests_is_told_of_the_earlier_and_the_earlier_of_the_later() -> None:
    other = replace(reading("p", "DEF4321", GLOCK), layout="trace_requests")
    sent = {"q": ("2020-01-02", "q"), "p": ("2020-01-01", "p")}
    one = asked("DEF4321", others=(other,))
    assert [each.code for each in of_duplicates(one, sent)] == ["requested_already"]
    sent["p"] = ("2020-01-03", "p")
    assert [each.code for each in of_duplicates(one, sent)] == ["requested_again"]


def test_another_offices_list_of_the_same_gun_is_named_before_anybody_asks() -> None:
    one = asked("DEF4321", layout="aseguramientos", others=(reading("p", "DEF4321", GLOCK),))
    found = list(of_duplicates(one, {}))
    assert [(each.code, each.record_ids) for each in found] == [("listed_elsewhere", ("p",))]


def test_answers_that_blame_the_sellers_books_are_no_failure_of_the_request() -> None:
    assert failed("licensee_out_of_business_no_record") is False
    assert failed("not_us_never_imported") is False
    assert failed("identifiers_insufficient") is True
    assert failed("duplicate_of") is None


def test_without_answers_the_prior_stands_and_answers_move_it() -> None:
    rows = matrix([{"model_missing": 1.0}] * 4000 + [{}] * 4000)
    folds = [row % FOLDS for row in range(8000)]
    none = learn(rows, [None] * 8000, folds)
    assert none.answers == 0
    assert none.chance[-1] == pytest.approx(list(PRIOR.values()))
    random = np.random.default_rng(3)
    chance = np.where(np.arange(8000) < 4000, 0.6, 0.1)
    fails: list[bool | None] = [bool(each) for each in random.random(8000) < chance]
    taught = learn(rows, fails, folds).chances(rows, [-1] * 8000)
    assert taught[0] == pytest.approx(np.mean(fails[:4000]), abs=0.02)
    assert taught[-1] == pytest.approx(np.mean(fails[4000:]), abs=0.02)


def test_no_request_is_judged_by_chances_that_its_own_gun_taught() -> None:
    rows = matrix([{"model_missing": 1.0}] * 50)
    folds = [row % FOLDS for row in range(50)]
    fails: list[bool | None] = [row % FOLDS == 2 for row in range(50)]
    before = learn(rows, fails, folds).chances(rows, folds)
    turned: list[bool | None] = [
        not fail if fold == 2 else fail for fail, fold in zip(fails, folds, strict=True)
    ]
    after = learn(rows, turned, folds).chances(rows, folds)
    assert before[2] == after[2]
    assert before[1] != after[1]


@given(st.dictionaries(st.sampled_from(REASONS), st.floats(0.0, 0.99)), st.data())
@settings(deadline=None)
def test_one_more_reason_to_fail_never_lowers_the_risk_and_adds_its_own_log_odds(
    marked: dict[str, float], data: st.DataObject
) -> None:
    more = data.draw(st.sampled_from(REASONS))
    risk = learn(matrix([]), [], [])
    rows = matrix([{**marked, more: 0.0}, {**marked, more: 0.7}])
    less, greater = risk.chances(rows, [-1, -1])
    assert 0.0 <= less <= greater <= 1.0
    place = list(PRIOR).index(more)
    assert risk.adds(rows[0], -1)[place] == 0.0
    added = risk.adds(rows[1], -1)[place]
    assert added == pytest.approx(
        np.log(greater / (1 - greater)) - np.log(less / (1 - less)), abs=1e-6
    )


@given(st.lists(st.floats(0.001, 0.999), min_size=1, max_size=200))
@settings(deadline=None)
def test_the_expected_share_of_false_alarms_stays_within_its_bound(risks: list[float]) -> None:
    found = np.array(risks)
    held = found >= cut(found)
    assert ((1 - found) * held).sum() <= FALSE_ALARMS * (1 - found).sum() + 1e-9


@given(st.text("ABCDEFGHKLM0123456789", min_size=4, max_size=10))
@settings(deadline=None, max_examples=50)
def test_what_a_serial_may_be_never_adds_up_to_more_than_one(serial: str) -> None:
    one = asked(serial, others=(reading("x", "DEF4821", GLOCK),))
    found = weighed(one)
    assert 0.0 <= found.right <= 1.0
    assert found.right + sum(chance for _, chance in found.others) <= 1.0 + 1e-9


def test_nothing_that_names_a_person_is_a_mark() -> None:
    one = asked("DEF4321")
    before = marks(one, KINDS.judge(one), weighed(one), KINDS)
    other = replace(one, authority="Ana Inventada López", case_number="otra", reference="R2")
    assert marks(other, KINDS.judge(other), weighed(other), KINDS) == before
    assert not {"sex", "ethnicity", "surname", "religion", "birth_place"} & set(PRIOR)


def test_a_problem_is_told_with_what_to_look_at() -> None:
    one = blank(asked("DEF4321"), "model")
    problem, repair = next(iter(of_description(one, KINDS.judge(one), KINDS)))
    told = json.loads(json.dumps(problem.told()))
    assert told["look_at"] == "model_mark"
    assert repair is not None
    assert repair.told()["from"] is None
