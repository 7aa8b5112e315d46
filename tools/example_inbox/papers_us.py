"""What the United States side writes: sales, thefts, traces, seizures at the border."""

from __future__ import annotations

import datetime as dt
from random import Random

from example_inbox.guns import MODELS, copied, make_gun
from example_inbox.places import PORTS
from example_inbox.story import SEED, Life, World

Row = list[object]

TRACE_HEADINGS = (
    "Trace Number", "Request Date", "Completion Date", "Requesting Agency", "Agency Case Number",
    "Recovery Date", "Recovery City", "Recovery State", "Recovery Country", "Manufacturer",
    "Importer",
    "Model", "Caliber", "Firearm Type", "Serial Number", "Country of Origin", "Trace Result",
    "FFL Number", "Dealer Name", "Dealer City", "Dealer County", "Dealer State", "Purchase Date",
    "Time to Crime (Days)",
)  # fmt: skip
MULTIPLE_HEADINGS = (
    "Form", "Report Number", "Date of Sale", "FFL Number", "Licensee Name", "FFL City", "FFL State",
    "Firearm Type", "Manufacturer", "Importer", "Model", "Caliber", "Serial Number",
    "Purchaser Name", "Purchaser DOB", "Purchaser Address", "Purchaser City", "Purchaser State",
    "Purchaser ZIP", "Purchaser ID Number",
)  # fmt: skip
CASE_HEADINGS = (
    "Case Number", "Purchase Date", "FFL Number", "Dealer", "Dealer City", "Dealer State",
    "Purchaser Name", "Purchaser DOB", "Purchaser Address", "Purchaser City", "Purchaser State",
    "Purchaser Phone", "Vehicle Plate", "Manufacturer", "Importer", "Model", "Caliber", "Type",
    "Serial Number", "Price USD", "Remarks",
)  # fmt: skip
CROSSING_HEADINGS = (
    "Event ID", "Seizure Date", "Port of Entry", "State", "Direction", "Mode",
    "Category", "Manufacturer", "Importer", "Model", "Caliber", "Serial Number", "Quantity",
    "Vehicle Plate", "Remarks",
)  # fmt: skip


def _us(day: dt.date | None) -> str:
    return day.strftime("%m/%d/%Y") if day else ""


_FAILED = (
    "SERIAL NUMBER IS INVALID FOR THE MANUFACTURER", "INSUFFICIENT INFORMATION: IMPORTER NEEDED",
    "FIREARM MANUFACTURED OUTSIDE THE US, NOT IMPORTED", "DEALER OUT OF BUSINESS - NO RECORD",
    "COUNTRY OF ORIGIN COULD NOT BE DETERMINED", "SERIAL NUMBER OBLITERATED", "PENDING",
    "FFL DID NOT RESPOND", "MANUFACTURED PRIOR TO 1968",
)  # fmt: skip


def _result(random: Random, life: Life) -> str:
    if life.police_loss:
        return "SOLD TO FOREIGN GOVERNMENT"
    if life.stolen:
        return "REPORTED STOLEN FROM FFL"
    if life.sold and random.random() < 0.72:
        return random.choice(("TRACED TO A PURCHASER",) * 5 + ("TRACED TO RETAIL FFL ONLY",))
    return random.choice(_FAILED)


def traces(world: World) -> list[Row]:
    """Write the answers for 250 recovered guns; the serial is copied once more on the way."""
    random = Random(f"{SEED}: traces")
    recovered = world.recovered_in("Sonora") + world.recovered_in("Chihuahua")
    rows: list[Row] = []
    for at, life in enumerate(
        sorted(random.sample(recovered, 250), key=lambda each: each.recovered or dt.date.max), 1
    ):
        model, found = life.gun.model, life.recovered
        assert found is not None
        asked = found + dt.timedelta(days=random.randint(5, 200))
        answered = asked + dt.timedelta(days=random.randint(3, 40))
        result = _result(random, life)
        dealer = life.licensee if result.startswith("TRACED") else None
        sold = life.sold if dealer and "ONLY" not in result else None
        rows.append(
            [
                f"T{asked.year}{at:07d}",
                _us(asked),
                "" if result == "PENDING" else _us(answered),
                f"FGJE {life.state.upper()}",
                life.carpeta,
                _us(found),
                life.municipality,
                life.state,
                "MEXICO",
                model.make,
                model.importer,
                model.name,
                model.calibre,
                model.type,
                copied(random, life.gun.serial).upper(),
                model.country,
                result,
                dealer.number if dealer else "",
                dealer.business if dealer else "",
                dealer.city.name if dealer else "",
                dealer.city.county if dealer else "",
                dealer.city.state if dealer else "",
                _us(sold),
                (found - sold).days if sold else "",
            ]
        )
    rows[33][5] = "02/30/2023"
    return rows


