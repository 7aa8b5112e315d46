"""Learn the weights of links on worlds with known truth, and write them into the package.

    python tools/learn_links.py --world WS TRUTH [--world WS TRUTH ...] --calibrate WS TRUTH

`WS` is a workspace on which every stage up to `trace` was run, `TRUTH` its world's folder `truth/`.
Weights come from a logistic regression on the levels of all candidate pairs, each ring's pairs
weighed down by the square root of its size, so that few large rings do not speak for all. Whoever
has pairs of guns of known networks of their own may learn anew in the same way.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from ironriver import engine
from ironriver.estimators.metrics import adjusted_rand_index
from ironriver.networks import READS, belonging, building, people, weights
from ironriver.networks.building import Edges
from ironriver.networks.candidates import candidates
from ironriver.networks.compared import Compared
from ironriver.networks.evidence import Evidence, Ints, Reals, read_evidence
from ironriver.networks.joining import between
from ironriver.networks.partition import divide
from ironriver.networks.signs import SIGNS, levels
from ironriver.workspace import Workspace
from ironriver.world.score_tables import lay_out
from ironriver.world.score_truth import identify

PACKAGE = Path(__file__).parents[1] / "src" / "ironriver" / "networks"
RIDGE = 2.0
"""Strength of the pull towards 0: as if each level had been seen this often saying nothing."""
NONE = -1
HALF = 0.5
MOST_PAIRS = 600_000
"""Of a world with more candidate pairs, about as many are drawn."""
RESOLUTIONS = (0.2, 0.28, 0.35, 0.42, 0.5)
JOINED_ALREADY = (0.0, 0.3, 0.6, 0.9)
"""Shares of groups that are put together as is true before joining is learned from the rest."""


def evidence_of(folder: Path) -> Evidence:
    """Read the evidence of a workspace."""
    with engine.connect(Workspace.open(folder), READS) as connection:
        return read_evidence(connection)


World = tuple[Evidence, Ints, dict[tuple[str, int], str]]
"""Evidence, each gun's ring, and the role of each judged person in each ring."""


def world_of(folder: Path, truth: Path) -> World:
    """Read a world: its evidence, the number of each gun's ring (NONE for none), and who is who."""
    names = ("records", "trace_results", "firearm_members", "parties", "entity_members")
    evidence = evidence_of(folder)
    with tempfile.TemporaryDirectory() as place:
        given = {}
        with engine.connect(Workspace.open(folder), names) as connection:
            for name in names:
                given[name] = Path(place) / f"{name}.parquet"
                rows = engine.query(connection, f'SELECT * FROM "{name}"')  # noqa: S608
                pq.write_table(rows, given[name])
        desk = lay_out(given, truth)
        try:
            identify(desk)
            found = dict(desk.rows(_RINGS))
            desk.run(f"CREATE VIEW roles AS FROM '{truth / 'memberships.parquet'}'")
            staff = desk.rows("SELECT entity_id, ring_key, role FROM entity_true"
                              " JOIN roles USING (entity_key)")  # fmt: skip
        finally:
            desk.connection.close()
    keys = {key: place for place, key in enumerate(sorted(set(found.values())))}
    ring = [keys[found[gun]] if gun in found else NONE for gun in evidence.guns.ids.to_pylist()]
    roles = {(entity, keys[key]): role for entity, key, role in staff if key in keys}
    return evidence, np.array(ring, dtype=np.int64), roles


_RINGS = """
SELECT firearm_id, ring_key FROM firearm_true
JOIN truth.firearms USING (firearm_key) WHERE ring_key IS NOT NULL
"""


