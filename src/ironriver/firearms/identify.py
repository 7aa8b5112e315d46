"""P(gun r | query q) for many queries at once: the numbers of `posterior.posterior`, as arrays.

Candidates come from an index as pairs of a query and an entry (a record's serial). Records of one
gun share one weight, and the record that fits the query best speaks for it: all are readings of
the same number, and the mean of their likelihoods would count a gun down for every bad copy of it
that is kept. Queries are taken in batches, so that memory holds a batch of pairs and no more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from ironriver.estimators.types import Probability
from ironriver.firearms.channel import Channel, Rates, Reals
from ironriver.firearms.kernel import CompiledChannel, Integers, Packed
from ironriver.firearms.search import Candidates

Evidence = Callable[[Integers, Integers], Reals]
"""Log ratios of other fields for pairs (query, entry): P(fields | same gun) / P(fields | other)."""


@dataclass(frozen=True, slots=True)
class Model:
    """What was learned of how serials are read, and how often the gun stands in the registry."""

    channel: Channel
    in_registry: Probability
    stray: float = 0.0
    """How often the maker that a query names is not the gun's; see `Density.log_density`."""

    def data(self) -> dict[str, object]:
        """Give it as data for JSON."""
        rates = self.channel.rates
        return {
            "rates": {name: getattr(rates, name) for name in rates.__dataclass_fields__},
            "confusion": self.channel.confusion.tolist(),
            "alphabet": self.channel.alphabet,
            "in_registry": self.in_registry.value,
            "stray": self.stray,
        }

    @classmethod
    def of(cls, data: dict[str, object]) -> Model:
        """Read what `data` gave; what cannot be a model raises KeyError, TypeError or ValueError.

        >>> model = Model(Channel.from_rates(), Probability(0.5))
        >>> Model.of(model.data()).data() == model.data()
        True
        """
        rates, alphabet, inside = data["rates"], data["alphabet"], data["in_registry"]
        stray = data["stray"]
        if not isinstance(rates, dict) or not isinstance(alphabet, str):
            raise TypeError("rates and alphabet are no part of a model")
        if not isinstance(inside, int | float) or not isinstance(stray, int | float):
            raise TypeError("shares of a model must be numbers")
        confusion = np.array(data["confusion"], dtype=np.float64)
        return cls(Channel(Rates(**rates), confusion, alphabet), Probability(inside), stray)


@dataclass(frozen=True, slots=True)
class Answers:
    """The guns that each of `len(none)` queries may mean, from query `first` on.

    Sorted by query, then likeliest first, then by gun.
    """

    query: Integers
    gun: Integers
    entry: Integers
    """The record of the gun that speaks for it."""
    log_odds: Reals
    """Against none of these."""
    probability: Reals
    none: Reals
    """The chance of each query, candidates or not, that it is none of these."""
    first: int = 0

    def __len__(self) -> int:
        return len(self.query)

    def likeliest(self) -> tuple[Integers, Reals]:
        """Give the likeliest gun of each query and its chance; without candidates -1 and 0."""
        gun = np.full(len(self.none), -1, dtype=np.int64)
        chance = np.zeros(len(self.none))
        starts = np.flatnonzero(np.diff(self.query, prepend=-1))
        gun[self.query[starts] - self.first] = self.gun[starts]
        chance[self.query[starts] - self.first] = self.probability[starts]
        return gun, chance


@dataclass(frozen=True, slots=True)
class Registry:
    """The records that are searched: serials, and which gun each is of (0, 1, …)."""

    serials: Packed
    gun: Integers
    size: float
    """How many guns it holds."""

    @classmethod
    def of(cls, serials: Packed, gun: Integers | None = None) -> Registry:
        """Make one of records; without `gun` each record is a gun of its own."""
        if gun is None:
            return cls(serials, np.arange(len(serials)), float(len(serials)))
        if len(gun) != len(serials):
            raise ValueError(f"{len(gun)} guns for {len(serials)} serials")
        return cls(serials, gun, float(len(np.unique(gun))))


