"""What each level of each sign adds to the log-odds that one network moved both guns.

`link_weights.csv` holds what was learned, `link_weights.json` on which worlds and how
(`tools/learn_links.py`). Nothing in them is set by hand.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources

import numpy as np

from ironriver.networks.compared import Compared
from ironriver.networks.evidence import Ints, Reals
from ironriver.networks.signs import SIGNS

_CHUNK = 1 << 19


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds by sign and level, `prior` for two guns of which nothing is said.

    `by_sign` has one array for each of `SIGNS`, level 0 first. `slope` and `shift` calibrate the
    sum (Platt 1999) on worlds other than those it was learned on.
    """

    prior: float
    by_sign: tuple[Reals, ...]
    slope: float = 1.0
    shift: float = 0.0

    def parts(self, compared: Compared, left: Ints, right: Ints) -> Reals:
        """Give what each sign adds for each pair, [pairs, signs]."""
        out = np.empty((len(left), len(SIGNS)))
        for place, (sign, weights) in enumerate(zip(SIGNS, self.by_sign, strict=True)):
            out[:, place] = weights[sign.read(compared, left, right)]
        return out * self.slope

    def log_odds(self, compared: Compared, left: Ints, right: Ints) -> Reals:
        """Give the calibrated log-odds that one network moved both, for each pair."""
        out = np.empty(len(left))
        for start in range(0, len(left), _CHUNK):
            span = slice(start, start + _CHUNK)
            total = np.full(len(left[span]), self.prior)
            for sign, weights in zip(SIGNS, self.by_sign, strict=True):
                total += weights[sign.read(compared, left[span], right[span])]
            out[span] = self.slope * total + self.shift
        return out


def packaged() -> Weights:
    """Give the weights that come with the package."""
    folder = resources.files("ironriver.networks")
    rows = csv.DictReader((folder / "link_weights.csv").read_text("utf-8").splitlines())
    return of_rows(rows)


def of_rows(rows: Iterable[Mapping[str, str]]) -> Weights:
    """Read rows of sign, level and log_odds; a level that none names adds nothing."""
    found = {(row["sign"], row["level"]): float(row["log_odds"]) for row in rows}
    return Weights(
        prior=found[("prior", "")],
        by_sign=tuple(
            np.array([0.0, *(found.get((sign.name, level), 0.0) for level in sign.levels)])
            for sign in SIGNS
        ),
        slope=found.get(("calibration", "slope"), 1.0),
        shift=found.get(("calibration", "shift"), 0.0),
    )


def to_rows(weights: Weights) -> list[dict[str, str]]:
    """Give the rows that `of_rows` reads."""
    rows = [("prior", "", weights.prior), ("calibration", "slope", weights.slope),
            ("calibration", "shift", weights.shift)]  # fmt: skip
    for sign, values in zip(SIGNS, weights.by_sign, strict=True):
        rows += [(sign.name, level, float(value))
                 for level, value in zip(sign.levels, values[1:], strict=True)]  # fmt: skip
    return [{"sign": sign, "level": level, "log_odds": f"{value:.4f}"}
            for sign, level, value in rows]  # fmt: skip


def provenance() -> Mapping[str, object]:
    """Say on which worlds the packaged weights were learned, and how."""
    text = (resources.files("ironriver.networks") / "link_weights.json").read_text("utf-8")
    found: Mapping[str, object] = json.loads(text)
    return found


def probability(log_odds: Reals) -> Reals:
    """Turn log-odds into probabilities."""
    out: Reals = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -700, 700)))
    return out
