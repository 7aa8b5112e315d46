"""The Merkle tree of RFC 6962 over the journal's lines.

A root of 32 bytes stands for all lines before it: an inclusion proof shows that a line is under a
root, a consistency proof that an older root's lines are all under a newer one, unchanged.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

EMPTY_ROOT = sha256().digest()


def leaf_hash(line: bytes) -> bytes:
    """Hash a line as a leaf: SHA-256(0x00 || line) (RFC 6962, 2.1).

    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return sha256(b"\0" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into one: SHA-256(0x01 || left || right) (RFC 6962, 2.1)."""
    return sha256(b"\1" + left + right).digest()


def _split(size: int) -> int:
    """Give the largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


class Tree:
    """All complete subtrees of a growing list of leaves, level by level, 32 bytes a node."""

    def __init__(self) -> None:
        self._levels: list[bytearray] = [bytearray()]

    def __len__(self) -> int:
        return len(self._levels[0]) // 32

    def leaf(self, index: int) -> bytes:
        """Give the hash of one leaf."""
        return self._node(0, index)

    def extend(self, leaves: bytes) -> None:
        """Add leaf hashes, 32 bytes each, and close the subtrees that they complete."""
        self._levels[0] += leaves
        depth = 0
        while len(self._levels[depth]) >= 64:
            if depth + 1 == len(self._levels):
                self._levels.append(bytearray())
            below, above = self._levels[depth], self._levels[depth + 1]
            start, stop = 2 * len(above), len(below) // 64 * 64
            above += b"".join(
                [sha256(b"\1" + below[at : at + 64]).digest() for at in range(start, stop, 64)]
            )
            depth += 1

    def _node(self, depth: int, index: int) -> bytes:
        return bytes(self._levels[depth][32 * index : 32 * index + 32])

    def _range(self, start: int, stop: int) -> bytes:
        """Root of the leaves from `start`, a multiple of a power of two no smaller than them."""
        size, root = stop - start, b""
        for depth in range(size.bit_length()):
            if size >> depth & 1:
                node = self._node(depth, (start >> depth) + (size >> depth) - 1)
                root = node_hash(node, root) if root else node
        return root

    def root(self, size: int | None = None) -> bytes:
        """Give the root over the first `size` leaves (all by default)."""
        size = len(self) if size is None else size
        if not 0 <= size <= len(self):
            raise ValueError(f"no root over {size} of {len(self)} leaves")
        return self._range(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Prove that leaf `index` is under the root over `size` leaves (RFC 6962, 2.1.1)."""
        if not 0 <= index < size <= len(self):
            raise ValueError(f"leaf {index} is not among the first {size} of {len(self)}")
        path: list[bytes] = []
        start, stop = 0, size
        while stop - start > 1:
            middle = start + _split(stop - start)
            if index < middle:
                path.append(self._range(middle, stop))
                stop = middle
            else:
                path.append(self._range(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Prove that the first `old` leaves stand unchanged under `new` (RFC 6962, 2.1.2)."""
        if not 0 < old <= new <= len(self):
            raise ValueError(f"no proof from {old} to {new} of {len(self)} leaves")
        path: list[bytes] = []
        start, stop = 0, new
        while stop != old:
            middle = start + _split(stop - start)
            if old <= middle:
                path.append(self._range(middle, stop))
                stop = middle
            else:
                path.append(self._range(start, middle))
                start = middle
        if start:
            path.append(self._range(start, stop))
        return path[::-1]


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Check an inclusion proof (RFC 9162, 2.1.3.2).

    >>> tree = Tree()
    >>> tree.extend(leaf_hash(b"a") + leaf_hash(b"b") + leaf_hash(b"c"))
    >>> includes(leaf_hash(b"c"), 2, 3, tree.inclusion(2, 3), tree.root())
    True
    >>> includes(leaf_hash(b"x"), 2, 3, tree.inclusion(2, 3), tree.root())
    False
    """
    if not 0 <= index < size:
        return False
    node, last, value = index, size - 1, leaf
    for other in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            value = node_hash(other, value)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            value = node_hash(value, other)
        node, last = node >> 1, last >> 1
    return last == 0 and value == root


def extends(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Check a consistency proof (RFC 9162, 2.1.4.2).

    >>> tree = Tree()
    >>> tree.extend(b"".join(leaf_hash(b"%d" % n) for n in range(5)))
    >>> extends(3, tree.root(3), 5, tree.root(), tree.consistency(3, 5))
    True
    >>> extends(3, tree.root(2), 5, tree.root(), tree.consistency(3, 5))
    False
    """
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not hashes:
        return False
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = hashes[0]
    for other in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(other, first), node_hash(other, second)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, other)
        node, last = node >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root
