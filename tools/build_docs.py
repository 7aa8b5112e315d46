"""Write the reference pages of docs/ from the code, so that neither can lack what the other has."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

import typer

from ironriver.cli import app
from ironriver.settings import SETTINGS
from ironriver.tables import TABLES, Table

DOCS = Path(__file__).resolve().parent.parent / "docs"


class Parameter(Protocol):
    """An argument or option, as typer describes it."""

    name: str
    opts: list[str]
    secondary_opts: list[str]
    metavar: str | None
    help: str | None
    required: bool
    default: object


class Command(Protocol):
    """A command, as typer describes it; a group has ``commands`` besides."""

    params: list[Parameter]
    help: str | None


Words = tuple[str, ...]

MARK = "<!-- Written by `make docs` from the code; change it there. -->"
_TYPES = {"date32[day]": "date", "int64": "whole", "double": "number", "bool": "yes/no"}


def grid(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay rows out as a Markdown table."""
    lines = [headings, ["---"] * len(headings), *rows]
    cells = ([str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in lines)
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def _code(text: object) -> str:
    return f"`{text}`" if str(text) else ""


def _table(table: Table) -> str:
    tags = [
        word for word, holds in (("derived", table.derived), ("personal", table.personal)) if holds
    ]
    about = table.about + (f" ({', '.join(tags)})" if tags else "")
    rows = (
        (_code(column.name), _TYPES.get(str(column.type), "text"), column.about)
        for column in table.columns
    )
    return f"## {table.name}\n\n{about}\n\n{grid(('column', 'type', 'meaning'), rows)}"


def tables() -> str:
    """Write the page of tables and columns."""
    opening = (
        "# Tables\n\n`ironriver export WORKSPACE TABLE` gives these columns in this order. "
        "*Derived* tables are computed from records; *personal* ones hold names, addresses and "
        "rows as received, and leave only with a role and a purpose."
    )
    return "\n\n".join([opening, *map(_table, TABLES.values())])


def settings() -> str:
    """Write the page of settings."""
    rows = ((_code(s.name), _code(s.variable), _code(s.default), s.help) for s in SETTINGS)
    opening = "# Settings\n\nEach is set by a variable of the environment; else its default holds."
    return f"{opening}\n\n{grid(('setting', 'variable', 'default', 'meaning'), rows)}"


def _layout_files() -> Iterator[tuple[str, dict[str, Any]]]:
    folder = resources.files("ironriver.intake") / "layouts"
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.name.endswith(".toml"):
            yield entry.name.removesuffix(".toml"), tomllib.loads(entry.read_text("utf-8"))


def _layout(name: str, data: Mapping[str, Any]) -> str:
    routed = {table for words in data.get("routes", {}).values() for table in words.values()}
    ends = ", ".join(_code(table) for table in [data["table"], *sorted(routed - {data["table"]})])
    law = (
        f"Public: held as {data['handling']} without an `inbox.toml`."
        if data.get("public")
        else f"Needs an `inbox.toml`: {data['nexus']}, {data['handling']} or stricter."
    )
    needs = set(data["required"])
    rows = (
        (_code(field), "yes" if field in needs else "", ", ".join(map(str, headings)))
        for field, headings in data["fields"].items()
        if field != "unused"
    )
    parts = [
        f"## {name}",
        f"{data['title']}. Rows end in {ends}. {law}",
        grid(("field", "needed", "headings it is known under"), rows),
    ]
    if unused := data["fields"].get("unused"):
        parts.append(f"Known, and kept only in the row as received: {', '.join(unused)}.")
    return "\n\n".join(parts)


def layouts() -> str:
    """Write the page of layouts."""
    opening = (
        "# Layouts\n\nA file is read by the layout that its headings fit. Case, accents, "
        "punctuation and order of headings do not matter. A heading that no layout knows is "
        'placed by `columns = { "HEADING" = "field" }` in `inbox.toml`.'
    )
    return "\n\n".join([opening, *(_layout(name, data) for name, data in _layout_files())])


def leaves(command: Command, path: Words = ()) -> Iterator[tuple[Words, Command]]:
    """Give every command that does something, with its words."""
    children: Mapping[str, Command] | None = getattr(command, "commands", None)
    if children is None:
        yield path, command
        return
    for name, child in children.items():
        yield from leaves(child, (*path, name))


def command_line() -> Command:
    """Give the whole command line as a tree of commands."""
    return typer.main.get_command(app)


def is_option(parameter: Parameter) -> bool:
    """Say whether a parameter of a command is an option, and no argument."""
    return any(word.startswith("-") for word in parameter.opts)


def _default(parameter: Parameter) -> str:
    value = parameter.default
    if parameter.required:
        return "needed"
    return "" if value in (None, False, "", 0.0) or callable(value) else _code(value)


def _command(path: tuple[str, ...], command: Command) -> str:
    arguments = [each for each in command.params if not is_option(each)]
    names = [(each.metavar or each.name).upper() for each in arguments]
    usage = [
        name if each.required else f"[{name}]" for name, each in zip(names, arguments, strict=True)
    ]
    rows = [
        (_code(name), "needed" if each.required else "", each.help or "")
        for name, each in zip(names, arguments, strict=True)
    ]
    rows += [
        (", ".join(map(_code, [*each.opts, *each.secondary_opts])), _default(each), each.help or "")
        for each in command.params
        if is_option(each) and "--help" not in each.opts
    ]
    usage += [
        f"{each.opts[0]} {each.name.upper()}"
        for each in command.params
        if is_option(each) and each.required
    ]
    line = " ".join(["ironriver", *path, *usage])
    about = " ".join((command.help or "").split())
    parts = [f"## ironriver {' '.join(path)}", f"```\n{line}\n```", about]
    return "\n\n".join(
        [*parts, grid(("argument or option", "default", "meaning"), rows)] if rows else parts
    )


def commands() -> str:
    """Write the page of commands."""
    opening = (
        "# Commands\n\nExit status 0: done; 1: a fault of ours; 2: a mistake in what was asked. "
        "`--help` after any command shows the same."
    )
    return "\n\n".join([opening, *(_command(*leaf) for leaf in leaves(command_line()))])


def pages() -> dict[str, str]:
    """Give every page that is written from the code, file name to text."""
    written = {
        "commands.md": commands(),
        "layouts.md": layouts(),
        "settings.md": settings(),
        "tables.md": tables(),
    }
    return {name: f"{MARK}\n\n{text}\n" for name, text in written.items()}


if __name__ == "__main__":
    DOCS.mkdir(exist_ok=True)
    for page, text in pages().items():
        (DOCS / page).write_text(text, encoding="utf-8")
        print(f"docs/{page}")
