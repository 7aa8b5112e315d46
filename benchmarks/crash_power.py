"""Cut the power at random moments: the workspace must open, whole, with all that was acknowledged.

``python benchmarks/crash_power.py --count 300`` cuts generated work; with ``--inbox INBOX``
it cuts the real run over that inbox.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from crash_model import Trace, power_cut
from crash_work import judge, work
from ironriver import pipeline
from ironriver.errors import IronRiverError
from ironriver.governance.release import Access
from ironriver.governance.roles import account
from ironriver.workspace import Workspace
from ironriver.workspace.audit import verify
from ironriver.workspace.disk import recording
from ironriver.workspace.lines import from_line
from ironriver.workspace.merkle import leaf_hash

Work = Callable[[Path], None]


def generated_work(path: Path) -> None:
    """Work on generated segments, in several sittings."""
    for seed in range(3):
        work(path, seed, 14, lambda _sequence, _leaf: None)


def inbox_work(inbox: Path) -> Work:
    """Give the work of reading an inbox and carrying out every stage, as `ironriver run` does."""

    def run(path: Path) -> None:
        with Workspace.open_or_create(path, account()) as workspace:
            access = Access.current(workspace, "power cuts")
            pipeline.run(workspace, inbox, None, access, date(2026, 1, 1), lambda *_: None)
            workspace.seal()

    return run


def record(root: Path, name: str, job: Work) -> Trace:
    """Run a job on the workspace `root`/`name` and record its steps on the disk."""
    trace = Trace()
    with recording(trace):
        job(root / name)
    return trace


def acknowledged(trace: Trace, path: Path, cut: int) -> dict[int, str]:
    """Give the journal lines that were on the disk, for good, before the cut."""
    lines = trace.durable_bytes(path / "journal" / "log.jsonl", cut).split(b"\n")[:-1]
    return {from_line(line).sequence: leaf_hash(line).hex() for line in lines}


def newest_note(trace: Trace, path: Path, cut: int) -> bytes:
    """Give the newest checkpoint that was on the disk, for good, before the cut."""
    folder = path / "journal" / "checkpoints"
    names = [one.target for one in trace.steps[:cut] if one.target and one.target.parent == folder]
    for name in reversed(names):
        if note := trace.durable_bytes(name, cut):
            return note
    return b""


def cut_once(trace: Trace, root: Path, name: str, cut: int, seed: int, target: Path) -> list[str]:
    """Cut the power before one step, and judge what is left."""
    power_cut(trace, root, target, cut, seed)
    founded = bool(trace.durable_bytes(root / name / "workspace.json", cut))
    if not founded and not (target / name / "workspace.json").exists():
        try:
            work(target / name, seed, 1, lambda _sequence, _leaf: None)
        except IronRiverError as error:
            return [f"a founding cannot be taken up again: {error}"]
    known = acknowledged(trace, root / name, cut) if founded else {}
    wrong = judge(target / name, known)
    note = newest_note(trace, root / name, cut)
    if founded and note:
        wrong += [one.sentence for one in verify(target / name, checkpoint=note).findings]
    return wrong


def cuts(trace: Trace, root: Path, name: str, count: int, seed: int, spare: Path) -> list[str]:
    """Cut the power `count` times at random; give everything that was wrong."""
    rng = random.Random(seed)
    wrong = []
    for number in range(count):
        cut = rng.randrange(1, len(trace.steps) + 1)
        found = cut_once(trace, root, name, cut, seed + number, spare / str(number))
        wrong += [f"cut before step {cut}, seed {seed + number}: {one}" for one in found]
        shutil.rmtree(spare / str(number))
    return wrong


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inbox", type=Path, help="cut the real run over this inbox")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root, spare = Path(folder) / "root", Path(folder) / "spare"
        root.mkdir()
        trace = record(root, "ws", inbox_work(asked.inbox) if asked.inbox else generated_work)
        began = time.perf_counter()
        wrong = cuts(trace, root, "ws", asked.count, asked.seed, spare)
    print(f"{len(trace.steps)} steps recorded, {asked.count} power cuts, {len(wrong)} wrong")
    print(f"{time.perf_counter() - began:.1f} s")
    print(*wrong[:20], sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
