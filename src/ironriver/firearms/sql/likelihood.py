"""The channel's log-likelihood as a function of two columns of text, for either engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ironriver.firearms.channel import Channel
from ironriver.firearms.kernel import CompiledChannel, pack

LOG_LIKELIHOOD = "log_likelihood"
"""The name by which statements call it: log P(first text observed | second text true)."""


@dataclass(frozen=True, slots=True)
class PairLikelihood:
    """log P(observed | true), row by row; both engines call this one implementation.

    >>> pair = PairLikelihood(Channel.substitutions_only(0.02))
    >>> round(pair(pa.array(["A1"]), pa.array(["A1"]))[0].as_py(), 6)
    -0.040405
    """

    channel: Channel

    def __call__(self, observed: pa.Array, true: pa.Array) -> pa.Array:
        """Give log P for two arrays of plain serials of one length."""
        seen, filed = (pack(texts, self.channel.alphabet) for texts in (observed, true))
        rows = np.arange(len(seen))
        found = CompiledChannel(self.channel).log_pairs(seen, filed, rows, rows)
        return pa.array(found, pa.float64(), mask=_nulls(observed) | _nulls(true))


def _nulls(texts: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.asarray(texts.is_null().to_numpy(zero_copy_only=False), dtype=bool)
