"""Guns a year and rates of places, as this workspace's own records tell them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from ironriver.figures.flow import PREFIX as FLOW
from ironriver.figures.flow_cohorts import PREFIX as COHORTS
from ironriver.figures.rates import PREFIX as RATES
from ironriver.language import mark
from ironriver.reference.geography import load_states
from ironriver.reports.figures_page.plots import axis, interval, log_scale
from ironriver.reports.figures_page.told import Told
from ironriver.reports.findings.view import Block, Column, Entry, Note, TableView
from ironriver.reports.findings.words import Words

ROWS = mark("what it rests on")
_FLOW_ORDER = ("known", "dealers", "seizures", "crossings", "stock", "marked", "pooled")
_RATE_ENDS = (0.05, 20.0)
_RATE_TICKS = (0.1, 0.3, 1.0, 3.0, 10.0)


def own_flow(figures: Sequence[Told], words: Words) -> list[Block]:
    """Show every anchor of the yearly flow, those not identified among them, and the pool last."""
    rows = sorted(
        (each for each in figures if each.figure_id.startswith(f"{FLOW}.")),
        key=lambda each: _FLOW_ORDER.index(each.reading),
    )
    if not rows:
        return []
    ends = [
        each for row in rows for each in (row.low, row.high) if each > 0 and math.isfinite(each)
    ]
    low, high = 10.0 ** math.floor(math.log10(min(ends))), 10.0 ** math.ceil(math.log10(max(ends)))
    scale = log_scale(low, max(high, 10 * low))
    ticks = [low * 10.0**step for step in range(round(math.log10(max(high, 10 * low) / low)) + 1)]
    labels = [(tick, words.number(tick)) for tick in ticks]
    cells = [
        (
            Entry(sentence(words.translate(each.method)), below=words.translate(each.assumptions)),
            Entry(
                "", interval(max(each.low, low), each.high, each.value, each.interval, scale, ticks)
            ),
            Entry(_linked(each, _guns(each, words), words)),
        )
        for each in rows
    ]
    columns = (
        Column(words("Anchor, and what is assumed")),
        Column(words("Guns a year, each step ten times more"), drawing=axis(labels, scale)),
        Column(words("Guns a year")),
    )
    caption = words(
        "{guns}, {period}",
        guns=sentence(words.translate(rows[0].guns or rows[0].layer)),
        period=words.period(rows[0].period),
    )
    return [TableView(caption, columns, tuple(cells)), *_cohorts(figures, words)]


def _cohorts(figures: Sequence[Told], words: Words) -> list[Block]:
    """Show sale years beside each other, with those to come."""
    years = [each for each in figures if each.figure_id.startswith(f"{COHORTS}.")]
    if not years:
        return []
    ends = (each.high if math.isfinite(each.high) else each.value or 0.0 for each in years)
    highest = max(1.0, *ends)
    ticks = [highest * part / 4 for part in range(5)]
    labels = [(tick / highest, words.number(round(tick))) for tick in ticks]
    cells = []
    for each in sorted(years, key=lambda each: each.period):
        low, value, high = (end / highest for end in (each.low, each.value or 0.0, each.high))
        cells.append(
            (
                Entry(words.period(each.period)),
                Entry(words.number(each.numerator or 0)),
                Entry("", interval(low, high, value, each.interval)),
                Entry(_linked(each, _guns(each, words), words)),
            )
        )
    columns = (
        Column(words("Year of sale")),
        Column(words("Recovered so far"), number=True),
        Column(words("With those to come"), drawing=axis(labels)),
        Column(words("Guns")),
    )
    note = sentence(words.translate(years[0].assumptions))
    return [TableView(words.translate(years[0].name), columns, tuple(cells), note=note)]


def rates(figures: Sequence[Told], words: Words) -> list[Block]:
    """Show the states by their shrunken ratio and place, and the licensees all together."""
    places = [each for each in figures if each.reading == "shrunken"]
    table = [_places(places, words)] if places else []
    return [*table, *_notes(figures, words)]


def _places(places: Sequence[Told], words: Words) -> Block:
    scale = log_scale(*_RATE_ENDS)
    labels = [(tick, f"{tick:g}") for tick in _RATE_TICKS]
    cells = []
    for each in sorted(places, key=lambda each: each.layer):
        counted = words(
            "{seen} seen, {expected} expected",
            seen=each.numerator or 0,
            expected=f"{each.denominator or 0:.1f}",
        )
        drawing = interval(each.low, each.high, each.value, each.interval, scale, _RATE_TICKS)
        cells.append(
            (
                Entry(words.place(_state(each.layer)), below=counted),
                Entry("", drawing),
                Entry(_linked(each, f"{each.value:.2f}", words)),
                Entry(words.period(each.reason("rank") or "")),
            )
        )
    columns = (
        Column(words("State of the last known sale")),
        Column(words("Seen over expected"), drawing=axis(labels, scale)),
        Column(words("Ratio, drawn towards all")),
        Column(words("Place among the states")),
    )
    note = sentence(words.translate(places[0].assumptions))
    caption = words("Traced guns by state of sale, over those expected from its licensees")
    return TableView(caption, columns, tuple(cells), note=note)


def _notes(figures: Sequence[Told], words: Words) -> list[Block]:
    notes: list[Block] = []
    for each in figures:
        if each.figure_id == f"{RATES}.dealers.flagged":
            said = words(
                "Of {all} licensees, {flagged} have more traced guns than chance and their kind "
                "explain; of these up to {chance} may be chance. None is named here.",
                all=each.denominator or 0,
                flagged=each.numerator or 0,
                chance=each.reason("by_chance") or "0",
            )
        elif each.figure_id == f"{RATES}.places":
            said = sentence(words.translate(each.assumptions))
        else:
            continue
        notes.append(Note(Markup("{} {}").format(said, _linked(each, words(ROWS), words))))
    return notes


def shown(figures: Sequence[Told]) -> list[Told]:
    """Choose the figures that this page shows; the plain ratios stand in the table only."""
    return [each for each in figures if each.reading != "ratio"]


def _state(code: str) -> str:
    """Name a state by its code, such as US-48."""
    found = (each.name for each in load_states("US") if each.code == code)
    return next(found, code)


def sentence(text: str) -> str:
    """Begin with a capital letter."""
    return text[:1].upper() + text[1:]


def _guns(figure: Told, words: Words) -> str:
    if not math.isfinite(figure.high):
        least = words("at least {number}", number=round(figure.low))
        return least if figure.value is None else f"{words.number(round(figure.value))} ({least})"
    if figure.value is None:
        return words("{low} to {high}", low=round(figure.low), high=round(figure.high))
    return words(
        "{value} ({low} to {high})",
        value=round(figure.value),
        low=round(figure.low),
        high=round(figure.high),
    )


def _linked(figure: Told, text: str, words: Words) -> Markup:
    """Write a number as a link to what it rests on."""
    place = "rests-" + figure.figure_id.replace(" ", "-")
    return Markup('<a id="{}" href="#{}" title="{}">{}</a>').format(
        f"figure-{figure.figure_id}", place, words(ROWS), text
    )