def identify(
    queries: Packed,
    registry: Registry,
    found: Iterable[Candidates],
    channel: CompiledChannel,
    log_background: Reals,
    in_registry: Probability,
    evidence: Evidence | None = None,
    log_beyond: Reals | None = None,
) -> Iterator[Answers]:
    """Give P(gun | query) for all queries, in batches as the candidates come.

    `found` are candidates in order of their queries (`SerialIndex.stream`); a query may go on from
    one batch to the next. `log_background` is log P0 of each query (`Density.log_density`), and
    `log_beyond` log B, if candidates are complete up to some errors (`Density.log_beyond`).
    """
    done, kept = 0, Candidates(*(np.zeros(0, dtype=np.int64) for _ in range(2)))

    def weighed(part: Candidates, last: int) -> Answers:
        logs = channel.log_pairs(queries, registry.serials, part.query, part.entry)
        if evidence is not None:
            logs = logs + evidence(part.query, part.entry)
        pairs = (part.query - done, part.entry, logs)
        beyond = None if log_beyond is None else log_beyond[done:last]
        answers = weigh(pairs, registry, log_background[done:last], in_registry, beyond)
        return replace(answers, query=answers.query + done, first=done)

    for part in found:
        both = Candidates.joined([kept, part]) if len(kept) else part
        last = int(both.query[-1]) if len(both) else done
        cut = int(np.searchsorted(both.query, last))
        kept = Candidates(both.query[cut:], both.entry[cut:])
        if last > done:
            yield weighed(Candidates(both.query[:cut], both.entry[:cut]), last)
            done = last
    if len(queries) > done:
        yield weighed(kept, len(queries))


def weigh(
    pairs: tuple[Integers, Integers, Reals],
    registry: Registry,
    log_background: Reals,
    in_registry: Probability,
    log_beyond: Reals | None = None,
) -> Answers:
    """Weigh pairs of (query, entry, log of likelihood times ratios) against none of these.

    Queries are places in `log_background`. Evidence for certain both ways raises ValueError.
    """
    query, entry, logs = _best_records(*pairs, registry.gun)
    gun = registry.gun[entry]
    starts = np.flatnonzero(np.diff(query, prepend=-1))
    asked = query[starts]
    shares = np.zeros(len(log_background))
    shares[asked] = np.diff(np.append(starts, len(query))) / max(registry.size, 1.0)
    prior = in_registry.value
    with np.errstate(divide="ignore"):
        joint = logs + np.log(prior / max(registry.size, 1.0))
        if log_beyond is None:
            nothing = np.log1p(-np.minimum(prior * shares, 1.0)) + log_background
        else:
            held = np.log(prior * np.maximum(1.0 - shares, 0.0)) + log_beyond
            nothing = np.logaddexp(np.log1p(-prior) + log_background, held)
    if np.isnan(nothing).any() or np.isnan(joint).any() or (nothing == math.inf).any():
        raise ValueError("a density that is no number cannot be weighed")
    top = nothing.copy()
    if len(starts):
        top[asked] = np.maximum(nothing[asked], np.maximum.reduceat(joint, starts))
    if not np.isfinite(top).all():
        raise ValueError("neither a candidate nor another gun can explain a query")
    summed = np.exp(nothing - top)
    if len(starts):
        summed[asked] += np.add.reduceat(np.exp(joint - top[query]), starts)
    total = top + np.log(summed)
    chance = np.minimum(np.exp(joint - total[query]), 1.0)
    order = np.lexsort((gun, -chance, query))
    with np.errstate(invalid="ignore"):
        odds = np.where(joint > -math.inf, joint - nothing[query], -math.inf)
    none = np.minimum(np.exp(nothing - total), 1.0)
    return Answers(query[order], gun[order], entry[order], odds[order], chance[order], none)


def _best_records(
    query: Integers, entry: Integers, logs: Reals, gun_of: Integers
) -> tuple[Integers, Integers, Reals]:
    """Keep the record of each gun that fits its query best; of equals the first."""
    gun = gun_of[entry]
    order = np.lexsort((entry, -logs, gun, query))
    fresh = np.diff(query[order], prepend=-1) != 0
    fresh |= np.diff(gun[order], prepend=-1) != 0
    best = order[fresh]
    return query[best], entry[best], logs[best]
