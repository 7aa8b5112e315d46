"""What a comparison of two parties is made of: fields, their levels, and what was known beforehand.

A field is compared at the first of its levels that holds. Each level has a probability among pairs
that are the same (m) and among pairs that are not (u); the log-odds of a level are ln(m / u)
(Fellegi and Sunter 1969, equation 14). The values written beside each level are priors: how many
pairs they weigh stands in `PRIOR_PAIRS`, and what a workspace teaches is added to them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

PRIOR_PAIRS = 20.0
"""How many pairs a prior weighs (pseudo-counts of a Dirichlet distribution)."""


@dataclass(frozen=True, slots=True)
class Level:
    """One degree of agreement: the SQL that says it holds, its priors, whose frequency counts.

    ``frequency`` names the column whose commonness stands for u: two who share a rare value are
    likelier the same than two who share a common one (Winkler 1989). It is counted by the different
    values of the column ``holders`` that bear it, where that is named: what one licensee is called
    in many rows is no commoner for that; most names have one holder, and how common these are is
    told by how many have two (Good 1953). The
    weight of a ``stated`` level follows from what it means, and is not learned. The ``fullest``
    level agrees in all that the others agree in, and weighs no less than any of them.
    """

    name: str
    sql: str
    m: float
    u: float
    frequency: str | None = None
    stated: bool = False
    holders: str | None = None
    fullest: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One thing compared, its levels from best to worst.

    It can be compared where both parties have a value in one of the columns ``known_by``. The
    weights of a ``stated`` field are what they are by its meaning, and are not learned.
    """

    name: str
    known_by: tuple[str, ...]
    levels: tuple[Level, ...]
    stated: bool = False

    def __post_init__(self) -> None:
        for share, total in (
            ("m", sum(level.m for level in self.levels)),
            ("u", sum(level.u for level in self.levels)),
        ):
            if abs(total - 1.0) > 1e-3:
                raise ValueError(f"the {share} of {self.name} add up to {total}, not 1")
        if self.levels[-1].sql != "ELSE":
            raise ValueError(f"the last level of {self.name} must be ELSE")

    @property
    def missing(self) -> str:
        """The SQL that says a pair cannot be compared."""
        return " AND ".join(
            f"({column}_l IS NULL OR {column}_r IS NULL)" for column in self.known_by
        )

    def level(self, number: int) -> Level | None:
        """Give the level of Splink's number: -1 missing, 0 the last, the best the highest.

        >>> YES_NO = Field("a", ("a",), (Level("same", "a_l = a_r", 0.9, 0.1),
        ...                                     Level("other", "ELSE", 0.1, 0.9)))
        >>> YES_NO.level(1).name, YES_NO.level(0).name, YES_NO.level(-1)
        ('same', 'other', None)
        """
        return None if number < 0 else self.levels[len(self.levels) - 1 - number]

    def number(self, name: str) -> int:
        """Give Splink's number of the level called `name`."""
        names = [level.name for level in self.levels]
        return len(names) - 1 - names.index(name)


@dataclass(frozen=True, slots=True)
class Weight:
    """The m and u of one level as used, and whether they were learned here or are the prior."""

    m: float
    u: float
    learned: bool

    @property
    def bits(self) -> float:
        """The logarithm of m / u to base 2, as Splink counts."""
        return math.log2(self.m / self.u)


