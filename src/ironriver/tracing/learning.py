"""What the answers of a workspace teach about the guns that nobody answered for.

Each gun has one of the `endings`, which is hidden. Given it, the records are taken as independent:

    P(records | ending) = P(kind, country | way) P(obliterated) P(links) P(asked) prod P(answer)

and all chances are learned from the workspace itself by expectation-maximisation (Dempster, Laird
and Rubin 1977), with priors that say what the codes mean: a report of a loss of Mexican forces
belongs to `forces_loss`, a sale to `retail`. Prior counts are small, so that the records outweigh
them. That an ending may make it less likely that anybody asks is learned as well: officials ask
less of guns that they take for foreign, so that guns without an answer differ from those with one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ironriver.tables import Outcome
from ironriver.tracing.chances import (
    ANSWERERS,
    OTHER,
    SAME,
    USE,
    WAYS,
    Learned,
    ground_group,
    posterior,
    said_of,
)
from ironriver.tracing.endings import SOFT, endings
from ironriver.tracing.traits import HOME_MADE, LINKS, READINGS, Flags, Integers, Reals, Traits

ROUNDS = 7
"""Later rounds were measured to drift: what nobody answered for begins to explain itself."""
_KIND_PRIOR = 30.0
_LINK_PRIOR = np.array([
    [3.0, 0.1, 0.3, 0.02],
    [0.1, 5.0, 0.1, 0.02],
    [0.02, 0.02, 0.02, 6.0],
    [0.02, 0.02, 0.02, 0.02],
])  # fmt: skip
_LINK_WEIGHT = 10.0
_RATE_WEIGHT = 20.0
_MISTAKEN = 0.002
_SPOILT_SHARE = {
    Outcome.SERIAL_OBLITERATED: 8.0,
    Outcome.SERIAL_INVALID: 1.0,
    Outcome.PRE_1968: 0.0,
}
_OLD_SHARE, _OLD_WEIGHT = 0.01, 10.0
_SHARE = {Outcome.TRACED_TO_PURCHASER: 60.0, Outcome.TRACED_TO_GOVERNMENT: 60.0,
          Outcome.EXPORTED_FOREIGN_SALE: 60.0}  # fmt: skip


def begin(known: Traits, background: Reals, lawful: Reals, lost: Reals) -> Learned:
    """Begin with what the codes mean.

    `background` is how often each kind occurs and is of American or other make [kinds, 2]; `lawful`
    how many times likelier or less likely each kind is in a lawful Mexican sale [kinds]; `lost` how
    often each kind stands in lists of losses of Mexican forces [kinds].
    """
    share = background / background.sum()
    kinds = np.stack([_KIND_PRIOR * share] * len(WAYS))
    legal = share * lawful[:, None]
    kinds[WAYS.index("mexican_legal_sale")] = _KIND_PRIOR * legal / legal.sum()
    military = share / np.maximum(lawful[:, None], 0.05)
    kinds[WAYS.index("central_american_stock")] = _KIND_PRIOR * military / military.sum()
    split = (background + share) / (background + share).sum(axis=1, keepdims=True)
    kinds[WAYS.index("forces_loss")] += lost[:, None] * split
    home = home_made(known.kinds)[:, None]
    kinds = np.where(home == (np.array(WAYS) == "home")[:, None, None], kinds, 0.02 * kinds)
    # Where a home-made gun was made is not asked: all of its share stands in the first column.
    nobody = WAYS.index("home")
    kinds[nobody] = np.stack([kinds[nobody].sum(axis=1), np.full(len(kinds[nobody]), 1e-9)], axis=1)
    outcomes = np.array([
        _SPOILT_SHARE.get(each.outcome, _SHARE.get(each.outcome, 4.0)) for each in endings()
    ])  # fmt: skip
    answers = np.full((len(ANSWERERS), len(READINGS), OTHER + 1), 0.5)
    answers[..., SAME] = 12.0
    answers[:, 0, SAME] = np.array([0.1, 6.0, 6.0, 6.0, 0.1])
    answers[:, 0, SOFT.index(Outcome.SERIAL_OBLITERATED)] = 4.0
    return Learned(
        ways=np.array([6.0, 2.0, 1.0, 1.0, 0.2]),
        kinds=kinds,
        outcomes=outcomes,
        old=np.full(len(share), _OLD_SHARE * _OLD_WEIGHT),
        ground=np.array([0.02, 0.2, 0.05, 0.9]) * _RATE_WEIGHT,
        links=np.stack([_LINK_PRIOR] * 2, axis=1),
        sent=np.full((3, 2, 2), 2.0),
        answers=answers,
    )


def home_made(kinds: tuple[str, ...]) -> Flags:
    """Tell which kinds are called home-made; one more place stands for kinds not among them."""
    said = [HOME_MADE in name for name in kinds]
    return np.array([*said, False])


def learn(known: Traits, prior: Learned, rounds: int = ROUNDS) -> Learned:
    """Learn from guns by expectation-maximisation; `prior` holds counts, the result chances."""
    found = _chances(prior, prior)
    for _ in range(rounds):
        found = taught(known, posterior(known, found), prior)
    return found


def taught(known: Traits, chance: Reals, prior: Learned) -> Learned:
    """Learn from guns whose endings are known with these chances, [guns, endings]."""
    return _chances(_counted(known, chance, prior), prior)


def _counted(known: Traits, chance: Reals, prior: Learned) -> Learned:
    """Add expected counts to those of the prior."""
    ways = prior.ways.copy()
    np.add.at(ways, USE.way, chance.sum(axis=0))
    kinds, home = prior.kinds.copy(), home_made(known.kinds)
    for ending, (way, foreign) in enumerate(zip(USE.way, USE.foreign, strict=True)):
        # What is called home-made, and what is not, is not unlearned from other evidence.
        fits = home == (WAYS[way] == "home")
        kinds[way, :, foreign] += fits * np.bincount(known.kind, chance[:, ending], len(fits))
    answers = prior.answers.copy()
    weight = chance[known.answers[:, 0]]
    reading = np.broadcast_to(known.answers[:, 2][:, None], weight.shape)
    who = np.broadcast_to(USE.answerer, weight.shape)
    np.add.at(answers, (who, reading, said_of(known)), weight)
    return replace(
        prior,
        ways=ways,
        kinds=kinds,
        outcomes=prior.outcomes + np.where(USE.old, 0.0, chance.sum(axis=0)),
        old=_old(known, chance, prior.old),
        ground=_rates(chance, known.ground, ground_group(), prior.ground, _RATE_WEIGHT),
        links=_link_rates(known, chance, prior.links),
        sent=_sent_rates(known, chance, prior.sent),
        answers=answers,
    )


def _rates(chance: Reals, happened: Flags, group: Integers, prior: Reals, weight: float) -> Reals:
    yes = prior + np.bincount(group, chance[happened].sum(axis=0), len(prior))
    return np.asarray(yes / (weight + np.bincount(group, chance.sum(axis=0), len(prior))))


def _old(known: Traits, chance: Reals, prior: Reals) -> Reals:
    """Of the guns of each kind that were in United States commerce, give the share made by 1968."""
    could = chance[:, USE.source == 0].sum(axis=1)
    yes = prior + np.bincount(known.kind, chance[:, USE.old].sum(axis=1), len(prior))
    return np.asarray(yes / (_OLD_WEIGHT + np.bincount(known.kind, could, len(prior))))


def _link_rates(known: Traits, chance: Reals, prior: Reals) -> Reals:
    out = np.empty_like(prior)
    for readable in (0, 1):
        mine = known.readable == bool(readable)
        for link in range(len(LINKS)):
            out[:, readable, link] = _rates(
                chance[mine], known.links[mine, link], USE.linker,
                prior[:, readable, link], _LINK_WEIGHT,
            )  # fmt: skip
    return out


def _sent_rates(known: Traits, chance: Reals, prior: Reals) -> Reals:
    out = np.empty_like(prior)
    for readable in (0, 1):
        for army in (0, 1):
            mine = (known.readable == bool(readable)) & (known.army == bool(army)) & known.asked
            out[:, readable, army] = _rates(
                chance[mine], known.sent[mine], USE.source, prior[:, readable, army], 4.0
            )
    return out


def _chances(counts: Learned, prior: Learned) -> Learned:
    """Turn counts into chances; what are rates already stay, but for those of the prior itself."""
    shares = np.bincount(USE.group, counts.outcomes)[USE.group]
    begun = counts is prior
    return replace(
        counts,
        ways=counts.ways / counts.ways.sum(),
        kinds=counts.kinds / counts.kinds.sum(axis=(1, 2), keepdims=True),
        outcomes=counts.outcomes / shares,
        old=counts.old / _OLD_WEIGHT if begun else counts.old,
        ground=counts.ground / _RATE_WEIGHT if begun else counts.ground,
        links=counts.links / _LINK_WEIGHT if begun else counts.links,
        sent=counts.sent / 4.0 if begun else counts.sent,
        answers=_answer_chances(counts.answers),
    )


def _answer_chances(counts: Reals) -> Reals:
    """Give the chances of answers; that one names another gun's ending is not learned.

    Else an ending could explain all others' answers as mistakes.
    """
    own = counts[..., :OTHER]
    chances = (1.0 - _MISTAKEN) * own / own.sum(axis=2, keepdims=True)
    mistaken = np.full((*own.shape[:2], 1), _MISTAKEN)
    return np.concatenate([chances, mistaken], axis=2)
