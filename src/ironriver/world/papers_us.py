"""What the United States report of single guns: multiple sales, thefts, crossings, exhibits."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ironriver.world.catalogue import flags, models
from ironriver.world.chance import Ints, Marks, stage
from ironriver.world.guns import CROSSING, US, World
from ironriver.world.noise import day_of, number, us_date
from ironriver.world.paper import Paper, PartyLine, spans
from ironriver.world.papers_case import CARE, case_papers, gun_cells, phone_cell, seller_cells
from ironriver.world.people import Clerk
from ironriver.world.places import port_codes, port_names, towns
from ironriver.world.scribe import Care, Scribe
from ironriver.world.supply import CHANNELS, NEVER

MULTIPLE = (
    "Form", "Report Number", "Date of Sale", "FFL Number", "Licensee Name", "FFL City",
    "FFL State", "Firearm Type", "Manufacturer", "Importer", "Model", "Caliber", "Serial Number",
    "Purchaser Name", "Purchaser DOB", "Purchaser Address", "Purchaser City", "Purchaser State",
    "Purchaser ZIP", "Purchaser Phone", "Purchaser ID Number",
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
MOST = 400
Write = Callable[[World, np.random.Generator, Ints, Ints, tuple[int, int]], Paper]
_FIELD = Care(spanish=False, slips=0.7, missing=0.5, importer=0.5, no_serial=0.02)
_REPORTING = frozenset({"TX", "AZ", "CA", "NM"})


def us_papers(world: World, years: tuple[int, int]) -> Iterator[Paper]:
    """Write all files of the United States that speak of single guns."""
    chance = stage(world.seed, "us papers")
    yield from _by_years(world, chance, multiple_sales(world, chance), years, _multiple)
    yield from _by_years(world, chance, thefts(world, chance), years, _theft)
    yield from case_papers(world, chance)
    yield from _by_years(world, chance, np.flatnonzero(world.outcome == CROSSING), years, _crossing)
    recovered = np.flatnonzero((world.outcome == US) & (world.ring >= 0))
    shown = recovered[chance.random(len(recovered)) < 2 * world.settings["exhibit_share"]]
    yield from _by_years(world, chance, shown, years, _exhibits)


def _by_years(
    world: World, chance: np.random.Generator, guns: Ints, years: tuple[int, int], write: Write
) -> Iterator[Paper]:
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


def _multiple(
    world: World, chance: np.random.Generator, guns: Ints, day: Ints, span: tuple[int, int]
) -> Paper:
    described = Scribe(world, chance, CARE).describe(guns)
    clerk = Clerk(world.people, chance, world.settings, 0)
    rows: list[list[str]] = []
    parties: list[PartyLine] = []
    for row, gun in enumerate(guns.tolist()):
        buyer, sale = int(world.purchaser[gun]), int(day[row])
        street, city, state, code = clerk.address(buyer, sale)
        entry = (buyer * 40_000 + int(world.licensee[gun])) * 30 + sale // 7 % 30
        form = "3310.4" if models()[world.model[gun]].handgun else "3310.12"
        report = f"MS-{day_of(sale).year}-{number('multiple sales', entry):09d}"
        rows.append([
            form, report, us_date(sale), *seller_cells(world, chance, gun, sale),
            described.type[row], *gun_cells(described, row), described.serial[row],
            clerk.name(buyer), us_date(clerk.birth(buyer)), street, city, state, code,
            phone_cell(world, clerk, buyer),
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


def _theft(
    world: World, chance: np.random.Generator, guns: Ints, day: Ints, span: tuple[int, int]
) -> Paper:
    described = Scribe(world, chance, CARE).describe(guns)
    rows: list[list[str]] = []
    parties: list[PartyLine] = []
    words = ("burglary", "robbery", "larceny", "loss", "missing", "theft")
    for row, gun in enumerate(guns.tolist()):
        licence, name, city, state = seller_cells(world, chance, gun, int(day[row]))
        home = world.channel[gun] == CHANNELS.index("theft_home")
        rows.append([
            f"TL-{day_of(day[row]).year}-{number('thefts', gun):09d}", day_of(day[row]).isoformat(),
            "stolen" if home else words[gun % len(words)], "" if home else licence,
            "" if home else name, city, state, *gun_cells(described, row), described.type[row],
            described.serial[row], "taken from a residence" if home else "",
        ])  # fmt: skip
        if not home:
            parties.append((row, "seller", world.licensees.key(int(world.licensee[gun]))))
    return Paper(
        name=f"theft_loss_{span[0]}_{span[1]}", layout="theft_loss",
        agency="Tracing center (synthetic)", nexus="theft_report",
        known_from=min(int(day.max()) + 20, world.days[1] + 30), form="jsonl", headings=THEFT,
        rows=rows, guns=guns, kind="theft", date_column=1,
        kinds=["loss" if row[2] in ("loss", "missing") else "theft" for row in rows],
        parties=parties, repairs=described.repairs,
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
        code, note = port_codes()[world.port[gun]], notes[gun % len(notes)]
        kind = "RECEIVER" if note.startswith("receiver") else described.type[row]
        driver = _courier(world, gun)
        state = {"23": "TX", "24": "TX", "25": "CA", "26": "AZ"}[code[:2]]
        rows.append([
            f"SYN{day_of(day[row]).year}{number('crossings', gun):09d}", us_date(int(day[row])),
            port_names()[code],
            "NM" if code in ("2406", "2408") else state, "OUTBOUND", kind,
            *gun_cells(described, row), described.serial[row], "1", clerk.name(driver),
            clerk.plate(driver), note,
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
        holder, docket = _courier(world, gun), number("courts", int(world.ring[gun]))
        rows.append([
            f"{1 + docket % 4}:{day_of(day[row]).year % 100:02d}-cr-{docket % 100_000:05d}-SYN",
            f"GX-{row + 1:04d}", us_date(int(day[row])), "ATF", town.city.upper(), town.state,
            *gun_cells(described, row), described.type[row], described.serial[row],
            clerk.name(holder),
        ])  # fmt: skip
        parties.append((row, "possessor", f"P{holder:08d}"))
    return Paper(
        name=f"court_exhibits_{span[0]}_{span[1]}", layout="exhibits",
        agency="Courts (synthetic)", nexus="exhibit", known_from=world.days[1] + 25, form="csv",
        headings=EXHIBITS, rows=rows, guns=guns, kind="exhibit", date_column=2, parties=parties,
        repairs=described.repairs,
    )  # fmt: skip
