"""A layout: one small declarative file that says how a known kind of file is read.

The files stand in ``layouts/``. A layout names the table its rows end in, the words its headings
may use for each field, and what never varies. It holds no code.
"""

from __future__ import annotations

import hashlib
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal

from ironriver.tables import Handling, Nexus


@dataclass(frozen=True, slots=True)
class Layout:
    """How one kind of file is read.

    ``fields`` maps each field to the headings it may stand under, ``required`` names those
    without which the layout does not fit, ``not_empty`` those that no row may leave empty,
    ``constants`` fills columns that no heading gives, ``words`` turns words of a field into ours,
    and ``routes`` sends rows to another table by the word of a field. A ``public`` layout carries
    its own nexus and handling; others only state the least strict handling an inbox may declare.
    """

    name: str
    title: str
    table: str
    fields: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    handling: Handling
    nexus: Nexus
    public: bool = False
    country: str = "US"
    date_order: Literal["dmy", "mdy"] = "mdy"
    file_names: tuple[str, ...] = ()
    not_empty: tuple[str, ...] = ()
    case_required: bool = False
    constants: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    routes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    total_word: str | None = None
    total_fields: tuple[str, ...] = ()
    digest: str = ""

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables its rows may end in."""
        routed = {table for words in self.routes.values() for table in words.values()}
        return tuple(sorted({self.table} | routed))


def fold(text: str) -> str:
    """Fold a heading for comparison: no case, accents, punctuation or doubled spaces.

    >>> fold("  Núm. de MATRÍCULA ")
    'num de matricula'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def parse(name: str, content: bytes) -> Layout:
    """Read a layout from the bytes of its file."""
    data: dict[str, Any] = tomllib.loads(content.decode())
    return Layout(
        name=name,
        title=data["title"],
        table=data["table"],
        fields={key: tuple(fold(word) for word in words) for key, words in data["fields"].items()},
        required=tuple(data["required"]),
        handling=Handling(data["handling"]),
        nexus=Nexus(data["nexus"]),
        public=data.get("public", False),
        country=data.get("country", "US"),
        date_order=data.get("date_order", "dmy" if data.get("country") == "MX" else "mdy"),
        file_names=tuple(data.get("file_names", ())),
        not_empty=tuple(data.get("not_empty", ())),
        case_required=data.get("case_required", False),
        constants=data.get("constants", {}),
        words={
            key: {fold(word): ours for word, ours in words.items()}
            for key, words in data.get("words", {}).items()
        },
        routes={
            key: {fold(word): table for word, table in words.items()}
            for key, words in data.get("routes", {}).items()
        },
        total_word=data.get("total_word"),
        total_fields=tuple(data.get("total_fields", ())),
        digest=hashlib.sha256(content).hexdigest(),
    )


@cache
def layouts() -> Mapping[str, Layout]:
    """Give every layout that is shipped, by name.

    >>> layouts()["aseguramientos"].table
    'records'
    """
    folder = resources.files("ironriver.intake") / "layouts"
    files = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")),
        key=lambda entry: entry.name,
    )
    return {
        entry.name.removesuffix(".toml"): parse(
            entry.name.removesuffix(".toml"), entry.read_bytes()
        )
        for entry in files
    }
