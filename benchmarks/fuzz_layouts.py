"""Mutated rows through every layout: no crash, every byte accounted for, no good row undelivered.

    python benchmarks/fuzz_layouts.py [--rows 100000] [--seed 1] [--layout NAME …]

For each layout a file is written whose cells are plausible, strange or hostile, and one line in ten
is damaged: stray quotes, NUL bytes, torn lines, foreign encodings, other delimiters. The file goes
through the whole of intake into a workspace.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import sys
import tempfile
import time
from pathlib import Path

from ironriver import engine
from ironriver.governance.release import Access
from ironriver.governance.roles import account
from ironriver.intake.inbox import Declaration, Offer, Skipped
from ironriver.intake.layout import Layout, layouts
from ironriver.intake.stage import read_offer
from ironriver.tables import ROW_TABLES
from ironriver.workspace import Workspace

CELLS = (
    "", "", "1", "12", "-3", "1,250", "1E5", "00000001", "S/N", "limada", "ilegible", "ABC12345",
    "SN 4471Ñ", "Glock", "FH Herstak", "cuerno de chivo", "9 mm", ".38 Súper", "calibre 28 mm",
    "Pistola", "Arma larga", "12/03/2019", "31/02/2024", "2024-05-01", "43831", "marzo 2020",
    "Sonora", "Nogales", "TX", "El Paso", "OUTBOUND", "theft", "robo", "Weapons", "Handgun", "2025",
    "JUL", "1-23-456-01-7F-12345", "GARCÍA LÓPEZ, JOSÉ", "=cmd|' /C calc'!A0", "+1", "@x", "TOTAL",
    "'; DROP TABLE records; --", "<script>alert(1)</script>", "\u202eRTL", "х" * 50, "A" * 3000,
    "Traced to purchaser", "CI-SON-1/2024", "R 4\" 6", "٣٤", "𝟙𝟚", "1e400", "NaN", "9" * 40,
)  # fmt: skip
READER_REASONS = ("stray_quote", "ragged", "nul_byte", "encoding", "row_too_long")


# What a field holds most of the time, by a part of its name; others hold an invented text.
PLAUSIBLE = {
    "date": ("03/12/2019", "2021-05-01", "28/11/2020"),
    "fiscal_year": ("2025", "2026 (FYTD)"),
    "fiscal_month": ("JUL", "OCT"),
    "licence_number": ("5-74-141-01-5B-12345",),
    "licence_region": ("5",),
    "licence_district": ("74",),
    "licence_county": ("141",),
    "licence_type": ("01", "07"),
    "licence_expiry": ("5B",),
    "licence_sequence": ("12345", "00321"),
    "quantity": ("1", "2", "1,250"),
    "rounds": ("30",),
    "magazines": ("2",),
    "deaths": ("3.0",),
    "time_to_crime": ("812",),
    "itude": ("29.5", "-110.9"),
    "weight": ("3",),
    "value": ("145", "70"),
    "precision": ("1",),
    "state": ("Sonora", "TX", "Arizona"),
    "relation": ("alliance", "rivalidad"),
}


def plausible(layout: Layout, field: str, draw: random.Random) -> str:
    """Give a text that the field may well hold."""
    if field in layout.words:
        return draw.choice(sorted(layout.words[field]))
    # Enough accents that a file is known to be UTF-8, whatever foreign bytes stand in some lines.
    known = next((texts for part, texts in PLAUSIBLE.items() if part in field), None)
    return draw.choice(known) if known else f"{field} ñ {draw.randrange(10_000)}"


def plain_line(layout: Layout, fields: list[str], draw: random.Random) -> str:
    """Make a well-formed line; one cell in twenty is strange or hostile."""
    cells = []
    for field in fields:
        odd = draw.random() < 0.05
        text = draw.choice(CELLS) if odd else plausible(layout, field, draw)
        quoted = any(mark in text for mark in ',"\n') or draw.random() < 0.05
        cells.append('"' + text.replace('"', '""') + '"' if quoted else text)
    return ",".join(cells)


def damaged(line: str, draw: random.Random) -> bytes:
    """Damage a line so that it can no longer be a row of its file."""
    content = line.encode()
    kind = draw.randrange(4)
    at = draw.randrange(len(content) + 1)
    if kind == 0:
        return content + b',"stray, quote'
    if kind == 1:
        return content[:at] + b"\0" + content[at:]
    if kind == 2:
        return content + b",torn,off,and,on"
    return content[:at] + b"\xff\xfe\x81" + content[at:]


def write_file(layout: Layout, path: Path, rows: int, draw: random.Random) -> int:
    """Write one file; give how many of its lines are well formed."""
    fields = [field for field, names in layout.fields.items() if field != "unused" and names]
    headings = [layout.fields[field][0] for field in fields]
    good = 0
    with path.open("wb") as handle:
        handle.write((",".join(headings) + "\n").encode())
        for _ in range(rows):
            line = plain_line(layout, fields, draw)
            if draw.random() < 0.1:
                handle.write(damaged(line, draw) + b"\n")
            else:
                handle.write(line.encode() + b"\n")
                good += 1
    return good


def check(layout: Layout, folder: Path, rows: int, draw: random.Random) -> str:
    """Send one file through intake and hold the outcome against what was written."""
    path = folder / f"{layout.name}.csv"
    good = write_file(layout, path, rows, draw)
    with Workspace.create(folder / "workspace", account()) as workspace:
        access = Access.current(workspace, "fuzzing")
        said = Declaration(files="*", nexus=layout.nexus, handling="SYNTHETIC", layout=layout.name)
        start = time.perf_counter()
        offer = Offer(path, path.name, said)
        report = read_offer(workspace, offer, access, dt.date(2026, 1, 1), lambda *_: None)
        seconds = time.perf_counter() - start
        if isinstance(report, Skipped):
            raise AssertionError(f"{layout.name}: {report.reason}")
        connection = engine.connect(workspace)
        reasons = ", ".join(f"'{reason}'" for reason in READER_REASONS)
        refused = engine.run(
            connection, f"SELECT count(*) FROM quarantine WHERE reason_code IN ({reasons})"
        ).fetchall()[0][0]
        delivered = report.tally.rows - refused
        spans = engine.run(
            connection,
            "SELECT min(first_byte), max(last_byte), sum(last_byte - first_byte + 1) FROM raw_rows",
        ).fetchall()[0]
        header = engine.run(connection, "SELECT first_row_byte FROM sources").fetchall()[0][0]
        counted = sum(
            engine.run(connection, f'SELECT count(*) FROM "{name}"').fetchall()[0][0]
            for name in (*ROW_TABLES, "quarantine")
        )
    size = path.stat().st_size
    assert counted == report.tally.rows, "a row stands in no table, or in two"
    assert spans == (header, size - 1, size - header), f"bytes are not tiled: {spans}, {size}"
    assert delivered >= good, f"{good - delivered} well-formed rows were not delivered"
    return (
        f"{layout.name:<20}{report.tally.rows:>10,}{report.tally.accepted:>10,}"
        f"{report.tally.quarantined:>12,}{rows / seconds:>12,.0f}"
    )


def main() -> None:
    """Check every layout, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--layout", nargs="*", default=list(layouts()))
    options = parser.parse_args()
    print(f"{'layout':<20}{'rows':>10}{'accepted':>10}{'quarantined':>12}{'rows/s':>12}")
    for name in options.layout:
        with tempfile.TemporaryDirectory() as folder:
            draw = random.Random(f"{options.seed}-{name}")
            print(check(layouts()[name], Path(folder), options.rows, draw))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
