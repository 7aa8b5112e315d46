"""What of a request bears on its failing, as numbers: the marks that `readiness_risk` weighs.

No mark is of a person: only the gun, its serial and what its other records say.
"""

from __future__ import annotations

from ironriver.reference.firearms import makes
from ironriver.tracing.readiness_kinds import KindsOfGun, Said, same_chamber
from ironriver.tracing.readiness_readings import Asked
from ironriver.tracing.readiness_serial import Meant
from ironriver.tracing.readiness_weights import is_patent

HOME_MADE = "home-made gun"
ABROAD = ("serial_unread", "serial_wrong", "serial_doubt")
"""Marks that bear less on guns that were never imported."""
_SURE = 0.95
"""From this chance on a serial counts as wrong; below, as doubtful."""


def marks(asked: Asked, said: Said, meant: Meant | None, kinds: KindsOfGun) -> dict[str, float]:
    """Give the marks of a recovery that are not 0."""
    found = {
        "make_missing": not asked.make and not asked.written["make"],
        "make_unknown": not asked.make and bool(asked.written["make"]),
        "model_missing": not asked.model and not asked.written["model"],
        "importer_missing": lacks_importer(asked, said, kinds),
        "model_not_of_make": model_not_of_make(asked, said, kinds),
        "calibre_not_of_model": calibre_not_of_model(asked, said, kinds),
        "home_made": asked.type == HOME_MADE,
    }
    marked = {name: 1.0 for name, holds in found.items() if holds}
    name, level = _of_serial(asked, meant)
    # Of a gun that nobody imports the origin is told without its serial.
    if name in ABROAD and is_foreign(asked, said) and not _imported(asked, said, kinds):
        name = f"{name}_abroad"
    return marked | {name: level}


def _of_serial(asked: Asked, meant: Meant | None) -> tuple[str, float]:
    if meant is None:
        return "serial_unread", 1.0
    if is_patent(asked.serial):
        return "serial_patent", 1.0
    if "?" in asked.serial:
        return "serial_partial", 1.0
    wrong = max(1.0 - meant.right, 0.0)
    return "serial_wrong" if wrong >= _SURE else "serial_doubt", wrong


def _imported(asked: Asked, said: Said, kinds: KindsOfGun) -> bool:
    """Tell whether anybody is known to have imported guns of this make and model."""
    make, model = asked.make or said.best("make")[0], asked.model or said.best("model")[0]
    return bool(kinds.importer(make, model))


def is_foreign(asked: Asked, said: Said) -> bool:
    """Tell whether the gun was made outside the United States, as the row or its make says."""
    if asked.origin_country:
        return asked.origin_country != "US"
    make = makes().get(asked.make or said.best("make")[0])
    return make is not None and bool(make.country) and make.country != "US"


def lacks_importer(asked: Asked, said: Said, kinds: KindsOfGun) -> bool:
    """Tell whether an importer must be named and is not: the form asks it of guns made abroad."""
    if asked.importer or asked.written["importer"] or not is_foreign(asked, said):
        return False
    return bool(kinds.importer(asked.make or said.best("make")[0], asked.model))


def model_not_of_make(asked: Asked, said: Said, kinds: KindsOfGun) -> bool:
    """Tell whether the model was never stated with the make, and both are known beside others."""
    if not asked.make or not asked.model or said.known < 0.5:
        return False
    if kinds.together("make model", asked.make, asked.model):
        return False
    return said.chance("make", asked.make) < 0.5 or said.chance("model", asked.model) < 0.5


def calibre_not_of_model(asked: Asked, said: Said, kinds: KindsOfGun) -> bool:
    """Tell whether the model is not known to have had the calibre, nor one that fits it."""
    if not asked.calibre or not asked.model:
        return False
    if kinds.together("model calibre", asked.model, asked.calibre):
        return False
    best, _ = said.best("calibre")
    return bool(best) and not same_chamber(best, asked.calibre)
