"""Batches, what supersedes or withdraws them, and what was known by a date."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from crash_work import WHO, generated_rows, write_segment
from ironriver import engine, tables
from ironriver.errors import IronRiverError, MistakeError, WorkspaceError
from ironriver.workspace import Batch, Segment, Workspace


def commit(
    ws: Workspace,
    text: str,
    known: date,
    supersedes: str | None = None,
    parser: str = "p1",
) -> str:
    source = ws.receive_bytes(text.encode())
    segment = write_segment(ws, "quarantine", source, 3, len(text))
    ws.commit_batch(Batch(source, parser, known, supersedes, (segment,)), *WHO)
    return source


def sources(ws: Workspace, as_of: date | None = None) -> set[str]:
    with engine.connect(ws, ["quarantine"], as_of) as connection:
        rows = engine.query(connection, "SELECT DISTINCT source_id FROM quarantine")
    return set(rows["source_id"].to_pylist())


def test_a_batch_committed_twice_changes_nothing(ws: Workspace) -> None:
    source = ws.receive_bytes(b"one")
    segment = write_segment(ws, "records", source, 10, 1)
    batch = Batch(source, "p1", date(2024, 5, 1), None, (segment,))
    assert ws.commit_batch(batch, *WHO) is True
    before = ws.journal.path.read_bytes()
    assert ws.commit_batch(batch, *WHO) is False
    assert ws.journal.path.read_bytes() == before
    assert ws.segments("records") == [segment]


def test_a_new_parser_replaces_what_it_read_before(ws: Workspace) -> None:
    source = commit(ws, "one", date(2024, 5, 1))
    first = ws.segments("quarantine")
    segment = write_segment(ws, "quarantine", source, 5, 9)
    assert ws.commit_batch(Batch(source, "p2", date(2024, 5, 1), None, (segment,)), *WHO)
    assert ws.segments("quarantine") == [segment] != first
    assert [snapshot.current for snapshot in ws.snapshots()] == [False, True]


def test_a_source_counts_from_the_day_it_was_known(ws: Workspace) -> None:
    early = commit(ws, "early", date(2010, 1, 1))
    late = commit(ws, "late", date(2012, 1, 1))
    assert sources(ws, date(2009, 12, 31)) == set()
    assert sources(ws, date(2010, 1, 1)) == {early}
    assert sources(ws) == {early, late}


def test_a_superseding_source_takes_over_from_the_day_it_was_known(ws: Workspace) -> None:
    old = commit(ws, "old", date(2010, 1, 1))
    new = commit(ws, "new", date(2012, 1, 1), supersedes=old)
    newest = commit(ws, "newest", date(2014, 1, 1), supersedes=new)
    assert sources(ws, date(2011, 1, 1)) == {old}
    assert sources(ws, date(2013, 1, 1)) == {new}
    assert sources(ws) == {newest}


def test_a_withdrawn_source_counts_until_its_last_day_and_supersedes_nothing_after(
    ws: Workspace,
) -> None:
    old = commit(ws, "old", date(2010, 1, 1))
    new = commit(ws, "new", date(2012, 1, 1), supersedes=old)
    ws.withdraw(new, date(2015, 1, 1), *WHO, "sent by mistake")
    assert sources(ws, date(2014, 12, 31)) == {new}
    assert sources(ws, date(2015, 1, 1)) == {old}
    assert ws.source_path(new).read_bytes() == b"new"


def test_sources_cannot_supersede_each_other_in_a_circle(ws: Workspace) -> None:
    one = commit(ws, "one", date(2010, 1, 1))
    two = commit(ws, "two", date(2011, 1, 1), supersedes=one)
    with pytest.raises(WorkspaceError, match="supersedes it in turn"):
        commit(ws, "one", date(2012, 1, 1), supersedes=two, parser="p2")


def test_withdrawing_an_unknown_source_is_a_mistake(ws: Workspace) -> None:
    with pytest.raises(WorkspaceError, match="holds no source"):
        ws.withdraw("0" * 64, date(2015, 1, 1), *WHO, "why")


def test_the_newest_derived_set_of_a_stage_counts(ws: Workspace) -> None:
    first = write_segment(ws, "figures", "", 3, 1)
    second = write_segment(ws, "figures", "", 3, 2)
    then = write_segment(ws, "figures", "", 3, 3)
    assert ws.commit_derived("measure", "in 1", [first], *WHO)
    assert not ws.commit_derived("measure", "in 1", [first], *WHO)
    assert ws.commit_derived("measure", "in 2", [second], *WHO)
    assert ws.segments("figures") == [second]
    assert ws.commit_derived("measure", "in 3", [then], *WHO, as_of=date(2010, 6, 1))
    assert ws.segments("figures") == [second]
    assert ws.segments("figures", date(2010, 6, 1)) == [then]


def test_history_is_the_same_after_opening_again(ws: Workspace) -> None:
    old = commit(ws, "old", date(2010, 1, 1))
    commit(ws, "new", date(2012, 1, 1), supersedes=old)
    ws.withdraw(old, date(2011, 1, 1), *WHO, "why")
    with Workspace.open(ws.path) as reader:
        assert reader.snapshots() == ws.snapshots()
        for as_of in (None, date(2010, 5, 1), date(2011, 5, 1), date(2012, 5, 1)):
            assert reader.segments("quarantine", as_of) == ws.segments("quarantine", as_of)
        assert reader.batch(old) == ws.batch(old)


def test_a_segment_must_be_in_the_vault_before_it_is_committed(ws: Workspace) -> None:
    absent = Segment("records", "0" * 64, 1, 1)
    with pytest.raises(WorkspaceError, match="not in the vault"):
        ws.commit_batch(Batch("0" * 64, "p", date(2020, 1, 1), None, (absent,)), *WHO)


def test_rows_with_other_columns_are_refused_by_name(ws: Workspace) -> None:
    rows = generated_rows("quarantine", "s", 2, 1)
    with (
        pytest.raises(IronRiverError, match="reason_code, source_id, row_number, reason"),
        ws.segment("quarantine") as writer,
    ):
        writer.write(rows.select(["reason_code", "source_id", "row_number", "reason"]))
    with (
        pytest.raises(IronRiverError, match="row_number of table quarantine is string"),
        ws.segment("quarantine") as writer,
    ):
        writer.write(rows.set_column(1, "row_number", pa.array(["1", "2"])))
    assert list((ws.path / "tmp").iterdir()) == []
    assert list((ws.path / "vault" / "seg").iterdir()) == []


def test_a_segment_without_rows_is_no_segment(ws: Workspace) -> None:
    with ws.segment("records") as writer:
        writer.write(tables.RECORDS.schema.empty_table())
    assert writer.segment is None


def test_the_same_rows_make_the_same_segment(ws: Workspace) -> None:
    one = write_segment(ws, "records", "s", 2_000, 1)
    two = write_segment(ws, "records", "s", 2_000, 1)
    assert one == two
    with engine.connect(ws, ["records"]) as connection:
        assert engine.query(connection, "FROM records").num_rows == 0


def test_wide_and_repeated_texts_are_taken_as_texts(ws: Workspace) -> None:
    rows = generated_rows("quarantine", "s", 5, 1)
    given = rows.set_column(3, "reason", rows["reason"].cast(pa.large_string()))
    given = given.set_column(2, "reason_code", rows["reason_code"].dictionary_encode())
    given = given.set_column(0, "source_id", pa.nulls(5))
    with ws.segment("quarantine") as writer:
        for batch in given.to_batches():
            writer.write(batch)
    assert writer.segment is not None
    assert writer.segment.rows == 5


def test_views_hold_exactly_what_was_written(ws: Workspace) -> None:
    source = ws.receive_bytes(b"rows")
    rows = {name: generated_rows(name, source, 30, 5) for name in tables.ROW_TABLES}
    segments = []
    for name, table in rows.items():
        with ws.segment(name) as writer:
            for batch in table.to_batches(max_chunksize=7):
                writer.write(batch)
        assert writer.segment is not None
        segments.append(writer.segment)
    ws.commit_batch(Batch(source, "p", date(2020, 1, 1), None, tuple(segments)), *WHO)
    with engine.connect(ws) as connection:
        for name, table in rows.items():
            assert engine.query(connection, f"FROM {name}").equals(table)
        for name in ("parties", "figures"):
            found = engine.query(connection, f"FROM {name}")
            assert found.num_rows == 0
            assert found.schema.equals(tables.table(name).schema)
        assert engine.query(connection, "FROM audit").equals(ws.audit_table())


def test_a_connection_reads_no_other_file_and_keeps_its_settings(ws: Workspace) -> None:
    commit(ws, "one", date(2020, 1, 1))
    with engine.connect(ws) as connection:
        for sql in (
            f"FROM read_text('{ws.path / 'workspace.json'}')",
            f"FROM read_text('{ws.path / 'keys' / 'checkpoint.key'}')",
            f"COPY quarantine TO '{ws.path / 'tmp' / 'out.csv'}'",
            f"ATTACH '{ws.path / 'tmp' / 'x.db'}'",
            "SET enable_external_access = true",
            "INSTALL httpfs",
        ):
            with pytest.raises(engine.QueryError, match="in the query"):
                engine.run(connection, sql)


def test_a_failing_query_shows_its_sql(ws: Workspace) -> None:
    with (
        engine.connect(ws, ["records"]) as connection,
        pytest.raises(engine.QueryError, match="SELECT nonsense FROM records"),
    ):
        engine.query(connection, "SELECT nonsense FROM records")


def test_an_unknown_table_is_a_mistake_that_lists_the_tables(ws: Workspace) -> None:
    with pytest.raises(MistakeError, match="quarantine"):
        engine.connect(ws, ["nothing"])
