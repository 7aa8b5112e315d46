"""The journal: its lines, unfinished tails, damage, checkpoints, and tampering."""

from __future__ import annotations

import json
import random
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from ironriver import tables
from ironriver.errors import DamageError, WorkspaceError
from ironriver.workspace import Entry, Workspace
from ironriver.workspace.audit import verify
from ironriver.workspace.journal import unfinished
from ironriver.workspace.lines import FIRST_PREVIOUS, from_line, has_form, problem, to_line
from tamper import journal_of, mutations, note_over, put_right, sign_again

WHO = ("ana", "analyst", "case 7")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    journal_of(tmp_path / "ws", 40)
    return tmp_path / "ws"


def log_of(path: Path) -> Path:
    return path / "journal" / "log.jsonl"


@given(
    st.text(),
    st.text(),
    st.dictionaries(st.text(), st.one_of(st.none(), st.text(), st.integers(), st.booleans())),
)
def test_any_entry_comes_back_as_it_was(
    actor: str, subject: str, detail: dict[str, object]
) -> None:
    entry = Entry(
        3, FIRST_PREVIOUS, "2024-01-01T00:00:00Z", actor, "r", "p", "view", subject, detail
    )
    line = to_line(entry)
    assert b"\n" not in line
    assert from_line(line) == entry
    assert has_form(line)
    assert problem(line, 3, FIRST_PREVIOUS.encode()) == ""
    assert problem(line, 4, FIRST_PREVIOUS.encode()) == "sequence"
    assert problem(line, 3, b"1" * 64) == "previous"


def test_a_line_cannot_be_confused_by_values_that_look_like_fields() -> None:
    sly = ',"check":"' + "0" * 64 + '","previous":"' + "1" * 64 + '","sequence":9}'
    detail = {"check": sly, "previous": sly, "sequence": 9}
    entry = Entry(2, "a" * 64, "2024-01-01T00:00:00Z", sly, sly, sly, sly, sly, detail)
    assert problem(to_line(entry), 2, b"a" * 64) == ""


def test_a_line_is_canonical_and_names_its_predecessor(path: Path) -> None:
    lines = log_of(path).read_bytes().splitlines()
    for sequence, line in enumerate(lines):
        fields = json.loads(line)
        again = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert again.encode() == line
        check = fields.pop("check")
        rest = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert sha256(rest.encode()).hexdigest() == check
        assert fields["sequence"] == sequence
        before = sha256(lines[sequence - 1]).hexdigest() if sequence else "0" * 64
        assert fields["previous"] == before


def test_the_audit_table_is_the_journal(path: Path) -> None:
    with Workspace.open(path) as ws:
        table = ws.audit_table()
        assert table.schema.equals(tables.AUDIT.schema)
        assert table["sequence"].to_pylist() == list(range(40))
        line = log_of(path).read_bytes().splitlines()[7]
        assert table["leaf_hash"][7].as_py() == sha256(b"\0" + line).hexdigest()
        assert [entry.object for entry in ws.entries()] == table["object"].to_pylist()


def test_readers_write_audit_entries_beside_the_writer(path: Path) -> None:
    with Workspace.open(path, write=True) as writer, Workspace.open(path) as reader:
        assert reader.append("view", "record 1", *WHO) == 40
        assert writer.append("run", "intake", *WHO) == 41
        assert reader.append("view", "record 2", *WHO) == 42
        assert writer.seal().size == 43
    assert verify(path).findings == ()


def test_table_actions_cannot_be_written_as_audit_entries(path: Path) -> None:
    with Workspace.open(path) as ws, pytest.raises(ValueError, match="own methods"):
        ws.append("prune", "everything", *WHO)


def appended_and_torn(path: Path, keep: int, *, newline: bool = False) -> bytes:
    """Append an entry, and tear it as a crash would."""
    with Workspace.open(path) as ws:
        ws.append("view", "the last", *WHO)
    whole = log_of(path).read_bytes()
    start = whole[:-1].rfind(b"\n") + 1
    torn = whole[start : start + keep]
    log_of(path).write_bytes(whole[:start] + torn)
    return torn


