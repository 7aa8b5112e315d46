"""Write docs/world.md: the world's margins beside what was published, and its parameters.

The margins are measured anew, on five worlds; it takes a minute or two.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from build_docs import grid
from ironriver.world.calibration import FIREARMS, SEEDS, YEARS, Line, calibrate
from ironriver.world.parameters import parameters
from ironriver.world.truth import SCHEMAS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "world.md"
_OPENING = """<!-- Written by tools/build_world_docs.py from the code; change it there. -->

# A border world with known truth

`ironriver world make` writes a folder `inbox/` of files such as agencies exchange, all marked
SYNTHETIC, and a folder `truth/` of Parquet tables that say what is behind every row. No person,
dealer, case or serial number is real, and no serial grammar claims to be a maker's own. The same
seed gives the same bytes.

## Margins

{count} worlds of {firearms:,} firearms, {first}-{last}, difficulty `real`, seeds {seeds}. *World*
is their mean, in brackets the lowest and highest. A margin holds if the mean lies within the
tolerance.
"""


def margins(lines: Iterable[Line]) -> str:
    """Lay out the margins as a table."""
    return grid(
        ("margin", "published", "world", "difference", "tolerance", "holds", "source"),
        (
            (
                line.margin.about,
                f"{line.margin.published:g}",
                f"{line.mean:.3f} ({min(line.values):.3f} to {max(line.values):.3f})",
                f"{line.difference:+.3f}",
                f"{line.margin.tolerance:g}",
                "yes" if line.holds else "**no**",
                line.margin.source,
            )
            for line in lines
        ),
    )


def parameter_table() -> str:
    """Lay out the parameters; those that describe evasion by name alone."""
    shown = [each for each in parameters() if not each.withheld]
    hidden = ", ".join(f"`{each.name}`" for each in parameters() if each.withheld)
    table = grid(
        ("parameter", "easy", "real", "hard", "unit", "source of the value", "note"),
        (
            (
                f"`{each.name}`",
                *(f"{each.values[name]:g}" for name in ("easy", "real", "hard")),
                each.unit,
                each.source,
                each.note,
            )
            for each in shown
        ),
    )
    return (
        "\n## Parameters\n\n`--set name=value` changes any of them. *Domain* and *methods* are the"
        " project's reference pages; *own assumption* is ours, unpublished and untested.\n\n"
        f"{table}\n\nParameters that describe how people stay unseen can be set too; their values"
        f" are not printed: {hidden}.\n"
    )


def truth_tables() -> str:
    """Lay out the columns of the truth."""
    rows = (
        (f"`{name}`", ", ".join(f"`{column}`" for column, _ in columns))
        for name, columns in SCHEMAS.items()
    )
    return f"\n## Truth\n\n{_TRUTH}\n\n{grid(('table', 'columns'), rows)}\n"


_TRUTH = """Tables of `truth/` are keyed by the file's SHA-256 and the row's number as intake counts
it. `duplicate_of_row` names the first record of the same recovery as records are named. In
`trace_truth` the outcome is that of a trace without a mistake: what stands on the gun, what the
licensee's records hold, who sold it first. `answers` holds what the world's tracing center said to
each request as it was written; of two requests for a gun only the later one may be answered as a
duplicate (until November 2026 either was, at random, so that half of the duplicates repeated a
request that had not come in yet). `entities.ring_key` is the first ring of a person, `memberships`
all of them. `stamped` is what stands on the gun, which a restamped gun's `serial` does not."""


def page(lines: Iterable[Line]) -> str:
    """Give the whole page."""
    opening = _OPENING.format(
        count=len(SEEDS),
        firearms=FIREARMS,
        first=YEARS[0],
        last=YEARS[1],
        seeds=", ".join(map(str, SEEDS)),
    )
    return f"{opening}\n{margins(lines)}\n{parameter_table()}{truth_tables()}"


def main() -> None:
    """Write the page; exit 1 if a margin does not hold."""
    lines = calibrate()
    PAGE.write_text(page(lines), encoding="utf-8")
    broken = [line.margin.name for line in lines if not line.holds]
    if broken:
        sys.exit(f"outside their tolerance: {', '.join(broken)}")


if __name__ == "__main__":
    main()
