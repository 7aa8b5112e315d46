"""Small drawings that stand in table cells: ranges, bars and lines, as inline SVG.

A drawing never says what the text beside it does not: it is hidden from screen readers.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from ironriver.reports.findings.words import Words

WIDTH = 300.0
_PAD = 6.0
_HIDDEN = Markup('aria-hidden="true" focusable="false"')
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def _across(share: float) -> float:
    """Place a share between 0 and 1 on the drawing, in its units."""
    return round(_PAD + min(1.0, max(0.0, share)) * (WIDTH - 2 * _PAD), 1)


def _grid(height: float) -> Markup:
    return Markup("").join(
        Markup('<line class="grid" x1="{0}" y1="0" x2="{0}" y2="{1}"/>').format(
            _across(tick), height
        )
        for tick in TICKS
    )


def share_axis(words: Words) -> Markup:
    """Draw the scale from 0 to 100 percent that stands above range bars."""
    ends = {0.0: "start", 1.0: "end"}
    labels = Markup("").join(
        Markup('<text x="{}" y="13" text-anchor="{}">{}</text>').format(
            WIDTH * tick if tick in ends else _across(tick),
            ends.get(tick, "middle"),
            words.share(tick),
        )
        for tick in TICKS
    )
    return Markup('<svg class="axis" viewBox="0 0 {} 18" {}>{}</svg>').format(
        WIDTH, _HIDDEN, labels
    )


def range_bar(low: float, high: float, value: float | None, *, assumed: bool = False) -> Markup:
    """Draw bounds as a bar from low to high; a point only where one is known.

    A point that only an assumption gives is hollow.

    >>> "circle" in range_bar(0.1, 0.9, None)
    False
    """
    left, right = _across(low), _across(high)
    bar = Markup('<rect class="range" x="{}" y="7" width="{}" height="10"/>').format(
        left, round(max(right - left, 1.5), 1)
    )
    ends = Markup("").join(
        Markup('<line class="end" x1="{0}" y1="3" x2="{0}" y2="21"/>').format(x)
        for x in (left, right)
    )
    point = Markup("")
    if value is not None:
        kind = "assumed" if assumed else "point"
        point = Markup('<circle class="{}" cx="{}" cy="12" r="5"/>').format(kind, _across(value))
        if low == high:
            bar = ends = Markup("")
    return Markup('<svg class="bounds" viewBox="0 0 {} 24" {}>{}{}{}{}</svg>').format(
        WIDTH, _HIDDEN, _grid(24), bar, ends, point
    )


def count_bar(count: float, most: float, side: str = "us") -> Markup:
    """Draw a count as a bar as long as its part of the largest count in the column."""
    share = count / most if most else 0.0
    return Markup(
        '<svg class="count {}" viewBox="0 0 100 8" preserveAspectRatio="none" {}>'
        '<rect x="0" y="0" width="{}" height="8"/></svg>'
    ).format(side, _HIDDEN, round(100 * share, 1))


def spark_line(values: Sequence[float]) -> Markup:
    """Draw a series from nought up as a line, its last value marked."""
    most = max(values, default=0.0) or 1.0
    step = 92.0 / max(1, len(values) - 1)
    points = [
        (round(4 + place * step, 1), round(24 - 20 * value / most, 1))
        for place, value in enumerate(values)
    ]
    path = " ".join(f"{x},{y}" for x, y in points)
    last = points[-1] if points else (4.0, 24.0)
    return Markup(
        '<svg class="spark" viewBox="0 0 100 26" {}><line class="grid" x1="0" y1="24" x2="100" '
        'y2="24"/><polyline points="{}"/><circle cx="{}" cy="{}" r="2.5"/></svg>'
    ).format(_HIDDEN, path, *last)
