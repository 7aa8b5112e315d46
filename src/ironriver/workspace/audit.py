"""Verify a journal offline: against itself, and against a checkpoint that somebody else holds.

A log that only its owner signs cannot show that the owner rewrote all of it. A checkpoint held
elsewhere can, up to its size; what stands after it cannot be vouched for, and is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ironriver.errors import DamageError, IronRiverError, WorkspaceError
from ironriver.language import translator
from ironriver.workspace.lines import (
    FIRST_PREVIOUS,
    from_line,
    has_form,
    line_hash,
    own_check_holds,
    problem,
)
from ironriver.workspace.merkle import Tree, leaf_hash
from ironriver.workspace.notes import Checkpoint, read_note

What = Literal["changed", "missing", "inserted", "reordered", "truncated"]

_LEAVES_AT_ONCE = 65_536


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


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What verification found; `window` is the range of entries nobody else can vouch for."""

    entries: int
    findings: tuple[AuditFinding, ...]
    checkpoint_size: int | None
    window: range

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def window_text(self, lang: str = "en") -> str:
        """Say in a sentence which entries cannot be vouched for.

        >>> AuditReport(5, (), 5, range(5, 5)).window_text()
        'every entry is covered by the checkpoint held elsewhere'
        """
        say = translator(lang)
        if self.checkpoint_size is None:
            return say(
                "no checkpoint held elsewhere was given: entries 0 to {last} cannot be vouched for "
                "beyond the workspace's own word"
            ).format(last=self.entries - 1)
        if not self.window:
            return say("every entry is covered by the checkpoint held elsewhere")
        return say(
            "entries {first} to {last} are newer than the checkpoint held elsewhere and cannot be "
            "vouched for"
        ).format(first=self.window.start, last=self.window.stop - 1)


def _finding(sequence: int, what: What, message: str, **values: object) -> AuditFinding:
    values.setdefault("sequence", sequence)
    return AuditFinding(sequence, what, message, tuple(values.items()))


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=1 << 20) as handle:
        yield from handle


def _chain(path: Path) -> tuple[Tree, bool]:
    """Hash all lines into a tree; tell whether each has its check, sequence and predecessor."""
    tree, leaves, sound = Tree(), [], True
    previous = FIRST_PREVIOUS.encode()
    for sequence, raw in enumerate(_lines(path)):
        line = raw[:-1] if raw[-1:] == b"\n" else raw
        if sound and (raw[-1:] != b"\n" or problem(line, sequence, previous) or not has_form(line)):
            sound = False
        previous = line_hash(line)
        leaves.append(leaf_hash(line))
        if len(leaves) == _LEAVES_AT_ONCE:
            tree.extend(b"".join(leaves))
            leaves.clear()
    tree.extend(b"".join(leaves))
    return tree, sound


def _claimed(line: bytes) -> int | None:
    """Give the sequence that a line with a sound check says it has."""
    if not own_check_holds(line) or not has_form(line):
        return None
    try:
        return int(from_line(line).sequence)
    except (ValueError, KeyError, TypeError):
        return None


def _diagnose(path: Path) -> list[AuditFinding]:
    """Name every line that is changed, missing, inserted or out of order."""
    lines = [raw[:-1] if raw[-1:] == b"\n" else raw for raw in _lines(path)]
    claims = [_claimed(line) for line in lines]
    present = {claim for claim in claims if claim is not None}
    found: list[AuditFinding] = []
    seen: set[int] = set()
    expected, previous = 0, FIRST_PREVIOUS.encode()
    for line, claim in zip(lines, claims, strict=True):
        if claim is None:
            inserted = expected in present
            found.append(_unreadable(expected, inserted=inserted))
            if not inserted:
                seen.add(expected)
                expected, previous = expected + 1, b""
            continue
        if claim in seen:
            found.append(_finding(claim, "inserted", "entry {sequence} stands there a second time"))
            continue
        seen.add(claim)
        if claim < expected:
            found.append(_finding(claim, "reordered", "entry {sequence} stands too late"))
            continue
        found += [
            _finding(absent, "missing", "entry {sequence} is missing")
            for absent in range(expected, claim)
            if absent not in present
        ]
        if claim > expected and any(other in present for other in range(expected, claim)):
            found.append(_finding(claim, "reordered", "entry {sequence} stands too early"))
        elif claim == expected and previous and problem(line, claim, previous):
            found.append(
                _finding(
                    max(claim - 1, 0),
                    "changed",
                    "entry {sequence} is not the one that entry {next} was written after",
                    next=claim,
                )
            )
        expected, previous = claim + 1, line_hash(line)
    return found


