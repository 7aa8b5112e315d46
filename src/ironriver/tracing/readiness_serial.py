"""P(a serial is the gun's own | what was written and what its other records say).

For a recovery that reads s, whose other records read r_1 … r_n, each serial t that may be meant
has

    P(t | s, r) ~ P(t | maker) P(s | t) product over j of P(r_j | t)

P(t | maker) is the density of the serials of its make and model (`ironriver.firearms.density`),
less what slips add to it (`readiness_shapes`), P(s | t) the noisy channel that the stage `resolve`
learned. Lists copy each other: a reading that
repeats an earlier one may be its copy, and says that much less (`readiness_weights`). The serials
that may be meant are s itself, what stands behind a word copied with it, the other readings, and
the neighbours of s by one look-alike or swap. What is left is a serial that nobody wrote down: the
chance that some gun's number was read as s, less those named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ironriver.firearms.channel import ALPHABET, Channel, Rates, Reals
from ironriver.firearms.density import Density
from ironriver.firearms.kernel import CompiledChannel, pack
from ironriver.tracing.readiness_readings import Asked, Reading
from ironriver.tracing.readiness_shapes import Shapes
from ironriver.tracing.readiness_weights import (
    Heard,
    beside,
    is_patent,
    log_readings,
    log_unnamed,
    said,
    shape_of,
    without_word,
)

LEAST_SERIALS = 15
"""A model with fewer serials is told by its make."""
DOUBTED = 0.2
"""From this chance that some other number was read so, its neighbours are weighed too."""
_CLEAN = Rates(1e-9, 0.8, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 0.4)
_ALIKES = 4


@dataclass(frozen=True, slots=True)
class Meant:
    """What a recovery's serial may be: P(it is right), and the others, likeliest first."""

    right: float
    others: tuple[tuple[str, float], ...]
    alone: float
    """P(another number was read so), by the maker's serials alone."""
    shape: float
    """Share of the maker's other serials that have its letters and digits in the same order."""


@dataclass(frozen=True, slots=True)
class Serials:
    """The serials of every make and model held, and how they are misread."""

    density: Density
    groups: Mapping[tuple[str, str], int]
    channel: CompiledChannel
    clean: CompiledChannel
    foreign: float
    shapes: Mapping[tuple[int, str], int]
    """How many distinct serials of each group (-1: all) have each shape, "" for all shapes."""
    true_shapes: Shapes

    @classmethod
    def learn(cls, readings: Iterable[Reading], channel: Channel, foreign: float) -> Serials:
        """Learn from all readings; patents, and words copied in front, teach nothing."""
        groups: dict[tuple[str, str], int] = {}
        shapes: dict[tuple[int, str], set[str]] = {}
        texts: list[str] = []
        rows: list[int] = []
        belongs: list[int] = []
        for each in readings:
            if not each.serial or is_patent(each.serial) or without_word(each.serial):
                continue
            for name in _names(each.make, each.model):
                rows.append(len(texts))
                belongs.append(groups.setdefault(name, len(groups)))
            for group in (-1, *belongs[len(belongs) - len(_names(each.make, each.model)) :]):
                for shape in ("", shape_of(each.serial)):
                    shapes.setdefault((group, shape), set()).add(each.serial)
            texts.append(each.serial)
        density = Density.learn(
            pack(texts), np.array(belongs, dtype=np.int64), np.array(rows, dtype=np.int64)
        )
        clean = CompiledChannel(Channel.from_rates(_CLEAN))
        counted = Counter({key: len(held) for key, held in shapes.items()})
        read = {key: count for key, count in counted.items() if key[1]}
        return cls(density, groups, CompiledChannel(channel), clean, foreign, counted,
                   Shapes.learn(read, channel.confusion))  # fmt: skip

    def group(self, names: Sequence[tuple[str, str]]) -> int:
        """Give the group of the first name that has serials enough, or all guns (-1)."""
        for name in names:
            place = self.groups.get(name, -1)
            if place >= 0 and self.density.sizes[place] >= LEAST_SERIALS:
                return place
        return -1

    def share(self, serial: str, group: int, own: int) -> float:
        """Give the share of other serials of a group that have the shape of this one."""
        shape = shape_of(serial)
        held = 1 if own and shape else 0
        usual = (self.shapes[-1, shape] - held + 0.5) / (self.shapes[-1, ""] + 1.0)
        count = max(self.shapes[group, shape] - held, 0)
        return (count + usual) / (max(self.shapes[group, ""] - held, 0) + 1.0)

    def chances(self, serials: Sequence[str], groups: Sequence[int], own: Sequence[int]) -> Reals:
        """Give log P(serial | group), `own` of the records held being the gun's own."""
        density = self.density.log_density(
            pack(serials), np.array(groups, dtype=np.int64), self.clean, 0.02, np.array(own)
        )
        trust = [
            self.true_shapes.right(serial, group, count)
            for serial, group, count in zip(serials, groups, own, strict=True)
        ]
        return np.asarray(density + np.log(trust))

    def read_as(self, serials: Sequence[str], groups: Sequence[int], own: Sequence[int]) -> Reals:
        """Give log P(some gun of the group is read so)."""
        return self.density.log_density(
            pack(serials), np.array(groups, dtype=np.int64), self.channel, 0.02, np.array(own)
        )


