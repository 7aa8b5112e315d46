"""Where the guns of the world come from: rings' purchases and thefts, lawful life, Mexico."""

from __future__ import annotations

import numpy as np

from ironriver.world.catalogue import POOLS, models, weights
from ironriver.world.chance import Floats, Ints, Marks, pick, pick_rows, stage
from ironriver.world.licensees import Licensees, choose
from ironriver.world.parameters import Settings
from ironriver.world.places import route_weights
from ironriver.world.rings import RING_CHANNELS, Rings

CHANNELS = (
    "lawful", *RING_CHANNELS, "forces_loss", "central_american_stock", "mexican_legal_sale",
    "home_made",
)  # fmt: skip
NEVER = 1 << 30
Columns = dict[str, Ints]
_YEAR = 365.25


def ring_guns(seed: int, settings: Settings, rings: Rings, licensees: Licensees) -> Columns:
    """Give the guns of all rings, visit by visit: a buyer, a shop, a day, one or more guns."""
    chance = stage(seed, "ring guns")
    ring = np.repeat(np.arange(len(rings)), rings.size)
    size = len(ring)
    structured = chance.random(len(rings)) < settings["structuring"]
    opens = chance.random(size) < np.where(structured, 0.93, 0.45)[ring]
    opens |= np.concatenate(([True], ring[1:] != ring[:-1]))[:size]
    visit = np.cumsum(opens) - 1
    at = ring[opens]
    buyer = rings.first_buyer[at] + (chance.random(len(at)) * rings.buyers[at]).astype(np.int64)
    shop = rings.shops[at, chance.integers(0, 1 << 20, len(at)) % rings.shop_count[at]]
    span = rings.last_day[at] - rings.first_day[at] + 1
    day = rings.first_day[at] + (chance.random(len(at)) * span).astype(np.int64)
    favourite = chance.random(len(at)) < settings["ring_favourite"]
    model = np.where(favourite, rings.favourite[at], pick(chance, weights("traffic"), len(at)))
    stray = chance.random(size) < 0.25
    model = np.where(stray, pick(chance, weights("traffic"), size), model[visit])
    state = np.where(
        chance.random(size) < settings["territory_keep"],
        rings.state[ring],
        pick_rows(chance, route_weights(), rings.source[ring]),
    )
    guns = {
        "channel": rings.channel[ring] + 1, "ring": ring, "model": model, "visit": visit,
        "source": rings.source[ring], "state": state, "licensee": shop[visit],
        "purchaser": buyer[visit], "sale_day": day[visit], "acquired_day": day[visit],
    }  # fmt: skip
    _second_hand(chance, settings, guns, licensees)
    guns["model"] = _available(chance, guns["model"], guns["sale_day"], weights("traffic"))
    guns["visit"] = np.where(guns["purchaser"] == -2, -1, guns["visit"])
    return guns


def _second_hand(
    chance: np.random.Generator, settings: Settings, guns: Columns, licensees: Licensees
) -> None:
    """Let used and stolen guns begin in innocent hands, years before, at another shop.

    Purchaser -2 marks an innocent person yet to be numbered; -1 is nobody.
    """
    channel = guns["channel"]
    used = chance.random(len(channel)) < settings["used_unlicensed"]
    innocent = (channel == CHANNELS.index("unlicensed_dealing")) & used
    innocent |= channel == CHANNELS.index("theft_home")
    age = (chance.gamma(1.1, settings["age_mean"] / 1.1, len(channel)) * _YEAR).astype(np.int64)
    guns["sale_day"] = np.where(innocent, guns["acquired_day"] - 30 - age, guns["sale_day"])
    other = choose(chance, licensees, guns["source"])
    guns["licensee"] = np.where(innocent, other, guns["licensee"])
    shop = channel == CHANNELS.index("theft_shop")
    guns["purchaser"] = np.where(innocent, -2, np.where(shop, -1, guns["purchaser"]))
    guns["sale_day"] = np.where(shop, NEVER, guns["sale_day"])


def lawful_guns(
    seed: int, size: int, settings: Settings, licensees: Licensees, days: tuple[int, int]
) -> Columns:
    """Give guns that nobody traffics: lawful purchases, some in twos and threes."""
    chance = stage(seed, "lawful guns")
    more = chance.random(size) < settings["lawful_multiple"] * 0.55
    opens = ~more
    opens[:1] = True
    visit = np.cumsum(opens) - 1
    visits = int(visit[-1]) + 1 if size else 0
    source = pick(chance, (0.40, 0.12, 0.14, 0.04, 0.30), visits)
    life = (chance.gamma(1.0, settings["domestic_mean"], visits) * _YEAR).astype(np.int64)
    end = chance.integers(days[0], days[1] + 1, visits)
    model = pick(chance, weights("lawful"), visits)[visit]
    varied = chance.random(size) < 0.5
    model = np.where(varied, pick(chance, weights("lawful"), size), model)
    sale = (end - life)[visit]
    first = opens & (chance.random(size) < settings["domestic_recovered"])
    model = _available(chance, model, sale, weights("lawful"))
    none = np.full(size, -1)
    return {
        "channel": np.zeros(size, dtype=np.int64), "ring": none, "model": model,
        "visit": visit + NEVER // 2, "source": source[visit], "state": none,
        "licensee": choose(chance, licensees, source)[visit], "purchaser": np.full(size, -2),
        "sale_day": sale, "acquired_day": np.where(first, end[visit], NEVER),
    }  # fmt: skip


def mexican_guns(seed: int, size: int, settings: Settings, days: tuple[int, int]) -> Columns:
    """Give guns of Mexican forces, Central American stock, army shops and home workshops."""
    chance = stage(seed, "mexican guns")
    parts = [
        settings["forces_part"], settings["central_american_part"], 0.0, settings["home_made_part"]
    ]  # fmt: skip
    parts[2] = max(1 - sum(parts), 0.0)
    kind = pick(chance, parts, size)
    model = np.full(size, len(models()) - 1)
    for place, pool in enumerate(POOLS[2:]):
        mine = np.flatnonzero(kind == place)
        model[mine] = pick(chance, weights(pool), len(mine))
    lost = chance.integers(days[0] - 2500, days[1] - 60, size)
    sold = kind == 2
    none = np.full(size, -1)
    pull = route_weights().sum(axis=0)
    acquired = np.where(kind == 0, lost, chance.integers(days[0] - 3650, days[1], size))
    years = acquired - (chance.gamma(2.0, 5.0, size) * _YEAR).astype(np.int64)
    first = np.array([(each.first_year - 1970) * _YEAR + 90 for each in models()]).astype(np.int64)
    acquired = np.minimum(np.maximum(acquired, first[model]), days[1])
    years = np.minimum(np.maximum(years, first[model]), acquired)
    return {
        "channel": CHANNELS.index("forces_loss") + kind, "ring": none, "model": model,
        "visit": none, "source": none, "state": pick(chance, pull, size), "licensee": none,
        "purchaser": none, "sale_day": np.where(sold, years, NEVER), "acquired_day": acquired,
    }  # fmt: skip


def _available(
    chance: np.random.Generator,
    model: Ints,
    day: Ints,
    pool: Floats,
) -> Ints:
    """Draw again where a model was not yet made on the day; after some tries take one that was."""
    first = (np.array([each.first_year for each in models()]) - 1970) * _YEAR + 60
    for _ in range(8):
        early: Marks = day < first[model]
        if not early.any():
            return model
        model = model.copy()
        model[early] = pick(chance, pool, int(early.sum()))
    early = day < first[model]
    model[early] = next(each.place for each in models() if each.name == "10")
    return model
