"""Learn the weights of the channels on synthetic worlds, and write `networks/channel_weights.csv`.

    python tools/learn_channels.py FOLDER NAME ... [--note TEXT]

Each NAME is a world `FOLDER/NAME` (with `truth/`) whose workspace `FOLDER/ws_NAME` holds every
stage. The worlds must differ in their parameters, and in seeds from those that are judged later.
What is learned on other worlds is tried on each world in turn; the chains' part and the error that
is carried to another world rest on that.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from ironriver import engine
from ironriver.estimators.class_shares import adjusted_shares
from ironriver.networks.channel_marks import MARKS, READS, FoundGuns, read_marks
from ironriver.networks.channels import (
    CHANNELS,
    NUMBERS,
    ChainGuns,
    ChannelModel,
    chain_log_odds,
    channel_posteriors,
    found_members,
    spoken,
)
from ironriver.workspace import Workspace

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
RIDGE, CHAIN_RIDGE = 3.0, 2.0
OUT = Path(__file__).parents[1] / "src" / "ironriver" / "networks" / "channel_weights.csv"


@dataclass(frozen=True, slots=True)
class World:
    """A world's found guns, their chains, and the truth: channel of each gun, -1 for none."""

    name: str
    guns: FoundGuns
    chains: ChainGuns
    channel: Ints

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Which guns have a channel."""
        return self.channel >= 0


_TRUE_GUNS = """
SELECT firearm_id, firearm_key FROM (
  SELECT firearm_id, rows.firearm_key, round(sum(probability), 9) AS weight, min(record_id) AS one
  FROM firearm_members JOIN (
    SELECT record_id, source_id, row_number FROM records
    UNION ALL SELECT record_id, source_id, row_number FROM trace_results) USING (record_id)
  JOIN rows USING (source_id, row_number)
  WHERE rows.firearm_key IS NOT NULL GROUP BY ALL)
