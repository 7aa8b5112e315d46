"""A search that compares everything with everything, written apart from the index."""

from __future__ import annotations

from collections.abc import Sequence

from ironriver.firearms.search.keys import plain, skeleton


def same(left: str, right: str) -> bool:
    return left == right or "?" in (left, right)


def distance(left: str, right: str) -> int:
    """Count edits by optimal string alignment; ``?`` on either side matches any one character."""
    table = [[max(i, j) for j in range(len(right) + 1)] for i in range(len(left) + 1)]
    for i, x in enumerate(left, 1):
        for j, y in enumerate(right, 1):
            table[i][j] = min(
                table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (not same(x, y))
            )
            if i > 1 and j > 1 and same(x, right[j - 2]) and same(left[i - 2], y):
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


def ends_missing(left: str, right: str, ends: int) -> bool:
    """Tell whether one is the other without up to `ends` characters at one end, four left."""
    short, long = sorted((left, right), key=len)
    if not 0 < len(long) - len(short) <= ends:
        return False
    size = len(short)
    compared = (long[:size], long[len(long) - size :])
    return any(all(map(same, short, part)) for part in compared)


def search(
    entries: Sequence[str | None],
    queries: Sequence[str | None],
    edits: int,
    confusions: bool = True,
    ends: int = 0,
) -> list[tuple[int, int]]:
    """Give the pairs of a query and an entry that an index must find."""

    def form(text: str | None) -> str:
        return skeleton(plain(text or "")) if confusions else plain(text or "")

    forms = [form(text) for text in entries]
    found = []
    for place, query in enumerate(map(form, queries)):
        for entry, text in enumerate(forms):
            if not query or not text:
                continue
            if distance(query, text) <= edits or (ends and ends_missing(query, text, ends)):
                found.append((place, entry))
    return found
