"""What tests share: the real public data, a browser, and which tests wait for make test-all."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from desk import Desk
from ironriver import cli
from ironriver.governance.release import Access
from ironriver.governance.roles import account
from ironriver.workspace import Workspace
from terminal import Command, Said

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = Path("/usr/bin/chromium")
# Quiet and offline: a report must show without a network, and the browser must not look for one.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the slow tests too")


def _spark_is_here() -> bool:
    return importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    chosen = str(config.getoption("markexpr"))
    slow = bool(config.getoption("--slow")) or "slow" in chosen
    for item in items:
        if item.get_closest_marker("slow") and not slow:
            item.add_marker(pytest.mark.skip(reason="slow: make test-all runs it"))
        if item.get_closest_marker("spark"):
            if "spark" not in chosen:
                item.add_marker(pytest.mark.skip(reason="on Spark: make test-spark runs it"))
            elif not _spark_is_here():
                item.add_marker(pytest.mark.skip(reason="needs pyspark and Java"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count the skips by reason, whatever files they stand in."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.getreports("skipped"):
        if isinstance(report.longrepr, tuple):
            reasons[str(report.longrepr[2]).removeprefix("Skipped: ")] += 1
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"skipped {count:>4}  {reason}")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the folder of real public data beside the checkout; it is no part of the project."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data")
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start one browser for all tests of a process."""
    if not CHROMIUM.exists():
        pytest.skip("needs chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture
def browser_page(browser: Browser) -> Iterator[Page]:
    """Open a fresh page; any script error or request for the network fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(("file:", "data:", "blob:", "about:", "http://127.0.0.1"))
            else faults.append(f"asked the network for {request.url}")
        ),
    )
    yield page
    context.close()
    assert not faults, faults


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Give an empty inbox and a new workspace."""
    (tmp_path / "inbox").mkdir()
    with Workspace.create(tmp_path / "workspace", account()) as workspace:
        yield Desk(tmp_path / "inbox", workspace, Access.current(workspace, "testing"))


@pytest.fixture
def ironriver(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Command:
    """Give a function that runs a command in this process."""

    def run(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["ironriver", *map(str, arguments)])
        status = 0
        try:
            cli.main()
        except SystemExit as stop:
            status = int(stop.code or 0)
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Said(status, out.decode(), err.decode())

    return run
