"""Words for what is looked at in chains, and for roles; a code without words stands as it is."""

from __future__ import annotations

from collections.abc import Mapping

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


def phrase(code: str, words: Mapping[str, str]) -> str:
    """Give the English words for a code; the code itself where there are none.

    >>> phrase("buyer", FEATURES), phrase("none", FEATURES)
    ('buyer', 'none')
    """
    return words.get(code, code)
