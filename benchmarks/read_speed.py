"""Read a generated list of a million rows as text: our reader beside polars and DuckDB.

    python benchmarks/read_speed.py --rows 1000000

The peers split the same file into columns of text and keep nothing else; ours also tells encoding
and delimiter, numbers every row, and gives each its byte span. Each is run in a process of its
own; wall time and peak memory are the best of the given number of runs. Bare inch marks, as in
``4" barrel``, are left out of the list with quotes: polars refuses the whole file for one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HEADINGS = (
    "folio,fecha,autoridad,entidad,municipio,clase,tipo,marca,modelo,calibre,matricula,pais,"
    "carpeta,cartuchos,cargadores,observaciones"
)
BLOCK = 20_000


def write_list(path: Path, rows: int, quoted: bool) -> None:
    """Write a list of `rows` seizures; `quoted` puts some cells in quotes, as RFC 4180 wants."""
    dice = random.Random(1)
    block = "".join(make_row(dice, quoted) for _ in range(BLOCK))
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(HEADINGS + "\n")
        for _ in range(rows // BLOCK):
            out.write(block)


def make_row(dice: random.Random, quoted: bool) -> str:
    """Make one row of 16 cells, of about 190 bytes."""
    note = dice.choice(("arma con cargador sin matrícula visible", "", "cañón recortado"))
    if quoted and dice.random() < 0.3:
        note = dice.choice(
            ('"dos cargadores, sin cartuchos"', '"cañón de 4"""', '"de ""uso"" común"')
        )
    day, month, year = dice.randint(1, 28), dice.randint(1, 12), dice.randint(2006, 2024)
    cells = (
        f"F{dice.randrange(10**7):07d}",
        f"{day:02d}/{month:02d}/{year}",
        "FGE Sonora",
        dice.choice(("Sonora", "Michoacán", "Nuevo León")),
        "Hermosillo",
        "ARMA LARGA",
        "FUSIL",
        dice.choice(("COLT", "BARRETT", "ROMARM")),
        "AR-15 A2",
        "7.62x39 mm",
        f"{dice.randrange(10**8):08d}",
        "ESTADOS UNIDOS",
        f"SON/HMO/FGE/2024/{dice.randrange(10**6):06d}",
        str(dice.randint(0, 900)),
        "",
        note,
    )
    return ",".join(cells) + "\n"


def read_ours(path: Path) -> int:
    """Count rows with our reader."""
    from ironriver.intake.parts import Header
    from ironriver.intake.reading import open_source

    (part,) = open_source(path, "list.csv")
    header = Header(0, tuple(part.sample(1)[0]))
    return sum(len(chunk.row_numbers) + len(chunk.bad) for chunk in part.chunks(header, 1))


def read_polars(path: Path) -> int:
    """Count rows with polars, all columns text."""
    import polars as pl

    return pl.read_csv(path, infer_schema=False).height


def read_duckdb(path: Path) -> int:
    """Count rows with DuckDB, all columns text, into a table in memory."""
    import duckdb

    connection = duckdb.connect(config={"threads": 2})
    connection.execute(
        "CREATE TABLE t AS FROM read_csv(?, all_varchar=true, header=true)", [str(path)]
    )
    found = connection.execute("SELECT count(*) FROM t").fetchone()
    return int(found[0]) if found else 0


READERS: dict[str, Callable[[Path], int]] = {
    "iron river": read_ours,
    "polars": read_polars,
    "duckdb": read_duckdb,
}


def measure(name: str, path: Path) -> tuple[int, float, float]:
    """Give rows, seconds (imports left out) and peak memory in MiB."""
    read = READERS[name]
    read(path.with_name("warm"))
    begun = time.perf_counter()
    rows = read(path)
    seconds = time.perf_counter() - begun
    return rows, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def compare(rows: int, runs: int) -> None:
    """Print one table for a plain list, and one for a list with quotes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        write_list(path.with_name("warm"), BLOCK, quoted=True)
        for quoted in (False, True):
            write_list(path, rows, quoted)
            megabytes = path.stat().st_size / 1e6
            print(f"{rows:,} rows x 16, {megabytes:.0f} MB, {'quotes' if quoted else 'plain'}")
            best: dict[str, float] = {}
            for name in READERS:
                results = []
                for _ in range(runs):
                    with multiprocessing.get_context("spawn").Pool(1) as pool:
                        results.append(pool.apply(measure, (name, path)))
                count, _, _ = results[0]
                assert count == rows // BLOCK * BLOCK, (name, count)
                best[name] = min(seconds for _, seconds, _ in results)
                memory = min(mebibytes for _, _, mebibytes in results)
                print(f"  {name:<12}{best[name]:7.2f} s  {memory:7.0f} MiB")
            peer = min(best["polars"], best["duckdb"])
            print(f"  ratio to the faster peer: {best['iron river'] / peer:.2f}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    compare(options.rows, options.runs)
