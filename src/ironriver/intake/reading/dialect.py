"""Find the delimiter of a text by looking at its first lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ironriver.intake.reading.splitting import State, split_line

DELIMITERS = ",;\t|^~\x1f\x01"


def find_delimiter(lines: Sequence[str], name: str = "") -> str:
    """Give the delimiter under which most lines have the same, and the largest, number of cells.

    `name` is a hint for ties only. A text without any delimiter has one column.

    >>> find_delimiter(["serial;price", "A1;1,50", "A2;2,75"])
    ';'
    """
    lines = [line for line in lines if line.strip()]
    best, best_score = ",", 0.0
    for delimiter in sorted(DELIMITERS, key=lambda sign: not _hinted(sign, name)):
        score = _evenness(lines, delimiter)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _hinted(delimiter: str, name: str) -> bool:
    return delimiter == ("\t" if ".tsv" in name.lower() or ".tab" in name.lower() else ",")


def _evenness(lines: Sequence[str], delimiter: str) -> float:
    """Score a delimiter: the share of lines of the usual width, then that width."""
    counts: Counter[int] = Counter()
    for line in lines:
        cells, state = split_line(line, delimiter)
        if state is not State.BROKEN:
            counts[len(cells)] += 1
    wide = [(count, width) for width, count in counts.items() if width > 1]
    if not wide:
        return 0.0
    count, width = max(wide)
    share = count / len(lines)
    return float(share * share * (1 - 0.5 / width))
