"""Seizure lists: of the states' offices, of the army, and of the federal office with duplicates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ironriver.world.chance import Ints, Marks, Texts, stage
from ironriver.world.guns import ARMY, AUTHORITIES, FEDERAL, MX, World
from ironriver.world.noise import day_of, mexican_date, misread, number
from ironriver.world.paper import Paper, spans
from ironriver.world.places import municipalities, state_names, states
from ironriver.world.scribe import Care, Described, Scribe

FULL = (
    "Folio", "Fecha de aseguramiento", "Autoridad", "Entidad", "Municipio", "Clase", "Tipo",
    "Marca", "Modelo", "Calibre", "Matrícula", "Importador", "País de origen",
    "Carpeta de investigación", "Cartuchos", "Cargadores", "Observaciones",
)  # fmt: skip
SHORT = (
    "No.", "Fecha", "Corporación", "Estado", "Mpio.", "Clase de arma", "Tipo de arma", "Marca",
    "Modelo", "Cal.", "No. de serie", "Importador", "País de fabricación", "Carpeta",
    "No. de cartuchos", "No. de cargadores", "Obs.",
)  # fmt: skip
FORMS = ("csv", "western", "xlsx", "bom", "jsonl")
FEWEST, MOST = 25, 250
"""A state with fewer rows reports through the secretariat; a file holds about this many at most."""
STATE, SOLDIERS, NATION = range(3)
_CARES = (
    Care(spanish=True, importer=0.0),
    Care(spanish=True, slips=1.2, importer=0.0),
    Care(spanish=True, slips=0.8, missing=0.7, importer=0.0),
)


@dataclass(slots=True)
class Ledger:
    """What the seizure lists say, for later papers: the serial first written for each gun."""

    written: Texts
    listed: Marks
    federal: Marks

    @classmethod
    def empty(cls, size: int) -> Ledger:
        """Give the ledger of a world of `size` guns before anything is written."""
        none = np.zeros(size, np.bool_)
        return cls(np.full(size, "", dtype=object), none, none.copy())


def case_number(world: World, gun: int, federal: bool = False) -> str:
    """Give the case file of a seizure: one for a municipality and a day; each side has its own."""
    town = municipalities()[world.municipality[gun]]
    day = int(world.recovery_day[gun])
    entry = number("federal cases" if federal else "state cases", day * 100_000 + int(town.code))
    if federal:
        return f"FED/{town.state}/{entry % 900_000 + 100_000}/{day_of(day).year}"
    short = "".join(mark for mark in town.name.upper() if mark.isalpha())[:3]
    return f"CI/{short}/{entry % 9000 + 1000}/{day_of(day).year}"


def seizure_papers(world: World, ledger: Ledger, years: tuple[int, int]) -> Iterator[Paper]:
    """Write every seizure list; the ledger grows as they are written."""
    size = len(world)
    chance = stage(world.seed, "lists")
    mexico = world.outcome == MX
    kept = mexico & (chance.random(size) >= world.settings["row_missing"])
    federal = np.isin(world.authority, FEDERAL)
    again = chance.random(size) < world.settings["duplicated"]
    ledger.federal = kept & (federal | again)
    for office, name, guns in _offices(world, kept & ~federal):
        yield from _office_papers(world, chance, ledger, office, name, guns, years)
    guns = np.flatnonzero(ledger.federal)
    yield from _office_papers(world, chance, ledger, NATION, "FGR", guns, years)


def _offices(world: World, mine: Marks) -> Iterator[tuple[int, str, Ints]]:
    """Give the offices with their guns: states, the rest of them together, then the army."""
    army = world.authority == ARMY
    state = np.array([states().index(each.state) for each in municipalities()])
    of_gun = np.where(world.municipality >= 0, state[world.municipality], -1)
    rest: list[Ints] = []
    for place, code in enumerate(states()):
        guns = np.flatnonzero(mine & ~army & (of_gun == place))
        if len(guns) < FEWEST:
            rest.append(guns)
        else:
            yield STATE, state_names()[code], guns
    yield STATE, "Secretariado", np.sort(np.concatenate([*rest, np.zeros(0, np.int64)]))
    yield SOLDIERS, "SEDENA", np.flatnonzero(mine & army)


def _office_papers(
    world: World, chance: np.random.Generator, ledger: Ledger, office: int, name: str, guns: Ints,
    years: tuple[int, int],
) -> Iterator[Paper]:  # fmt: skip
    late = chance.random(len(guns)) < world.settings["row_late"]
    year = np.array([day_of(day).year for day in world.recovery_day[guns]], dtype=np.int64)
    year = np.minimum(year + late, years[1])
    for first, last in spans(guns, years, MOST):
        mine = guns[(year >= first) & (year <= last)]
        mine = mine[np.lexsort((mine, world.recovery_day[mine]))].astype(np.int64)
        if len(mine):
            yield _list(world, chance, ledger, office, name, mine, (first, last))


def _list(
    world: World, chance: np.random.Generator, ledger: Ledger, office: int, name: str, guns: Ints,
    span: tuple[int, int],
) -> Paper:  # fmt: skip
    form = {STATE: FORMS[sum(map(ord, name)) % len(FORMS)], SOLDIERS: "xlsx", NATION: "csv"}[office]
    headings = SHORT if form == "western" else FULL
    scribe = Scribe(world, chance, _care(world, office))
    copies = _copies(world, chance, ledger, guns, office)
    described = scribe.describe(guns, [text for text, _ in copies])
    described.repairs += [
        (row, "serial", text, str(world.stamped[guns[row]]))
        for row, (text, wrong) in enumerate(copies)
        if wrong
    ]
    if office != NATION:
        ledger.written[guns] = np.array(described.serial, dtype=object)
    _poison(world, chance, name, guns, described)
    rows = _rows(world, chance, guns, described, office)
    ledger.listed[guns] = True
    folded = name.lower().replace(" ", "_").translate(str.maketrans("áéíóúüñ", "aeiouun"))
    agency = {STATE: f"Fiscalía de {name} (synthetic)", SOLDIERS: "SEDENA (synthetic)"}
    return Paper(
        name=f"{'armas_' if office else 'aseguramientos_'}{folded}_{span[0]}_{span[1]}",
        layout="aseguramientos",
        agency=agency.get(office, "FGR (synthetic)"),
        nexus="seizure",
        known_from=_end(span[1]) + 60 + 30 * office,
        form=form,
        headings=headings,
        rows=rows,
        guns=guns,
        kind="recovery",
        date_column=1,
        recovery=True,
        title=f"Relación de armas aseguradas, {name} {span[0]}-{span[1]} (datos sintéticos)",
        repairs=described.repairs,
    )


def _care(world: World, office: int) -> Care:
    """Say how the clerks of an office work."""
    care, rates = _CARES[office], world.settings
    unread = rates["army_no_serial" if office == SOLDIERS else "other_no_serial"]
    return Care(True, care.slips, unread, care.missing, rates["importer_missing"])


def _copies(
    world: World, chance: np.random.Generator, ledger: Ledger, guns: Ints, office: int
) -> list[tuple[str, bool]]:
    """Give the serials that the federal office copies from the first list, some with a slip."""
    if office != NATION:
        return [("", False)] * len(guns)
    out: list[tuple[str, bool]] = []
    draws = chance.random((len(guns), 2))
    for row, text in enumerate(ledger.written[guns]):
        readable = any(mark.isdigit() for mark in text)
        if not readable or draws[row, 1] < 0.1:
            out.append(("", False))
        elif draws[row, 0] < world.settings["duplicate_differs"]:
            other = misread(chance, text)
            out.append((other, other != world.stamped[guns[row]]))
        else:
            out.append((text, text.replace(" ", "") != world.stamped[guns[row]]))
    return out


def _poison(
    world: World, chance: np.random.Generator, name: str, guns: Ints, described: Described
) -> None:
    """Let one state's lists carry serials of other guns, where the world is asked to."""
    share = world.settings["poisoned_source"]
    if share <= 0 or name != "Sonora":
        return
    for row in np.flatnonzero(chance.random(len(guns)) < share).tolist():
        other = int(chance.integers(0, len(world)))
        described.serial[row] = str(world.serial[other]) or described.serial[row]
        described.repairs.append(
            (row, "serial", described.serial[row], str(world.stamped[guns[row]]))
        )


