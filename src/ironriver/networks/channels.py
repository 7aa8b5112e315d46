"""By which channel guns left lawful hands: a probability for each, of every gun and every chain.

Of a gun alone: multinomial log-odds, the sum of what its marks add (`channel_marks`). Of a chain:
its guns left by one channel, so what each says adds up, weighed by how surely it belongs to the
chain. A gun then takes from its chain what the others say. All weights are learned on synthetic
worlds of other parameters than those judged (`channel_weights.csv`, made by
`tools/learn_channels.py`).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt
from scipy.special import log_softmax, softmax

from ironriver.language import mark
from ironriver.networks.channel_marks import MARKS, FoundGuns

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CHANNELS: dict[str, str] = {
    "straw_purchase": mark("straw purchase"),
    "unlicensed_dealing": mark("unlicensed dealing"),
    "theft_shop": mark("theft from a licensee"),
    "theft_home": mark("theft from a person in the United States"),
    "broker": mark("broker"),
    "corrupt_seller": mark("corrupt seller"),
    "forces_loss": mark("leakage from Mexican forces"),
    "mexican_legal_sale": mark("lawful sale in Mexico"),
    "central_american_stock": mark("military stock of Central America"),
    "home_made": mark("privately made"),
}
"""Every channel, with what it is called; a lawful sale in Mexico is one of them."""


@dataclass(frozen=True, slots=True)
class ChainGuns:
    """Which guns stand in which chain, and how surely: flat arrays, one place for each member.

    `chain` (members,) are numbers from 0 to `size` - 1, `firearms` the ids of the guns,
    `probability` that the gun belongs to the chain. Guns that nobody found say nothing of a
    channel and may stand among the members. A gun stands in at most one chain.
    """

    size: int
    chain: Ints
    firearms: Sequence[str]
    probability: Floats

    def __post_init__(self) -> None:
        if not len(self.chain) == len(self.firearms) == len(self.probability):
            raise ValueError("each member has a chain, a gun and a probability")

    @classmethod
    def labelled(
        cls, size: int, firearms: Sequence[str], label: Ints, probability: Floats
    ) -> ChainGuns:
        """Read labels of guns, one place for each gun: its chain, or -1 where it stands in none."""
        kept = np.flatnonzero(label >= 0)
        names = [firearms[place] for place in kept.tolist()]
        return cls(size, np.asarray(label)[kept], names, np.asarray(probability)[kept])

    @classmethod
    def none(cls) -> ChainGuns:
        """Give no chains at all: every gun is judged alone."""
        return cls(0, np.empty(0, np.int64), [], np.empty(0))


@dataclass(frozen=True, slots=True)
class ChannelModel:
    """What was learned: weights of marks, and how guns of one chain speak together.

    `weights` is (marks, channels), `base` (channels,); `prior` the shares the guns were learned
    with. A chain's log-odds are `chain_base` + `chain_size` log(guns) + `loudness` / guns ^
    `crowding` times the sum over its guns of the log of what each says: many guns say much the
    same. A gun hears its chain with the power `hearing`. `strength` and `spread`, one for each
    channel, are for their shares (`estimators.class_shares`).
    """

    weights: Floats
    base: Floats
    prior: Floats
    chain_base: Floats
    chain_size: Floats
    loudness: float
    crowding: float
    hearing: float
    strength: float
    spread: Floats


@dataclass(frozen=True, slots=True)
class ChannelPosteriors:
    """Probabilities of the channels, columns as `CHANNELS`.

    `alone` and `guns` are (guns, channels), in the order of the found guns: without and with what
    its chain says. `chains` is (chains, channels). `chain_of` (guns,) is the chain, -1 for none.
    """

    alone: Floats
    guns: Floats
    chains: Floats
    chain_of: Ints


NUMBERS = ("loudness", "crowding", "hearing", "strength")
"""The single numbers of a model."""


@cache
def channel_model() -> ChannelModel:
    """Give the shipped model."""
    text = (resources.files("ironriver.networks") / "channel_weights.csv").read_text("utf-8")
    return read_model(text)


def read_model(text: str) -> ChannelModel:
    """Read a model from CSV: part, name, channel, value."""
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    known = {(row["part"], row["name"], row["channel"]): float(row["value"]) for row in rows}

    def line(part: str, name: str = "") -> list[float]:
        return [known[part, name, channel] for channel in CHANNELS]

    loud, crowding, hearing, strength = (known["number", name, ""] for name in NUMBERS)
    return ChannelModel(
        np.array([line("mark", name) for name in MARKS]), np.array(line("base")),
        np.array(line("prior")), np.array(line("chain_base")), np.array(line("chain_size")),
        loud, crowding, hearing, strength, np.array(line("spread")),
    )  # fmt: skip


def channel_posteriors(
    guns: FoundGuns, chains: ChainGuns, model: ChannelModel | None = None
) -> ChannelPosteriors:
    """Give the probabilities of the channels of all found guns and of all chains.

    With r the likelihood ratios p(c|gun) / prior(c) and m the membership probability, a chain's
    log-odds of c are a_c + b_c log n + t n^-k sum log(m r + 1 - m), and a gun's odds p(c|gun)
    (m w_c / prior(c) + 1 - m)^h, w being its chain's probabilities without the gun itself.
    """
    learned = model or channel_model()
    alone = softmax(learned.base + guns.marks @ learned.weights, axis=1)
    place, chain, sure = found_members(guns, chains)
    said = spoken(alone[place], learned.prior, sure)
    whole = chain_log_odds(said, chain, chains.size, learned)
    own = loudness(np.bincount(chain, minlength=chains.size), learned)[chain, None] * said
    without = log_softmax(whole[chain] - own, axis=1)
    heard = np.log(sure[:, None] * np.exp(without) / learned.prior + 1 - sure[:, None])
    odds = np.log(np.maximum(alone, 1e-12))
    odds[place] += learned.hearing * heard
    chain_of = np.full(len(guns), -1)
    chain_of[place] = chain
    return ChannelPosteriors(alone, softmax(odds, axis=1), softmax(whole, axis=1), chain_of)


def found_members(guns: FoundGuns, chains: ChainGuns) -> tuple[Ints, Ints, Floats]:
    """Give the members that are found guns: place among the guns, chain, probability."""
    places = {name: place for place, name in enumerate(guns.ids.to_pylist())}
    found = np.array([places.get(name, -1) for name in chains.firearms], dtype=np.int64)
    kept = found >= 0
    sure = np.clip(np.asarray(chains.probability, dtype=np.float64)[kept], 0.0, 0.999)
    return found[kept], np.asarray(chains.chain, dtype=np.int64)[kept], sure


def spoken(alone: Floats, prior: Floats, sure: Floats) -> Floats:
    """Give what members say of each channel: log likelihood ratios, less of the unsure ones."""
    ratio = np.maximum(alone, 1e-12) / prior
    return np.asarray(np.log(sure[:, None] * ratio + 1 - sure[:, None]), dtype=np.float64)


def chain_log_odds(said: Floats, chain: Ints, size: int, model: ChannelModel) -> Floats:
    """Add up what the members of each chain say, shape (chains, channels)."""
    guns = np.bincount(chain, minlength=size)
    summed = np.zeros((size, said.shape[1]))
    np.add.at(summed, chain, said)
    sized = np.log(np.maximum(guns, 1))[:, None] * model.chain_size
    heard = loudness(guns, model)[:, None] * summed
    return np.asarray(model.chain_base + sized + heard, dtype=np.float64)


def loudness(guns: Ints, model: ChannelModel) -> Floats:
    """Give how loudly each gun of a chain of so many speaks."""
    spread = np.maximum(guns, 1).astype(np.float64) ** -model.crowding
    return np.asarray(model.loudness * spread, dtype=np.float64)


def told(probabilities: Floats, least: float = 0.001) -> list[dict[str, object]]:
    """Give channels with their probabilities, the likeliest first; they add up to 1.

    Those below `least` are left out and the others scaled.

    >>> told(np.array([0.7, 0.2995, *[0.0] * 6, 0.0005, 0.0]))[0]
    {'channel': 'straw_purchase', 'probability': 0.70035}
    """
    kept = np.where(probabilities >= least, probabilities, 0.0)
    kept /= kept.sum()
    names = list(CHANNELS)
    order = sorted(np.flatnonzero(kept).tolist(), key=lambda place: (-kept[place], place))
    return [{"channel": names[place], "probability": round(float(kept[place]), 6)}
            for place in order]  # fmt: skip
