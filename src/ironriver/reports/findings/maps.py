"""Maps of the two countries as inline SVG: states shaded by count, counties as dots."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from ironriver.reference.geography import BorderMap, Outline
from ironriver.reports.findings.cells import Cell
from ironriver.reports.findings.projection import Frame, Paper, middle
from ironriver.reports.findings.words import Words

_STEPS = 5
_LARGEST_DOT = 7.0
# How much room a letter of a label takes, and a line.
_LETTER, _LINE = 8.0, 16.0


@dataclass(frozen=True, slots=True)
class Picture:
    """What a map shows: counts by state code, dots by county code, and how it is named."""

    name: str
    frame: Frame
    side: str
    states: Mapping[str, Cell]
    dots: Mapping[str, int]
    title: str
    unit: str
    country: str
    labels: int = 5

    @property
    def look(self) -> str:
        """The classes that give its colours; dots need lighter ones under them."""
        return f"{self.side} dotted" if self.dots else self.side


def breaks(counts: Sequence[int]) -> list[int]:
    """Choose up to four round limits that split counts into classes of like size.

    >>> breaks([3, 8, 15, 40, 90, 200, 410, 900])
    [10, 40, 100, 300]
    """
    ranked = sorted(count for count in counts if count > 0)
    if not ranked:
        return []
    limits = []
    for step in range(1, _STEPS):
        place = (len(ranked) - 1) * step / _STEPS
        below, above = ranked[math.floor(place)], ranked[math.ceil(place)]
        value = below + (above - below) * (place - math.floor(place))
        unit = 10 ** max(0, math.floor(math.log10(value)))
        limits.append(round(value / unit) * unit)
    return sorted({limit for limit in limits if ranked[0] < limit <= ranked[-1]})


def shade(count: int, limits: Sequence[int]) -> int:
    """Give the class of a count: the number of limits that it reaches."""
    return sum(count >= limit for limit in limits)


def draw(border: BorderMap, picture: Picture, words: Words) -> Markup:
    """Draw a map; what lies off its frame is in the table beside it."""
    paper = Paper(picture.frame)
    limits = breaks([cell.value or 0 for cell in picture.states.values()])
    states = Markup("").join(
        _state(paper, outline, picture, limits, words) for outline in border.states
    )
    return Markup(
        '<svg class="map {side}" viewBox="0 0 {width} {height}" role="img" '
        'aria-labelledby="{name}-title"><title id="{name}-title">{title}</title>'
        '<defs><pattern id="{name}-hatch" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="7"/></pattern></defs>'
        "{states}{dots}{labels}</svg>"
    ).format(
        side=picture.look,
        width=f"{paper.width:g}",
        height=f"{paper.height:g}",
        name=picture.name,
        title=picture.title,
        states=states,
        dots=_dots(paper, border, picture),
        labels=_labels(paper, border, picture, words),
    )


def _state(
    paper: Paper, outline: Outline, picture: Picture, limits: Sequence[int], words: Words
) -> Markup:
    path = paper.path(outline.rings)
    if not path:
        return Markup("")
    if not outline.code.startswith(picture.country):
        return Markup('<path class="beyond" d="{}"/>').format(path)
    cell = picture.states.get(outline.code)
    if cell is None or cell.value == 0:
        return Markup('<path class="none" d="{}"/>').format(path)
    text = f"{words.place(outline.name)}: {words.cell(cell)}"
    if cell.value is None:
        return Markup('<path fill="url(#{}-hatch)" d="{}"><title>{}</title></path>').format(
            picture.name, path, text
        )
    return Markup('<path class="s{}" d="{}"><title>{}</title></path>').format(
        shade(cell.value, limits), path, text
    )


def _dots(paper: Paper, border: BorderMap, picture: Picture) -> Markup:
    """Draw counties as discs whose areas are as their counts, the largest first."""
    most = max(picture.dots.values(), default=0)
    drawn = []
    for code, count in sorted(picture.dots.items(), key=lambda item: (-item[1], item[0])):
        point = border.points.get(code)
        if point is None or not paper.holds(at := paper.place(*point)):
            continue
        radius = round(max(0.7, _LARGEST_DOT * math.sqrt(count / most)), 1)
        drawn.append(Markup('<circle cx="{}" cy="{}" r="{}"/>').format(*at, radius))
    return Markup('<g class="dots">{}</g>').format(Markup("").join(drawn))


def _labels(paper: Paper, border: BorderMap, picture: Picture, words: Words) -> Markup:
    """Name the states with the largest counts; a name that would cover another is left out."""
    ranked = sorted(
        (o for o in border.states if (c := picture.states.get(o.code)) is not None and c.value),
        key=lambda o: (-(picture.states[o.code].value or 0), o.code),
    )
    drawn = []
    taken: list[tuple[float, float, float]] = []
    for outline in ranked[: picture.labels]:
        x, y = paper.place(*middle(outline.rings))
        text = f"{words.place(outline.name)} {words.cell(picture.states[outline.code])}"
        half = len(text) * _LETTER / 2
        free = all(abs(y - v) > _LINE or abs(x - u) > half + w for u, v, w in taken)
        if paper.holds((x, y)) and free:
            taken.append((x, y, half))
            drawn.append(Markup('<text x="{}" y="{}">{}</text>').format(x, y, text))
    return Markup('<g class="labels">{}</g>').format(Markup("").join(drawn))


def legend(picture: Picture, words: Words) -> Markup:
    """List what each shade means, from the least to the most."""
    limits = breaks([cell.value or 0 for cell in picture.states.values()])
    counts = [cell.value for cell in picture.states.values() if cell.value]
    ends = [min(counts), *limits, max(counts) + 1] if counts else []
    lines = [
        (Markup('class="s{}"').format(step), _span(low, high - 1, words))
        for step, (low, high) in enumerate(pairwise(ends))
    ]
    lines.append((Markup('class="none"'), words("none in these files")))
    if any(cell.withheld for cell in picture.states.values()):
        hatch = Markup('fill="url(#{}-hatch)"').format(picture.name)
        lines.append((hatch, words("withheld: too few to publish")))
    items = Markup("").join(
        Markup(
            '<li><svg viewBox="0 0 22 14" aria-hidden="true" focusable="false">'
            '<rect {} x="0.5" y="0.5" width="21" height="13"/></svg>{}</li>'
        ).format(kind, text)
        for kind, text in lines
    )
    return Markup('<p class="unit">{}</p><ul class="legend {}">{}</ul>').format(
        picture.unit, picture.look, items
    )


def _span(low: int, high: int, words: Words) -> str:
    if low >= high:
        return words.number(low)
    return f"{words.number(low)}\N{EN DASH}{words.number(high)}"
