"""Losses of Mexican forces, ballistic hits, ammunition, licensees, inspections, groups."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ironriver.world.chance import Ints, stage
from ironriver.world.guns import MX, World
from ironriver.world.licensees import TYPES
from ironriver.world.noise import day_of, mexican_date, number
from ironriver.world.paper import Paper, PartyLine
from ironriver.world.papers_mx import Ledger, case_number
from ironriver.world.places import groups, municipalities, state_names, states, towns
from ironriver.world.scribe import Care, Scribe
from ironriver.world.supply import CHANNELS

LOSSES = (
    "CORPORACIÓN", "ENTIDAD FEDERATIVA", "FECHA DE ROBO O EXTRAVÍO", "MOTIVO", "TIPO DE ARMA",
    "MARCA", "MODELO", "CALIBRE", "MATRÍCULA", "OFICIO",
)  # fmt: skip
HITS = (
    "Hit Number", "Hit Date", "Laboratory", "Country", "State", "City", "Case Number",
    "Linked Case", "Manufacturer", "Model", "Caliber", "Serial Number",
)  # fmt: skip
AMMUNITION = (
    "Fecha de aseguramiento", "Entidad", "Municipio", "Autoridad", "Carpeta de investigación",
    "Tipo", "Culote", "Calibre", "Lote", "Fabricante", "Cantidad",
)  # fmt: skip
LICENCES = (
    "LIC_REGN", "LIC_DIST", "LIC_CNTY", "LIC_TYPE", "LIC_XPRDTE", "LIC_SEQN", "LICENSE_NAME",
    "BUSINESS_NAME", "PREMISE_STREET", "PREMISE_CITY", "PREMISE_STATE", "PREMISE_ZIP_CODE",
)  # fmt: skip
INSPECTIONS = (
    "ui_number", "ffl_number", "ffl_proprietor", "ffl_city", "ffl_state", "ffl_county",
    "inspection_assign_date", "inspection_complete_date", "final_disposition", "violations",
)  # fmt: skip
_STAMPS = (
    ("LC", "Lake City", "5.56x45"), ("LC", "Lake City", ".50"), ("WIN", "Winchester", "9 mm"),
    ("R-P", "Remington", ".223"), ("FC", "Federal", ".38 Super"), ("TULA", "Tula", "7.62x39"),
    ("WOLF", "Wolf", "7.62x39"), ("CBC", "CBC", ".380"), ("AGUILA", "Tecnos", "9 mm"),
    ("PMC", "PMC", ".45"), ("S&B", "Sellier", "9 mm"), ("FNB", "FN", "5.7x28"),
)  # fmt: skip


def other_papers(world: World, ledger: Ledger, years: tuple[int, int]) -> Iterator[Paper]:
    """Write the rest of the inbox."""
    chance = stage(world.seed, "other papers")
    for paper in (
        _losses(world, chance), _hits(world, chance, ledger), _ammunition(world, chance),
        _inspections(world, chance), _groups(world, years),
    ):  # fmt: skip
        if paper.rows:
            yield paper
    for year in sorted({years[0], (years[0] + years[1]) // 2, years[1]}):
        yield _licences(world, year)


def _losses(world: World, chance: np.random.Generator) -> Paper:
    lost = world.channel == CHANNELS.index("forces_loss")
    lost &= (world.acquired_day <= world.days[1]) & (
        chance.random(len(world)) < world.settings["loss_reported"]
    )
    guns = np.flatnonzero(lost)
    guns = guns[np.lexsort((guns, world.acquired_day[guns]))]
    described = Scribe(world, chance, Care(True, slips=0.6, missing=0.3)).describe(guns)
    forces = ("Secretaría de Seguridad Pública", "Policía Municipal", "Policía Estatal", "Ejército")
    names, rows = state_names(), []
    for row, gun in enumerate(guns.tolist()):
        day = int(world.acquired_day[gun])
        date = str(day_of(day).year) if gun % 9 == 0 else mexican_date(day, 0)
        rows.append([
            forces[gun % 4], names[states()[world.state[gun]]], date,
            ("robo", "EXTRAVIO", "robo con violencia", "faltante")[gun // 4 % 4],
            described.type[row], described.make[row], described.model[row],
            described.calibre[row], described.serial[row], f"SSP/{number('losses', gun):09d}",
        ])  # fmt: skip
    return Paper(
        name="armas_robadas_extraviadas", layout="forces_losses", agency="SEDENA (synthetic)",
        nexus="theft_report", known_from=world.days[1] + 30, form="western", headings=LOSSES,
        rows=rows, guns=guns, kind="loss", date_column=2,
        kinds=["theft" if row[3].startswith("robo") else "loss" for row in rows],
        repairs=described.repairs,
    )  # fmt: skip


def _hits(world: World, chance: np.random.Generator, ledger: Ledger) -> Paper:
    hit = (world.outcome == MX) & ledger.listed
    hit &= chance.random(len(world)) < world.settings["hit_share"]
    guns = np.flatnonzero(hit)
    described = Scribe(world, chance, Care(False, 0.8, 0.25, 1.0, 1.0)).describe(guns)
    rows = []
    for row, gun in enumerate(guns.tolist()):
        town = municipalities()[world.municipality[gun]]
        day = int(world.recovery_day[gun]) + 20 + gun % 90
        earlier = f"CI/{town.name[:3].upper()}/{gun % 1900:04d}/{day_of(day).year - 1 - gun % 3}"
        rows.append([
            f"IBIS-{day_of(day).year}-{number('hits', gun):09d}", day_of(day).isoformat(),
            "Laboratorio de Balística", "Mexico", state_names()[town.state], town.name,
            case_number(world, gun), earlier, described.make[row], described.model[row],
            described.calibre[row], described.serial[row],
        ])  # fmt: skip
    return Paper(
        name="ballistic_hits", layout="ballistic_hits", agency="Laboratories (synthetic)",
        nexus="seizure", known_from=world.days[1] + 120, form="csv", headings=HITS, rows=rows,
        guns=guns, kind="ballistic_hit", date_column=1, repairs=described.repairs,
    )  # fmt: skip


def _ammunition(world: World, chance: np.random.Generator) -> Paper:
    """Write rounds found with some of the guns; lots return where one customer group buys."""
    found = np.flatnonzero((world.outcome == MX) & (chance.random(len(world)) < 0.12))[:12_000]
    rows = []
    for gun in found.tolist():
        town = municipalities()[world.municipality[gun]]
        group = int(world.rings.group[world.ring[gun]]) if world.ring[gun] >= 0 else 99
        stamp, plant, calibre = _STAMPS[int(chance.random() ** 1.4 * len(_STAMPS))]
        year = day_of(world.recovery_day[gun]).year - gun % 4
        rows.append([
            mexican_date(int(world.recovery_day[gun]), 0), state_names()[town.state], town.name,
            "SEDENA" if gun % 2 else "Guardia Nacional", case_number(world, gun),
            "cartuchos" if gun % 7 else "cargadores", f"{stamp} {year % 100:02d}", calibre,
            f"L{group:02d}{year}{gun % 5}", plant, str(1 + int(chance.random() ** 3 * 900)),
        ])  # fmt: skip
    return Paper(
        name="municiones_recuperadas", layout="ammunition", agency="SEDENA (synthetic)",
        nexus="seizure", known_from=world.days[1] + 40, form="xlsx", headings=AMMUNITION,
        rows=rows, guns=np.full(len(rows), -1), kind="ammunition", date_column=0,
        title="Municiones recuperadas (datos sintéticos)",
    )  # fmt: skip


def _licences(world: World, year: int) -> Paper:
    """Write the licensees in force at the end of a year, with that year's expiry parts."""
    day = int((np.datetime64(f"{year}-12-15") - np.datetime64("1970-01-01")).astype(int))
    rows: list[list[str]] = []
    parties: list[PartyLine] = []
    shops = world.licensees
    for place in range(len(shops)):
        if shops.closed_day[place] < day:
            continue
        town = towns()[shops.town[place]]
        region, district = str(shops.district[place]).split("-")
        name = str(shops.name[place])
        parties += [(len(rows), role, shops.key(place)) for role in ("licensee", "trade_name")]
        rows.append([
            region, district, town.fips[2:], TYPES[shops.type[place]], shops.expiry(place, day),
            f"{shops.sequence[place]:05d}", name, name, str(shops.street[place]),
            town.city.upper(), town.state, f"{town.zip}{place % 90 + 1:02d}",
        ])  # fmt: skip
    return Paper(
        name=f"licensees_{year}12", layout="ffl_list", agency="Licensing office (synthetic)",
        nexus="public", known_from=day + 30, form="csv", headings=LICENCES, rows=rows,
        guns=np.full(len(rows), -1), kind="licence", parties=parties,
    )  # fmt: skip


