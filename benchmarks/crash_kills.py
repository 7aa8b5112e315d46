"""Kill a working process at random moments: nothing acknowledged is lost, nothing is half there.

``python benchmarks/crash_kills.py --count 200`` drives generated work. With ``--command "ironriver
run INBOX --workspace {ws}"`` it drives that command instead: after every kill the workspace must be
sound, and after the last one the command must end with the tables of a run that was never killed.
"""

from __future__ import annotations

import argparse
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from crash_work import content, judge
from ironriver.workspace import Workspace

KILLS_PER_WORKSPACE = 20


def kill_once(command: list[str], after_first_line: bool, delay: float) -> dict[int, str]:
    """Start a command, kill it after a while, and give the lines that it acknowledged."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        if process.stdout is None:
            raise RuntimeError("no output")
        first = process.stdout.readline() if after_first_line else b""
        time.sleep(delay)
        process.kill()
        printed = first + process.stdout.read()
    if not after_first_line:
        return {}
    return {
        int(number): leaf.decode()
        for number, leaf in (
            line.split() for line in printed.split(b"\n")[:-1] if line.count(b" ") == 1
        )
    }


def generated(path: Path, seed: int) -> list[str]:
    """Give the command for generated work; it never ends within a kill's delay."""
    script = Path(__file__).with_name("crash_work.py")
    return [sys.executable, str(script), str(path), str(seed), "100000"]


def kills_of_generated_work(count: int, seed: int, folder: Path) -> list[str]:
    """Kill generated work `count` times; give everything that was wrong."""
    rng, wrong, known, path = random.Random(seed), [], {}, folder / "ws"
    for number in range(count):
        if number % KILLS_PER_WORKSPACE == 0:
            known, path = {}, folder / f"ws-{number}"
        delay = rng.random() * 0.4
        known |= kill_once(generated(path, seed + number), after_first_line=True, delay=delay)
        wrong += [f"kill {number} after {delay:.3f} s: {one}" for one in judge(path, known)]
        if number % KILLS_PER_WORKSPACE == KILLS_PER_WORKSPACE - 1:
            shutil.rmtree(path)
    return wrong


def kills_of_command(template: str, count: int, seed: int, folder: Path) -> list[str]:
    """Kill a command `count` times, then let it end; give everything that was wrong."""
    rng, wrong = random.Random(seed), []

    def command(path: Path) -> list[str]:
        return [part.format(ws=path) for part in shlex.split(template)]

    began = time.perf_counter()
    subprocess.run(command(folder / "whole"), check=True, stdout=subprocess.DEVNULL)
    length = time.perf_counter() - began
    path = folder / "killed"
    for number in range(count):
        if number % KILLS_PER_WORKSPACE == 0 and path.exists():
            shutil.rmtree(path)
        delay = rng.random() * length
        kill_once(command(path), after_first_line=False, delay=delay)
        if (path / "workspace.json").exists():
            wrong += [f"kill {number} after {delay:.3f} s: {one}" for one in judge(path, {})]
    subprocess.run(command(path), check=True, stdout=subprocess.DEVNULL)
    with Workspace.open(folder / "whole") as whole, Workspace.open(path) as killed:
        if content(whole) != content(killed):
            wrong.append("the tables after the kills are not those of a run that was never killed")
    return wrong


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--command", default="", help="what to kill, with {ws} for the workspace")
    asked = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        if asked.command:
            wrong = kills_of_command(asked.command, asked.count, asked.seed, Path(folder))
        else:
            wrong = kills_of_generated_work(asked.count, asked.seed, Path(folder))
    print(f"{asked.count} kills, {len(wrong)} wrong, {time.perf_counter() - began:.1f} s")
    print(*wrong[:20], sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
