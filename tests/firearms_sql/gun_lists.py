"""Lists of guns and questions about them, made up; and answers worked out without SQL."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass

import pyarrow as pa

from ironriver.estimators.types import LogOdds, Probability
from ironriver.firearms.channel import ALPHABET, Channel
from ironriver.firearms.posterior import Candidate, Contribution, posterior
from ironriver.firearms.search.candidates import Candidates

MAKES = ("GLOCK", "COLT", "RUGER", None)
LEVELS = pa.table(
    {
        "field": ["make", "make", "make", "calibre"],
        "asked": ["GLOCK", "COLT", "COLT", "9MM"],
        "filed": ["GLOCK", "COLT", "RUGER", "9MM"],
        "log_ratio": [2.0, 2.1, -1.5, 0.7],
    }
)
Answer = dict[tuple[str, str | None], tuple[float, float, float]]


@dataclass(frozen=True, slots=True)
class Lists:
    """What is asked and what is filed."""

    queries: pa.Table
    records: pa.Table


def made(guns: int, questions: int, seed: int) -> Lists:
    """Make guns in runs of numbers, a few of them half read, and misread questions about them."""
    dice = random.Random(seed)
    makers = ["".join(dice.choices(ALPHABET[10:], k=dice.randrange(1, 4))) for _ in range(40)]
    filed: list[str] = []
    while len(filed) < guns:
        maker, first, width = dice.choice(makers), dice.randrange(10**5), dice.choice((5, 6, 7))
        filed += [f"{maker}{first + step:0{width}d}" for step in range(50)]
    del filed[guns:]
    for place in range(0, guns, 100):
        filed[place] = blurred(dice, filed[place], dice.randrange(1, 5))
    asked = [misread(dice, dice.choice(filed)) for _ in range(questions)]
    queries = {
        "query_id": [f"q{place}" for place in range(questions)],
        "serial": asked,
        "log_background": [dice.uniform(-20.0, -10.0) for _ in asked],
        "in_registry": [dice.choice((0.0, 0.3, 0.9, 1.0)) for _ in asked],
        "make": [dice.choice(MAKES) for _ in asked],
        "calibre": [dice.choice(("9MM", ".45", None)) for _ in asked],
    }
    records = {
        "gun": [f"g{place}" for place in range(guns)],
        "serial": filed,
        "make": [dice.choice(MAKES) for _ in filed],
        "calibre": [dice.choice(("9MM", ".45", None)) for _ in filed],
        "notes": ["not compared"] * guns,
    }
    return Lists(pa.table(queries), pa.table(records))


def blurred(dice: random.Random, serial: str, marks: int) -> str:
    """Make characters unreadable."""
    letters = list(serial)
    for _ in range(marks):
        letters[dice.randrange(len(letters))] = "?"
    return "".join(letters)


def misread(dice: random.Random, serial: str) -> str:
    """Make none to three errors of any kind, and now and then unreadable characters."""
    letters = list(serial)
    for _ in range(dice.choice((0, 0, 1, 1, 2, 3))):
        place = dice.randrange(len(letters) - 1)
        kind = dice.randrange(4)
        if kind == 0:
            letters[place] = dice.choice(ALPHABET)
        elif kind == 1:
            letters.insert(place, dice.choice(ALPHABET))
        elif kind == 2 and len(letters) > 5:
            del letters[place]
        else:
            letters[place : place + 2] = letters[place + 1], letters[place]
    text = "".join(letters)
    return blurred(dice, text, dice.randrange(1, 4)) if dice.random() < 0.1 else text


def pairs(found: pa.Table) -> set[tuple[str, str]]:
    """Give candidates as pairs of a question and a gun; none may stand twice."""
    both = list(zip(found["query_id"].to_pylist(), found["gun"].to_pylist(), strict=True))
    assert len(both) == len(set(both))
    return set(both)


def named(found: Candidates) -> set[tuple[str, str]]:
    """Give what the compiled index found in a list as pairs of a question and a gun."""
    places = zip(found.query.tolist(), found.entry.tolist(), strict=True)
    return {(f"q{query}", f"g{entry}") for query, entry in places}


def answered(found: pa.Table) -> Answer:
    """Give posteriors by question and gun; none may stand twice."""
    rows = zip(*(found[name].to_pylist() for name in found.column_names), strict=True)
    answer = {(query, gun): tuple(figures) for query, gun, *figures in rows}
    assert len(answer) == found.num_rows
    return answer


def one_by_one(lists: Lists, near: set[tuple[str, str]], channel: Channel, size: int) -> Answer:
    """Weigh the candidates of each question with the posterior that is written in Python."""
    levels = {
        (field, asked, filed): ratio
        for field, asked, filed, ratio in zip(
            *(LEVELS[name].to_pylist() for name in LEVELS.column_names), strict=True
        )
    }
    by_gun = {row["gun"]: row for row in lists.records.to_pylist()}
    by_query: dict[str, list[str]] = defaultdict(list)
    for query, gun in near:
        by_query[query].append(gun)
    answer: Answer = {}
    for row in lists.queries.to_pylist():
        guns = by_query[row["query_id"]]
        likelihoods = channel.log_likelihoods(
            row["serial"], [by_gun[gun]["serial"] for gun in guns]
        )
        candidates = []
        for gun, likelihood in zip(guns, likelihoods, strict=True):
            said = tuple(
                Contribution(
                    field,
                    "level",
                    LogOdds(levels.get((field, row[field], by_gun[gun][field]), 0.0)),
                )
                for field in ("make", "calibre")
            )
            candidates.append(Candidate(gun, float(likelihood), said))
        weighed = posterior(
            candidates, size, row["log_background"], Probability(row["in_registry"])
        )
        for one in weighed.ranked:
            figures = (one.probability.value, one.against_none.value, weighed.none.value)
            answer[row["query_id"], one.gun] = figures
    return answer


def furthest(left: Answer, right: Answer) -> float:
    """Give the largest difference between two answers to the same questions."""
    assert left.keys() == right.keys()
    differences = [
        abs(a - b)
        for key in left
        for a, b in zip(left[key], right[key], strict=True)
        if a is not None and b is not None and a != b
    ]
    return max(differences, default=0.0)


def gaps(answer: Answer) -> set[tuple[str, str | None, int]]:
    """Name the figures that are missing or infinite; two engines must miss the same."""
    return {
        (*key, place)
        for key, figures in answer.items()
        for place, figure in enumerate(figures)
        if figure is None or figure in (float("inf"), float("-inf"))
    }
