"""What stands as proof: ballistic hits and the exhibits of a trial."""

from __future__ import annotations

import datetime as dt
from random import Random

from example_inbox.guns import MODELS, make_gun
from example_inbox.story import SEED, World

Row = list[object]

HIT_HEADINGS = (
    "Hit Number", "Hit Date", "Laboratory", "Country", "State", "City", "Case Number",
    "Linked Case", "Manufacturer", "Model", "Caliber", "Serial Number",
)  # fmt: skip
EXHIBIT_HEADINGS = (
    "Case Number", "Exhibit Number", "Date Seized", "Description", "Manufacturer", "Model",
    "Caliber", "Type", "Serial Number", "City", "State",
)  # fmt: skip


def ballistic_hits(world: World) -> list[Row]:
    """Write hits between a scene's casings and a gun recovered later, or between two scenes."""
    random = Random(f"{SEED}: ballistics")
    lives = [each for each in world.recovered_in("Sonora") if each.recovered]
    rows: list[Row] = []
    for at, life in enumerate(random.sample(lives, 32), 1):
        assert life.recovered is not None
        scene = life.recovered - dt.timedelta(days=random.randint(5, 900))
        told = life.recovered + dt.timedelta(days=random.randint(10, 90))
        model = life.gun.model
        known = random.random() < 0.7
        rows.append(
            [
                f"IBIS-{life.recovered.year}-{at:04d}",
                told.isoformat(),
                "Laboratorio de Balística, FGJE Sonora",
                "Mexico",
                "Sonora",
                life.municipality,
                life.carpeta,
                f"CI/{life.municipality[:3].upper()}/{random.randint(1, 1900):04d}/{scene.year}",
                model.make if known else "",
                model.name if known else "",
                model.calibre,
                life.gun.serial if known else "",
            ]
        )
    return rows


def exhibits() -> list[Row]:
    """Write the arms among the exhibits of one invented trial."""
    random = Random(f"{SEED}: exhibits")
    rows: list[Row] = []
    for at in range(1, 25):
        gun = make_gun(random, MODELS)
        model = gun.model
        rows.append(
            [
                "4:23-cr-00000-XYZ",
                f"GX-{at:03d}",
                f"2023-{random.randint(1, 9):02d}-{random.randint(1, 28):02d}",
                f"{model.make} {model.name} {model.type.lower()}, cal. {model.calibre}",
                model.make,
                model.name,
                model.calibre,
                model.type,
                gun.serial,
                random.choice(("Tucson", "Nogales", "Rio Rico")),
                "AZ",
            ]
        )
    return rows
