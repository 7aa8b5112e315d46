"""Prune segments that only replaced snapshots name: first the journal's line, then the files."""

from __future__ import annotations

from ironriver.errors import WorkspaceError
from ironriver.workspace.disk import Disk, writing
from ironriver.workspace.history import History, Snapshot
from ironriver.workspace.lines import Detail
from ironriver.workspace.vault import DIGEST, Vault


def plan(history: History, vault: Vault, keep: int) -> tuple[list[Snapshot], Detail]:
    """Choose replaced snapshots older than the newest `keep`, and the segments that go with them.

    Segments that no line names (left by a command that was broken off) go too.
    """
    if keep < 0:
        raise WorkspaceError("{keep} snapshots cannot be kept", keep=keep)
    replaced = [snapshot for snapshot in history.snapshots() if not snapshot.current]
    going = replaced[: max(0, len(replaced) - keep)]
    sequences = [snapshot.sequence for snapshot in going]
    kept = history.referenced(without=sequences)
    standing = (file.name.removesuffix(".parquet") for file in vault.seg.iterdir())
    gone = sorted(name for name in standing if name not in kept and DIGEST.fullmatch(name))
    return going, {"snapshots": sequences, "segments": gone}


def finish(history: History, vault: Vault, disk: Disk) -> None:
    """Remove the files of pruned segments; what a crash left of them goes at the next opening."""
    kept = history.referenced()
    left = [
        path
        for name in sorted(history.pruned.difference(kept))
        if (path := vault.seg / f"{name}.parquet").exists()
    ]
    with writing(vault.seg):
        for path in left:
            disk.unlink(path)
        if left:
            disk.sync_folder(vault.seg)
