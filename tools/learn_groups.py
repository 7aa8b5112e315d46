"""Learn how customer groups are told on synthetic worlds, and write `networks/group_weights.csv`.

    python tools/learn_groups.py FOLDER NAME ...

Each NAME is a world `FOLDER/NAME` (with `truth/`) whose workspace `FOLDER/ws_NAME` is resolved.
Recoveries are put together by their true ring, so that what is learned is how a ring's recoveries
tell its customer, not how rings are found. A presence is not let fade over more than nine years: a
world's groups move once, those of life more often. Only `keep` and `fading_years` are learned: in a
world sources on groups are complete, in life they never are, so the other numbers are assumptions.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np

from ironriver import engine
from ironriver.networks.group_names import fold_group, group_id
from ironriver.networks.groups import (
    ChainRecoveries,
    GroupWeights,
    Presence,
    customer_groups,
    read_presence,
)
from ironriver.workspace import Workspace

OUT = Path(__file__).parents[1] / "src" / "ironriver" / "networks" / "group_weights.csv"
ASSUMED = GroupWeights(0.5, 4.0, unknown=0.05, coverage_years=40.0, allied=0.1)
KEEP, FADING = (0.3, 0.4, 0.5, 0.6, 0.7), (3.0, 4.0, 5.0, 7.0, 9.0)
_TABLES = ("groups", "records", "firearm_members")


@dataclass(frozen=True, slots=True)
class World:
    """What sources say of groups, where guns of each ring were recovered, and whose they were."""

    presence: Presence
    recoveries: ChainRecoveries
    customers: tuple[str, ...]


_RECOVERIES = """
WITH found AS (
  SELECT firearm_id, mode(admin1 ORDER BY admin1) AS state, min(event_date) AS day
  FROM firearm_members JOIN records USING (record_id)
  WHERE kind = 'recovery' AND country = 'MX' GROUP BY firearm_id),
true_guns AS (
  SELECT firearm_id, mode(firearm_key ORDER BY firearm_key) AS firearm_key
  FROM firearm_members JOIN records USING (record_id) JOIN rows USING (source_id, row_number)
  GROUP BY firearm_id)
SELECT ring_key, state, day - DATE '1970-01-01' AS day, customer_group
FROM found JOIN true_guns USING (firearm_id) JOIN firearms USING (firearm_key)
JOIN rings USING (ring_key)
WHERE state IS NOT NULL AND day IS NOT NULL ORDER BY ALL
"""
_NAMES = "SELECT group_name FROM groups GROUP BY group_name ORDER BY min(row_number)"


def read_world(folder: Path, name: str) -> World:
    """Read a workspace and the truth of its rings."""
    held = duckdb.connect()
    with Workspace.open(folder / f"ws_{name}") as ws, engine.connect(ws, _TABLES) as opened:
        for table in _TABLES:
            held.register("_rows", engine.query(opened, f'SELECT * FROM "{table}"'))  # noqa: S608
            held.execute(f'CREATE TABLE "{table}" AS SELECT * FROM _rows')  # noqa: S608
    presence = read_presence(held)
    names = [group_id(fold_group(name)) for (name,) in held.execute(_NAMES).fetchall()]
    for table in ("rows", "firearms", "rings"):
        held.execute(f"CREATE VIEW {table} AS FROM '{folder / name / 'truth' / table}.parquet'")
    rows = held.execute(_RECOVERIES).fetchall()
    customer = {row[0]: names[int(row[3][1:]) - 1] for row in rows}
    place = {ring: number for number, ring in enumerate(sorted(customer))}
    recoveries = ChainRecoveries(
        len(place),
        np.array([place[row[0]] for row in rows], dtype=np.int64),
        [row[1] for row in rows],
        np.array([row[2] for row in rows], dtype=np.int64),
        np.full(len(rows), 0.95),
    )
    return World(presence, recoveries, tuple(customer[ring] for ring in sorted(customer)))


def log_loss(world: World, weights: GroupWeights) -> float:
    """Give the mean negative log probability of the true customer."""
    said = customer_groups(world.presence, world.recoveries, weights)
    chances = [
        {str(row["group_id"]): float(str(row["probability"])) for row in rows}.get(true, 0.0)
        for rows, true in zip(said, world.customers, strict=True)
    ]
    return float(-np.log(np.maximum(chances, 1e-3)).mean())


def main() -> None:
    """Learn and write."""
    folder, *names = sys.argv[1:]
    worlds = [read_world(Path(folder), name) for name in names]
    best = min(
        (replace(ASSUMED, keep=keep, fading_years=years)
         for keep, years in itertools.product(KEEP, FADING)),
        key=lambda tried: np.mean([log_loss(world, tried) for world in worlds]),
    )  # fmt: skip
    OUT.write_text(written(best, names), encoding="utf-8")
    print(best, np.mean([log_loss(world, best) for world in worlds]))


def written(weights: GroupWeights, names: Sequence[str]) -> str:
    """Write the weights as CSV, with where they come from."""
    lines = [
        f"# keep and fading_years: learned by tools/learn_groups.py on synthetic worlds "
        f"({', '.join(names)}). The others are own assumptions: sources are never complete.",
        "name,value",
        *(f"{name},{getattr(weights, name):g}" for name in GroupWeights.__dataclass_fields__),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
