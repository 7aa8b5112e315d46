"""What licensees and police of the United States report: multiple sales, thefts, cases, exhibits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ironriver.world.catalogue import flags, models
from ironriver.world.chance import Ints, Marks, stage
from ironriver.world.guns import CROSSING, US, World
from ironriver.world.licensees import TYPES, variant
from ironriver.world.noise import day_of, us_date
from ironriver.world.paper import Paper, PartyLine, spans
from ironriver.world.people import Clerk
from ironriver.world.places import port_codes, port_names, towns
from ironriver.world.scribe import Care, Described, Scribe
from ironriver.world.supply import CHANNELS, NEVER

MULTIPLE = (
    "Form", "Report Number", "Date of Sale", "FFL Number", "Licensee Name", "FFL City",
    "FFL State", "Firearm Type", "Manufacturer", "Importer", "Model", "Caliber", "Serial Number",
    "Purchaser Name", "Purchaser DOB", "Purchaser Address", "Purchaser City", "Purchaser State",
    "Purchaser ZIP", "Purchaser Phone", "Purchaser ID Number",
)  # fmt: skip
PURCHASES = (
    "Case Number", "Purchase Date", "FFL Number", "Dealer", "Dealer City", "Dealer State",
    "Purchaser Name", "Purchaser DOB", "Purchaser Address", "Purchaser City", "Purchaser State",
    "Purchaser Phone", "Vehicle Plate", "Manufacturer", "Importer", "Model", "Caliber", "Type",
    "Serial Number", "Remarks",
)  # fmt: skip
THEFT = (
    "report_number", "discovery_date", "incident_type", "ffl_number", "licensee_name", "city",
    "state", "manufacturer", "importer", "model", "caliber", "firearm_type", "serial_number",
    "remarks",
)  # fmt: skip
EXHIBITS = (
    "Case Number", "Exhibit Number", "Date Seized", "Agency", "City", "State", "Manufacturer",
    "Importer", "Model", "Caliber", "Type", "Serial Number", "Defendant",
)  # fmt: skip
CROSSINGS = (
    "Event ID", "Seizure Date", "Port of Entry", "State", "Direction", "Type", "Manufacturer",
    "Importer", "Model", "Caliber", "Serial Number", "Quantity", "Driver", "Vehicle Plate",
    "Remarks",
)  # fmt: skip
MOST = 15_000
_CARE = Care(spanish=False, slips=0.25, missing=0.1, importer=0.1)
_FIELD = Care(spanish=False, slips=0.7, missing=0.5, importer=0.5, no_serial=0.02)
_REPORTING = frozenset({"TX", "AZ", "CA", "NM"})


def us_papers(world: World, years: tuple[int, int]) -> Iterator[Paper]:
    """Write all files of the United States that speak of single guns."""
    chance = stage(world.seed, "us papers")
    yield from _by_years(world, chance, multiple_sales(world, chance), years, _multiple)
    yield from _by_years(world, chance, thefts(world, chance), years, _theft)
    yield from _cases(world, chance)
    yield from _by_years(world, chance, np.flatnonzero(world.outcome == CROSSING), years, _crossing)
    recovered = np.flatnonzero((world.outcome == US) & (world.ring >= 0))
    shown = recovered[chance.random(len(recovered)) < 2 * world.settings["exhibit_share"]]
    yield from _by_years(world, chance, shown, years, _exhibits)


def _by_years(world, chance, guns, years, write):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    day = _event_day(world, guns, write)
    inside = (day >= world.days[0]) & (day <= world.days[1])
    guns, day = guns[inside], day[inside]
    year = np.array([day_of(each).year for each in day], dtype=np.int64)
    for first, last in spans(guns, years, MOST):
        mine = np.flatnonzero((year >= first) & (year <= last))
        mine = mine[np.lexsort((guns[mine], day[mine]))]
        if len(mine):
            yield write(world, chance, guns[mine], day[mine], (first, last))


def _event_day(world: World, guns: Ints, write: object) -> Ints:
    if write is _multiple:
        return world.sale_day[guns]
    if write is _theft:
        thief = world.channel[guns] > 0
        return np.where(thief, world.acquired_day[guns], world.sale_day[guns] - 3)
    return world.recovery_day[guns]


def multiple_sales(world: World, chance: np.random.Generator) -> Ints:
    """Find the sales that must be reported, and give those that are.

    Two or more handguns to one person at one licensee within five business days; in the four border
    states also rifles above .22.
    """
    sold = np.flatnonzero((world.purchaser >= 0) & (world.sale_day < NEVER))
    hand, rifle = flags("handgun")[world.model[sold]], flags("reported_rifle")[world.model[sold]]
    border = np.array([town.state in _REPORTING for town in towns()])
    border_sale = border[world.licensees.town[world.licensee[sold]]]
    kind = np.where(hand == 1, 1, np.where((rifle == 1) & border_sale, 2, 0))
    sold, kind = sold[kind > 0], kind[kind > 0]
    order = np.lexsort((world.sale_day[sold], kind, world.licensee[sold], world.purchaser[sold]))
    sold, kind = sold[order], kind[order]
    same = (
        (world.purchaser[sold][1:] == world.purchaser[sold][:-1])
        & (world.licensee[sold][1:] == world.licensee[sold][:-1])
        & (kind[1:] == kind[:-1])
        & (world.sale_day[sold][1:] - world.sale_day[sold][:-1] <= 7)
    )
    reported: Marks = np.zeros(len(sold), dtype=np.bool_)
    reported[1:] |= same
    reported[:-1] |= same
    bent = world.licensees.corrupt[world.licensee[sold]] & (world.ring[sold] >= 0)
    group = np.cumsum(np.concatenate(([True], ~same)))[: len(sold)]
    filed = (chance.random(int(group.max(initial=0)) + 1) < world.settings["report_filed"])[group]
    return np.sort(sold[reported & filed & ~bent])


def thefts(world: World, chance: np.random.Generator) -> Ints:
    """Give the guns whose theft or loss somebody reports."""
    rates, size = world.settings, len(world)
    shop = world.channel == CHANNELS.index("theft_shop")
    home = world.channel == CHANNELS.index("theft_home")
    draw = chance.random(size)
    told = (shop & (draw < rates["theft_reported"])) | (home & (draw < 0.3))
    told |= (world.channel == 0) & (world.outcome == 0) & (draw < rates["lawful_stolen"])
    return np.flatnonzero(told)


def _seller(
    world: World, chance: np.random.Generator, gun: int, day: int
) -> tuple[str, str, str, str]:
    """Give licence number, name as this file has it, city and state."""
    shop = int(world.licensee[gun])
    name, town = str(world.licensees.name[shop]), towns()[world.licensees.town[shop]]
    if chance.random() < world.settings["licensee_drift"]:
        name = variant(chance, name)
    return world.licensees.number(shop, day), name, town.city.upper(), town.state


def _gun(described: Described, row: int) -> list[str]:
    return [
        described.make[row], described.importer[row].upper(), described.model[row],
        described.calibre[row],
    ]  # fmt: skip


def _multiple(
    world: World, chance: np.random.Generator, guns: Ints, day: Ints, span: tuple[int, int]
) -> Paper:
    described = Scribe(world, chance, _CARE).describe(guns)
    clerk = Clerk(world.people, chance, world.settings, 0)
    rows: list[list[str]] = []
    parties: list[PartyLine] = []
    for row, gun in enumerate(guns.tolist()):
        buyer, sale = int(world.purchaser[gun]), int(day[row])
        street, city, state, code = clerk.address(buyer, sale)
        form = "3310.4" if models()[world.model[gun]].handgun else "3310.12"
        report = f"MS-{day_of(sale).year}-{int(world.licensee[gun]):06d}-{buyer % 10_000:04d}"
        rows.append([
            form, report, us_date(sale), *_seller(world, chance, gun, sale), described.type[row],
            *_gun(described, row), described.serial[row], clerk.name(buyer),
            us_date(clerk.birth(buyer)), street, city, state, code, _phone(world, clerk, buyer),
            clerk.document(buyer) if buyer % 4 else "",
        ])  # fmt: skip
        parties.append((row, "purchaser", f"P{buyer:08d}"))
        parties.append((row, "seller", world.licensees.key(int(world.licensee[gun]))))
    return Paper(
        name=f"multiple_sales_{span[0]}_{span[1]}", layout="multiple_sales",
        agency="Tracing center (synthetic)", nexus="multiple_sale_report",
        known_from=min(int(day.max()) + 10, world.days[1] + 30), form="csv", headings=MULTIPLE,
        rows=rows, guns=guns, kind="multiple_sale", date_column=2, parties=parties,
        repairs=described.repairs,
    )  # fmt: skip


def _phone(world: World, clerk: Clerk, buyer: int) -> str:
    """Give a buyer's telephone; some buyers of a ring give their recruiter's."""
    rings = world.rings
    if buyer >= rings.persons or buyer % 100 >= 100 * world.settings["ring_shares_contact"]:
        return clerk.phone(buyer) if buyer % 3 else ""
    ring = int(np.searchsorted(rings.first_person, buyer, side="right")) - 1
    return clerk.phone(buyer, int(rings.first_person[ring]))


def _theft(
    world: World, chance: np.random.Generator, guns: Ints, day: Ints, span: tuple[int, int]
) -> Paper:
    described = Scribe(world, chance, _CARE).describe(guns)
    rows: list[list[str]] = []
    parties: list[PartyLine] = []
    words = ("burglary", "robbery", "larceny", "loss", "missing", "theft")
    for row, gun in enumerate(guns.tolist()):
        number, name, city, state = _seller(world, chance, gun, int(day[row]))
        home = world.channel[gun] == CHANNELS.index("theft_home")
        rows.append([
            f"TL-{day_of(day[row]).year}-{gun:08d}", day_of(day[row]).isoformat(),
            "stolen" if home else words[gun % len(words)], "" if home else number,
            "" if home else name, city, state, *_gun(described, row), described.type[row],
            described.serial[row], "taken from a residence" if home else "",
        ])  # fmt: skip
        if not home:
            parties.append((row, "seller", world.licensees.key(int(world.licensee[gun]))))
    return Paper(
        name=f"theft_loss_{span[0]}_{span[1]}", layout="theft_loss",
        agency="Tracing center (synthetic)", nexus="theft_report",
        known_from=min(int(day.max()) + 20, world.days[1] + 30), form="jsonl", headings=THEFT,
        rows=rows, guns=guns, kind="theft", date_column=1, parties=parties,
        repairs=described.repairs,
    )  # fmt: skip


def monitored_ring(world: World) -> int:
    """Give the ring whose purchases are watched as they happen; -1 for none."""
    straw = np.flatnonzero((world.rings.channel == 1) & (world.rings.first_day >= world.days[0]))
    if world.settings["monitored_case"] <= 0 or not len(straw):
        return -1
    return int(straw[np.argmax(world.rings.size[straw])])


def _cases(world: World, chance: np.random.Generator) -> Iterator[Paper]:
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
    return f"SYN-{785_000 + ring}-{day_of(world.rings.first_day[ring]).year % 100:02d}"


def _purchases(
    world: World, chance: np.random.Generator, guns: Ints, name: str, known_from: int
) -> Paper:
    guns = guns[np.lexsort((guns, world.sale_day[guns]))]
    described = Scribe(world, chance, _CARE).describe(guns)
    clerk = Clerk(world.people, chance, world.settings, 1)
    rows: list[list[str]] = []
    parties: list[PartyLine] = []
    for row, gun in enumerate(guns.tolist()):
        buyer, sale = int(world.purchaser[gun]), int(world.sale_day[gun])
        street, city, state, _ = clerk.address(buyer, sale)
        rows.append([
            ring_case(world, int(world.ring[gun])), us_date(sale),
            *_seller(world, chance, gun, sale), clerk.name(buyer),
            day_of(clerk.birth(buyer)).isoformat(), street, city, state,
            _phone(world, clerk, buyer), clerk.plate(buyer) if buyer % 2 else "",
            *_gun(described, row), described.type[row], described.serial[row], "",
        ])  # fmt: skip
        parties.append((row, "purchaser", f"P{buyer:08d}"))
        parties.append((row, "seller", world.licensees.key(int(world.licensee[gun]))))
    return Paper(
        name=name, layout="case_purchases", agency="Field division (synthetic)", nexus="case",
        known_from=known_from, form="csv", headings=PURCHASES, rows=rows, guns=guns,
        kind="purchase", date_column=1, parties=parties, repairs=described.repairs,
    )  # fmt: skip


def _courier(world: World, gun: int) -> int:
    """Give the ring's courier who drove a gun."""
    ring = int(world.ring[gun])
    rings = world.rings
    return int(rings.first_person[ring]) + 2 + gun % int(rings.couriers[ring])


