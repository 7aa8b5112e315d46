"""Real places, invented people and dealers."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

# Municipality, weight.
SONORA = (
    ("Hermosillo", 9), ("Nogales", 8), ("Cajeme", 9), ("Caborca", 6), ("Guaymas", 4),
    ("San Luis Río Colorado", 5), ("Agua Prieta", 5), ("Navojoa", 3), ("Magdalena", 2),
    ("Altar", 2), ("Empalme", 2), ("Bácum", 1), ("Sáric", 1),
)  # fmt: skip
CHIHUAHUA = (
    ("Juárez", 12), ("Chihuahua", 8), ("Cuauhtémoc", 4), ("Delicias", 3), ("Hidalgo del Parral", 3),
    ("Nuevo Casas Grandes", 3), ("Ojinaga", 3), ("Guerrero", 2), ("Guadalupe y Calvo", 2),
    ("Ahumada", 2), ("Ascensión", 2),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class City:
    """A United States city: where its licensees are, and the licence numbers they get."""

    name: str
    state: str
    county: str
    county_code: str
    region: str
    district: str
    zip: str
    latitude: float
    longitude: float
    weight: int


CITIES = tuple(
    City(*row)
    for row in (
        ("EL PASO", "TX", "El Paso", "141", "5", "74", "79901", 31.76, -106.49, 7),
        ("MCALLEN", "TX", "Hidalgo", "215", "5", "74", "78501", 26.20, -98.23, 6),
        ("LAREDO", "TX", "Webb", "479", "5", "74", "78040", 27.51, -99.51, 4),
        ("BROWNSVILLE", "TX", "Cameron", "061", "5", "74", "78520", 25.90, -97.50, 4),
        ("EAGLE PASS", "TX", "Maverick", "323", "5", "74", "78852", 28.71, -100.50, 2),
        ("HOUSTON", "TX", "Harris", "201", "5", "76", "77002", 29.76, -95.37, 8),
        ("SAN ANTONIO", "TX", "Bexar", "029", "5", "74", "78205", 29.42, -98.49, 6),
        ("DALLAS", "TX", "Dallas", "113", "5", "75", "75201", 32.78, -96.80, 6),
        ("PHOENIX", "AZ", "Maricopa", "013", "9", "86", "85003", 33.45, -112.07, 9),
        ("GLENDALE", "AZ", "Maricopa", "013", "9", "86", "85301", 33.54, -112.19, 5),
        ("TUCSON", "AZ", "Pima", "019", "9", "86", "85701", 32.22, -110.97, 8),
        ("NOGALES", "AZ", "Santa Cruz", "023", "9", "86", "85621", 31.34, -110.94, 3),
        ("SIERRA VISTA", "AZ", "Cochise", "003", "9", "86", "85635", 31.55, -110.30, 3),
        ("YUMA", "AZ", "Yuma", "027", "9", "86", "85364", 32.69, -114.63, 4),
        ("SAN DIEGO", "CA", "San Diego", "073", "9", "33", "92101", 32.72, -117.16, 4),
        ("EL CENTRO", "CA", "Imperial", "025", "9", "33", "92243", 32.79, -115.56, 2),
        ("LOS ANGELES", "CA", "Los Angeles", "037", "9", "95", "90012", 34.05, -118.24, 4),
        ("RIVERSIDE", "CA", "Riverside", "065", "9", "33", "92501", 33.98, -117.37, 3),
        ("LAS CRUCES", "NM", "Doña Ana", "013", "5", "85", "88001", 32.31, -106.78, 4),
        ("DEMING", "NM", "Luna", "029", "5", "85", "88030", 32.27, -107.76, 2),
        ("ALBUQUERQUE", "NM", "Bernalillo", "001", "5", "85", "87102", 35.08, -106.65, 4),
    )
)

# Port code, name, state.
PORTS = (
    ("2604", "Nogales", "AZ"), ("2601", "Douglas", "AZ"), ("2608", "San Luis", "AZ"),
    ("2402", "El Paso", "TX"), ("2304", "Laredo", "TX"), ("2305", "Hidalgo", "TX"),
    ("2301", "Brownsville", "TX"), ("2504", "San Ysidro", "CA"), ("2408", "Santa Teresa", "NM"),
)  # fmt: skip

_GIVEN = (
    "Anselmo", "Brígida", "Celedonio", "Damiana", "Eleuterio", "Fidencia", "Gaudencio", "Hilaria",
    "Isauro", "Jovita", "Leobardo", "Marcelina", "Nicanor", "Otilia", "Porfirio", "Quirina",
    "Dwayne", "Marlene", "Curtis", "Roxanne", "Travis", "Glenda", "Wendell", "Loretta",
)  # fmt: skip
# Invented: none of these is meant to be anybody's name.
_SURNAMES = (
    "Quintalbo", "Arrozeda", "Montebruno", "Valdequín", "Serranilla", "Bracamundi", "Otáñaga",
    "Peñaluz", "Ruvalconte", "Zamarrita", "Harbinwell", "Tollmarsh", "Crandlefoot", "Westerquist",
    "Ibarrondo", "Lucernaga", "Dunmarrow", "Pettigraine", "Olivarrosa", "Fontecruda",
)  # fmt: skip
_FIRST = (
    "BRINDLEMOOR", "QUARTZFEATHER", "TUMBLEQUILL", "SALTBRUSH HOLLOW", "MESQUITERO", "LOBO AZUL",
    "DRYWELL", "COPPERLEAF", "NOPALITO", "SANDGLASS", "FARLANTERN", "OCOTILLAR", "THREE WRENS",
    "CINDERHILL", "PALOMARIS", "WINDMILLER", "AGAVE ROJO", "STONEPIPE", "JUNIPERTON", "MARROWSTONE",
)  # fmt: skip
_SECOND = ("ARMS LLC", "SPORTING GOODS INC", "PAWN & GUN", "OUTFITTERS", "TRADING POST", "GUNWORKS")
_STREETS = ("Example Rd", "Sample St", "Muestra Ave", "Fiction Blvd", "Placeholder Ln")


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person."""

    given: str
    surname: str
    birth: str
    address: str
    city: City
    phone: str
    plate: str
    id_number: str


