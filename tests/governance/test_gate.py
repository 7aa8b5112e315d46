"""What leaves as rows leaves through the gate, and the journal knows first."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest
from governance_journals import FullDisk, MemoryJournal, founded

from ironriver.errors import IronRiverError, RefusedError
from ironriver.governance.release import Access, WithheldError, release_rows
from ironriver.governance.retention import Expired
from ironriver.governance.roles import Role, account, grant
from ironriver.tables import (
    AUDIT,
    FIGURES,
    PARTIES,
    QUARANTINE,
    RAW_ROWS,
    RECORDS,
    SOURCES,
    TABLES,
    Handling,
    Table,
)

PURPOSE = "carpeta FED/12/2024"
CANARY = "XIMENA QUETZALLI"
HANDLING = {f"source-{each}": each for each in Handling}
NOBODY = Expired()


def access(role: Role, purpose: str = "", journal: MemoryJournal | None = None) -> Access:
    return Access("ana", role, purpose, founded() if journal is None else journal)


def rows_of(table: Table, handlings: list[Handling], **values: object) -> pa.Table:
    """Make one row for each handling: every text is the canary unless `values` says else."""
    made = []
    for number, handling in enumerate(handlings):
        row: dict[str, Any] = {
            column.name: CANARY if column.type == pa.string() else None for column in table.columns
        }
        row |= {"source_id": f"source-{handling}", "row_number": number, "handling": str(handling)}
        made.append({name: row[name] for name in table.names} | values)
    return pa.Table.from_pylist(made, schema=table.schema)


def released(table: Table, handling: Handling, who: Access) -> str:
    """Give as text whatever comes out of the gate, refusals and journal among it."""
    rows = rows_of(table, [handling])
    try:
        release = release_rows(rows, table, HANDLING, who, expired=NOBODY)
    except RefusedError as error:
        return error.text("en") + error.text("es")
    return json.dumps(release.table.to_pylist(), default=str) + "".join(release.lines("es"))


@pytest.mark.parametrize("table", [PARTIES, RAW_ROWS], ids=lambda table: table.name)
@pytest.mark.parametrize("handling", list(Handling))
@pytest.mark.parametrize("role", list(Role))
def test_a_name_leaves_only_for_those_who_may_see_it(
    role: Role, handling: Handling, table: Table
) -> None:
    works = role in {"custodian", "analyst", "supervisor"}
    for purpose in ("", "  ", PURPOSE):
        free = handling in {"PUBLIC", "SYNTHETIC"}
        with_purpose = handling in {"PERSONAL", "LAW_ENFORCEMENT"} and purpose == PURPOSE
        who = access(role, purpose)
        seen = CANARY in released(table, handling, who)
        assert seen is (works and (free or with_purpose)), purpose
        assert CANARY not in str(list(who.journal.entries()))


@pytest.mark.parametrize("column", ["notes", "authority"])
def test_text_as_received_goes_only_to_those_who_may_see_names(column: str) -> None:
    rows = rows_of(RECORDS, [Handling.PUBLIC])
    for role in Role:
        given = release_rows(rows, RECORDS, HANDLING, access(role), expired=NOBODY).table
        works = role in {"custodian", "analyst", "supervisor"}
        assert given[column].to_pylist() == [CANARY if works else None]
        assert given["serial"].to_pylist() == [CANARY]


def test_the_reason_of_a_quarantined_row_is_text_as_received() -> None:
    rows = rows_of(QUARANTINE, [Handling.PUBLIC])
    given = release_rows(rows, QUARANTINE, HANDLING, access(Role.READER), expired=NOBODY).table
    assert given["reason"].to_pylist() == [None]


def test_rows_are_sorted_by_handling_and_the_rest_is_counted_with_its_reason() -> None:
    journal = founded()
    rows = rows_of(RECORDS, [*Handling, Handling.PUBLIC])
    release = release_rows(
        rows, RECORDS, HANDLING, access(Role.ANALYST, "", journal), expired=NOBODY
    )
    assert release.table["source_id"].to_pylist() == [
        "source-SYNTHETIC",
        "source-PUBLIC",
        "source-PUBLIC",
    ]
    assert release.withheld == {"no_purpose": 2, "trace_restricted": 1}
    assert "2 rows of records were withheld" in release.lines()[0]
    entry = journal.lines[-1]
    assert (entry.action, entry.object, entry.actor) == ("export", "records", "ana")
    assert entry.detail == {
        "rows": 3,
        "handling": {"SYNTHETIC": 1, "PUBLIC": 2},
        "withheld": {"no_purpose": 2, "trace_restricted": 1},
        "sha256": release.digest,
    }


def test_a_table_wholly_refused_says_what_to_do_and_is_journalled() -> None:
    journal = founded()
    with pytest.raises(WithheldError, match="--purpose") as caught:
        release_rows(
            rows_of(PARTIES, [Handling.PERSONAL]),
            PARTIES,
            HANDLING,
            access(Role.ANALYST, "", journal),
            expired=NOBODY,
        )
    assert caught.value.exit_code == 2
    assert journal.lines[-1].action == "refusal"
    assert journal.lines[-1].detail == {"withheld": {"no_purpose": 1}, "asked": "export"}


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_nothing_is_given_if_the_journal_cannot_be_written(table: Table) -> None:
    rows = rows_of(table, [Handling.PUBLIC])
    with pytest.raises(OSError, match="No space"):
        release_rows(
            rows, table, HANDLING, access(Role.CUSTODIAN, PURPOSE, FullDisk()), expired=NOBODY
        )


@pytest.mark.parametrize("source", [None, "never-seen"])
def test_a_row_of_an_unknown_source_is_withheld(source: str | None) -> None:
    rows = rows_of(RECORDS, [Handling.PUBLIC], source_id=source)
    with pytest.raises(WithheldError) as caught:
        release_rows(rows, RECORDS, HANDLING, access(Role.CUSTODIAN, PURPOSE), expired=NOBODY)
    assert caught.value.codes == ("unknown_handling",)


def test_an_unknown_word_for_handling_is_withheld() -> None:
    rows = rows_of(FIGURES, [Handling.PUBLIC], handling="SECRET", numerator=99, denominator=200)
    rows = rows.set_column(rows.column_names.index("reasons"), "reasons", pa.array(["[]"]))
    with pytest.raises(WithheldError) as caught:
        release_rows(rows, FIGURES, HANDLING, access(Role.CUSTODIAN, PURPOSE))
    assert caught.value.codes == ("unknown_handling",)


def test_personal_tables_do_not_pass_before_expiry_is_known() -> None:
    for table in (PARTIES, RAW_ROWS):
        with pytest.raises(IronRiverError, match="expired"):
            release_rows(
                rows_of(table, [Handling.PUBLIC]), table, HANDLING, access(Role.CUSTODIAN, PURPOSE)
            )


def test_the_gate_masks_expired_purchasers() -> None:
    rows = rows_of(PARTIES, [Handling.LAW_ENFORCEMENT, Handling.LAW_ENFORCEMENT])
    rows = rows.set_column(0, "party_id", pa.array(["old", "new"]))
    who = access(Role.SUPERVISOR, PURPOSE)
    given = release_rows(rows, PARTIES, HANDLING, who, expired=Expired(frozenset({"old"}))).table
    assert given["name"].to_pylist() == ["(expired)", CANARY]
    assert CANARY not in str(given.slice(0, 1).drop(["role", "record_id"]).to_pylist())


def figure(numerator: float | None, denominator: float | None, handling: Handling) -> pa.Table:
    row: dict[str, Any] = dict.fromkeys(FIGURES.names)
    row |= {"figure_id": "f", "handling": str(handling), "record_ids": '["r1"]', "reasons": "[]"}
    row |= {"numerator": numerator, "denominator": denominator}
    return pa.Table.from_pylist([row], schema=FIGURES.schema)


@pytest.mark.parametrize("counts", [(9, 100), (3, 5), (95, 100), (None, 100), (40, None)])
def test_a_restricted_figure_that_rests_on_few_or_unknown_counts_stays(
    counts: tuple[float | None, float | None],
) -> None:
    who = access(Role.CUSTODIAN, PURPOSE)
    with pytest.raises(WithheldError, match="fewer firearms"):
        release_rows(figure(*counts, Handling.LAW_ENFORCEMENT), FIGURES, {}, who)
    release = release_rows(figure(*counts, Handling.PUBLIC), FIGURES, {}, who)
    assert release.table.num_rows == 1


@pytest.mark.parametrize("role", list(Role))
def test_every_role_gets_figures_of_restricted_rows_but_not_which_rows(role: Role) -> None:
    rows = figure(40, 100, Handling.TRACE_RESTRICTED)
    given = release_rows(rows, FIGURES, {}, access(role, PURPOSE)).table
    assert given["numerator"].to_pylist() == [40]
    assert given["record_ids"].to_pylist() == [None]


def test_the_audit_is_for_those_who_watch() -> None:
    rows = pa.Table.from_pylist([dict.fromkeys(AUDIT.names)], schema=AUDIT.schema)
    for role in Role:
        if role in {"custodian", "supervisor", "oversight"}:
            assert release_rows(rows, AUDIT, {}, access(role)).table.num_rows == 1
        else:
            with pytest.raises(WithheldError, match="custodians, supervisors and oversight"):
                release_rows(rows, AUDIT, {}, access(role))


def test_oversight_sees_every_source_but_no_restricted_file_name() -> None:
    rows = rows_of(SOURCES, list(Handling))
    given = release_rows(rows, SOURCES, HANDLING, access(Role.OVERSIGHT)).table
    assert given.num_rows == len(Handling)
    shown = dict(zip(given["handling"].to_pylist(), given["name"].to_pylist(), strict=True))
    assert {each for each, name in shown.items() if name} == {"PUBLIC", "SYNTHETIC"}


def test_an_empty_table_passes_and_is_journalled() -> None:
    journal = founded()
    release = release_rows(
        RECORDS.schema.empty_table(), RECORDS, {}, access(Role.READER, "", journal), expired=NOBODY
    )
    assert release.table.num_rows == 0
    assert journal.lines[-1].action == "export"


def test_a_role_taken_away_is_gone_at_the_next_command() -> None:
    journal = founded("boss")
    grant(journal, "boss", account(), Role.ANALYST)
    assert Access.current(journal, "x").role is Role.ANALYST
    grant(journal, "boss", account(), Role.READER)
    assert Access.current(journal, "x").role is Role.READER
