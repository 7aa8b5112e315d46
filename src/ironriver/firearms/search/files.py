"""Runs on disk: one memory-mapped file each, and the list of those that make up an index.

A run file is its arrays, then a footer: JSON that says where each stands, with a digest of every
block of the file; the footer's own digest and length; a mark. Opening reads the footer, tests the
size and a few blocks; `check` tests all. The index is a cache: what is damaged is deleted and
built anew. A file never changes once it has its name, and the list is replaced as a whole.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ironriver.errors import DamageError, WorkspaceError
from ironriver.firearms.search.arrays import Arrays
from ironriver.firearms.search.runs import Allocate, Run
from ironriver.workspace.disk import writing

MARK = b"ironriver serials 1\n"
BLOCK = 1 << 18
SPOTS = 4
LIST = "index.json"
_TAIL = 16 + 8 + len(MARK)
_ALIGNED = 64
SUFFIX = ".serials"

Section: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder of an index. One process writes at a time; that is for the caller to hold."""

    path: Path

    def write(self, make: Callable[[Allocate], Run]) -> Run:
        """Write the run that `make` makes into a new file, durably; give it back mapped."""
        unfinished = self.path / f"unfinished-{secrets.token_hex(8)}"
        with writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            try:
                with unfinished.open("xb+", buffering=0) as handle:
                    number = handle.fileno()
                    sections: dict[str, Section] = {}
                    run = make(lambda *given: _allocate(number, sections, *given))
                    _allocate(number, sections, "registers", np.uint8, len(run.registers))[:] = (
                        run.registers
                    )
                    footer = {
                        "first": run.first,
                        "count": run.count,
                        "sections": sections,
                        "blocks": _digests(number),
                    }
                    body = json.dumps(footer).encode()
                    digest = hashlib.blake2b(body, digest_size=16).digest()
                    handle.seek(0, os.SEEK_END)
                    handle.write(body + digest + len(body).to_bytes(8, "little") + MARK)
                    os.fsync(number)
                named = self.path / f"{digest.hex()}{SUFFIX}"
                unfinished.replace(named)
            finally:
                unfinished.unlink(missing_ok=True)
        return _open(named)

    def publish(self, runs: Sequence[Run]) -> None:
        """Make these runs, in their order, the index; delete what else stands in the folder."""
        names = [run.name for run in runs]
        body = json.dumps({"format": MARK.decode().strip(), "runs": names}).encode()
        unfinished = self.path / f"unfinished-{secrets.token_hex(8)}"
        with writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            with unfinished.open("xb") as handle:
                handle.write(body)
                handle.flush()
                os.fsync(handle.fileno())
            unfinished.replace(self.path / LIST)
            folder = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
            for each in self.path.iterdir():
                if each.name not in {LIST, *names} and (
                    each.suffix == SUFFIX or each.name.startswith("unfinished-")
                ):
                    each.unlink(missing_ok=True)

    def runs(self) -> list[Run]:
        """Open the runs of the index; DamageError where one is not what was written."""
        listed = self._list()
        while True:
            try:
                runs = [_open(self.path / name) for name in listed]
                break
            except DamageError:
                # Other runs may have been published, and these deleted, since the list was read.
                before, listed = listed, self._list()
                if listed == before:
                    raise
        with _damage(self.path / LIST):
            ends = [0, *(run.first + run.count for run in runs)]
            if [run.first for run in runs] != ends[:-1]:
                raise ValueError("runs do not follow each other")
        return runs

    def _list(self) -> list[str]:
        path = self.path / LIST
        if not path.is_file():
            raise WorkspaceError(
                "{folder} holds no index of serials. Build it first", folder=self.path
            )
        with _damage(path):
            listed = json.loads(path.read_bytes())
            if listed["format"] != MARK.decode().strip():
                raise ValueError("another format")
            return [str(name) for name in listed["runs"]]

    def check(self) -> None:
        """Test every byte of every run; DamageError where one is not what was written."""
        for run in self.runs():
            path = self.path / run.name
            with _damage(path), path.open("rb") as handle:
                footer = _footer(handle.fileno())
                _test(handle.fileno(), footer, range(len(footer["blocks"])))


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamageError(
            "{file} is not what was written ({what}). Delete its folder; the next run builds it "
            "anew",
            file=path,
            what=error,
        ) from error


