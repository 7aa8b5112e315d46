"""What the Mexican side writes: seizure lists, police losses, recovered ammunition."""

from __future__ import annotations

import datetime as dt
from random import Random

from example_inbox.guns import NO_SERIAL, copied
from example_inbox.places import CHIHUAHUA, SONORA, somewhere
from example_inbox.story import SEED, Life, World

Row = list[object]

_CLASSES = {"RIFLE": ("fusil", "rifle", "FUSIL", "carabina", "fusil de asalto"),
            "SHOTGUN": ("escopeta", "ESCOPETA"), "PISTOL": ("pistola", "PISTOLA",
            "pistola escuadra"),
            "REVOLVER": ("revólver", "revolver")}  # fmt: skip
_COUNTRIES = {"UNITED STATES": ("EUA", "Estados Unidos", "E.U.A.", "USA",
"ESTADOS UNIDOS DE AMÉRICA"),
              "ROMANIA": ("Rumania", "RUMANIA"), "BELGIUM": ("Bélgica", "BELGICA"),
              "AUSTRIA": ("Austria",), "ITALY": ("Italia",), "BRAZIL": ("Brasil", "BRASIL"),
              "SERBIA": ("Serbia", "Yugoslavia"), "CHINA": ("China",),
              "ARGENTINA": ("Argentina",)}  # fmt: skip
_AUTHORITIES = ("SEDENA", "Guardia Nacional", "PESP", "AMIC", "SEMAR", "FGR", "Policía Municipal")
_MONTHS = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")

SONORA_HEADINGS = (
    "FOLIO", "FECHA DE ASEGURAMIENTO", "AUTORIDAD", "ENTIDAD", "MUNICIPIO", "CLASE DE ARMA", "TIPO",
    "MARCA", "MODELO", "CALIBRE", "MATRÍCULA", "PAÍS DE ORIGEN", "CARPETA DE INVESTIGACIÓN",
    "CARTUCHOS", "CARGADORES", "OBSERVACIONES",
)  # fmt: skip
CHIHUAHUA_HEADINGS = (
    "No.", "Fecha del hecho", "Corporación", "Estado", "Mpio.", "Arma (corta/larga)",
    "Tipo de arma", "Cal.", "Marca", "Modelo", "No. de serie", "Fabricada en",
    "Averiguación previa o carpeta", "Cargadores abastecidos", "Cartuchos útiles", "Obs.",
)  # fmt: skip
POLICE_HEADINGS = (
    "CORPORACIÓN", "ENTIDAD FEDERATIVA", "MUNICIPIO", "FECHA DE ROBO O EXTRAVÍO", "MOTIVO",
    "TIPO DE ARMA", "MARCA", "MODELO", "CALIBRE", "MATRÍCULA", "OFICIO",
)  # fmt: skip
AMMUNITION_HEADINGS = (
    "FECHA", "ENTIDAD", "MUNICIPIO", "AUTORIDAD", "CARPETA DE INVESTIGACIÓN", "MARCA DE CULOTE",
    "CALIBRE", "LOTE", "CANTIDAD", "FABRICANTE", "ARTÍCULO",
)  # fmt: skip


def _mexican(day: dt.date) -> str:
    return day.strftime("%d/%m/%Y")


def _serial(random: Random, life: Life) -> str:
    return random.choice(NO_SERIAL) if random.random() < 0.17 else copied(random, life.gun.serial)


def _remark(random: Random) -> str:
    chance = random.random()
    if chance < 0.62:
        return ""
    return random.choice(
        (
            "culata plegable",
            "con aditamento tipo linterna",
            "sin cargador",
            "1 granada de fragmentación",
            "puesta a disposición conjunta",
            'cañón recortado a 14"',
            "cachas con águila, doradas",
            "se localizó en vehículo abandonado",
            "2 chalecos; 1 radio",
            "=arma de cargo?",
        )
    )


def sonora(world: World) -> dict[str, list[Row]]:
    """Write one sheet a year; some dates are date cells, some are text."""
    random = Random(f"{SEED}: sonora")
    sheets: dict[str, list[Row]] = {"2023": [], "2024": []}
    for at, life in enumerate(world.recovered_in("Sonora"), 1):
        model, day = life.gun.model, life.recovered
        assert day is not None
        sheets[str(day.year)].append(
            [
                f"FGJE/{day.year}/{at:04d}",
                day if random.random() < 0.55 else _mexican(day),
                random.choice(_AUTHORITIES),
                random.choice(("SONORA", "Sonora", "Sonora", "Son.")),
                random.choice((life.municipality, life.municipality, life.municipality.upper())),
                random.choice(
                    ("larga", "LARGA", "arma larga")
                    if model.long
                    else ("corta", "CORTA", "arma corta")
                ),
                random.choice(_CLASSES[model.type]),
                random.choice(model.makes)
                if random.random() < 0.94
                else random.choice(("S/M", "")),
                random.choice(model.names) if random.random() < 0.9 else "S/M",
                random.choice(model.calibres),
                _serial(random, life),
                random.choice(_COUNTRIES[model.country]) if random.random() < 0.7 else "",
                life.carpeta,
                random.choice(("", 0, 7, 15, 30, 28, 120)) if random.random() < 0.8 else "",
                random.choice(("", 0, 1, 1, 2, 4)),
                _remark(random),
            ]
        )
    spoiled = sheets["2024"]
    spoiled[20][1] = "31/02/2024"
    spoiled[41][1] = "30/02/2024"
    spoiled[60][13] = -5
    sheets["2023"][77][1] = "45/13/2023"
    return sheets


