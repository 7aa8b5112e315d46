"""Files for other programs pass the same gate: no name, no restricted row, each file entered."""

from __future__ import annotations

import io
import json
from zipfile import ZipFile, is_zipfile

import pyarrow as pa
import pytest
from guarded import AUTHORITY, CANARIES, EXPIRED, NOTED, RESTRICTED, Guarded

from ironriver import engine
from ironriver.errors import RefusedError
from ironriver.governance.release import Access, WithheldError
from ironriver.governance.roles import Role
from ironriver.reports import exchange_formats
from ironriver.reports.exchange_formats import NAMES, scope, write_as
from ironriver.reports.exchange_formats.gathering import gather
from ironriver.reports.exchange_formats.veil import Veil
from ironriver.tables import ENTITIES, LINKS, NETWORK_MEMBERS

PURPOSE = "case 12"


def text_of(content: bytes) -> str:
    """Give all text of a file, that of packed ones too."""
    if not is_zipfile(io.BytesIO(content)):
        return content.decode()
    with ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def given(guarded: Guarded, form: str, access: Access, *, names: bool = False) -> str:
    out = io.BytesIO()
    write_as(guarded.workspace, form, out, access, with_names=names)
    return text_of(out.getvalue())


@pytest.mark.parametrize("form", NAMES)
def test_no_name_stands_in_a_file_unless_it_was_asked_for(form: str, guarded: Guarded) -> None:
    text = given(guarded, form, guarded.as_role(Role.ANALYST, PURPOSE))
    # The workbook names the file of a source, as the table `sources` does to the same role.
    allowed = {"yoremexico"} if form == "xlsx" else set()
    assert {name for name in CANARIES if name in text} == allowed
    assert "gun-" in text


@pytest.mark.parametrize("form", NAMES)
def test_no_role_gets_a_restricted_row(form: str, guarded: Guarded) -> None:
    text = given(guarded, form, guarded.as_role(Role.CUSTODIAN, PURPOSE), names=True)
    assert RESTRICTED not in text
    assert "TRC1" not in text  # a serial number that only trace results hold
    assert "REQ1" not in text
    assert EXPIRED not in text
    assert AUTHORITY not in text
    assert NOTED not in text


@pytest.mark.parametrize("form", NAMES)
@pytest.mark.parametrize("role", [Role.READER, Role.OVERSIGHT])
def test_those_who_may_have_no_rows_are_refused_and_get_no_byte(
    form: str, role: Role, guarded: Guarded
) -> None:
    out = io.BytesIO()
    with pytest.raises(WithheldError):
        write_as(guarded.workspace, form, out, guarded.as_role(role, PURPOSE))
    assert out.getvalue() == b""


@pytest.mark.parametrize("form", NAMES)
def test_without_a_purpose_nothing_leaves(form: str, guarded: Guarded) -> None:
    with pytest.raises(WithheldError) as refused:
        write_as(guarded.workspace, form, io.BytesIO(), guarded.as_role(Role.ANALYST))
    assert "no_purpose" in refused.value.codes


def test_nothing_leaves_where_the_journal_cannot_be_written(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = guarded.as_role(Role.ANALYST, PURPOSE)

    def full(*_words: object) -> int:
        raise RefusedError("the disk is full")

    monkeypatch.setattr(type(guarded.workspace), "append", full)
    for form in NAMES:
        out = io.BytesIO()
        with pytest.raises(RefusedError, match="the disk is full"):
            write_as(guarded.workspace, form, out, access)
        assert out.getvalue() == b""


def test_what_was_withheld_is_told_with_its_reason(guarded: Guarded) -> None:
    access = guarded.as_role(Role.ANALYST, PURPOSE)
    done = write_as(guarded.workspace, "graphml", io.BytesIO(), access)
    lines = [line for each in done for line in each.lines()]
    assert any("firearms were withheld" in line and "trace database" in line for line in lines)
    assert sum(each.table.num_rows for each in done) > 0


def test_a_person_goes_in_only_as_a_member_of_a_network(guarded: Guarded) -> None:
    access = guarded.as_role(Role.CUSTODIAN, PURPOSE)
    findings = gather(guarded.workspace, scope.READS, "graphml", access)
    with engine.connect(guarded.workspace, ("entities", "network_members")) as connection:
        people = engine.query(connection, "FROM entities WHERE kind = 'person'")
        members = engine.query(connection, "FROM network_members")["member_id"].to_pylist()
    outside = set(people["entity_id"].to_pylist()) - set(members)
    assert outside
    assert not outside & findings.ids("entities", "entity_id")


def test_small_counts_of_counties_are_withheld(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = pa.table({"source": ["US-04019", "US-04013", "US-48"], "firearms": [40, 4, 30]})
    monkeypatch.setattr(
        exchange_formats.counties, "_COUNTS", "SELECT * FROM counted ORDER BY source"
    )

    def connect(*words: object) -> object:
        import duckdb

        connection = duckdb.connect()
        connection.register("counted", rows)
        connection.execute("CREATE TABLE routes AS SELECT 'LAW_ENFORCEMENT' AS handling")
        return connection

    monkeypatch.setattr(exchange_formats.counties.engine, "connect", connect)
    done = exchange_formats.gather_counties(
        guarded.workspace, guarded.as_role(Role.OVERSIGHT), None
    )
    shown = {row["source"]: row["firearms"] for row in done.table.to_pylist()}
    assert shown["US-04013"] is None
    assert list(shown.values()).count(None) > 1  # and its cover


OF_TWO, OF_ONE = "per-a-1/purchaser", "per-b-1/purchaser"
VEIL = Veil({OF_TWO: "per-c-1/purchaser", OF_ONE: None}, frozenset({"a-1", "b-1"}))


def rows(table: object, *made: dict[str, object]) -> pa.Table:
    names = table.names  # type: ignore[attr-defined]
    schema = table.schema  # type: ignore[attr-defined]
    return pa.Table.from_pylist([dict.fromkeys(names) | each for each in made], schema)


@pytest.mark.parametrize(
    ("name", "table", "own"),
    [("entities", ENTITIES, "entity_id"), ("network_members", NETWORK_MEMBERS, "member_id")],
)
def test_an_expired_purchaser_is_no_node_and_whom_he_was_taken_for_has_another_id(
    name: str, table: object, own: str
) -> None:
    told = {"record_ids": '["a-1", "c-1"]', "reasons": f'[{{"party_id": "{OF_TWO}"}}]'}
    made = rows(table, {own: OF_TWO, **told}, {own: OF_ONE, **told}, {own: "gun-z-1", **told})
    first, second = VEIL.over(name, made).to_pylist()
    assert (first[own], json.loads(first["record_ids"])) == ("per-c-1/purchaser", ["c-1"])
    assert OF_TWO not in first["reasons"]
    assert (second[own], json.loads(second["record_ids"])) == ("gun-z-1", ["a-1", "c-1"])


def test_reasons_of_links_name_no_expired_purchaser() -> None:
    made = rows(LINKS, {"reasons": f'[{{"entity_id": "{OF_ONE}"}}, {{"entity_id": "lic-d-1/x"}}]'})
    (row,) = VEIL.over("links", made).to_pylist()
    assert row["reasons"] == '[{"entity_id": "(expired)"}, {"entity_id": "lic-d-1/x"}]'


def test_no_format_is_made_of_a_table_of_names() -> None:
    assert set(scope.READS) >= {
        each for tables in exchange_formats.TABLES.values() for each in tables
    }
    assert "parties" not in scope.READS
    assert "raw_rows" not in scope.READS
