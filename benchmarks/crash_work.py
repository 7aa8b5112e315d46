"""What the crash benchmarks drive, and how they judge what is left.

``python benchmarks/crash_work.py WORKSPACE SEED ROUNDS`` works on a workspace and prints each
journal line's number and hash once it is acknowledged.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from ironriver import tables
from ironriver.workspace import Batch, Segment, Workspace
from ironriver.workspace.audit import verify

Acknowledge = Callable[[int, str], None]
WHO = ("tester", "custodian", "crash test")


def generated_rows(table: str, source_id: str, rows: int, seed: int) -> pa.Table:
    """Make rows of a table that look a little like records."""
    rng = random.Random(seed)
    columns = []
    for field in tables.table(table).schema:
        if field.name == "source_id":
            values: list[object] = [source_id] * rows
        elif field.type == pa.int64():
            values = list(range(1, rows + 1))
        elif field.type == pa.float64():
            values = [rng.random() for _ in range(rows)]
        elif field.type == pa.date32():
            values = [date(2020, 1, 1) + timedelta(days=rng.randrange(900)) for _ in range(rows)]
        elif field.type == pa.bool_():
            values = [rng.random() < 0.5 for _ in range(rows)]
        elif field.name.endswith("_id"):
            values = [f"{rng.getrandbits(64):016x}" for _ in range(rows)]
        else:
            values = [f"{field.name} {rng.randrange(50)}" for _ in range(rows)]
        columns.append(pa.array(values, field.type))
    return pa.table(columns, schema=tables.table(table).schema)


def write_segment(ws: Workspace, table: str, source_id: str, rows: int, seed: int) -> Segment:
    """Write one segment of generated rows."""
    with ws.segment(table) as writer:
        writer.write(generated_rows(table, source_id, rows, seed))
    assert writer.segment is not None
    return writer.segment


def ingest(ws: Workspace, number: int, parser: str, rows: int = 40) -> bool:
    """Receive one made-up source and commit its batch."""
    source_id = ws.receive_bytes(b"source %d\n" % number * 30)
    segments = tuple(
        write_segment(ws, table, source_id, rows, number * 7 + len(parser))
        for table in ("records", "quarantine")
    )
    known = date(2024, 1, 1) + timedelta(days=number % 300)
    return ws.commit_batch(Batch(source_id, parser, known, None, segments), *WHO)


def work(path: Path, seed: int, rounds: int, acknowledge: Acknowledge) -> None:
    """Ingest, derive, look, withdraw, prune and seal, acknowledging every line."""
    rng = random.Random(seed)
    with Workspace.open_or_create(path, "tester", wait=5.0) as ws:
        tell(ws, acknowledge)
        for _ in range(rounds):
            number, parser = rng.randrange(40), f"parser-{rng.randrange(3)}"
            choice = rng.randrange(10)
            if choice < 6:
                ingest(ws, number, parser)
            elif choice == 6:
                made = write_segment(ws, "figures", "", 5, number)
                ws.commit_derived("measure", f"inputs {number}", [made], *WHO)
            elif choice == 7:
                ws.append("view", f"object {number}", *WHO)
            elif choice == 8 and ws.snapshots():
                sources = sorted(ws.history.sources())
                ws.withdraw(rng.choice(sources), date(2025, 1, 1), *WHO, "test") if sources else ()
            else:
                ws.prune(2, *WHO)
            tell(ws, acknowledge)
        ws.seal()


def tell(ws: Workspace, acknowledge: Acknowledge) -> None:
    """Acknowledge the journal's newest line."""
    size = len(ws.journal.tree)
    acknowledge(size - 1, ws.journal.tree.leaf(size - 1).hex())


def content(ws: Workspace) -> dict[str, list[tuple[str, int]]]:
    """Give what every table holds, as the digests of its segments."""
    return {
        name: sorted((one.sha256, one.rows) for one in ws.segments(name)) for name in tables.TABLES
    }


def judge(path: Path, acknowledged: dict[int, str]) -> list[str]:
    """Say what is wrong with a workspace after a crash; nothing is the only good answer.

    It must open for writing, hold every acknowledged line, have no damage in any file, verify, and
    take and seal another line.
    """
    wrong = []
    try:
        with Workspace.open(path, write=True) as ws:
            tree = ws.journal.tree
            for sequence, leaf in acknowledged.items():
                if sequence >= len(tree) or tree.leaf(sequence).hex() != leaf:
                    wrong.append(f"acknowledged line {sequence} is lost")
            wrong += [one.sentence for one in ws.check() if one.what == "damage"]
            for name in tables.TABLES:
                for segment in ws.segments(name):
                    ws.verified_path(segment)
            if any(ws.path.joinpath("tmp").iterdir()):
                wrong.append("unfinished files were left behind")
            ws.append("view", "after the crash", *WHO)
            ws.seal()
        report = verify(path, checkpoint=ws.checkpoints()[-1].note)
        wrong += [finding.sentence for finding in report.findings]
    except Exception as error:
        wrong.append(f"{type(error).__name__}: {error}")
    return wrong


def _print(sequence: int, leaf: str) -> None:
    sys.stdout.write(f"{sequence} {leaf}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    work(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), _print)