def chihuahua(world: World) -> list[Row]:
    """Write the other state's list: other wording, other order, two-digit years and month names."""
    random = Random(f"{SEED}: chihuahua")
    rows: list[Row] = []
    for at, life in enumerate(world.recovered_in("Chihuahua"), 1):
        model, day = life.gun.model, life.recovered
        assert day is not None
        written = random.choice(
            (
                _mexican(day),
                day.strftime("%d/%m/%y"),
                f"{day.day:02d}-{_MONTHS[day.month - 1]}-{day.year}",
            )
        )
        rows.append(
            [
                at,
                written,
                random.choice(_AUTHORITIES),
                random.choice(("Chihuahua", "CHIH", "Chih.")),
                random.choice(
                    (
                        life.municipality,
                        life.municipality,
                        "Cd. Juárez" if life.municipality == "Juárez" else life.municipality,
                    )
                ),
                "Larga" if model.long else "Corta",
                random.choice(_CLASSES[model.type]).capitalize(),
                random.choice(model.calibres),
                random.choice(model.makes),
                random.choice(model.names),
                _serial(random, life),
                random.choice(_COUNTRIES[model.country]) if random.random() < 0.5 else "",
                life.carpeta,
                random.choice(("", 0, 1, 2, 3)),
                random.choice(("", 0, 8, 25, 60)),
                _remark(random).replace(";", ","),
            ]
        )
    rows[100][1] = "31/04/2023"
    rows[150][1] = "29/02/2023"
    return rows


def police_losses(world: World) -> list[Row]:
    """Write the arms that police forces lost; the oldest are given by year only."""
    random = Random(f"{SEED}: police")
    rows: list[Row] = []
    for at, life in enumerate(
        sorted(
            (each for each in world.lives if each.police_loss),
            key=lambda each: (str(each.police_loss), each.gun.serial),
        ),
        1,
    ):
        model, day = life.gun.model, life.police_loss
        assert day is not None
        state, places = random.choice((("Sonora", SONORA), ("Chihuahua", CHIHUAHUA)))
        rows.append(
            [
                random.choice(
                    ("Policía Municipal", "Policía Estatal", "Secretaría de Seguridad Pública")
                ),
                state,
                somewhere(random, places),
                _mexican(day) if day.year > 2015 else day.year,
                random.choice(("Robo", "Extravío", "EXTRAVIO", "robo")),
                random.choice(_CLASSES[model.type]),
                random.choice(model.makes),
                random.choice(model.names),
                random.choice(model.calibres),
                life.gun.serial,
                f"SSP/{random.randint(100, 999)}/{day.year}-{at}",
            ]
        )
    return rows


# Marks on the case head, calibre, maker.
_HEADSTAMPS = (
    ("LC 19", "5.56x45", "Lake City"), ("FC 223 REM", ".223", "Federal"), ("WOLF 7.62x39",
    "7.62x39", "Wolf"),
    ("TULAMMO 7.62x39", "7.62x39", "Tula"), ("AGUILA 38 SUPER", ".38 Súper", "Aguila"),
    ("WIN 9MM LUGER", "9 mm", "Winchester"), ("BLAZER 9MM LUGER", "9x19", "Blazer"), ("LC 08",
    ".50 BMG", "Lake City"),
    ("FNB 5.7x28", "5.7x28", "FN Herstal"), ("PMC 50 BMG", "0.50''", "PMC"), ("IGMAN 7.62x39",
    "7.62X39", "Igman"),
    ("", "7.62x39", ""), ("ilegible", "9 mm", ""),
)  # fmt: skip


def _lot(random: Random, stamp: str) -> str:
    return f"{stamp[:2]}{random.randint(10, 99)}{random.choice('ABCD')}{random.randint(100, 999)}"


def ammunition(world: World) -> list[Row]:
    """Write recovered rounds and magazines of some of the seizures."""
    random = Random(f"{SEED}: ammunition")
    rows: list[Row] = []
    for life in random.sample(world.recovered_in("Sonora"), 60):
        stamp, calibre, plant = random.choice(_HEADSTAMPS)
        day = life.recovered
        assert day is not None
        magazine = random.random() < 0.12
        rows.append(
            [
                _mexican(day),
                "Sonora",
                life.municipality,
                random.choice(_AUTHORITIES),
                life.carpeta,
                "" if magazine else stamp,
                calibre,
                _lot(random, stamp) if plant and random.random() < 0.5 else "",
                random.randint(1, 12)
                if magazine
                else random.choice((1, 3, 7, 12, 30, 60, 150, 480, 1000)),
                "" if magazine else plant,
                "cargador" if magazine else random.choice(("cartucho", "cartuchos", "casquillo")),
            ]
        )
    rows[17][8] = -30
    return rows
