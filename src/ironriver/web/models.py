"""What goes over the wire, typed; rows are typed by the one schema of tables."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Generic, Literal, TypeVar

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, create_model

from ironriver.tables import Table
from ironriver.web.answers.pages import is_json

Row = TypeVar("Row")
Word = Annotated[str, Field(max_length=200)]
Identifier = Annotated[str, Field(min_length=1, max_length=300)]


class Strict(BaseModel):
    """What is sent to us: nothing that is not known."""

    model_config = ConfigDict(extra="forbid")


class ErrorTold(BaseModel):
    """What is wrong, where, what exists, and what to do."""

    code: str
    message: str
    where: str
    what_exists: list[str]
    what_to_do: str


class ErrorAnswer(BaseModel):
    """The one shape of every error."""

    error: ErrorTold


class SignIn(Strict):
    """Name, password and the six digits of the second factor."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    password: Annotated[str, Field(min_length=1, max_length=1_024)]
    code: Annotated[str, Field(pattern="^[0-9]{6}$")]


class PurposeStated(Strict):
    """What one works on: why, and the case where there is one."""

    purpose: Annotated[str, Field(max_length=500)]
    case: Annotated[str, Field(max_length=100)] = ""


class SessionTold(BaseModel):
    """Who is signed in; `csrf` goes into the header X-CSRF-Token of every change."""

    actor: str
    role: str
    purpose: str
    case: str
    csrf: str
    idle_seconds: int


class Withheld(BaseModel):
    """How many rows the release gate keeps back, and why."""

    code: str
    reason: str
    rows: int


class Page(BaseModel, Generic[Row]):
    """One page of a table; `total` counts the rows that were found and may leave."""

    table: str
    rows: list[Row]
    total: int
    limit: int
    offset: int
    withheld: list[Withheld]
    snapshot: int


class One(BaseModel, Generic[Row]):
    """One row."""

    row: Row
    snapshot: int


class ColumnTold(BaseModel):
    """One column of a table."""

    name: str
    type: str
    about: str
    filter: bool


class TableTold(BaseModel):
    """One table: what a row is, and its columns."""

    name: str
    about: str
    derived: bool
    personal: bool
    columns: list[ColumnTold]


class Tables(BaseModel):
    """Every table there is."""

    tables: list[TableTold]


class Parts(BaseModel):
    """An answer of several parts, each of them rows that passed the gate."""

    model_config = ConfigDict(extra="allow")
    snapshot: int


class Chain(Parts):
    """A supply chain with its surest members and the links among them."""

    network: dict[str, Any]
    members: list[dict[str, Any]]
    links: list[dict[str, Any]]
    more: bool
    withheld: list[Withheld]


class Neighbours(Parts):
    """The guns that links lead to from one, with the number of steps, and these links."""

    firearms: list[dict[str, Any]]
    links: list[dict[str, Any]]
    more: bool
    withheld: list[Withheld]


class Gun(Parts):
    """A firearm, its records, what else these may be, and its traces."""

    asked: str
    firearm: dict[str, Any]
    members: list[dict[str, Any]]
    rivals: list[dict[str, Any]]
    records: list[dict[str, Any]]
    trace_results: list[dict[str, Any]]
    traces: list[dict[str, Any]]
    readiness: list[dict[str, Any]]
    lines: list[str]
    withheld: list[Withheld]


class EntityTold(Parts):
    """A person, licensee or company under its pseudonym; names as far as they may be seen."""

    asked: str
    entity: dict[str, Any]
    members: list[dict[str, Any]]
    rivals: list[dict[str, Any]]
    related: list[dict[str, Any]]
    names: dict[str, str]
    left_out: bool
    withheld: list[Withheld]
    lines: list[str]


class PersonAsked(Strict):
    """A person's name, in any order of its parts."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    limit: Annotated[int, Field(ge=1, le=50)] = 10


class PersonsFound(Parts):
    """Who is held under a name like it, and why; no firearm is told of."""

    persons: list[dict[str, Any]]
    near: int
    not_searched: list[Withheld]
    lines: list[str]


class FirearmsFound(Parts):
    """Firearms that a search found."""

    table: str
    rows: list[dict[str, Any]]
    more: bool
    withheld: list[Withheld]


class Waiting(Parts):
    """The matches that wait for a judgement, the most urgent first."""

    waiting: int
    may_judge: bool
    items: list[dict[str, Any]]
    withheld: list[Withheld]


class Judged(Parts):
    """The judgements in force."""

    judgements: list[dict[str, Any]]
    withheld: list[Withheld]


class JudgementAsked(Strict):
    """That two ids are the same, are not, or that nobody can tell; always with the reason."""

    left_id: Identifier
    right_id: Identifier
    verdict: Literal["same", "different", "unsure"]
    why: Annotated[str, Field(min_length=1, max_length=2_000)]
    about: Literal["firearm", "person", "licensee"] | None = None


class JudgementMade(Parts):
    """A judgement as it was entered or undone, and what became of others."""

    number: int
    about: str
    left_id: str
    right_id: str
    verdict: str
    binds: bool
    changed: list[dict[str, Any]]


class ClaimAsked(Strict):
    """A claim with a number, in English or Spanish."""

    text: Annotated[str, Field(min_length=1, max_length=500)]


class ClaimTold(Parts):
    """Whether it is true, of which guns, and under which assumptions."""

    answer: dict[str, Any]
    text: str


class FindingsTold(Parts):
    """The findings page in words and tables."""

    as_of: str
    generated_at: str
    synthetic: bool
    handlings: list[str]
    sections: list[dict[str, Any]]


class Explained(Parts):
    """Why something stands as it does."""

    explanation: dict[str, Any]
    lines: list[str]


class Health(BaseModel):
    """That the server answers."""

    status: Literal["ok"]


_TYPES: dict[pa.DataType, Any] = {
    pa.string(): str,
    pa.int64(): int,
    pa.float64(): float,
    pa.date32(): dt.date,
    pa.bool_(): bool,
}


def row_model(table: Table) -> type[BaseModel]:
    """Make the model of a table's rows from its schema.

    >>> from ironriver.tables import LEADS
    >>> list(row_model(LEADS).model_fields)[:2]
    ['rank', 'lead_id']
    """
    fields: dict[str, Any] = {
        column.name: (
            Any if is_json(table, column.name) else _TYPES[column.type] | None,
            Field(default=None, description=column.about),
        )
        for column in table.columns
    }
    name = "".join(part.capitalize() for part in table.name.split("_"))
    return create_model(f"{name}Row", __doc__=table.about, **fields)
