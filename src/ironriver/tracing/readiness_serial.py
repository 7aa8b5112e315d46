"""P(a serial is the gun's own | what was written and what its other records say).

For a recovery that reads s, whose other records read r_1 … r_n, each serial t that may be meant
has

    P(t | s, r) ~ P(t | maker) P(s | t) product over j of P(r_j | t)

P(t | maker) is the density of the serials of its make and model (`ironriver.firearms.density`),
P(s | t) the noisy channel that the stage `resolve` learned. Lists copy each other: a reading that
repeats an earlier one was copied with chance `COPIED`, and says that much less. The serials that may
be meant are s itself, what stands behind a word copied with it, the other readings, and the
neighbours of s by one look-alike or swap. What is left is a serial that nobody wrote down: the
chance that some gun's number was read as s, less those named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ironriver.firearms.channel import ALPHABET, Channel, Rates, Reals
from ironriver.firearms.density import Density
from ironriver.firearms.kernel import CompiledChannel, pack
from ironriver.tracing.readiness_readings import Asked, Reading

COPIED_LIST, COPIED_REQUEST = 0.7, 0.25
"""Chance that a list repeats an earlier list, and that a request repeats one; assumptions."""
COPIED_WORD = 0.02
"""Chance that a word in front was copied with the serial."""
LEAST_SERIALS = 15
"""A model with fewer serials is told by its make."""
DOUBTED = 0.2
"""From this chance that some other number was read so, its neighbours are weighed too."""
_WORD = re.compile(r"^(?:MODELO|MOD|CALIBRE|CAL|SERIE|SER|MATRICULA|MAT|NUMERO|NUM|TIPO)[0-9]{0,2}"
                   r"([0-9A-Z?]{4,})$")  # fmt: skip
_PATENT = re.compile(r"^(?:US)?PAT(?:ENTE?)?(?:NO)?[0-9]{5,8}$")
_EVEN = float(np.log(len(ALPHABET)))
_CLEAN = Rates(1e-9, 0.8, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 0.4)
_ALIKES = 4


def without_word(serial: str) -> tuple[str, ...]:
    """Give what may be left without a word copied with the serial; often nothing.

    >>> without_word("MOD12FX1234"), without_word("FX1234")
    (('2FX1234', 'FX1234', '12FX1234'), ())
    """
    if not _WORD.match(serial):
        return ()
    word = re.match(r"^[A-Z]+?(?=[0-9])", serial) or re.match(_WORD_ONLY, serial)
    start = word.end() if word else 0
    kept = [serial[start + skip :] for skip in (1, 2, 0) if serial[start : start + skip].isdigit()
            or not skip]  # fmt: skip
    return tuple(each for each in kept if len(each) >= 4)


_WORD_ONLY = r"^(?:MODELO|MOD|CALIBRE|CAL|SERIE|SER|MATRICULA|MAT|NUMERO|NUM|TIPO)"


def is_patent(serial: str) -> bool:
    """Tell whether a plain serial is a patent number: it names no gun.

    >>> is_patent("PAT4142219"), is_patent("PA421422")
    (True, False)
    """
    return bool(_PATENT.match(serial))


@dataclass(frozen=True, slots=True)
class Meant:
    """What a recovery's serial may be: P(it is right), and the others, likeliest first."""

    right: float
    others: tuple[tuple[str, float], ...]
    alone: float
    """P(another number was read so), by the maker's serials alone."""


@dataclass(frozen=True, slots=True)
class Serials:
    """The serials of every make and model held, and how they are misread."""

    density: Density
    groups: Mapping[tuple[str, str], int]
    channel: CompiledChannel
    clean: CompiledChannel
    foreign: float

    @classmethod
    def learn(cls, readings: Iterable[Reading], channel: Channel, foreign: float) -> Serials:
        """Learn from all readings; patents, and words copied in front, teach nothing."""
        groups: dict[tuple[str, str], int] = {}
        texts: list[str] = []
        rows: list[int] = []
        belongs: list[int] = []
        for each in readings:
            if not each.serial or is_patent(each.serial) or _WORD.match(each.serial):
                continue
            for name in _names(each.make, each.model):
                rows.append(len(texts))
                belongs.append(groups.setdefault(name, len(groups)))
            texts.append(each.serial)
        density = Density.learn(
            pack(texts), np.array(belongs, dtype=np.int64), np.array(rows, dtype=np.int64)
        )
        clean = CompiledChannel(Channel.from_rates(_CLEAN))
        return cls(density, groups, CompiledChannel(channel), clean, foreign)

    def group(self, names: Sequence[tuple[str, str]]) -> int:
        """Give the group of the first name that has serials enough, or all guns (-1)."""
        for name in names:
            place = self.groups.get(name, -1)
            if place >= 0 and self.density.sizes[place] >= LEAST_SERIALS:
                return place
        return -1

    def chances(self, serials: Sequence[str], groups: Sequence[int], own: Sequence[int]) -> Reals:
        """Give log P(serial | group), `own` of the records held being the gun's own."""
        return self.density.log_density(
            pack(serials), np.array(groups, dtype=np.int64), self.clean, 0.02, np.array(own)
        )

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
    read = [place for place, each in enumerate(asked) if each.serial]
    group = [serials.group(_usual(asked[place])) for place in read]
    own = [[each.serial for each in (asked[place], *asked[place].others)] for place in read]
    named = [_named(asked[place]) for place in read]
    texts = [asked[place].serial for place in read]
    counts = [mine.count(text) for mine, text in zip(own, texts, strict=True)]
    if not read:
        return [None] * len(asked)
    plain = serials.chances(texts, group, counts)
    noisy = serials.read_as(texts, group, counts)
    alone = 1.0 - np.exp(np.minimum(plain - noisy, 0.0))
    for place, doubt in enumerate(alone.tolist()):
        if doubt >= DOUBTED:
            named[place] += [each for each in _neighbours(texts[place], serials)
                             if each not in named[place]]  # fmt: skip
    flat = [(at, text) for at, many in enumerate(named) for text in many]
    prior = serials.chances(
        [text for _, text in flat],
        [group[at] for at, _ in flat],
        [own[at].count(text) for at, text in flat],
    )
    like = _likelihoods([asked[place] for place in read], flat, serials)
    out: list[Meant | None] = [None] * len(asked)
    starts = np.searchsorted([at for at, _ in flat], np.arange(len(read) + 1))
    for at, place in enumerate(read):
        span = slice(starts[at], starts[at + 1])
        logs = prior[span] + like.all[span]
        rest = _unnamed(asked[place], noisy[at], prior[span] + like.own[span], like.echo[span])
        out[place] = _shared(named[at], logs, rest, float(alone[at]), texts[at])
    return out


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
        for other in np.argsort(-column, kind="stable")[:_ALIKES].tolist():
            found.append(serial[:place] + ALPHABET[other] + serial[place + 1 :])
        if place and serial[place - 1] != mark:
            found.append(serial[: place - 1] + mark + serial[place - 1] + serial[place + 1 :])
    return found


