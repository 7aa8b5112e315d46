"""Say what is wrong with a journal whose chain does not hold: which entry, and in what way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ironriver.language import mark, translator
from ironriver.workspace.lines import (
    FIRST_PREVIOUS,
    from_line,
    has_form,
    line_hash,
    own_check_holds,
    problem,
)

What = Literal["changed", "missing", "inserted", "reordered", "truncated"]

_TWICE = mark("journal entry {sequence} stands there a second time")
_LATE = mark("journal entry {sequence} stands too late")
_EARLY = mark("journal entry {sequence} stands too early")
_MISSING = mark("journal entry {sequence} is missing")
_FOREIGN = mark("before journal entry {sequence} stands something that is no entry")
_CHANGED = mark("journal entry {sequence} does not match its own check")
_OTHER = mark("journal entry {sequence} is not the one that entry {next} was written after")
_NO_END = mark("journal entry {sequence} has no end")


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One thing wrong with a journal: at which sequence, what, and a sentence."""

    sequence: int
    what: What
    message: str
    values: tuple[tuple[str, object], ...] = ()

    def text(self, lang: str = "en") -> str:
        """Give the sentence in `lang`."""
        return translator(lang)(self.message).format(**dict(self.values))

    @property
    def sentence(self) -> str:
        """The sentence in English."""
        return self.text()


def finding(sequence: int, what: What, message: str, **values: object) -> AuditFinding:
    """Make a finding; the message's place {sequence} is filled by itself."""
    return AuditFinding(sequence, what, message, (("sequence", sequence), *values.items()))


def raw_lines(path: Path) -> Iterator[bytes]:
    """Read a journal's lines, line ends included."""
    with path.open("rb", buffering=1 << 20) as handle:
        yield from handle


def _claimed(line: bytes) -> int | None:
    """Give the sequence that a line with a sound check says it has."""
    if not own_check_holds(line) or not has_form(line):
        return None
    try:
        return int(from_line(line).sequence)
    except (ValueError, KeyError, TypeError):
        return None


class _Reader:
    """Goes down a damaged journal, keeping in mind which entry should come next."""

    def __init__(self, claims: list[int | None]) -> None:
        self.found: list[AuditFinding] = []
        self._present = {claim for claim in claims if claim is not None}
        self._seen: set[int] = set()
        self._expected = 0
        self._previous = FIRST_PREVIOUS.encode()

    def take(self, line: bytes, claim: int | None) -> None:
        """Hold one line against what should stand there."""
        if claim is None:
            self._unreadable()
        elif claim in self._seen:
            self.found.append(finding(claim, "inserted", _TWICE))
        elif claim < self._expected:
            self._seen.add(claim)
            self.found.append(finding(claim, "reordered", _LATE))
        else:
            self._seen.add(claim)
            self._readable(line, claim)
            self._expected, self._previous = claim + 1, line_hash(line)

    def _unreadable(self) -> None:
        if self._expected in self._present:
            self.found.append(finding(self._expected, "inserted", _FOREIGN))
            return
        self.found.append(finding(self._expected, "changed", _CHANGED))
        self._seen.add(self._expected)
        self._expected, self._previous = self._expected + 1, b""

    def _readable(self, line: bytes, claim: int) -> None:
        skipped = range(self._expected, claim)
        self.found += [
            finding(absent, "missing", _MISSING)
            for absent in skipped
            if absent not in self._present
        ]
        if any(other in self._present for other in skipped):
            self.found.append(finding(claim, "reordered", _EARLY))
        elif not skipped and self._previous and problem(line, claim, self._previous):
            self.found.append(finding(max(claim - 1, 0), "changed", _OTHER, next=claim))


def diagnose(path: Path) -> list[AuditFinding]:
    """Name every line that is changed, missing, inserted or out of order, first things first."""
    raws = list(raw_lines(path))
    lines = [raw.removesuffix(b"\n") for raw in raws]
    claims = [_claimed(line) for line in lines]
    reader = _Reader(claims)
    for line, claim in zip(lines, claims, strict=True):
        reader.take(line, claim)
    if not reader.found:
        reader.found.append(finding(len(lines) - 1, "truncated", _NO_END))
    return sorted(reader.found, key=lambda one: one.sequence)
