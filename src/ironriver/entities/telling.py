"""The tables of entities, from what was resolved: with probability, log-odds and reasons.

A reason names a field, the level it agreed at, the log-odds of that, and whether the weight was
learned in this workspace or is the stated prior. What speaks against stands first.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from ironriver import engine
from ironriver.entities import scoring
from ironriver.entities.fields import Model
from ironriver.entities.resolve import Resolved
from ironriver.entities.scoring import faint_only

_FAINT = {"person": "only_name_or_vehicle", "licensee": "no_two_licence_keys"}
SHOWN = -4.0
"""Log-odds from which a pair is kept as a match that a person may look at."""
ALONE = 20.0
"""Most log-odds that a party is nobody else."""


def lay_out(connection: duckdb.DuckDBPyConnection, model: Model, found: Resolved) -> None:
    """Put what was resolved into tables: ``{about}_groups``, ``{about}_ties``, ``{about}_told``."""
    tied = found.tie >= 0
    chosen = found.tie[tied]
    groups = pa.table(
        {
            "unit": found.uids,
            "grp": found.group,
            "best": found.best,
            "outside": found.outside,
            "self_odds": found.selves,
            "tie_left": _at(found.uids, found.pairs.left, found.tie),
            "tie_right": _at(found.uids, found.pairs.right, found.tie),
        }
    )
    keep = (found.pairs.odds >= SHOWN) | (found.judged >= 0)
    keep[chosen] = True
    told = pa.table(
        {
            "left_uid": found.uids[found.pairs.left[keep]],
            "right_uid": found.uids[found.pairs.right[keep]],
            "odds": found.pairs.odds[keep],
            "judged": found.judged[keep],
        }
    )
    for name, table in ((f"{model.about}_groups", groups), (f"{model.about}_kept", told)):
        connection.register("laid_out", table)
        engine.run(connection, f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM laid_out")  # noqa: S608
        connection.unregister("laid_out")
    engine.run(connection, _told(model, found))
    engine.run(connection, _told_selves(model, found))
    engine.run(connection, _placed(model))


def _at(uids: np.ndarray, ends: np.ndarray, tie: np.ndarray) -> pa.Array:
    """Give the uid at one end of each unit's tie, null where it has none."""
    values = np.where(tie >= 0, uids[ends[np.maximum(tie, 0)]] if len(ends) else -1, -1)
    return pa.array(values, mask=tie < 0)


def _reasons(model: Model, found: Resolved) -> str:
    """Give SQL for the reasons of a pair as a JSON array, what speaks against first."""
    parts = []
    for field in model.fields:
        levels = " ".join(
            f"WHEN {len(field.levels) - 1 - place} THEN '{level.name}'"
            for place, level in enumerate(field.levels)
        )
        bases = " ".join(
            f"WHEN {len(field.levels) - 1 - place} THEN "
            f"'{'learned' if found.learned.weights[field.name, level.name].learned else 'stated'}'"
            for place, level in enumerate(field.levels)
        )
        parts.append(
            f"CASE WHEN level_{field.name} >= 0 THEN {{'odds': round(part_{field.name}::DOUBLE, 3),"
            f" 'field': '{field.name}', 'level': CASE level_{field.name} {levels} END,"
            f" 'basis': CASE level_{field.name} {bases} END}} END"
        )
    share = (
        f"{{'odds': round({_prior(model, found)}, 3), 'field': 'share_of_same_pairs', 'level': "
        f"CASE WHEN {faint_only(model)} THEN '{_FAINT[model.about]}' ELSE 'any_two' END, "
        "'basis': 'learned'}"
    )
    ruled, rule = scoring.ruled_apart(model, _prior(model, found))
    every = " + ".join(f"part_{field.name}::DOUBLE" for field in model.fields)
    over = f"{scoring.RULED_APART} - ({_prior(model, found)} + part_home + {every})"
    parts.append(
        f"CASE WHEN {ruled} AND {over} < 0 THEN {{'odds': round({over}, 3),"
        f" 'field': 'rule', 'level': {rule}, 'basis': 'rule'}} END"
    )
    parts.append(
        "CASE WHEN part_home < 0 THEN {'odds': round(part_home, 3), 'field': 'household', "
        "'level': 'a_household_shares_this', 'basis': 'learned'} END"
    )
    return (
        f"list_transform(list_sort(list_filter([{share}, {', '.join(parts)}], lambda one: one IS "
        "NOT NULL)), lambda one: {'field': one.field, 'level': one.level, 'log_odds': one.odds, "
        "'basis': one.basis})"
    )