Weights = dict[tuple[str, str], Weight]
"""By field and level."""


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that decides whether two parties of one kind are the same.

    ``blocks`` are sets of columns: pairs that agree on all columns of a set are compared.
    ``training`` are the sets that teach; each teaches the fields that its columns do not touch.
    ``certain`` are sets whose pairs are almost surely the same; they start the estimate of how
    many pairs are. ``home`` are the fields that those of one household agree in, ``own`` those
    in which they differ. Pairs in which nothing but the ``faint`` fields can be compared have
    a share of same pairs of their own. Pairs that differ in the column ``firm`` are known to be
    two, and teach nothing of the same.
    """

    about: str
    fields: tuple[Field, ...]
    blocks: tuple[tuple[str, ...], ...]
    training: tuple[tuple[str, ...], ...]
    certain: tuple[tuple[str, ...], ...]
    home: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    faint: tuple[str, ...] = ()
    firm: str | None = None

    def field(self, name: str) -> Field:
        """Give the field called `name`."""
        return next(field for field in self.fields if field.name == name)

    def priors(self) -> Weights:
        """Give the weights before anything was learned."""
        return {
            (field.name, level.name): Weight(level.m, level.u, learned=False)
            for field in self.fields
            for level in field.levels
        }


def in_order(model: Model, weights: Weights) -> Weights:
    """Let the fullest level of a field weigh more than any other, as the priors say.

    Levels are learned one by one, and one that is seldom seen may come out above one that says
    more. The fullest is then lifted above it by as much as stands between their priors.
    """
    found = dict(weights)
    for field in model.fields:
        for level in field.levels:
            if level.fullest:
                others = (
                    found[field.name, other.name].bits - math.log2(other.m / other.u)
                    for other in field.levels
                    if other is not level and not other.frequency
                )
                weight = found[field.name, level.name]
                least = max(others) + math.log2(level.m / level.u)
                if weight.bits < least:
                    u = float(f"{weight.m / 2.0**least:.6g}")
                    found[field.name, level.name] = replace(weight, u=u)
    return found


def distinct(weights: Weights) -> Weights:
    """Move weights by a part in 100,000 where two of a field are equal, or one is nothing at all.

    So a weight names its level, and a level that says nothing is not taken for a missing value.

    >>> told = distinct({("a", "x"): Weight(0.5, 0.5, True), ("a", "y"): Weight(0.5, 0.5, True)})
    >>> len({weight.bits for weight in told.values()} | {0.0})
    3
    """
    taken: dict[str, set[float]] = {}
    found: Weights = {}
    for (field, level), weight in weights.items():
        mine = taken.setdefault(field, {0.0})
        while any(abs(weight.bits - other) < 1e-7 for other in mine):
            weight = replace(weight, u=float(f"{weight.u * 0.99999:.9g}"))
        mine.add(weight.bits)
        found[field, level] = weight
    return found


def splink_settings(model: Model, weights: Weights, share_same: float) -> dict[str, Any]:
    """Give a model as settings of Splink 5, with these weights and this share of same pairs."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "uid",
        "probability_two_random_records_match": share_same,
        "comparisons": [_comparison(field, weights) for field in model.fields],
        "blocking_rules_to_generate_predictions": [block_rule(block) for block in model.blocks],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
        "max_iterations": 100,
        "em_convergence": 0.0005,
    }


def block_rule(columns: tuple[str, ...]) -> str:
    """Give the rule that pairs agree on all of these columns.

    >>> block_rule(("birth", "sound"))
    'l."birth" = r."birth" AND l."sound" = r."sound"'
    """
    return " AND ".join(f'l."{column}" = r."{column}"' for column in columns)


def training_rule(model: Model, columns: tuple[str, ...]) -> str:
    """Give the rule of a training set: pairs known to be two are left out."""
    rule = block_rule(columns)
    if model.firm is None:
        return rule
    mine, theirs = f'l."{model.firm}"', f'r."{model.firm}"'
    return f"{rule} AND ({mine} IS NULL OR {theirs} IS NULL OR {mine} = {theirs})"


def _comparison(field: Field, weights: Weights) -> dict[str, Any]:
    missing = {
        "sql_condition": field.missing,
        "label_for_charts": "missing",
        "is_null_level": True,
    }
    levels = [missing]
    for level in field.levels:
        weight = weights[field.name, level.name]
        one: dict[str, Any] = {
            "sql_condition": level.sql,
            "label_for_charts": level.name,
            "m_probability": weight.m,
            "u_probability": weight.u,
            "fix_m_probability": field.stated or level.stated,
            "fix_u_probability": field.stated or level.stated,
        }
        if level.frequency:
            one["tf_adjustment_column"] = level.frequency
            one["disable_tf_exact_match_detection"] = True
        levels.append(one)
    return {
        "output_column_name": field.name,
        "comparison_description": field.name,
        "comparison_levels": levels,
    }
