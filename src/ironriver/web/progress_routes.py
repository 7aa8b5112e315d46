"""How a run goes on, told as it happens: server-sent events over the lines it writes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ironriver.web.asking import Asking, SignedIn
from ironriver.web.bench import somebody_writes
from ironriver.web.problems import BusyError
from ironriver.web.server import Step
from ironriver.web.sessions import NoSessionError

MOST_STREAMS = 32
_POLL_SECONDS = 1.0

router = APIRouter(tags=["work"])


def watching(asking: SignedIn) -> Asking:
    """Enter that progress is watched; too many streams at once are refused."""
    if asking.server.streams >= MOST_STREAMS:
        raise BusyError("too much is asked for at once")
    asking.server.enter(asking.who, "view", "progress")
    return asking


@router.get("/progress", response_class=EventSourceResponse)
async def progress(
    asking: Annotated[Asking, Depends(watching)],
    seconds: Annotated[int, Query(ge=0, le=600, description="How long to watch.")] = 300,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Tell of each source read and each stage carried out, as a run enters it.

    Events: `state` (whether somebody writes) and `step` (sequence, at, action, object, bytes).
    """
    server, writing = asking.server, None
    last = int(last_event_id) if last_event_id and last_event_id.isdecimal() else None
    end = time.monotonic() + seconds
    server.streams += 1
    try:
        while True:
            steps = await run_in_threadpool(server.steps_after, -1 if last is None else last)
            now = await run_in_threadpool(somebody_writes, server.path)
            if now is not writing:
                writing = now
                yield ServerSentEvent(event="state", data={"writing": now})
            # Whoever begins to watch is told where things stand, not all that ever happened.
            for step in steps if last is not None else steps[-1:]:
                last = step.sequence
                yield _event(step)
            last = -1 if last is None else last
            if time.monotonic() >= end or not _still_there(asking):
                return
            await asyncio.sleep(_POLL_SECONDS)
    finally:
        server.streams -= 1


def _event(step: Step) -> ServerSentEvent:
    return ServerSentEvent(event="step", id=str(step.sequence), data=asdict(step))


def _still_there(asking: Asking) -> bool:
    """Tell whether the session still stands; watching does not keep it awake."""
    try:
        asking.server.sessions.get(asking.token, quietly=True)
    except NoSessionError:
        return False
    return True
