"""Pairs laid down on disk are those that were added, in order and each once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ironriver.firearms.gun_records import Integers
from ironriver.firearms.pairs import paired
from ironriver.firearms.pile import Pile

ROWS = 12
Parts = list[tuple[Integers, Integers]]


def part(pairs: list[tuple[int, int]]) -> tuple[Integers, Integers]:
    """Give pairs as two arrays."""
    left, right = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return left, right


PARTS = st.lists(
    st.lists(st.tuples(st.integers(0, ROWS - 1), st.integers(0, ROWS - 1)), max_size=8).map(part),
    max_size=5,
)


@given(PARTS, PARTS, st.integers(1, ROWS), st.integers(1, 20), st.integers(1, 20))
def test_what_was_added_is_read_in_order_and_each_once(
    tmp_path_factory: pytest.TempPathFactory, one: Parts, other: Parts, width: int, at_once: int,
    batch: int,
) -> None:  # fmt: skip
    every = [part([]), *one, *other]
    left, right = (np.concatenate(side) for side in zip(*every, strict=True))
    expected = paired(left, right, ROWS)
    with Pile(tmp_path_factory.mktemp("pile"), ROWS, width) as pile:
        pile.add(one, at_once)
        pile.add(other, at_once)
        found = list(pile.read(batch))
    assert all(0 < len(pairs) <= batch for pairs in found)
    assert [k for pairs in found for k in pairs.left.tolist()] == expected.left.tolist()
    assert [k for pairs in found for k in pairs.right.tolist()] == expected.right.tolist()


def test_its_files_are_gone_afterwards_also_after_an_error(tmp_path: Path) -> None:
    with Pile(tmp_path / "new" / "folder", ROWS, 4) as pile:
        pile.add([part([(1, 2), (9, 5), (11, 10)])])
        assert len(list(pile.folder.iterdir())) == 3
    assert not list(pile.folder.iterdir())
    with pytest.raises(ZeroDivisionError), Pile(tmp_path, ROWS) as pile:
        pile.add(part([(1, number // 0)]) for number in (2,))
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_two_piles_in_one_folder_do_not_mix(tmp_path: Path) -> None:
    with Pile(tmp_path, ROWS) as one, Pile(tmp_path, ROWS) as other:
        one.add([part([(1, 2)])])
        other.add([part([(3, 4)])])
        assert [pairs.left.tolist() for pairs in one.read()] == [[1]]
        assert [pairs.left.tolist() for pairs in other.read()] == [[3]]
