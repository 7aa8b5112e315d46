"""Tables, page by page, and single rows: any table by its name, the common ones by their own."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from ironriver.tables import TABLES
from ironriver.web.answers.filters import filterable
from ironriver.web.asking import Route, SignedIn
from ironriver.web.models import ColumnTold, One, Page, Tables, TableTold, row_model

MOST_ROWS = 500
MOST_OFFSET = 1_000_000

Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="Rows on a page.")]
Offset = Annotated[int, Query(ge=0, le=MOST_OFFSET, description="Rows before the page.")]
Filters = Annotated[
    list[Annotated[str, Query(max_length=300)]],
    Query(
        alias="filter",
        max_length=10,
        description="column=value, column>=value, column<=value or column~part; may be repeated.",
    ),
]
Order = Annotated[str, Query(max_length=60, description="column or -column.")]
AsOf = Annotated[dt.date | None, Query(description="As known on this day.")]
Id = Annotated[str, Path(min_length=1, max_length=300)]

router = APIRouter(tags=["tables"])

# Under its own path: what it is called there, and the key by which one row is asked for.
RESOURCES: dict[str, tuple[str, str | None]] = {
    "leads": ("leads", "lead_id"),
    "networks": ("networks", None),
    "network-members": ("network_members", None),
    "links": ("links", "link_id"),
    "routes": ("routes", "route_id"),
    "channels": ("gun_channels", "firearm_id"),
    "firearms": ("firearms", None),
    "traces": ("traces", "trace_id"),
    "readiness": ("readiness", "record_id"),
    "entities": ("entities", None),
    "matches": ("matches", "match_id"),
    "figures": ("figures", "figure_id"),
    "records": ("records", "record_id"),
    "sources": ("sources", "source_id"),
    "quarantine": ("quarantine", None),
    "audit": ("audit", None),
}


@router.get("/tables")
def tables(asking: SignedIn) -> Tables:  # noqa: ARG001  for those signed in
    """List every table, what a row of it is, and its columns."""
    return Tables(
        tables=[
            TableTold(
                name=table.name,
                about=table.about,
                derived=table.derived,
                personal=table.personal,
                columns=[
                    ColumnTold(
                        name=column.name,
                        type=str(column.type),
                        about=column.about,
                        filter=column in filterable(table),
                    )
                    for column in table.columns
                ],
            )
            for table in TABLES.values()
        ]
    )


@router.get("/tables/{name}")
def rows(
    asking: SignedIn,
    name: Annotated[str, Path(max_length=60)],
    filters: Filters = [],  # noqa: B006  read only
    order: Order = "",
    limit: Limit = 50,
    offset: Offset = 0,
    as_of: AsOf = None,
) -> Page[dict[str, Any]]:
    """Give one page of any table, through the release gate."""
    found = asking.ask(
        "rows",
        name=name,
        filters=filters,
        order=order,
        limit=limit,
        offset=offset,
        as_of=as_of,
    )
    return Page[dict[str, Any]](**found)


@router.get("/sources/{identifier}/quarantine")
def quarantine_of(
    asking: SignedIn, identifier: Id, limit: Limit = 50, offset: Offset = 0
) -> Page[dict[str, Any]]:
    """Give the rows of one source that could not be accepted, each with its reason."""
    found = asking.ask(
        "rows",
        name="quarantine",
        filters=[f"source_id={identifier}"],
        limit=limit,
        offset=offset,
    )
    return Page[dict[str, Any]](**found)


def _page_of(table: str) -> Route:
    model = row_model(TABLES[table])

    def page(
        asking: SignedIn,
        filters: Filters = [],  # noqa: B006  read only
        order: Order = "",
        limit: Limit = 50,
        offset: Offset = 0,
        as_of: AsOf = None,
    ) -> Any:  # noqa: ANN401  typed by the response model
        return asking.ask(
            "rows",
            name=table,
            filters=filters,
            order=order,
            limit=limit,
            offset=offset,
            as_of=as_of,
        )

    page.__doc__ = f"Give one page of the table {table}. {TABLES[table].about}"
    page.__annotations__["return"] = Page[model]  # type: ignore[valid-type]  # made from the table
    return page


def _row_of(table: str, key: str) -> Route:
    model = row_model(TABLES[table])

    def row(asking: SignedIn, identifier: Id) -> Any:  # noqa: ANN401  typed by the response model
        return asking.ask("one", name=table, key=key, identifier=identifier)

    row.__doc__ = f"Give one row of the table {table} by its {key}."
    row.__annotations__["return"] = One[model]  # type: ignore[valid-type]  # made from the table
    return row


# Ids of parties hold a slash, and so do ids that are made of them.
for _path, (_table, _key) in RESOURCES.items():
    router.add_api_route(f"/{_path}", _page_of(_table), name=f"list {_path}")
    if _key:
        router.add_api_route(
            f"/{_path}/{{identifier:path}}", _row_of(_table, _key), name=f"one {_path}"
        )
