"""Verify a journal offline: against itself, and against a checkpoint that somebody else holds.

A log that only its owner signs cannot show that the owner rewrote all of it. A checkpoint held
elsewhere can, up to its size; what stands after it cannot be vouched for, and is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ironriver.errors import DamageError, IronRiverError, WorkspaceError
from ironriver.language import mark, translator
from ironriver.workspace.diagnosis import AuditFinding, diagnose, finding, raw_lines
from ironriver.workspace.folder import Charter, read_charter
from ironriver.workspace.lines import FIRST_PREVIOUS, has_form, line_hash, problem
from ironriver.workspace.merkle import Tree, leaf_hash
from ironriver.workspace.notes import Checkpoint, read_note

_LEAVES_AT_ONCE = 65_536

_SHORT = {
    True: mark(
        "the journal ends after {lines} entries; the checkpoint held elsewhere was signed over "
        "{size}"
    ),
    False: mark(
        "the journal ends after {lines} entries; the workspace's own checkpoint was signed over "
        "{size}"
    ),
}
_OTHER = {
    True: mark(
        "journal entries {sequence} to {last} are not all those that the checkpoint held elsewhere "
        "was signed over"
    ),
    False: mark(
        "journal entries {sequence} to {last} are not all those that the workspace's own "
        "checkpoint was signed over"
    ),
}
_CHARTER = mark("workspace.json cannot be read")
_STRANGE = mark("the checkpoint held elsewhere is of another workspace")
_UNSIGNED = mark("the checkpoint held elsewhere bears no signature of this workspace's key")
_OWN = mark("checkpoint {name} was changed")


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


def _chain(path: Path) -> tuple[Tree, bool]:
    """Hash all lines into a tree; tell whether each has its check, sequence and predecessor."""
    tree, leaves, sound = Tree(), [], True
    previous = FIRST_PREVIOUS.encode()
    for sequence, raw in enumerate(raw_lines(path)):
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


def _against(
    checkpoint: Checkpoint, tree: Tree, since: int, *, elsewhere: bool
) -> list[AuditFinding]:
    """Hold one checkpoint against the journal; `since` is the last size known to be sound."""
    size, lines = checkpoint.size, len(tree)
    if size > lines:
        return [finding(lines, "truncated", _SHORT[elsewhere], lines=lines, size=size)]
    if tree.root(size) != checkpoint.root:
        return [finding(since, "changed", _OTHER[elsewhere], last=size - 1)]
    return []


def _own_checkpoints(path: Path, tree: Tree, charter: Charter | None) -> list[AuditFinding]:
    found: list[AuditFinding] = []
    since = 0
    files = (path / "journal" / "checkpoints").glob("*.note")
    for file in sorted(files, key=lambda one: (len(one.stem), one.stem)):
        try:
            checkpoint = read_note(file.read_bytes())
        except IronRiverError:
            found.append(finding(since, "changed", _OWN, name=file.name))
            continue
        signed = charter is None or checkpoint.signed_by(charter.public_key)
        if not signed or file.name != f"{checkpoint.size}.note":
            found.append(finding(since, "changed", _OWN, name=file.name))
        elif wrong := _against(checkpoint, tree, since, elsewhere=False):
            found += wrong
        else:
            since = checkpoint.size
    return found


def _identity(charter: Charter, held: Checkpoint) -> list[AuditFinding]:
    """Hold the note from elsewhere against whom it should be of, and by."""
    if held.origin != charter.origin:
        return [finding(0, "changed", _STRANGE)]
    if not held.signed_by(charter.public_key):
        return [finding(0, "changed", _UNSIGNED)]
    return []


def verify(path: Path, *, checkpoint: bytes | None = None) -> AuditReport:
    """Verify a workspace's journal offline, against a note held elsewhere if one is given.

    Every line's own check, form, place and predecessor, the Merkle roots of the workspace's own
    checkpoints, and the one held elsewhere, are checked. Damage is reported, never raised.
    """
    log = path / "journal" / "log.jsonl"
    if not log.exists() and not (path / "workspace.json").exists():
        raise WorkspaceError("{path} holds no workspace", path=path)
    held = read_note(checkpoint) if checkpoint is not None else None
    charter, found = None, []
    try:
        charter = read_charter(path)
        found += _identity(charter, held) if held else []
    except DamageError:
        found.append(finding(0, "changed", _CHARTER))
    tree, sound = _chain(log) if log.exists() else (Tree(), True)
    if not sound:
        found += diagnose(log)
    found += _own_checkpoints(path, tree, charter)
    if held is not None:
        found += _against(held, tree, 0, elsewhere=True)
    size = held.size if held is not None else None
    window = range(min(size or 0, len(tree)), len(tree))
    found.sort(key=lambda one: one.sequence)
    return AuditReport(len(tree), tuple(found), size, window)
