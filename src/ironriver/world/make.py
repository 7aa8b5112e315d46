"""Make a world: its inbox of messy files and the truth beside it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from ironriver.errors import MistakeError
from ironriver.world.answers import UNKNOWN, Answers
from ironriver.world.chance import stage
from ironriver.world.guns import World, make_world
from ironriver.world.noise import day_of, days_since
from ironriver.world.paper import Paper
from ironriver.world.papers_mx import Ledger, seizure_papers
from ironriver.world.papers_other import other_papers
from ironriver.world.papers_trace import trace_papers
from ironriver.world.papers_us import us_papers
from ironriver.world.parameters import Settings
from ironriver.world.true_figures import figures
from ironriver.world.truth import Truth

FEWEST, LATEST = 200, 2100


def make(
    folder: Path, seed: int, firearms: int, years: tuple[int, int], difficulty: str,
    settings: Mapping[str, str],
) -> None:  # fmt: skip
    """Write a world into `folder`: ``inbox/`` and ``truth/``.

    The same arguments give the same bytes. Raises MistakeError where the folder already holds a
    world, or where an argument makes no sense.
    """
    world = plan(seed, firearms, years, difficulty, settings)
    inbox, truth_folder = folder / "inbox", folder / "truth"
    if inbox.exists() or truth_folder.exists():
        raise MistakeError("{folder} already holds a world; name another folder", folder=folder)
    inbox.mkdir(parents=True)
    truth = Truth(world, truth_folder)
    chance = stage(seed, "spoiling")
    entries = ["# Everything in this inbox is SYNTHETIC: no person, dealer, case or gun is real."]
    submitted: list[int] = []
    determined: list[bool] = []
    for paper, answers in papers(world, years):
        paper.spoil(chance, world.settings["unreadable"])
        truth.add(paper, paper.write(inbox), answers)
        entries.append(_entry(paper))
        if answers is not None:
            submitted += paper.guns.tolist()
            determined += [origin != UNKNOWN for origin in answers.origin]
    (inbox / "inbox.toml").write_text("\n\n".join(entries) + "\n", encoding="utf-8")
    marks = np.array(determined, dtype=np.bool_)
    truth.finish(figures(world, years, np.array(submitted, dtype=np.int64), marks))


def plan(
    seed: int, firearms: int, years: tuple[int, int], difficulty: str, settings: Mapping[str, str]
) -> World:
    """Make what is true, and write nothing."""
    if firearms < FEWEST:
        raise MistakeError("a world needs {least} firearms at least", least=FEWEST)
    if not 1990 <= years[0] <= years[1] <= LATEST:
        raise MistakeError("{first}-{last} are no years of a world", first=years[0], last=years[1])
    days = (days_since(dt.date(years[0], 1, 1)), days_since(dt.date(years[1], 12, 31)))
    return make_world(seed, firearms, days, Settings(difficulty, settings))


def papers(world: World, years: tuple[int, int]) -> Iterator[tuple[Paper, Answers | None]]:
    """Give every file of the inbox in turn."""
    ledger = Ledger.empty(len(world))
    for paper in seizure_papers(world, ledger, years):
        yield paper, None
    yield from trace_papers(world, ledger, years)
    for paper in us_papers(world, years):
        yield paper, None
    for paper in other_papers(world, ledger, years):
        yield paper, None


def _entry(paper: Paper) -> str:
    lines = [
        "[[source]]",
        f"files = {json.dumps(paper.file_name, ensure_ascii=False)}",
        f"agency = {json.dumps(paper.agency, ensure_ascii=False)}",
        f'nexus = "{paper.nexus}"',
        'handling = "SYNTHETIC"',
        f"known_from = {day_of(paper.known_from).isoformat()}",
        f'layout = "{paper.layout}"',
    ]
    return "\n".join(lines)
