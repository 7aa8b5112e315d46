"""Who knows the world's parameters but sees only the inbox: a Bayes judgement of the same gun.

For two rows i and j the odds of one gun against two are

    P(j | same gun as i) / (N P(j) + a),

N the guns of the world, or for rows of one case those seized in it; P(j) the probability of row j
for a gun drawn at random, summed over models by their true shares and grammars (`oracle_reading`);
P(j | same gun as i) the same with the models weighed by what row i says, and the serial as a slip
of i's; a the guns of the same lot that truly have j's serial and stand in no list, since guns of
one lot are numbered one after another (counted in the inbox), and those of another maker that share
it. What cannot be is left out: a list names a gun once, a gun is recovered once, sold by a shop
once, not recovered before that, and a serial ground off is so in every list. Pairs are joined best
first, unless serials within a cluster would contradict each other; a row's probability sets its own
cluster against all others and against standing alone.

It is the best known to us rather than a proven bound: rows are weighed in pairs, persons and
dealers are not used, and clerks are taken to err independently.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Mapping

import pyarrow as pa

from ironriver.world.chance import Floats
from ironriver.world.oracle_reading import Reader, Slips, slips, written
from ironriver.world.oracle_rows import ENDS, LOST_MX, MEXICO, SOLD, Row, pairs, rows
from ironriver.world.parameters import Settings

_NEAR = 12
_SHIFT = 9
# Pairs below these odds are not kept: they would not change a probability in the third place.
_LEAST = 1e-3
_CERTAIN = 1e9
# Two rows that were read to less than these odds contradict each other.
_CONTRADICTION = 1e-2
# A model whose grammar gives a number makes it likelier than this.
_BARE = 1e-11
# Log-odds of a row that no other comes near.
_MOST = math.log(_CERTAIN)


def same_gun(tables: Mapping[str, pa.Table], settings: Settings, firearms: int) -> pa.Table:
    """Judge which rows are about the same gun: ``firearm_members`` in contract columns.

    `tables` needs ``records`` and may have ``trace_results``; `firearms` is the size of the world.
    """
    found = rows(tables)
    judge = _Judge(found, settings, firearms)
    odds = judge.odds()
    return _members(found, _clusters(judge, odds), odds)


class _Judge:
    """Weighs pairs of rows."""

    def __init__(self, found: list[Row], settings: Settings, firearms: int) -> None:
        self.rows, self._settings, self._size = found, settings, firearms
        self._reader = Reader(settings)
        self._slips = {copied: slips(settings, 1.0, copied) for copied in (True, False)}
        self._careful = slips(settings, 0.25, copied=False)
        self._in_case = _cases(found)
        self._near = _neighbours(found)

    def odds(self) -> dict[tuple[int, int], float]:
        """Give the odds of every pair that could be one gun and is not hopeless."""
        found = {}
        for left, right in sorted(pairs(self.rows)):
            if may_be_one(self.rows[left], self.rows[right]):
                value = self._pair(self.rows[left], self.rows[right])
                if value > _LEAST:
                    found[left, right] = value
        return found

    def agree(self, left: int, right: int, odds: Mapping[tuple[int, int], float]) -> bool:
        """Tell whether two rows may stand in one cluster: possible, and no serials that differ."""
        one, other = self.rows[left], self.rows[right]
        if not may_be_one(one, other):
            return False
        if not (one.serial and other.serial) or (min(left, right), max(left, right)) in odds:
            return True
        return self._pair(one, other) > _CONTRADICTION

    def _pair(self, left: Row, right: Row) -> float:
        if left.link and left.link == right.link and left.kind != right.kind:
            return _CERTAIN
        first, second = self._weights(left), self._weights(right)
        said = self._reader.description(right.said)
        random = float((self._reader.prior * said * self._reader.serial(right.serial)).sum())
        mine = first / max(float(first.sum()), 1e-300)
        alike = float((mine * said).sum())
        slip = 1.0
        if left.serial and right.serial:
            rates = self._rates(left, right)
            slip = written(right.serial, left.serial, rates)
            if left.serial != right.serial:
                back = written(left.serial, right.serial, rates)
                slip += back * float(second.sum()) / max(float(first.sum()), 1e-300)
        random *= self._settings["obliterated"] if left.ground and right.ground else 1.0
        expected = self._size * random
        if left.case and left.case == right.case:
            expected = self._in_case[left.case] * random
        elif self._same_day(left, right):
            expected = 0.1 * random
        elif not (left.serial and right.serial):
            return 0.0
        others = self._lot(left, right) * alike + self._shared(left, right, said)
        return slip * alike / (expected + others + 1e-300)

    def _weights(self, row: Row) -> Floats:
        reader = self._reader
        return reader.prior * reader.description(row.said) * reader.serial(row.serial)

    def _rates(self, left: Row, right: Row) -> Slips:
        ends = (left.kind in MEXICO) + (right.kind in MEXICO)
        return self._slips[ends == 2] if ends else self._careful

    def _same_day(self, left: Row, right: Row) -> bool:
        """Tell whether place and day stand in for a case number that a list leaves out."""
        if left.kind not in MEXICO or right.kind not in MEXICO or left.one_series(right):
            return False
        if left.date is None or right.date is None or left.place != right.place:
            return False
        return abs((left.date - right.date).days) <= _SHIFT

    def _lot(self, left: Row, right: Row) -> float:
        """Expect so many unlisted guns that truly have the other row's serial."""
        step = _step(left.serial, right.serial)
        return self._near.get(step, 0.0) if step else 0.0

    def _shared(self, left: Row, right: Row, said: Floats) -> float:
        """Expect so many guns of another maker with the same number: makers count from one too."""
        if left.serial != right.serial or not left.serial.isdigit():
            return 0.0
        numbered = self._reader.prior * (self._reader.serial(left.serial) > _BARE)
        likely = float((numbered * said).sum()) / max(float(numbered.sum()), 1e-300)
        return 2 * self._settings["shared_serials"] * likely


