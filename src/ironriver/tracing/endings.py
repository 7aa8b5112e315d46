"""What may be behind a recovered gun: how it left lawful hands, its origin, and how its trace ends.

An *ending* is one consistent triple of diversion, origin and outcome. The closed list below is
what the outcome codes mean, not a count of how often anything happens: a gun made abroad that was
never imported ends as such whatever stands on it; a home-made gun has no chain; an obliterated
serial ends a trace of any gun that was in United States commerce.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from ironriver.tables import Outcome


class Diversion(StrEnum):
    """How a gun left lawful hands."""

    RETAIL = "retail"
    FORCES_LOSS = "forces_loss"
    MEXICAN_LEGAL_SALE = "mexican_legal_sale"
    CENTRAL_AMERICAN_STOCK = "central_american_stock"
    UNKNOWN = "unknown"


class Origin(StrEnum):
    """Where a gun was made, and whether it was ever in United States commerce."""

    US_MADE = "us_made"
    US_IMPORTED = "us_imported"
    FOREIGN_IMPORT_UNKNOWN = "foreign_import_unknown"
    FOREIGN_NOT_US = "foreign_not_us"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Ending:
    """One consistent triple."""

    diversion: Diversion
    origin: Origin
    outcome: Outcome

    @property
    def us_sourced(self) -> bool:
        """Whether the gun was in United States commerce."""
        return self.origin in (Origin.US_MADE, Origin.US_IMPORTED)


_SOLD = (
    Outcome.TRACED_TO_PURCHASER,
    Outcome.TRACED_TO_LICENSEE,
    Outcome.LICENSEE_OUT_OF_BUSINESS_NO_RECORD,
    Outcome.LICENSEE_RECORD_ILLEGIBLE,
    Outcome.LICENSEE_NO_RESPONSE,
)
_SPOILT = (Outcome.SERIAL_OBLITERATED, Outcome.SERIAL_INVALID, Outcome.PRE_1968)
ABROAD = {
    Diversion.FORCES_LOSS: Outcome.TRACED_TO_GOVERNMENT,
    Diversion.CENTRAL_AMERICAN_STOCK: Outcome.TRACED_TO_GOVERNMENT,
    Diversion.MEXICAN_LEGAL_SALE: Outcome.EXPORTED_FOREIGN_SALE,
}
"""How the trace of a gun ends that was made in the United States and lawfully sent abroad."""


@cache
def endings() -> tuple[Ending, ...]:
    """Give every ending.

    >>> len(endings()), endings()[0].outcome.value
    (33, 'traced_to_purchaser')
    """
    retail = [
        Ending(Diversion.RETAIL, origin, outcome)
        for origin in (Origin.US_MADE, Origin.US_IMPORTED)
        for outcome in (*_SOLD, Outcome.STOLEN_BEFORE_SALE, *_SPOILT)
        if not (origin is Origin.US_IMPORTED and outcome is Outcome.PRE_1968)
    ]
    abroad = [
        Ending(diversion, Origin.US_MADE, outcome)
        for diversion, usual in ABROAD.items()
        for outcome in (usual, *_SPOILT)
    ]
    never = [
        Ending(diversion, Origin.FOREIGN_NOT_US, Outcome.NOT_US_NEVER_IMPORTED)
        for diversion in ABROAD
    ]
    home = Ending(Diversion.UNKNOWN, Origin.UNDETERMINED, Outcome.PRIVATELY_MADE_NO_SERIAL)
    return (*retail, *abroad, *never, home)


SOFT = (
    Outcome.ORIGIN_UNDETERMINED,
    Outcome.SERIAL_INVALID,
    Outcome.SERIAL_OBLITERATED,
    Outcome.IDENTIFIERS_INSUFFICIENT,
    Outcome.DUPLICATE_OF,
    Outcome.PENDING,
)
"""Answers that may say more about the request than about the gun: it may be asked again."""