def _prior(model: Model, found: Resolved) -> str:
    """Give SQL for the log-odds of a pair before anything was compared."""
    every, bare = found.priors
    return f"CASE WHEN {faint_only(model)} THEN {bare!r} ELSE {every!r} END"


def _told(model: Model, found: Resolved) -> str:
    judged = (
        "[{'field': 'judgement', 'level': CASE WHEN odds > 0 THEN 'same' ELSE 'different' END,"
        " 'log_odds': odds, 'basis': 'judgement ' || judged}]"
    )
    return f"""
CREATE OR REPLACE TEMP TABLE {model.about}_told AS
SELECT kept.left_uid, kept.right_uid, odds, judged,
       CASE WHEN judged >= 0 THEN {judged} ELSE {_reasons(model, found)} END AS reasons,
       {_related(model)} AS related
FROM {model.about}_kept AS kept
LEFT JOIN {model.about}_pairs AS pairs USING (left_uid, right_uid)
UNION ALL BY NAME
SELECT pairs.left_uid, pairs.right_uid,
       CASE WHEN {scoring.ruled_apart(model, _prior(model, found))[0]}
            THEN least(weight + {_prior(model, found)}, {scoring.RULED_APART})
            ELSE weight + {_prior(model, found)} END AS odds, -1 AS judged,
       {_reasons(model, found)} AS reasons, true AS related
FROM {model.about}_pairs AS pairs ANTI JOIN {model.about}_kept USING (left_uid, right_uid)
WHERE {_related(model)}
"""  # noqa: S608


def _related(model: Model) -> str:
    """Give SQL that says a pair has to do with each other although it is not the same.

    Persons of one household share address and a surname or a telephone; licences that follow each
    other share premises and a name.
    """
    if model.about == "person":
        return (
            "coalesce(level_address >= 4 AND (level_surnames >= 1 OR level_phone = 2)"
            " AND (level_given_name = 0 OR level_birth_date = 0), false)"
        )
    return (
        f"coalesce(({scoring.may_be_ruled_apart(model)})"
        f" AND level_address >= {model.field('address').number('similar')}"
        " AND (level_business_name >= 1 OR level_phone = 1), false)"
    )


def _told_selves(model: Model, found: Resolved) -> str:
    return f"""
CREATE OR REPLACE TEMP TABLE {model.about}_told_selves AS
SELECT uid, {_reasons(model, found)} AS reasons FROM {model.about}_selves
"""  # noqa: S608


def _placed(model: Model) -> str:
    """Give the statement that places every party: unit, group, log-odds, the tie it rests on.

    A row that says what another says rests on that row; a unit rests on its strongest tie, unless
    its own rows are the stronger one. Odds of belonging elsewhere are taken off.
    """
    about = model.about
    return f"""
CREATE OR REPLACE TEMP TABLE {about}_placed AS
WITH parts AS (
  SELECT uid AS place, unit, row_number() OVER (PARTITION BY unit ORDER BY uid) AS copy,
         count(*) OVER (PARTITION BY unit) AS copies,
         lead(uid) OVER (PARTITION BY unit ORDER BY uid) AS next_copy
  FROM {about}_parts),
weighed AS (
  SELECT place, unit, copy, copies > 1 AND self_odds >= 0 AS held, grp, best, outside,
         CASE WHEN copies > 1 AND self_odds >= 0 THEN self_odds ELSE '-infinity'::DOUBLE END
           AS self_odds,
         tie_left, tie_right,
         CASE WHEN copy = 1 THEN next_copy ELSE unit END AS other_copy
  FROM parts JOIN {about}_groups USING (unit)),
chosen AS (
  SELECT place, unit,
         CASE WHEN copy > 1 AND NOT held THEN place ELSE grp END AS grp,
         copy > 1 AND NOT held AS parted,
         self_odds > best OR copy > 1 AS by_self,
         CASE WHEN copy > 1 AND held THEN greatest(self_odds, best)
              ELSE greatest(self_odds, best) END AS inside,
         outside, tie_left, tie_right, other_copy
  FROM weighed)
SELECT place, unit, grp,
       CASE WHEN parted OR inside = '-infinity'::DOUBLE
            THEN least({ALONE}, CASE WHEN outside > 0 THEN -ln(outside) ELSE {ALONE} END)
            ELSE inside - ln(1.0 + outside) END AS log_odds,
       CASE WHEN parted OR inside = '-infinity'::DOUBLE THEN 'alone'
            WHEN by_self THEN 'self' ELSE 'tie' END AS rests_on,
       -ln(1.0 + outside) AS rivals,
       tie_left, tie_right, other_copy
FROM chosen
"""  # noqa: S608
