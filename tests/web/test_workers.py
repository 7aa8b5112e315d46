"""Workers: one that takes too long is killed, one account never takes them all."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from web_world import Objects

from ironriver.errors import IronRiverError
from ironriver.governance.roles import Role
from ironriver.web import pool as pool_module
from ironriver.web import worker
from ironriver.web.bench import Who
from ironriver.web.pool import Pool
from ironriver.web.problems import BusyError, Problem, TimeUpError

ANA = Who("ana", Role.ANALYST, "carpeta 12/2024", "en")
LIMITS = {"memory_mb": 8_192, "rows": 100}
PAGE = {"name": "leads"}


@pytest.fixture
def pool(invented: tuple[Path, list[Objects]]) -> Iterator[Pool]:
    """Give two workers with time enough."""
    made = Pool(invented[0], 2, 60.0, LIMITS)
    yield made
    made.close()


def processes(pool: Pool) -> list[Any]:
    return [hand.process for hand in list(pool._free.queue) if hand is not None]


def test_a_worker_answers_and_is_kept_for_the_next_question(pool: Pool) -> None:
    first = pool.ask("rows", ANA, PAGE)
    (one,) = processes(pool)
    second = pool.ask("rows", ANA, PAGE)
    assert isinstance(first, dict)
    assert first == second
    assert processes(pool) == [one]


def test_what_is_wrong_comes_back_in_the_one_shape(pool: Pool) -> None:
    found = pool.ask("rows", ANA, {"name": "nothing"})
    assert isinstance(found, Problem)
    assert found.status == 400


def test_a_question_that_takes_too_long_ends_with_its_process(
    invented: tuple[Path, list[Objects]],
) -> None:
    pool = Pool(invented[0], 1, 0.0, LIMITS, start=0.0)
    with pytest.raises(TimeUpError):
        pool.ask("rows", ANA, PAGE)
    assert processes(pool) == []
    pool._seconds, pool._start = 60.0, 60.0
    assert isinstance(pool.ask("rows", ANA, PAGE), dict)
    pool.close()


def test_a_killed_process_is_told_and_replaced(pool: Pool) -> None:
    pool.ask("rows", ANA, PAGE)
    (one,) = processes(pool)
    os.kill(one.pid, 9)
    one.join()
    with pytest.raises(IronRiverError):
        pool.ask("rows", ANA, PAGE)
    assert isinstance(pool.ask("rows", ANA, PAGE), dict)


class _Slow:
    """Stands for a worker that answers when it is let."""

    let = threading.Event()

    def __init__(self, *_: object) -> None:
        self.fresh = False
        self.line = self

    def send(self, _: object) -> None:
        """Take a question."""

    def poll(self, seconds: float) -> bool:
        """Wait until it is let."""
        return self.let.wait(seconds)

    def recv(self) -> dict[str, Any]:
        """Answer."""
        return {}

    def end(self) -> None:
        """End."""


def test_one_account_leaves_a_worker_to_the_others_and_does_not_queue_for_ever(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pool_module, "_Hand", _Slow)
    monkeypatch.setattr(_Slow, "let", threading.Event())
    pool = Pool(tmp_path, 2, 30.0, LIMITS)
    asking = [
        threading.Thread(target=pool.ask, args=("rows", ANA, {}), daemon=True)
        for _ in range(pool_module._MOST_WAITING)
    ]
    for each in asking:
        each.start()
    while pool._asking["ana"] < pool_module._MOST_WAITING:
        time.sleep(0.01)
    assert pool._at_work["ana"] == 1
    with pytest.raises(BusyError):
        pool.ask("rows", ANA, {})
    eva = threading.Thread(target=pool.ask, args=("rows", Who("eva", Role.ANALYST, "", "en"), {}))
    eva.start()
    while not pool._at_work["eva"]:
        time.sleep(0.01)
    _Slow.let.set()
    for each in (*asking, eva):
        each.join(timeout=30)
    assert pool._asking["ana"] == pool._asking["eva"] == 0


def test_a_worker_may_take_no_more_memory_than_it_is_given(
    invented: tuple[Path, list[Objects]],
) -> None:
    pool = Pool(invented[0], 1, 60.0, LIMITS | {"memory_mb": 64})
    with pytest.raises(IronRiverError):
        pool.ask("rows", ANA, PAGE)
    pool.close()


@pytest.mark.parametrize(
    "hostile",
    [
        "SELECT * FROM read_csv('{journal}')",
        "SELECT * FROM read_text('{journal}')",
        "COPY (SELECT 1) TO '{journal}.out'",
        "ATTACH '{journal}.db'",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
        "RESET lock_configuration",
        "INSTALL httpfs",
        "LOAD httpfs",
    ],
)
def test_the_tables_of_a_worker_are_locked_down(
    invented: tuple[Path, list[Objects]], hostile: str
) -> None:
    journal = invented[0] / "journal" / "log.jsonl"
    with worker.open_bench(invented[0], 100).connection(("records", "sources")) as connection:
        assert connection.execute("SELECT count(*) FROM records").fetchall() == [(10,)]
        with pytest.raises(duckdb.Error):
            connection.execute(hostile.format(journal=journal)).fetchall()
    assert not list(journal.parent.glob("log.jsonl.*"))
