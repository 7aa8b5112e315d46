"""Intake of a million rows beside DuckDB's and polars' plain CSV-to-Parquet, in one run.

Ours reads, keeps the file verbatim, splits it byte for byte, normalises, quarantines, keeps each
row as received, and makes all of it durable; the peers only turn CSV into Parquet.

    python benchmarks/intake_speed.py [--rows 1000000] [--repeat 3] [--layout seizures|sales]
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

SEIZURES = [
    "Folio",
    "Fecha",
    "Autoridad",
    "Entidad",
    "Municipio",
    "Clase",
    "Tipo",
    "Marca",
    "Modelo",
    "Calibre",
    "Matrícula",
    "País de origen",
    "Carpeta de investigación",
    "Cartuchos",
    "Cargadores",
    "Observaciones",
]
SALES = [
    "Report Number",
    "Date of Sale",
    "FFL Number",
    "Dealer Name",
    "Dealer City",
    "Dealer State",
    "Type",
    "Manufacturer",
    "Model",
    "Caliber",
    "Serial Number",
    "Purchaser Name",
    "Purchaser DOB",
    "Purchaser Address",
    "Purchaser City",
    "Purchaser State",
]
GUNS = (
    ("Arma corta", "Pistola", "Glock", "19", "9 mm", "Austria"),
    ("Arma corta", "Pistola", "Beretta", "92 FS", "9 mm", "Italia"),
    ("Arma corta", "Pistola", "Colt", "Super", ".38 Súper", "EUA"),
    ("Arma larga", "Fusil", "Romarm", "WASR-10", "7.62x39", "Rumania"),
    ("Arma larga", "Rifle", "Bushmaster", "XM15", ".223", "EUA"),
    ("Arma larga", "Fusil", "Barrett", "M82A1", ".50", "EUA"),
    ("Arma larga", "Fusil", "FH Herstak", "M-16AI", "5.56", "Bélgica"),
    ("Arma larga", "Escopeta", "Mossberg", "500", "cal. 12", "EUA"),
)
PLACES = (
    ("Sonora", "Nogales"),
    ("Sonora", "Hermosillo"),
    ("Tamaulipas", "Reynosa"),
    ("Baja California", "Tijuana"),
    ("Chihuahua", "Juárez"),
    ("Guanajuato", "Celaya"),
    ("Michoacán", "Uruapan"),
    ("Sinaloa", "Culiacán"),
)
# One row in ten needs quoting.
NOTES = ("",) * 12 + ("Sin novedad",) * 6 + ("Con cargador, sin cartuchos", 'Cañón de 4"')
SURNAMES = ("García", "Hernández", "López", "Martínez", "Smith", "Johnson", "Nguyen", "Rodríguez")
GIVEN = ("José Luis", "María", "Ana", "John", "Robert", "Guadalupe", "Linda", "Carlos")


def seizure(number: int, draw: random.Random) -> list[str]:
    """Make a row of a seizure list; one in fifty cannot be accepted."""
    clase, tipo, marca, modelo, calibre, pais = draw.choice(GUNS)
    estado, municipio = draw.choice(PLACES)
    day, month, year = draw.randint(1, 28), draw.randint(1, 12), draw.randint(2015, 2025)
    fecha = "31/02/2024" if draw.random() < 0.02 else f"{day:02d}/{month:02d}/{year}"
    serial = (
        draw.choice(("S/N", "limada", "ilegible"))
        if draw.random() < 0.3
        else (f"{draw.choice('ABCDEFGH')}{draw.choice('KLMNPRS')}{draw.randint(0, 999_999):06d}")
    )
    return [
        str(number),
        fecha,
        draw.choice(("SEDENA", "GN", "FGR", "SEMAR")),
        estado,
        municipio,
        clase,
        tipo,
        marca,
        modelo,
        calibre,
        serial,
        pais,
        f"CI-{estado[:3].upper()}-{draw.randint(1, 99_999):05d}/{year}",
        str(draw.randint(0, 300)),
        str(draw.randint(0, 9)),
        draw.choice(NOTES),
    ]


def sale(number: int, draw: random.Random) -> list[str]:
    """Make a row of a multiple-sale report, with a purchaser of its own."""
    _, tipo, marca, modelo, calibre, _ = draw.choice(GUNS)
    name = f"{draw.choice(GIVEN)} {draw.choice(SURNAMES)} {draw.choice(SURNAMES)}{number % 9999}"
    date = f"{draw.randint(1, 12):02d}/{draw.randint(13, 28):02d}/{draw.randint(2015, 2025)}"
    return [
        f"MS{number // 2:08d}",
        date,
        f"5-74-{draw.randint(1, 509):03d}-01-5B-{number % 99999:05d}",
        "EXAMPLE ARMS LLC",
        "El Paso",
        "TX",
        tipo,
        marca,
        modelo,
        calibre,
        f"{draw.choice('ABCDEFGH')}{draw.randint(0, 9_999_999):07d}",
        name,
        f"{draw.randint(1, 12):02d}/{draw.randint(1, 28):02d}/{draw.randint(1950, 2003)}",
        f"{draw.randint(1, 9999)} Example St",
        "El Paso",
        "TX",
    ]


LAYOUTS = {
    "seizures": (SEIZURES, seizure, "seizure"),
    "sales": (SALES, sale, "multiple_sale_report"),
}

OURS = """
import datetime, sys
from pathlib import Path
from ironriver import console, pipeline
with console.writing(Path(sys.argv[2]), 0, "benchmark", create=True) as (ws, access):
    pipeline.intake(ws, Path(sys.argv[1]), None, access, datetime.date(2026, 1, 1), lambda *_: None)