@pytest.mark.parametrize("keep", [1, 60, 200, 300])
def test_an_unfinished_tail_is_cut_kept_beside_and_said(path: Path, keep: int) -> None:
    before = log_of(path).read_bytes()
    torn = appended_and_torn(path, keep)
    with Workspace.open(path) as reader:
        assert reader.warnings == ()
        assert len(list(reader.entries())) == 40
    assert log_of(path).read_bytes() == before + torn
    with Workspace.open(path, write=True) as ws:
        assert "journal/cut-40" in ws.warnings[0]
        assert ws.append("view", "after", *WHO) == 40
    assert (path / "journal" / "cut-40").read_bytes() == torn
    assert log_of(path).read_bytes().startswith(before)
    assert verify(path).findings == ()


def test_a_tail_whose_sectors_were_lost_is_cut_too(path: Path) -> None:
    with Workspace.open(path) as ws:
        ws.append("view", "x" * 900, *WHO)
    whole = log_of(path).read_bytes()
    start = whole[:-1].rfind(b"\n") + 1
    log_of(path).write_bytes(whole[:start] + bytes(512) + whole[start + 512 :])
    with Workspace.open(path, write=True) as ws:
        assert len(ws.warnings) == 1
        assert len(list(ws.entries())) == 40


def test_a_tail_that_a_checkpoint_covers_is_damage(path: Path) -> None:
    whole = log_of(path).read_bytes()
    log_of(path).write_bytes(whole[:-30])
    for write in (True, False):
        with pytest.raises(DamageError, match="lines are missing"):
            Workspace.open(path, write=write)
    assert log_of(path).read_bytes() == whole[:-30]


def test_a_changed_last_line_is_damage_and_no_tail(path: Path) -> None:
    with Workspace.open(path) as ws:
        ws.append("view", "the last", *WHO)
    whole = log_of(path).read_bytes()
    log_of(path).write_bytes(whole.replace(b"the last", b"the lest"))
    with pytest.raises(DamageError, match="entry 40 does not match its own check"):
        Workspace.open(path, write=True)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("changed", "journal entry 10 does not match its own check"),
        ("missing", "journal entry 10 is missing"),
        ("inserted", "journal entry 10 stands there a second time"),
        ("reordered", "journal entry 10 stands too late"),
    ],
)
def test_damage_names_the_entry_and_what_is_wrong(path: Path, what: str, words: str) -> None:
    lines = log_of(path).read_bytes().splitlines(keepends=True)
    if what == "changed":
        lines[10] = lines[10].replace(b"account-3", b"account-4")
    elif what == "missing":
        del lines[10]
    elif what == "inserted":
        lines.insert(25, lines[10])
    else:
        lines.insert(25, lines.pop(10))
    log_of(path).write_bytes(b"".join(lines))
    found = verify(path).findings
    assert (10, what) in {(one.sequence, one.what) for one in found}
    assert words in [one.sentence for one in found]
    with pytest.raises(DamageError, match="journal entry"):
        Workspace.open(path, write=True)
    assert log_of(path).read_bytes() == b"".join(lines)


def test_a_shortened_or_missing_journal_is_damage(path: Path) -> None:
    lines = log_of(path).read_bytes().splitlines(keepends=True)
    log_of(path).write_bytes(b"".join(lines[:-1]))
    with pytest.raises(DamageError, match="has 39 lines, but checkpoint 40"):
        Workspace.open(path)
    assert {one.what for one in verify(path).findings} == {"truncated"}
    log_of(path).unlink()
    with pytest.raises(DamageError, match="is missing"):
        Workspace.open(path)
    assert {one.what for one in verify(path).findings} == {"truncated"}


def test_a_history_rewritten_with_sound_hashes_is_found_by_the_newest_checkpoints(
    path: Path,
) -> None:
    lines, _, _ = put_right(log_of(path).read_bytes().splitlines(), random.Random(1))
    log_of(path).write_bytes(b"".join(line + b"\n" for line in lines))
    with pytest.raises(DamageError, match="signed over"):
        Workspace.open(path)


def test_a_rewritten_and_newly_signed_history_is_found_only_by_a_note_held_elsewhere(
    path: Path,
) -> None:
    held = note_over(path, 30)
    lines, _, _ = put_right(log_of(path).read_bytes().splitlines()[:30], random.Random(1))
    log_of(path).write_bytes(b"".join(line + b"\n" for line in lines))
    sign_again(path, lines)
    assert verify(path).sound
    assert not verify(path, checkpoint=held).sound


