"""Read a firearm's description: make, model, calibre, type, importer and country.

A column gets a value where the text is certain; anything less is a suggestion with the rule that
made it and its probability. Where a suggestion for the calibre depends on the make, and the make
itself is only suggested, the calibre's probability is averaged over the makes.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from ironriver.intake.parsers import (
    calibres,
    countries,
    elsewhere,
    labels,
    makes,
    models,
    types,
)
from ironriver.intake.parsers.makes import MakeReading
from ironriver.intake.parsers.models import ModelReading
from ironriver.intake.parsers.reading import Reading, Repair

_Found = tuple[Repair, ...]


def read(
    make: str | None,
    model: str | None,
    calibre: str | None,
    type_: str | None,
    importer: str | None,
    country: str | None,
) -> Reading:
    """Read the six cells that describe a firearm; null where a value is not certain.

    >>> found = read("Glock GmbH", "G-19", "9 mm Parabellum", "pistola", None, "Austria")
    >>> [found.values[name] for name in ("make", "model", "calibre", "type", "origin_country")]
    ['Glock', '19', '9x19mm', 'pistol', 'AT']
    """
    made, strays = _make(make)
    modelled, beside = _model(model, made.make)
    kind, kind_doubts = types.read(type_)
    size, size_doubts = _calibre(calibre, made, modelled, kind)
    brought, importer_doubts = makes.read_importer(importer)
    empty = {
        "make": made.make is None,
        "model": not model,
        "calibre": not calibre,
        "type": not type_,
        "importer": brought is None,
        "serial": True,
    }
    others = (*made.repairs, *strays, *beside, *_by_model(made, modelled, make, model))
    repairs = [one for one in others if empty[one.field]]
    repairs += modelled.repairs + size_doubts + kind_doubts + importer_doubts
    values = {
        "make": made.make,
        "model": modelled.model,
        "calibre": size,
        "type": kind,
        "importer": brought or (None if importer else made.importer),
        "origin_country": countries.read(country),
    }
    return Reading(values, tuple(dict.fromkeys(repairs)))


@lru_cache(maxsize=65_536)
def _make(text: str | None) -> tuple[MakeReading, _Found]:
    """Read a make cell, and suggest what else stands in it."""
    if text is None:
        return MakeReading(), ()
    head, pieces = (text, ()) if models.known(text) else labels.split(text)
    if not head:
        head = next((piece for field, piece in pieces if field == "make"), "")
    made = makes.read(head)
    if head != text:
        made = replace(made, repairs=_from_cell(made.repairs, text))
    strays = elsewhere.labelled(text, made.make)
    if made.rest:
        strays = elsewhere.unlabelled(text, made.rest, made.make) + strays
    if made.given_as_model:
        strays = models.likely(text, "model") + models.likely(text, "make") + strays
    return made, strays


@lru_cache(maxsize=65_536)
def _model(text: str | None, make: str | None) -> tuple[ModelReading, _Found]:
    """Read a model cell, and suggest what else stands in it."""
    modelled = models.read(text, make)
    if text is None or modelled.listed:
        return modelled, ()
    head, pieces = labels.split(text)
    if pieces and head:
        modelled = models.read(head, make)
        modelled = replace(modelled, repairs=_from_cell(modelled.repairs, text))
        return modelled, elsewhere.labelled(text, make)
    beside = makes.read(text) if make is None else MakeReading()
    if beside.make is None or not (beside.rest or makes.find(text)):
        return modelled, ()
    strays: _Found = makes.standing_in(text, beside.make)
    if beside.rest:
        strays += tuple(
            one
            for one in elsewhere.unlabelled(text, beside.rest, beside.make)
            if one.rule != "model_in_make"
        )
    return modelled, strays


def _from_cell(repairs: _Found, text: str) -> _Found:
    """Let suggestions for a piece of a cell name the whole cell, which is the raw value."""
    return tuple(replace(one, from_=text) for one in repairs)


def _by_model(
    made: MakeReading, modelled: ModelReading, make: str | None, model: str | None
) -> _Found:
    """Suggest the maker of a listed model where the make cell names none."""
    if made.make or made.given_as_model or not modelled.listed or model is None:
        return ()
    return models.likely(model, "make") if not make or not made.repairs else ()


@lru_cache(maxsize=65_536)
def _calibre(
    text: str | None, made: MakeReading, modelled: ModelReading, kind: str | None
) -> tuple[str | None, _Found]:
    size, doubts = calibres.read(text, made.make, modelled.listed, kind)
    makers = [one for one in made.repairs if one.field == "make"]
    if text is None or made.make or not doubts or not makers:
        return size, doubts
    parts = [(one.probability, one.to) for one in makers]
    parts.append((1.0 - sum(share for share, _ in parts), ""))
    mixed: dict[tuple[str, str], float] = {}
    for share, name in parts:
        for one in calibres.read(text, name or None, modelled.listed, kind)[1]:
            known = (one.to, one.rule)
            mixed[known] = mixed.get(known, 0.0) + share * one.probability
    ranked = sorted(mixed.items(), key=lambda one: (-one[1], one[0]))
    return size, tuple(Repair("calibre", text, to, rule, p) for (to, rule), p in ranked[:3])
