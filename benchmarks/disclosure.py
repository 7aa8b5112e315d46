"""Play the reader of published tables, and count the hidden cells that can be computed.

    python benchmarks/disclosure.py --tables 1000

Random tables of 8 by 6 counts with all totals. A threshold alone hides what is below 10; ours hides
further cells until the linear programme that plays the reader finds each hidden count to be open by
at least 10. For both: the share of hidden counts that the reader gets exactly, and the share that
he gets to an interval narrower than 10. Counts are Poisson with log-normal means, chosen so that a
third of the cells is small.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np

from ironriver.estimators.disclosure import Counts, Mask, audit, primary, suppress, with_margins

MINIMUM = 10
SHAPE = (8, 6)


def random_table(dice: np.random.Generator) -> Counts:
    """Make one table with its totals."""
    return with_margins(dice.poisson(dice.lognormal(2.8, 1.5, SHAPE)))


def threshold_only(table: Counts) -> Mask:
    """Hide what is small, and show all totals."""
    mask = np.zeros(table.shape, dtype=bool)
    inner = tuple(slice(-1) for _ in table.shape)
    mask[inner] = primary(table[inner], MINIMUM)
    return mask


@dataclass
class Tally:
    """What the reader got from all tables of one way of hiding."""

    cells: int = 0
    hidden: int = 0
    inner: int = 0
    exact: int = 0
    narrow: int = 0
    seconds: float = 0.0

    def add(self, table: Counts, mask: Mask) -> None:
        """Play the reader of one table."""
        low, high = audit(table, mask)
        if not ((low <= table) & (table <= high)).all():
            raise AssertionError("the true table must fit what is shown")
        width = (high - low)[mask]
        self.cells += mask[:-1, :-1].size
        self.inner += int(mask[:-1, :-1].sum())
        self.hidden += width.size
        self.exact += int((width == 0).sum())
        self.narrow += int((width < MINIMUM).sum())

    def line(self, name: str) -> str:
        """Give one line of the table that is printed."""
        return (
            f"{name:<28} {self.inner / self.cells:>8.1%} {self.hidden:>8}"
            f" {self.exact:>6} {self.exact / self.hidden:>7.2%}"
            f" {self.narrow:>6} {self.narrow / self.hidden:>7.2%} {self.seconds:>8.1f}"
        )


def main() -> None:
    """Make the tables, hide both ways, and print what the reader got."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    dice = np.random.default_rng(chosen.seed)
    tables = [random_table(dice) for _ in range(chosen.tables)]
    print(f"{chosen.tables} tables of 8 x 6, smallest count shown {MINIMUM}, seed {chosen.seed}")
    print(f"{'':<28} {'hidden':>8} {'':>8} {'exact':>14} {'narrower':>14} {'CPU-s':>8}")
    unlike = 0
    for name, hide in (
        ("threshold only", threshold_only),
        ("threshold, cover and audit", lambda table: suppress(table, MINIMUM)),
    ):
        tally = Tally()
        for table in tables:
            start = time.process_time()
            mask = hide(table)
            tally.seconds += time.process_time() - start
            tally.add(table, mask)
            rows, columns = suppress(table[:, -1], MINIMUM), suppress(table[-1], MINIMUM)
            unlike += bool((mask[:, -1] & ~rows).any() or (mask[-1] & ~columns).any())
        print(tally.line(name))
    print(f"tables whose totals hide more than the same totals published alone: {unlike}")


if __name__ == "__main__":
    main()
