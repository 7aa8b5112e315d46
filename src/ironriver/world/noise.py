"""How numbers and dates go wrong between the gun and the file; the world's own list of failures."""

from __future__ import annotations

import datetime as dt
import zlib

import numpy as np

_ALIKE = {
    "0": "OD8", "O": "0DQ", "1": "I7L", "I": "1LT", "2": "Z7", "Z": "27", "5": "S6", "S": "58",
    "8": "B36", "B": "8R3", "6": "G5", "G": "6C", "7": "1T", "3": "8B", "4": "A9", "9": "4G",
    "U": "VJ", "V": "UY", "M": "NW", "N": "MH", "C": "GO", "D": "0O", "E": "F3", "F": "EP",
    "A": "4R", "H": "N", "K": "X", "L": "1I", "P": "F", "Q": "O0", "R": "AP", "T": "7Y", "W": "VM",
    "X": "K", "Y": "V", "J": "U",
}  # fmt: skip
_MONTHS_ES = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"]
_MONTHS_LONG = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
]
_PRIME = 999_999_937
_EPOCH = dt.date(1970, 1, 1)


def misread(chance: np.random.Generator, serial: str) -> str:
    """Read one character as one that looks like it.

    >>> misread(np.random.Generator(np.random.PCG64(1)), "FXD0704")
    'FXDD704'
    """
    spots = [place for place, mark in enumerate(serial) if mark in _ALIKE]
    if not spots:
        return serial
    spot = spots[int(chance.integers(0, len(spots)))]
    mark = serial[spot]
    if mark.isdigit() and chance.random() < 0.35:
        other = str((int(mark) + 1 + int(chance.integers(0, 9))) % 10)
    else:
        other = _ALIKE[mark][int(chance.integers(0, len(_ALIKE[mark])))]
    return serial[:spot] + other + serial[spot + 1 :]


def transpose(chance: np.random.Generator, serial: str) -> str:
    """Swap two neighbours that differ."""
    spots = [spot for spot in range(len(serial) - 1) if serial[spot] != serial[spot + 1]]
    if not spots:
        return serial
    spot = spots[int(chance.integers(0, len(spots)))]
    return serial[:spot] + serial[spot + 1] + serial[spot] + serial[spot + 2 :]


def truncate(chance: np.random.Generator, serial: str) -> str:
    """Lose one to three characters at an end, or mark the unread ones."""
    lost = int(chance.integers(1, 4))
    if len(serial) <= lost + 2:
        return serial
    how = int(chance.integers(0, 3))
    if how == 0:
        return serial[lost:]
    return serial[:-lost] + ("*" * lost if how == 2 else "")


def foreign_number(chance: np.random.Generator, serial: str) -> str:
    """Copy something else with it or in its place: a model prefix, a patent or assembly number."""
    how = int(chance.integers(0, 3))
    if how == 0:
        return f"{'MOD ' if chance.random() < 0.5 else 'CAL'}{int(chance.integers(1, 99))}{serial}"
    if how == 1:
        return f"PAT{int(chance.integers(1_000_000, 9_999_999))}"
    return f"{int(chance.integers(10_000, 999_999))}"


def respace(chance: np.random.Generator, serial: str) -> str:
    """Put a blank or dash in, or take them out; the number stays the same."""
    if "-" in serial or " " in serial:
        return serial.replace("-", "").replace(" ", "")
    if len(serial) < 5:
        return serial.lower()
    spot = int(chance.integers(2, len(serial) - 2))
    mark = (" ", "-", "")[int(chance.integers(0, 3))]
    return serial[:spot] + mark + serial[spot:] if mark else serial.lower()


def number(book: str, entry: int) -> int:
    """Give the number under which a book enters something, of nine digits.

    Each book scatters its numbers in a way of its own, so that no number tells which gun or ring a
    row is about, nor which rows of two books belong together; within a book none comes twice.

    >>> number("requests", 1) == number("requests", 1), number("requests", 1) == number("hits", 1)
    (True, False)
    """
    salt = zlib.crc32(book.encode())
    return (entry * (salt | 1) + salt * 31) % _PRIME


def day_of(day: int) -> dt.date:
    """Give the date of a day counted from 1970."""
    return _EPOCH + dt.timedelta(days=int(day))


def days_since(date: dt.date) -> int:
    """Count the days since 1970."""
    return (date - _EPOCH).days


def mexican_date(day: int, form: int) -> str:
    """Write a date as Mexican offices do: 0 day first, 1 month's name, 2 ISO, 3 month first.

    >>> [mexican_date(19000, form) for form in range(5)]
    ['08/01/2022', '08-ene-2022', '2022-01-08', '01/08/2022', '8 de enero de 2022']
    """
    date = day_of(day)
    if form == 0:
        return date.strftime("%d/%m/%Y")
    if form == 1:
        return f"{date.day:02d}-{_MONTHS_ES[date.month - 1]}-{date.year}"
    if form == 2:
        return date.isoformat()
    if form == 3:
        return date.strftime("%m/%d/%Y")
    return f"{date.day} de {_MONTHS_LONG[date.month - 1]} de {date.year}"


def us_date(day: int) -> str:
    """Write a date month first."""
    return day_of(day).strftime("%m/%d/%Y")
