"""Build makes.csv from an NCIC table of gun make codes (columns ``code`` and ``definition``).

    python tools/build_makes.py MAK.csv FOLDER

writes makes.csv and, measured on the makes and aliases of the installed package,
make_neighbours.csv: the share of names of a length whose nearest other name is so many edits away
(see ironriver.intake.parsers.misspelling).

The definitions are police prose: addresses, cautions, histories. Only the fact is kept: which
maker a code means, and its country where stated. Codes that stand for a country, a state, a tribe,
a person's remark or no maker at all are dropped. A maker "X model of Y" is Y; "X brand of Y" is X,
since X is what stands on the gun.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable
from pathlib import Path

SOURCE = "FBI NCIC gun make code table"
_NO_MAKER = re.compile(
    r"\bUSE\b.*\bCO?D?E?\b|\bCODE BY COUN|\bUSE COU|\bTRIBES?\b|ALREADY BEING USED|^TEST$|^UNKNOWN"
    r"|\bRESERVATION\b|NOT A MAKE|VARIOUS M|RETIRED CODE|\bHOME ?MADE\b|ALL OTHERS"
)
_MODEL_OF = re.compile(
    r"\bMODELS?\s*(?:\([^)]*\))?\s*(?:O[FD]|MFG\.? BY|MFD\.? BY|MADE BY)\s+(.*)$"
    r"|^[^;,]*\)\s*MODEL OF (.*)$"
)
_END = re.compile(
    r"[;%_(:]|\bA\.?K\.?A\b|\bD\.?B\.?A\b|\bFORMERLY|MFRS?\b|MF[GD]\b|\bMANUFACTURER|\bMAKERS?\b"
    r"|MADE (?:BY|IN)|IMPORT|INPORT|\bTRADE ?(?:NAME|MARK)|BRAND\b|\bSUBSIDIARY|\bDO NOT|\bNOT "
    r"|\bSEE\b|\bALSO\b|\bCHANGED\b|\bNAME\b|\bSOLD BY\b|\bNOW\b|\bPER (?:ATF|M)|\bWAS\b| - |\bOR\b"
    r"|\bMODEL\b|\bUSE\b"
    r"|\bDISTRIBUTED|\bSINGLE-SHOT|\bAUTO PISTOLS|\bLIMITED(?=[A-Z])|\bSUCCESSOR|\bPREDECESSOR"
    r"|\bCODE\b|\bMILITARY WEAPON|\bTYPE\b|\bRIFLES AND\b"
)
_COMPANY = re.compile(
    r"^(.{2,}?)[,\s]*(?:\bL\.? ?L\.? ?C\b|\bINC(?:ORPORATED)?\b|\bCORP(?:ORATION)?\b|\bCO\b"
    r"|\bCOMPANY\b|\bLTDA?\b|\bLIMITED\b|\bGMBH\b|\bS\.? ?P\.? ?A\b|\bS\.? ?R\.? ?L\b|\bS\. ?A\b"
    r"|\bA\.S\b|\bLLP\b|\bSANAYI\b|\bTIC\b|\bS\.R\.O\b|\bAND COMPANY\b).*$"
)
_LINE = re.compile(
    r"^(.*?\b(?:ARMS|ARMORY|ARMOURY|FIREARMS|TACTICAL|GUNS|GUNWORKS|GUN WORKS|RIFLEWORKS|RIFLES"
    r"|MANUFACTURING|DEFENSE|INDUSTRIES|ORDNANCE|PRECISION|WEAPONS|WEAPONRY|MACHINE|ARSENAL"
    r"|INTERNATIONAL|ENGINEERING|ENTERPRISES|SYSTEMS|CUSTOM|OUTFITTERS|PRODUCTS|SOLUTIONS))\b.*$"
)
_STATES = (
    "ALABAMA|ALASKA|ARIZONA|ARKANSAS|CALIFORNIA|COLORADO|CONNECTICUT|DELAWARE|FLORIDA|GEORGIA|HAWAII"
    "|IDAHO|ILLINOIS|INDIANA|IOWA|KANSAS|KENTUCKY|LOUISIANA|MAINE|MARYLAND|MASSACHUSETTS|MICHIGAN"
    "|MINNESOTA|MISSISSIPPI|MISSOURI|MONTANA|NEBRASKA|NEVADA|NEW HAMPSHIRE|NEW JERSEY|NEW MEXICO"
    "|NEW YORK|NORTH CAROLINA|NORTH DAKOTA|OHIO|OKLAHOMA|OREGON|PENNSYLVANIA|RHODE ISLAND"
    "|SOUTH CAROLINA|SOUTH DAKOTA|TENNESSEE|TEXAS|UTAH|VERMONT|VIRGINIA|WASHINGTON|WEST VIRGINIA"
    "|WISCONSIN|WYOMING|A[LKZR]|C[AOT]|DE|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA"
    "|RI|S[CD]|T[NX]|UT|V[TA]|W[AVIY]"
)
_IN_STATE = re.compile(rf",\s*({_STATES})\b\.?(?:\s*\(?USA\)?)?[\s.;)]*(?:$|[;%_])")
_COUNTRIES = {
    "TURKEY": "TR", "ITALY": "IT", "GERMANY": "DE", "SPAIN": "ES", "BELGIUM": "BE", "BRAZIL": "BR",
    "FRANCE": "FR", "ENGLAND": "GB", "AUSTRIA": "AT", "SWITZERLAND": "CH", "CHINA": "CN",
    "RUSSIA": "RU", "POLAND": "PL", "ROMANIA": "RO", "CZECH REPUBLIC": "CZ", "JAPAN": "JP",
    "CANADA": "CA", "SOUTH AFRICA": "ZA", "ISRAEL": "IL", "PHILIPPINES": "PH", "AUSTRALIA": "AU",
    "ARGENTINA": "AR", "MEXICO": "MX", "HUNGARY": "HU", "BULGARIA": "BG", "EGYPT": "EG",
    "FINLAND": "FI", "SWEDEN": "SE", "PORTUGAL": "PT", "SERBIA": "RS", "CROATIA": "HR",
    "UKRAINE": "UA", "NEW ZEALAND": "NZ", "INDIA": "IN", "PAKISTAN": "PK", "TAIWAN": "TW",
}  # fmt: skip
_IN_COUNTRY = re.compile(rf"[\s,;\-(.]({'|'.join(_COUNTRIES)})[\s.)]*(?:$|[;%_(])")


def country(prose: str) -> str:
    """Give the country that the prose ends a clause with, if it does."""
    if (found := _IN_COUNTRY.search(prose)) is not None:
        return _COUNTRIES[found[1]]
    return "US" if _IN_STATE.search(prose) else ""


def maker(code: str, prose: str) -> str:
    """Clean the maker's name out of a definition; empty where there is none."""
    if len(code) == 2 and " OR " in prose:
        prose = prose.split(" OR ")[0]
    if _NO_MAKER.search(prose) and not (code != prose and re.search(r"USE \w{3} ONLY", prose)):
        return ""
    of = _MODEL_OF.search(prose)
    prose = (of[1] or of[2]) if of else prose
    in_state = _IN_STATE.search(prose)
    head = _END.split(prose, maxsplit=1)[0] if not _END.match(prose) else ""
    if (company := _COMPANY.match(head)) is not None:
        head = company[1]
    elif in_state and (line := _LINE.match(head)) is not None:
        head = line[1]
    elif in_state and in_state.start() <= len(head):
        head = head[: in_state.start()].rsplit(" ", 1)[0]
    elif (place := _IN_COUNTRY.search(head)) is not None:
        head = head[: place.start()]
    head = re.sub(r"^THE\s+|,\s*THE$", "", head.split("/")[0].strip(" ,.&-'\""))
    return _title(" ".join(head.split()))


