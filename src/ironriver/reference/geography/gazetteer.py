"""Look up states, municipalities and counties by the names that people write.

A name is folded (no case, accents, marks; abbreviations written out) and looked up in tiers: its
own name, then other names, then the name without "Ciudad" or an article, then a name cut off before
"de" (Acapulco for Acapulco de Juárez). The first tier that knows it decides; two places of one name
in one tier decide nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz.distance import OSA

from ironriver.reference.geography import (
    Area,
    Country,
    area_aliases,
    load_areas,
    load_new_municipalities,
    load_states,
    state_aliases,
)

_SHORT = {
    "cd": "ciudad",
    "cdad": "ciudad",
    "gral": "general",
    "grl": "general",
    "sta": "santa",
    "sto": "santo",
    "st": "saint",
    "ste": "sainte",
    "ft": "fort",
    "mt": "mount",
    "dr": "doctor",
    "sn": "san",
    "pto": "puerto",
    "edo": "estado",
    "mpio": "municipio",
    "mcpio": "municipio",
    "fco": "francisco",
    "gpe": "guadalupe",
    "hco": "heroico",
    "hca": "heroica",
}
_BEFORE = re.compile(
    r"^(?:(?:el )?municipio (?:de |del )?|alcaldia (?:de )?|delegacion (?:de )?"
    r"|estado (?:libre y soberano )?de |state of |county of |h(?:eroica)? ciudad (?:de )?|heroica )"
)
_AFTER = re.compile(r" (?:mu[a-z]{6,11}ity|municipio|state|estado|mexico mx|mx|mex)$")
_KIND = re.compile(
    r" (?:county|co|cnty|parish|borough|census area|city and borough|municipio|municipality)$"
)
_ARTICLES = ("el ", "la ", "los ", "las ")
_BROAD = frozenset({"san", "santa", "santo", "santiago", "villa", "valle", "nuevo", "nueva", "rio"})
_TOO_COMMON = frozenset({"centro", "carmen", "reforma", "progreso"})
_SLIP = 0.05
_NO_PLACE = 0.01
_MOST_SLIPS = 2

Tier = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Near:
    """A place whose name is one or two letters away, and how likely it is meant."""

    code: str
    probability: float


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Fold a name for comparison.

    >>> fold("Gral. Escobedo"), fold("Cd. Juárez"), fold("H. Ciudad de Huajuapan"), fold("Q. Roo")
    ('general escobedo', 'ciudad juarez', 'huajuapan', 'q roo')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", " ", re.sub(r"['`]", "", plain)).split()
    name = " ".join(_SHORT.get(word, word) for word in words)
    return _AFTER.sub("", _BEFORE.sub("", name)) or name


def county_key(text: str) -> str:
    """Fold the name of a county: spaces and its kind fall away, an independent city keeps its own.

    >>> county_key("De Kalb County"), county_key("St. Louis city"), county_key("City of Norfolk")
    ('dekalb', 'saintlouiscity', 'norfolkcity')
    """
    name = fold(text)
    if name.startswith("city of "):
        name = name.removeprefix("city of ") + " city"
    return (_KIND.sub("", name) or name).replace(" ", "")


@cache
def state_index(country: Country) -> Mapping[str, str]:
    """Map each folded name, abbreviation and code of a country's states to its code."""
    index: dict[str, str] = {}
    for state in load_states(country):
        number = state.code[3:]
        names = [state.name, state.official_name, number, number.lstrip("0"), state.code]
        for name in (*names, state.postal or ""):
            index[_state_key(name)] = state.code
    for code, alias in state_aliases():
        if code.startswith(country):
            index[_state_key(alias)] = code
    index.pop("", None)
    return index


def find_state(country: Country, text: str) -> str | None:
    """Give the code of a state, None if nothing of that name is known.

    >>> find_state("MX", "Edo. Méx."), find_state("US", "N. Mex."), find_state("MX", "Q.Roo")
    ('MX-15', 'US-35', 'MX-23')
    """
    index = state_index(country)
    return index.get(_state_key(text)) or index.get(_plain_key(text))


def find_area(country: Country, state: str | None, text: str) -> frozenset[str]:
    """Give the codes that a name may mean in a state; without one, only names known once.

    >>> sorted(find_area("MX", "MX-08", "Cd. Juárez")), sorted(find_area("MX", None, "Tijuana"))
    (['MX-08037'], ['MX-02004'])
    """
    key = fold(text) if country == "MX" else county_key(text)
    if state is None:
        known = _nationwide(country)
        return known.get(key, frozenset()) if key not in _TOO_COMMON else frozenset()
    tiers = _tiers(country).get(state, ())
    # "Richmond County" is the county; "Richmond" may be the independent city as well.
    names = [key, *_variants(key)] if country == "MX" else [fold(text).replace(" ", ""), key]
    for name in names:
        for tier in tiers:
            if name in tier:
                return tier[name]
    return frozenset()


