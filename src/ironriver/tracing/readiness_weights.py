"""P(the readings of a gun | its serial): its own request first, then its other records.

Records are no independent readings. A list may repeat an earlier list, with or without a slip of
its own; a request may repeat a list. So a reading that comes after another is the other's copy with
a stated chance, and counts as a reading of the gun only else: a list that agrees with a request
says little, one that disagrees says much, and so does a purchase that agrees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ironriver.firearms.channel import ALPHABET, Reals
from ironriver.firearms.kernel import CompiledChannel, pack
from ironriver.tables import Kind
from ironriver.tracing.readiness_readings import Asked

COPIED_LIST, COPIED_REQUEST = 0.85, 0.2
"""Chance that a list repeats an earlier list, and that a request repeats one; assumptions."""
COPIED_WORD = 0.02
"""Chance that a word in front was copied with the serial."""
SAME_MISTAKE = 0.05
"""Chance that two readings of one gun that are both wrong say the same."""
MOST = 6
"""So many readings are weighed, and no more."""
_SLIPS = 0.7
"""Log of how much oftener a copy slips than a reading does."""
_WORD = re.compile(
    r"^(?:MODELO|MOD|CALIBRE|CAL|SERIE|SER|MATRICULA|MAT|NUMERO|NUM|TIPO)(?=[0-9?A-Z]{4,}$)"
)
_PATENT = re.compile(r"^(?:US)?PAT(?:ENTE?)?(?:NO)?[0-9]{5,8}$")
_EVEN = float(np.log(len(ALPHABET)))


def without_word(serial: str) -> tuple[str, ...]:
    """Give what may be left without a word copied with the serial; often nothing.

    >>> without_word("MOD12FX1234"), without_word("FX1234")
    (('FX1234', '2FX1234', '12FX1234'), ())
    """
    word = _WORD.match(serial)
    if not word:
        return ()
    rest = serial[word.end() :]
    kept = [rest[skip:] for skip in (2, 1, 0) if not skip or rest[:skip].isdigit()]
    return tuple(each for each in kept if len(each) >= 4)


def is_patent(serial: str) -> bool:
    """Tell whether a plain serial is a patent number: it names no gun.

    >>> is_patent("PAT4142219"), is_patent("PA421422")
    (True, False)
    """
    return bool(_PATENT.match(serial))


def shape_of(serial: str) -> str:
    """Give letters as A and digits as 9, in order.

    >>> shape_of("BER123456Z")
    'AAA999999A'
    """
    return "".join("9" if mark.isdigit() else "A" if mark.isalpha() else "?" for mark in serial)


class Said(NamedTuple):
    """What the records of a gun read, its own among them, first of its sort."""

    lists: tuple[str, ...]
    """Lists of recoveries: they copy each other."""
    looks: tuple[str, ...]
    """Requests and laboratories: each looked at the gun, or repeats a list."""
    others: tuple[tuple[str, float], ...]
    """All else, each with its weight: the chance that the record is about this gun."""

    @property
    def texts(self) -> tuple[str, ...]:
        """All that was read."""
        return (*self.lists, *self.looks, *(text for text, _ in self.others))


def said(asked: Asked) -> Said:
    """Sort the readings of a gun; patents say nothing."""
    lists: list[str] = []
    looks: list[str] = []
    others: list[tuple[str, float]] = []
    for each in (asked, *asked.others):
        if not each.serial or (is_patent(each.serial) and each is not asked):
            continue
        if each.listed:
            lists.append(each.serial)
        elif each.kind in (Kind.RECOVERY, Kind.BALLISTIC_HIT):
            looks.append(each.serial)
        else:
            others.append((each.serial, each.probability))
    return Said(tuple(lists[:MOST]), tuple(looks[:MOST]), tuple(others[:MOST]))


class Heard:
    """Pairs of texts, one read where the other was meant; each is weighed once."""

    def __init__(self, channel: CompiledChannel, foreign: float) -> None:
        self._channel, self._foreign = channel, foreign
        self._places: dict[tuple[str, str], int] = {}
        self._logs: list[float] = []

    def hear(self, flat: Iterable[tuple[Said, str]]) -> None:
        """Weigh all pairs that the readings of guns need, for the serials that may be meant."""
        for readings, true in flat:
            for text in readings.texts:
                self._place(text, true)
            for text in readings.lists:
                for other in readings.lists:
                    self._place(text, other)
            self._place(true, true)
        self._logs = self._weigh().tolist()

    def log(self, seen: str, true: str) -> float:
        """Give log P(seen | true); the pair was heard."""
        return self._logs[self._places[seen, true]]

    def log_copy(self, seen: str, first: str) -> float:
        """Give log P(seen | copied from the first), with the slips of copying."""
        return min(self.log(seen, first) + (_SLIPS if seen != first else 0.0), 0.0)

    def _place(self, seen: str, true: str) -> int:
        return self._places.setdefault((seen, true), len(self._places))

    def _weigh(self) -> Reals:
        """Give log P(seen | meant) of each pair: any way to read it, or another number."""
        if not self._places:
            return np.empty(0)
        texts: dict[str, int] = {}
        ways: list[tuple[int, int, int, float]] = []
        for number, (seen, true) in enumerate(self._places):
            for text in (seen, *without_word(seen)):
                way = 0.0 if text == seen else float(np.log(COPIED_WORD))
                places = [texts.setdefault(each, len(texts)) for each in (text, true)]
                ways.append((number, places[0], places[1], way))
        packed = pack(list(texts))
        pair, left, right, log = (np.array(part) for part in zip(*ways, strict=True))
        logs = self._channel.log_pairs(packed, packed, left, right) + log
        starts = np.flatnonzero(np.diff(pair, prepend=-1))
        best = np.logaddexp.reduceat(logs, starts)
        strange = np.log(self._foreign) - _EVEN * np.diff(packed.starts)[left[starts]]
        return np.asarray(np.logaddexp(np.log1p(-self._foreign) + best, strange))


def log_readings(said: Said, true: str, heard: Heard) -> float:
    """Give log P(all readings | the serial is this one).

    Of several lists any may have been first, each as likely; those after it copy it, or read the
    gun themselves.
    """
    total = 0.0
    if said.lists:
        total += _log_mean(
            _from_first(said, place, true, heard) for place in range(len(said.lists))
        )
    for text in said.looks:
        alone = heard.log(text, true)
        total += _copied(said, text, alone) if said.lists else alone
    for text, weight in said.others:
        total += weight * heard.log(text, true)
    return total


def _from_first(said: Said, first: int, true: str, heard: Heard) -> float:
    total = heard.log(said.lists[first], true)
    for place, text in enumerate(said.lists):
        if place != first:
            copy = heard.log_copy(text, said.lists[first])
            total += _either(COPIED_LIST, copy, heard.log(text, true))
    return total


def _copied(said: Said, text: str, alone: float) -> float:
    """Give log P(a look says so | the lists, and `alone` if it repeats none of them)."""
    same = said.lists.count(text) / len(said.lists)
    return float(np.log(COPIED_REQUEST * same + (1.0 - COPIED_REQUEST) * np.exp(alone)))


def log_unnamed(said: Said, near: str, heard: Heard) -> float:
    """Give log P(the readings but one | a serial that nobody wrote, once read as `near`).

    Minus infinity if no reading says `near`. What says it again copied it, or made the very
    mistake; what says something else misread a serial that is near it.
    """
    total, first = 0.0, True
    again, else_ = float(np.log(SAME_MISTAKE)), float(np.log(SAME_MISTAKE * 5))
    for text in said.lists:
        if text != near:
            other = heard.log(text, near) + else_
            total += other if first else _either(COPIED_LIST, heard.log_copy(text, near), other)
        elif first:
            first = False
        else:
            total += _either(COPIED_LIST, 0.0, again)
    for text in said.looks:
        if text == near and first:
            first = False
            # It repeats no list: those say something else.
            total += float(np.log1p(-COPIED_REQUEST)) if said.lists else 0.0
        else:
            alone = again if text == near else heard.log(text, near) + else_
            total += _copied(said, text, alone) if said.lists else alone
    for text, weight in said.others:
        if text == near and first:
            first = False
        else:
            total += weight * (again if text == near else heard.log(text, near) + else_)
    return -np.inf if first else total


def _either(chance: float, one: float, other: float) -> float:
    return float(np.logaddexp(np.log(chance) + one, np.log1p(-chance) + other))


def _log_mean(logs: Iterable[float]) -> float:
    found = list(logs)
    return float(np.logaddexp.reduce(found) - np.log(len(found)))


def beside(prior: Reals, right: Reals, read_as: Reals) -> Reals:
    """Give the log chance that a serial was read which is another, mistaken.

    `right` is the log chance that a serial is read as it is.
    """
    left = 1.0 - np.exp(np.minimum(prior + right - read_as, 0.0))
    return np.asarray(read_as + np.log(np.maximum(left, 1e-3)))
