"""What anybody may read: licences, inspections, border counts, totals."""

from __future__ import annotations

import datetime as dt
from random import Random

from example_inbox.story import SEED, World

Row = list[object]

LICENCE_HEADINGS = (
    "LIC_REGN", "LIC_DIST", "LIC_CNTY", "LIC_TYPE", "LIC_XPRDTE", "LIC_SEQN", "LICENSE_NAME",
    "BUSINESS_NAME", "PREMISE_STREET", "PREMISE_CITY", "PREMISE_STATE", "PREMISE_ZIP_CODE",
)  # fmt: skip
CBP_HEADINGS = (
    "Fiscal Year", "Month (abbv)", "Component", "Region", "Area of Responsibility",
    "Inbound/Outbound", "Mode of Transportation", "Seizure Type", "Category", "Event ID",
    "Quantity Seized",
)  # fmt: skip
FIGURE_HEADINGS = ("metric", "scope", "period", "value", "note", "source")


def licences(world: World) -> list[Row]:
    """Write the licensee list in the twelve columns that ATF publishes."""
    rows: list[Row] = []
    for each in world.licensees:
        city = each.city
        rows.append(
            [
                city.region,
                city.district,
                city.county_code,
                each.type,
                each.expiry,
                each.sequence,
                each.name,
                each.business,
                each.street,
                city.name,
                city.state,
                city.zip,
            ]
        )
    rows[211][4] = "4I"  # No licence expires in a month I.
    return rows


def inspections(world: World) -> list[dict[str, object]]:
    """Write forty inspections."""
    random = Random(f"{SEED}: inspections")
    rows: list[dict[str, object]] = []
    kinds = {"01": "Dealer", "02": "Pawnbroker", "07": "Manufacturer", "08": "Importer"}
    chosen = [each for each in world.licensees if each.type in kinds]
    for at, each in enumerate(random.sample(chosen, 40), 1):
        assigned = dt.date(2019, 1, 7) + dt.timedelta(days=random.randint(0, 1600))
        cited = random.sample(
            ("478.21(a)", "478.102(a)", "478.124(c)(1)", "478.125(e)", "478.126a"),
            random.randint(0, 4),
        )
        rows.append(
            {
                "ui_number": f"780000-{assigned.year}-{at:04d}-SYN",
                "ffl_number": each.number,
                "ffl_type": kinds[each.type],
                "ffl_proprietor": each.name,
                "ffl_address": each.street,
                "ffl_city": each.city.name.title(),
                "ffl_state": each.city.state,
                "ffl_zip": each.city.zip,
                "ffl_county": each.city.county,
                "inspection_assign_date": assigned.isoformat(),
                "inspection_complete_date": (
                    assigned + dt.timedelta(days=random.randint(20, 150))
                ).isoformat(),
                "final_disposition": random.choice(
                    (
                        "No violations",
                        "Report of violations",
                        "Warning letter",
                        "Warning conference",
                        "Revocation",
                    )
                ),
                "violations": ", ".join(sorted(cited)),
                "longitude": each.city.longitude,
                "latitude": each.city.latitude,
            }
        )
    return rows


def border_counts() -> list[Row]:
    """Write event counts in the eleven columns that CBP publishes."""
    random = Random(f"{SEED}: border counts")
    months = ("OCT", "NOV", "DEC", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP")
    offices = (("Office of Field Operations", ("El Paso", "Laredo", "San Diego", "Tucson"),
    "Field Office"),
               ("U.S. Border Patrol", ("Yuma", "Tucson", "Rio Grande Valley", "El Paso"),
               "Sector"))  # fmt: skip
    rows: list[Row] = []
    for at in range(120):
        component, areas, kind = random.choice(offices)
        field = component.startswith("Office")
        seized, category = random.choices(
            (
                ("Weapons", "Handgun"),
                ("Weapons", "Long Arm"),
                ("Ammunition & Gun Parts", "Ammunition"),
                ("Ammunition & Gun Parts", "Magazine"),
                ("Ammunition & Gun Parts", "Receivers"),
            ),
            (30, 12, 35, 20, 3),
        )[0]
        count = (
            random.choice((1, 1, 1, 2, 4))
            if seized == "Weapons"
            else random.choice((5, 20, 50, 200, 1000))
        )
        rows.append(
            [
                random.choice(("2023", "2024")),
                random.choice(months),
                component,
                "Southwest Border",
                f"{random.choice(areas)} {kind}",
                random.choice(("INBOUND", "OUTBOUND", "OUTBOUND")) if field else "OTHER",
                "Land" if field else "Other",
                seized,
                category,
                f"9{at:09d}.0",
                f"{count}.0",
            ]
        )
    return rows


def figures(world: World) -> list[Row]:
    """Write yearly totals of the invented states, as a press office would give them."""
    rows: list[Row] = []
    for state in ("Sonora", "Chihuahua"):
        for year in (2023, 2024):
            found = [
                each
                for each in world.recovered_in(state)
                if each.recovered and each.recovered.year == year
            ]
            long = sum(each.gun.model.long for each in found)
            period = "2024 (January to June)" if year == 2024 else "2023"
            scope, source = f"{state} (synthetic)", "example inbox"
            rows.append(["firearms seized", scope, period, len(found), "invented", source])
            rows.append(["of which long guns", scope, period, long, "invented", source])
    return rows