def may_be_one(left: Row, right: Row) -> bool:
    """Tell whether two rows can be about one gun at all, whatever they say of it."""
    if left.source_id == right.source_id:
        return False
    kinds = {left.kind, right.kind}
    if kinds <= ENDS and left.ground != right.ground:
        return False
    if kinds <= MEXICO:
        return not (left.one_series(right) and left.case != right.case)
    if kinds <= ENDS:
        return len(kinds) == 1
    if LOST_MX in kinds and not kinds & MEXICO:
        return False
    if left.date is None or right.date is None or not (left.day_known and right.day_known):
        return True
    if kinds <= SOLD:
        return left.date == right.date
    sale, end = (left, right) if left.kind in SOLD else (right, left)
    if sale.kind in SOLD and end.kind in ENDS:
        return sale.date is not None and end.date is not None and sale.date <= end.date
    return True


def _cases(found: list[Row]) -> dict[str, float]:
    """Expect so many other guns in each case: what one list names, less one; at least a few."""
    counts: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in found:
        if row.case:
            counts[row.case, row.source_id] += 1
    most: dict[str, int] = {}
    for (case, _), count in counts.items():
        most[case] = max(most.get(case, 0), count)
    shared = sum(count > 1 for count in most.values()) / max(len(most), 1)
    return {case: max(count - 1.0, 0.5 * shared + 0.01) for case, count in most.items()}


def _step(left: str, right: str) -> int:
    """Give how far apart two numbers of one series stand; 0 for farther than a lot goes."""
    if left == right or len(left) != len(right):
        return 0
    start = next(place for place, mark in enumerate(left) if right[place] != mark)
    tails = left[start:], right[start:]
    if not all(tail.isdigit() for tail in tails) or len(tails[0]) > 3:
        return 0
    step = abs(int(tails[0]) - int(tails[1]))
    return step if step <= _NEAR else 0


def _neighbours(found: list[Row]) -> dict[int, float]:
    """Count how often the number `step` away from a sold gun's exists but is in no list of sales.

    Of recovered guns that have a listed neighbour at that distance, a share is listed itself; the
    rest of such neighbours are the unlisted ones.
    """
    sold = {row.serial for row in found if row.kind in SOLD and row.serial}
    ended = {row.serial for row in found if row.kind in MEXICO and row.serial}
    near: dict[int, float] = {}
    for step in range(1, _NEAR + 1):
        listed = sum(bool(_moved(text, step) & sold) for text in sold) / max(2 * len(sold), 1)
        beside = [text for text in ended if _moved(text, step) & sold]
        share = (sum(text in sold for text in beside) + 1) / (len(beside) + 2)
        near[step] = listed * (1 - share) / share
    return near


def _moved(text: str, step: int) -> set[str]:
    """Give the numbers `step` before and after a serial in its last digits."""
    tail = len(text) - len(text.rstrip("0123456789"))
    if not tail:
        return set()
    head, number = text[: len(text) - tail], int(text[len(text) - tail :])
    return {f"{head}{other:0{tail}d}" for other in (number - step, number + step) if other >= 0}


def _clusters(judge: _Judge, odds: Mapping[tuple[int, int], float]) -> list[int]:
    """Join pairs best first, where more likely one gun than not and no members disagree."""
    cluster = list(range(len(judge.rows)))
    members = {number: [number] for number in cluster}
    for (left, right), value in sorted(odds.items(), key=lambda item: (-item[1], item[0])):
        one, other = cluster[left], cluster[right]
        if value <= 1 or one == other:
            continue
        if all(judge.agree(a, b, odds) for a in members[one] for b in members[other]):
            for member in members[other]:
                cluster[member] = one
            members[one] += members.pop(other)
    return cluster


def _members(
    found: list[Row], cluster: list[int], odds: Mapping[tuple[int, int], float]
) -> pa.Table:
    """Give each row's probability: its own cluster against all others and against being alone."""
    best: list[defaultdict[int, float]] = [defaultdict(float) for _ in found]
    for (left, right), value in odds.items():
        for here, there in ((left, right), (right, left)):
            best[here][cluster[there]] = max(best[here][cluster[there]], value)
    sizes = Counter(cluster)
    given = []
    for number, row in enumerate(found):
        own = cluster[number]
        alone = sizes[own] == 1
        mine = 1.0 if alone else best[number][own]
        rest = sum(value for at, value in best[number].items() if at != own) + (not alone)
        reasons = json.dumps([{"field": "alone" if alone else "best_pair", "odds": f"{mine:.3g}"}])
        sure = math.log(mine / rest) if mine and rest else _MOST
        given.append(
            (f"oracle-{found[own].record_id}", row.record_id, mine / (mine + rest), sure, reasons)
        )
    names = ("firearm_id", "record_id", "probability", "log_odds", "reasons")
    return pa.table(dict(zip(names, map(list, zip(*given, strict=True)), strict=True)))