def _inspections(world: World, chance: np.random.Generator) -> Paper:
    shops = world.licensees
    seen: Ints = np.flatnonzero(chance.random(len(shops)) < np.where(shops.corrupt, 0.35, 0.2))
    endings = ("No Violations", "Report of Violations", "Warning Conference", "Revocation")
    rows: list[list[str]] = []
    parties: list[PartyLine] = []
    for row, place in enumerate(seen.tolist()):
        day = int(world.days[0] + chance.random() * (world.days[1] - world.days[0] - 120))
        worse = bool(shops.corrupt[place]) and chance.random() < 0.6
        ending = endings[3 if worse else int(chance.random() ** 2 * 4)]
        town = towns()[shops.town[place]]
        rows.append([
            f"78{row:05d}-{day_of(day).year}-SYN", shops.number(place, day),
            str(shops.name[place]), town.city, town.state, town.county,
            day_of(day).isoformat(), day_of(day + 20 + row % 90).isoformat(), ending,
            "" if ending == endings[0] else "478.124(c)(1), 478.125(e)",
        ])  # fmt: skip
        parties.append((row, "licensee", shops.key(place)))
    return Paper(
        name="inspections", layout="inspections", agency="Licensing office (synthetic)",
        nexus="public", known_from=world.days[1] + 60, form="jsonl", headings=INSPECTIONS,
        rows=rows, guns=np.full(len(rows), -1), kind="inspection", date_column=6, parties=parties,
    )  # fmt: skip


def _groups(world: World, years: tuple[int, int]) -> Paper:
    """Write where the invented groups are present, early and late."""
    names = state_names()
    rows = [
        [each.name, names[code], f"{year}-01-01"]
        for each in groups()
        for year, where in ((years[0], each.territory), (years[1], each.later))
        for code in where
    ]
    return Paper(
        name="grupos_presencia", layout="group_presence", agency="Observatory (synthetic)",
        nexus="public", known_from=world.days[1] + 10, form="csv",
        headings=("Grupo", "Estado", "Fecha"), rows=rows, guns=np.full(len(rows), -1),
        kind="group",
    )  # fmt: skip
