"""Correct overlaps for matches that were missed or false, and carry the doubt into the interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from scipy.optimize import nnls

from ironriver.errors import MistakeError
from ironriver.estimators.population.estimate import Answer, Estimate, Refusal
from ironriver.estimators.population.graphs import left_bits
from ironriver.estimators.population.lists import Floats, Ints, Lists
from ironriver.estimators.population.spread import ends, mixed
from ironriver.estimators.remark import Remark
from ironriver.estimators.types import Interval
from ironriver.language import mark

_EACH = 500

LINKAGE_PITFALL = Remark(
    mark(
        "Missed and false matches are taken to strike all individuals alike; records that are hard "
        "to match (a defaced serial number) are often those of the individuals least seen."
    )
)


def matched_pairs(found: float, missed: float, false: float) -> float:
    """Give how many individuals two lists truly share: (found - false) / (1 - missed).

    `missed` is the share of true matches not found, `false` the number of false ones. Ding and
    Fienberg (1994), Survey Methodology 20, equation 2.6. ValueError unless 0 <= missed < 1.

    >>> matched_pairs(82.0, 0.2, 2.0)
    100.0
    """
    if not 0 <= missed < 1:
        raise ValueError(f"the share of missed matches is {missed}, not within 0 and 1")
    return max(0.0, found - false) / (1 - missed)


def splitting(lists: int, missed: float) -> Floats:
    """Give what becomes of individuals when each further record is left unmatched at this rate.

    Column w holds the expected patterns that one individual of pattern w is seen as: of its k
    records each but one is unmatched with probability `missed`, whichever they are, and stands for
    an individual of its own. Shape (2**lists, 2**lists). For two lists this is Ding and Fienberg's.

    >>> splitting(2, 0.25)[:, 3].tolist()
    [0.0, 0.25, 0.25, 0.75]
    """
    table = np.zeros((2**lists, 2**lists))
    for whole in range(1, 2**lists):
        held = left_bits(whole)
        for lost in range(len(held)):
            others = len(held) - 1
            chance = comb(others, lost) * missed**lost * (1 - missed) ** (others - lost)
            kept_sets = list(combinations(held, len(held) - lost))
            for kept in kept_sets:
                table[sum(1 << at for at in kept), whole] += chance / len(kept_sets)
                for at in set(held) - set(kept):
                    table[1 << at, whole] += chance / len(kept_sets)
    return table


def expected_truth(lists: Lists, missed: float, false: Mapping[tuple[str, str], float]) -> Floats:
    """Give the table that matching with these errors would on average have turned into this one.

    False matches between singles are taken apart first, then `splitting` is undone by non-negative
    least squares. Shape (2**lists,), not whole numbers.
    """
    seen = lists.counts.astype(float)
    for (first, second), count in false.items():
        bits = [1 << lists.names.index(name) for name in (first, second)]
        undone = min(float(count), float(seen[sum(bits)]))
        seen[sum(bits)] -= undone
        seen[bits] += undone
    truth, _ = nnls(splitting(len(lists.names), missed)[1:, 1:], seen[1:])
    return np.concatenate([[0.0], truth])


@dataclass(frozen=True, slots=True)
class LinkageErrors:
    """What a check of the matching found.

    Of `checked` true matches `missed` had not been found; `false` is the expected number of false
    matches for pairs of lists (the sum of 1 - probability over accepted same-gun judgements).
    """

    missed: int
    checked: int
    false: Mapping[tuple[str, str], float]

    def __post_init__(self) -> None:
        if not 0 <= self.missed < self.checked:
            raise MistakeError(
                "{missed} missed of {checked} checked matches: the first must be smaller",
                missed=self.missed, checked=self.checked,
            )  # fmt: skip


def corrected(
    lists: Lists,
    errors: LinkageErrors,
    estimator: Callable[[Lists], Answer],
    *,
    draws: int = 40,
    seed: int = 1,
) -> Answer:
    """Estimate N from tables corrected for missed and false matches, mixed over the errors' doubt.

    The miss rate is drawn from its posterior (Jeffreys's prior), false matches from a Poisson; each
    corrected table is rounded at random. If the estimator refuses on more than one in ten, so does
    this.
    """
    dice = np.random.default_rng(seed)
    answers = []
    for _ in range(draws):
        rate = dice.beta(errors.missed + 0.5, errors.checked - errors.missed + 0.5)
        false = {pair: float(dice.poisson(count)) for pair, count in errors.false.items()}
        truth = expected_truth(lists, float(rate), false)
        whole = np.floor(truth + dice.random(len(truth))).astype(int)
        answers.append(estimator(Lists(lists.names, (0, *(int(each) for each in whole[1:])))))
    remark = Remark(
        mark(
            "Corrected for missed matches ({rate:.1%} of those checked) and for false ones "
            "({count:,.1f})."
        ),
        {"rate": errors.missed / errors.checked, "count": sum(errors.false.values())},
    )
    return pooled(answers, lists.observed, (remark,), dice)


def pooled(
    answers: Sequence[Answer],
    observed: int,
    remarks: tuple[Remark, ...],
    dice: np.random.Generator,
) -> Answer:
    """Mix what an estimator answered for several versions of one table."""
    found = [answer for answer in answers if isinstance(answer, Estimate)]
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    if len(refused) > len(answers) / 10:
        return refused[0]
    low, middle, high = ends(mixed(found, _EACH, dice))
    first = found[0]
    interval = Interval(low, high, first.interval.kind, first.interval.level)
    pitfalls = (LINKAGE_PITFALL, *first.pitfalls)
    return Estimate(first.method, middle, interval, observed, pitfalls, remarks, first.bound)


@dataclass(frozen=True, slots=True)
class Link:
    """A judgement that two records are of one individual, with its probability."""

    left: str
    right: str
    probability: float


def drawn_tables(
    members: Mapping[str, Sequence[str]], links: Sequence[Link], draws: int, seed: int
) -> list[Lists]:
    """Draw tables from same-gun probabilities: each link holds or not, and groups are joined.

    `members` gives the record ids of each list; a record id stands on one list only. A link to a
    record of no list is left out.
    """
    places = [(record, at) for at, ids in enumerate(members.values()) for record in ids]
    index = {record: place for place, (record, _) in enumerate(places)}
    known = [link for link in links if link.left in index and link.right in index]
    ends_of = np.array([(index[link.left], index[link.right]) for link in known]).reshape(-1, 2)
    chance = np.array([link.probability for link in known])
    bits = 1 << np.array([at for _, at in places], dtype=np.int64)
    dice = np.random.default_rng(seed)
    names = tuple(members)
    tables = []
    for _ in range(draws):
        kept = ends_of[dice.random(len(known)) < chance]
        tables.append(_joined(names, bits, kept))
    return tables


def _joined(names: tuple[str, ...], bits: Ints, kept: Ints) -> Lists:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    edges = coo_array((np.ones(len(kept)), (kept[:, 0], kept[:, 1])), shape=(len(bits), len(bits)))
    count, group = connected_components(edges, directed=False)
    patterns = np.zeros(count, dtype=np.int64)
    np.bitwise_or.at(patterns, group, bits)
    cells = np.bincount(patterns, minlength=2 ** len(names))
    return Lists(names, tuple(int(cell) for cell in cells))


def over_links(
    members: Mapping[str, Sequence[str]],
    links: Sequence[Link],
    estimator: Callable[[Lists], Answer],
    *,
    draws: int = 40,
    seed: int = 1,
) -> Answer:
    """Estimate N from lists whose overlap is only probable, mixed over draws of the overlap.

    Linkage uncertainty carried into the estimate: Tancredi and Liseo (2011), Annals of Applied
    Statistics 5; here the two steps stay apart.
    """
    tables = drawn_tables(members, links, draws, seed)
    remark = Remark(
        mark("Mixed over {draws} draws of {links} uncertain matches."),
        {"draws": draws, "links": len(links)},
    )
    answers = [estimator(table) for table in tables]
    observed = int(np.median([table.observed for table in tables]))
    return pooled(answers, observed, (remark,), np.random.default_rng(seed + 1))
