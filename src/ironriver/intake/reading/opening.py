"""Recognise a received file by its content and open it as parts."""

from __future__ import annotations

from pathlib import Path

from ironriver.errors import InputError
from ironriver.intake.parts import Part
from ironriver.intake.reading.content import Content
from ironriver.intake.reading.delimited import open_text


def open_source(path: Path, name: str) -> list[Part]:
    """Open the file at `path`, received as `name`, and give its parts."""
    content = Content(name, "", lambda: path.open("rb", buffering=0))
    if not path.stat().st_size:
        raise InputError("{file} is empty; ask the sender for it again", file=name)
    return [open_text(content)]