_SMALL = re.compile(
    "OF|DE|AND|BY|Y|LA|EL|LOS|DOS|SAN|GUN|WAR|SUN|LAW|ARM|OLD|NEW|RED|BIG|AIR|SKY|BOW|PRO|THE|SON"
    "|VAN|VON|DI|E"
)


def _title(name: str) -> str:
    return " ".join(_capital(word) for word in name.split())


def _capital(word: str) -> str:
    if _SMALL.fullmatch(word):
        return word.capitalize()
    if len(word) <= 3 or "." in word or any(mark.isdigit() for mark in word):
        return word
    return "-".join(part.capitalize() for part in word.split("-"))


def rows(table: Path) -> list[tuple[str, str, str, str]]:
    """Give code, maker, country and source for every code that means a maker, by code."""
    with table.open(encoding="utf-8-sig", newline="") as handle:
        found = {}
        for row in csv.DictReader(handle):
            code, prose = row["code"].strip(), row["definition"].strip().upper()
            name = maker(code, prose)
            if len(re.sub(r"[^A-Z0-9]", "", name.upper())) >= 2 and len(name) <= 40:
                found[code] = (code, name, country(prose), SOURCE)
    return [found[code] for code in sorted(found)]


def write(path: Path, head: tuple[str, ...], lines: Iterable[tuple[object, ...]]) -> None:
    """Write a table with its headings."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(lines)


def neighbours() -> list[tuple[object, ...]]:
    """Measure how near each other the listed names lie, on the tables as they now stand."""
    from ironriver.intake.parsers import makes, misspelling

    found = misspelling.measure((key, name) for key, name, _ in makes.channel_keys())
    return [(size, distance, round(share, 6)) for (size, distance), share in sorted(found.items())]


def main(arguments: list[str]) -> int:
    """Write both tables; print how many codes were kept."""
    if len(arguments) != 2:
        print("usage: build_makes.py MAK.csv FOLDER", file=sys.stderr)
        return 2
    kept, folder = rows(Path(arguments[0])), Path(arguments[1])
    write(folder / "makes.csv", ("code", "make", "country", "source"), kept)
    write(folder / "make_neighbours.csv", ("length", "distance", "share"), neighbours())
    print(f"{len(kept)} codes kept")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
