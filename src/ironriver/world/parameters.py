"""The parameters of a world: one table with the source of every value, and what overrides it.

Parameters that describe evasion stand in a table of their own, which no page prints.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ironriver.errors import MistakeError

DIFFICULTIES = ("easy", "real", "hard")
OPEN, WITHHELD = "parameters", "evasion"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its value at each difficulty, its unit, where the value comes from."""

    name: str
    values: Mapping[str, float]
    unit: str
    source: str
    note: str
    withheld: bool


@cache
def parameters() -> tuple[Parameter, ...]:
    """Give every parameter, those that describe evasion last."""
    return (*_read(OPEN), *_read(WITHHELD))


def _read(name: str) -> tuple[Parameter, ...]:
    text = (resources.files("ironriver.world") / f"{name}.csv").read_text("utf-8")
    return tuple(
        Parameter(
            row["name"],
            {each: float(row[each]) for each in DIFFICULTIES},
            row["unit"],
            row["source"],
            row["note"],
            name == WITHHELD,
        )
        for row in csv.DictReader(text.splitlines())
    )


class Settings(Mapping[str, float]):
    """The values of one world, by name.

    >>> Settings("real", {"case_corrupt": "0"})["case_corrupt"]
    0.0
    """

    def __init__(self, difficulty: str, changes: Mapping[str, str]) -> None:
        if difficulty not in DIFFICULTIES:
            raise MistakeError(
                "{difficulty} is no difficulty; there are: {known}",
                difficulty=difficulty,
                known=", ".join(DIFFICULTIES),
            )
        self._values = {each.name: each.values[difficulty] for each in parameters()}
        for name, text in changes.items():
            if name not in self._values:
                raise MistakeError(
                    "there is no parameter {name}; parameters are: {known}",
                    name=name,
                    known=", ".join(self._values),
                )
            self._values[name] = _number(name, text)

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 <= value < float("inf"):
        raise MistakeError("{name}={text} is no number from 0 on", name=name, text=text)
    return value
