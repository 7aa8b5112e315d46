"""Put mutated rows through the text reader and account for every byte and every good row.

    python benchmarks/fuzz_reader.py --rows 1000000 --seed 1

The generator knows which rows it left untouched. Each of them must arrive once, with exactly its
cells; the spans of all rows must tile the file from the first data row to the last byte.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ironriver.intake.parts import Header
from ironriver.intake.reading import open_source

NAMES = ("folio", "fecha", "municipio", "marca", "calibre", "matricula", "observaciones")
PLACES = ("Tijuana", "Nogales", "Culiacán", "San Luis Río Colorado", "Cañón de Huayapan")
NOTES = (
    "",
    "sin novedad",
    'cañón de 4" recortado',
    "dos cargadores, sin cartuchos",
    "primera línea\nsegunda línea",
    'dice "propiedad de",\r\n\r\nilegible',
)


def make_row(number: int, dice: random.Random) -> tuple[list[str], str]:
    """Make a row: its cells, and how a program would write them."""
    cells = [
        f"F{number:08d}",
        f"{dice.randint(1, 28):02d}/{dice.randint(1, 12):02d}/{dice.randint(2006, 2024)}",
        dice.choice(PLACES),
        dice.choice(("COLT", "ROMARM", 'BARRETT 29"', "")),
        dice.choice(("7.62x39 mm", "0.38'' Super", "9 mm")),
        f"{dice.randrange(10**8):08d}",
        dice.choices(NOTES, (8, 8, 2, 2, 1, 1))[0],
    ]
    return cells, ",".join(map(write_cell, cells))


def write_cell(cell: str) -> str:
    """Quote a cell only where it must be."""
    if any(sign in cell for sign in ",\n\r") or cell.startswith('"'):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def stray_quote(row: str, dice: random.Random) -> bytes:
    """Put a quote at the start of a cell, or anywhere."""
    starts = [0, *(place + 1 for place, sign in enumerate(row) if sign == ",")]
    place = dice.choice(starts) if dice.random() < 0.7 else dice.randrange(len(row))
    return (row[:place] + '"' + row[place:]).encode()


def nul_byte(row: str, dice: random.Random) -> bytes:
    """Put a NUL anywhere."""
    place = dice.randrange(len(row))
    return (row[:place] + "\0" + row[place:]).encode()


def torn(row: str, dice: random.Random) -> bytes:
    """Cut the row off, as a crash while writing does."""
    return row.encode()[: dice.randrange(1, len(row))]


def other_encoding(row: str, _: random.Random) -> bytes:
    """Write the row as Windows-1252."""
    return row.replace("F", "Ñ", 1).encode("cp1252")


def other_delimiter(row: str, _: random.Random) -> bytes:
    """Part the cells by semicolons."""
    return row.replace(",", ";").encode()


def random_bytes(_: str, dice: random.Random) -> bytes:
    """Write anything."""
    return dice.randbytes(dice.randrange(1, 200))


MUTATIONS: tuple[Callable[[str, random.Random], bytes], ...] = (
    stray_quote,
    nul_byte,
    torn,
    other_encoding,
    other_delimiter,
    random_bytes,
)


@dataclass
class Made:
    """What the generator wrote, and what it left alone."""

    untouched: dict[str, tuple[str | None, ...]] = field(default_factory=dict)
    mutations: Counter[str] = field(default_factory=Counter)


def write_file(path: Path, rows: int, seed: int, share: float = 0.25) -> Made:
    """Write `rows` rows, a `share` of them mutated."""
    dice, made = random.Random(seed), Made()
    with path.open("wb") as out:
        out.write((",".join(NAMES) + "\n").encode())
        for number in range(rows):
            cells, row = make_row(number, dice)
            if dice.random() < share:
                mutate = dice.choice(MUTATIONS)
                made.mutations[mutate.__name__] += 1
                out.write(mutate(row, dice))
            else:
                made.untouched[cells[0]] = tuple(cell or None for cell in cells)
                out.write(row.encode())
            out.write(dice.choices((b"\n", b"\r\n", b"\n\n"), (8, 1, 1))[0])
    return made


def fuzz(rows: int, seed: int) -> dict[str, object]:
    """Write a file, read it, and check every byte and every untouched row."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows"
        made = write_file(path, rows, seed)
        size = path.stat().st_size
        begun = time.perf_counter()
        (part,) = open_source(path, "rows.csv")
        header = Header(0, NAMES)
        assert part.sample(1) == [list(NAMES)], part.sample(1)
        chunks = list(part.chunks(header, 1))
        seconds = time.perf_counter() - begun
        first = part.first_row_byte(header)
    counts: Counter[str] = Counter()
    next_byte, next_number = first, 1
    missing = made.untouched
    for chunk in chunks:
        bad = [(b.row_number, b.first_byte, b.last_byte) for b in chunk.bad]
        good = zip(chunk.row_numbers, chunk.first_bytes, chunk.last_bytes, strict=True)
        for number, start, last in sorted([*good, *bad]):
            assert (number, start) == (next_number, next_byte), "spans must tile"
            next_number, next_byte = number + 1, last + 1
        counts.update(b.reason_code for b in chunk.bad)
        counts["row"] += len(chunk.row_numbers)
        columns = [column.to_pylist() for column in chunk.cells.columns]
        for cells in zip(*columns, strict=True):
            if missing.get(cells[0]) == cells:
                del missing[cells[0]]
                counts["untouched row delivered"] += 1
    assert next_byte == size, "spans must reach the end"
    assert not missing, f"{len(missing)} untouched rows were not delivered: {list(missing)[:3]}"
    return {
        "bytes": size,
        "mutated": dict(made.mutations),
        "read as": dict(counts),
        "spans": int(np.int64(next_number - 1)),
        "seconds to read": round(seconds, 2),
        "rows per second": round((next_number - 1) / seconds),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for name, value in fuzz(options.rows, options.seed).items():
        print(f"{name:>16}: {value}")
