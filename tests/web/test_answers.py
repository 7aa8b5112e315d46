"""What routes answer: pages with bounds, one error shape, searches, judgements, headers."""

from __future__ import annotations

from typing import Any

import pytest
from web_world import Site, row_mark

from ironriver.governance.roles import Role
from ironriver.tables import TABLES, Handling
from ironriver.web.answers.filters import filterable
from ironriver.web.protection import HEADERS, MOST_BYTES
from ironriver.web.table_routes import RESOURCES
from ironriver.workspace import Entry, Workspace

PURPOSE = "carpeta 12/2024"


@pytest.fixture
def ana(site: Site) -> Site:
    """Give the site with an analyst signed in, whose purpose is stated."""
    site.add("ana", Role.ANALYST)
    return become(site, "ana", PURPOSE)


def become(site: Site, name: str, purpose: str = "") -> Site:
    token, session = site.session(name, purpose)
    site.client.cookies.set("ironriver_session", token)
    site.client.headers["X-CSRF-Token"] = session.csrf
    return site


def get(site: Site, path: str, status: int = 200) -> dict[str, Any]:
    answer = site.client.get(f"/api/v1{path}")
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def error(site: Site, path: str, status: int) -> dict[str, Any]:
    found = get(site, path, status)
    assert list(found) == ["error"]
    assert set(found["error"]) == {"code", "message", "where", "what_exists", "what_to_do"}
    told: dict[str, Any] = found["error"]
    return told


def entries(site: Site) -> list[Entry]:
    with Workspace.open(site.path) as workspace:
        return list(workspace.entries())


@pytest.mark.parametrize("path", ["/health", "/leads", "/nothing", "/docs", "/tables/records"])
def test_every_answer_bears_the_headers_that_bind_a_browser(ana: Site, path: str) -> None:
    answer = ana.client.get(f"/api/v1{path}")
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_name_that_is_not_ours_is_not_answered(ana: Site) -> None:
    answer = ana.client.get("/api/v1/leads", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "127.0.0.1" in answer.json()["error"]["what_exists"]


def test_pages_hold_together_and_end(ana: Site) -> None:
    whole = get(ana, "/records?limit=500")
    rows = []
    for offset in range(0, 20, 3):
        page = get(ana, f"/records?limit=3&offset={offset}")
        assert page["total"] == whole["total"] == 8
        rows += page["rows"]
    assert rows == whole["rows"]


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "offset=-1", "limit=x", "as_of=x"])
def test_bounds_are_held(ana: Site, query: str) -> None:
    told = error(ana, f"/records?{query}", 422)
    assert told["code"] == "invalid"
    assert query.split("=")[0] in told["where"]


def test_what_is_withheld_is_counted_of_the_table_and_never_of_a_filter(ana: Site) -> None:
    whole = get(ana, "/records")["withheld"]
    assert [(each["code"], each["rows"]) for each in whole] == [("trace_restricted", 2)]
    none = get(ana, "/records?filter=make=NOBODY")
    some = get(ana, "/records?filter=make=COLT")
    assert none["withheld"] == some["withheld"] == whole
    assert (none["total"], some["total"]) == (0, 8)


def test_filters_are_a_closed_list_of_bound_values(ana: Site) -> None:
    page = get(ana, "/firearms?filter=make=COLT&filter=probability>=0.5&order=-probability&limit=2")
    assert page["total"] == 8
    assert get(ana, "/firearms?filter=make=x' OR '1'='1")["total"] == 0
    for query, where in (
        ("filter=serial=SYN0001", "filter"),
        ("filter=nothing=1", "filter"),
        ("filter=probability>=x", "filter"),
        ("filter=make", "filter"),
        ("order=serial", "filter"),
    ):
        told = error(ana, f"/firearms?{query}", 400)
        assert told["where"] == where


def test_no_filter_reaches_personal_fields_or_purchasers_or_serials() -> None:
    reached = {column.name for table in TABLES.values() for column in filterable(table)}
    never = {"name_", "serial", "serial_raw", "purchaser_entity_id", "notes", "authority", "why"}
    assert not reached & never
    for name in ("parties", "raw_rows", "judgements"):
        allowed = {column.name for column in filterable(TABLES[name])}
        assert allowed <= {"record_id", "party_id", "source_id", "row_number", "sequence", "role"}


