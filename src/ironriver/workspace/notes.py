"""Checkpoints of the journal as C2SP signed notes (c2sp.org/signed-note, c2sp.org/tlog-checkpoint).

A note is three lines (origin, size, root), an empty line, and one signature line for each party
that signed: ours first, witnesses' cosignatures after it.
"""

from __future__ import annotations

import binascii
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ironriver.errors import DamageError

_ED25519 = b"\x01"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a signed note says: the journal's first `size` lines have this `root`."""

    origin: str
    size: int
    root: bytes
    note: bytes

    def signed_by(self, public_key: bytes) -> bool:
        """Tell whether the note bears a true signature of its origin's key."""
        body, _, signatures = self.note.partition(b"\n\n")
        start = f"— {self.origin} ".encode()
        for line in signatures.split(b"\n"):
            if line.startswith(start):
                try:
                    blob = b64decode(line[len(start) :], validate=True)
                    if blob[:4] == key_hash(self.origin, public_key):
                        key = Ed25519PublicKey.from_public_bytes(public_key)
                        key.verify(blob[4:], body + b"\n")
                        return True
                except (binascii.Error, InvalidSignature, ValueError):
                    continue
        return False


def key_hash(name: str, public_key: bytes) -> bytes:
    """Give the four bytes that tell keys of one name apart (c2sp.org/signed-note)."""
    return sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def read_note(note: bytes) -> Checkpoint:
    r"""Read a signed note; the signature is not checked here.

    >>> read_note(b"log.example/1\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n").size
    0
    """
    try:
        origin, size, root, *_ = note.partition(b"\n\n")[0].decode("utf-8").split("\n")
        hashed = b64decode(root, validate=True)
        if len(hashed) != 32 or not size.isascii() or not size.isdigit():
            raise ValueError(size)
        return Checkpoint(origin, int(size), hashed, note)
    except ValueError as error:
        raise DamageError("this is no checkpoint: {start}", start=repr(note[:60])) from error


class Signer:
    """The workspace's own key: signs checkpoints under the workspace's origin."""

    def __init__(self, origin: str, seed: bytes) -> None:
        self.origin = origin
        self.seed = seed
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @classmethod
    def generate(cls, origin: str) -> Signer:
        """Make a new key."""
        return cls(origin, os.urandom(32))

    @classmethod
    def from_text(cls, origin: str, text: bytes) -> Signer:
        """Read a key file: the base64 of the 32 secret bytes."""
        try:
            return cls(origin, b64decode(text.strip(), validate=True))
        except ValueError as error:
            raise DamageError("the file keys/checkpoint.key holds no key") from error

    def to_text(self) -> bytes:
        """Give the key file's content."""
        return b64encode(self.seed) + b"\n"

    @property
    def public_key(self) -> bytes:
        """The 32 public bytes."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, size: int, root: bytes) -> Checkpoint:
        """Sign the journal's size and root."""
        body = f"{self.origin}\n{size}\n{b64encode(root).decode()}\n".encode()
        blob = key_hash(self.origin, self.public_key) + self._key.sign(body)
        line = f"— {self.origin} {b64encode(blob).decode()}\n".encode()
        return Checkpoint(self.origin, size, root, body + b"\n" + line)
