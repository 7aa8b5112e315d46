"""Which account holds which role, followed line by line as the journal grows."""

from __future__ import annotations

from ironriver.errors import DamageError
from ironriver.governance.roles import Role, follow
from ironriver.workspace.journal import Journal
from ironriver.workspace.lines import from_line
from ironriver.workspace.merkle import leaf_hash

# A line of any other action changes no role, and need not be read.
_ACTIONS = (b'{"action":"grant",', b'{"action":"revoke",')


class Roster:
    """The roles that the lines read so far give; a revoked role counts with the next request."""

    def __init__(self) -> None:
        self._held: dict[str, Role] = {}
        self._lines = 0
        self._offset = 0

    def role_of(self, journal: Journal, name: str) -> Role | None:
        """Give the role that an account holds by the journal's lines as read up to now.

        The same as `governance.roles.role_of`, without reading every line again each time.
        """
        with journal.path.open("rb", buffering=1 << 20) as handle:
            handle.seek(self._offset)
            for sequence in range(self._lines, len(journal.tree)):
                raw = handle.readline()
                self._follow(journal, sequence, raw[:-1])
                self._lines, self._offset = sequence + 1, self._offset + len(raw)
        return self._held.get(name)

    def _follow(self, journal: Journal, sequence: int, line: bytes) -> None:
        if sequence and not line.startswith(_ACTIONS):
            return
        leaf = journal.tree.leaf(sequence)
        if leaf_hash(line) != leaf:
            raise DamageError(
                "journal line {sequence} changed while it was in use", sequence=sequence
            )
        follow(self._held, sequence, from_line(line, leaf))