def _crossing(
    world: World, chance: np.random.Generator, guns: Ints, day: Ints, span: tuple[int, int]
) -> Paper:
    described = Scribe(world, chance, _FIELD).describe(guns)
    clerk = Clerk(world.people, chance, world.settings, 2)
    rows: list[list[str]] = []
    parties: list[PartyLine] = []
    notes = ("", "in spare tyre", "receiver only, disassembled", "upper and lower apart", "")
    for row, gun in enumerate(guns.tolist()):
        code = port_codes()[world.port[gun]]
        driver = _courier(world, gun)
        state = {"23": "TX", "24": "TX", "25": "CA", "26": "AZ"}[code[:2]]
        rows.append([
            f"SYN{day_of(day[row]).year}{gun:08d}", us_date(int(day[row])), port_names()[code],
            "NM" if code in ("2406", "2408") else state, "OUTBOUND", described.type[row],
            *_gun(described, row), described.serial[row], "1", clerk.name(driver),
            clerk.plate(driver), notes[gun % len(notes)],
        ])  # fmt: skip
        parties.append((row, "possessor", f"P{driver:08d}"))
    return Paper(
        name=f"crossing_seizures_{span[0]}_{span[1]}", layout="crossing_seizures",
        agency="Border agency (synthetic)", nexus="seizure",
        known_from=min(int(day.max()) + 30, world.days[1] + 30), form="csv", headings=CROSSINGS,
        rows=rows, guns=guns, kind="crossing_seizure", date_column=1, parties=parties,
        repairs=described.repairs,
    )  # fmt: skip


