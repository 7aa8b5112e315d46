"""A score as text, in English or Spanish."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ironriver.language import translator
from ironriver.world.score import Score
from ironriver.world.score_words import WORDS

_Say = Callable[[str], str]
_LONGEST = 12


def to_text(score: Score, lang: str = "en") -> str:
    """Lay a score out for a terminal; the JSON has everything, long lists are cut here."""
    say = translator(lang)

    def word(key: str) -> str:
        return say(WORDS[key]) if key in WORDS else key

    lines: list[str] = []
    for name, section in score.sections.items():
        lines += ["", word(name).upper(), *_lines(section, word, say)]
    if score.not_run:
        lines += ["", say("NOT RUN")]
    for name, missing in score.not_run.items():
        template = say("{part}: needs {tables}")
        lines.append("  " + template.format(part=word(name), tables=", ".join(missing)))
    return "\n".join(lines).strip("\n") + "\n"


def _lines(section: dict[str, Any], word: _Say, say: _Say) -> Iterator[str]:
    """Give first what stands alone, then what has parts, then lists."""
    flat = {key: value for key, value in section.items() if not isinstance(value, dict | list)}
    if flat:
        yield "  " + _pairs(flat, word)
    for key, value in section.items():
        if isinstance(value, dict):
            yield from _part(key, value, word)
    for key, value in section.items():
        if isinstance(value, list) and value:
            yield f"  {word(key)}:"
            yield from _grid(value[:_LONGEST], word)
            if len(value) > _LONGEST:
                yield "    " + say("and {count} more").format(count=len(value) - _LONGEST)


def _part(key: str, part: dict[str, Any], word: _Say) -> Iterator[str]:
    flat = {name: value for name, value in part.items() if not isinstance(value, dict | list)}
    if flat:
        yield f"  {word(key)}: {_pairs(flat, word)}"
    for name, value in part.items():
        if isinstance(value, dict):
            yield f"  {word(key)}, {word(name)}: {_pairs(value, word)}"


def _pairs(values: dict[str, Any], word: _Say) -> str:
    return ", ".join(f"{word(key)} {_shown(value)}" for key, value in values.items())


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3f}"
    return str(value)


def _grid(rows: list[dict[str, Any]], word: _Say) -> Iterator[str]:
    cells = [[word(key) for key in rows[0]]]
    cells += [[_shown(value) for value in row.values()] for row in rows]
    widths = [max(len(line[place]) for line in cells) for place in range(len(cells[0]))]
    for line in cells:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        yield "    " + "  ".join(padded).rstrip()