def near_states(country: Country, text: str) -> list[Near]:
    """Give states whose name is a slip or two away; see `near_areas` for the probability."""
    index = {name: frozenset({code}) for name, code in state_index(country).items()}
    return _near(_state_key(text), index)


def near_areas(country: Country, state: str, text: str) -> list[Near]:
    """Give places of a state whose name is a slip or two away, the likeliest first.

    A slip is one letter changed, lost, added, or swapped with its neighbour. With d slips between
    text and name, the probability is 0.05**d / (0.01 + the sum of 0.05**d over all candidates): one
    name in twenty carries a slip, one text in a hundred is no municipality or county at all. Both
    are assumptions, not measured.
    """
    key = fold(text) if country == "MX" else county_key(text)
    tiers = _tiers(country).get(state, ())
    return _near(key, tiers[0]) if tiers else []


def split_state(text: str, admin1: str | None) -> tuple[str, str] | None:
    """Split "Tijuana B.C." into town and state; None if no state of Mexico ends the text.

    >>> split_state("Tijuana B.C.", None), split_state("Tijuana", "MX-02")
    (('tijuana', 'MX-02'), None)
    """
    words = fold(text).split()
    for cut in range(max(1, len(words) - 4), len(words)):
        state = find_state("MX", " ".join(words[cut:]))
        if state is not None and (admin1 is None or admin1 == state):
            return " ".join(words[:cut]), state
    return None


def area(code: str) -> Area | None:
    """Give the municipality or county of a code, None if the shipped tables have none."""
    return _areas().get(code)


@cache
def area_codes() -> frozenset[str]:
    """Give every code of a municipality or county, new municipalities among them."""
    return frozenset(_areas()) | {new.code for new in load_new_municipalities()}


def _near(key: str, index: Tier) -> list[Near]:
    most = min(_MOST_SLIPS, len(key) // 4)
    if most == 0:
        return []
    slips: dict[str, int] = {}
    for name, codes in index.items():
        if abs(len(name) - len(key)) > most:
            continue
        distance = OSA.distance(key, name, score_cutoff=most)
        if distance <= most:
            for code in codes:
                slips[code] = min(distance, slips.get(code, distance))
    weights = {code: _SLIP**distance for code, distance in slips.items()}
    total = _NO_PLACE + sum(weights.values())
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return [Near(code, weight / total) for code, weight in ranked]


def _state_key(text: str) -> str:
    return fold(text).replace(" ", "")


def _plain_key(text: str) -> str:
    """Fold a state without its country: Sonora, México; Arizona (AZ); Texas, USA."""
    head = re.split(r"[,(]", text, maxsplit=1)[0]
    return _state_key(head)


@cache
def _areas() -> Mapping[str, Area]:
    return {area.code: area for country in ("MX", "US") for area in load_areas(country)}


@cache
def _tiers(country: Country) -> Mapping[str, tuple[Tier, ...]]:
    """Give for each state its names in tiers: own, other, varied, cut off."""
    found: dict[str, list[dict[str, set[str]]]] = defaultdict(
        lambda: [defaultdict(set) for _ in range(4)]
    )
    for state, code, name in _named(country):
        if country == "MX":
            _enter_mexican(found[state], code, fold(name))
        else:
            _enter_county(found[state][0], code, name)
    for code, alias in area_aliases():
        if code.startswith(country):
            key = fold(alias) if country == "MX" else county_key(alias)
            found[code[:5]][1][key].add(code)
    return {
        state: tuple({name: frozenset(codes) for name, codes in tier.items()} for tier in tiers)
        for state, tiers in found.items()
    }


def _named(country: Country) -> Iterator[tuple[str, str, str]]:
    for known in load_areas(country):
        yield known.state, known.code, known.name
    if country == "MX":
        for new in load_new_municipalities():
            yield new.state, new.code, new.name


def _enter_mexican(tiers: list[dict[str, set[str]]], code: str, key: str) -> None:
    tiers[0][key].add(code)
    for variant in _variants(key):
        tiers[2][variant].add(code)
    head = re.split(r" del? ", key, maxsplit=1)[0]
    if head != key and head.split()[0] not in _BROAD and len(head) > 4:
        tiers[3][head].add(code)


def _enter_county(tier: dict[str, set[str]], code: str, name: str) -> None:
    """Enter a county by its name and by its name with its kind."""
    kind = _areas()[code].kind
    for key in (name, f"{name} {kind}"):
        tier[fold(key).replace(" ", "")].add(code)


def _variants(key: str) -> list[str]:
    """Give the name without "ciudad" and without its article."""
    bare = key.removeprefix("ciudad de ").removeprefix("ciudad ")
    for article in _ARTICLES:
        bare = bare.removeprefix(article)
    return [bare] if bare != key else []


@cache
def _nationwide(country: Country) -> Tier:
    """Map each own or other name to the codes that bear it anywhere in the country."""
    found: dict[str, set[str]] = defaultdict(set)
    for tiers in _tiers(country).values():
        for tier in tiers[:2]:
            for name, codes in tier.items():
                found[name] |= codes
    return {name: frozenset(codes) for name, codes in found.items()}
