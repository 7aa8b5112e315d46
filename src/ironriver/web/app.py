"""The application: routes under /api/v1, one error shape, and the page that lists the routes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException

from ironriver.errors import IronRiverError, MistakeError
from ironriver.web import progress_routes, session_routes, table_routes, work_routes
from ironriver.web.asking import AnsweredError, language_of
from ironriver.web.models import ErrorAnswer
from ironriver.web.problems import NotFoundError, Problem, told
from ironriver.web.protection import LOOPBACK, Protection
from ironriver.web.route_list import route_list
from ironriver.web.server import Server

PREFIX = "/api/v1"
_SEAL_SECONDS = 60.0
_log = logging.getLogger(__name__)
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorAnswer, "description": text}
    for status, text in (
        (400, "A mistake in what was asked."),
        (401, "Nobody is signed in."),
        (403, "The law in code refuses."),
        (404, "There is nothing of this id."),
        (409, "It contradicts what stands."),
        (422, "A value cannot be read."),
        (429, "Too much at once, or locked."),
        (500, "A fault of ours."),
        (504, "It took too long."),
    )
}


def make_app(server: Server, hosts: frozenset[str] = LOOPBACK, *, secure: bool = False) -> FastAPI:
    """Make the application of one server; it answers only under `hosts`.

    `secure` says that it is reached over TLS: the session's cookie is then sent over TLS only.
    """
    app = FastAPI(
        title="Iron River",
        version="1",
        description="Every row passes the release gate; every view is a line of the journal first.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.server, app.state.secure = server, secure
    for router in (
        session_routes.router,
        work_routes.router,
        table_routes.router,
        progress_routes.router,
    ):
        app.include_router(router, prefix=PREFIX, responses=_ERRORS)
    app.add_api_route(f"{PREFIX}/docs", _docs, include_in_schema=False)
    app.add_exception_handler(IronRiverError, _ours)
    app.add_exception_handler(AnsweredError, _answered)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_exception_handler(Exception, _fault)
    app.add_middleware(Protection, hosts=hosts, secure=secure)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Sign the journal now and then while the server runs, and once more at its end."""
    server: Server = app.state.server

    async def sealing() -> None:
        while True:
            await asyncio.sleep(_SEAL_SECONDS)
            try:
                await run_in_threadpool(server.seal)
            except (IronRiverError, OSError):
                _log.exception("the journal could not be sealed")

    task = asyncio.create_task(sealing())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await run_in_threadpool(server.close)


def _docs(request: Request) -> HTMLResponse:
    return HTMLResponse(route_list(request.app.openapi(), language_of(request)))


def _response(problem: Problem) -> JSONResponse:
    return JSONResponse(problem.body(), problem.status, dict(problem.headers))


async def _ours(request: Request, error: Exception) -> JSONResponse:
    problem = told(error, language_of(request))
    if problem.status == 500:
        _log.error("%s: %s", request.url.path, error)
    return _response(problem)


async def _answered(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AnsweredError)  # noqa: S101  what it is registered for
    return _response(error.problem)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101  what it is registered for
    places = [".".join(str(part) for part in each["loc"]) for each in error.errors()]
    problem = told(
        MistakeError(
            "{place} cannot be read as it was given",
            place=", ".join(dict.fromkeys(places)),
            where=places[0] if places else "",
        ),
        language_of(request),
        code="invalid",
        status=422,
    )
    return _response(problem)


async def _no_route(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  what it is registered for
    if error.status_code == 405:
        ours: IronRiverError = MistakeError(
            "this route does not take {method}", method=request.method, where=request.url.path
        )
        problem = told(ours, language_of(request), code="method", status=405)
    elif error.status_code == 404:
        ours = NotFoundError("there is no route {id}", id=request.url.path)
        problem = told(ours, language_of(request))
    else:
        ours = MistakeError("the request cannot be read", where="body")
        problem = told(ours, language_of(request), status=error.status_code)
    response = _response(problem)
    response.headers.update(error.headers or {})
    return response


async def _fault(request: Request, error: Exception) -> JSONResponse:
    _log.error("%s", request.url.path, exc_info=error)
    return _response(told(error, language_of(request)))
