"""The fields by which candidates are weighed: a declared table, one row for each field.

A field puts every candidate of its kind on a level; level 0 says nothing. What a level adds to the
log-odds is learned (`tools/learn_leads.py`), never set by hand. No field knows sex, origin, birth,
religion or a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ironriver.language import mark
from ironriver.networks import lead_levels
from ironriver.networks.lead_levels import Facts, Ints, Read


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `levels` names its levels from 1 on.

    From level `enough` on it is enough to list a candidate; at 0 it never is: it says that a
    person bought first what others were found with, or lives with somebody, or it speaks for the
    candidate.
    """

    name: str
    about: str
    levels: tuple[str, ...]
    read: Read
    enough: int = 1
    clears: bool = False
    """Whether it can only speak for the candidate: its weights are never above 0."""
    grows: bool = False
    """Whether its levels are in order: each weighs as much as the one before, or more."""


_COUNTS = (mark("one"), mark("two"), mark("three"), mark("more"))
PERSON = (
    Field(
        "stolen",
        mark("a gun it bought was reported stolen or lost"),
        (mark("reported"),),
        lead_levels.whether("stolen"),
        enough=0,
        clears=True,
    ),
    Field(
        "passed_on",
        mark("a record shows that it sold a gun on lawfully"),
        (mark("shown"),),
        lead_levels.whether("passed_on"),
        enough=0,
        clears=True,
    ),
    Field(
        "case",
        mark("its purchases stand in the file of an open case"),
        (mark("named"),),
        lead_levels.whether("cases"),
    ),
    Field(
        "held",
        mark("it was found with guns at a crossing, or stands beside a court exhibit"),
        (mark("found with guns"),),
        lead_levels.whether("held"),
    ),
    Field(
        "traced",
        mark("guns recovered elsewhere were first sold to it"),
        _COUNTS,
        lead_levels.stepped("traced", "traced"),
        enough=2,
        grows=True,
    ),
    Field(
        "soon",
        mark("how soon a gun first sold to it was recovered"),
        (mark("long after"), mark("later"), mark("soon"), mark("very soon")),
        lead_levels.soon,
        enough=4,
        grows=True,
    ),
    Field(
        "reports",
        mark("dealers reported that it bought several guns at once"),
        _COUNTS,
        lead_levels.stepped("reports", "reports"),
        grows=True,
    ),
    Field(
        "most",
        mark("guns in the largest of these purchases"),
        (mark("some"), mark("more"), mark("many")),
        lead_levels.stepped("most", "most"),
        grows=True,
    ),
    Field(
        "alike",
        mark("whether these were of one model"),
        (mark("alike"),),
        lead_levels.alike,
        enough=0,
    ),
    Field(
        "sought",
        mark("how much oftener the models it bought are found in Mexico than bought"),
        (mark("less"), mark("as often"), mark("more"), mark("much more")),
        lead_levels.sought,
        enough=0,
        grows=True,
    ),
    Field(
        "dealers",
        mark("at how many dealers it bought"),
        (mark("two"), mark("more")),
        lead_levels.stepped("dealers", "dealers"),
        grows=True,
    ),
    Field(
        "contact",
        mark("it gave a telephone or vehicle that another named person gave"),
        (
            mark("shared"),
            mark("shared with a purchaser of a recovered gun"),
            mark("shared with somebody known from a case"),
        ),
        lead_levels.near("contact"),
        grows=True,
    ),
    Field(
        "home",
        mark("it lives where another named person lives"),
        (
            mark("shared"),
            mark("shared with a purchaser of a recovered gun"),
            mark("shared with somebody known from a case"),
        ),
        lead_levels.near("home"),
        enough=0,
        grows=True,
    ),
    Field(
        "company",
        mark("its guns are judged to have been moved with those of others"),
        (
            mark("doubtful"),
            mark("doubtful, with guns of a case"),
            mark("likely"),
            mark("likely, with guns of a case"),
        ),
        lead_levels.company,
        enough=2,
        grows=True,
    ),
    Field(
        "chain_size",
        mark("how large that supply chain is"),
        (mark("small"), mark("middle"), mark("large")),
        lead_levels.chain_size,
        enough=0,
        grows=True,
    ),
    Field(
        "seller",
        mark("it bought from a dealer who stands out"),
        (mark("bought there"),),
        lead_levels.whether("flagged_dealers"),
        enough=0,
    ),
)
LICENSEE = (
    Field(
        "told",
        mark("it reported thefts or losses itself"),
        (mark("reported"),),
        lead_levels.whether("told"),
        enough=0,
        clears=True,
    ),
    Field(
        "reports_sales",
        mark("its sales of several guns are reported as they must be"),
        (mark("reported"),),
        lead_levels.reports_sales,
        enough=0,
        clears=True,
    ),
    Field(
        "excess",
        mark("how far its rates are beyond what its volume and chance explain"),
        (mark("more"), mark("much more"), mark("far more")),
        lead_levels.stepped("rarity", "excess"),
        grows=True,
    ),
    Field(
        "not_reported",
        mark("sales that had to be reported together and were not"),
        (mark("one"), mark("several")),
        lead_levels.unreported,
        grows=True,
    ),
    Field(
        "flagged",
        mark("it stands out with false discovery controlled, whatever source is left out"),
        (mark("stands out"),),
        lead_levels.whether("flagged"),
    ),
    Field(
        "inspection",
        mark("how its inspections ended"),
        (mark("nothing found"), mark("violations"), mark("warning"), mark("revocation")),
        lead_levels.worst,
        enough=0,
    ),
)
NETWORK = (
    Field(
        "larger",
        mark("persons of it stand in a larger network too, of which it may be a part"),
        (mark("shown"),),
        lead_levels.whether("larger"),
        enough=0,
        clears=True,
    ),
    Field(
        "chain_stolen",
        mark("guns of it that were reported stolen or lost"),
        (mark("some"), mark("most")),
        lead_levels.chain_stolen,
        enough=0,
    ),
    Field(
        "stated",
        mark("how surely its guns are judged to have moved together"),
        (mark("weakly"), mark("fairly"), mark("well"), mark("very well")),
        lead_levels.stepped("stated_log_odds", "stated"),
        grows=True,
    ),
    Field(
        "guns",
        mark("how many guns it has"),
        (mark("few"), mark("some"), mark("many")),
        lead_levels.stepped("guns", "guns"),
    ),
    Field(
        "known",
        mark("whether a case or a seizure on the way speaks of it"),
        (mark("a seizure"), mark("a case")),
        lead_levels.chain_known,
        grows=True,
    ),
    Field(
        "people",
        mark("persons named with its guns"),
        (mark("one"), mark("some"), mark("many")),
        lead_levels.stepped("people", "people"),
        enough=0,
    ),
    Field(
        "chain_soon",
        mark("guns of it recovered soon after their sale"),
        (mark("some"), mark("most")),
        lead_levels.chain_soon,
        enough=4,
        grows=True,
    ),
    Field(
        "stability",
        mark("how much of it stays together when records are drawn anew"),
        (mark("half"), mark("most"), mark("nearly all")),
        lead_levels.stepped("stability", "stability"),
        enough=0,
        grows=True,
    ),
)
FIELDS: Mapping[str, tuple[Field, ...]] = {
    "person": PERSON, "company": PERSON, "licensee": LICENSEE, "network": NETWORK
}  # fmt: skip
"""By kind of candidate, what speaks for it first; a company is weighed as a person is."""


def levels(kind: str, facts: Facts) -> Ints:
    """Give the level of every candidate in every field, (candidates, fields)."""
    return np.stack([field.read(facts) for field in FIELDS[kind]], axis=1)


def listed(kind: str, found: Ints) -> npt.NDArray[np.bool_]:
    """Mark the candidates of whom something speaks that is more than having bought first."""
    enough = np.array([field.enough or len(field.levels) + 1 for field in FIELDS[kind]])
    return np.asarray((found >= enough).any(axis=1), dtype=np.bool_)
