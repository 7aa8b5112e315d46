"""P(the readings of a gun | its serial): its own request first, then its other records.

Records are no independent readings. A list may repeat an earlier list, with or without a slip of
its own; a request may repeat a list. So a reading that comes after another is the other's copy with
a stated chance, and counts as a reading of the gun only else.
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

COPIED_LIST, COPIED_REQUEST = 0.85, 0.25
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
    """What the records of a gun read: its own request, lists that copy each other, all others."""

    own: str
    lists: tuple[str, ...]
    others: tuple[tuple[str, float], ...]
    """Each with its weight: the chance that the record is about this gun."""


def said(asked: Asked) -> Said:
    """Sort the readings of a gun; patents say nothing."""
    lists: list[str] = []
    others: list[tuple[str, float]] = []
    for each in asked.others:
        if not each.serial or is_patent(each.serial):
            continue
        if each.listed or each.kind == Kind.BALLISTIC_HIT or asked.layout == each.layout:
            lists.append(each.serial)
        else:
            others.append((each.serial, each.probability))
    return Said(asked.serial, tuple(lists[:MOST]), tuple(others[:MOST]))


class Heard:
    """Pairs of texts, one read where the other was meant; each is weighed once."""

    def __init__(self, channel: CompiledChannel, foreign: float) -> None:
        self._channel, self._foreign = channel, foreign
        self._places: dict[tuple[str, str], int] = {}
        self._logs: list[float] = []

    def hear(self, flat: Iterable[tuple[Said, str]]) -> None:
        """Weigh all pairs that the readings of guns need, for the serials that may be meant."""
        for readings, true in flat:
            texts = (readings.own, *readings.lists, *(text for text, _ in readings.others))
            for text in texts:
                self._place(text, true)
            for text in readings.lists:
                self._place(readings.own, text)
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
    total = heard.log(said.own, true)
    if said.lists:
        total += _log_mean(
            _from_first(said, place, true, heard) for place in range(len(said.lists))
        )
    for text, weight in said.others:
        total += weight * heard.log(text, true)
    return total


def _from_first(said: Said, first: int, true: str, heard: Heard) -> float:
    total = 0.0
    for place, text in enumerate(said.lists):
        alone = heard.log(text, true)
        if place == first:
            # A request may repeat the list: what agrees with it says less.
            if text == said.own:
                alone = _either(COPIED_REQUEST, 0.0, alone)
            total += alone
        else:
            total += _either(COPIED_LIST, heard.log_copy(text, said.lists[first]), alone)
    return total


def log_unnamed(said: Said, near: str, heard: Heard) -> float:
    """Give log P(the readings but one | a serial that nobody wrote, once read as `near`).

    Minus infinity if no reading says `near`.
    """
    texts = [(said.own, COPIED_REQUEST, 1.0), *((text, COPIED_LIST, 1.0) for text in said.lists),
             *((text, SAME_MISTAKE, weight) for text, weight in said.others)]  # fmt: skip
    total, first = 0.0, True
    for text, copied, weight in texts:
        if text == near:
            total += 0.0 if first else weight * float(np.log(copied))
            first = False
        else:
            total += weight * (heard.log(text, near) + float(np.log(SAME_MISTAKE * 5)))
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
