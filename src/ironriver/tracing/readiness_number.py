"""What is wrong with the serial number of a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from ironriver.firearms.grammar import Grammar
from ironriver.tracing.readiness_marks import HOME_MADE
from ironriver.tracing.readiness_problems import LIKELY, Found, Problem, Repair
from ironriver.tracing.readiness_readings import Asked, Reading
from ironriver.tracing.readiness_serial import LEAST_SERIALS, Meant
from ironriver.tracing.readiness_weights import is_patent, shape_of, without_word

WRONG = 0.12
"""From this chance of another number on, the serial is a problem."""
NEIGHBOURS = 0.055
"""Chance that records of a gun are another's of its lot; no suggestion is surer; an assumption."""
RARE = 0.02
"""A shape that fewer of the maker's serials have is no pattern of it."""
OF_ANOTHER = 0.2
"""A shape that so many serials of another maker have is a pattern of that one."""
FAR = 4
"""From so many edits on, two numbers are not one number misread."""
_UNREAD = {"obliterated": "serial_obliterated", "illegible": "serial_illegible"}
_LOOK_UNREAD = {"serial_obliterated": "laboratory", "serial_illegible": "laboratory"}


@dataclass(frozen=True, slots=True)
class Patterns:
    """What each maker's serials look like: learned when they are asked for."""

    serials: Mapping[str, frozenset[str]]
    _grammars: dict[str, Grammar]
    _shares: dict[str, dict[str, float]]

    @classmethod
    def of(cls, readings: Iterable[Reading]) -> Patterns:
        """Gather the serials of every maker."""
        found: dict[str, set[str]] = {}
        for each in readings:
            if each.serial and each.make and not is_patent(each.serial):
                found.setdefault(each.make, set()).add(each.serial)
        return cls({make: frozenset(many) for make, many in found.items()}, {}, {})

    def doubts(self, make: str, serial: str) -> str:
        """Name characters that the maker hardly puts there, as ``Z (4), 8 (6)``; from 1."""
        held = self.serials.get(make, frozenset())
        if len(held) < LEAST_SERIALS:
            return ""
        if make not in self._grammars:
            self._grammars[make] = Grammar.learn(held)
        found = self._grammars[make].doubts(serial)
        return ", ".join(f"{doubt.mark} ({doubt.place + 1})" for doubt in found)

    def maker_of(self, shape: str, make: str) -> str:
        """Give the other maker that most serials of a shape belong to, if it is a pattern of it."""
        best, most = "", 0.0
        for other, held in sorted(self.serials.items()):
            share = self._share(other, shape) if len(held) >= LEAST_SERIALS else 0.0
            if other != make and share >= OF_ANOTHER and share * len(held) > most:
                best, most = other, share * len(held)
        return best

    def _share(self, make: str, shape: str) -> float:
        if make not in self._shares:
            held = self.serials[make]
            counts: dict[str, float] = {}
            for serial in held:
                counts[shape_of(serial)] = counts.get(shape_of(serial), 0.0) + 1.0 / len(held)
            self._shares[make] = counts
        return self._shares[make].get(shape, 0.0)


def of_serial(asked: Asked, meant: Meant | None, patterns: Patterns) -> Iterator[Found]:
    """Give the problem of a serial, if it has one, and what it may be instead."""
    if asked.type == HOME_MADE and meant is None:
        return
    if meant is None:
        code = _UNREAD.get(asked.status or "", "serial_absent")
        look = _LOOK_UNREAD.get(code, "second_marking")
        yield Problem(code, "serial", 1.0, look), _from_others(asked)
        return
    wrong = 1.0 - meant.right
    repair = _repair(asked, meant)
    if wrong < WRONG and meant.shape >= RARE and not is_patent(asked.serial):
        return
    yield _problem(asked, meant, patterns, wrong), repair


def _problem(asked: Asked, meant: Meant, patterns: Patterns, wrong: float) -> Problem:
    serial, make = asked.serial, asked.make or ""
    written = asked.written["serial"] or serial
    if is_patent(serial):
        return Problem("serial_patent", "serial", wrong, "not_slide", (), {"written": written})
    if "?" in serial:
        return Problem("serial_partial", "serial", 1.0, "laboratory", (), {"written": written})
    best, chance = meant.others[0] if meant.others else ("", 0.0)
    if best in without_word(serial) and chance >= LIKELY:
        return Problem("serial_word", "serial", wrong, "frame", (), {"written": written})
    readers = tuple(each.record_id for each in asked.others if each.serial == best)
    if readers and chance >= WRONG:
        if OSA.distance(best, serial) >= FAR and not (best in serial or serial in best):
            return Problem("serial_two_numbers", "serial", wrong, "not_slide", readers)
        return Problem("serial_otherwise", "serial", wrong, "frame", readers)
    if meant.shape < RARE:
        maker = patterns.maker_of(shape_of(serial), make)
        if maker and make:
            return Problem("serial_other_maker", "serial", wrong, "maker_mark", (),
                           {"maker": maker})  # fmt: skip
        code = "serial_assembly" if serial.isdigit() else "serial_pattern"
        return Problem(code, "serial", wrong, "not_slide")
    marks = patterns.doubts(make, serial)
    if marks:
        return Problem("serial_character", "serial", wrong, "character", (), {"marks": marks})
    return Problem("serial_doubtful", "serial", wrong, "frame")


def _repair(asked: Asked, meant: Meant) -> Repair | None:
    if not meant.others:
        return None
    to, chance = meant.others[0]
    chance *= 1.0 - NEIGHBOURS
    if chance < LIKELY:
        return None
    readers = tuple(each.record_id for each in asked.others if each.serial == to)
    why = "other_records" if readers else "copied_word" if to in without_word(asked.serial) else (
        "pattern_of_make"
    )  # fmt: skip
    return Repair("serial", asked.written["serial"], to, chance, why, readers)


def _from_others(asked: Asked) -> Repair | None:
    """Suggest what another record reads where this one reads nothing."""
    read: dict[str, list[Reading]] = {}
    for each in asked.others:
        if each.serial and not is_patent(each.serial) and "?" not in each.serial:
            read.setdefault(each.serial, []).append(each)
    if not read:
        return None
    serial, found = max(read.items(), key=lambda each: (len(each[1]), each[0]))
    chance = max(each.probability for each in found) * asked.probability
    chance *= (1.0 - NEIGHBOURS) * len(found) / sum(map(len, read.values()))
    # One reading of a serial is wrong about one time in ten; two that agree, hardly.
    chance *= 0.9 if len(found) == 1 else 0.97
    ids = tuple(each.record_id for each in found)
    if chance < LIKELY:
        return None
    return Repair("serial", asked.written["serial"], serial, chance, "other_records", ids)