def pairs_of(evidence: Evidence, ring: Ints) -> tuple[Ints, Reals, Reals]:
    """Give levels, whether both are of one ring, and the weight of every candidate pair."""
    left, right = candidates(evidence)
    if len(left) > MOST_PAIRS:
        chosen = np.random.Generator(np.random.PCG64(1)).random(len(left)) < MOST_PAIRS / len(left)
        left, right = left[chosen], right[chosen]
    same = (ring[left] == ring[right]) & (ring[left] != NONE)
    size = np.bincount(ring[ring != NONE], minlength=1)
    weight = np.ones(len(left))
    weight[same] = np.sqrt(10.0 / np.maximum(size[ring[left[same]]], 10))
    found = levels(Compared.of(evidence), left, right)
    return found, same.astype(np.float64), weight


def grouped(found: Ints, same: Reals, weight: Reals) -> tuple[Ints, Reals, Reals]:
    """Put pairs of equal levels together: levels, share of one ring, weight."""
    kinds, place = np.unique(found, axis=0, return_inverse=True)
    total = np.bincount(place.ravel(), weight)
    return kinds, np.bincount(place.ravel(), weight * same) / total, total


def marked(kinds: Ints) -> Reals:
    """Give a column for 1 and for each level of each sign."""
    columns = [np.ones((len(kinds), 1))]
    for place, sign in enumerate(SIGNS):
        columns.append(np.eye(len(sign.levels) + 1)[kinds[:, place]][:, 1:])
    return np.hstack(columns)


def newton(inputs: Reals, share: Reals, weight: Reals, ridge: float) -> Reals:
    """Fit a logistic regression with a ridge on all but the first input, by Newton's method."""
    found = np.zeros(inputs.shape[1])
    base = float(np.average(share, weights=weight))
    found[0] = np.log(base / (1 - base))
    pull = np.full(len(found), ridge)
    pull[0] = 1e-9
    for _ in range(100):
        chance = weights.probability(inputs @ found)
        slope = inputs.T @ (weight * (share - chance)) - pull * found
        bend = (inputs * (weight * chance * (1 - chance))[:, None]).T @ inputs
        step = np.linalg.solve(bend + np.diag(pull), slope)
        largest = float(np.abs(step).max())
        found += step * min(1.0, 3.0 / largest) if largest else step
        if largest < 1e-6:
            break
    return found


def learned(worlds: list[tuple[Ints, Reals, Reals]]) -> weights.Weights:
    """Learn from the pairs of several worlds."""
    parts = [grouped(*world) for world in worlds]
    kinds, share, weight = (np.concatenate(each) for each in zip(*parts, strict=True))
    found = newton(marked(kinds), share, weight, RIDGE)
    ends = np.cumsum([1, *(len(sign.levels) for sign in SIGNS)])
    by_sign = tuple(
        np.concatenate(([0.0], found[start:stop])) for start, stop in pairwise(ends.tolist())
    )
    return weights.Weights(float(found[0]), by_sign)


def calibrated(raw: weights.Weights, worlds: list[tuple[Ints, Reals, Reals]]) -> weights.Weights:
    """Calibrate on other worlds: log-odds become slope times their sum plus a shift."""
    parts = [grouped(*world) for world in worlds]
    kinds, share, weight = (np.concatenate(each) for each in zip(*parts, strict=True))
    total = np.full(len(kinds), raw.prior)
    for place, values in enumerate(raw.by_sign):
        total += values[kinds[:, place]]
    shift, slope = newton(np.stack([np.ones(len(total)), total], axis=1), share, weight, 1e-9)
    return weights.Weights(raw.prior, raw.by_sign, float(slope), float(shift))