def _names(make: str | None, model: str | None) -> list[tuple[str, str]]:
    if not make:
        return []
    return [(make, model), (make, "")] if model else [(make, "")]


def _usual(asked: Asked) -> list[tuple[str, str]]:
    """Name the groups that a gun may belong to, its own words first, then its other records'."""
    found: list[tuple[str, str]] = []
    for each in (asked, *asked.others):
        found += [name for name in _names(each.make, each.model) if name not in found]
    return sorted(found, key=lambda name: not name[1])


def meant(asked: Sequence[Asked], serials: Serials) -> list[Meant | None]:
    """Weigh what each recovery's serial may be; None where it gives none."""
    read = [each for each in asked if each.serial]
    found = iter(_meant(read, serials)) if read else iter(())
    return [next(found) if each.serial else None for each in asked]


def _meant(asked: Sequence[Asked], serials: Serials) -> Iterator[Meant]:
    group = [serials.group(_usual(each)) for each in asked]
    own = [[each.serial for each in (one, *one.others)] for one in asked]
    named = [_named(each) for each in asked]
    texts = [each.serial for each in asked]
    counts = [mine.count(text) for mine, text in zip(own, texts, strict=True)]
    noisy = serials.read_as(texts, group, counts)
    alone = 1.0 - np.exp(np.minimum(serials.chances(texts, group, counts) - noisy, 0.0))
    for place in np.flatnonzero(alone >= DOUBTED).tolist():
        named[place] = list(dict.fromkeys(named[place] + _neighbours(texts[place], serials)))
    flat = [(at, text) for at, many in enumerate(named) for text in many]
    groups = [group[at] for at, _ in flat]
    held = [own[at].count(text) for at, text in flat]
    every = [text for _, text in flat]
    prior = serials.chances(every, groups, held)
    readings = [said(each) for each in asked]
    heard = Heard(serials.channel, serials.foreign)
    heard.hear((readings[at], text) for at, text in flat)
    right = np.array([heard.log(text, text) for text in every])
    near = beside(prior, right, serials.read_as(every, groups, held))
    like = np.array([log_readings(readings[at], text, heard) for at, text in flat])
    unnamed = np.array([log_unnamed(readings[at], text, heard) for at, text in flat])
    starts = np.searchsorted([at for at, _ in flat], np.arange(len(asked) + 1))
    for at, one in enumerate(asked):
        span = slice(starts[at], starts[at + 1])
        shape = serials.share(one.serial, group[at], counts[at])
        joint, rest = prior[span] + like[span], near[span] + unnamed[span]
        yield _shared(named[at], joint, rest, float(alone[at]), shape)


def _named(asked: Asked) -> list[str]:
    """List the serials that may be meant: as written first."""
    found = [asked.serial, *without_word(asked.serial)]
    for each in asked.others:
        if each.serial and not is_patent(each.serial):
            found += [each.serial, *without_word(each.serial)]
    return [text for text in dict.fromkeys(found) if "?" not in text or text == asked.serial]


def _neighbours(serial: str, serials: Serials) -> list[str]:
    """Give what may have been read as the serial by one look-alike or one swap."""
    confusion = serials.channel.channel.confusion
    found = []
    for place, mark in enumerate(serial):
        code = ALPHABET.find(mark)
        if code < 0:
            continue
        column = confusion[:, code].copy()
        column[code] = 0.0
        others = np.argsort(-column, kind="stable")[:_ALIKES].tolist()
        found += [serial[:place] + ALPHABET[other] + serial[place + 1 :] for other in others]
        if place and serial[place - 1] != mark:
            found.append(serial[: place - 1] + mark + serial[place - 1] + serial[place + 1 :])
    return found


def _shared(named: Sequence[str], joint: Reals, rest: Reals, alone: float, shape: float) -> Meant:
    """Share out the chance among the serials named and those that nobody wrote."""
    if is_patent(named[0]):
        joint, rest = joint.copy(), rest.copy()
        joint[0], rest[0] = -np.inf, (joint[1:].max() if len(joint) > 1 else 0.0)
    if "?" in named[0]:
        joint = joint.copy()
        joint[0] = -np.inf
    total = np.logaddexp(np.logaddexp.reduce(joint), np.logaddexp.reduce(rest))
    chances = np.exp(joint - total)
    order = sorted(range(1, len(named)), key=lambda place: (-chances[place], named[place]))
    others = tuple((named[place], float(chances[place])) for place in order[:3])
    return Meant(float(chances[0]), others, alone, shape)