def test_every_mutation_up_to_the_checkpoint_held_elsewhere_is_found(tmp_path: Path) -> None:
    journal_of(tmp_path / "ws", 60)
    seen = mutations(tmp_path / "ws", 2_000, 11, held_size=50)
    assert seen["MISSED"] == 0
    assert seen["WINDOW WRONG"] == 0
    assert sum(seen.values()) == 2_000
    for way in ("edit", "delete", "swap", "insert", "truncate"):
        assert seen[f"{way} found"] > 250


def test_what_nobody_else_can_vouch_for_is_said(path: Path) -> None:
    held = note_over(path, 30)
    report = verify(path, checkpoint=held)
    assert (report.entries, report.checkpoint_size, report.window) == (40, 30, range(30, 40))
    assert "entries 30 to 39" in report.window_text()
    assert "entries 0 to 39" in verify(path).window_text()


def test_a_note_of_another_workspace_vouches_for_nothing(path: Path, tmp_path: Path) -> None:
    journal_of(tmp_path / "other", 10)
    report = verify(path, checkpoint=note_over(tmp_path / "other", 10))
    assert "another workspace" in report.findings[0].sentence


def test_a_checkpoint_is_a_c2sp_signed_note_that_any_verifier_can_check(path: Path) -> None:
    with Workspace.open(path) as ws:
        checkpoint = ws.checkpoints()[-1]
        public = b64decode(json.loads((path / "workspace.json").read_text())["public_key"])
        root = ws.journal.tree.root()
    text, signature = checkpoint.note.split(b"\n\n")
    origin, size, encoded = text.decode().split("\n")
    assert (size, b64decode(encoded)) == ("40", root)
    dash, name, blob = signature.decode().rstrip("\n").split(" ")
    assert (dash, name) == ("—", origin)
    key_id = sha256(origin.encode() + b"\n\x01" + public).digest()[:4]
    assert b64decode(blob)[:4] == key_id
    Ed25519PublicKey.from_public_bytes(public).verify(b64decode(blob)[4:], text + b"\n")


def test_cosignatures_of_others_may_follow_ours(path: Path) -> None:
    note = path / "journal" / "checkpoints" / "40.note"
    note.write_bytes(note.read_bytes() + "— witness.example/1 AAAAAAAA\n".encode())
    with Workspace.open(path) as ws:
        assert ws.seal().note.endswith("— witness.example/1 AAAAAAAA\n".encode())
    assert verify(path).sound


def test_sealing_twice_signs_once(path: Path) -> None:
    with Workspace.open(path, write=True) as ws:
        ws.append("view", "x", *WHO)
        assert ws.seal() == ws.seal()
        assert [one.size for one in ws.checkpoints()] == [1, 40, 41]


@pytest.mark.parametrize("name", ["workspace.json", "journal/checkpoints/40.note"])
def test_changed_identity_or_checkpoint_is_damage(path: Path, name: str) -> None:
    text = (path / name).read_bytes()
    (path / name).write_bytes(text.replace(b"ironriver.local/", b"ironriver.locaL/"))
    with pytest.raises(DamageError):
        Workspace.open(path)


def test_a_foreign_key_cannot_sign(path: Path, tmp_path: Path) -> None:
    journal_of(tmp_path / "other", 2)
    stolen = (tmp_path / "other" / "keys" / "checkpoint.key").read_bytes()
    (path / "keys" / "checkpoint.key").write_bytes(stolen)
    with Workspace.open(path) as ws:
        ws.append("view", "x", *WHO)
        with pytest.raises(DamageError, match="not the key"):
            ws.seal()
        assert any("not the key" in one.sentence for one in ws.check())


def test_a_tail_is_unfinished_only_without_end_or_with_lost_sectors() -> None:
    assert unfinished(b'{"action"')
    assert unfinished(b'{"act' + bytes(9) + b"}\n")
    assert not unfinished(b'{"action":1}\n')
    assert not unfinished(b'{"action"\n{"action"')


def test_a_folder_without_a_workspace_is_a_mistake(tmp_path: Path) -> None:
    for action in (Workspace.open, verify):
        with pytest.raises(WorkspaceError, match="holds no workspace"):
            action(tmp_path)
