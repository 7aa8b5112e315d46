"""One kind of party from rows to groups: learn, compare, settle, group."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ironriver import engine
from ironriver.entities import clusters, scoring, training
from ironriver.entities.clusters import Firm, Judged, Pairs
from ironriver.entities.fields import Model
from ironriver.entities.training import Learned

JUDGED_ODDS = 20.0
"""Log-odds of a pair that a person judged: surer than any comparison, and still not certain."""

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What became of the units of one kind, sorted by uid, and of their pairs.

    ``group`` is the smallest uid of each unit's group; ``best`` its strongest log-odds within the
    group (minus infinity where alone), ``tie`` the place in ``pairs`` of that tie (-1 for none),
    ``outside`` the odds that it belongs elsewhere. ``selves`` are the log-odds of two rows that
    both say what a unit says (nothing where a unit is one row).
    """

    uids: Ints
    group: Ints
    best: Numbers
    tie: Ints
    outside: Numbers
    selves: Numbers
    pairs: Pairs
    judged: Ints
    learned: Learned
    priors: tuple[float, float]


def resolve_kind(
    connection: duckdb.DuckDBPyConnection, model: Model, units: str, firm: tuple[str, ...]
) -> Resolved:
    """Resolve the table of units of one model; ``firm`` names columns held once by one entity.

    The column ``licence`` is strict: two keys are put together only where one is judged a slip of
    the other.
    """
    with _quiet():
        learned = training.learn(connection, units, model)
        scoring.score_pairs(connection, units, model, learned)
        scoring.score_selves(connection, units, model, learned)
    uids = _column(connection, f"SELECT uid FROM {units} ORDER BY uid").astype(np.int64)  # noqa: S608
    cap = scoring.home_cap(connection, model, len(uids))
    for table in (f"{model.about}_pairs", f"{model.about}_selves"):
        scoring.cap_home(connection, table, model, cap)
    found, bare, alone = _pairs(connection, model, uids)
    priors = _priors(connection, units, model, learned, found, bare)
    prior, bare_prior = priors
    odds = found.odds + np.where(bare, bare_prior, prior)
    if model.about == "person":
        alone &= odds < scoring.RARE_NAME
    odds[alone] = np.minimum(odds[alone], scoring.RULED_APART)
    judged, pairs, numbers = _judge(connection, uids, Pairs(found.left, found.right, odds))
    codes = [_firm(connection, units, column, pairs, uids, model) for column in firm]
    labels = clusters.cluster(len(uids), pairs, codes, judged)
    best, outside, tie = clusters.strongest_ties(labels, pairs)
    selves = _selves(connection, model, uids) + prior
    return Resolved(uids, uids[labels], best, tie, outside, selves, pairs, numbers, learned, priors)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Splink's remarks to itself: what must be said is an error of ours."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _priors(
    connection: duckdb.DuckDBPyConnection,
    units: str,
    model: Model,
    learned: Learned,
    found: Pairs,
    bare: Marks,
) -> tuple[float, float]:
    """Give the log-odds that two are the same before anything is compared; and for faint pairs.

    Who is described by a name or a vehicle alone is less often described twice; a record without a
    licence key is far likelier about one of the licences listed than one listed licence is another.
    So these pairs have a share of their own, found in the same way.
    """
    size = engine.query(connection, f"SELECT count(*) AS rows FROM {units}")["rows"][0].as_py()  # noqa: S608
    every = size * (size - 1) / 2
    few = scoring.pairs_of_faint_only(connection, units, model)
    share = scoring.settle_share(found.odds[~bare], learned.share_same, every - few)
    alone = scoring.settle_share(found.odds[bare], share, few) if few else share
    if model.about == "person":
        alone = min(alone, share)
    return math.log(share / (1 - share)), math.log(alone / (1 - alone))


def _column(connection: duckdb.DuckDBPyConnection, sql: str) -> npt.NDArray[np.float64]:
    values: Numbers = engine.query(connection, sql).column(0).to_numpy()
    return values


def _pairs(
    connection: duckdb.DuckDBPyConnection, model: Model, uids: Ints
) -> tuple[Pairs, Marks, Marks]:
    """Read the pairs of a model, which of them are faint, and which a rule may keep apart.

    Their ends are places among the units.
    """
    table = engine.query(
        connection,
        f"SELECT left_uid, right_uid, weight, {scoring.faint_only(model)} AS bare, "  # noqa: S608
        f"{scoring.may_be_ruled_apart(model)} AS alone "
        f"FROM {model.about}_pairs ORDER BY left_uid, right_uid",
    )
    left, right = (
        np.searchsorted(uids, table[name].to_numpy()).astype(np.int64)
        for name in ("left_uid", "right_uid")
    )
    bare = table["bare"].to_numpy().astype(np.bool_)
    alone = table["alone"].to_numpy().astype(np.bool_)
    return Pairs(left, right, table["weight"].to_numpy().astype(np.float64)), bare, alone