def multiple_sales(world: World) -> list[Row]:
    """Write reports of multiple sales, handguns on 3310.4 and rifles on 3310.12."""
    sold = [
        each
        for each in world.lives
        if each.multiple and each.sold and each.sold >= dt.date(2017, 1, 1)
    ]
    rows: list[Row] = []
    reports: dict[tuple[object, ...], str] = {}
    for life in sorted(sold, key=lambda each: (str(each.sold), each.gun.serial))[-84:]:
        model, dealer, buyer = life.gun.model, life.licensee, life.purchaser
        assert dealer is not None and buyer is not None and life.sold is not None  # noqa: PT018
        form = "3310.12" if model.long else "3310.4"
        sale = (form, life.sold, dealer.number, buyer.id_number)
        report = reports.setdefault(sale, f"MS-{life.sold.year}-{len(reports) + 1:05d}")
        rows.append(
            [
                form,
                report,
                _us(life.sold),
                dealer.number,
                dealer.business,
                dealer.city.name,
                dealer.city.state,
                model.type,
                model.make,
                model.importer,
                model.name,
                model.calibre,
                life.gun.serial,
                f"{buyer.surname}, {buyer.given}".upper(),
                _us(dt.date.fromisoformat(buyer.birth)),
                buyer.address.upper(),
                buyer.city.name,
                buyer.city.state,
                buyer.city.zip,
                buyer.id_number,
            ]
        )
    return rows


def case_purchases(world: World) -> list[Row]:
    """Write the purchases of the one open case; one remark holds a line break."""
    random = Random(f"{SEED}: case")
    rows: list[Row] = []
    for life in (each for each in world.lives if each.in_case):
        model, dealer, buyer = life.gun.model, life.licensee, life.purchaser
        assert dealer is not None and buyer is not None  # noqa: PT018
        address = (
            buyer.address
            if random.random() < 0.7
            else buyer.address.replace("Rd", "Road").replace("St", "Street").upper()
        )
        rows.append(
            [
                "SYN-785040-22-0031",
                _us(life.sold),
                dealer.number,
                dealer.business,
                dealer.city.name,
                dealer.city.state,
                f"{buyer.given} {buyer.surname}"
                if random.random() < 0.6
                else f"{buyer.surname.upper()}, {buyer.given.upper()}",
                buyer.birth,
                address,
                buyer.city.name,
                buyer.city.state,
                buyer.phone,
                buyer.plate,
                model.make,
                model.importer,
                model.name,
                model.calibre,
                model.type,
                life.gun.serial,
                random.choice((649, 899, 1249, 1399, 8999)),
                random.choice(
                    (
                        "",
                        "",
                        "",
                        "waited outside: second person",
                        'asked for "the same again"',
                        "paid in bands;\nleft in one car",
                    )
                ),
            ]
        )
    return rows


def theft_reports(world: World) -> list[dict[str, object]]:
    """Write thefts and losses that licensees reported."""
    random = Random(f"{SEED}: thefts")
    rows: list[dict[str, object]] = []
    for at, life in enumerate((each for each in world.lives if each.stolen), 1):
        model, dealer, day = life.gun.model, life.licensee, life.stolen
        assert dealer is not None and day is not None  # noqa: PT018
        rows.append(
            {
                "report_number": f"TL-{day.year}-{at:05d}",
                "report_date": (day + dt.timedelta(days=random.randint(0, 3))).isoformat(),
                "discovery_date": day.isoformat(),
                "incident_type": random.choice(
                    ("burglary", "larceny", "robbery", "loss", "in transit")
                ),
                "ffl_number": dealer.number,
                "licensee_name": dealer.business,
                "city": dealer.city.name.title(),
                "state": dealer.city.state,
                "manufacturer": model.make,
                "importer": model.importer or None,
                "model": model.name,
                "caliber": model.calibre,
                "firearm_type": model.type,
                "serial_number": life.gun.serial,
            }
        )
    return rows


def crossings(world: World) -> list[Row]:
    """Write guns stopped on the way south, and a few on the way north."""
    random = Random(f"{SEED}: crossings")
    rows: list[Row] = []
    stopped = [(each.gun, each.crossing) for each in world.lives if each.crossing]
    start = dt.date(2023, 1, 9)
    stopped += [
        (make_gun(random, MODELS), start + dt.timedelta(days=random.randint(0, 480)))
        for _ in range(6)
    ]
    for at, (gun, day) in enumerate(
        sorted(stopped, key=lambda each: (str(each[1]), each[0].serial)), 1
    ):
        _, name, state = random.choices(PORTS, (9, 4, 3, 8, 5, 4, 3, 4, 2))[0]
        model = gun.model
        rows.append(
            [
                f"SYN{(day or dt.date.max).year}{at:05d}",
                _us(day),
                name,
                state,
                "INBOUND" if random.random() < 0.05 else "OUTBOUND",
                random.choice(("Vehicle", "Vehicle", "Pedestrian", "Bus")),
                "Long Arm" if model.long else "Handgun",
                model.make,
                model.importer,
                model.name,
                model.calibre,
                gun.serial if random.random() < 0.95 else "OBLITERATED",
                1,
                f"ZZ{random.randint(0, 9)}-{random.randint(1000, 9999)}",
                random.choice(("", "", "in spare tyre", "door panel, wrapped", "with 3 magazines")),
            ]
        )
    return rows
