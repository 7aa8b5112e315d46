"""Channels of trafficked guns, their shares, and customer groups, against the truth of worlds.

    python benchmarks/networks_channels.py --firearms 20000 --seeds 701 702 703
    python benchmarks/networks_channels.py --folder FOLDER --names NAME ...

For each seed a world of the default parameters is made, read and judged by every stage; the weights
were learned on worlds of other seeds and other parameters. With `--folder`, worlds FOLDER/NAME with
workspaces FOLDER/ws_NAME are used. The guns are those that were recovered in Mexico, stopped at a
crossing or shown in court. Beside us: the commonest channel of the learning worlds, and the
likeliest channel given the trace's diversion alone (each diversion's commonest channel there).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from ironriver import engine
from ironriver.estimators.class_shares import Transfer, adjusted_shares, class_shares
from ironriver.estimators.metrics import calibration_error, reliability
from ironriver.networks.channel_marks import DIVERSIONS, MARKS, FoundGuns, read_marks
from ironriver.networks.channel_rows import read_chains
from ironriver.networks.channels import (
    CHANNELS,
    ChainGuns,
    channel_model,
    channel_posteriors,
)
from ironriver.networks.group_names import fold_group, group_id
from ironriver.workspace import Workspace

Floats = np.ndarray
ORDER = list(CHANNELS)
_FALLBACK = {"retail": "unlicensed_dealing", "unknown": "unlicensed_dealing"}


def call(*words: object) -> None:
    """Run a command of ironriver; its output is shown only where it fails."""
    program = [sys.executable, "-m", "ironriver.cli", *map(str, words)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(program)}\n{done.stdout}\n{done.stderr}")


def made(folder: Path, seed: int, firearms: int) -> str:
    """Make a world and carry out every stage on it; give its name."""
    name = f"world{seed}"
    call("world", "make", folder / name, "--seed", seed, "--firearms", firearms,
         "--difficulty", "real")  # fmt: skip
    call("run", folder / name / "inbox", "--workspace", folder / f"ws_{name}")
    return name


@dataclass(frozen=True, slots=True)
class Judged:
    """A world as judged, and its truth: channel of each found gun, customer group of each chain."""

    name: str
    guns: FoundGuns
    chains: ChainGuns
    channel: np.ndarray
    groups: list[tuple[dict[str, float], str]]


_TRUE_GUNS = """
CREATE TABLE true_guns AS
SELECT firearm_id, firearm_key FROM (
  SELECT firearm_id, rows.firearm_key, round(sum(probability), 9) AS weight, min(record_id) AS one
  FROM firearm_members JOIN (
    SELECT record_id, source_id, row_number FROM records
    UNION ALL SELECT record_id, source_id, row_number FROM trace_results) USING (record_id)
  JOIN rows USING (source_id, row_number)
  WHERE rows.firearm_key IS NOT NULL GROUP BY ALL)
QUALIFY row_number() OVER (PARTITION BY firearm_id ORDER BY weight DESC, one) = 1
"""
_TRUE_CHANNELS = "SELECT firearm_id, channel FROM true_guns JOIN firearms USING (firearm_key)"
# The ring that most guns of a network belong to; networks of guns that no ring moved are left out.
_TRUE_GROUPS = """
SELECT network_id, any_value(customer_groups), arg_max(customer_group, guns) FROM (
  SELECT network_id, customer_groups, ring_key, customer_group, count(*) AS guns
  FROM networks JOIN network_members USING (network_id)
  JOIN true_guns ON firearm_id = member_id
  JOIN firearms USING (firearm_key) JOIN rings USING (ring_key)
  GROUP BY ALL)
