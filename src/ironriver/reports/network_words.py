"""Words for what is looked at in chains, and for roles; a code without words stands as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ironriver.language import mark

FEATURES = {
    "before all else": mark("before anything is known of it"),
    "guns": mark("how many guns it has"),
    "mean probability": mark("how likely its pairs of guns are one network's, on average"),
    "stability": mark("how firmly it holds when some guns are left out"),
    "share found": mark("share of its guns that were recovered or intercepted"),
    "share in a case": mark("share of its guns named in an open case"),
    "purchasers": mark("how many people bought its guns"),
    "share stolen": mark("share of its guns reported stolen or lost in the United States"),
    "share lost by forces": mark("share of its guns that forces in Mexico reported lost"),
    "one visit": mark("all was bought in one visit, and nothing else is known of it"),
    "firearm": mark("firearm"),
    "buyer": mark("buyer"),
    "recruiter": mark("recruiter"),
    "broker": mark("broker"),
    "courier": mark("courier"),
    "seller": mark("seller"),
    "possessor": mark("possessor"),
    "unknown": mark("unknown"),
}

LEVELS = (
    mark("same"),
    mark("one visit"),
    mark("soon"),
    mark("later"),
    mark("long after or undated"),
    mark("different"),
    mark("shared"),
    mark("same day"),
    mark("few buyers"),
    mark("days"),
    mark("weeks"),
    mark("a season"),
    mark("half a year"),
    mark("a year"),
    mark("two years"),
    mark("some years"),
    mark("many years"),
    mark("some buyers"),
    mark("many buyers"),
    mark("a hub"),
    mark("undated"),
    mark("other state"),
    mark("rare"),
    mark("common"),
    mark("other model"),
    mark("same calibre"),
    mark("other"),
    mark("very close"),
    mark("close"),
    mark("near"),
    mark("one licensee"),
    mark("months"),
    mark("years"),
    mark("one state"),
    mark("only one stolen"),
    mark("one"),
    mark("both"),
    mark("one seizure"),
    mark("one municipality"),
    mark("other crossing"),
    mark("one event"),
    mark("both bought only"),
    mark("bought only and found"),
    mark("bought only and in a case"),
    mark("both found"),
    mark("found and in a case"),
    mark("both in a case"),
)
"""The parts of what levels of signs are called, as `ironriver.networks.signs` names them."""


def level_phrase(level: str, say: Callable[[str], str]) -> str:
    """Give what a level is called, part by part.

    >>> level_phrase("same day, a hub", str.upper)
    'SAME DAY, A HUB'
    """
    return ", ".join(say(part) for part in level.split(", "))


def phrase(code: str, words: Mapping[str, str]) -> str:
    """Give the English words for a code; the code itself where there are none.

    >>> phrase("buyer", FEATURES), phrase("none", FEATURES)
    ('buyer', 'none')
    """
    return words.get(code, code)
