"""JSON a piece at a time, so that no file is held in memory as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any


def line(value: object) -> str:
    """Give a value as JSON on one line; what is null is left out of objects.

    >>> line({"a": 1, "b": None})
    '{"a": 1}'
    """
    return json.dumps(_without_nulls(value), ensure_ascii=False, allow_nan=False)


def members(items: Iterable[object]) -> Iterator[bytes]:
    """Give the members of an array, one a line, without its brackets."""
    separator = ""
    for item in items:
        yield f"{separator}{line(item)}".encode()
        separator = ",\n"


def entries(items: Iterable[tuple[str, object]]) -> Iterator[bytes]:
    """Give the members of an object, one a line, without its braces."""
    separator = ""
    for name, item in items:
        yield f"{separator}{json.dumps(name, ensure_ascii=False)}: {line(item)}".encode()
        separator = ",\n"


def _without_nulls(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    if isinstance(value, list | tuple):
        return [_without_nulls(one) for one in value]
    return value
