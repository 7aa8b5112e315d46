"""Checkpoints in the folder: signed, read, and held against the journal."""

from __future__ import annotations

from pathlib import Path

from ironriver.errors import DamageError, IronRiverError
from ironriver.workspace.disk import Disk, unfinished_name, writing
from ironriver.workspace.folder import Charter, read_signer
from ironriver.workspace.merkle import Tree
from ironriver.workspace.notes import Checkpoint, read_note

_NEWEST = 4


def _files(path: Path) -> list[Path]:
    """Give the checkpoint files, oldest first."""
    found = (path / "journal" / "checkpoints").glob("*.note")
    return sorted((file for file in found if file.stem.isdigit()), key=lambda one: int(one.stem))


def read_seals(path: Path) -> list[Checkpoint]:
    """Read all checkpoints, oldest first; DamageError where one cannot be read."""
    return [read_note(file.read_bytes()) for file in _files(path)]


def seal(path: Path, charter: Charter, tree: Tree, disk: Disk) -> Checkpoint:
    """Sign the journal's size and root; the same size twice gives the same checkpoint."""
    file = path / "journal" / "checkpoints" / f"{len(tree)}.note"
    if file.exists():
        return read_note(file.read_bytes())
    checkpoint = read_signer(path, charter).sign(len(tree), tree.root())
    with writing(file):
        disk.place(checkpoint.note, unfinished_name(path / "tmp"), file)
    return checkpoint


def check_seal(file: Path, charter: Charter, tree: Tree) -> None:
    """Hold one checkpoint against key and journal."""
    try:
        checkpoint = read_note(file.read_bytes())
    except IronRiverError as error:
        raise DamageError("checkpoint {name} was changed", name=file.name) from error
    if file.name != f"{checkpoint.size}.note" or not checkpoint.signed_by(charter.public_key):
        raise DamageError("checkpoint {name} was changed", name=file.name)
    if checkpoint.origin != charter.origin:
        raise DamageError("checkpoint {name} is of another workspace", name=file.name)
    if checkpoint.size > len(tree):
        raise DamageError(
            "the journal has {lines} lines, but checkpoint {name} was signed over {size}: "
            "lines are missing",
            lines=len(tree),
            name=file.name,
            size=checkpoint.size,
        )
    if tree.root(checkpoint.size) != checkpoint.root:
        raise DamageError(
            "the journal's first {size} lines are not those that checkpoint {name} was signed over",
            size=checkpoint.size,
            name=file.name,
        )


def check_seals(path: Path, charter: Charter, tree: Tree) -> None:
    """Hold the newest checkpoints against key and journal."""
    for file in _files(path)[-_NEWEST:]:
        check_seal(file, charter, tree)
