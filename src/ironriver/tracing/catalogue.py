"""The kinds of gun that a workspace speaks of: how often each occurs, and what is lost of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import duckdb
import numpy as np

from ironriver import engine
from ironriver.reference.firearms import makes
from ironriver.tracing.mexican_sale import lawful_weight
from ironriver.tracing.traits import Reals, name_kind

_RARE = 0.5
_STATED = """
SELECT make, model, calibre, type, kind IN ('theft', 'loss') AND country = 'MX' AS lost,
       count(*) AS rows, count(*) FILTER (WHERE origin_country = 'US') AS american,
       count(*) FILTER (WHERE origin_country <> 'US') AS abroad
FROM (SELECT make, model, calibre, type, kind, country, origin_country FROM records
      WHERE coalesce(quantity, 1) = 1
      UNION ALL
      SELECT make, model, calibre, type, 'trace_result', country, origin_country
      FROM trace_results)
GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Kinds of gun, and one more place for kinds that are not among them."""

    kinds: tuple[str, ...]
    background: Reals
    """How often each occurs, of American and of other make, [kinds + 1, 2]."""
    lawful: Reals
    """How much speaks for a lawful Mexican sale, [kinds + 1]."""
    lost: Reals
    """How often each stands in lists of losses of Mexican forces, [kinds + 1]."""


def read_catalogue(connection: duckdb.DuckDBPyConnection) -> Catalogue:
    """Count the kinds of gun of a workspace."""
    rows: defaultdict[str, list[float]] = defaultdict(lambda: [0.0] * 5)
    lawful: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for make, model, calibre, type_, lost, size, american, abroad in engine.run(
        connection, _STATED
    ).fetchall():
        name = name_kind(make, model, calibre, type_)
        here = makes().get(make) if make else None
        for place, value in enumerate(
            (size, american, abroad, size if lost else 0, (here is None or here.country == "US"))
        ):
            rows[name][place] += value
        lawful[name][0] += size * np.log(lawful_weight(type_, calibre))
        lawful[name][1] += size
    kinds = tuple(sorted(rows))
    counts = np.array([rows[name] for name in kinds]).reshape(-1, 5)
    native = (counts[:, 4] > 0).astype(float)
    american = (counts[:, 1] + _RARE * native) / (counts[:, 1] + counts[:, 2] + _RARE)
    background = counts[:, :1] * np.stack([american, 1.0 - american], axis=1) + _RARE / 10
    weight = [np.exp(lawful[name][0] / lawful[name][1]) for name in kinds]
    return Catalogue(
        kinds,
        np.concatenate([background, np.full((1, 2), _RARE)]),
        np.array([*weight, 1.0]),
        np.append(counts[:, 3], 0.0),
    )
