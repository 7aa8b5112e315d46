"""How a trace ends: in truth, and as the tracing center answers a request as it is written."""

from __future__ import annotations

from dataclasses import dataclass

from ironriver.tables import Outcome
from ironriver.world.catalogue import models
from ironriver.world.chance import Floats
from ironriver.world.guns import FATES, World
from ironriver.world.scribe import Described
from ironriver.world.supply import CHANNELS

WORDS = {
    Outcome.TRACED_TO_PURCHASER: "TRACED TO PURCHASER",
    Outcome.TRACED_TO_LICENSEE: "TRACED TO FFL",
    Outcome.TRACED_TO_GOVERNMENT: "TRACED TO GOVERNMENT",
    Outcome.EXPORTED_FOREIGN_SALE: "EXPORTED TO FOREIGN COUNTRY",
    Outcome.NOT_US_NEVER_IMPORTED: "FOREIGN MANUFACTURED - NEVER IMPORTED",
    Outcome.ORIGIN_UNDETERMINED: "ORIGIN UNDETERMINED",
    Outcome.SERIAL_INVALID: "INVALID SERIAL NUMBER",
    Outcome.SERIAL_OBLITERATED: "SERIAL NUMBER OBLITERATED",
    Outcome.IDENTIFIERS_INSUFFICIENT: "INSUFFICIENT IDENTIFIERS",
    Outcome.PRE_1968: "MANUFACTURED BEFORE 1968",
    Outcome.LICENSEE_OUT_OF_BUSINESS_NO_RECORD: "DEALER OUT OF BUSINESS - NO RECORD",
    Outcome.LICENSEE_RECORD_ILLEGIBLE: "DEALER RECORD ILLEGIBLE",
    Outcome.LICENSEE_NO_RESPONSE: "NO RESPONSE FROM DEALER",
    Outcome.STOLEN_BEFORE_SALE: "STOLEN BEFORE SALE",
    Outcome.PRIVATELY_MADE_NO_SERIAL: "PRIVATELY MADE FIREARM",
    Outcome.DUPLICATE_OF: "DUPLICATE OF PREVIOUS REQUEST",
    Outcome.PENDING: "PENDING",
}
_FATES = dict(
    zip(
        FATES,
        (
            Outcome.TRACED_TO_PURCHASER,
            Outcome.LICENSEE_OUT_OF_BUSINESS_NO_RECORD,
            Outcome.LICENSEE_RECORD_ILLEGIBLE,
            Outcome.LICENSEE_NO_RESPONSE,
            Outcome.TRACED_TO_LICENSEE,
        ),
        strict=True,
    )
)
_1968 = -439
US_MADE, US_IMPORTED, FOREIGN, UNKNOWN = (
    "us_made", "us_imported", "foreign_not_us", "undetermined",
)  # fmt: skip


@dataclass(slots=True)
class Answers:
    """Every answer for the truth: source and row come with the paper."""

    outcome: list[str]
    origin: list[str]


def true_origin(world: World, gun: int) -> str:
    """Give the origin that is true: home-made guns have none."""
    model = models()[world.model[gun]]
    if not model.make:
        return UNKNOWN
    if model.country == "US":
        return US_MADE
    channel = int(world.channel[gun])
    return US_IMPORTED if channel < CHANNELS.index("forces_loss") else FOREIGN


def true_outcome(world: World, gun: int) -> Outcome:
    """Give how a trace ends that makes no mistake, by what is true and what stands on the gun."""
    origin, channel = true_origin(world, gun), CHANNELS[world.channel[gun]]
    if origin == UNKNOWN:
        return Outcome.PRIVATELY_MADE_NO_SERIAL
    if origin == FOREIGN:
        return Outcome.NOT_US_NEVER_IMPORTED
    if world.obliterated[gun]:
        return Outcome.SERIAL_OBLITERATED
    if world.restamped[gun]:
        return Outcome.SERIAL_INVALID
    if world.made_day[gun] < _1968:
        return Outcome.PRE_1968
    if channel in ("forces_loss", "central_american_stock"):
        return Outcome.TRACED_TO_GOVERNMENT
    if channel == "mexican_legal_sale":
        return Outcome.EXPORTED_FOREIGN_SALE
    if channel == "theft_shop":
        return Outcome.STOLEN_BEFORE_SALE
    return _FATES[FATES[world.fate[gun]]]


def plain(text: str) -> str:
    """Give a serial without marks, in capitals.

    >>> plain("ab-12 3")
    'AB123'
    """
    return "".join(mark for mark in text.upper() if mark.isalnum())


def answer(
    world: World, gun: int, described: Described, row: int, draw: Floats
) -> tuple[Outcome, str]:
    """Give the tracing center's answer to a request as written, and the origin it states."""
    true, origin = true_outcome(world, gun), true_origin(world, gun)
    serial, make = described.serial[row], described.make[row]
    if true == Outcome.PRIVATELY_MADE_NO_SERIAL:
        return true, UNKNOWN
    readable = any(mark.isdigit() for mark in serial)
    right = readable and plain(serial) == plain(str(world.serial[gun]))
    rate = world.settings["determined" if right else "determined_otherwise"]
    if draw[0] > rate or (not make and not right):
        return Outcome.ORIGIN_UNDETERMINED, UNKNOWN
    if not right and origin == US_IMPORTED and not described.importer[row] and draw[1] < 0.35:
        return Outcome.IDENTIFIERS_INSUFFICIENT, UNKNOWN
    if origin == FOREIGN:
        return Outcome.NOT_US_NEVER_IMPORTED, FOREIGN
    if not readable:
        return Outcome.SERIAL_OBLITERATED, origin
    if not right:
        return Outcome.SERIAL_INVALID, origin
    if not make or (not described.model[row] and draw[2] < 0.15):
        return Outcome.IDENTIFIERS_INSUFFICIENT, origin
    return true, origin
