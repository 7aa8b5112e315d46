"""How good leads are, beside plain rules and learned rankings that know no supply chains.

    python benchmarks/leads_worlds.py --learned NAME=WORKSPACE,WORLD … --judged NAME=… …

Each workspace has run every stage up to `link`; each world is the folder that `ironriver world
make` wrote. The learned rankings (logistic regression, gradient-boosted trees) are trained on the
`--learned` worlds, on which our weights were learned too, and see what rows say of each person and
licensee by itself. Everything is measured on the `--judged` worlds alone.

Persons, companies and licensees are ranked together. *As it is*: every method lists whom it likes.
*Under the rule*: nobody is listed of whom nothing is known but a first purchase; a right candidate
that is not listed counts as never found. *Whom no case names*: without those who stand in a case or
were found with guns, whom nobody needs to be told. Then what our list holds as the score of a world
has it, networks among it; and the guns expected in a year beside those found.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ironriver import engine
from ironriver.estimators import metrics
from ironriver.networks import LEAD_READS
from ironriver.networks.lead_fields import levels, listed
from ironriver.networks.lead_weights import packaged
from ironriver.networks.leads import leads
from ironriver.tables import table
from ironriver.workspace import Workspace
from ironriver.world.score import score

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
from learn_leads import NEEDED, Known, known

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
KINDS = ("person", "licensee")
# What rows say of a candidate by itself: no telephone, no home, no supply chain, no dealer's rate.
PLAIN = {
    "person": ("cases", "held", "passed_on", "dealers", "reports", "most", "alike", "sought",
               "guns", "found", "stolen", "traced", "soonest"),
    "licensee": ("inspections", "worst", "told", "reported", "guns", "found"),
}  # fmt: skip
TOPS = (20, 100, 500)
AS_IT_IS, RULE, UNNAMED = "as it is", "under the rule", "under the rule, whom no case names"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranking of candidates: (candidates,) scores, what is true of each, and who may stand.

    `right` counts a candidate once; `innocent` are those who are truly innocent; `allowed` may be
    listed under the rule; `named` stand in a case, or were found with guns, before anybody ranks.
    """

    scores: Floats
    right: Floats
    innocent: Floats
    allowed: Marks
    named: Marks

    def measured(self, way: str) -> dict[str, float]:
        """Give average precision and, at each top, precision, lift and the innocent."""
        asked = ~self.named if way == UNNAMED else np.ones(len(self.right), dtype=np.bool_)
        kept = asked if way == AS_IT_IS else asked & self.allowed
        scores, right = self.scores[kept], self.right[kept]
        every = self.right[asked]
        out = {"AP": metrics.average_precision(scores, right) * right.sum() / every.sum()}
        for top in TOPS:
            precision = metrics.precision_at(scores, right, top)
            out |= {f"P{top}": precision, f"lift{top}": precision / every.mean()}
        for top in TOPS[1:]:
            out[f"innocent{top}"] = metrics.precision_at(scores, self.innocent[kept], top)
        return out


def table_of(world: Known, kind: str) -> Floats:
    """Give what rows say of each candidate by itself, (candidates, columns)."""
    facts = world.candidates.facts
    columns = [np.nan_to_num(facts[name], nan=10_000.0 if name == "soonest" else 0.0)
               for name in PLAIN[kind]]  # fmt: skip
    return np.stack(columns, axis=1)


def trained(kind: str, worlds: Iterable[Known]) -> dict[str, object]:
    """Train the learned rankings of one kind of candidate."""
    given = [(table_of(each, kind), each.right) for each in worlds]
    rows, right = map(np.concatenate, zip(*given, strict=True))
    kept = ~np.isnan(right)
    models = {
        "logistic regression": make_pipeline(StandardScaler(), LogisticRegression(max_iter=5_000)),
        "gradient-boosted trees": HistGradientBoostingClassifier(random_state=1),
    }
    return {name: model.fit(rows[kept], right[kept]) for name, model in models.items()}


def scores_of(world: Known, kind: str, models: Mapping[str, object]) -> dict[str, Floats]:
    """Score the candidates of one kind by every method; higher is sooner looked at."""
    facts, size = world.candidates.facts, len(world.candidates)
    weights = packaged()[kind]
    found = levels(kind, facts)
    ours = weights.base + weights.parts(found).sum(axis=1)
    out = {
        "ours": ours + np.log(np.maximum(weights.guns_next_year(facts["this_year"]), 1e-9)),
        "random": np.zeros(size),
        "multiple-sale rule": facts["reports"] if kind == "person" else np.zeros(size),
        "raw dealer counts": facts["dealer_guns"] if kind == "person" else facts["found"],
    }
    for name, model in models.items():
        out[name] = model.predict_proba(table_of(world, kind))[:, 1]  # type: ignore[attr-defined]
    return out