def _selves(connection: duckdb.DuckDBPyConnection, model: Model, uids: Ints) -> Numbers:
    """Give the weight of each unit against itself; minus infinity where it is one row only."""
    table = engine.query(connection, f"SELECT uid, weight FROM {model.about}_selves")  # noqa: S608
    found = np.full(len(uids), -np.inf)
    found[np.searchsorted(uids, table["uid"].to_numpy())] = table["weight"].to_numpy()
    return found


def _judge(
    connection: duckdb.DuckDBPyConnection, uids: Ints, pairs: Pairs
) -> tuple[Judged, Pairs, Ints]:
    """Put what a person judged in place of what was computed; give the judgements' numbers."""
    rows = engine.query(
        connection, "SELECT left_place, right_place, verdict, sequence FROM judged_pairs"
    ).to_pylist()
    known = set(uids.tolist())
    mine = [row for row in rows if row["left_place"] in known and row["right_place"] in known]
    numbers = np.full(len(pairs.left), -1, dtype=np.int64)
    if not mine:
        return Judged(), pairs, numbers
    place = {(a, b): i for i, (a, b) in enumerate(zip(pairs.left, pairs.right, strict=True))}
    odds, extra = pairs.odds.copy(), []
    sides: dict[str, list[tuple[int, int]]] = {"same": [], "different": []}
    for row in mine:
        ends = np.searchsorted(uids, sorted((row["left_place"], row["right_place"])))
        pair = (int(ends[0]), int(ends[1]))
        sides[row["verdict"]].append(pair)
        value = JUDGED_ODDS if row["verdict"] == "same" else -JUDGED_ODDS
        if pair in place:
            odds[place[pair]], numbers[place[pair]] = value, row["sequence"]
        else:
            extra.append((*pair, value, row["sequence"]))
    if extra:
        more = np.array(extra)
        pairs = Pairs(
            np.concatenate((pairs.left, more[:, 0].astype(np.int64))),
            np.concatenate((pairs.right, more[:, 1].astype(np.int64))),
            odds := np.concatenate((odds, more[:, 2])),
        )
        numbers = np.concatenate((numbers, more[:, 3].astype(np.int64)))
    return Judged(sides["same"], sides["different"]), Pairs(pairs.left, pairs.right, odds), numbers


def _firm(
    connection: duckdb.DuckDBPyConnection,
    units: str,
    column: str,
    pairs: Pairs,
    uids: Ints,
    model: Model,
) -> Firm:
    """Give the codes of a firm column; a slip of a licence key has the code of the right one."""
    texts = engine.query(
        connection,
        f"SELECT {column} FROM {units} ORDER BY uid",  # noqa: S608
    ).column(0)
    codes = codes_of(texts)
    if column != "licence":
        return Firm(codes)
    slips = engine.query(
        connection,
        f"SELECT left_uid, right_uid FROM {model.about}_pairs WHERE level_licence_key = 1 "  # noqa: S608
        "ORDER BY left_uid, right_uid",
    )
    ends = {
        (int(a), int(b))
        for a, b in zip(
            np.searchsorted(uids, slips["left_uid"].to_numpy()),
            np.searchsorted(uids, slips["right_uid"].to_numpy()),
            strict=True,
        )
    }
    return Firm(_without_slips(codes, pairs, ends), strict=True)


def codes_of(texts: pa.ChunkedArray) -> Ints:
    """Give each value of a column a number, -1 where there is none."""
    indices = texts.combine_chunks().dictionary_encode().indices
    return np.asarray(indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _without_slips(codes: Ints, pairs: Pairs, slips: set[tuple[int, int]]) -> Ints:
    """Give keys that are slips of another the other's code: the rarer key is the slip."""
    if not slips:
        return codes
    counts = np.bincount(codes[codes >= 0], minlength=int(codes.max(initial=0)) + 1)
    found = codes.copy()
    taken: set[int] = set()
    order = np.lexsort((pairs.right, pairs.left, -pairs.odds))
    for place in order.tolist():
        if pairs.odds[place] < clusters.JOIN:
            break
        one, other = int(pairs.left[place]), int(pairs.right[place])
        if (one, other) not in slips:
            continue
        mine, theirs = int(codes[one]), int(codes[other])
        slip, right = (mine, theirs) if counts[mine] < counts[theirs] else (theirs, mine)
        if slip in taken or right in taken:
            continue
        taken.add(slip)
        found[codes == slip] = right
    return found