@dataclass(frozen=True, slots=True)
class Licensee:
    """An invented licensee."""

    name: str
    business: str
    street: str
    city: City
    type: str
    expiry: str
    sequence: str

    @property
    def number(self) -> str:
        """The licence number as printed, ``R-DD-CCC-TT-YM-SSSSS``."""
        city = self.city
        return "-".join(
            (city.region, city.district, city.county_code, self.type, self.expiry, self.sequence)
        )


def make_person(random: Random, city: City) -> Person:
    """Invent a person who lives in `city`."""
    birth = f"{random.randint(1960, 2002)}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"
    return Person(
        given=random.choice(_GIVEN),
        surname=random.choice(_SURNAMES),
        birth=birth,
        address=f"{random.randint(100, 9899)} {random.choice(_STREETS)}",
        city=city,
        phone=f"({random.randint(500, 999)}) 555-01{random.randint(0, 99):02d}",
        plate=f"ZZ{random.randint(0, 9)}-{random.randint(1000, 9999)}",
        id_number=f"X{random.randint(1_000_000, 9_999_999)}",
    )


def make_licensee(random: Random, at: int) -> Licensee:
    """Invent the licensee numbered `at`, in one of the border-state cities."""
    city = random.choices(CITIES, [each.weight for each in CITIES])[0]
    kind = random.choices(("01", "02", "07", "08", "06", "03"), (60, 12, 16, 2, 4, 6))[0]
    business = f"{random.choice(_FIRST)} {random.choice(_SECOND)}"
    sole = random.random() < 0.35
    person = f"{random.choice(_SURNAMES)}, {random.choice(_GIVEN)}".upper()
    return Licensee(
        name=person if sole else business,
        business="NULL" if kind == "03" else business,
        street=f"{random.randint(1, 9899)} {random.choice(_STREETS).upper()}",
        city=city,
        type=kind,
        expiry=f"{random.choice('4567')}{random.choice('ABCDEFGHJKLM')}",
        sequence=f"9{at * 31 + random.randint(0, 30):04d}",
    )


def somewhere(random: Random, places: tuple[tuple[str, int], ...]) -> str:
    """Pick a municipality."""
    return random.choices([name for name, _ in places], [weight for _, weight in places])[0]
