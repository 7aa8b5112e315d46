"""Drawings that show how far a number is open before they show the number, as inline SVG.

Bounds are a filled bar with hard ends: nothing in it is likelier than the rest. A confidence or
credible interval is a thin line with whiskers. A point is drawn last, and only where there is one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ironriver.estimators.bounds import sensitivity

WIDTH, PAD = 300.0, 6.0
_HIDDEN = Markup('aria-hidden="true" focusable="false"')
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
CURVE = (320.0, 190.0)
_LEFT, _TOP, _RIGHT, _BOTTOM = 44.0, 10.0, 12.0, 34.0
# Odds ratios on the axis of a curve, from a twentieth to twenty times.
_ODDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
_STEPS = 60

Scale = Callable[[float], float]


def share_scale(share: float) -> float:
    """Place a share between 0 and 1."""
    return round(PAD + min(1.0, max(0.0, share)) * (WIDTH - 2 * PAD), 1)


def log_scale(low: float, high: float) -> Scale:
    """Place numbers between `low` and `high` by their logarithm; others at the nearer end."""

    def place(number: float) -> float:
        inside = min(high, max(low, number))
        part = math.log(inside / low) / math.log(high / low)
        return round(PAD + part * (WIDTH - 2 * PAD), 1)

    return place


def interval(
    low: float, high: float, value: float | None, kind: str, scale: Scale = share_scale,
    ticks: Sequence[float] = _TICKS,
) -> Markup:  # fmt: skip
    """Draw one interval by what it promises, then the point, if there is one."""
    left, right = scale(low), scale(high)
    drawn = Markup("").join(
        Markup('<line class="grid" x1="{0}" y1="0" x2="{0}" y2="24"/>').format(scale(tick))
        for tick in ticks
    )
    if kind == "identification" and right > left:
        drawn += Markup('<rect class="range" x="{}" y="6" width="{}" height="12"/>').format(
            left, round(max(right - left, 1.5), 1)
        )
    elif right > left:
        drawn += Markup('<line class="whole" x1="{}" y1="12" x2="{}" y2="12"/>').format(left, right)
    if right > left:
        drawn += Markup("").join(
            Markup('<line class="end" x1="{0}" y1="4" x2="{0}" y2="20"/>').format(x)
            for x in (left, right)
        )
    if value is not None:
        sign = "assumed" if kind == "identification" else "point"
        drawn += Markup('<circle class="{}" cx="{}" cy="12" r="4.5"/>').format(sign, scale(value))
    return Markup('<svg class="bounds" viewBox="0 0 {} 24" {}>{}</svg>').format(
        WIDTH, _HIDDEN, drawn
    )


def axis(labels: Sequence[tuple[float, str]], scale: Scale = share_scale) -> Markup:
    """Draw the scale that stands above intervals; the first and last label keep inside."""
    last = len(labels) - 1
    ends = {0: "start", last: "end"}
    drawn = Markup("").join(
        Markup('<text x="{}" y="13" text-anchor="{}">{}</text>').format(
            scale(number), ends.get(place, "middle"), text
        )
        for place, (number, text) in enumerate(labels)
    )
    return Markup('<svg class="axis" viewBox="0 0 {} 18" {}>{}</svg>').format(WIDTH, _HIDDEN, drawn)


def share_axis(write: Callable[[float], str]) -> Markup:
    """Draw the scale from 0 to 100 percent."""
    return axis([(tick, write(tick)) for tick in _TICKS])


@dataclass(frozen=True, slots=True)
class Counts:
    """What a curve of odds is drawn from: guns from the United States, determined, and all."""

    us: float
    determined: float
    size: float

    @property
    def bounds(self) -> tuple[float, float]:
        """The share if no undetermined gun, and if every one, is from the United States."""
        return self.us / self.size, (self.us + self.size - self.determined) / self.size


def odds_curve(
    counts: Counts, title: str, labels: tuple[str, str], write: Callable[[float], str]
) -> Markup:
    """Draw the share over the odds ratio that is assumed, inside its worst-case bounds.

    `labels` name the two axes. The half is a dashed line: where the curve crosses it, a majority
    breaks down. The drawing has a title for those who cannot see it.
    """
    width, height = CURVE
    bottom = height - _BOTTOM

    def across(ratio: float) -> float:
        part = math.log(ratio / _ODDS[0]) / math.log(_ODDS[-1] / _ODDS[0])
        return round(_LEFT + part * (width - _LEFT - _RIGHT), 1)

    def up(share: float) -> float:
        return round(bottom - share * (bottom - _TOP), 1)

    low, high = counts.bounds
    drawn = Markup('<rect class="range" x="{}" y="{}" width="{}" height="{}"/>').format(
        across(_ODDS[0]), up(high), round(across(_ODDS[-1]) - across(_ODDS[0]), 1),
        round(max(up(low) - up(high), 1.0), 1),
    )  # fmt: skip
    for tick in _TICKS:
        drawn += _line("half" if tick == 0.5 else "grid", across(_ODDS[0]), up(tick),
                       across(_ODDS[-1]), up(tick))  # fmt: skip
        drawn += _text(_LEFT - 6, up(tick) + 4, "end", write(tick))
    for ratio in _ODDS:
        drawn += _line("grid", across(ratio), bottom, across(ratio), bottom + 4)
        drawn += _text(across(ratio), bottom + 16, "middle", f"{ratio:g}")
    drawn += _line("even", across(1.0), _TOP, across(1.0), bottom)
    drawn += _text(across(1.0), height - 4, "middle", labels[0])
    points = " ".join(f"{across(ratio)},{up(share)}" for ratio, share in _curve(counts))
    drawn += Markup('<polyline class="curve" points="{}"/>').format(points)
    return Markup(
        '<svg class="odds" viewBox="0 0 {} {}" role="img"><title>{}: {}</title>{}</svg>'
    ).format(width, height, title, labels[1], drawn)


def _curve(counts: Counts) -> Iterator[tuple[float, float]]:
    """Give the share at odds ratios that are evenly apart on the axis."""
    for step in range(_STEPS + 1):
        ratio = _ODDS[0] * (_ODDS[-1] / _ODDS[0]) ** (step / _STEPS)
        answer = sensitivity(counts.us, counts.determined, counts.size, ratio)
        yield ratio, answer.overall.value


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(kind, x1, y1, x2, y2)


def _text(x: float, y: float, anchor: str, text: str) -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(x, y, anchor, text)
