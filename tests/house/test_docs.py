"""Everything is documented, and nothing is documented that does not exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from build_docs import DOCS, MARK, Command, command_line, leaves, pages
from ironriver.settings import SETTINGS
from ironriver.tables import TABLES

ROOT = Path(__file__).resolve().parents[2]
PROSE = [
    path
    for path in [
        *sorted(ROOT.glob("*.md")),
        *sorted(DOCS.glob("*.md")),
        ROOT / "examples/README.md",
    ]
    if path.exists()
]
COMMANDS: dict[tuple[str, ...], Command] = dict(leaves(command_line()))
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.M))
_FENCED = re.compile(r"^\s*```.*?^\s*```", re.M | re.S)
_LINE = re.compile(r"^\s*(?:\$ )?(?:\.venv/bin/)?((?:ironriver|make) .+)$", re.M)
_INLINE = re.compile(r"`((?:ironriver|make) [^`]+)`")


def told(text: str) -> list[str]:
    """Give the command lines of a text: those of its code blocks and those within sentences."""
    blocks = "\n".join(_FENCED.findall(text)).replace("\\\n", " ")
    return _LINE.findall(blocks) + _INLINE.findall(_FENCED.sub("", text))


def fault(line: str) -> str | None:
    """Say what a command line names that does not exist."""
    words = shlex.split(line, comments=True)
    plain = [word for word in words[1:] if not word.startswith("-")]
    if words[0] == "make":
        unknown = [word for word in plain if "=" not in word and word not in TARGETS]
        return f"no target {unknown[0]}" if unknown else None
    path = tuple(words[1:])
    fits = [each for each in COMMANDS if path[: len(each)] == each]
    if not fits:
        return None if path[:1] == ("--help",) else f"no command {' '.join(path[:2])}"
    known = {option for each in COMMANDS[fits[0]].params for option in each.opts} | {"--help"}
    used = [word.split("=")[0] for word in words if word.startswith("-") and len(word) > 1]
    unknown = [word for word in used if word not in known]
    return f"no option {unknown[0]}" if unknown else None


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_page_says_what_the_code_says(name: str) -> None:
    page = DOCS / name
    assert page.exists(), "run make docs"
    assert page.read_text("utf-8") == pages()[name], "run make docs"


def test_no_page_is_left_over() -> None:
    written = {path.name for path in DOCS.glob("*.md") if path.read_text("utf-8").startswith(MARK)}
    assert written == set(pages())


def test_every_table_column_and_setting_says_what_it_means() -> None:
    silent = [s.name for s in SETTINGS if not s.help.strip()]
    silent += [t.name for t in TABLES.values() if not t.about.strip()]
    silent += [
        f"{t.name}.{c.name}" for t in TABLES.values() for c in t.columns if not c.about.strip()
    ]
    assert not silent


def test_every_command_and_its_parameters_say_what_they_do() -> None:
    assert COMMANDS
    silent = [" ".join(path) for path, command in COMMANDS.items() if not command.help]
    silent += [
        f"{' '.join(path)}: {each.name}"
        for path, command in COMMANDS.items()
        for each in command.params
        if not each.help
    ]
    assert not silent


@pytest.mark.parametrize("path", PROSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_command_lines_in_prose_name_what_exists(path: Path) -> None:
    faults = {line: why for line in told(path.read_text("utf-8")) if (why := fault(line))}
    assert not faults


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("```\n$ ironriver run INBOX --workspace WS\n```", None),
        ("```\nironriver run INBOX --workspaces WS\n```", "no option --workspaces"),
        ("say `ironriver frobnicate WS` and", "no command frobnicate WS"),
        ("say `make demo` and", None),
        ("```\nmake dmeo\n```", "no target dmeo"),
    ],
)
def test_a_command_line_that_names_nothing_would_be_seen(text: str, why: str | None) -> None:
    (line,) = told(text)
    assert fault(line) == why