GROUP BY network_id ORDER BY network_id
"""
TABLES = ("records", "parties", "trace_results", "inspections", "firearm_members",
          "entity_members", "traces", "network_members", "networks", "groups")  # fmt: skip


def read_world(folder: Path, name: str) -> Judged:
    """Read a workspace and its truth."""
    held = duckdb.connect(config={"temp_directory": tempfile.gettempdir()})
    with Workspace.open(folder / f"ws_{name}") as ws, engine.connect(ws, TABLES) as opened:
        for table in TABLES:
            held.register("_rows", engine.query(opened, f'SELECT * FROM "{table}"'))
            held.execute(f'CREATE TABLE "{table}" AS SELECT * FROM _rows')
    for table in ("rows", "firearms", "rings"):
        held.execute(f"CREATE VIEW {table} AS FROM '{folder / name / 'truth' / table}.parquet'")
    held.execute(_TRUE_GUNS)
    guns = read_marks(held)
    true = dict(held.execute(_TRUE_CHANNELS).fetchall())
    channel = [ORDER.index(true[gun]) if true.get(gun) in ORDER else -1
               for gun in guns.ids.to_pylist()]  # fmt: skip
    keys = group_keys(held)
    groups = [
        ({row["group_id"]: row["probability"] for row in json.loads(said)}, keys[group])
        for _, said, group in held.execute(_TRUE_GROUPS).fetchall()
    ]
    return Judged(name, guns, read_chains(held)[1], np.array(channel), groups)


def group_keys(held: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Map the truth's group keys to our ids; the world lists its groups in order of their keys."""
    ordered = held.execute(_GROUPS).fetchall()
    return {f"G{place:02d}": group_id(fold_group(name)) for place, (name,) in enumerate(ordered, 1)}


_GROUPS = "SELECT group_name FROM groups GROUP BY group_name ORDER BY min(row_number)"


def by_diversion(guns: FoundGuns) -> np.ndarray:
    """Give the channel that the trace's diversion alone suggests."""
    places = [list(MARKS).index(f"trace_{name}") for name in DIVERSIONS]
    said = [DIVERSIONS[int(line.argmax())] if line.any() else "retail"
            for line in guns.marks[:, places]]  # fmt: skip
    return np.array([ORDER.index(_FALLBACK.get(name, name)) for name in said])


def ece(chances: Floats, true: np.ndarray) -> float:
    """Give the expected calibration error of every class's probability, ten bins of equal mass."""
    happened = np.arange(chances.shape[1])[None, :] == true[:, None]
    return calibration_error(reliability(chances.ravel(), happened.ravel().astype(float), 10))


def top_ece(chances: Floats, true: np.ndarray) -> float:
    """Give the calibration error of the likeliest class's probability."""
    return calibration_error(
        reliability(chances.max(axis=1), (chances.argmax(axis=1) == true).astype(float), 10)
    )


def report_channels(world: Judged) -> tuple[Floats, Floats, list[bool]]:
    """Print one world's line; give the shares said, the true ones, and which intervals hold."""
    model = channel_model()
    said = channel_posteriors(world.guns, world.chains, model)
    known = world.channel >= 0
    true, ours = world.channel[known], said.guns[known]
    plain = by_diversion(world.guns)[known]
    majority = np.full(len(true), ORDER.index("unlicensed_dealing"))
    print(f"| {world.name} | {known.sum():,} | {(majority == true).mean():.3f} | "
          f"{(plain == true).mean():.3f} | {(said.alone[known].argmax(1) == true).mean():.3f} | "
          f"{(ours.argmax(1) == true).mean():.3f} | {ece(ours, true):.4f} | "
          f"{top_ece(ours, true):.4f} |")  # fmt: skip
    clusters = np.where(said.chain_of[known] >= 0, said.chain_of[known],
                        world.chains.size + np.arange(known.sum()))  # fmt: skip
    shares = class_shares(ours, model.prior, clusters, strength=model.strength,
                          transfer=Transfer(model.spread))  # fmt: skip
    really = np.bincount(true, minlength=len(ORDER)) / len(true)
    holds = [bool(share in interval) for share, interval in
             zip(really, shares.intervals, strict=True)]  # fmt: skip
    counted = np.bincount(plain, minlength=len(ORDER)) / len(plain)
    learned = np.abs(model.prior - really).mean()
    straight = adjusted_shares(ours, model.prior)
    print(f"SHARES {world.name}: mean error {np.abs(shares.shares - really).mean():.4f}, "
          f"beside counting by diversion {np.abs(counted - really).mean():.4f}, "
          f"counting our likeliest {_counted(ours, really):.4f}, the learning worlds' "
          f"{learned:.4f}, adjusted without a prior {np.abs(straight - really).mean():.4f}; "
          f"intervals hold {sum(holds)} of {len(holds)}", file=sys.stderr)  # fmt: skip
    for name, share, interval, real in zip(ORDER, shares.shares, shares.intervals, really,
                                           strict=True):  # fmt: skip
        print(f"    {name:24s} said {share:.3f} [{interval.low:.3f}, {interval.high:.3f}], "
              f"true {real:.3f}", file=sys.stderr)  # fmt: skip
    return shares.shares, really, holds


