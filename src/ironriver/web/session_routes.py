"""Signing in and out, and stating what one works on."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from ironriver.web.asking import COOKIE, SignedIn, server_of
from ironriver.web.models import Health, PurposeStated, SessionTold, SignIn
from ironriver.web.sessions import IDLE_SECONDS, Session

router = APIRouter(tags=["session"])


@router.get("/health")
def health() -> Health:
    """Tell that the server answers; needs no session."""
    return Health(status="ok")


@router.post("/session", status_code=201)
def sign_in(request: Request, response: Response, asked: SignIn) -> SessionTold:
    """Sign in with name, password and one-time code; five failures lock for fifteen minutes."""
    server = server_of(request)
    token, session = server.sign_in(asked.name, asked.password, asked.code)
    response.set_cookie(
        COOKIE,
        token,
        httponly=True,
        samesite="strict",
        secure=request.app.state.secure,
        path="/",
    )
    return _told(session, str(server.role_of(session.actor)))


@router.get("/session")
def session(asking: SignedIn) -> SessionTold:
    """Tell who is signed in, and the token that changes must bear."""
    return _told(asking.session, str(asking.who.role))


@router.put("/session/purpose")
def state_purpose(asking: SignedIn, stated: PurposeStated) -> SessionTold:
    """State what one works on; it stands in every journal line from now on."""
    kept = asking.server.state(
        asking.token, asking.session, asking.who, stated.purpose, stated.case
    )
    return _told(kept, str(asking.who.role))


@router.delete("/session", status_code=204)
def sign_out(asking: SignedIn, response: Response) -> None:
    """Sign out."""
    asking.server.sign_out(asking.token, asking.session)
    response.delete_cookie(COOKIE, path="/")


def _told(session: Session, role: str) -> SessionTold:
    return SessionTold(
        actor=session.actor,
        role=role,
        purpose=session.purpose,
        case=session.case,
        csrf=session.csrf,
        idle_seconds=IDLE_SECONDS,
    )
