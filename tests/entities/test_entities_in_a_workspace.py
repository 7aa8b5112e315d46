"""Judgements in a real workspace: a split, a merge and an undo survive a run with new files."""

from __future__ import annotations

import dataclasses
import datetime as dt

from desk import Desk
from ironriver import engine, entities
from ironriver.governance.judge import Proposal, judge, undo
from ironriver.governance.standing import Verdict

HEADINGS = (
    "Form,Report Number,Date of Sale,FFL Number,Licensee Name,FFL City,FFL State,Firearm Type,"
    "Manufacturer,Importer,Model,Caliber,Serial Number,Purchaser Name,Purchaser DOB,"
    "Purchaser Address,Purchaser City,Purchaser State,Purchaser ZIP,Purchaser Phone,"
    "Purchaser ID Number"
)
GUN = "PISTOL,GLOCK,,19,9MM"


def sale(number: int, name: str, born: str, address: str) -> str:
    return (
        f"3310.4,MS-2024-{number:09d},03/0{number % 9 + 1}/2024,5-74-201-01-4A-12345,"
        f'FOXGLOVE ARMS LLC,HOUSTON,TX,{GUN},SYN{number:05d},"{name}",{born},{address},LAREDO,TX,'
        "78040,,"
    )


def put(desk: Desk, name: str, *rows: str) -> None:
    desk.put(name, "\n".join([HEADINGS, *rows]) + "\n")
    desk.declare(files=name, agency="Synthetic", nexus="multiple_sale_report",
                 handling="SYNTHETIC", known_from=dt.date(2024, 5, 1))  # fmt: skip
    desk.read()


def members(desk: Desk) -> dict[str, str]:
    """Give the entity of each purchaser, by the name as written."""
    with engine.connect(desk.workspace, entities.READS) as connection:
        made = entities.resolve_entities(connection)
        connection.register("found", made["entity_members"])
        rows = engine.query(
            connection,
            "SELECT name, string_agg(DISTINCT entity_id, ' ' ORDER BY entity_id) AS entity "
            "FROM found JOIN parties USING (party_id) WHERE role = 'purchaser' GROUP BY name",
        ).to_pylist()
    return {row["name"]: row["entity"] for row in rows}


def parties(desk: Desk) -> dict[str, str]:
    rows = desk.rows("SELECT name, min(party_id) AS id FROM parties WHERE role = 'purchaser' "
                     "GROUP BY name")  # fmt: skip
    return {row["name"]: row["id"] for row in rows}


def test_a_split_a_merge_and_an_undo_survive_a_run_with_new_files(desk: Desk) -> None:
    access = dataclasses.replace(desk.access, purpose="invented case 1")
    put(desk, "multiple_a.csv",
        sale(1, "COLE, ANN", "03/05/1980", "80 MOCK RD"),
        sale(2, "COLE, ANNE", "03/05/1980", "80 MOCK RD"),
        sale(3, "GARZA, LUIS", "08/24/1971", "9 SAMPLE ST"),
        sale(4, "GARZA PENA, LUIS ALBERTO", "01/02/1999", "77 FABLE LN"))  # fmt: skip
    before = members(desk)
    ids = parties(desk)
    assert before["COLE, ANN"] == before["COLE, ANNE"]
    assert before["GARZA, LUIS"] != before["GARZA PENA, LUIS ALBERTO"]

    def say(left: str, right: str, verdict: Verdict) -> int:
        with engine.connect(desk.workspace) as connection:
            proposal = Proposal(ids[left], ids[right], verdict, "invented")
            return judge(connection, access, proposal).sequence

    split = say("COLE, ANN", "COLE, ANNE", Verdict.DIFFERENT)
    say("GARZA, LUIS", "GARZA PENA, LUIS ALBERTO", Verdict.SAME)
    judged = members(desk)
    assert judged["COLE, ANN"] != judged["COLE, ANNE"]
    assert judged["GARZA, LUIS"] == judged["GARZA PENA, LUIS ALBERTO"]

    put(desk, "multiple_b.csv", sale(5, "RUIZ, EVA", "11/30/1990", "3 DRAFT CT"),
        sale(6, "RUIZ, EVA M", "11/30/1990", "3 DRAFT CT"))  # fmt: skip
    later = members(desk)
    assert later["COLE, ANN"] != later["COLE, ANNE"]
    assert later["GARZA, LUIS"] == later["GARZA PENA, LUIS ALBERTO"]
    assert later["RUIZ, EVA"] == later["RUIZ, EVA M"]

    undo(access, split)
    put(desk, "multiple_c.csv", sale(7, "SOLIS, OMAR", "06/06/1966", "1 LEGEND WAY"))
    undone = members(desk)
    assert undone["COLE, ANN"] == undone["COLE, ANNE"]
    assert undone["GARZA, LUIS"] == undone["GARZA PENA, LUIS ALBERTO"]
