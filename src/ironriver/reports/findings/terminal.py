"""The findings in a terminal: what `ironriver run` prints when it has ended."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ironriver.language import mark
from ironriver.reports.findings.model import FindingsModel
from ironriver.reports.findings.words import Words

SYNTHETIC = mark(
    "SYNTHETIC: at least one source is invented data, of no real person, firearm or case."
)


def to_terminal(model: FindingsModel, lang: str) -> Group:
    """Summarise the findings: the rows of each source, what was skipped, and each finding."""
    words = Words(lang)
    parts: list[RenderableType] = []
    if model.synthetic:
        parts.append(
            Text(
                words(SYNTHETIC),
                "bold reverse",
            )
        )
    parts.append(_accounting(model, words))
    parts += [
        Text.assemble("  ", (words("not read"), "yellow"), f" {words.translate(why)}")
        for _, why in model.reading.skipped
    ]
    parts.append(Text(""))
    for number, section in enumerate(model.sections(lang), 1):
        style = "dim" if section.empty else "bold"
        parts.append(Text.assemble(f"{number}. ", (section.title, style)))
        parts += [Text(f"   \N{MINUS SIGN} {caution}", "dim") for caution in section.against[:1]]
    return Group(*parts)


def _accounting(model: FindingsModel, words: Words) -> Table:
    table = Table(title=words("Rows of each file, and where they ended"), title_justify="left")
    table.add_column(words("File"), overflow="fold")
    for heading in ("Rows in", "Accepted", "Quarantined"):
        table.add_column(words(heading), justify="right")
    table.add_column(words("Check"))
    for line in model.reading.lines:
        good = line.adds_up and line.in_tables
        check = Text(
            words("adds up") if good else words("DOES NOT ADD UP"), "" if good else "bold red"
        )
        counts = (line.rows_in, line.accepted, line.quarantined)
        table.add_row(Text(line.name), *(words.cell(cell) for cell in counts), check)
    return table
