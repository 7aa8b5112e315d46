"""What tests of exchange formats are given: a function that writes the findings."""

from __future__ import annotations

from typing import Protocol


class Written(Protocol):
    """Write the findings in a format."""

    def __call__(self, form: str, network: str | None = None, with_names: bool = False) -> bytes:
        """Give the bytes of the file."""
        ...