def _unreadable(expected: int, *, inserted: bool) -> AuditFinding:
    if inserted:
        return _finding(
            expected, "inserted", "before entry {sequence} stands something that is no entry"
        )
    return _finding(expected, "changed", "entry {sequence} does not match its own check")


def first_finding(path: Path) -> str:
    """Say in one sentence what is wrong first with a journal whose chain does not hold."""
    found = sorted(_diagnose(path), key=lambda finding: finding.sequence)
    return found[0].sentence if found else "its last line has no end"


_SHORT = {
    True: "the journal ends after {lines} entries; the checkpoint held elsewhere was signed over "
    "{size}",
    False: "the journal ends after {lines} entries; the workspace's own checkpoint was signed over "
    "{size}",
}
_OTHER = {
    True: "entries {sequence} to {last} are not all those that the checkpoint held elsewhere was "
    "signed over",
    False: "entries {sequence} to {last} are not all those that the workspace's own checkpoint was "
    "signed over",
}


def _against(
    checkpoint: Checkpoint, tree: Tree, since: int, *, elsewhere: bool
) -> AuditFinding | None:
    """Hold one checkpoint against the journal; `since` is the last size known to be sound."""
    size, lines = checkpoint.size, len(tree)
    if size > lines:
        return _finding(lines, "truncated", _SHORT[elsewhere], lines=lines, size=size)
    if tree.root(size) != checkpoint.root:
        return _finding(since, "changed", _OTHER[elsewhere], last=size - 1)
    return None


def _own_checkpoints(path: Path, tree: Tree, public_key: bytes | None) -> list[AuditFinding]:
    found: list[AuditFinding] = []
    since = 0
    files = (path / "journal" / "checkpoints").glob("*.note")
    for file in sorted(files, key=lambda one: (len(one.stem), one.stem)):
        try:
            checkpoint = read_note(file.read_bytes())
        except IronRiverError:
            checkpoint = None
        if (
            checkpoint is None
            or (public_key is not None and not checkpoint.signed_by(public_key))
            or file.name != f"{checkpoint.size}.note"
        ):
            found.append(
                _finding(since, "changed", "checkpoint {name} was changed", name=file.name)
            )
            continue
        finding = _against(checkpoint, tree, since, elsewhere=False)
        if finding is None:
            since = checkpoint.size
        else:
            found.append(finding)
    return found


def verify(path: Path, *, checkpoint: bytes | None = None) -> AuditReport:
    """Verify a workspace's journal offline, against a note held elsewhere if one is given.

    Every line's own check, place and predecessor, the Merkle roots of the workspace's own
    checkpoints, and the one held elsewhere, are checked. Damage is reported, never raised.
    """
    from ironriver.workspace.folder import read_charter  # a circle otherwise

    log = path / "journal" / "log.jsonl"
    if not log.exists() and not (path / "workspace.json").exists():
        raise WorkspaceError("{path} holds no workspace", path=path)
    held = read_note(checkpoint) if checkpoint is not None else None
    found: list[AuditFinding] = []
    public_key = None
    try:
        charter = read_charter(path)
        public_key = charter.public_key
        if held is not None and held.origin != charter.origin:
            found.append(
                _finding(0, "changed", "the checkpoint held elsewhere is of another workspace")
            )
        elif held is not None and not held.signed_by(public_key):
            found.append(
                _finding(
                    0,
                    "changed",
                    "the checkpoint held elsewhere bears no signature of this workspace's key",
                )
            )
    except DamageError:
        found.append(_finding(0, "changed", "workspace.json cannot be read"))
    tree, sound = _chain(log) if log.exists() else (Tree(), True)
    if not sound:
        found += _diagnose(log) or [
            _finding(len(tree) - 1, "truncated", "the last entry has no end")
        ]
    found += _own_checkpoints(path, tree, public_key)
    if held is not None:
        finding = _against(held, tree, 0, elsewhere=True)
        found += [finding] if finding else []
    size = held.size if held is not None else None
    window = range(min(size or 0, len(tree)), len(tree))
    return AuditReport(
        len(tree), tuple(sorted(found, key=lambda finding: finding.sequence)), size, window
    )
