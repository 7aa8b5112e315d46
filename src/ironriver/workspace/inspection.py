"""Verify every file in a workspace's folder, offline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ironriver.errors import IronRiverError
from ironriver.language import mark, translator
from ironriver.workspace.audit import verify
from ironriver.workspace.folder import FOLDERS, read_charter, read_signer
from ironriver.workspace.history import History
from ironriver.workspace.vault import DIGEST, digest_of


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a file: `damage` is to be acted on, `note` is only to be known."""

    path: str
    what: str
    message: str
    values: tuple[tuple[str, object], ...] = ()

    def text(self, lang: str = "en") -> str:
        """Give the sentence in `lang`."""
        return translator(lang)(self.message).format(**dict(self.values))

    @property
    def sentence(self) -> str:
        """The sentence in English."""
        return self.text()


def _damage(path: str, message: str, **values: object) -> Finding:
    return Finding(path, "damage", message, tuple({"path": path, **values}.items()))


def _note(path: str, message: str) -> Finding:
    return Finding(path, "note", message, (("path", path),))


def inspect(path: Path, history: History) -> list[Finding]:
    """Check vault, journal, checkpoints and keys, and name unknown files; damage comes first."""
    found = [*_vault(path, history), *_journal(path), *_keys(path), *_strangers(path)]
    return sorted(found, key=lambda finding: (finding.what, finding.path))


def _vault(path: Path, history: History) -> Iterator[Finding]:
    referenced = history.referenced()
    for file in sorted((path / "vault" / "raw").iterdir()):
        yield from _by_name(path, file, file.name)
    for file in sorted((path / "vault" / "seg").iterdir()):
        name = file.name.removesuffix(".parquet")
        yield from _by_name(path, file, name)
        if name not in referenced and DIGEST.fullmatch(name):
            yield _note(
                file.relative_to(path).as_posix(),
                mark("no entry names segment {path}; prune removes it"),
            )
    for name in referenced:
        if not (path / "vault" / "seg" / f"{name}.parquet").exists():
            yield _damage(f"vault/seg/{name}.parquet", mark("{path} is missing"))
    for source in sorted(history.sources()):
        if not (path / "vault" / "raw" / source).exists():
            yield _damage(f"vault/raw/{source}", mark("{path} is missing"))


def _by_name(path: Path, file: Path, name: str) -> Iterator[Finding]:
    """Hold a file against the digest that is its name."""
    place = file.relative_to(path).as_posix()
    if not DIGEST.fullmatch(name):
        yield _note(place, mark("{path} is not a file of a workspace"))
        return
    try:
        digest = digest_of(file)
    except OSError as error:
        yield _damage(
            place, mark("{path} cannot be read: {reason}"), reason=error.strerror or error
        )
        return
    if digest != name:
        yield _damage(place, mark("{path} was changed: its bytes hash to {found}"), found=digest)


def _journal(path: Path) -> Iterator[Finding]:
    for finding in verify(path).findings:
        yield Finding("journal/log.jsonl", "damage", finding.message, finding.values)


def _keys(path: Path) -> Iterator[Finding]:
    key = path / "keys" / "checkpoint.key"
    try:
        read_signer(path, read_charter(path))
    except IronRiverError as error:
        yield Finding("keys/checkpoint.key", "damage", error.message, tuple(error.values.items()))
        return
    if key.stat().st_mode & 0o077:
        yield _damage("keys/checkpoint.key", mark("{path} can be read by other accounts"))


def _strangers(path: Path) -> Iterator[Finding]:
    known = {*FOLDERS, "workspace.json", "lock", "journal/lock", "journal/log.jsonl"}
    known |= {"keys/checkpoint.key", "keys/users.db"}
    inside = ("vault/raw/", "vault/seg/", "tmp/", "journal/checkpoints/", "journal/cut-")
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        note_missing = name.startswith("journal/checkpoints/") and file.suffix != ".note"
        if note_missing or (name not in known and not name.startswith(inside)):
            yield _note(name, mark("{path} is not a file of a workspace"))
        elif name.startswith("journal/cut-"):
            yield _note(name, mark("{path} holds an entry whose writing was broken off"))
