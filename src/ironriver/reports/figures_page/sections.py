"""What each part of the page of figures shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from markupsafe import Markup

from ironriver.figures.origin import LAYERS
from ironriver.figures.vintages import Restated, conflicts
from ironriver.language import mark
from ironriver.reference.facts import Fact, as_of_text, facts
from ironriver.reports.figures_page.plots import axis, interval, log_scale, odds_curve, share_axis
from ironriver.reports.figures_page.told import Told, grouped
from ironriver.reports.findings.origins import published, sentence
from ironriver.reports.findings.view import Block, Column, Entry, FigureView, Note, TableView
from ironriver.reports.findings.words import Words

_FLOW_ENDS = (10_000.0, 1_000_000.0)
_FLOW_TICKS = (10_000, 50_000, 100_000, 200_000, 500_000, 1_000_000)
ROWS = mark("what it rests on")
# The assumptions of the figures, said shortly: each "and" adds to guns classed as foreign being so.
SHORT = {
    "none": mark("nothing"),
    "counted_out": mark("guns classed as foreign did not come through it"),
    "sampled": mark("and the guns counted are a random sample of such guns"),
    "odds_10": mark("and the odds of the undetermined are a tenth to ten times the determined's"),
    "odds_2": mark("and the odds of the undetermined are half to twice the determined's"),
    "rest_no_more": mark("and the undetermined are from it no more often"),
    "rest_alike": mark("and the undetermined are from it as often"),
    "alike": mark("and guns alike in type and more are so, determined or not"),
    "alike_model": mark("and the same by two models, one of which is right"),
}


def anchor(figure_id: str) -> str:
    """Give the place of a figure's rows on the page."""
    return "rests-" + figure_id.replace(" ", "-")


def shares(figures: Iterable[Told], words: Words) -> list[Block]:
    """Show every share under every assumption, the weakest first; the parts of a share after it."""
    groups = grouped(figures)
    order = {each: place for place, each in enumerate((*LAYERS.values(), ""))}
    groups.sort(key=lambda group: (order.get(group[0].layer, len(order)), group[0].part))
    blocks: list[Block] = []
    for (layer, part), members in groupby(
        groups, key=lambda group: (group[0].layer, group[0].part)
    ):
        columns = (
            Column(words("Part") if part else words("Guns")),
            Column(words("What is assumed")),
            Column(words("From lowest to highest"), drawing=share_axis(words.share)),
            Column(words("Share")),
        )
        held = list(members)
        name = (
            words("Parts, and other shares of the same guns")
            if part
            else words.translate(held[0][0].name)
        )
        caption = words("{name}: {which}", name=name, which=words.translate(layer))
        rows = tuple(row for group in held for row in _rows(group, words))
        blocks.append(TableView(caption, columns, rows, kept=True))
    return blocks


def _rows(group: Sequence[Told], words: Words) -> list[tuple[Entry, ...]]:
    first = group[0]
    said = [words.period(first.period)]
    if first.numerator is not None and first.denominator is not None:
        counted = words("{part} of {whole} counted", part=first.numerator, whole=first.denominator)
        said.append(counted)
    said.append(words("date of count: {date}", date=as_of_text(first.as_of, words.lang)))
    if first.reason("restated"):
        said.append(words("contradicted by other counts, see below"))
    guns = published(first.guns, words)
    if first.part:
        said.insert(0, guns)
    title = words.translate(first.name) if first.part else guns
    head = Entry(sentence(title), below="; ".join(said), span=len(group))
    rows: list[tuple[Entry, ...]] = []
    for each in group:
        assumed = words.translate(SHORT.get(each.reading, each.assumptions))
        cells = (
            Entry(sentence(assumed), below=words.translate(each.method)),
            Entry("", interval(each.low, each.high, each.value, each.interval)),
            Entry(_linked(each, _ends(each, words), words)),
        )
        rows.append((head, *cells) if each is first else cells)
    return rows


def _linked(figure: Told, text: str, words: Words) -> Markup:
    """Write a number as a link to what it rests on."""
    return Markup('<a id="{}" href="#{}" title="{}">{}</a>').format(
        f"figure-{figure.figure_id}", anchor(figure.figure_id), words(ROWS), text
    )


def _ends(figure: Told, words: Words) -> str:
    if figure.low == figure.high:
        return words.share(figure.low)
    return words.between(figure.low, figure.high)