def _exhibits(
    world: World, chance: np.random.Generator, guns: Ints, day: Ints, span: tuple[int, int]
) -> Paper:
    described = Scribe(world, chance, _FIELD).describe(guns)
    clerk = Clerk(world.people, chance, world.settings, 0)
    rows: list[list[str]] = []
    parties: list[PartyLine] = []
    for row, gun in enumerate(guns.tolist()):
        town = towns()[world.licensees.town[max(int(world.licensee[gun]), 0)]]
        holder = _courier(world, gun)
        rows.append([
            f"{1 + gun % 4}:{day_of(day[row]).year % 100:02d}-cr-{int(world.ring[gun]):05d}-SYN",
            f"GX-{row + 1:04d}", us_date(int(day[row])), "ATF", town.city.upper(), town.state,
            *_gun(described, row), described.type[row], described.serial[row], clerk.name(holder),
        ])  # fmt: skip
        parties.append((row, "possessor", f"P{holder:08d}"))
    return Paper(
        name=f"court_exhibits_{span[0]}_{span[1]}", layout="exhibits",
        agency="Courts (synthetic)", nexus="exhibit", known_from=world.days[1] + 25, form="csv",
        headings=EXHIBITS, rows=rows, guns=guns, kind="exhibit", date_column=2, parties=parties,
        repairs=described.repairs,
    )  # fmt: skip


__all__ = ["TYPES", "monitored_ring", "multiple_sales", "ring_case", "thefts", "us_papers"]
