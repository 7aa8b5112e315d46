"""The findings page in a real browser: quiet, offline, readable, at any width and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from findings_world import HOSTILE, SHARES, World, full_world

from ironriver.reports.findings import render

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Contrast after WCAG 2.2, 1.4.3, of each text against the nearest background under it.
CONTRAST = """() => {
  const light = c => {
    const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const under = e => {
    for (; e; e = e.parentElement) {
      const c = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)$/.test(c)) return c;
    }
    return 'rgb(255, 255, 255)';
  };
  const faint = [];
  for (const e of document.querySelectorAll('body *:not(svg *)')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    const [a, b] = [light(getComputedStyle(e).color), light(under(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) faint.push(e.className + ': ' + e.textContent.trim());
  }
  return faint;
}"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write the page in both languages, hostile names and a synthetic banner included."""
    found = full_world("SYNTHETIC").findings(SHARES, [(HOSTILE, HOSTILE)])
    folder = tmp_path_factory.mktemp("pages")
    paths = {lang: folder / f"{lang}.html" for lang in ("en", "es")}
    for lang, path in paths.items():
        path.write_text(render(found, lang), encoding="utf-8")
    return paths


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("width", [1400, 390])
def test_the_page_is_quiet_and_fits_its_width(
    browser_page: Page, written: dict[str, Path], lang: str, width: int
) -> None:
    asked: list[str] = []
    said: list[str] = []
    browser_page.on("request", lambda request: asked.append(request.url))
    browser_page.on("console", lambda message: said.append(message.text))
    browser_page.on("dialog", lambda dialog: said.append(dialog.message))
    browser_page.set_viewport_size({"width": width, "height": 900})
    browser_page.goto(written[lang].as_uri())
    assert asked == [written[lang].as_uri()]
    assert said == []
    assert browser_page.evaluate("document.documentElement.scrollWidth") <= width
    assert browser_page.locator("svg.map").count() == 2
    assert browser_page.locator(".banner").is_visible()


def test_text_stands_out_from_its_ground(browser_page: Page, written: dict[str, Path]) -> None:
    browser_page.goto(written["en"].as_uri())
    assert browser_page.evaluate(CONTRAST) == []
    browser_page.add_style_tag(content=".note { color: #999 }")
    assert browser_page.evaluate(CONTRAST) != [], "the check itself must bite"


def test_the_page_works_without_script_and_on_paper(
    browser_page: Page, written: dict[str, Path]
) -> None:
    browser_page.emulate_media(media="print")
    browser_page.goto(written["es"].as_uri())
    assert browser_page.evaluate("document.scripts.length") == 0
    assert browser_page.locator("details.rests[open]").count() >= 5
    assert len(browser_page.pdf(format="A4")) > 20_000


def test_a_world_without_rows_still_gives_a_page(browser_page: Page, tmp_path: Path) -> None:
    path = tmp_path / "empty.html"
    path.write_text(render(World().findings(), "es"), encoding="utf-8")
    browser_page.goto(path.as_uri())
    assert browser_page.locator("section").count() == 8
    assert browser_page.locator("table").count() == 0
