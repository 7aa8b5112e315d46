"""The folder of a workspace: how it is laid out, founded, recognised and swept."""

from __future__ import annotations

import json
import os
import secrets
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ironriver.errors import DamageError, WorkspaceError
from ironriver.workspace.disk import Disk, unfinished_name, writing
from ironriver.workspace.journal import Journal
from ironriver.workspace.lines import FIRST_PREVIOUS, Entry, now, to_line
from ironriver.workspace.locks import WriterLock
from ironriver.workspace.merkle import leaf_hash
from ironriver.workspace.notes import Signer

FORMAT = 1
FOLDERS = ("vault", "vault/raw", "vault/seg", "journal", "journal/checkpoints", "keys", "tmp")
SPILL = "spill-"


@dataclass(frozen=True, slots=True)
class Charter:
    """What workspace.json says: who signs, and under which origin."""

    format: int
    origin: str
    created: str
    public_key: bytes
    digest: str


def exists(path: Path) -> bool:
    """Tell whether a folder holds a workspace."""
    return (path / "workspace.json").exists()


def read_charter(path: Path) -> Charter:
    """Read workspace.json."""
    if not exists(path):
        _refuse_headless(path)
        raise WorkspaceError("{path} holds no workspace", path=path)
    text = (path / "workspace.json").read_bytes()
    try:
        fields = json.loads(text)
        key = b64decode(fields["public_key"], validate=True)
        if len(key) != 32:
            raise ValueError(key)
        charter = Charter(
            fields["format"], fields["origin"], fields["created"], key, sha256(text).hexdigest()
        )
    except (ValueError, KeyError, TypeError) as error:
        raise DamageError("{path} cannot be read", path=path / "workspace.json") from error
    if charter.format != FORMAT:
        raise WorkspaceError(
            "{path} is a workspace of format {format}; this version reads format {known}",
            path=path,
            format=charter.format,
            known=FORMAT,
        )
    return charter


def check_charter(path: Path, charter: Charter, journal: Journal) -> None:
    """Hold workspace.json against the journal's first line, which was written with it."""
    first = next(journal.entries(), None)
    if first is None:
        raise DamageError("the journal {path} is empty", path=journal.path)
    if first.action != "create" or first.detail.get("charter") != charter.digest:
        raise DamageError("{path} was changed", path=path / "workspace.json")


def _refuse_headless(path: Path) -> None:
    """Refuse a folder that was a workspace, but lost its workspace.json."""
    log = path / "journal" / "log.jsonl"
    with suppress(OSError):
        if log.read_bytes().count(b"\n") > 1:
            raise DamageError("{path} is missing", path=path / "workspace.json")


def found(path: Path, actor: str, disk: Disk, wait: float = 0.0, *, anew: bool = True) -> None:
    """Make a workspace; workspace.json comes last, and makes it exist.

    Where another process made it meanwhile, that is an error only with `anew`.
    """
    _refuse_headless(path)
    with writing(path):
        for parent in reversed([path, *path.parents]):
            if not parent.exists():
                with suppress(FileExistsError):
                    disk.make_folder(parent)
        if not exists(path):
            _refuse_strangers(path)
        lock = WriterLock(path / "lock", wait, disk)
        try:
            if not exists(path):
                _make_folders(path, disk)
                _clear_unfinished(path, disk)
                _fill(path, actor, disk)
            elif anew:
                raise WorkspaceError("{path} holds a workspace already", path=path)
        finally:
            lock.release()


def _refuse_strangers(path: Path) -> None:
    """Refuse a folder in which somebody keeps something else."""
    known = {*FOLDERS, "lock", "journal/lock", "journal/log.jsonl", "keys/checkpoint.key"}
    for found_path in path.rglob("*"):
        name = found_path.relative_to(path).as_posix()
        if name not in known and not name.startswith(("tmp/", "journal/checkpoints/")):
            raise WorkspaceError(
                "{path} holds {name}, so no workspace can be made there; choose a new folder",
                path=path,
                name=name,
            )


def _make_folders(path: Path, disk: Disk) -> None:
    for name in FOLDERS:
        if not (path / name).exists():
            disk.make_folder(path / name)
    if not (path / "journal" / "lock").exists():
        disk.create(path / "journal" / "lock").close()


def _clear_unfinished(path: Path, disk: Disk) -> None:
    """Remove what a founding that was broken off left behind."""
    left = [path / "journal/log.jsonl", path / "keys/checkpoint.key"]
    left += (path / "journal/checkpoints").iterdir()
    left += (path / "tmp").iterdir()
    for file in left:
        if file.exists():
            disk.unlink(file)


def _fill(path: Path, actor: str, disk: Disk) -> None:
    signer = Signer.generate(f"ironriver.local/{secrets.token_hex(8)}")
    at = now()
    charter_text = json.dumps(
        {
            "format": FORMAT,
            "origin": signer.origin,
            "created": at,
            "public_key": b64encode(signer.public_key).decode(),
        },
        indent=2,
        sort_keys=True,
    )
    charter = f"{charter_text}\n".encode()
    detail = {"charter": sha256(charter).hexdigest(), "format": FORMAT}
    line = to_line(
        Entry(0, FIRST_PREVIOUS, at, actor, "custodian", "", "create", signer.origin, detail)
    )
    note = signer.sign(1, leaf_hash(line)).note
    for name, data in (
        ("keys/checkpoint.key", signer.to_text()),
        ("journal/log.jsonl", line + b"\n"),
        ("journal/checkpoints/1.note", note),
        ("workspace.json", charter),
    ):
        disk.place(data, unfinished_name(path / "tmp"), path / name)


def read_signer(path: Path, charter: Charter) -> Signer:
    """Read the signing key and hold it against the public one."""
    file = path / "keys" / "checkpoint.key"
    try:
        signer = Signer.from_text(charter.origin, file.read_bytes())
    except FileNotFoundError:
        raise DamageError("{path} is missing", path=file) from None
    except PermissionError:
        raise WorkspaceError(
            "{path} cannot be read by this account, so it cannot sign", path=file
        ) from None
    if signer.public_key != charter.public_key:
        raise DamageError("{path} is not the key that workspace.json names", path=file)
    return signer


def sweep(unfinished: Path, disk: Disk) -> None:
    """Remove files that were never finished, and spilled rows of processes that ended."""
    for left in unfinished.iterdir():
        if left.is_file():
            disk.unlink(left)
        elif left.name.startswith(SPILL) and not _alive(left.name):
            for file in left.iterdir():
                disk.unlink(file)
            left.rmdir()


def spill_folder(unfinished: Path) -> Path:
    """Name the folder into which this process may spill rows that do not fit in memory."""
    return unfinished / f"{SPILL}{os.getpid()}"


def _alive(name: str) -> bool:
    try:
        os.kill(int(name.removeprefix(SPILL)), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
