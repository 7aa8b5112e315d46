"""Whatever a user sees is there in Spanish too, with the same places, and nothing is left over."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from merge_po import read, write
from messages import (
    CATALOGUE,
    SOURCE,
    calls,
    error_classes,
    messages,
    places,
    stands_in_code_or_data,
    trees,
)

MODULES = trees()
HELD = messages(MODULES)


def test_messages_are_found_where_users_meet_them() -> None:
    line = ast.parse(
        'raise MistakeError("no {x}", x=1)\nmark("a")\ntranslator(lang)("b")\nprint("c")'
    )
    found = messages({**MODULES, SOURCE / "made_up.py": line})
    assert {"no {x}", "a", "b"} <= found.keys()
    assert "c" not in found


def test_the_error_tree_is_known() -> None:
    assert {"IronRiverError", "MistakeError", "DamageError"} <= error_classes(MODULES)


def test_no_message_is_put_together_before_it_is_translated() -> None:
    built = [
        place
        for place, message in calls(MODULES)
        if isinstance(message, ast.JoinedStr | ast.BinOp)
        or (isinstance(message, ast.Call) and ast.unparse(message.func).endswith(".format"))
    ]
    assert not built, "use {places} in the message and give their values beside it"


def test_every_message_exists_in_spanish() -> None:
    known = read(CATALOGUE)
    assert not [f"{place}: {text}" for text, place in HELD.items() if not known.get(text)]


def test_both_languages_have_the_same_places() -> None:
    known = read(CATALOGUE)
    assert not [text for text, spanish in known.items() if places(text) != places(spanish)]


def test_the_catalogue_holds_nothing_that_is_not_used() -> None:
    left = set(read(CATALOGUE)) - set(HELD)
    assert not sorted(left - stands_in_code_or_data(left, MODULES))


@pytest.mark.parametrize(
    "text", ['a "quoted" word', "two\nlines\n", "back\\slash and tab\t", "á é"]
)
def test_a_merged_catalogue_reads_as_it_was_written(text: str, tmp_path: Path) -> None:
    path = tmp_path / "es.po"
    path.write_text(write({text: f"{text}, sí"}), encoding="utf-8")
    assert read(path) == {text: f"{text}, sí"}
