"""The Merkle tree against RFC 6962 and Certificate Transparency's own test vectors."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ironriver.workspace.merkle import Tree, extends, includes, leaf_hash

# Certificate Transparency's reference leaves, and the roots over the first 1 to 8 of them.
LEAVES = tuple(
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
)
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def tree_of(lines: list[bytes] | tuple[bytes, ...]) -> Tree:
    tree = Tree()
    for line in lines:
        tree.extend(leaf_hash(line))
    return tree


def naive_root(lines: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word by word."""
    if not lines:
        return sha256().digest()
    if len(lines) == 1:
        return sha256(b"\0" + lines[0]).digest()
    split = 1
    while split * 2 < len(lines):
        split *= 2
    return sha256(b"\1" + naive_root(lines[:split]) + naive_root(lines[split:])).digest()


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert Tree().root().hex() == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


def test_the_roots_of_certificate_transparency_are_met() -> None:
    tree = tree_of(LEAVES)
    assert [tree.root(size).hex() for size in range(1, 9)] == list(ROOTS)


def test_the_proofs_of_certificate_transparency_are_met() -> None:
    tree = tree_of(LEAVES)
    assert [node.hex() for node in tree.inclusion(0, 8)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [node.hex() for node in tree.consistency(6, 8)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@given(st.lists(st.binary(max_size=8), max_size=70), st.integers(1, 20))
@settings(max_examples=60, deadline=None)
def test_the_root_is_the_recursive_definition_however_leaves_arrive(
    lines: list[bytes], step: int
) -> None:
    tree = Tree()
    for start in range(0, len(lines), step):
        tree.extend(b"".join(leaf_hash(line) for line in lines[start : start + step]))
    for size in range(len(lines) + 1):
        assert tree.root(size) == naive_root(lines[:size])


def test_every_inclusion_proof_holds_and_holds_nothing_else() -> None:
    lines = [b"%d" % number for number in range(33)]
    tree = tree_of(lines)
    for size in range(1, 34):
        root = tree.root(size)
        for index in range(size):
            path, leaf = tree.inclusion(index, size), tree.leaf(index)
            assert includes(leaf, index, size, path, root)
            assert not includes(leaf_hash(b"other"), index, size, path, root)
            assert not includes(leaf, index, size, [*path, leaf], root)
            assert size == 1 or not includes(leaf, index, size, path[:-1], root)
            assert size == 1 or not includes(leaf, (index + 1) % size, size, path, root)


def test_every_consistency_proof_holds_and_holds_nothing_else() -> None:
    lines = [b"%d" % number for number in range(33)]
    tree, other = tree_of(lines), tree_of([b"x", *lines[1:]])
    for new in range(1, 34):
        for old in range(1, new + 1):
            path = tree.consistency(old, new)
            assert extends(old, tree.root(old), new, tree.root(new), path)
            assert not extends(old, other.root(old), new, tree.root(new), path)
            assert not extends(old, tree.root(old), new, other.root(new), path)
            assert not extends(old, tree.root(old), new, tree.root(new), [*path, b"0" * 32])
            if path:
                assert not extends(old, tree.root(old), new, tree.root(new), path[:-1])


def test_a_proof_outside_the_tree_is_refused() -> None:
    tree = tree_of(LEAVES)
    for index, size in ((8, 8), (0, 9), (-1, 8)):
        with pytest.raises(ValueError, match="not among"):
            tree.inclusion(index, size)
    with pytest.raises(ValueError, match="no proof"):
        tree.consistency(0, 8)
    with pytest.raises(ValueError, match="no root"):
        tree.root(9)
