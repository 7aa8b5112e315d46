"""What every route asks first: which language, who is signed in, and whether a change is meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Depends, Header, Query, Request

from ironriver import settings
from ironriver.language import LANGUAGES
from ironriver.web.bench import Who
from ironriver.web.problems import ForgeryError, Problem
from ironriver.web.server import Server
from ironriver.web.sessions import Session, same_token

COOKIE = "ironriver_session"
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class AnsweredError(Exception):
    """A worker's answer was a problem, told in the asked language already."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.message)


@dataclass(frozen=True, slots=True)
class Asking:
    """One request of somebody who is signed in."""

    server: Server
    token: str
    session: Session
    who: Who

    def ask(self, question: str, /, **values: Any) -> dict[str, Any]:  # noqa: ANN401
        """Have a worker answer; a problem of its goes out as it is."""
        found = self.server.ask(question, self.who, values)
        if isinstance(found, Problem):
            raise AnsweredError(found)
        return found


def server_of(request: Request) -> Server:
    """Give the server that a request came to."""
    server: Server = request.app.state.server
    return server


def language_of(request: Request) -> str:
    """Give the language that a request asks for, by `lang` or Accept-Language; never an error."""
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    for part in request.headers.get("accept-language", "").split(","):
        word = part.split(";")[0].strip().split("-")[0].lower()
        if word in LANGUAGES:
            return word
    usual = settings.text("lang")
    return usual if usual in LANGUAGES else "en"


def asking(
    request: Request,
    lang: Annotated[  # noqa: ARG001  read by language_of, also where there is no session
        Literal["en", "es"] | None, Query(description="Language of texts and errors.")
    ] = None,
    x_csrf_token: Annotated[
        str | None, Header(max_length=200, description="The session's token; for changes only.")
    ] = None,
) -> Asking:
    """Tell who asks; a change must bear the session's own token."""
    server, token = server_of(request), request.cookies.get(COOKIE)
    session = server.sessions.get(token)
    if request.method in CHANGING and not same_token(x_csrf_token or "", session.csrf):
        raise ForgeryError("the request does not bear the session's token")
    return Asking(server, token or "", session, server.who(session, language_of(request)))


SignedIn = Annotated[Asking, Depends(asking)]
Route = Callable[..., Any]
