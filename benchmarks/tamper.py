"""Tamper with an audit journal: everything up to the checkpoint held elsewhere is found.

``python benchmarks/tamper.py --count 2000 --entries 1000000`` changes, deletes, swaps, inserts and
truncates lines at random (half of the time with every hash put right again afterwards, and the own
checkpoints signed anew with the stolen key), and times the verification of a long journal.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from ironriver.workspace import Workspace
from ironriver.workspace.audit import verify
from ironriver.workspace.folder import read_charter, read_signer
from ironriver.workspace.lines import FIRST_PREVIOUS, Entry, from_line, line_hash, now, to_line
from ironriver.workspace.merkle import Tree, leaf_hash

WAYS = ("edit", "delete", "swap", "insert", "truncate")


def lines_after(previous: str, start: int, count: int) -> list[bytes]:
    """Make a run of sound journal lines."""
    lines = []
    for sequence in range(start, start + count):
        entry = Entry(
            sequence,
            previous,
            now(),
            f"account-{sequence % 7}",
            "analyst",
            f"case {sequence % 90}",
            "view",
            f"record {sequence}",
        )
        lines.append(to_line(entry))
        previous = line_hash(lines[-1]).decode()
    return lines


def journal_of(path: Path, entries: int) -> None:
    """Make a workspace whose journal has `entries` lines, sealed."""
    Workspace.create(path, "tester").close()
    log = path / "journal" / "log.jsonl"
    first = log.read_bytes()[:-1]
    previous = line_hash(first).decode()
    with log.open("ab") as handle:
        for start in range(1, entries, 10_000):
            lines = lines_after(previous, start, min(10_000, entries - start))
            handle.write(b"\n".join(lines) + b"\n")
            previous = line_hash(lines[-1]).decode()
    with Workspace.open(path, write=True) as ws:
        ws.seal()


def mutate(lines: list[bytes], rng: random.Random) -> tuple[str, int]:
    """Change the lines in one way; give the way and the first place that differs."""
    way, at = rng.choice(WAYS), rng.randrange(len(lines))
    if way == "edit":
        byte = rng.randrange(len(lines[at]))
        value = rng.choice([one for one in range(1, 256) if one not in (lines[at][byte], 10)])
        lines[at] = lines[at][:byte] + bytes([value]) + lines[at][byte + 1 :]
    elif way == "delete":
        del lines[at]
    elif way == "swap":
        other = rng.choice([one for one in range(len(lines)) if one != at])
        lines[at], lines[other] = lines[other], lines[at]
        at = min(at, other)
    elif way == "insert":
        copied = lines[rng.randrange(len(lines))]
        lines.insert(at, rng.choice([copied, b"{}", to_line(from_line(copied))[:-9] + b'"x":1}']))
    else:
        del lines[at:]
    return way, at


def put_right(lines: list[bytes], rng: random.Random) -> tuple[list[bytes], str, int]:
    """Change the entries, then give every line new hashes, as an insider with the code would."""
    entries = [from_line(line) for line in lines]
    way, at = rng.choice(WAYS), rng.randrange(1, len(entries))
    if way == "edit":
        entries[at] = replace(entries[at], object="something else")
    elif way == "delete":
        del entries[at]
    elif way == "swap":
        other = rng.choice([one for one in range(1, len(entries)) if one != at])
        entries[at], entries[other] = entries[other], entries[at]
        at = min(at, other)
    elif way == "insert":
        entries.insert(at, replace(entries[at], object="never happened"))
    else:
        del entries[at:]
    previous, result = FIRST_PREVIOUS, []
    for sequence, entry in enumerate(entries):
        result.append(to_line(replace(entry, sequence=sequence, previous=previous)))
        previous = line_hash(result[-1]).decode()
    return result, way, at


def sign_again(path: Path, lines: list[bytes]) -> None:
    """Replace the workspace's own checkpoints by one over the changed journal."""
    for file in (path / "journal" / "checkpoints").iterdir():
        file.unlink()
    tree = Tree()
    tree.extend(b"".join(leaf_hash(line) for line in lines))
    note = read_signer(path, read_charter(path)).sign(len(tree), tree.root()).note
    (path / "journal" / "checkpoints" / f"{len(tree)}.note").write_bytes(note)


def note_over(path: Path, size: int) -> bytes:
    """Sign a journal's first lines, as a checkpoint that was sent elsewhere at the time."""
    tree = Tree()
    lines = (path / "journal" / "log.jsonl").read_bytes().splitlines()[:size]
    tree.extend(b"".join(leaf_hash(line) for line in lines))
    return read_signer(path, read_charter(path)).sign(size, tree.root()).note


def mutations(path: Path, count: int, seed: int, held_size: int) -> Counter[str]:
    """Tamper `count` times with the journal at `path`; a note over `held_size` lines is held."""
    rng, log = random.Random(seed), path / "journal" / "log.jsonl"
    true = log.read_bytes()
    notes = {file.name: file.read_bytes() for file in (path / "journal/checkpoints").iterdir()}
    held = note_over(path, held_size)
    seen: Counter[str] = Counter()
    for number in range(count):
        lines = true.splitlines()
        if number % 2:
            lines, way, at = put_right(lines, rng)
            sign_again(path, lines)
        else:
            way, at = mutate(lines, rng)
        changed = b"".join(line + b"\n" for line in lines)
        log.write_bytes(changed)
        report = verify(path, checkpoint=held)
        covered = at < held_size and changed != true
        if changed == true:
            seen["no change"] += 1
        elif report.findings:
            seen[f"{way} found"] += 1
        elif covered:
            seen["MISSED"] += 1
            print(f"mutation {number}: {way} at {at} was not found")
        else:
            seen["after the checkpoint, in the printed window"] += 1
            seen["WINDOW WRONG"] += at < report.window.start
        for name, note in notes.items():
            (path / "journal" / "checkpoints" / name).write_bytes(note)
        for file in (path / "journal" / "checkpoints").iterdir():
            if file.name not in notes:
                file.unlink()
    log.write_bytes(true)
    return seen


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "short"
        journal_of(path, 200)
        seen = mutations(path, asked.count, asked.seed, held_size=170)
        print(f"{asked.count} mutations: {dict(sorted(seen.items()))}")
        print(verify(path, checkpoint=note_over(path, 170)).window_text())
        shutil.rmtree(path)
        path = Path(folder) / "long"
        journal_of(path, asked.entries)
        began = time.perf_counter()
        report = verify(path)
        print(
            f"{report.entries} entries verified in {time.perf_counter() - began:.2f} s, "
            f"{len(report.findings)} findings"
        )
        began = time.perf_counter()
        Workspace.open(path).close()
        print(f"opened in {time.perf_counter() - began:.2f} s")
    return 1 if seen["MISSED"] or seen["WINDOW WRONG"] or report.findings else 0


if __name__ == "__main__":
    raise SystemExit(main())
