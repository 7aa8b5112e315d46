"""What one server holds: the open workspace, its users, who is signed in, and the workers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from ironriver import settings
from ironriver.errors import RefusedError, WorkspaceError
from ironriver.governance.policy import REASONS
from ironriver.governance.roles import Role
from ironriver.web.accounts import Accounts, LockedError, SignInError
from ironriver.web.bench import Who
from ironriver.web.pool import Pool
from ironriver.web.problems import BusyError, Problem
from ironriver.web.roster import Roster
from ironriver.web.sessions import NoSessionError, Session, Sessions
from ironriver.workspace import Workspace

_MOST_SIGNING_IN = 2
_SIGN_IN_SECONDS = 5.0


class Answering(Protocol):
    """What answers questions: worker processes, or in a test this process."""

    def ask(self, name: str, who: Who, values: dict[str, Any]) -> dict[str, Any] | Problem:
        """Give the answer, or what is wrong."""
        ...

    def close(self) -> None:
        """End."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """One line by which a run goes on: a source read, or a stage carried out."""

    sequence: int
    at: str
    action: str
    object: str
    bytes: int


class Server:
    """One workspace, served: the only place where the journal is written for those signed in."""

    def __init__(
        self,
        path: Path,
        accounts: Accounts | None = None,
        sessions: Sessions | None = None,
        answering: Answering | None = None,
    ) -> None:
        self.path = path
        self.accounts = accounts or Accounts(path)
        self.sessions = sessions or Sessions()
        self.answering: Answering = answering or _pool(path)
        self._workspace = Workspace.open(path)
        self._roster = Roster()
        self._lock = threading.Lock()
        self._signing_in = threading.BoundedSemaphore(_MOST_SIGNING_IN)
        self._sealed = -1
        self.streams = 0

    def role_of(self, name: str) -> Role | None:
        """Give the role that an account holds at this moment."""
        with self._lock:
            with self._workspace.journal.locked(shared=True):
                self._workspace.journal.read()
            return self._roster.role_of(self._workspace.journal, name)

    def who(self, session: Session, lang: str) -> Who:
        """Give who asks, with the role held now; whoever holds none, or was removed, is out."""
        if not self.accounts.holds(session.actor):
            self.sessions.end_all_of(session.actor)
            raise NoSessionError("nobody is signed in here; sign in first")
        role = self.role_of(session.actor)
        if role is None:
            self.sessions.end_all_of(session.actor)
            self._enter("refusal", "workspace", session.actor, "none", session.stated,
                        {"code": "no_role"})  # fmt: skip
            raise RefusedError(REASONS["no_role"])
        return Who(session.actor, role, session.stated, lang)

    def enter(self, who: Who, action: str, subject: str) -> None:
        """Enter what is about to be shown; if that fails it must not be."""
        self._enter(action, subject, who.actor, who.role, who.purpose, {})

    def sign_in(self, name: str, password: str, code: str) -> tuple[str, Session]:
        """Open a session; sign-ins and failures are entered, a name that nobody bears is not."""
        known = name if name in {user.name for user in self.accounts.users()} else "unknown"
        # Hashing takes 64 MiB on purpose: strangers may not have it done many times at once.
        if not self._signing_in.acquire(timeout=_SIGN_IN_SECONDS):
            raise BusyError("too much is asked for at once")
        try:
            self.accounts.sign_in(name, password, code)
        except (SignInError, LockedError) as error:
            reason = "locked" if isinstance(error, LockedError) else "sign_in_failed"
            self._enter("refusal", "session", known, "none", "", {"code": reason})
            raise
        finally:
            self._signing_in.release()
        role = self.role_of(name)
        if role is None:
            self._enter("refusal", "session", name, "none", "", {"code": "no_role"})
            raise RefusedError(REASONS["no_role"])
        self._enter("sign-in", "session", name, role, "", {})
        return self.sessions.begin(name)

    def sign_out(self, token: str | None, session: Session) -> None:
        """Close a session and enter it."""
        self.sessions.end(token)
        role = self.role_of(session.actor)
        self._enter("sign-out", "session", session.actor, role or "none", session.stated, {})

    def state(self, token: str, session: Session, who: Who, purpose: str, case: str) -> Session:
        """Keep, and enter, what the session's holder works on from now on."""
        stated = replace(session, purpose=purpose.strip(), case=case.strip()).stated
        self._enter("state purpose", "session", who.actor, who.role, stated, {})
        return self.sessions.state(token, purpose, case)

    def ask(self, name: str, who: Who, values: dict[str, Any]) -> dict[str, Any] | Problem:
        """Have a question answered."""
        return self.answering.ask(name, who, values)

    def steps_after(self, sequence: int) -> list[Step]:
        """Give the lines by which a run went on after one of them."""
        with self._lock:
            with self._workspace.journal.locked(shared=True):
                self._workspace.journal.read()
            return list(_steps(self._workspace, sequence))

    def seal(self) -> None:
        """Sign what was entered since the last time; an account without the key leaves it."""
        with self._lock:
            with self._workspace.journal.locked(shared=True):
                self._workspace.journal.read()
            lines = len(self._workspace.journal.tree)
            if lines == self._sealed:
                return
            try:
                self._sealed = self._workspace.seal().size
            except WorkspaceError:
                self._sealed = lines

    def close(self) -> None:
        """End the workers and sign the journal."""
        self.answering.close()
        self.seal()
        self._workspace.close()

    def _enter(
        self, action: str, subject: str, actor: str, role: str, purpose: str, detail: dict[str, Any]
    ) -> int:
        with self._lock:
            return self._workspace.append(action, subject, actor, role, purpose, detail)


def _steps(workspace: Workspace, sequence: int) -> Iterator[Step]:
    for each in workspace.history.snapshots():
        if each.sequence > sequence:
            yield Step(each.sequence, each.at, each.action, each.object, each.bytes)


def _pool(path: Path) -> Pool:
    limits = {
        "memory_mb": settings.whole("web_worker_memory_mb"),
        "rows": settings.whole("web_rows"),
    }
    return Pool(
        path, settings.whole("web_workers"), float(settings.whole("web_query_seconds")), limits
    )