def ranked(
    world: Mapping[str, Known], models: Mapping[str, Mapping[str, object]]
) -> dict[str, Ranked]:
    """Rank persons and licensees of a world together, by every method."""
    parts: dict[str, list[Floats]] = {}
    right: dict[str, list[Floats]] = {}
    innocent, allowed, named = [], [], []
    for kind in KINDS:
        mine = world[kind]
        known_ones = ~np.isnan(mine.right)
        for name, found in scores_of(mine, kind, models[kind]).items():
            parts.setdefault(name, []).append(found[known_ones])
            right.setdefault(name, []).append(mine.right_once(found)[known_ones])
        facts = mine.candidates.facts
        innocent.append((mine.right == 0)[known_ones])
        allowed.append(listed(kind, levels(kind, facts))[known_ones])
        seen = facts["cases"] + facts["held"] if kind == "person" else np.zeros(len(mine.right))
        named.append((seen > 0)[known_ones])
    who = np.concatenate(innocent).astype(float), np.concatenate(allowed), np.concatenate(named)
    return {
        name: Ranked(np.concatenate(each), np.concatenate(right[name]), *who)
        for name, each in parts.items()
    }


def scored(workspace: Path, world: Path) -> dict[str, object]:
    """Compute the table `leads` of a workspace and score it as worlds are scored."""
    with Workspace.open(workspace) as ws:
        with engine.connect(ws, LEAD_READS) as connection:
            made = leads(connection)["leads"]
        with engine.connect(ws, NEEDED) as connection:
            tables = {
                each: engine.query(connection, f'SELECT * FROM "{table(each).name}"')
                for each in NEEDED
            }
    given = {name: rows for name, rows in tables.items() if rows.num_rows}
    return dict(score({**given, "leads": made}, world / "truth").sections["leads"])


def expected(world: Mapping[str, Known]) -> dict[str, tuple[float, float]]:
    """Give, for each kind, guns expected in the last year from the year before, and those found."""
    out = {}
    for kind in ("person", "licensee", "network"):
        mine, weights = world[kind], packaged()[kind]
        found = levels(kind, mine.candidates.facts)
        kept = listed(kind, found) & ~np.isnan(mine.right)
        total = weights.base + weights.parts(found).sum(axis=1)
        yearly = weights.guns_next_year(mine.candidates.facts["year_before"])
        guns = (yearly / (1 + np.exp(-total)))[kept].sum()
        right = mine.right_once(total) == 1
        out[kind] = float(guns), float((mine.found * right)[kept].sum())
    return out


def show(title: str, rows: Mapping[str, list[dict[str, float]]]) -> None:
    """Print means over worlds, and the spread of average precision."""
    columns = list(next(iter(rows.values()))[0])
    print(
        f"\n{title}\n{'':<26}" + "".join(f"{each:>12}" for each in columns) + f"{'AP spread':>16}"
    )
    for name, found in rows.items():
        means = [np.mean([each[column] for each in found]) for column in columns]
        ends = [each["AP"] for each in found]
        spread = f"{min(ends):.3f}-{max(ends):.3f}"
        print(f"{name:<26}" + "".join(f"{value:>12.3f}" for value in means) + f"{spread:>16}")


def main() -> None:
    """Train, judge, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--learned", nargs="+", required=True)
    options.add_argument("--judged", nargs="+", required=True)
    asked = options.parse_args()
    warnings.simplefilter("ignore")
    learned = [known(*places(each)) for each in asked.learned]
    models = {kind: trained(kind, [each[kind] for each in learned]) for kind in KINDS}
    tables: dict[str, dict[str, list[dict[str, float]]]] = {
        way: {} for way in (AS_IT_IS, RULE, UNNAMED)
    }
    for each in asked.judged:
        workspace, world = places(each)
        truth = known(workspace, world)
        for name, ranking in ranked(truth, models).items():
            for way, rows in tables.items():
                rows.setdefault(name, []).append(ranking.measured(way))
        told(each.split("=")[0], scored(workspace, world), expected(truth))
    for way, rows in tables.items():
        show(way, rows)


def places(text: str) -> tuple[Path, Path]:
    """Read NAME=WORKSPACE,WORLD."""
    workspace, world = text.split("=", 1)[1].split(",")
    return Path(workspace), Path(world)


def told(name: str, found: Mapping[str, object], guns: Mapping[str, tuple[float, float]]) -> None:
    """Print what the score of one world says of our list."""
    calibration = found["calibration"]
    print(f"\n{name}: calibration error {calibration['ece_equal_mass']:.4f}")  # type: ignore[index]
    for kind in ("all", "person", "licensee", "network"):
        mine = found.get(kind)
        if isinstance(mine, dict) and "average_precision" in mine:
            tops = " ".join(
                f"top {top}: {mine[f'top_{top}']['precision']:.3f} right, "
                f"{mine[f'top_{top}']['innocent']:.3f} innocent, "
                f"lift {mine[f'top_{top}']['lift'] or 0:.1f};"
                for top in TOPS
                if f"top_{top}" in mine
            )
            print(
                f"  {kind:<9} listed {mine['listed']}, AP {mine['average_precision']:.3f}; {tops}"
            )
    for kind, (said, seen) in guns.items():
        print(f"  {kind:<9} guns expected in a year {said:.0f}, found {seen:.0f}")


if __name__ == "__main__":
    main()
