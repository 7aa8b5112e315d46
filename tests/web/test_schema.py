"""Schemathesis over the whole interface: no fault of ours, no breach of the schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from web_world import BASE, Objects, Site, serving

from ironriver.governance.roles import Role
from ironriver.web.app import make_app
from ironriver.web.server import Server

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# They end the session that the others need, or answer for as long as they are asked to.
APART = {("DELETE", "/api/v1/session"), ("GET", "/api/v1/progress")}
SCHEMA: dict[str, Any] = make_app(cast("Server", None)).openapi()
ROUTES = sorted(
    (way.upper(), path)
    for path, ways in SCHEMA["paths"].items()
    for way in ways
    if (way.upper(), path) not in APART
)
FEW = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
MANY = settings(FEW, max_examples=30)


@pytest.fixture(scope="module")
def served(
    invented: tuple[Path, list[Objects]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Serve a workspace of its own, with a custodian at work who has stated a purpose."""
    import shutil

    path = Path(shutil.copytree(invented[0], tmp_path_factory.mktemp("schema") / "ws"))
    with serving(path, invented[1]) as site:
        site.add("carla", Role.CUSTODIAN)
        token, session = site.session("carla", "carpeta 12/2024")
        site.client.cookies.set("ironriver_session", token)
        site.client.headers["X-CSRF-Token"] = session.csrf
        yield site


def tried(site: Site, way: str, path: str, bounds: settings, mode: GenerationMode) -> Counter[int]:
    """Try a route with cases of the schema (or beside it), and count the statuses."""
    operation = schemathesis.openapi.from_dict(SCHEMA)[path][way]
    statuses: Counter[int] = Counter()

    @bounds
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case: Case) -> None:
        asked = case.as_transport_kwargs(base_url=BASE)
        answer = site.client.request(
            asked["method"],
            asked["url"],
            params=asked.get("params"),
            json=asked.get("json"),
            headers=headers(asked, site),
        )
        statuses[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    one()
    return statuses


def headers(asked: dict[str, Any], site: Site) -> dict[str, bytes]:
    """Give the headers of a case, with the token of the session in place of one made up."""
    held = {
        name: str(value).encode("latin-1", "replace")
        for name, value in (asked.get("headers") or {}).items()
        if name.lower() not in ("x-csrf-token", "cookie", "content-length", "transfer-encoding")
    }
    return held | {"X-CSRF-Token": site.client.headers["X-CSRF-Token"].encode()}


@pytest.mark.parametrize(("way", "path"), ROUTES, ids=lambda each: str(each))
def test_no_question_of_the_schema_meets_a_fault(served: Site, way: str, path: str) -> None:
    statuses = tried(served, way, path, FEW, GenerationMode.POSITIVE)
    assert statuses.total() > 0
    assert 401 not in statuses or path == "/api/v1/session"


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("way", "path"), ROUTES, ids=lambda each: str(each))
def test_many_questions_within_and_beside_the_schema_meet_no_fault(
    served: Site, way: str, path: str, mode: GenerationMode
) -> None:
    if mode is GenerationMode.NEGATIVE and not _has_values(way, path):
        pytest.skip("nothing in this route can be asked for wrongly")
    assert tried(served, way, path, MANY, mode).total() > 0


def _has_values(way: str, path: str) -> bool:
    route = SCHEMA["paths"][path][way.lower()]
    return bool(route.get("parameters") or route.get("requestBody"))
