"""Whether two share more than chance gives: the hypergeometric tail of a shared count.

Tumminello, Miccichè, Lillo, Piilo and Mantegna (2011), "Statistically validated networks in
bipartite complex systems", PLoS ONE 6. A raw projection makes a clique of all who met one hub; a
tail tells which of its pairs say something.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import hypergeom

from ironriver.estimators.rates.standard import false_discoveries

Floats = npt.NDArray[np.float64]


def at_least_shared(
    shared: npt.ArrayLike, left: npt.ArrayLike, right: npt.ArrayLike, whole: npt.ArrayLike
) -> Floats:
    """Give P(X >= shared) if one drew `left` and the other `right` out of `whole`, by chance.

    X is hypergeometric (Tumminello and others 2011, equation 1). All broadcast; ValueError for
    counts that cannot be.

    >>> float(at_least_shared(5, 20, 30, 1000).round(9))
    0.000194866
    """
    counts = [np.asarray(each, dtype=np.int64) for each in (shared, left, right, whole)]
    common, one, other, size = np.broadcast_arrays(*counts)
    if (common < 0).any() or (common > np.minimum(one, other)).any():
        raise ValueError("two cannot share more than either has, nor less than nothing")
    if (np.maximum(one, other) > size).any():
        raise ValueError("neither can have more than there are")
    return np.asarray(hypergeom.sf(common - 1, size, one, other), dtype=np.float64)


def validated(
    shared: npt.ArrayLike,
    left: npt.ArrayLike,
    right: npt.ArrayLike,
    whole: npt.ArrayLike,
    *,
    pairs: int | None = None,
    rate: float = 0.01,
) -> npt.NDArray[np.bool_]:
    """Mark the pairs whose shared count stays once false discoveries are held to `rate`.

    Benjamini and Hochberg (1995). `pairs` is how many pairs there were to look at, those that share
    nothing included (by default the given ones): leaving them out would make the test too easy.
    """
    tails = np.atleast_1d(at_least_shared(shared, left, right, whole))
    silent = max((pairs or 0) - len(tails), 0)
    # A pair that shares nothing has a tail of 1: it counts among the tests and is never marked.
    return false_discoveries(tails, rate * len(tails) / (len(tails) + silent))
