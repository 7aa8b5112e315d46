"""The browser that report tests use must itself work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_a_page_from_a_file_is_shown(browser_page: Page, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><title>río</title><p id=p>hierro</p>", encoding="utf-8")
    browser_page.goto(page.as_uri())
    assert browser_page.locator("#p").inner_text() == "hierro"
