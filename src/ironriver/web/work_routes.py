"""What an analyst works with: findings, chains, firearms, entities, searches, reviewing, claims."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query

from ironriver.web import models
from ironriver.web.asking import SignedIn
from ironriver.web.table_routes import Id, Limit

MOST_DEPTH = 3

router = APIRouter(tags=["work"])
Words = Annotated[str, Query(max_length=100)]


@router.get("/findings", response_model=models.FindingsTold)
def findings(asking: SignedIn) -> Any:  # noqa: ANN401  typed by the response model
    """Give the findings: what the files say, what speaks against it, and what it rests on."""
    return asking.ask("findings")


@router.get("/networks/{identifier}", response_model=models.Chain)
def network(
    asking: SignedIn,
    identifier: Id,
    limit: Limit = 200,
    least: Annotated[float, Query(ge=0, le=1, description="Members from this probability.")] = 0.0,
) -> Any:  # noqa: ANN401
    """Give a supply chain, its surest members and the links among them."""
    return asking.ask("network", identifier=identifier, limit=limit, least=least)


@router.get("/firearms/{identifier}", response_model=models.Gun)
def firearm(asking: SignedIn, identifier: Id) -> Any:  # noqa: ANN401
    """Give a firearm: its records, what else these may be, its traces with their gaps."""
    return asking.ask("firearm", identifier=identifier)


@router.get("/firearms/{identifier}/neighbours", response_model=models.Neighbours)
def neighbours(
    asking: SignedIn,
    identifier: Id,
    depth: Annotated[int, Query(ge=1, le=MOST_DEPTH, description="Steps along links.")] = 1,
    limit: Limit = 100,
) -> Any:  # noqa: ANN401
    """Give the guns that links lead to from one gun."""
    return asking.ask("neighbours", identifier=identifier, depth=depth, limit=limit)


@router.get("/entities/{identifier:path}", response_model=models.EntityTold)
def entity(asking: SignedIn, identifier: Id) -> Any:  # noqa: ANN401
    """Give a person, licensee or company; names only to whom role and purpose open them."""
    return asking.ask("entity", identifier=identifier)


@router.get("/search/firearms", response_model=models.FirearmsFound)
def search_firearms(
    asking: SignedIn, serial: Words = "", make: Words = "", model: Words = "", limit: Limit = 50
) -> Any:  # noqa: ANN401
    """Find firearms by the beginning of a serial number (with a purpose), by make and by model."""
    return asking.ask("firearm_search", serial=serial, make=make, model=model, limit=limit)


@router.get("/search/serial", response_model=models.FirearmsFound)
def search_serial(
    asking: SignedIn,
    serial: Annotated[str, Query(min_length=1, max_length=100)],
    make: Words = "",
    model: Words = "",
) -> Any:  # noqa: ANN401
    """Ask which firearm a serial number that may hold errors is of, with a probability for each."""
    return asking.ask("serial_search", serial=serial, make=make, model=model)


# The name stands in the body: addresses end up in histories and logs.
@router.post("/search/persons", response_model=models.PersonsFound)
def search_persons(asking: SignedIn, asked: models.PersonAsked) -> Any:  # noqa: ANN401
    """Find who is held under a name like this, and why; needs a working role and a purpose."""
    return asking.ask("person_search", name=asked.name, limit=asked.limit)


@router.get("/review", response_model=models.Waiting)
def review(
    asking: SignedIn,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    about: Annotated[Literal["firearm", "person", "licensee"] | None, Query()] = None,
) -> Any:  # noqa: ANN401
    """Give the matches that wait for a judgement, the most urgent first."""
    return asking.ask("queue", limit=limit, about=about)


@router.get("/judgements", response_model=models.Judged)
def judgements(asking: SignedIn) -> Any:  # noqa: ANN401
    """Give the judgements in force."""
    return asking.ask("judgements")


@router.post("/judgements", status_code=201, response_model=models.JudgementMade)
def judge(asking: SignedIn, asked: models.JudgementAsked) -> Any:  # noqa: ANN401
    """Judge that two are the same, are not, or that nobody can tell; needs a purpose."""
    return asking.ask("judge", **asked.model_dump())


@router.post("/judgements/{number}/undo", response_model=models.JudgementMade)
def undo(asking: SignedIn, number: Annotated[int, Path(ge=0, lt=2**53)]) -> Any:  # noqa: ANN401
    """Undo a judgement; the one whose place it had taken binds again."""
    return asking.ask("undo", number=number)


@router.post("/claims", response_model=models.ClaimTold)
def check_claim(asking: SignedIn, asked: models.ClaimAsked) -> Any:  # noqa: ANN401
    """Hold a claim with a number against records: of which guns, under which assumptions."""
    return asking.ask("claim", text=asked.text)


@router.get("/explain/{identifier:path}", response_model=models.Explained)
def explain(asking: SignedIn, identifier: Id) -> Any:  # noqa: ANN401
    """Tell why a record, firearm, entity, trace, link, network or figure stands as it is."""
    return asking.ask("explain", identifier=identifier)