"""
DUCKDB = """
import duckdb, sys
duckdb.sql(f"COPY (SELECT * FROM read_csv('{sys.argv[1]}/rows.csv', all_varchar=true)) "
           f"TO '{sys.argv[2]}' (FORMAT parquet, COMPRESSION zstd)")
"""
POLARS = """
import polars, sys
polars.scan_csv(sys.argv[1] + "/rows.csv", infer_schema=False).sink_parquet(
    sys.argv[2], compression="zstd")
"""
TIMED = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run([sys.executable, "-c", *sys.argv[1:]], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
wall, cpu = time.perf_counter() - start, used.ru_utime + used.ru_stime
print(json.dumps([wall, cpu, used.ru_maxrss / 1024]))
"""


def timed(program: str, *arguments: str) -> list[float]:
    """Run a program in a process of its own; give wall seconds, CPU seconds, peak MiB."""
    command = [sys.executable, "-c", TIMED, program, *arguments]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds: list[float] = json.loads(out.splitlines()[-1])
    return seconds


def main() -> None:
    """Generate the rows, run all three in turn, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--layout", choices=sorted(LAYOUTS), default="seizures")
    options = parser.parse_args()
    headings, make, nexus = LAYOUTS[options.layout]
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder) / "inbox"
        inbox.mkdir()
        draw = random.Random(7)
        with (inbox / "rows.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(headings)
            writer.writerows(make(number, draw) for number in range(1, options.rows + 1))
        (inbox / "inbox.toml").write_text(
            f'[[source]]\nfiles = "rows.csv"\nnexus = "{nexus}"\nhandling = "SYNTHETIC"\n'
        )
        size = (inbox / "rows.csv").stat().st_size / 1e6
        print(f"{options.rows:,} rows of {len(headings)} columns, {size:.0f} MB")
        times: dict[str, list[list[float]]] = {"ironriver": [], "duckdb": [], "polars": []}
        for turn in range(options.repeat):
            for name, program in (("ironriver", OURS), ("duckdb", DUCKDB), ("polars", POLARS)):
                out = str(Path(folder) / f"{name}-{turn}")
                times[name].append(timed(program, str(inbox), out))
        show(times)


def show(times: dict[str, list[list[float]]]) -> None:
    """Print the median of each, and ours against the faster peer."""
    medians = {
        name: [statistics.median(run[k] for run in runs) for k in range(3)]
        for name, runs in times.items()
    }
    print(f"{'':<12}{'wall s':>10}{'cpu s':>10}{'peak MiB':>10}")
    for name, (wall, cpu, peak) in medians.items():
        print(f"{name:<12}{wall:>10.2f}{cpu:>10.2f}{peak:>10.0f}")
    fastest = min(medians["duckdb"][0], medians["polars"][0])
    print(f"ours takes {medians['ironriver'][0] / fastest:.2f} times the faster peer")


if __name__ == "__main__":
    main()
