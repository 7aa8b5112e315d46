"""What stands around every route: whom we answer, how much we read, and what a browser may do."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ironriver.errors import MistakeError
from ironriver.web.asking import CHANGING, language_of
from ironriver.web.problems import ForgeryError, Problem, told

MOST_BYTES = 65_536
"""The longest body that is read."""

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Protection:
    """Answers only under the names it is served by, and sets the headers of every answer."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], secure: bool) -> None:
        self._app = app
        self._hosts = hosts
        self._headers = dict(HEADERS)
        if secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
            await send(message)

        problem = self._problem(scope)
        if problem is None:
            await self._app(scope, receive, send_with_headers)
        else:
            response = JSONResponse(problem.body(), problem.status)
            await response(scope, receive, send_with_headers)

    def _problem(self, scope: Scope) -> Problem | None:
        headers, lang = Headers(scope=scope), language_of(Request(scope))
        host = headers.get("host", "")
        if _name(host) not in self._hosts:
            # A page of another name that points at this address must not read from us.
            error = MistakeError(
                "this server does not answer under that name; it does as: {known}",
                known=", ".join(sorted(self._hosts)),
                where="Host",
            )
            return told(error, lang)
        if scope["method"] not in CHANGING:
            return None
        return _change_problem(headers, host, scope, lang)


def _change_problem(headers: Headers, host: str, scope: Scope, lang: str) -> Problem | None:
    """Tell what is wrong with a request that changes something, before its body is read."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "same-origin")
    own = {f"{scheme}://{host}" for scheme in ("http", "https")}
    if (origin is not None and origin not in own) or site not in ("same-origin", "none"):
        return told(ForgeryError("the request comes from a page of another server"), lang)
    length = headers.get("content-length", "")
    if scope["method"] != "DELETE" and not length.isdecimal():
        error = MistakeError("the request does not say how long its body is", where="body")
        return told(error, lang)
    if length.isdecimal() and int(length) > MOST_BYTES:
        error = MistakeError(
            "the body has {length:,} bytes; {most:,} are read",
            length=int(length),
            most=MOST_BYTES,
            where="body",
        )
        return told(error, lang)
    if "transfer-encoding" in headers:
        return told(MistakeError("a body in parts is not read", where="body"), lang)
    return None


def _name(host: str) -> str:
    """Give the name of a Host header, without its port.

    >>> _name("127.0.0.1:8765"), _name("[::1]:8765")
    ('127.0.0.1', '::1')
    """
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()
