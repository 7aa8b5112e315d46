"""Ids of clusters that last: a cluster is named after the member of it that was known first.

No register of names is kept, so none can be lost or depend on the order of runs. A member stands in
one cluster at a time, so an id once given can always be followed to where that member stands now,
through every merge and split.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc


def lasting_ids(
    labels: npt.NDArray[np.integer],
    known_from: pa.Array | pa.ChunkedArray,
    members: pa.Array | pa.ChunkedArray,
    prefix: str | pa.Array,
) -> pa.Array:
    """Give the id of each member's cluster: `prefix`, ``-`` and the first known member of it.

    `labels` are any whole numbers, equal within a cluster; `known_from` days, null counting as the
    last; `members` texts, each once. Of members known on one day the smallest text is the first.
    All have one length, and so has `prefix` where it is no single text.

    >>> days = pa.array([2, 1, 1]).cast(pa.int32()).cast(pa.date32())
    >>> lasting_ids(np.array([7, 7, 4]), days, pa.array(["a", "b", "c"]), "gun").to_pylist()
    ['gun-b', 'gun-b', 'gun-c']
    """
    if not len(labels):
        return pa.array([], pa.string())
    _, cluster = np.unique(labels, return_inverse=True)
    latest = np.iinfo(np.int32).max
    days = np.asarray(pc.fill_null(pc.cast(known_from, pa.int32()), latest))
    first_day = np.full(int(cluster.max()) + 1, latest, dtype=np.int64)
    np.minimum.at(first_day, cluster, days)
    among_first = days == first_day[cluster]
    candidates = pa.table(
        {"cluster": cluster[among_first], "member": _texts(members).filter(pa.array(among_first))}
    )
    named = candidates.group_by("cluster").aggregate([("member", "min")]).sort_by("cluster")
    first = _texts(named["member_min"]).take(pa.array(cluster))
    return pc.binary_join_element_wise(prefix, first, "-")


def member_of(lasting_id: str) -> str:
    """Give the member after which a cluster was named.

    >>> member_of("per-3f2a-7/purchaser")
    '3f2a-7/purchaser'
    """
    return lasting_id.partition("-")[2]


def follow(lasting_id: str, stands_in: Mapping[str, str]) -> str | None:
    """Give the id that an id of any earlier run has now; None where its member is gone.

    `stands_in` gives the id of each member's cluster.

    >>> follow("gun-b", {"a": "gun-a", "b": "gun-a"})
    'gun-a'
    """
    return stands_in.get(member_of(lasting_id))


def _texts(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    return pc.cast(whole, pa.string())
