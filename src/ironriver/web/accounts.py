"""Local users: a password (argon2id), a second factor, and the lock after failed sign-ins.

Kept in one small SQLite file beside the workspace's key, readable by its owner only. What a user
may do is no part of it: roles are lines of the journal, as for every account.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ironriver.errors import MistakeError
from ironriver.web import one_time

MOST_FAILURES = 5
LOCKED_SECONDS = 15 * 60
LEAST_PASSWORD = 12
_LONGEST = 1_024
# Names that failed are kept for as long as they count; nobody may fill the disk with them.
_MOST_NAMES = 10_000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
  name TEXT PRIMARY KEY, password TEXT NOT NULL, secret TEXT NOT NULL,
  used INTEGER NOT NULL DEFAULT 0, added TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP) STRICT;
CREATE TABLE IF NOT EXISTS failures (
  name TEXT PRIMARY KEY, failed INTEGER NOT NULL, latest REAL NOT NULL) STRICT;
"""


class LockedError(MistakeError):
    """Too many failed sign-ins; the account is locked for a while."""


class SignInError(MistakeError):
    """Name, password or code is wrong; which of them is not told."""


@dataclass(frozen=True, slots=True)
class User:
    """A local user, without anything secret."""

    name: str
    added: str


class Accounts:
    """The local users of one workspace."""

    def __init__(self, workspace: Path, clock: Callable[[], float] = time.time) -> None:
        self.path = workspace / "keys" / "users.db"
        self._clock = clock
        self._names: tuple[int, frozenset[str]] = (-1, frozenset())

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if not self.path.exists():
            self.path.touch(mode=0o600)
        connection = sqlite3.connect(self.path, timeout=10, isolation_level=None)
        try:
            # Without a write-ahead log nothing of a removed user stays in a second file.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            connection.executescript(_SCHEMA)
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()

    def users(self) -> list[User]:
        """List the local users by name."""
        if not self.path.exists():
            return []
        with self._open() as connection:
            rows = connection.execute("SELECT name, added FROM users ORDER BY name").fetchall()
        return [User(*row) for row in rows]

    def holds(self, name: str) -> bool:
        """Tell whether somebody may still sign in; the file is read again only where it changed."""
        try:
            changed = self.path.stat().st_mtime_ns
        except FileNotFoundError:
            return False
        if changed != self._names[0]:
            self._names = changed, frozenset(user.name for user in self.users())
        return name in self._names[1]

    def add(self, name: str, password: str) -> str:
        """Add a user and give the secret of the second factor, which is shown this once."""
        if not name.strip() or name != name.strip() or not name.isprintable():
            raise MistakeError("{name} is no name of an account", name=name or "-")
        if len(password) < LEAST_PASSWORD or len(password) > _LONGEST:
            raise MistakeError(
                "a password has {least} to {most} characters; this one has {length}",
                least=LEAST_PASSWORD,
                most=_LONGEST,
                length=len(password),
            )
        secret, kept = one_time.new_secret(), _hasher().hash(password)
        with self._open() as connection:
            known = connection.execute("SELECT 1 FROM users WHERE name = ?", [name]).fetchone()
            if known:
                raise MistakeError(
                    "{name} can sign in already; to set a new password, remove and add the user",
                    name=name,
                )
            connection.execute(
                "INSERT INTO users (name, password, secret) VALUES (?, ?, ?)", [name, kept, secret]
            )
            connection.execute("DELETE FROM failures WHERE name = ?", [_key(name)])
        return secret

    def remove(self, name: str) -> None:
        """Remove a user; the role, if one is held, is taken away by `role revoke`."""
        with self._open() as connection:
            gone = connection.execute("DELETE FROM users WHERE name = ?", [name]).rowcount
        if not gone:
            raise MistakeError(
                "{name} is no local user; local users are: {known}",
                name=name,
                known=", ".join(user.name for user in self.users()) or "-",
            )

    def sign_in(self, name: str, password: str, code: str) -> None:
        """Check name, password and code; each failure counts, and five lock the name.

        Raises SignInError or LockedError. A name that nobody bears fails like one with a wrong
        password, as slowly and with the same count.
        """
        self._refuse_locked(name)
        kept, secret, used = self._kept(name)
        right = _matches(kept, password[:_LONGEST])
        counter = one_time.accepted(secret, code, self._clock(), used) if right and secret else None
        with self._open() as connection:
            if counter is not None:
                # Of two sign-ins at once with one code, only the first finds it unused.
                fresh = connection.execute(
                    "UPDATE users SET used = ? WHERE name = ? AND used < ?",
                    [counter, name, counter],
                ).rowcount
                if fresh:
                    connection.execute("DELETE FROM failures WHERE name = ?", [_key(name)])
                    return
            self._count_failure(connection, name)
        raise SignInError("name, password or code is wrong, or the code was used already")

    def _kept(self, name: str) -> tuple[str, str, int]:
        with self._open() as connection:
            row = connection.execute(
                "SELECT password, secret, used FROM users WHERE name = ?", [name]
            ).fetchone()
        return row or (_nobody(), "", 0)

    def _refuse_locked(self, name: str) -> None:
        with self._open() as connection:
            row = connection.execute(
                "SELECT failed, latest FROM failures WHERE name = ?", [_key(name)]
            ).fetchone()
        if row and row[0] >= MOST_FAILURES and self._clock() - row[1] < LOCKED_SECONDS:
            raise LockedError(
                "after {failures} failed sign-ins the account is locked for {minutes} minutes",
                failures=MOST_FAILURES,
                minutes=LOCKED_SECONDS // 60,
            )

    def _count_failure(self, connection: sqlite3.Connection, name: str) -> None:
        now = self._clock()
        connection.execute("DELETE FROM failures WHERE latest <= ?", [now - LOCKED_SECONDS])
        (held,) = connection.execute("SELECT count(*) FROM failures").fetchone()
        if held >= _MOST_NAMES:
            connection.execute("DELETE FROM failures WHERE failed < ?", [MOST_FAILURES])
        connection.execute(
            "INSERT INTO failures VALUES (?, 1, ?) "
            "ON CONFLICT (name) DO UPDATE SET failed = failed + 1, latest = excluded.latest",
            [_key(name), now],
        )


@cache
def _hasher() -> PasswordHasher:
    """Hash with argon2id, RFC 9106's second recommended set: 64 MiB, three passes."""
    return PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)


@cache
def _nobody() -> str:
    return _hasher().hash("nobody bears this name")


def _matches(kept: str, password: str) -> bool:
    try:
        return _hasher().verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _key(name: str) -> str:
    """Keep no name as typed: a password is typed into the wrong field now and then."""
    return hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest()
