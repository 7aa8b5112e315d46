"""Say what a piece of text is that stands in another field's cell.

Each answer has even prior odds against "part of a model's name", and the likelihood that a model's
name looks so by chance: the share of listed model names that do, one name added for smoothing.
``P = 1 / (1 + share)``. What looks like neither serial nor calibre nor a listed model, and has a
digit, is a model's name or a remark: even odds, 0.5. A labelled piece (``matricula 5219338``) is
what its label says unless `k` letters stand there by chance, `k` the shortest label's:
``P = 1 / (1 + 26 ** -k)``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

from ironriver.intake.parsers import calibres, labels, makes, models, types
from ironriver.intake.parsers.reading import Repair
from ironriver.intake.parsers.serials import even
from ironriver.reference.firearms import tables

_SERIAL = re.compile(r"^[A-Z]{0,4}[- ]?\d{5,}[A-Z]{0,2}$")
_SHORTEST_LABEL = 3


def looks_like_serial(text: str) -> bool:
    """Tell whether a text has the form of a serial: up to four letters, five digits or more.

    >>> looks_like_serial("L337637"), looks_like_serial("M-16AI")
    (True, False)
    """
    return _SERIAL.match(even(text)) is not None


@lru_cache(maxsize=16_384)
def unlabelled(cell: str, rest: str, make: str | None) -> tuple[Repair, ...]:
    """Suggest what stands in a cell beside the make, without a label."""
    modelled = models.read(rest, make)
    if modelled.listed and modelled.model:
        total = sum(one.weight for one in modelled.listed)
        return (Repair("model", cell, modelled.model, "model_in_make", total / (total + 1)),)
    if looks_like_serial(rest):
        chance = _chance(looks_like_serial)
        return (Repair("serial", cell, even(rest), "serial_in_make", chance),)
    if (size := calibres.read(rest, make)[0]) is not None:
        return (Repair("calibre", cell, size, "calibre_in_make", _chance(_is_calibre)),)
    if not any(mark.isdigit() for mark in rest):  # a town, a remark
        return ()
    found = tuple(
        Repair("model", cell, one.to, one.rule, one.probability) for one in modelled.repairs
    )
    written = Repair("model", cell, models.even(rest), "model_in_make", 0.5)
    return (written, *found)


@lru_cache(maxsize=16_384)
def labelled(cell: str, make: str | None) -> tuple[Repair, ...]:
    """Suggest what the labels in a cell say."""
    found = []
    chance = 1.0 / (1.0 + 26.0**-_SHORTEST_LABEL)
    for field, text in labels.split(cell)[1]:
        value = _value(field, text, make)
        if value is not None:
            found.append(Repair(field, cell, value, "labelled_in_text", chance))
    return tuple(found)


def _value(field: str, text: str, make: str | None) -> str | None:
    if field == "calibre":
        return calibres.read(text, make)[0]
    if field == "type":
        return types.read(text)[0]
    if field in ("make", "importer"):
        return makes.read_importer(text)[0]
    return even(text) if field == "serial" else models.read(text, make).model


def _is_calibre(text: str) -> bool:
    return calibres.read(text)[0] is not None


@cache
def _chance(test: Callable[[str], bool]) -> float:
    names = [name for model in tables.models() for name in (model.name, *model.aliases)]
    share = (sum(map(test, names)) + 1) / (len(names) + 2)
    return 1.0 / (1.0 + share)
