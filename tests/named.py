"""A workspace with invented people in it, for searching by name and for what is said of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from desk import Desk
from ironriver import pipeline
from ironriver.governance.release import Access
from ironriver.governance.roles import account
from ironriver.workspace import Workspace

SALES = (
    "Report Number,Date of Sale,FFL Number,Licensee Name,FFL City,FFL State,Firearm Type,"
    "Manufacturer,Serial Number,Purchaser Name,Purchaser DOB,Purchaser Address,Purchaser City,"
    "Purchaser State,Purchaser ZIP,Remarks"
)
RESULTS = (
    "Trace Number,Completion Date,Recovery Date,Recovery State,Recovery Country,Manufacturer,"
    "Serial Number,Trace Result,Dealer Name,Dealer State,Purchaser Name,Possessor Name"
)
TODAY = dt.datetime.now(dt.UTC).astimezone().date()
RECENT, OLD = TODAY - dt.timedelta(days=200), TODAY - dt.timedelta(days=1200)


def sale(number: int, name: str, born: str, street: str, day: dt.date = RECENT) -> str:
    """Give one row of a multiple-sale report; its serial is SYN and the number."""
    return (
        f"MS-{number},{day:%m/%d/%Y},5-74-201-01-4A-12345,FOXGLOVE ARMS LLC,HOUSTON,TX,PISTOL,"
        f'GLOCK,SYN{number:05d},"{name}",{born},{street},LAREDO,TX,78040,'
    )


def result(number: int, purchaser: str, possessor: str) -> str:
    """Give one answer to a trace request."""
    return (
        f"T{number},{RECENT:%m/%d/%Y},{OLD:%m/%d/%Y},Sonora,MEXICO,GLOCK,TRC{number},"
        f'TRACED TO PURCHASER,FOXGLOVE ARMS LLC,TX,"{purchaser}","{possessor}"'
    )


def put(desk: Desk, name: str, headings: str, *rows: str, **declared: object) -> None:
    """Lay a file into the inbox and declare it."""
    desk.put(name, "\n".join([headings, *rows]) + "\n")
    said = {"nexus": "multiple_sale_report", "handling": "SYNTHETIC", "known_from": RECENT}
    desk.declare(files=name, **said | declared)


PEOPLE = (
    sale(1, "GARZA TREVIÑO, ANA", "03/05/1980", "1412 TEMPLATE AVE"),
    sale(2, "Ana Garza", "03/05/1980", "1412 TEMPLATE AVE"),
    sale(3, "TREVIÑO GARZA, ANITA", "11/30/1955", "9 SAMPLE ST"),
    sale(4, "DE LA CRUZ, FRANCISCO", "08/24/1971", "77 FABLE LN"),
    sale(5, "OKONKWO, LUIS", "01/02/1999", "3 DRAFT CT"),
    sale(6, "GARZA TREVIÑO, LUIS", "01/09/2001", "1412 TEMPLATE AVE"),
)


def named(folder: Path, handling: str = "SYNTHETIC") -> Path:
    """Read invented people in `folder`, judge who is whom, and give the workspace."""
    (folder / "inbox").mkdir(parents=True)
    path = folder / "ws"
    with Workspace.create(path, account()) as workspace:
        desk = Desk(folder / "inbox", workspace, Access.current(workspace, "testing"))
        put(desk, "sales.csv", SALES, *PEOPLE, handling=handling)
        old = sale(7, "QUACKENBUSH, ZOE", "05/05/1975", "5 LEGEND WAY", OLD)
        put(desk, "old_sales.csv", SALES, old, handling="LAW_ENFORCEMENT", known_from=OLD)
        traced = (
            result(1, "QUIXANO, ALONSO", "PANZA, SANCHO"),
            result(2, "OKONKWO, LUIS", "PANZA, SANCHO"),
        )
        put(desk, "results.csv", RESULTS, *traced, nexus="trace", handling="TRACE_RESTRICTED")
        judge_again(desk)
        workspace.seal()
    return path


def judge_again(desk: Desk) -> None:
    """Read what was laid into the inbox, and judge who is whom."""
    skipped = desk.read(TODAY).skipped
    assert not skipped, [each.reason.text() for each in skipped]
    pipeline.run_stage(desk.workspace, pipeline.stage("entities"), desk.access)
