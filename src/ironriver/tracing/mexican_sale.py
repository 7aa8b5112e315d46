"""What may lawfully be sold to a civilian in Mexico, as evidence with weight.

Only the army sells there, and the law (Ley Federal de Armas de Fuego y Explosivos, arts. 9 to 11)
names what a civilian may hold. A 9 mm pistol in a civilian's hands is therefore hardly a lawful
Mexican sale, and a .380 may well be one. How much a type and calibre weighs is an assumption of
ours; the records of a workspace soon outweigh it.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

UNSTATED = 1.0
"""What a gun of unknown type or calibre weighs: nothing speaks either way."""


@cache
def _weights() -> dict[tuple[str, str], float]:
    text = (resources.files("ironriver.tracing") / "mexican_sale.csv").read_text("utf-8")
    return {
        (row["type"], row["calibre"]): float(row["weight"])
        for row in csv.DictReader(text.splitlines())
    }


def lawful_weight(type_: str | None, calibre: str | None) -> float:
    """Give how many times likelier the type and calibre are in a lawful Mexican sale.

    >>> lawful_weight("pistol", ".380 ACP"), lawful_weight("pistol", "9x19mm")
    (3.0, 0.1)
    >>> lawful_weight(None, "9x19mm")
    1.0
    """
    if not type_ or not calibre:
        return UNSTATED
    known = _weights()
    return known.get((type_, calibre), known.get((type_, ""), UNSTATED))
