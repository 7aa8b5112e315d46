"""The findings page is whole, safe and complete in both languages."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from findings_world import HOSTILE, SHARES, World
from rich.console import Console

import ironriver.reports.findings as findings
from ironriver.language import translator
from ironriver.reports.findings import render, to_terminal
from ironriver.reports.findings.reading import REASONS

VOID = {"meta", "br", "img", "link", "hr"}
SKIPPED = [(HOSTILE, HOSTILE), ("nics.csv", "Other")]
LANGUAGES = pytest.mark.parametrize("lang", ["en", "es"])


class Document(HTMLParser):
    """Holds what a page is made of; an element that is not closed in order is a fault."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:  # noqa: D102
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data: str) -> None:  # noqa: D102
        if data.strip() and "style" not in self.open:
            self.texts.append(" ".join(data.split()))

    def all(self, tag: str) -> list[dict[str, str]]:
        """Give the attributes of every element of a kind."""
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def pages(world: World) -> dict[str, str]:
    found = world.findings(SHARES, SKIPPED)
    return {lang: render(found, lang) for lang in ("en", "es")}


@LANGUAGES
def test_the_page_is_well_formed_and_its_ids_are_unique(pages: dict[str, str], lang: str) -> None:
    document = Document(pages[lang])
    assert document.faults == []
    assert document.open == []
    ids = [attributes["id"] for _, attributes in document.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [link["href"] for link in document.all("a")]
    assert links
    assert all(link.startswith("#") and link[1:] in ids for link in links)


@LANGUAGES
def test_headings_descend_and_tables_can_be_read_aloud(pages: dict[str, str], lang: str) -> None:
    document = Document(pages[lang])
    levels = [int(tag[1]) for tag, _ in document.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(document.all("caption")) == len(document.all("table")) > 8
    assert all("scope" in heading for heading in document.all("th"))
    assert document.all("html")[0]["lang"] == {"en": "en-US", "es": "es-MX"}[lang]
    drawings = document.all("svg")
    assert all("aria-hidden" in each or "aria-labelledby" in each for each in drawings)


@LANGUAGES
def test_the_page_holds_no_script_no_handler_and_no_address(
    pages: dict[str, str], lang: str
) -> None:
    document = Document(pages[lang])
    for tag, attributes in document.tags:
        assert tag not in ("script", "link", "iframe", "img", "object", "embed", "form")
        assert not any(name.startswith("on") for name in attributes)
        assert not any(name in ("src", "srcset", "action", "data") for name in attributes)
    assert "url(" not in re.sub(r"url\(#[a-z-]+\)", "", pages[lang])
    assert "@import" not in pages[lang]
    policy = [m["content"] for m in document.all("meta") if "http-equiv" in m]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


def test_hostile_text_is_printed_as_it_is(pages: dict[str, str]) -> None:
    for page in pages.values():
        document = Document(page)
        assert document.texts.count(HOSTILE) == 3, "two as a skipped file, one as a reason"
        assert "<img src=x" not in page
        assert "49" not in document.texts


def test_the_same_model_gives_the_same_bytes(world: World) -> None:
    assert render(world.findings(SHARES), "en") == render(world.findings(SHARES), "en")


# The same in both languages: names of things, and what a source calls itself.
SAME = re.compile(
    r"[\W\d_]*|Iron River|ironriver explain|.*\.csv|layout|a report|INEGI.*|Maps?: .*|bad_quantity"
    r"|[A-Z_]+|.* Field Office|Arizona|Florida|Texas|Sonora|Chihuahua|Tamaulipas|\d+ Arizona"
    r"|(Arizona|Florida|Sonora|Chihuahua|Tamaulipas):? \d+|.*%"
)


def test_no_english_is_left_on_the_spanish_page(pages: dict[str, str]) -> None:
    english = set(Document(pages["en"]).texts) - {HOSTILE}
    left = [
        text for text in Document(pages["es"]).texts if text in english and not SAME.fullmatch(text)
    ]
    assert left == []


def _branches(node: ast.expr) -> list[ast.expr]:
    """Give both texts of a choice between two."""
    return [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]


def _texts() -> set[str]:
    """Collect every English text of the room that a reader may see."""
    room = Path(findings.__file__).parent
    found: set[str] = set()
    for path in room.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in ("words", "mark", "one_or_many", "self"):
                    first = node.args[: 2 if name == "one_or_many" else 1]
                    inside = [part for each in first for part in _branches(each)]
                    found |= {part.value for part in inside if isinstance(part, ast.Constant)}
    for path in (room / "templates").glob("*.j2"):
        found |= set(re.findall(r"_\(['\"](.+?)['\"][,)]", path.read_text(encoding="utf-8")))
    return found


def test_every_text_of_the_room_has_its_spanish_with_the_same_places() -> None:
    say, texts = translator("es"), _texts()
    assert len(texts) > 150
    same = {"{name}: {which}"}
    assert [text for text in sorted(texts - same) if say(text) == text] == []
    for text in texts:
        places = re.findall(r"\{\w+\}", text)
        assert set(re.findall(r"\{\w+\}", say(text))) == set(places), text


def test_every_reason_of_quarantine_is_said_in_words() -> None:
    package = Path(findings.__file__).parent.parent.parent / "intake"
    text = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    given = r'(?:Problem|Reason|_refused)\(\s*(?:"?[a-z]+"?,\s*)?"([a-z_]+)",'
    codes = set(re.findall(given, text))
    assert len(codes) > 10
    assert codes - REASONS.keys() == set()


def test_numbers_and_dates_are_written_as_each_language_writes_them(world: World) -> None:
    found = world.findings(SHARES)
    assert "March 3, 2026" in render(found, "en")
    assert "3 de marzo de 2026" in render(found, "es")
    assert "3,500 rounds of ammunition" in render(found, "en")
    assert "3,500 cartuchos" in render(found, "es")
    assert "11.6% to 98.3%" in render(found, "en")
    assert "11.6% a 98.3%" in render(found, "es")


@LANGUAGES
def test_the_terminal_tells_accounting_findings_and_what_was_skipped(
    world: World, lang: str
) -> None:
    found = world.findings(SHARES, SKIPPED)
    console = Console(width=200, record=True, file=None, quiet=False)
    with console.capture() as capture:
        console.print(to_terminal(found, lang))
    text = capture.get()
    assert HOSTILE in text
    for section in found.sections(lang):
        assert section.title in text
    assert translator(lang)("adds up") in text


def test_markup_in_a_file_name_does_not_colour_the_terminal() -> None:
    world = World().source("f", "[red]x[/red].csv", 1)
    console = Console(width=120)
    with console.capture() as capture:
        console.print(to_terminal(world.findings(), "en"))
    assert "[red]x[/red].csv" in capture.get()
