"""The page of figures: one self-contained file that runs no script and asks no network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ironriver import engine
from ironriver.figures.vintages import Restated, restated_in
from ironriver.governance import release
from ironriver.governance.policy import Use, decide, smallest_cell
from ironriver.governance.release import Access
from ironriver.language import mark
from ironriver.reports.figures_page import amounts, sections
from ironriver.reports.figures_page.told import AMOUNTS, Told, told
from ironriver.reports.findings.origins import titles
from ironriver.reports.findings.page import DISCLAIMER
from ironriver.reports.findings.view import Block
from ironriver.reports.findings.words import Words
from ironriver.tables import FIGURES, Handling
from ironriver.workspace import Workspace

NAME = "figures"
READS = ("figures", "sources", "published_figures")
# The rows of a figure are listed on the page up to so many; the rest is told by `explain`.
MOST_ROWS = 60

_ENVIRONMENT = Environment(
    loader=ChoiceLoader(
        [
            PackageLoader("ironriver.reports.figures_page"),
            PackageLoader("ironriver.reports.findings"),
        ]
    ),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the page."""

    name: str
    title: str
    says: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Rests:
    """What one figure rests on: its sources by name, and its rows as far as they may be seen."""

    place: str
    back: str
    figure_id: str
    sources: tuple[str, ...]
    rows: tuple[str, ...]
    more: int
    hidden: bool
    handling: str


def write_figures(
    workspace: Workspace, access: Access, lang: str, as_of: dt.date | None = None
) -> str:
    """Give the page in `lang`, as known on a day; figures that may not leave are counted only."""
    words = Words(lang)
    access.enter("view", NAME, {"as_of": as_of.isoformat() if as_of else None})
    with engine.connect(workspace, READS, as_of) as connection:
        rows = engine.query(connection, "SELECT * FROM figures ORDER BY figure_id")
        released = release.release_rows(rows, FIGURES, {}, access)
        held = restated_in(connection)
        names = dict(engine.run(connection, "SELECT source_id, name FROM sources").fetchall())
    released_rows = released.table.to_pylist()
    figures = told(released_rows)
    more = amounts.shown(told(released_rows, AMOUNTS))
    seen = decide(access.role, access.purpose, None, Use.ROW).allowed
    style = _ENVIRONMENT.get_template("findings.css").render()
    parts = _parts(figures, more, held, words)
    day = as_of or dt.datetime.now(dt.UTC).astimezone().date()
    return _ENVIRONMENT.get_template("figures.html.j2").render(
        _=words,
        lang=lang,
        parts=parts,
        rests=[rests_of(figure, names, seen, words) for figure in (*figures, *more)],
        withheld=sum(released.withheld.values()),
        synthetic=any(figure.handling == Handling.SYNTHETIC for figure in (*figures, *more)),
        style=Markup(style),  # noqa: S704 - our own file, without any value of a source
        more_style=Markup(_STYLE),  # noqa: S704 - ours too
        as_of=words.day(day),
        disclaimer=words(DISCLAIMER),
        minimum=smallest_cell(),
    )


_SAYS: dict[str, tuple[str, str]] = {
    "own": (
        mark("This workspace's guns"),
        mark(
            "Bars are bounds: the share may lie anywhere in one, and its middle means nothing. "
            "Lines with whiskers are confidence intervals. What assumes least stands first."
        ),
    ),
    "odds": (
        mark("What would have to be true of the undetermined"),
        mark(
            "The bar holds every share that the counts allow. The line is the share if the odds of "
            "the undetermined guns are so many times those of the determined; at 1 they are alike."
        ),
    ),
    "duplicates": (
        mark("What counting each gun once does"),
        mark("A gun may be seized by one office, sent by another and sent again."),
    ),
    "published": (
        mark("Published shares"),
        mark("Each is of other guns or of another day. They are not added up or averaged."),
    ),
    "own_flow": (
        mark("Guns a year, by this workspace's records"),
        mark(
            "No record shows the yearly flow. Each line adds an assumption that the others do "
            "without; where they do not meet, one of them is wrong. The pool stands last."
        ),
    ),
    "rates": (
        mark("Places and licensees"),
        mark(
            "Counts follow how much is sold and where police look. So they are held against what "
            "is expected, drawn towards each other where few, and placed with their doubt."
        ),
    ),
    "flow": (
        mark("Guns a year"),
        mark(
            "The estimates rest on different methods, years and definitions; seizures alone do not "
            "tell the flow. Where no interval was printed, none is drawn: that is no precision."
        ),
    ),
    "vintages": (
        mark("Counts that contradict each other"),
        mark(
            "A count of a year is printed anew as of a later day, and differs. Which of these "
            "years was restated the numbers do not tell."
        ),
    ),
}


def _parts(
    figures: Sequence[Told], more: Sequence[Told], held: Sequence[Restated], words: Words
) -> list[Part]:
    """Give the parts that have something to show."""
    own = [figure for figure in figures if figure.own]
    others = [figure for figure in figures if not figure.own]
    made: dict[str, Callable[[], list[Block]]] = {
        "own": lambda: sections.shares(own, words),
        "odds": lambda: sections.odds(figures, words),
        "duplicates": lambda: sections.duplicates(own, words),
        "published": lambda: sections.shares(others, words),
        "own_flow": lambda: amounts.own_flow(more, words),
        "flow": lambda: sections.flows(words),
        "rates": lambda: amounts.rates(more, words),
        "vintages": lambda: sections.vintages(held, words),
    }
    shown = ((name, build()) for name, build in made.items())
    return [
        Part(name, words(_SAYS[name][0]), words(_SAYS[name][1]), blocks)
        for name, blocks in shown
        if blocks
    ]


def rests_of(figure: Told, names: dict[str, str], seen: bool, words: Words) -> Rests:
    """Name the sources and rows of a figure; who may not see rows sees how many sources."""
    rows = figure.record_ids or ()
    free = figure.handling in (Handling.PUBLIC, Handling.SYNTHETIC)
    called = [
        title
        for source in figure.sources
        for title in (
            [names[source]] if source in names and (free or seen) else
            [words("a source of this workspace")] if source in names else titles(source)
        )
    ]  # fmt: skip
    return Rests(
        sections.anchor(figure.figure_id), f"figure-{figure.figure_id}", figure.figure_id,
        tuple(dict.fromkeys(called)), rows[:MOST_ROWS], max(0, len(rows) - MOST_ROWS),
        figure.record_ids is None, figure.handling,
    )  # fmt: skip


_STYLE = """
nav li { display: block; }
#figures .kept tbody th { width: 15rem; }
#figures .kept tbody td:nth-last-child(3) { width: 19rem; }
#own_flow svg.bounds, #own_flow svg.axis { min-width: 15rem; }
.whole { stroke: var(--us); stroke-width: 2; }
.odds { width: 100%; max-width: 34rem; height: auto; }
.odds text { font-size: 10px; fill: var(--quiet); }
.odds .range { fill-opacity: 0.14; }
.odds .curve { fill: none; stroke: var(--us); stroke-width: 2.2; }
.odds .half { stroke: var(--mx); stroke-width: 1.2; stroke-dasharray: 4 3; }
.odds .even { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 1 3; }
.grounds { list-style: none; padding: 0; max-width: none; font-size: 0.86rem; }
.grounds > li { padding: 0.7rem 0; border-bottom: 1px solid var(--line); }
.grounds > li:target { background: var(--faint); }
.grounds code { overflow-wrap: anywhere; }
"""
