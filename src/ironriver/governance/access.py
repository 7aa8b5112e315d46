"""Who asks, in which role and for what; and what the gate gives back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from ironriver import settings
from ironriver.errors import RefusedError
from ironriver.governance.policy import REASONS, Use, decide
from ironriver.governance.roles import Journal, Role, account, role_of
from ironriver.language import mark, translator
from ironriver.tables import Handling

_WITHHELD_ROWS = mark("{count} rows of {table} were withheld: {reason}")
_WITHHELD_CELLS = mark("{count} counts of {table} were withheld: {reason}")
_NOTHING_LEAVES = mark("nothing of {table} may leave: {reasons}")


@dataclass(frozen=True, slots=True)
class Access:
    """An account at work: every view and export it makes is written to `journal` first."""

    actor: str
    role: Role
    purpose: str
    journal: Journal = field(repr=False, compare=False)

    @classmethod
    def current(cls, journal: Journal, purpose: str | None = None) -> Access:
        """Give the access of the account that runs this process.

        Without `purpose` the setting of that name holds. An account without a role is refused,
        and the refusal is journalled.
        """
        stated = (settings.text("purpose") if purpose is None else purpose).strip()
        actor = account()
        role = role_of(journal, actor)
        if role is None:
            journal.append("refusal", "workspace", actor, "none", stated, {"code": "no_role"})
            raise RefusedError(REASONS["no_role"])
        return cls(actor, role, stated, journal)

    def enter(self, action: str, object_: str, detail: dict[str, Any] | None = None) -> int:
        """Write what is about to be done to the journal; if that fails it must not be done."""
        return self.journal.append(
            action, object_, self.actor, str(self.role), self.purpose, detail
        )

    def permit(self, action: str, object_: str, handling: Handling | None, use: Use) -> None:
        """Allow one view and journal it, or journal the refusal and raise it."""
        decision = decide(self.role, self.purpose, handling, use)
        label = str(handling) if handling else "unknown"
        if not decision.allowed:
            self.refuse(object_, {decision.code: 1}, {"asked": action, "handling": label})
        self.enter(action, object_, {"use": str(use), "handling": label})

    def refuse(self, object_: str, withheld: Mapping[str, int], detail: dict[str, Any]) -> None:
        """Journal a refusal, then raise it."""
        self.enter("refusal", object_, {"withheld": dict(withheld)} | detail)
        raise WithheldError(object_, withheld)


class WithheldError(RefusedError):
    """Nothing of what was asked for may leave; `codes` say why, commonest first."""

    def __init__(self, table: str, withheld: Mapping[str, int]) -> None:
        self.withheld = dict(withheld)
        self.codes: tuple[str, ...] = tuple(sorted(withheld, key=lambda code: -withheld[code]))
        super().__init__(_NOTHING_LEAVES, table=table)

    def text(self, lang: str = "en") -> str:
        """Give the message in `lang`, the reasons in the same language."""
        say = translator(lang)
        reasons = "; ".join(say(REASONS[code]) for code in self.codes)
        return say(self.message).format(**self.values, reasons=reasons)


@dataclass(frozen=True, slots=True)
class Release:
    """What left: the rows, how many were withheld under which reason, and the journal entry.

    ``digest`` is the SHA-256 of the released rows as plain CSV, and stands in the entry too.
    """

    name: str
    table: pa.Table
    withheld: Mapping[str, int]
    digest: str
    sequence: int
    cells: bool = False

    def lines(self, lang: str = "en") -> list[str]:
        """Say what was withheld and why, one line for each reason."""
        say = translator(lang)
        line = say(_WITHHELD_CELLS if self.cells else _WITHHELD_ROWS)
        return [
            line.format(count=count, table=self.name, reason=say(REASONS[code]))
            for code, count in sorted(self.withheld.items())
        ]


def total(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Add up counts by name, leaving zeros out.

    >>> total([("a", 1), ("b", 0), ("a", 2)])
    {'a': 3}
    """
    sums: dict[str, int] = {}
    for name, count in counts:
        if count:
            sums[name] = sums.get(name, 0) + count
    return sums
