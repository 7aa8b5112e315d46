"""The inbox: which files are offered, by whom, and why they may be held."""

from __future__ import annotations

import datetime as dt
import fnmatch
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ironriver.errors import InputError, MistakeError

INBOX_FILE = "inbox.toml"


@dataclass(frozen=True, slots=True)
class Declaration:
    """One ``[[source]]`` of an inbox file: what the sender says of a set of files."""

    files: str = ""
    agency: str | None = None
    nexus: str | None = None
    handling: str | None = None
    known_from: dt.date | None = None
    layout: str | None = None
    supersedes: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    """One file of the inbox, with its declaration if it has one."""

    path: Path
    name: str
    declaration: Declaration | None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not read, and why."""

    name: str
    reason: MistakeError
    declared: bool = False


_KEYS: dict[str, type] = {
    "files": str,
    "agency": str,
    "nexus": str,
    "handling": str,
    "known_from": dt.date,
    "layout": str,
    "supersedes": str,
    "columns": dict,
}


def read_declarations(path: Path) -> tuple[Declaration, ...]:
    """Read an inbox file; raise InputError that names the entry and the key which is wrong."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError("there is no inbox file {path}", path=path) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("{file} is not valid TOML: {error}", file=path.name, error=error) from None
    sources = data.get("source", [])
    entries = isinstance(sources, list) and all(isinstance(entry, dict) for entry in sources)
    if not entries or set(data) - {"source"}:
        raise InputError(
            "{file} may hold [[source]] entries only; it holds: {keys}",
            file=path.name,
            keys=", ".join(sorted(data)),
        )
    return tuple(
        _declaration(path.name, index, entry) for index, entry in enumerate(sources, start=1)
    )


def _declaration(file: str, index: int, entry: Mapping[str, Any]) -> Declaration:
    for key, value in entry.items():
        wanted = _KEYS.get(key)
        if wanted is None:
            raise InputError(
                "{file}, source {index}: {key} is not a key; keys are: {known}",
                file=file,
                index=index,
                key=key,
                known=", ".join(_KEYS),
            )
        texts = isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
        if (
            not isinstance(value, wanted)
            or isinstance(value, dt.datetime)
            or (wanted is dict and not texts)
        ):
            raise InputError(
                "{file}, source {index}: {key} must be a {kind}",
                file=file,
                index=index,
                key=key,
                kind={
                    str: "text",
                    dt.date: "date such as 2024-05-01",
                    dict: 'table such as { "HEADING" = "serial" }',
                }[wanted],
            )
    if not entry.get("files"):
        raise InputError("{file}, source {index}: files is missing", file=file, index=index)
    return Declaration(**entry)


def look_over(
    inbox: Path, inbox_file: Path | None = None
) -> tuple[Path | None, tuple[Declaration, ...]]:
    """Give the inbox file and what it declares; raise InputError where there is no such inbox."""
    if not inbox.is_dir():
        if inbox.exists():
            raise InputError("{path} is a file; name the folder it lies in", path=inbox)
        raise InputError("there is no folder {path}", path=inbox)
    own = inbox / INBOX_FILE
    chosen = inbox_file or (own if own.is_file() else None)
    return chosen, read_declarations(chosen) if chosen else ()


def offers(inbox: Path, inbox_file: Path | None = None) -> Iterator[Offer | Skipped]:
    """Walk an inbox in the order of names; a link that leads out of it is never followed.

    The first declaration whose glob fits a file's path within the inbox, or its name, is the
    file's. Hidden files and the inbox file itself are not offered.
    """
    chosen, declarations = look_over(inbox, inbox_file)
    own = inbox / INBOX_FILE
    root = inbox.resolve()
    for path in _walk(inbox, inbox):
        if isinstance(path, Skipped):
            yield path
            continue
        name = path.relative_to(inbox).as_posix()
        # Unlike Path.resolve, realpath gives an answer for a link that leads to itself.
        if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(root):
            yield Skipped(
                name,
                InputError(
                    "{file} is a link that leads out of the inbox; it is not followed", file=name
                ),
            )
        elif not path.is_file():
            yield Skipped(name, InputError("{file} is not a regular file", file=name))
        elif path != own and path != chosen:
            yield Offer(path, name, _declared(name, declarations))


def _walk(folder: Path, inbox: Path) -> Iterator[Path | Skipped]:
    """Give the files under a folder; a folder within the inbox that is closed to us is told of."""
    try:
        entries = sorted(folder.iterdir())
        kinds = [entry.is_dir() and not entry.is_symlink() for entry in entries]
    except PermissionError:
        reason = InputError(
            "the folder {path} may not be read; give this account permission", path=folder
        )
        if folder == inbox:
            raise reason from None
        yield Skipped(folder.relative_to(inbox).as_posix(), reason, declared=True)
        return
    for entry, is_folder in zip(entries, kinds, strict=True):
        if entry.name.startswith("."):
            continue
        if is_folder:
            yield from _walk(entry, inbox)
        else:
            yield entry


def _declared(name: str, declarations: tuple[Declaration, ...]) -> Declaration | None:
    base = name.rsplit("/", 1)[-1]
    for declaration in declarations:
        if fnmatch.fnmatch(name, declaration.files) or fnmatch.fnmatch(base, declaration.files):
            return declaration
    return None
