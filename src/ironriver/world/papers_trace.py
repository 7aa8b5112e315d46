"""Trace requests from Mexico and the answers to them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ironriver.tables import Outcome
from ironriver.world.answers import (
    UNKNOWN,
    US_IMPORTED,
    US_MADE,
    WORDS,
    Answers,
    answer,
    plain,
    true_origin,
)
from ironriver.world.catalogue import models
from ironriver.world.chance import Ints, Marks, stage
from ironriver.world.guns import ARMY, MX, World
from ironriver.world.licensees import variant
from ironriver.world.noise import day_of, mexican_date, number, us_date
from ironriver.world.paper import Paper, PartyLine, spans
from ironriver.world.papers_mx import Ledger, case_number
from ironriver.world.people import Clerk
from ironriver.world.places import municipalities, state_names, towns
from ironriver.world.scribe import Care, Described, Scribe
from ironriver.world.supply import NEVER

REQUEST = (
    "Número de solicitud", "Fecha de solicitud", "Fecha de recuperación", "Agencia",
    "Número de caso", "Número de serie", "Borrado", "Fabricante", "Tipo", "Calibre", "Modelo",
    "País de origen", "Importador", "País de recuperación", "Estado de recuperación",
    "Ciudad de recuperación", "Prioridad",
)  # fmt: skip
RESULT = (
    "Trace Number", "Request Date", "Completion Date", "Requesting Agency", "Agency Case Number",
    "Recovery Date", "Recovery City", "Recovery State", "Recovery Country", "Manufacturer",
    "Importer", "Model", "Caliber", "Firearm Type", "Serial Number", "Country of Origin",
    "Trace Result", "FFL Number", "Dealer Name", "Dealer City", "Dealer County", "Dealer State",
    "Purchase Date", "Time to Crime (Days)", "Purchaser Name", "Purchaser DOB",
    "Purchaser Address", "Purchaser City", "Purchaser State",
)  # fmt: skip
MOST = 400


def trace_papers(
    world: World, ledger: Ledger, years: tuple[int, int]
) -> Iterator[tuple[Paper, Answers | None]]:
    """Write requests year by year, each followed by the answers to it."""
    chance = stage(world.seed, "traces")
    guns, federal, again = _submitted(world, chance, ledger)
    day = np.minimum(
        world.recovery_day[guns] + 5 + chance.exponential(70, len(guns)).astype(np.int64),
        world.days[1],
    )
    again = _later(guns, day, again)
    year = np.array([day_of(each).year for each in day], dtype=np.int64)
    for first, last in spans(guns, years, MOST):
        mine = np.flatnonzero((year >= first) & (year <= last))
        mine = mine[np.lexsort((guns[mine], day[mine]))]
        for office, name in ((True, "FGR"), (False, "fiscalias")):
            here = mine[federal[mine] == office]
            if len(here):
                span = (first, last)
                yield from _pair(
                    world, chance, ledger, guns[here], day[here], again[here], name, span
                )


def _submitted(
    world: World, chance: np.random.Generator, ledger: Ledger
) -> tuple[Ints, Marks, Marks]:
    """Choose the recoveries that are sent for tracing, and those sent twice by two offices."""
    rates = world.settings
    mexico = np.flatnonzero((world.outcome == MX) & ledger.listed)
    army = world.authority[mexico] == ARMY
    rate = np.where(army, rates["submit_army"], rates["submit_other"])
    foreign = np.array(
        [true_origin(world, gun) not in (US_MADE, US_IMPORTED) for gun in mexico.tolist()]
    )
    rate = rate * np.where(foreign, rates["submit_foreign"], 1.0)
    text = ledger.written[mexico]
    unread = np.array([not any(mark.isdigit() for mark in each) for each in text], dtype=np.bool_)
    unread &= world.obliterated[mexico] | (chance.random(len(mexico)) < 0.5)
    rate = rate * np.where(unread, rates["submit_no_serial"], 1.0)
    sent = mexico[chance.random(len(mexico)) < rate]
    federal = ledger.federal[sent] & (chance.random(len(sent)) < 0.75)
    twice = np.flatnonzero(chance.random(len(sent)) < rates["request_repeated"])
    guns = np.concatenate([sent, sent[twice]])
    again = np.concatenate([np.zeros(len(sent), np.bool_), np.ones(len(twice), np.bool_)])
    return guns, np.concatenate([federal, ~federal[twice]]), again


def _later(guns: Ints, day: Ints, again: Marks) -> Marks:
    """Mark the later of two requests for a gun: only what comes second can repeat another.

    >>> _later(np.array([1, 2, 1]), np.array([9, 5, 4]), np.array([False, False, True])).tolist()
    [True, False, False]
    """
    order = np.lexsort((again, day, guns))
    repeats: Marks = np.zeros(len(guns), dtype=np.bool_)
    repeats[order[1:]] = guns[order[1:]] == guns[order[:-1]]
    return repeats


def _pair(
    world: World, chance: np.random.Generator, ledger: Ledger, guns: Ints, day: Ints,
    again: Marks, name: str, span: tuple[int, int],
) -> Iterator[tuple[Paper, Answers | None]]:  # fmt: skip
    care = Care(True, 0.7, world.settings["other_no_serial"] * 0.3, 0.25,
                world.settings["importer_missing"] * 0.4)  # fmt: skip
    scribe = Scribe(world, chance, care)
    clean = chance.random(len(guns)) < world.settings["request_clean"]
    serials = [
        "" if clean[row] or not any(map(str.isdigit, text)) else text
        for row, text in enumerate(ledger.written[guns])
    ]
    described = scribe.describe(guns, serials)
    for row, text in enumerate(serials):
        true = str(world.stamped[guns[row]])
        if text and plain(text) != plain(true):
            described.repairs.append((row, "serial", text, true))
    numbers = [
        f"{name[:2].upper()}{day_of(on).year}{number('requests', 2 * gun + twice):09d}"
        for on, gun, twice in zip(day, guns.tolist(), again.astype(int).tolist(), strict=True)
    ]
    suffix = f"{span[0]}_{span[1]}"
    rows = _request_rows(world, chance, guns, day, described, numbers, name)
    yield Paper(
        name=f"solicitudes_rastreo_{name.lower()}_{suffix}", layout="trace_requests",
        agency=f"{'FGR' if name == 'FGR' else 'Fiscalías estatales'} (synthetic)", nexus="trace",
        known_from=int(day.max()) + 20, form="csv" if name == "FGR" else "western",
        headings=REQUEST, rows=rows, guns=guns, kind="recovery", date_column=2, recovery=True,
        repairs=described.repairs,
    ), None  # fmt: skip
    yield _results(world, chance, guns, day, again, described, numbers, name, suffix)


def _request_rows(
    world: World, chance: np.random.Generator, guns: Ints, day: Ints, described: Described,
    numbers: list[str], name: str,
) -> list[list[str]]:  # fmt: skip
    names, rows = state_names(), []
    urgent = chance.random(len(guns)) < 0.05
    for row, gun in enumerate(guns.tolist()):
        town = municipalities()[world.municipality[gun]]
        state = names[town.state]
        ground = bool(world.obliterated[gun])
        rows.append([
            numbers[row], mexican_date(int(day[row]), 0),
            mexican_date(int(world.recovery_day[gun]), 0),
            "FGR" if name == "FGR" else f"Fiscalía {state}", case_number(world, gun, name == "FGR"),
            described.serial[row], "Sí" if ground else "No", described.make[row].upper(),
            described.type[row], described.calibre[row], described.model[row],
            described.country[row], described.importer[row], "México", state, town.name,
            "Urgente" if urgent[row] else "Rutina",
        ])  # fmt: skip
    return rows


def _results(
    world: World, chance: np.random.Generator, guns: Ints, day: Ints, again: Marks,
    described: Described, numbers: list[str], name: str, suffix: str,
) -> tuple[Paper, Answers]:  # fmt: skip
    clerk = Clerk(world.people, chance, world.settings, 0)
    answers = Answers([], [])
    rows: list[list[str]] = []
    parties: list[PartyLine] = []
    done = day + 2 + chance.exponential(world.settings["answer_days"], len(day)).astype(np.int64)
    draws = chance.random((len(guns), 5))
    for row, gun in enumerate(guns.tolist()):
        outcome, origin = answer(world, gun, described, row, draws[row])
        if again[row] and draws[row, 4] < 0.5:
            outcome = Outcome.DUPLICATE_OF
        if done[row] > world.days[1] + 40:
            outcome = Outcome.PENDING
        answers.outcome.append(outcome)
        answers.origin.append(origin)
        cells, named = _custody(world, chance, clerk, gun, outcome)
        parties += [(row, role, key) for role, key in named]
        town = municipalities()[world.municipality[gun]]
        model = models()[world.model[gun]]
        country = "" if origin == UNKNOWN else described.country[row].upper()
        rows.append([
            f"T{numbers[row]}", us_date(int(day[row])),
            "" if outcome == Outcome.PENDING else us_date(int(done[row])),
            "FGR" if name == "FGR" else "FISCALIA", case_number(world, gun, name == "FGR"),
            us_date(int(world.recovery_day[gun])), town.name, state_names()[town.state], "MEXICO",
            described.make[row].upper(), described.importer[row].upper(),
            described.model[row].upper(), described.calibre[row], model.type.upper(),
            described.serial[row], country, WORDS[outcome], *cells,
        ])  # fmt: skip
    repairs = [each for each in described.repairs if each[1] != "event_date"]
    return Paper(
        name=f"etrace_results_{name.lower()}_{suffix}", layout="trace_results",
        agency="Tracing center (synthetic)", nexus="trace",
        known_from=min(int(done.max()), world.days[1] + 40) + 15, form="csv", headings=RESULT,
        rows=rows, guns=guns, kind="trace_result", date_column=5, parties=parties, repairs=repairs,
    ), answers  # fmt: skip


def _custody(
    world: World, chance: np.random.Generator, clerk: Clerk, gun: int, outcome: Outcome
) -> tuple[list[str], list[tuple[str, str]]]:
    """Give the cells of seller and purchaser as far as the trace came, with who they are."""
    reached = {
        Outcome.TRACED_TO_PURCHASER, Outcome.TRACED_TO_LICENSEE, Outcome.STOLEN_BEFORE_SALE,
        Outcome.LICENSEE_OUT_OF_BUSINESS_NO_RECORD, Outcome.LICENSEE_RECORD_ILLEGIBLE,
        Outcome.LICENSEE_NO_RESPONSE,
    }  # fmt: skip
    shop = int(world.licensee[gun])
    if outcome not in reached or shop < 0:
        return [""] * 12, []
    sale = int(world.sale_day[gun])
    day = sale if sale < NEVER else int(world.acquired_day[gun])
    town = towns()[world.licensees.town[shop]]
    name = str(world.licensees.name[shop])
    if chance.random() < world.settings["licensee_drift"]:
        name = variant(chance, name)
    named = [("seller", world.licensees.key(shop))]
    cells = [world.licensees.number(shop, day), name, town.city.upper(), town.county, town.state]
    if outcome != Outcome.TRACED_TO_PURCHASER:
        return [*cells, *[""] * 7], named
    buyer = int(world.purchaser[gun])
    street, city, state, _ = clerk.address(buyer, day)
    cells += [us_date(sale), str(int(world.recovery_day[gun]) - sale), clerk.name(buyer)]
    cells += [us_date(clerk.birth(buyer)), street, city, state]
    return cells, [*named, ("purchaser", f"P{buyer:08d}")]
