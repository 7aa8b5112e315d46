"""Chance in stages: every stage has its own stream, so that one more draw shifts no other stage."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
Texts = npt.NDArray[Any]
"""An array of Python strings."""


def stage(seed: int, name: str) -> np.random.Generator:
    """Give the stream of a stage.

    >>> bool(stage(1, "rings").random() == stage(1, "rings").random())
    True
    """
    number = zlib.crc32(name.encode())
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, number])))


def pick(chance: np.random.Generator, weights: Sequence[float] | Floats, size: int) -> Ints:
    """Draw places by weight."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    found = np.searchsorted(edges, chance.random(size) * edges[-1], side="right")
    return np.asarray(found, dtype=np.int64)


def pick_rows(chance: np.random.Generator, table: Floats, rows: Ints) -> Ints:
    """Draw a column for each of `rows`, by the weights in that row of `table`."""
    edges = np.cumsum(table, axis=1)
    edges /= edges[:, -1:]
    flat = (edges + np.arange(len(table))[:, None]).ravel()
    found = np.searchsorted(flat, rows + chance.random(len(rows)), side="right")
    places: Ints = np.minimum(found - rows * table.shape[1], table.shape[1] - 1).astype(np.int64)
    return places


def share_out(chance: np.random.Generator, sizes: Ints, weights: Sequence[float] | Floats) -> Ints:
    """Give each unit a class so that the classes' parts of all sizes come near their weights.

    Units stand in a line in random order; each takes the class under its middle (systematic
    sampling with probability proportional to size, Madow 1949), so that one large unit does not
    bend the shares.
    """
    order = chance.permutation(len(sizes))
    ends = np.cumsum(sizes[order])
    middles = (ends - sizes[order] / 2) / max(int(ends[-1]) if len(ends) else 1, 1)
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    out = np.empty(len(sizes), dtype=np.int64)
    out[order] = np.searchsorted(edges / edges[-1], middles, side="right")
    return np.minimum(out, len(edges) - 1)


def within(starts: Ints, sizes: Ints) -> tuple[Ints, Ints]:
    """Give, for groups of `sizes`, each member's group and its place within the group plus start.

    >>> [part.tolist() for part in within(np.array([10, 20]), np.array([2, 1]))]
    [[0, 0, 1], [10, 11, 20]]
    """
    groups = np.repeat(np.arange(len(sizes)), sizes)
    first = np.cumsum(sizes) - sizes
    return groups, np.arange(len(groups)) - first[groups] + starts[groups]
