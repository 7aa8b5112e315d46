"""Reasons in words: what a field said, and how two rows compared in it, in both languages.

Tables hold codes, so that they read alike in every language and name nobody; here they become
phrases. A code that has no phrase is shown as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ironriver.language import mark, translator

FIELDS = {
    "circumstances": mark("circumstances"),
    "serial": mark("serial number"),
    "legibility": mark("legibility of the serial number"),
    "make": mark("make"),
    "importer": mark("importer"),
    "model": mark("model"),
    "calibre": mark("calibre"),
    "type": mark("type"),
    "prior": mark("before anything is compared"),
    "alone": mark("no other row"),
    "recovered": mark("day of recovery"),
    "surnames": mark("surnames"),
    "given_name": mark("given name"),
    "other_names": mark("other names"),
    "generation": mark("generation (senior, junior)"),
    "birth_date": mark("date of birth"),
    "address": mark("address"),
    "phone": mark("telephone"),
    "vehicle": mark("vehicle or plate"),
    "id_number": mark("identity number"),
    "licence_key": mark("licence (region, district, sequence)"),
    "licence_type": mark("type of licence"),
    "business_name": mark("business name"),
    "share_of_same_pairs": mark("before anything is compared"),
    "others_it_may_be": mark("others that it may be"),
    "household": mark("household"),
    "relation": mark("how they are related"),
    "rule": mark("a rule"),
    "judgement": mark("a person's judgement"),
    "members": mark("its parties"),
}

LEVELS = {
    "same": mark("the same"),
    "different": mark("differs"),
    "akin": mark("differs, but both are written of one kind of gun"),
    "given_once": mark("given on one side only"),
    "look_alike": mark("differs in marks that look alike"),
    "one_edit": mark("differs by one error"),
    "two_edits": mark("differs by two errors"),
    "part": mark("one is a part of the other"),
    "partly_read": mark("agrees where it could be read"),
    "other": mark("another number"),
    "alone": mark("nothing comes near it"),
    "one_of_those_held": mark("any one of the firearms held"),
    "day_given": mark("the days between"),
    "days_unknown": mark("days not known"),
    "year_before": mark("the later kind of event more than a year before the earlier kind"),
    "months_before": mark("the later kind of event months before the earlier kind"),
    "days_before": mark("the later kind of event days before the earlier kind"),
    "same_day": mark("on one day"),
    "days_after": mark("within a month"),
    "months_after": mark("within a year"),
    "years_after": mark("one to five years apart"),
    "long_after": mark("more than five years apart"),
    "same_request": mark("one trace request"),
    "same_case_of_one": mark("one case of one firearm"),
    "same_case_of_few": mark("one case of few firearms"),
    "same_case_of_several": mark("one case of several firearms"),
    "same_case_of_many": mark("one case of many firearms"),
    "same_place_and_day": mark("one place and day"),
    "same_place_near_day": mark("one place, a few days apart"),
    "both_same": mark("both the same, in either order"),
    "one_same": mark("the same, and only one is given"),
    "sound_alike": mark("differs in letters that sound alike"),
    "similar": mark("differs by a slip"),
    "changed_place": mark("surname and given name in each other's place"),
    "one_of_two": mark("one of two is the same"),
    "nickname": mark("a short or other form of one name"),
    "initial": mark("an initial that fits"),
    "same_word": mark("one word is the same"),
    "same_initial": mark("the same initial"),
    "day_and_month_changed": mark("day and month in each other's place"),
    "one_sign_off": mark("differs by one sign"),
    "two_of_three_parts": mark("two of day, month and year are the same"),
    "same_street": mark("the same street, another number"),
    "same_postcode": mark("the same postal code"),
    "near_postcode": mark("postal codes that are near"),
    "same_city": mark("the same city"),
    "same_state": mark("the same state"),
    "one_digit_off": mark("differs by one digit"),
    "owner_and_trade_same": mark("owner and trade name are the same"),
    "owner_same": mark("the owner is the same"),
    "misspelt": mark("the owner is written with a slip or two"),
    "one_gives_the_trade_name_alone": mark("one gives only the name the other trades under"),
    "owner_in_another_legal_form": mark("the owner is the same in another legal form"),
    "trade_same_owner_similar": mark("the trade name is the same, the owner nearly so"),
    "trade_same_owner_another": mark("the trade name is the same, the owner another"),
    "one_holds_the_other": mark("the words of one stand in the other"),
    "same_words_divided_otherwise": mark("the same words, divided otherwise"),
    "share_a_word": mark("they share a word"),
    "any_two": mark("any two"),
    "no_two_licence_keys": mark("any two of which one has no licence key"),
    "only_name_or_vehicle": mark("any two of whom only name or vehicle is known"),
    "outside": mark("it may be others, too"),
    "none_likely": mark("nobody else is likely"),
    "a_household_shares_this": mark("those of one household share this"),
    "household": mark("one household"),
    "licences_at_one_place": mark("licences at one place under one name"),
    "a_name_alone_is_not_enough": mark("a name alone makes nobody one"),
    "owners_of_one_place_follow_each_other": mark("two owners of one place follow each other"),
    "two_licence_keys_are_two_licensees": mark("two lasting licence keys are two licensees"),
    "one": mark("one alone"),
    "least_certain": mark("the least sure of them"),
}


def read(reasons: str | None) -> list[dict[str, Any]]:
    """Read the column `reasons`, what speaks against first.

    >>> [one["field"] for one in read('[{"field": "a", "log_odds": 1}, {"field": "b"}]')]
    ['b', 'a']
    """
    found = json.loads(reasons or "[]")
    return sorted(found, key=lambda one: float(one.get("log_odds") or 0.0))


def lines(reasons: str | None, lang: str) -> Iterator[str]:
    """Give a line for each reason: its log-odds, the field, how it compares.

    >>> list(lines('[{"field": "calibre", "level": "different", "log_odds": -2.125}]', "es"))
    ['-2.12  calibre: difiere']
    """
    for one in read(reasons):
        weight = one.get("log_odds")
        shown = "     " if weight is None else f"{weight:+.2f}"
        yield f"{shown}  {field(one['field'], lang)}: {level(one.get('level') or '', lang)}"


def field(code: str, lang: str) -> str:
    """Give the phrase of a field."""
    return translator(lang)(FIELDS[code]) if code in FIELDS else code


def level(code: str, lang: str) -> str:
    """Give the phrase of a level."""
    return translator(lang)(LEVELS[code]) if code in LEVELS else code
