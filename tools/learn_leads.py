"""Learn what each field adds to the log-odds of a lead, from synthetic worlds with known truth.

    python tools/learn_leads.py NAME=WORKSPACE,WORLD …

Each workspace has run every stage up to `link`; each world is the folder that `ironriver world
make` wrote. Weights are the maximum of the penalised likelihood of an additive model, one for each
level of each field, over the candidates that are listed; what can only clear a candidate is kept
at or below 0. The penalty and the calibration come from leaving out one world at a time. Judge the
result on other worlds only (`benchmarks/leads_worlds.py`).
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.optimize import minimize

from ironriver import engine
from ironriver.networks import LEAD_READS
from ironriver.networks.lead_facts import Candidates, read_everyone
from ironriver.networks.lead_fields import FIELDS, levels, listed
from ironriver.networks.lead_levels import bounds
from ironriver.networks.lead_weights import COLUMNS, YEARS
from ironriver.tables import table
from ironriver.workspace import Workspace
from ironriver.world import score_networks, score_truth
from ironriver.world.score_tables import Desk, lay_out

Floats = npt.NDArray[np.float64]
NEEDED = (
    "sources", "records", "trace_results", "licences", "inspections", "ammunition", "events",
    "groups", "published_figures", "parties", "firearm_members", "entity_members", "networks",
    "network_members",
)  # fmt: skip
PENALTIES = (0.3, 1.0, 3.0)
ROUNDS = 3
KINDS = ("person", "licensee", "network")
PLACE = Path(__file__).parents[1] / "src" / "ironriver" / "networks"


@dataclass(frozen=True, slots=True)
class Known:
    """Candidates of one kind in one world, and the truth: right or not, guns found in a year."""

    candidates: Candidates
    right: Floats
    """1 or 0, NaN where the truth does not know the candidate."""
    key: tuple[str, ...]
    """What it truly is: the person or licensee, or the ring of a network."""
    found: Floats
    """Guns of its ring (of a licensee: sold by it) found in the last year of the world."""

    def right_once(self, scores: Floats) -> Floats:
        """Give `right` as worlds are scored: what is listed twice is right once, the first time."""
        out, seen = self.right.copy(), set()
        for place in np.lexsort((np.arange(len(scores)), -scores)).tolist():
            if out[place] == 1 and self.key[place] in seen:
                out[place] = 0
            elif out[place] == 1:
                seen.add(self.key[place])
        return out


def known(workspace: Path, world: Path) -> dict[str, Known]:
    """Read every candidate of a world with its truth."""
    with Workspace.open(workspace) as ws:
        with engine.connect(ws, LEAD_READS) as connection:
            everyone = read_everyone(connection)
        with engine.connect(ws, NEEDED) as connection:
            tables = {each: _all(connection, each) for each in NEEDED}
    desk = lay_out({name: rows for name, rows in tables.items() if rows.num_rows}, world / "truth")
    score_truth.identify(desk)
    score_networks.place_members(desk)
    truth = {**_entities(desk), **_networks(desk)}
    guns = _found(desk, world / "truth" / "firearms.parquet", everyone.last)
    out = {}
    for part in everyone.candidates:
        told = [truth.get(each, (float("nan"), "", "")) for each in part.ids]
        found = np.array([guns.get(ring, 0.0) for _, _, ring in told])
        right = np.array([each[0] for each in told])
        out[part.kind] = Known(part, right, tuple(key for _, key, _ in told), found)
    return out


def _all(connection: duckdb.DuckDBPyConnection, name: str) -> pa.Table:
    return engine.query(connection, f'SELECT * FROM "{table(name).name}"')  # noqa: S608


def _entities(desk: Desk) -> dict[str, tuple[float, str, str]]:
    rows = desk.rows("""
        SELECT entity_id, (NOT coalesce(innocent, true) OR coalesce(corrupt, false))::DOUBLE,
               entity_key, coalesce(ring_key, entity_key)
        FROM entity_true JOIN truth.entities USING (entity_key)""")
    return {one: (right, key, ring) for one, right, key, ring in rows}


def _networks(desk: Desk) -> dict[str, tuple[float, str, str]]:
    rows = desk.rows("SELECT network_id, ring_key, share FROM network_true")
    return {
        one: (float(ring is not None and share >= score_networks.FOUND), ring or "", ring or "")
        for one, ring, share in rows
    }


def _found(desk: Desk, path: Path, last: dt.date | None) -> dict[str, float]:
    """Count guns that rings moved and somebody found in the year before a day, by ring, seller."""
    rows = desk.connection.execute(
        """
        WITH lately AS (
          SELECT ring_key, licensee_key FROM read_parquet(?)
          WHERE ring_key IS NOT NULL AND recovery_date BETWEEN ?::DATE - 364 AND ?::DATE)
        SELECT ring_key, count(*)::DOUBLE FROM lately GROUP BY ring_key
        UNION ALL SELECT licensee_key, count(*)::DOUBLE FROM lately
        WHERE licensee_key IS NOT NULL GROUP BY licensee_key""",
        [str(path), last, last],
    )
    return dict(rows.fetchall())


def design(kind: str, found: npt.NDArray[np.int64]) -> Floats:
    """Give one column for each level of each field; of one that grows, for each step up to it."""
    columns = [
        found[:, place] >= level if field.grows else found[:, place] == level
        for place, field in enumerate(FIELDS[kind])
        for level in range(1, len(field.levels) + 1)
    ]
    return np.stack(columns, axis=1).astype(np.float64)


def ends(kind: str) -> list[tuple[float | None, float | None]]:
    """Give the ends between which each weight may lie: the prior, then every level."""
    each = [
        (0.0 if field.grows else None, 0.0 if field.clears else None)
        for field in FIELDS[kind]
        for _ in field.levels
    ]
    return [(None, None), *each]


def fit(kind: str, rows: Floats, right: Floats, penalty: float) -> Floats:
    """Find the weights, the prior first, with the greatest penalised likelihood."""

    def cost(weights: Floats) -> tuple[float, Floats]:
        total = rows @ weights[1:] + weights[0]
        missed = 1 / (1 + np.exp(-total)) - right
        value = np.logaddexp(0, total).sum() - (right * total).sum()
        value += penalty / 2 * (weights[1:] ** 2).sum()
        slope = np.concatenate([[missed.sum()], rows.T @ missed + penalty * weights[1:]])
        return float(value), slope

    start = np.zeros(rows.shape[1] + 1)
    return np.asarray(minimize(cost, start, jac=True, method="L-BFGS-B", bounds=ends(kind)).x)


def loss(total: Floats, right: Floats) -> float:
    """Give the mean logarithmic loss of log-odds."""
    return float((np.logaddexp(0, total) - right * total).mean())


def calibrated(total: Floats, right: Floats) -> tuple[float, float]:
    """Find slope and shift with the least loss (Platt 1999)."""
    found = minimize(lambda x: loss(x[0] * total + x[1], right), (1.0, 0.0), method="Nelder-Mead")
    return float(found.x[0]), float(found.x[1])


def learn(kind: str, worlds: Sequence[Known]) -> tuple[list[tuple[object, ...]], dict[str, object]]:
    """Learn one kind; give its rows and what is said of them.

    What stands twice under two ids is right once, where it stands first; so the order that was
    learned says which is right, and what is right what is learned: a few rounds settle it.
    """
    scores = [world.candidates.facts["guns"] for world in worlds]
    for _ in range(ROUNDS):
        rights = [each.right_once(score) for each, score in zip(worlds, scores, strict=True)]
        learned = _learned(kind, worlds, rights)
        scores = [
            design(kind, levels(kind, each.candidates.facts)) @ learned.weights[1:]
            for each in worlds
        ]
    told = _told(kind, learned) + _yearly(kind, worlds, rights)
    return told, learned.about


@dataclass(frozen=True, slots=True)
class _Learned:
    weights: Floats
    slope: float
    shift: float
    about: dict[str, object]


def _learned(kind: str, worlds: Sequence[Known], rights: Sequence[Floats]) -> _Learned:
    parts = []
    for world, right in zip(worlds, rights, strict=True):
        found = levels(kind, world.candidates.facts)
        kept = listed(kind, found) & ~np.isnan(right)
        parts.append((design(kind, found[kept]), right[kept]))
    held: dict[float, tuple[Floats, Floats]] = {}
    for penalty in PENALTIES:
        totals = []
        for out, (rows, _) in enumerate(parts):
            others = [each for place, each in enumerate(parts) if place != out]
            weights = fit(kind, *map(np.concatenate, zip(*others, strict=True)), penalty)
            totals.append(rows @ weights[1:] + weights[0])
        held[penalty] = (np.concatenate(totals), np.concatenate([right for _, right in parts]))
    best = min(PENALTIES, key=lambda each: loss(*held[each]))
    slope, shift = calibrated(*held[best])
    rows, right = map(np.concatenate, zip(*parts, strict=True))
    about = {"candidates": len(right), "right": int(right.sum()), "penalty": best,
             "loss_left_out": round(loss(*held[best]), 4)}  # fmt: skip
    return _Learned(fit(kind, rows, right, best), slope, shift, about)


def _told(kind: str, learned: _Learned) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    steps = iter(learned.weights[1:].tolist())
    for field in FIELDS[kind]:
        total = 0.0
        for level in field.levels:
            step = next(steps)
            total = total + step if field.grows else step
            rows.append((kind, "field", field.name, level, round(total, 4)))
    return [
        (kind, "prior", "", "", round(float(learned.weights[0]), 4)),
        (kind, "calibration", "slope", "", round(learned.slope, 4)),
        (kind, "calibration", "shift", "", round(learned.shift, 4)),
        *rows,
    ]


def _yearly(
    kind: str, worlds: Sequence[Known], rights: Sequence[Floats]
) -> list[tuple[object, ...]]:
    """Count the guns of right candidates found in a year, by those found in the year before.

    A bin without any takes the one below it; guns are never fewer for more of the year before.
    """
    before = np.concatenate([each.candidates.facts["year_before"] for each in worlds])
    found = np.concatenate([each.found for each in worlds])
    right = np.concatenate(list(rights)) == 1
    bins = np.searchsorted(bounds(YEARS), before, side="right")
    out: list[float] = []
    for each in range(len(bounds(YEARS)) + 1):
        mine = found[right & (bins == each)]
        out.append(max(float(mine.mean()) if len(mine) else 0.0, *out, 0.0))
    return [(kind, YEARS, "", place, round(value, 3)) for place, value in enumerate(out)]


def main(given: Sequence[str]) -> None:
    """Learn from the worlds given and write the weights."""
    worlds: dict[str, Mapping[str, Known]] = {}
    for each in given:
        name, places = each.split("=", 1)
        workspace, world = places.split(",")
        worlds[name] = known(Path(workspace), Path(world))
    rows, about = [], {}
    for kind in KINDS:
        told, about[kind] = learn(kind, [world[kind] for world in worlds.values()])
        rows += told
    with (PLACE / "lead_weights.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    content = {"made_by": "tools/learn_leads.py", "worlds": sorted(worlds), "kinds": about}
    (PLACE / "lead_weights.json").write_text(json.dumps(content, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