def linkage(worlds: list[tuple[Edges, Ints]], resolution: float) -> Reals:
    """Learn when two groups are one network: from groups partly joined as is true."""
    tables, answers = [], []
    chance = np.random.Generator(np.random.PCG64(1))
    for edges, ring in worlds:
        first = divide(len(ring), edges.left, edges.right, edges.probability, resolution)
        ring_of = _most(first, ring, int(first.max()) + 1)[:, 0].astype(np.int64)
        for share in JOINED_ALREADY:
            group = np.arange(len(ring_of))
            taken = (chance.random(len(group)) < share) & (ring_of != NONE)
            group[taken] = len(group) + ring_of[taken]
            labels = np.unique(group[first], return_inverse=True)[1]
            own = _most(labels, ring, int(labels.max()) + 1)[:, 0]
            found = between(labels, edges.left, edges.right, edges.probability)
            tables.append(found.features(np.bincount(labels).astype(np.float64)))
            answers.append((own[found.left] == own[found.right]) & (own[found.left] != NONE))
    table = np.concatenate(tables)
    scale = table.std(axis=0)
    happened = np.concatenate(answers).astype(np.float64)
    weight = newton(_with_one(table / scale), happened, np.ones(len(table)), RIDGE)
    return np.concatenate([weight[:1], weight[1:] / scale])


def ruled(worlds: list[tuple[Evidence, Ints]], found: weights.Weights) -> belonging.Rules:
    """Learn to divide and to join, how likely a chain is one network, and a gun part of it."""
    chains, guns = [], []
    graphs = [(building.weighed(Compared.of(evidence), found), ring) for evidence, ring in worlds]
    first = best_division(graphs)
    for (evidence, ring), (edges, _) in zip(worlds, graphs, strict=True):
        label = building.of_two_or_more(building.divided(len(ring), edges, evidence.judged, first))
        held = building.holds(label, edges, evidence.judged, first)
        seen = belonging.features(evidence, label, edges, *held)
        most = _most(label, ring, len(seen.chain))
        chains.append((seen.chain, (most[:, 0] != NONE) & (most[:, 1] >= HALF)))
        inside = label >= 0
        right = (ring[inside] == most[label[inside], 0]) & (ring[inside] != NONE)
        guns.append((seen, label, inside, right))
    table = np.concatenate([each[0] for each in chains])
    happened = np.concatenate([each[1] for each in chains]).astype(np.float64)
    one = newton(_with_one(table), happened, np.ones(len(table)), RIDGE)
    rows = []
    for seen, label, inside, _ in guns:
        odds = one[0] + seen.chain @ one[1:]
        rows.append(np.column_stack([odds[label[inside]], seen.gun[inside]]))
    right = np.concatenate([each[3] for each in guns]).astype(np.float64)
    other = newton(_with_one(np.concatenate(rows)), right, np.ones(len(right)), RIDGE)
    return belonging.Rules(first.resolution, first.join, one, other)


def _with_one(table: Reals) -> Reals:
    return np.hstack([np.ones((len(table), 1)), table])


def _most(label: Ints, ring: Ints, count: int) -> Reals:
    """Give the ring that most guns of each chain are of (NONE for none), and their share."""
    out = np.zeros((count, 2))
    inside = np.flatnonzero(label >= 0)
    pairs, counts = np.unique(
        np.stack([label[inside], ring[inside]], axis=1), axis=0, return_counts=True
    )
    size = np.bincount(label[inside], minlength=count)
    order = np.lexsort((pairs[:, 1] == NONE, -counts, pairs[:, 0]))
    best = order[np.unique(pairs[order, 0], return_index=True)[1]]
    out[pairs[best, 0], 0] = pairs[best, 1]
    out[pairs[best, 0], 1] = counts[best] / size[pairs[best, 0]]
    return out


def best_division(worlds: list[tuple[Edges, Ints]]) -> belonging.Rules:
    """Choose the resolution: the highest mean of adjusted Rand index and small rings found."""
    none, unjudged = np.zeros(0), np.empty((0, 3), dtype=np.int64)
    tried = []
    for resolution in RESOLUTIONS:
        rules = belonging.Rules(resolution, linkage(worlds, resolution), none, none)
        score = sum(
            measured(building.divided(len(ring), edges, unjudged, rules), ring)
            for edges, ring in worlds
        )
        tried.append((score, rules))
    return max(tried, key=lambda each: each[0])[1]