QUALIFY row_number() OVER (PARTITION BY firearm_id ORDER BY weight DESC, one) = 1
"""


def read_world(folder: Path, name: str) -> World:
    """Read the marks and chains of a workspace, and the truth of its guns."""
    held = duckdb.connect()
    names = (*READS, "network_members")
    with Workspace.open(folder / f"ws_{name}") as ws, engine.connect(ws, names) as opened:
        for table in names:
            held.register("_rows", engine.query(opened, f'SELECT * FROM "{table}"'))  # noqa: S608
            held.execute(f'CREATE TABLE "{table}" AS SELECT * FROM _rows')  # noqa: S608
    guns = read_marks(held)
    chains = chains_of(held)
    for table in ("rows", "firearms"):
        held.execute(f"CREATE VIEW {table} AS FROM '{folder / name / 'truth' / table}.parquet'")
    true = dict(
        held.execute(
            f"SELECT firearm_id, channel FROM ({_TRUE_GUNS}) JOIN firearms USING (firearm_key)"  # noqa: S608
        ).fetchall()
    )
    order = list(CHANNELS)
    channel = [order.index(said) if (said := true.get(gun)) in order else -1
               for gun in guns.ids.to_pylist()]  # fmt: skip
    return World(name, guns, chains, np.array(channel, dtype=np.int64))


def chains_of(held: duckdb.DuckDBPyConnection) -> ChainGuns:
    """Give the chains of the workspace; where none were linked, guns of one purchaser."""
    rows = held.execute(
        "SELECT network_id, member_id, probability FROM network_members "
        "WHERE member_kind = 'firearm' ORDER BY ALL").fetchall()  # fmt: skip
    if not rows:
        rows = held.execute(
            "SELECT purchaser_entity_id, firearm_id, max(purchaser_probability) FROM traces "
            "WHERE purchaser_entity_id IS NOT NULL GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    names = sorted({row[0] for row in rows})
    place = {name: number for number, name in enumerate(names)}
    return ChainGuns(
        len(names),
        np.array([place[row[0]] for row in rows], dtype=np.int64),
        [row[1] for row in rows],
        np.array([row[2] for row in rows], dtype=np.float64),
    )


def fit_guns(marks: Floats, channel: Ints, weight: Floats) -> tuple[Floats, Floats]:
    """Fit multinomial log-odds with a ridge; give weights (marks, channels) and base."""
    size, kinds = marks.shape[1], len(CHANNELS)
    one = np.eye(kinds)[channel]

    def cost(flat: Floats) -> tuple[float, Floats]:
        table = flat.reshape(size + 1, kinds)
        logs = log_softmax(marks @ table[1:] + table[0], axis=1)
        gap = (np.exp(logs) - one) * weight[:, None]
        slope = np.vstack([gap.sum(axis=0), marks.T @ gap + RIDGE * table[1:]])
        loss = -(weight * logs[np.arange(len(channel)), channel]).sum()
        return float(loss + RIDGE / 2 * (table[1:] ** 2).sum()), slope.ravel()

    done = minimize(cost, np.zeros((size + 1) * kinds), jac=True, method="L-BFGS-B",
                    options={"maxiter": 2000, "ftol": 1e-10})  # fmt: skip
    table = done.x.reshape(size + 1, kinds)
    return table[1:], table[0]


def blank() -> ChannelModel:
    """Give a model that knows nothing."""
    none = np.zeros(len(CHANNELS))
    return ChannelModel(np.zeros((len(MARKS), len(CHANNELS))), none, none + 1 / len(CHANNELS),
                        none, none, 0.0, 0.0, 0.0, 0.0, none)  # fmt: skip


def learn_guns(worlds: Sequence[World]) -> ChannelModel:
    """Learn from guns alone; every world weighs the same."""
    marks = np.concatenate([each.guns.marks[each.known] for each in worlds])
    channel = np.concatenate([each.channel[each.known] for each in worlds])
    even = np.concatenate([np.full(each.known.sum(), 1 / each.known.sum()) for each in worlds])
    weight = even * len(channel) / even.sum()
    weights, base = fit_guns(marks, channel, weight)
    prior = np.bincount(channel, weight, minlength=len(CHANNELS)) / weight.sum()
    return replace(blank(), weights=weights, base=base, prior=prior)


def learn_chains(worlds: Sequence[World], models: Sequence[ChannelModel]) -> ChannelModel:
    """Learn how guns of one chain speak together, each world with a model it had no part in."""
    parts = [_told(world, model) for world, model in zip(worlds, models, strict=True)]
    kinds = len(CHANNELS)

    def model_of(flat: Floats) -> ChannelModel:
        return replace(models[0], chain_base=flat[:kinds], chain_size=flat[kinds:-2],
                       loudness=float(np.exp(flat[-2])), crowding=float(flat[-1]))  # fmt: skip

    def cost(flat: Floats) -> float:
        tried, loss = model_of(flat), 0.0
        for said, chain, size, label in parts:
            logs = log_softmax(chain_log_odds(said, chain, size, tried), axis=1)
            kept = np.flatnonzero(label >= 0)
            loss -= float(logs[kept, label[kept]].sum())
        return loss + CHAIN_RIDGE * float((flat[:-2] ** 2).sum() / 2)

    start = np.append(np.zeros(2 * kinds), [0.0, 0.3])
    done = minimize(cost, start, method="L-BFGS-B", options={"maxiter": 200})
    found = model_of(done.x)
    return replace(found, hearing=_hearing(worlds, models, found))


def _told(world: World, model: ChannelModel) -> tuple[Floats, Ints, int, Ints]:
    """Give what the members of a world's chains say, and the true channel of most of each."""
    alone = softmax(model.base + world.guns.marks @ model.weights, axis=1)
    place, chain, sure = found_members(world.guns, world.chains)
    votes = np.zeros((world.chains.size, len(CHANNELS)))
    true = world.channel[place]
    np.add.at(votes, (chain[true >= 0], true[true >= 0]), 1)
    label = np.where(votes.sum(axis=1) > 0, votes.argmax(axis=1), -1)
    return spoken(alone[place], model.prior, sure), chain, world.chains.size, label


def _hearing(
    worlds: Sequence[World], models: Sequence[ChannelModel], chains: ChannelModel
) -> float:
    """Find how strongly a gun should hear its chain, by the log loss of the guns in chains."""

    def cost(power: float) -> float:
        loss = 0.0
        for world, model in zip(worlds, models, strict=True):
            said = channel_posteriors(world.guns, world.chains, joined(model, chains, power))
            loss += log_loss(said.guns[world.known], world.channel[world.known])
        return loss

    tried = np.linspace(0, 1.2, 13)
    return float(tried[int(np.argmin([cost(float(power)) for power in tried]))])


def joined(guns: ChannelModel, chains: ChannelModel, hearing: float) -> ChannelModel:
    """Put the guns' part of one model and the chains' part of another together."""
    return replace(guns, chain_base=chains.chain_base, chain_size=chains.chain_size,
                   loudness=chains.loudness, crowding=chains.crowding,
                   hearing=hearing)  # fmt: skip


def log_loss(posteriors: Floats, channel: Ints) -> float:
    """Give the mean negative log probability of the truth."""
    return float(-np.log(np.maximum(posteriors[np.arange(len(channel)), channel], 1e-9)).mean())