def _counted(chances: Floats, really: Floats) -> float:
    said = np.bincount(chances.argmax(axis=1), minlength=len(ORDER)) / len(chances)
    return float(np.abs(said - really).mean())


@dataclass(frozen=True, slots=True)
class ChainsSaid:
    """What is said of chains: channels and the true one; groups, whether listed and whether right.

    `stated` and `happened` are the probabilities of all groups listed but `unknown`, and whether
    each was the customer.
    """

    chances: Floats
    true: np.ndarray
    best: np.ndarray
    listed: np.ndarray
    unknown: Floats
    stated: Floats
    happened: Floats

    def printed(self, name: str) -> None:
        """Print one line."""
        right = (self.chances.argmax(axis=1) == self.true).mean()
        error = calibration_error(reliability(self.stated, self.happened, 10))
        print(f"| {name} | {len(self.true):,} | {right:.3f} | "
              f"{top_ece(self.chances, self.true):.4f} | {len(self.best):,} | "
              f"{self.best.mean():.3f} | {self.listed.mean():.3f} | {self.unknown.mean():.3f} | "
              f"{error:.4f} |")  # fmt: skip


def said_of_chains(world: Judged) -> ChainsSaid:
    """Hold the channels and groups of a world's chains against the truth."""
    said = channel_posteriors(world.guns, world.chains)
    votes = np.zeros((world.chains.size, len(ORDER)))
    kept = (said.chain_of >= 0) & (world.channel >= 0)
    np.add.at(votes, (said.chain_of[kept], world.channel[kept]), 1)
    told = votes.sum(axis=1) > 0
    pairs = [(chance, name == group) for groups, group in world.groups
             for name, chance in groups.items() if name != "unknown"]  # fmt: skip
    return ChainsSaid(
        said.chains[told],
        votes[told].argmax(axis=1),
        np.array([max(groups, key=groups.__getitem__) == group for groups, group in world.groups]),
        np.array([group in groups for groups, group in world.groups]),
        np.array([groups.get("unknown", 0.0) for groups, _ in world.groups]),
        np.array([chance for chance, _ in pairs]),
        np.array([right for _, right in pairs], dtype=np.float64),
    )


def together(parts: Sequence[ChainsSaid]) -> ChainsSaid:
    """Put worlds together: one world has too few chains to tell its calibration."""
    return ChainsSaid(
        *(np.concatenate([getattr(part, name) for part in parts])
          for name in ChainsSaid.__dataclass_fields__)
    )  # fmt: skip


def report(worlds: Sequence[Judged]) -> None:
    """Print all tables."""
    print("| world | found guns | commonest channel | by diversion alone | each gun alone | "
          "with its chain | ECE, all channels | ECE, likeliest |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|")
    results = [report_channels(world) for world in worlds]
    print("\n| world | chains | right channel | ECE | chains of rings | right group | group is "
          "listed | mean unknown | ECE of groups |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|")
    parts = [said_of_chains(world) for world in worlds]
    for world, part in zip(worlds, parts, strict=True):
        part.printed(world.name)
    together(parts).printed("together")
    holds = [each for _, _, found in results for each in found]
    errors = np.array([said - real for said, real, _ in results])
    print(f"\nShares: mean absolute error {np.abs(errors).mean():.4f}, largest "
          f"{np.abs(errors).max():.3f}; {sum(holds)} of {len(holds)} intervals of 95 % hold the "
          f"truth")  # fmt: skip


def main() -> None:
    """Read the arguments and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firearms", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="*", default=[701, 702, 703])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--names", nargs="*", default=[])
    given = parser.parse_args()
    if given.folder:
        report([read_world(given.folder, name) for name in given.names])
        return
    with tempfile.TemporaryDirectory() as folder:
        report([read_world(Path(folder), made(Path(folder), seed, given.firearms))
                for seed in given.seeds])  # fmt: skip


if __name__ == "__main__":
    main()