def odds(figures: Sequence[Told], words: Words) -> list[Block]:
    """Draw what the odds of the undetermined make of a share, base by base."""
    blocks: list[Block] = []
    breakdown = {each.base_id: each for each in figures if each.reading == "breakdown"}
    for figure in sorted(figures, key=lambda each: not each.own):
        counts = figure.counts
        if figure.reading != "odds_2" or counts is None:
            continue
        guns = published(figure.guns, words)
        title = words("{guns} ({which})", guns=guns, which=words.translate(figure.layer))
        labels = (
            words("odds of the undetermined, times those of the determined"),
            words("share from the United States over the odds of the undetermined"),
        )
        drawing = odds_curve(counts, title, labels, words.share)
        caption = _caption(title, breakdown.get(figure.base_id), words)
        link = Markup('<p class="note"><a href="#{}">{}</a></p>')
        legend = link.format(anchor(figure.figure_id), sentence(words(ROWS)))
        blocks.append(FigureView(drawing, legend, caption))
    return blocks


def _caption(title: str, point: Told | None, words: Words) -> str:
    if point is None:
        return words("{title}. One half is not crossed between the bounds.", title=sentence(title))
    return words(
        "{title}. At odds below {odds} times those of the determined, less than one half is from "
        "the United States.",
        title=sentence(title),
        odds=f"{point.low:.2f}",
    )


def duplicates(figures: Iterable[Told], words: Words) -> list[Block]:
    """Show what counting each gun once does."""
    found = [
        (
            Entry(sentence(words.translate(each.guns)), below=words.period(each.period)),
            Entry(words.number(each.denominator or 0)),
            Entry(words.number(each.numerator or 0)),
            Entry(_linked(each, words.share(each.low), words)),
        )
        for each in figures
        if each.reading == "once"
    ]
    columns = (
        Column(words("Rows")),
        Column(words("rows counted"), number=True),
        Column(words("guns, each once"), number=True),
        Column(words("Guns for each row"), number=True),
    )
    caption = words("Rows and guns, by the same-gun judgement")
    return [TableView(caption, columns, tuple(found))] if found else []


def flows(words: Words) -> list[Block]:
    """Set the published estimates of guns a year side by side, never averaged."""
    scale = log_scale(*_FLOW_ENDS)
    labels = [(float(tick), words.number(tick)) for tick in _FLOW_TICKS if tick != 50_000]
    rows = []
    for fact in facts().values():
        if fact.measure != "flow_per_year":
            continue
        low, high, value = _flow_ends(fact)
        kind = "confidence" if fact.precision == "confidence_95" else "identification"
        drawing = interval(low, high, value, kind, scale, _FLOW_TICKS)
        below = "; ".join(
            [words.period(fact.period.text()), as_of_text(fact.as_of, words.lang),
             fact.caution(words.lang)]
        )  # fmt: skip
        rows.append(
            (
                Entry(sentence(fact.about(words.lang)), below=below),
                Entry("", drawing),
                Entry(_flow_text(fact, words)),
            )
        )
    columns = (
        Column(words("Estimate")),
        Column(words("Guns a year, each step ten times more"), drawing=axis(labels, scale)),
        Column(words("Guns a year")),
    )
    return [TableView(words("Published estimates of the yearly flow"), columns, tuple(rows))]


def _flow_ends(fact: Fact) -> tuple[float, float, float | None]:
    """Give what a number leaves open; one that is only a limit has no point."""
    if fact.precision == "more_than":
        return fact.value, _FLOW_ENDS[1], None
    if fact.precision == "up_to":
        return _FLOW_ENDS[0], fact.value, None
    return fact.lowest, fact.highest, fact.value


def _flow_text(fact: Fact, words: Words) -> str:
    number = words.number(fact.value)
    if fact.precision == "more_than":
        return words("more than {number}", number=number)
    if fact.precision == "up_to":
        return words("up to {number}", number=number)
    if fact.low is not None and fact.high is not None:
        return words("{value} ({low} to {high})", value=number, low=fact.low, high=fact.high)
    return words("{value} (no interval printed)", value=number)


def vintages(held: Sequence[Restated], words: Words) -> list[Block]:
    """Name the published counts that cannot all hold, and those that were printed anew."""
    blocks: list[Block] = [Note(each.said().say(words.lang)) for each in conflicts()]
    rows = tuple(
        (
            Entry(each.series, below="; ".join(filter(None, (each.place, each.population)))),
            Entry(each.period),
            Entry("; ".join(f"{as_of}: {value:,.15g}" for as_of, value in each.vintages)),
            Entry(", ".join(each.rows)),
        )
        for each in held
    )
    columns = tuple(
        Column(words(label))
        for label in (mark("Series"), mark("Period"), mark("Count by as-of date"), mark("Rows"))
    )
    if rows:
        blocks.append(TableView(words("Restated numbers held here"), columns, rows, long=True))
    return blocks
