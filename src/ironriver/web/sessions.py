"""Who is signed in: kept in memory, so that a server that starts anew knows nobody."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from ironriver.errors import MistakeError

IDLE_SECONDS = 30 * 60
LONGEST_SECONDS = 12 * 60 * 60
_MOST = 1_000


class NoSessionError(MistakeError):
    """Nobody is signed in with this cookie, or no longer."""


@dataclass(frozen=True, slots=True)
class Session:
    """One person at work; `csrf` must come back with every request that changes something."""

    actor: str
    csrf: str
    begun: float
    latest: float
    purpose: str = ""
    case: str = ""

    @property
    def stated(self) -> str:
        """What the journal holds as the purpose: the case first, then why.

        >>> Session("ana", "", 0, 0, "a hit on a recovered rifle", "12/2024").stated
        '12/2024: a hit on a recovered rifle'
        """
        return ": ".join(part for part in (self.case, self.purpose) if part)


class Sessions:
    """The open sessions, by the hash of their token."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[str, Session] = {}

    def begin(self, actor: str) -> tuple[str, Session]:
        """Open a session; the token is given once and only its hash is kept."""
        token, now = secrets.token_urlsafe(32), self._clock()
        session = Session(actor, secrets.token_urlsafe(32), now, now)
        with self._lock:
            self._drop_old()
            while len(self._open) >= _MOST:
                self._open.pop(min(self._open, key=lambda key: self._open[key].latest))
            self._open[_key(token)] = session
        return token, session

    def get(self, token: str | None, *, quietly: bool = False) -> Session:
        """Give the session of a token; `quietly` does not count as somebody being there."""
        with self._lock:
            session = self._open.get(_key(token)) if token else None
            if session is None:
                raise NoSessionError("nobody is signed in here; sign in first")
            now = self._clock()
            if self._is_old(session, now):
                del self._open[_key(token or "")]
                raise NoSessionError(
                    "the session was locked after {minutes} idle minutes; sign in again",
                    minutes=IDLE_SECONDS // 60,
                )
            if not quietly:
                session = replace(session, latest=now)
                self._open[_key(token or "")] = session
            return session

    def state(self, token: str, purpose: str, case: str) -> Session:
        """Keep what the session's holder works on from now on."""
        session = replace(self.get(token), purpose=purpose.strip(), case=case.strip())
        with self._lock:
            self._open[_key(token)] = session
        return session

    def end(self, token: str | None) -> None:
        """Close a session."""
        with self._lock:
            self._open.pop(_key(token or ""), None)

    def end_all_of(self, actor: str) -> None:
        """Close all sessions of one account."""
        with self._lock:
            for key in [key for key, one in self._open.items() if one.actor == actor]:
                del self._open[key]

    def _is_old(self, session: Session, now: float) -> bool:
        return now - session.latest >= IDLE_SECONDS or now - session.begun >= LONGEST_SECONDS

    def _drop_old(self) -> None:
        now = self._clock()
        self._open = {key: one for key, one in self._open.items() if not self._is_old(one, now)}


def same_token(given: str, held: str) -> bool:
    """Compare two tokens in a time that tells nothing."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), held.encode())


def _key(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
