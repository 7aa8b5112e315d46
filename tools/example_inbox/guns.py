"""Kinds of guns, their invented serials, and how clerks misspell them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Model:
    """One kind of gun: its true description, and the ways Mexican lists write it.

    `serial` is a pattern: ``#`` a digit, ``@`` a letter, anything else itself.
    """

    make: str
    name: str
    calibre: str
    type: str
    importer: str
    country: str
    serial: str
    weight: int
    makes: tuple[str, ...]
    names: tuple[str, ...]
    calibres: tuple[str, ...]

    @property
    def long(self) -> bool:
        """Whether Mexican law calls it a long arm."""
        return self.type in {"RIFLE", "SHOTGUN"}


@dataclass(frozen=True, slots=True)
class Gun:
    """One invented gun."""

    model: Model
    serial: str


_AK = ("7.62x39", "7.62 x 39 mm", "7.62X39", "7,62x39", "7.62x39 'cuerno de chivo'", "7.62")
_AR = (".223", "5.56x45", "5.56", "0.223''", "5.56 mm", "223 REM", "5.56x45 mm")
_NINE = ("9 mm", "9mm", "9x19", "9 Luger", "9 mm.", "9 MM PARABELLUM", "9 x 19 mm")
_SUPER = (".38 Súper", "38 SUPER", "0.38'' Super", ".38 Super Auto")
_FIFTY = (".50", "50 BMG", "0.50''", "12.7x99", ".50 BMG")
_TWELVE = ("12", "12 GA", "Cal. 12", "12 gauge")

# make, model, calibre, type, importer, country, serial, weight, then what Mexican lists write.
_ROWS: tuple[tuple[object, ...], ...] = (
    ("ROMARM/CUGIR", "WASR-10", "762", "RIFLE", "CENTURY ARMS", "ROMANIA", "19#0@@####", 10,
     ("ROMARM", "CUGIR", "WASR", "AK-47", "Romarm/Cugir", "Century Arms"),
     ("WASR-10", "WASR 10", "AK-47", "GP WASR-10", "S/M"), _AK),
    ("CENTURY ARMS", "VSKA", "762", "RIFLE", "", "UNITED STATES", "SV7######", 3,
     ("CENTURY", "CENTURY ARMS", "CENTURY INTERNATIONAL ARMS"), ("VSKA", "AK", "AK-47"), _AK),
    ("ZASTAVA", "N-PAP M70", "762", "RIFLE", "CENTURY ARMS", "SERBIA", "N-PAP######", 3,
     ("ZASTAVA", "Zastava", "ZASTABA"), ("M70", "N-PAP", "NPAP M70", "AK-47"), _AK),
    ("NORINCO", "MAK-90", "762", "RIFLE", "CHINA SPORTS", "CHINA", "94#####", 2,
     ("NORINCO", "POLY TECH", "NORINCO"), ("MAK-90", "MAK90", "AK-47"), _AK),
    ("BUSHMASTER", "XM15-E2S", "223", "RIFLE", "", "UNITED STATES", "L4#####", 4,
     ("BUSHMASTER", "Bushmaster", "BUSH MASTER"), ("XM15-E2S", "XM-15", "XM15"), _AR),
    ("COLT", "AR-15", "223", "RIFLE", "", "UNITED STATES", "SP4#####", 5,
     ("COLT", "Colt", "COLTS", "COLT'S"), ("AR-15", "R-15", "AR15", "M-16", "M4"), _AR),
    ("SMITH & WESSON", "M&P15", "223", "RIFLE", "", "UNITED STATES", "SU#####", 4,
     ("SMITH & WESSON", "S&W", "SMITH AND WESSON", "SMITH WESSON"), ("M&P15", "MP-15", "R-15"),
     _AR),
    ("ANDERSON", "AM-15", "223", "RIFLE", "", "UNITED STATES", "21######", 4,
     ("ANDERSON", "ANDERSON MANUFACTURING", "ANDERSEN"), ("AM-15", "AM15", "R-15"), _AR),
    ("RUGER", "AR-556", "223", "RIFLE", "", "UNITED STATES", "856-#####", 3,
     ("RUGER", "STURM RUGER", "RUGGER"), ("AR-556", "AR556"), _AR),
    ("BARRETT", "M82A1", "50", "RIFLE", "", "UNITED STATES", "AA00####", 3,
     ("BARRETT", "BARRET", "Barrett", "BARRETT FIREARMS"), ("M82A1", "82A1", "M-82", "M82 A1"),
     _FIFTY),
    ("FN", "FIVE-SEVEN", "57", "PISTOL", "FN AMERICA", "BELGIUM", "3862#####", 4,
     ("FN", "FN HERSTAL", "FH Herstak", "F.N.", "FNH"), ("FIVE-SEVEN", "FIVESEVEN", "5-7", "IOM"),
     ("5.7x28", "5.7 x 28", "5.7", "5.7x28 mm")),
    ("COLT", "GOVERNMENT", "38S", "PISTOL", "", "UNITED STATES", "38SC#####", 5,
     ("COLT", "Colt", "COLT MK IV"), ("GOVERNMENT", "1911", "MK IV SERIES 80", "GOBERNMENT"),
     _SUPER),
    ("COLT", "1911", "45", "PISTOL", "", "UNITED STATES", "FG#####", 2,
     ("COLT", "Colt"), ("1911", "1911-A1", "M1911"), (".45", "45 ACP", "0.45''", ".45 AUTO")),
    ("GLOCK", "17", "9", "PISTOL", "GLOCK INC", "AUSTRIA", "@@@###", 5,
     ("GLOCK", "Glock", "GLOK"), ("17", "G17", "GLOCK 17", "17 GEN 4"), _NINE),
    ("GLOCK", "19", "9", "PISTOL", "GLOCK INC", "AUSTRIA", "B@@@###", 5,
     ("GLOCK", "Glock", "GLOCK"), ("19", "G19", "GLOCK 19"), _NINE),
    ("BERETTA", "92FS", "9", "PISTOL", "BERETTA USA", "ITALY", "BER######Z", 4,
     ("BERETTA", "PIETRO BERETTA", "BERETA", "P. BERETTA"), ("92FS", "92 FS", "92", "92F"), _NINE),
    ("TAURUS", "PT92", "9", "PISTOL", "TAURUS INTERNATIONAL", "BRAZIL", "T@@#####", 4,
     ("TAURUS", "Taurus", "FORJAS TAURUS"), ("PT92", "PT 92 AF", "PT-92"), _NINE),
    ("TAURUS", "G2C", "9", "PISTOL", "TAURUS INTERNATIONAL", "BRAZIL", "AB@######", 3,
     ("TAURUS", "TAURUS ARMAS"), ("G2C", "G2", "G2 C"), _NINE),
    ("SMITH & WESSON", "SD9VE", "9", "PISTOL", "", "UNITED STATES", "FX@####", 3,
     ("SMITH & WESSON", "S & W", "SMITH&WESSON"), ("SD9VE", "SD9", "SD 9 VE"), _NINE),
    ("RUGER", "P95", "9", "PISTOL", "", "UNITED STATES", "316-#####", 3,
     ("RUGER", "STURM RUGER & CO"), ("P95", "P-95", "P95DC"), _NINE),
    ("HI-POINT", "C9", "9", "PISTOL", "", "UNITED STATES", "P1######", 2,
     ("HI-POINT", "HI POINT", "HIGH POINT"), ("C9", "C-9"), _NINE),
    ("BERSA", "THUNDER 380", "380", "PISTOL", "EAGLE IMPORTS", "ARGENTINA", "#######", 2,
     ("BERSA", "Bersa"), ("THUNDER 380", "THUNDER"), (".380", "380 AUTO", "9 corto", ".380 ACP")),
    ("SMITH & WESSON", "10", "38", "REVOLVER", "", "UNITED STATES", "D######", 2,
     ("SMITH & WESSON", "S&W"), ("10", "MOD. 10", "10-5"), (".38 SPL", ".38 Especial", "38",
     "0.38''")),
    ("TAURUS", "82", "38", "REVOLVER", "TAURUS INTERNATIONAL", "BRAZIL", "QH######", 2,
     ("TAURUS",), ("82", "MOD. 82"), (".38 SPL", "38 ESPECIAL", ".38")),
    ("MOSSBERG", "500", "12", "SHOTGUN", "", "UNITED STATES", "U######", 3,
     ("MOSSBERG", "Mossberg", "MOSBERG"), ("500", "500A", "M500"), _TWELVE),
    ("REMINGTON", "870", "12", "SHOTGUN", "", "UNITED STATES", "D######M", 2,
     ("REMINGTON", "REMINTON"), ("870", "870 EXPRESS"), _TWELVE),
    ("WINCHESTER", "94", "3030", "RIFLE", "", "UNITED STATES", "45#####", 2,
     ("WINCHESTER", "WINCHESTER"), ("94", "1894", "MOD. 94"), (".30-30", "30-30 WIN", "30-30")),
    ("MARLIN", "60", "22", "RIFLE", "", "UNITED STATES", "MM######", 1,
     ("MARLIN", "Marlin"), ("60", "MOD. 60"), (".22", "22 LR", ".22 L.R.")),
)  # fmt: skip

_CALIBRES = {
    "762": "7.62X39", "223": "223", "50": "50", "57": "57X28", "38S": "38 SUPER", "45": "45",
    "9": "9MM", "380": "380", "38": "38", "12": "12GA", "3030": "30-30", "22": "22",
}  # fmt: skip

MODELS: tuple[Model, ...] = tuple(
    Model(make, name, _CALIBRES[calibre], *rest)  # type: ignore[arg-type,call-arg,index]
    for make, name, calibre, *rest in _ROWS
)

_LOOKS_LIKE = {
    "0": "O", "O": "0", "1": "I", "I": "1", "5": "S", "S": "5", "2": "Z", "Z": "2",
    "8": "B", "B": "8", "6": "G", "G": "6", "7": "1", "U": "V", "M": "N",
}  # fmt: skip

NO_SERIAL = ("S/N", "sin matrícula", "ilegible", "limada", "borrada", "LIMADA", "s/n", "no visible")


def make_gun(random: Random, models: tuple[Model, ...] = MODELS) -> Gun:
    """Invent a gun of one of `models`, the common ones more often."""
    model = random.choices(models, [each.weight for each in models])[0]
    pick = {"#": "0123456789", "@": "ABCDEFGHKLMNPRSTUVWXYZ"}
    return Gun(model, "".join(random.choice(pick.get(sign, sign)) for sign in model.serial))


def next_in_line(gun: Gun, step: int) -> Gun:
    """Give the gun `step` places on from `gun` off the same line: its last digits count on."""
    head = gun.serial.rstrip("0123456789")
    tail = gun.serial[len(head) :]
    return Gun(gun.model, f"{head}{int(tail) + step:0{len(tail)}d}") if tail else gun


def copied(random: Random, serial: str) -> str:
    """Copy a serial as clerks do: mostly right, sometimes one character off."""
    chance = random.random()
    if chance < 0.78:
        return serial
    if chance < 0.84:
        return serial.replace("-", "") if "-" in serial else f"{serial[:2]} {serial[2:]}"
    if chance < 0.90:
        return serial.lower()
    at = random.randrange(len(serial))
    if chance < 0.97 and serial[at] in _LOOKS_LIKE:
        return serial[:at] + _LOOKS_LIKE[serial[at]] + serial[at + 1 :]
    return serial[:at] + serial[at + 1 :]