@dataclass(frozen=True, slots=True)
class _Likelihoods:
    all: Reals
    """log P(all readings | serial), for each (recovery, serial)."""
    own: Reals
    """log P(the recovery's own reading | serial)."""
    echo: Reals
    """log P(the other readings | none of the serials named)."""


def _likelihoods(
    asked: Sequence[Asked], flat: Sequence[tuple[int, str]], serials: Serials
) -> _Likelihoods:
    """Weigh every reading of each gun against every serial that may be meant."""
    places: dict[str, int] = {}
    pairs: list[tuple[int, int, int, float]] = []  # row of flat, observed, true, log of the way
    begin: list[tuple[int, float, float]] = []  # row of flat, chance of a copy, weight: per reading
    for row, (at, text) in enumerate(flat):
        true = places.setdefault(text, len(places))
        for reading, copied, weight in _weighed(asked[at]):
            begin.append((row, copied, weight))
            for seen, way in _ways(reading):
                pairs.append((len(begin) - 1, places.setdefault(seen, len(places)), true, way))
    packed = pack(list(places))
    left, right = (np.array([each[side] for each in pairs], dtype=np.int64) for side in (1, 2))
    logs = serials.channel.log_pairs(packed, packed, left, right)
    logs += np.array([each[3] for each in pairs])
    which = np.array([each[0] for each in pairs], dtype=np.int64)
    starts = np.flatnonzero(np.diff(which, prepend=-1))
    one = np.logaddexp.reduceat(logs, starts)
    length = np.diff(packed.starts)[left[starts]]
    strange = np.log(serials.foreign) - _EVEN * length
    one = np.logaddexp(np.log1p(-serials.foreign) + one, strange)
    row, copied, weight = (np.array(part) for part in zip(*begin, strict=True))
    with np.errstate(divide="ignore"):
        mixed = np.where(
            copied < 0, one, np.logaddexp(np.log1p(-np.abs(copied)) + one, np.log(np.abs(copied)))
        )
    own = np.flatnonzero(np.diff(row, prepend=-1))
    total = np.bincount(row, weight * mixed, len(flat))
    # A serial that nobody wrote: the others repeat the mistake, or were misread as well.
    unnamed = np.where(copied > 0, np.log(np.abs(copied)), one + np.log(0.1))
    echo = np.bincount(row, weight * unnamed, len(flat)) - (weight * unnamed)[own]
    return _Likelihoods(total, one[own], echo)


def _weighed(asked: Asked) -> list[tuple[str, float, float]]:
    """List the readings of a gun, its own first: the chance of a copy (below 0: none), a weight.

    Of lists that say the same, the second and later were probably copied from the first.
    """
    found = [(asked.serial, -1.0, 1.0)]
    seen: set[str] = set()
    for each in asked.others:
        if not each.serial or is_patent(each.serial):
            continue
        copied = -1.0
        if each.serial == asked.serial:
            copied = COPIED_REQUEST
        if each.listed or each.layout == asked.layout:
            if each.serial in seen:
                copied = COPIED_LIST
            seen.add(each.serial)
        found.append((each.serial, copied, each.probability))
    return found


def _ways(serial: str) -> list[tuple[str, float]]:
    """Give the ways to read a serial, each with the log of its chance."""
    return [(serial, 0.0), *((rest, float(np.log(COPIED_WORD))) for rest in without_word(serial))]


def _unnamed(asked: Asked, noisy: float, named: Reals, echo: Reals) -> float:
    """Give the log chance that the gun bears a serial that is not among those named."""
    if is_patent(asked.serial):
        return 0.0
    left = 1.0 - float(np.exp(np.minimum(np.logaddexp.reduce(named) - noisy, 0.0)))
    return noisy + float(np.log(max(left, 1e-3))) + float(echo[0])


def _shared(named: Sequence[str], logs: Reals, rest: float, alone: float, serial: str) -> Meant:
    """Share out the chance among the serials named and the unnamed rest."""
    if is_patent(serial):
        logs = logs.copy()
        logs[0] = -np.inf
        rest = float(np.max(logs)) if len(logs) > 1 else 0.0
    total = np.logaddexp(np.logaddexp.reduce(logs), rest)
    chances = np.exp(logs - total)
    order = sorted(range(1, len(named)), key=lambda place: (-chances[place], named[place]))
    others = tuple((named[place], float(chances[place])) for place in order[:3])
    return Meant(float(chances[0]), others, alone)
