"""How many failing requests could be foreseen at all: a reader who knows the world's own rules.

    python benchmarks/readiness_ceiling.py --seeds 61 62 63 --firearms 20000

The reader knows truly which rows are of one gun and what model it is, the grammar of every model's
serials, how often each class of clerks slips and copies, and how often the center answers what. He
does not know the gun's serial, nor the center's dice. By Bayes he gives

    P(wrong) = 1 - P(s) P(readings | s) / sum over serials t of P(t | model) P(readings | t)
    P(fails) = P(wrong) P(fails | wrong) + (1 - P(wrong)) P(fails | right)

and no reader of the same rows can rank requests better, but for what the bounds of his search leave
out (serials two slips away). He holds back the tenth of what succeeds that he doubts most. Classes
are those of `benchmarks/readiness.py`, and *restamped*: the request states truly what stands on the
gun, which is another number than it left the plant with.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duckdb
import numpy as np

from ironriver.tracing.readiness_risk import failed
from ironriver.world.answers import plain as bare
from ironriver.world.catalogue import models
from ironriver.world.oracle_reading import (
    _MARKS,
    _NUMBER,
    _PATENT,
    PREFIXED,
    Slips,
    _alike,
    plain,
    plain_grammar,
    slips,
    written,
)
from ironriver.world.parameters import Settings
from ironriver.world.serials import capacity
from readiness import desk

ALARMS = 0.1
REREAD = 0.1
"""Of serials that the federal office might copy, so many it reads itself."""
CARE = {"list": 1.0, "army": 1.2, "federal": 0.8, "request": 0.7, "paper": 0.25}
"""Factors of each class of clerks on the rates of slips, as the world has them."""
_SIZES = {"d": 10, "l": 23, "a": 26, "y": 10, "z": 10}
_ALL = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_READS = {mark: [true for true in _ALL if true != mark and _alike(true, mark)] for mark in _ALL}
_ANSWERED = """
SELECT r.record_id, a.outcome, coalesce(r.serial_raw, ''), r.make_raw, r.model_raw,
       f.serial, f.stamped, f.maker, f.model, a.firearm_key
FROM records r JOIN sources s USING (source_id)
JOIN trace_results x ON x.request = 'T' || r.reference
JOIN true_answers a ON a.source_id = x.source_id AND a.row_number = x.row_number
JOIN true_firearms f USING (firearm_key)
WHERE s.layout = 'trace_requests' ORDER BY r.record_id
"""
_READ = """
SELECT t.firearm_key, s.layout, s.agency, coalesce(r.serial_raw, ''), r.record_id
FROM records r JOIN sources s USING (source_id) JOIN true_rows t USING (source_id, row_number)
WHERE t.firearm_key IN (SELECT firearm_key FROM true_answers) ORDER BY r.record_id
"""
_FOREIGN = """
SELECT maker, model, (count(*) FILTER (origin = 'foreign_not_us') + 0.02) / (count(*) + 0.5)
FROM true_firearms WHERE outcome = 'recovered_mx' GROUP BY ALL
"""


@dataclass(slots=True)
class Readings:
    """What the rows of one gun read, beside the request that is judged."""

    first: str = ""
    care: str = "list"
    federal: str = ""
    requests: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(text for text in (self.first, self.federal, *self.requests, *self.papers)
                     if text)  # fmt: skip


class Reader:
    """Knows the world's rules, and judges one request after the other."""

    def __init__(self, settings: Settings) -> None:
        self._set = settings
        self._slips = {name: slips(settings, care, copied=False) for name, care in CARE.items()}
        self._grammars: defaultdict[tuple[str, str], list[tuple[str, float]]] = defaultdict(list)
        for model in models():
            for grammar in filter(None, model.serials):
                share = 1.0 / capacity(grammar) / len(model.serials)
                self._grammars[model.make, model.name].append((plain_grammar(grammar), share))

    def wrong(self, kind: tuple[str, str], text: str, read: Readings) -> float:
        """Give P(the number on the gun is another than the request says)."""
        weights = {
            true: prior * self._likelihood(true, text, read)
            for true in self._meant(text, read)
            if (prior := self._prior(kind, true))
        }
        total = sum(weights.values()) + self._lost(kind, text, read)
        return 1.0 - weights.get(text, 0.0) / total if total else 1.0

    def fails(self, row: Sequence[str], foreign: float, read: Readings) -> float:
        """Give P(the center blames the request)."""
        _, _, serial, make, model, _, _, maker, name, _ = row
        determined, otherwise = self._set["determined"], self._set["determined_otherwise"]
        text = plain(serial)
        if not maker:
            return 1.0
        if_wrong = 1.0 - otherwise * foreign * bool(make)
        if not _has_digit(text):
            return 1.0 - otherwise * foreign
        lacks = 1.0 if not make else 0.0 if model else 0.15
        if_right = 1.0 - determined * (1.0 - (1.0 - foreign) * lacks)
        wrong = self.wrong((maker, name), text, read)
        wrong += (1.0 - wrong) * self._set["restamped"]
        return wrong * if_wrong + (1.0 - wrong) * if_right

    def _likelihood(self, true: str, text: str, read: Readings) -> float:
        found, first = 1.0, read.first
        if first:
            found *= written(first, true, self._slips[read.care])
        if read.federal:
            own = written(read.federal, true, self._slips["federal"])
            differs = self._set["duplicate_differs"]
            copy = 1.0 - differs if read.federal == first else differs * written(
                read.federal, first, Slips(1.0, 0.0, 0.0, 0.0)
            )  # fmt: skip
            found *= REREAD * own + (1.0 - REREAD) * copy if first else own
        looks = self._set["request_clean"]
        for each in (text, *read.requests):
            own = written(each, true, self._slips["request"])
            found *= looks * own + (1.0 - looks) * (each == first) if first else own
        for each in read.papers:
            found *= written(each, true, self._slips["paper"])
        return found

    def _meant(self, text: str, read: Readings) -> set[str]:
        found = {text, *read.texts}
        for each in tuple(found):
            found.update(_one_slip(each))
        return found

    def _prior(self, kind: tuple[str, str], text: str) -> float:
        return sum(share for grammar, share in self._grammars[kind] if _fits(grammar, text))

    def _lost(self, kind: tuple[str, str], text: str, read: Readings) -> float:
        """Give the chance of serials that nobody wrote, of which the text is a part or no part."""
        if any(each != text for each in read.texts):
            return 0.0
        rates, part = self._slips["request"], text.rstrip("*")
        mass = 0.0
        for grammar, _ in self._grammars[kind]:
            more = len(grammar) - len(part)
            if 1 <= more <= 4:
                ends = [grammar[: len(part)], *([grammar[more:]] if part == text else [])]
                mass += sum(_share(end) for end in ends if _fits(end, part))
        found = mass * rates.truncated / 9
        if _PATENT.fullmatch(text) or _NUMBER.fullmatch(text):
            found += rates.noise / 3 / (9_000_000 if _PATENT.fullmatch(text) else 990_000)
        return found * ((1.0 - self._set["request_clean"]) if read.first == text else 1.0)


