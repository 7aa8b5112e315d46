"""Purchases of rings with an open case, and the cells that papers of sales share."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ironriver.world.chance import Ints
from ironriver.world.guns import World
from ironriver.world.licensees import variant
from ironriver.world.noise import day_of, number, us_date
from ironriver.world.paper import Paper, PartyLine
from ironriver.world.people import Clerk
from ironriver.world.places import towns
from ironriver.world.scribe import Care, Described, Scribe
from ironriver.world.supply import NEVER

PURCHASES = (
    "Case Number", "Purchase Date", "FFL Number", "Dealer", "Dealer City", "Dealer State",
    "Purchaser Name", "Purchaser DOB", "Purchaser Address", "Purchaser City", "Purchaser State",
    "Purchaser Phone", "Vehicle Plate", "Manufacturer", "Importer", "Model", "Caliber", "Type",
    "Serial Number", "Remarks",
)  # fmt: skip
CARE = Care(spanish=False, slips=0.25, missing=0.1, importer=0.1)


def seller_cells(
    world: World, chance: np.random.Generator, gun: int, day: int
) -> tuple[str, str, str, str]:
    """Give licence number, name as this file has it, city and state."""
    shop = int(world.licensee[gun])
    name, town = str(world.licensees.name[shop]), towns()[world.licensees.town[shop]]
    if chance.random() < world.settings["licensee_drift"]:
        name = variant(chance, name)
    return world.licensees.number(shop, day), name, town.city.upper(), town.state


def gun_cells(described: Described, row: int) -> list[str]:
    """Give make, importer, model and calibre."""
    return [
        described.make[row], described.importer[row].upper(), described.model[row],
        described.calibre[row],
    ]  # fmt: skip


def phone_cell(world: World, clerk: Clerk, buyer: int) -> str:
    """Give a buyer's telephone; some buyers of a ring give their recruiter's."""
    rings = world.rings
    if buyer >= rings.persons or buyer % 100 >= 100 * world.settings["ring_shares_contact"]:
        return clerk.phone(buyer) if buyer % 3 else ""
    ring = int(np.searchsorted(rings.first_person, buyer, side="right")) - 1
    return clerk.phone(buyer, int(rings.first_person[ring]))


def monitored_ring(world: World) -> int:
    """Give the ring whose purchases are watched as they happen; -1 for none."""
    straw = np.flatnonzero((world.rings.channel == 1) & (world.rings.first_day >= world.days[0]))
    if world.settings["monitored_case"] <= 0 or not len(straw):
        return -1
    return int(straw[np.argmax(world.rings.size[straw])])


def case_papers(world: World, chance: np.random.Generator) -> Iterator[Paper]:
    """Write the purchases of rings with an open case, one file for each field division."""
    rings = world.rings
    opened = chance.random(len(rings)) < world.settings["case_known"] * np.where(
        rings.size > 5, 1.5, 0.7
    )
    watched = monitored_ring(world)
    opened &= rings.first_day >= world.days[0]
    bought = (world.ring >= 0) & (world.purchaser >= 0) & (world.purchaser < rings.persons)
    bought &= world.sale_day < NEVER
    divisions = ("texas", "arizona", "california", "new_mexico", "elsewhere")
    for place, name in enumerate(divisions):
        mine = bought & (world.ring != watched) & (world.source == place)
        mine &= opened[np.maximum(world.ring, 0)] & (chance.random(len(world)) < 0.9)
        guns = np.flatnonzero(mine)
        if len(guns):
            yield _purchases(world, chance, guns, f"case_purchases_{name}", world.days[1] + 20)
    if watched >= 0:
        guns = np.flatnonzero(bought & (world.ring == watched))
        last = int(world.sale_day[guns].max(initial=world.days[0]))
        yield _purchases(world, chance, guns, "case_purchases_monitored", last + 3)


def ring_case(world: World, ring: int) -> str:
    """Give the number of a ring's case."""
    return f"SYN-{number('cases', ring):09d}-{day_of(world.rings.first_day[ring]).year % 100:02d}"


def _purchases(
    world: World, chance: np.random.Generator, guns: Ints, name: str, known_from: int
) -> Paper:
    guns = guns[np.lexsort((guns, world.sale_day[guns]))]
    described = Scribe(world, chance, CARE).describe(guns)
    clerk = Clerk(world.people, chance, world.settings, 1)
    rows: list[list[str]] = []
    parties: list[PartyLine] = []
    for row, gun in enumerate(guns.tolist()):
        buyer, sale = int(world.purchaser[gun]), int(world.sale_day[gun])
        street, city, state, _ = clerk.address(buyer, sale)
        rows.append([
            ring_case(world, int(world.ring[gun])), us_date(sale),
            *seller_cells(world, chance, gun, sale), clerk.name(buyer),
            day_of(clerk.birth(buyer)).isoformat(), street, city, state,
            phone_cell(world, clerk, buyer), clerk.plate(buyer) if buyer % 2 else "",
            *gun_cells(described, row), described.type[row], described.serial[row], "",
        ])  # fmt: skip
        parties.append((row, "purchaser", f"P{buyer:08d}"))
        parties.append((row, "seller", world.licensees.key(int(world.licensee[gun]))))
    return Paper(
        name=name, layout="case_purchases", agency="Field division (synthetic)", nexus="case",
        known_from=known_from, form="csv", headings=PURCHASES, rows=rows, guns=guns,
        kind="purchase", date_column=1, parties=parties, repairs=described.repairs,
    )  # fmt: skip