def _allocate(
    handle: int,
    sections: dict[str, Section],
    name: str,
    kind: npt.DTypeLike,
    size: int,
) -> np.ndarray:
    """Make room for an array at the end of a file and map it, all zero."""
    kind = np.dtype(kind)
    begin = -(-os.fstat(handle).st_size // _ALIGNED) * _ALIGNED
    sections[name] = {"begin": begin, "size": size, "kind": kind.str}
    if not size:
        return np.zeros(0, dtype=kind)
    # Reserved at once: a full disk must be an error here, not a fault at some later touch.
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(handle, begin, size * kind.itemsize)
    else:
        os.truncate(handle, begin + size * kind.itemsize)
    return _mapped(handle, sections[name], mmap.ACCESS_WRITE)


def _mapped(handle: int, section: Section, access: int) -> np.ndarray:
    kind, size = np.dtype(str(section["kind"])), int(section["size"])
    if not size:
        return np.zeros(0, dtype=kind)
    begin = int(section["begin"])
    shift = begin % mmap.ALLOCATIONGRANULARITY
    length = shift + size * kind.itemsize
    room = mmap.mmap(handle, length, access=access, offset=begin - shift)
    return np.frombuffer(room, dtype=kind, count=size, offset=shift)


def _digests(handle: int) -> list[str]:
    size = os.fstat(handle).st_size
    return [_digest(handle, begin, size) for begin in range(0, size, BLOCK)]


def _digest(handle: int, begin: int, past: int) -> str:
    block = os.pread(handle, min(BLOCK, past - begin), begin)
    return hashlib.blake2b(block, digest_size=8).hexdigest()


def _footer(handle: int) -> dict[str, Any]:
    """Read the footer of a run file; ValueError if it is not whole."""
    size = os.fstat(handle).st_size
    tail = os.pread(handle, _TAIL, max(size - _TAIL, 0))
    if len(tail) < _TAIL or tail[24:] != MARK:
        raise ValueError("its end is missing")
    length = int.from_bytes(tail[16:24], "little")
    if length > size - _TAIL:
        raise ValueError("its footer is missing")
    body = os.pread(handle, length, size - _TAIL - length)
    if hashlib.blake2b(body, digest_size=16).digest() != tail[:16]:
        raise ValueError("its footer has changed")
    footer: dict[str, Any] = json.loads(body)
    footer["size"] = size - _TAIL - length
    if len(footer["blocks"]) != -(-footer["size"] // BLOCK):
        raise ValueError("its size has changed")
    return footer


def _test(handle: int, footer: dict[str, Any], places: Iterable[int]) -> None:
    for place in places:
        if _digest(handle, place * BLOCK, footer["size"]) != footer["blocks"][place]:
            raise ValueError(f"block {place} has changed")


def _open(path: Path) -> Run:
    """Map a run file, testing its footer and a few of its blocks."""
    with _damage(path), path.open("rb") as handle:
        number = handle.fileno()
        footer = _footer(number)
        last = len(footer["blocks"]) - 1
        _test(
            number,
            footer,
            {last * spot // (SPOTS - 1) for spot in range(SPOTS)} if last >= 0 else (),
        )
        # Private to this process and writable, so that kernels are compiled for one kind of array.
        found = {
            name: _mapped(number, section, mmap.ACCESS_COPY)
            for name, section in footer["sections"].items()
        }
        registers = found.pop("registers")
        return Run(footer["first"], footer["count"], Arrays(**found), registers, path.name)