def learn_shares(worlds: Sequence[World], models: Sequence[ChannelModel]) -> tuple[float, Floats]:
    """Find the weight of the prior and the error of each share that is carried to another world.

    Worlds are much alike in their shares and life may not be: half of the trials weigh the guns of
    a world by channel so that its shares become others, drawn from a Dirichlet distribution.
    """
    dice = np.random.default_rng(1)
    trials = [
        (said, model.prior, weights, np.bincount(true, weights, len(CHANNELS)) / weights.sum())
        for world, model in zip(worlds, models, strict=True)
        for said, true in [_known(world, model)]
        for weights in _shifted(dice, true)
    ]
    best, least = (0.0, np.full(len(CHANNELS), np.inf)), np.inf
    for strength in (0.0, 30.0, 100.0, 200.0, 300.0, 500.0, 1000.0, 3000.0, 1e9):
        gaps = []
        for said, prior, weights, true in trials:
            shares = adjusted_shares(said, prior, strength=strength, weights=weights)
            gaps.append(np.log((true + 0.02) / (shares + 0.02)))
        spread = np.sqrt(np.mean(np.square(gaps), axis=0))
        whole = float(np.sqrt(np.mean(np.square(gaps))))
        print(f"  strength {strength:g}: spread {whole:.3f}")
        if whole < least:
            best, least = (strength, spread), whole
    return best


def _known(world: World, model: ChannelModel) -> tuple[Floats, Ints]:
    said = channel_posteriors(world.guns, world.chains, model).guns
    return said[world.known], world.channel[world.known]


def _shifted(dice: np.random.Generator, true: Ints) -> list[Floats]:
    """Give weights of the guns: as they are, and so that their shares become others."""
    shares = np.bincount(true, minlength=len(CHANNELS)) / len(true)
    out = [np.ones(len(true))] * 4
    for _ in range(4):
        other = dice.dirichlet(20 * shares + 0.5)
        weights = (other / np.maximum(shares, 1e-9))[true]
        out.append(weights * len(true) / weights.sum())
    return out


def learn(worlds: Sequence[World]) -> ChannelModel:
    """Learn everything: guns on all worlds, the rest on worlds that the guns' part did not see."""
    models = [learn_guns([other for other in worlds if other is not world]) for world in worlds]
    chains = learn_chains(worlds, models)
    apart = [joined(model, chains, chains.hearing) for model in models]
    for world, model in zip(worlds, apart, strict=True):
        said = channel_posteriors(world.guns, world.chains, model)
        true = world.channel[world.known]
        lines = [
            f"{name} {np.mean(table[world.known].argmax(axis=1) == true):.4f} "
            f"{log_loss(table[world.known], true):.4f}"
            for name, table in (("alone", said.alone), ("in chains", said.guns))
        ]
        print(f"{world.name}: {'; '.join(lines)} ({world.chains.size} chains)")
    print(f"loudness {chains.loudness:.3f}, crowding {chains.crowding:.3f}, "
          f"hearing {chains.hearing:.2f}")  # fmt: skip
    strength, spread = learn_shares(worlds, apart)
    return replace(joined(learn_guns(worlds), chains, chains.hearing), strength=strength,
                   spread=spread)  # fmt: skip


def written(model: ChannelModel, worlds: Sequence[World], note: str) -> str:
    """Write a model as CSV, with where it comes from."""
    guns = sum(int(each.known.sum()) for each in worlds)
    lines = [
        f"# Learned by tools/learn_channels.py on {guns} found guns of {len(worlds)} synthetic "
        f"worlds ({', '.join(each.name for each in worlds)}) of varied parameters.",
        *([f"# {note}"] if note else []),
        "part,name,channel,value",
    ]
    tables = {"base": model.base, "prior": model.prior, "chain_base": model.chain_base,
              "chain_size": model.chain_size, "spread": model.spread}  # fmt: skip
    lines += [f"{part},,{channel},{value:.6g}" for part, values in tables.items()
              for channel, value in zip(CHANNELS, values, strict=True)]  # fmt: skip
    lines += [f"number,{name},,{getattr(model, name):.6g}"
              for name in NUMBERS]  # fmt: skip
    lines += [f"mark,{name},{channel},{value:.4f}"
              for name, row in zip(MARKS, model.weights, strict=True)
              for channel, value in zip(CHANNELS, row, strict=True)]  # fmt: skip
    return "\n".join(lines) + "\n"


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--note", default="")
    given = parser.parse_args()
    worlds = [read_world(given.folder, name) for name in given.names]
    OUT.write_text(written(learn(worlds), worlds, given.note), encoding="utf-8")


if __name__ == "__main__":
    main()