def test_a_table_that_was_not_derived_for_a_day_is_no_empty_table(ana: Site) -> None:
    assert error(ana, "/leads?as_of=2010-06-01", 404)["code"] == "not_found"


def test_errors_are_told_in_spanish_where_that_is_asked_for(ana: Site) -> None:
    english = error(ana, "/tables/nothing", 400)
    spanish = error(ana, "/tables/nothing?lang=es", 400)
    assert "tables are" in english["message"]
    assert "tablas" in spanish["message"]
    assert english["what_exists"] == spanish["what_exists"] == sorted(TABLES)


def test_an_id_that_names_nothing_is_not_found(ana: Site) -> None:
    for path in ("leads", "networks", "firearms", "entities", "explain", "traces"):
        assert error(ana, f"/{path}/per-nothing", 404)["code"] == "not_found"
    assert error(ana, "/nowhere", 404)["code"] == "not_found"


def test_every_view_is_a_line_that_names_who_and_why(ana: Site) -> None:
    identifier = ana.objects[0].ids["firearm"]
    get(ana, f"/firearms/{identifier}")
    line = next(each for each in reversed(entries(ana)) if each.object == identifier)
    assert (line.actor, line.role, line.purpose) == ("ana", "analyst", PURPOSE)


def test_where_the_journal_cannot_be_written_nothing_is_read(
    ana: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ironriver.workspace.disk.Disk.append_to", full)
    for path in ("/leads", f"/firearms/{ana.objects[0].ids['firearm']}", "/review", "/progress"):
        answer = ana.client.get(f"/api/v1{path}")
        assert answer.status_code >= 400, path
        assert "COLT" not in answer.text


def test_text_that_would_run_as_html_comes_as_json_only(ana: Site) -> None:
    hostile = row_mark(Handling.SYNTHETIC)
    for path in ("/firearms", "/tables/parties", f"/firearms/{ana.objects[0].ids['firearm']}"):
        answer = ana.client.get(f"/api/v1{path}", headers={"Accept": "text/html"})
        assert "alert(" in answer.text
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert get(ana, "/firearms?filter=handling=SYNTHETIC")["rows"][0]["model"] == hostile


def test_the_list_of_routes_is_made_here_and_runs_nothing(ana: Site) -> None:
    answer = ana.client.get("/api/v1/docs")
    assert answer.headers["content-type"].startswith("text/html")
    assert "/api/v1/leads" in answer.text
    for word in ("<script", "style=", "http://", "https://", "//cdn"):
        assert word not in answer.text


def test_a_serial_is_searched_for_with_a_purpose_and_entered(ana: Site) -> None:
    found = get(ana, "/search/firearms?serial=syn0001")
    assert {row["serial"] for row in found["rows"]} == {"SYN0001"}
    assert len(found["rows"]) == 8
    assert any(each.action == "query" for each in entries(ana))
    become(ana, "ana")
    told = error(ana, "/search/firearms?serial=SYN0001", 403)
    assert told["code"] == "refused"
    assert error(ana, "/search/firearms?serial=S", 400)
    assert error(ana, "/search/firearms", 400)


def test_a_person_is_searched_for_by_name_in_a_body_with_role_and_purpose(ana: Site) -> None:
    asked = {"name": "Alert Name"}
    assert ana.client.post("/api/v1/search/persons", json=asked).status_code == 200
    become(ana, "ana")
    refused = ana.client.post("/api/v1/search/persons", json=asked)
    assert refused.json()["error"]["code"] == "no_finding_purpose"
    ana.add("rita", Role.READER)
    become(ana, "rita", PURPOSE)
    refused = ana.client.post("/api/v1/search/persons", json=asked)
    assert refused.json()["error"]["code"] == "no_finding"


def test_judging_and_undoing_leave_the_queue_as_it_was(ana: Site) -> None:
    before = get(ana, "/review")
    item = before["items"][0]
    asked = {
        "left_id": item["left"]["identifier"],
        "right_id": item["right"]["identifier"],
        "verdict": "different",
        "why": "the photographs differ",
    }
    made = ana.client.post("/api/v1/judgements", json=asked)
    assert made.status_code == 201, made.text
    assert get(ana, "/review")["waiting"] == before["waiting"] - 1
    number = made.json()["number"]
    assert [each["sequence"] for each in get(ana, "/judgements")["judgements"]] == [number]
    undone = ana.client.post(f"/api/v1/judgements/{number}/undo")
    assert (undone.status_code, undone.json()["binds"]) == (200, False)
    assert get(ana, "/review")["waiting"] == before["waiting"]
    again = ana.client.post(f"/api/v1/judgements/{number}/undo")
    assert again.status_code == 400


def test_a_judgement_without_purpose_role_or_objects_is_refused(ana: Site) -> None:
    first, second = ana.objects[0].records
    asked = {"left_id": first, "right_id": second, "verdict": "same", "why": "looked"}

    def judge(changed: dict[str, str]) -> int:
        return ana.client.post("/api/v1/judgements", json=asked | changed).status_code

    assert judge({"right_id": "nothing"}) == 409
    assert judge({"verdict": "perhaps"}) == 422
    assert judge({"unknown": "x"}) == 422
    become(ana, "ana")
    assert judge({}) == 403
    ana.add("otto", Role.OVERSIGHT)
    become(ana, "otto", PURPOSE)
    assert judge({}) == 403
    assert not any(each.action == "judge" for each in entries(ana))


def test_a_claim_is_held_against_counts(ana: Site) -> None:
    asked = {"text": "70 percent of guns traced in 2009-2014 come from the US"}
    told = ana.client.post("/api/v1/claims", json=asked)
    assert told.status_code == 200
    assert told.json()["answer"]["topic"] == "origin_share"


def test_the_audit_is_for_those_who_watch(ana: Site) -> None:
    assert error(ana, "/audit", 403)["code"] == "no_audit"
    ana.add("otto", Role.OVERSIGHT)
    become(ana, "otto")
    rows = get(ana, "/audit?limit=5")["rows"]
    assert [row["sequence"] for row in rows] == sorted((r["sequence"] for r in rows), reverse=True)


def test_neighbours_are_bounded_in_depth_and_rows(ana: Site) -> None:
    gun = ana.objects[0].ids["firearm"]
    found = get(ana, f"/firearms/{gun}/neighbours?depth=3&limit=10")
    assert [each["steps"] for each in found["firearms"]] == [0, 1]
    assert len(found["links"]) == 1
    assert error(ana, f"/firearms/{gun}/neighbours?depth=4", 422)["code"] == "invalid"


def test_a_network_comes_with_its_members_and_the_links_among_them(ana: Site) -> None:
    found = get(ana, f"/networks/{ana.objects[0].ids['network']}")
    guns = {each["member_id"] for each in found["members"]}
    assert len(guns) == 2
    assert all({each["left_id"], each["right_id"]} <= guns for each in found["links"])


@pytest.mark.parametrize("resource", sorted(RESOURCES))
def test_every_listed_table_has_its_page(ana: Site, resource: str) -> None:
    ana.add("carla", Role.CUSTODIAN)
    become(ana, "carla", PURPOSE)
    page = get(ana, f"/{resource}?limit=1")
    contract = TABLES[RESOURCES[resource][0]]
    assert [list(row) for row in page["rows"]] == [list(contract.names)]


def test_a_body_that_is_too_long_or_of_unknown_length_is_not_read(ana: Site) -> None:
    long = ana.client.post("/api/v1/claims", content=b"x" * (MOST_BYTES + 1))
    assert "bytes" in long.json()["error"]["message"]
    parts = ana.client.post("/api/v1/claims", content=iter([b"{}"]))
    assert (long.status_code, parts.status_code) == (400, 400)


def test_progress_tells_of_the_newest_step_and_of_those_that_follow(ana: Site) -> None:
    answer = ana.client.get("/api/v1/progress?seconds=0")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert '"writing": false' in answer.text.replace('"writing":false', '"writing": false')
    assert answer.text.count("event: step") == 1
    since = ana.client.get("/api/v1/progress?seconds=0", headers={"Last-Event-ID": "1"})
    assert since.text.count("event: step") == len(ana.objects)


def test_a_page_stays_as_it_was_until_the_writer_has_ended(ana: Site) -> None:
    before = get(ana, "/leads")
    with Workspace.open(ana.path, write=True) as workspace:
        workspace.commit_derived("testing", "1" * 64, (), "somebody", "custodian")
        during = get(ana, "/leads")
        assert (during["rows"], during["snapshot"]) == (before["rows"], before["snapshot"])
        assert '"writing":true' in ana.client.get("/api/v1/progress?seconds=0").text.replace(
            " ", ""
        )
    after = get(ana, "/leads")
    assert after["rows"] == []
    assert after["snapshot"] > before["snapshot"]