@lru_cache(maxsize=100_000)
def _pattern(grammar: str) -> re.Pattern[str]:
    return re.compile("".join(_MARKS.get(mark, re.escape(mark)) for mark in grammar))


def _fits(grammar: str, text: str) -> bool:
    return bool(_pattern(grammar).fullmatch(text))


def _share(grammar: str) -> float:
    return 1.0 / float(np.prod([_SIZES.get(mark, 1) for mark in grammar]))


def _one_slip(text: str) -> Iterator[str]:
    for place, mark in enumerate(text):
        for true in _READS.get(mark, ()):
            yield text[:place] + true + text[place + 1 :]
        if place and text[place - 1] != mark:
            yield text[: place - 1] + mark + text[place - 1] + text[place + 1 :]
    if prefix := PREFIXED.match(text):
        yield text[prefix.end() :]
        yield text[prefix.end() - 1 :]


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def cause(row: Sequence[str]) -> str:
    """Name what is wrong with a request, by the truth."""
    _, _, serial, make, model, true, stamped, maker, _, _ = row
    text = bare(serial)
    if not maker:
        return "privately made"
    if not _has_digit(text):
        return "serial unread"
    if text != bare(true or ""):
        return "restamped" if text == bare(stamped or "") else "serial wrong"
    return "make or model missing" if not make or not model else "nothing"


def judged(held: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, bool, float]]:
    """Give cause, failure and P(fails) of every request that was answered."""
    reader = Reader(Settings("real", {}))
    foreign = {(maker, model): share for maker, model, share in held.execute(_FOREIGN).fetchall()}
    rows: defaultdict[str, list[tuple[str, str, str, str]]] = defaultdict(list)
    for key, *row in held.execute(_READ).fetchall():
        rows[key].append(tuple(row))
    for row in held.execute(_ANSWERED).fetchall():
        fails = failed(row[1])
        if fails is not None:
            read = _readings(rows[row[-1]], row[0])
            yield cause(row), fails, reader.fails(row, foreign.get((row[7], row[8]), 0.5), read)


def _readings(rows: Sequence[tuple[str, str, str, str]], request: str) -> Readings:
    found = Readings()
    for layout, agency, serial, record in rows:
        text = plain(serial)
        if record == request or not _has_digit(text):
            continue
        if layout == "trace_requests":
            found.requests += (text,)
        elif layout != "aseguramientos":
            found.papers += (text,)
        elif agency.startswith("FGR"):
            found.federal = text
        else:
            found.first = text
            found.care = "army" if agency.startswith("SEDENA") else "list"
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure on the seeds asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[61, 62, 63, 64, 65, 66])
    parser.add_argument("--firearms", type=int, default=20_000)
    asked = parser.parse_args(arguments)
    found: list[tuple[str, bool, float]] = []
    for seed in asked.seeds:
        with tempfile.TemporaryDirectory() as folder:
            found += judged(desk(Path(folder), seed, asked.firearms, "real"))
    why = np.array([each for each, _, _ in found])
    fails, risk = np.array([each[1] for each in found]), np.array([each[2] for each in found])
    held_back = risk > np.quantile(risk[~fails], 1.0 - ALARMS)
    spoiled = fails & (why != "nothing")
    print(f"{len(found):,} requests answered; false alarms {held_back[~fails].mean():.4f}")
    kept = spoiled & (why != "restamped")
    parts = {"spoiled": spoiled, "spoiled, not restamped": kept, "all that failed": fails}
    for name, part in parts.items():
        print(f"{name:24} {part.sum():6,} foreseen {held_back[part].mean():.4f}")
    for name, count in Counter(why[fails].tolist()).most_common():
        part = fails & (why == name)
        print(f"  {name:22} {count:6,} foreseen {held_back[part].mean():.4f}")


if __name__ == "__main__":
    main()