def _rows(
    world: World, chance: np.random.Generator, guns: Ints, described: Described, office: int
) -> list[list[str]]:
    rates, book = world.settings, f"list {office}"
    mixed = chance.random() < rates["date_mixed"]
    named = 1 if chance.random() < 0.7 else 4
    draws = chance.random((len(guns), 8))
    towns, names, rows = municipalities(), state_names(), []
    for row, gun in enumerate(guns.tolist()):
        draw = draws[row]
        town, authority = towns[world.municipality[gun]], AUTHORITIES[world.authority[gun]]
        day = int(world.recovery_day[gun])
        if draw[0] < rates["date_shift"]:
            shifted = min(day + 1 + int(draw[1] * 9), world.days[1])
            described.repairs.append((row, "event_date", str(day_of(shifted)), str(day_of(day))))
            day = shifted
        form = 3 if mixed and draw[2] < 0.4 else (named if draw[3] < rates["date_named"] else 0)
        place = town.name
        if office == NATION and draw[4] < rates["contradiction"]:
            near = [each.name for each in towns if each.state == town.state]
            place = near[int(draw[4] * 1e6) % len(near)]
        long = described.type[row] not in ("pistola", "PISTOLA", "pistola escuadra", "escuadra")
        short = not long or described.type[row].lower().startswith("rev")
        upper = draw[5] < 0.3
        rows.append([
            str(row + 1) if office == STATE else f"{authority[:3]}-{number(book, gun)}",
            mexican_date(day, form), authority,
            names[town.state].upper() if upper else names[town.state],
            place.upper() if upper else place, "Corta" if short else "Larga", described.type[row],
            described.make[row], described.model[row], described.calibre[row],
            described.serial[row], described.importer[row], described.country[row],
            case_number(world, gun, office == NATION) if draw[6] > 0.03 else "",
            str(int(draw[7] ** 4 * 400)), str(int(draw[7] * 6)), "",
        ])  # fmt: skip
    return rows


def _end(year: int) -> int:
    """Give the last day of a year, counted from 1970."""
    return int((np.datetime64(f"{year}-12-31") - np.datetime64("1970-01-01")).astype(int))