def measured(label: Ints, ring: Ints) -> float:
    """Give the mean of the adjusted Rand index and of the share of rings of 3 to 5 guns found."""
    size = np.bincount(label)
    seen = (size[label] > 1) | (ring != NONE)
    true = np.where(ring != NONE, ring, ring.max() + 1 + np.arange(len(ring)))
    index = adjusted_rand_index(label[seen], true[seen])
    found, rings = 0, 0
    for each, guns in enumerate(np.bincount(ring[ring != NONE])):
        if 3 <= guns <= 5:
            groups, counts = np.unique(label[ring == each], return_counts=True)
            whole = size[groups]
            rings += 1
            found += bool(((counts >= HALF * guns) & (counts >= HALF * whole)).any())
    return (index + found / max(rings, 1)) / 2


def staffed(
    worlds: list[World], found: weights.Weights, rules: belonging.Rules
) -> list[dict[str, str]]:
    """Learn how often one whom a chain's records name belongs to its ring, and in which role."""
    belongs = np.zeros((len(people.SITUATIONS), 2))
    roles: list[dict[str, int]] = [{} for _ in people.SITUATIONS]
    for evidence, ring, members in worlds:
        chains = building.build(evidence, found, rules).chains
        most = _most(chains.label, ring, len(chains))
        named = people.named(chains)
        for place, entity in enumerate(named.entity.to_pylist()):
            situation = int(named.situation[place])
            role = members.get((entity, int(most[int(named.chain[place]), 0])))
            belongs[situation] += (named.surest[place], role is not None)
            if role:
                roles[situation][role] = roles[situation].get(role, 0) + 1
    rows = []
    for place, name in enumerate(people.SITUATIONS):
        # One case of each kind is added, so that what was never seen is not held impossible.
        share = min((belongs[place, 1] + 0.5) / (belongs[place, 0] + 1.0), 1.0)
        best = max(roles[place], key=lambda each: (roles[place][each], each), default="unknown")
        sure = (roles[place].get(best, 0) + 0.5) / (sum(roles[place].values()) + 1.0)
        if place == people.SELLER:
            best, share, sure = "seller", 1.0, 0.999
        rows.append({"situation": name, "role": best, "role_probability": f"{sure:.4f}",
                     "belongs": f"{share:.4f}"})  # fmt: skip
    return rows


def main() -> None:
    """Learn, calibrate, write."""
    reader = argparse.ArgumentParser(description=__doc__)
    pair = {"nargs": 2, "action": "append", "type": Path, "metavar": ("WS", "TRUTH")}
    reader.add_argument("--world", required=True, **pair)
    reader.add_argument("--calibrate", required=True, **pair)
    reader.add_argument("--note", default="", help="seeds and parameters, kept beside the weights")
    given = reader.parse_args()
    worlds = [_pairs(*each) for each in given.world]
    others = [_pairs(*each) for each in given.calibrate]
    found = calibrated(learned(worlds), others)
    known = [world_of(*each) for each in given.calibrate]
    plain = [(evidence, ring) for evidence, ring, _ in known]
    rules = ruled(plain, found)
    staff = staffed(known, found, rules)
    _write("person_rules.csv", tuple(staff[0]), staff)
    _write("chain_rules.csv", ("part", "name", "value"), belonging.to_rows(rules))
    _write("link_weights.csv", ("sign", "level", "log_odds"), weights.to_rows(found))
    told = {
        "made_by": "tools/learn_links.py",
        "learned_on": given.note,
        "pairs": int(sum(len(each[1]) for each in worlds)),
        "pairs_of_one_ring": int(sum(each[1].sum() for each in worlds)),
        "pairs_for_calibration": int(sum(len(each[1]) for each in others)),
        "ridge": RIDGE,
    }
    (PACKAGE / "link_weights.json").write_text(json.dumps(told, indent=2) + "\n", "utf-8")


def _write(name: str, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    with (PACKAGE / name).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _pairs(folder: Path, truth: Path) -> tuple[Ints, Reals, Reals]:
    evidence, ring, _ = world_of(folder, truth)
    return pairs_of(evidence, ring)


if __name__ == "__main__":
    main()
