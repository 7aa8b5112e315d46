"""Intake: was each row that can be read accepted, and what was read from it right."""

from __future__ import annotations

import pyarrow as pa

from ironriver.estimators.metrics import precision_recall
from ironriver.reference import firearms
from ironriver.world.score_measures import Result, calibration, share, told
from ironriver.world.score_tables import Desk

_READ = ("make", "model", "calibre", "type", "serial")
# The truth's column where it has another name.
_TRUE_NAME = {"make": "maker"}


def rows(desk: Desk) -> Result:
    """Score where rows ended: quarantine exactly where the truth says that a row is unreadable."""
    desk.run(_ENDED)
    (counts,) = desk.rows("""
        SELECT count(*), count(*) FILTER (WHERE quarantined AND NOT readable),
               count(*) FILTER (WHERE quarantined), count(*) FILTER (WHERE NOT readable),
               count(*) FILTER (WHERE readable AND quarantined),
               count(*) FILTER (WHERE NOT readable AND accepted),
               count(*) FILTER (WHERE NOT quarantined AND NOT accepted)
        FROM ended
    """)
    total, both, given, true, refused, taken, lost = counts
    return {
        "rows": total,
        "quarantine": told(precision_recall(both, given, true)),
        "readable_but_quarantined": refused,
        "unreadable_but_accepted": taken,
        "neither": lost,
        "reasons_of_readable": _reasons(desk),
    }


_ENDED = """
CREATE TABLE ended AS
SELECT rows.source_id, rows.row_number, rows.readable, quarantine.reason_code,
       quarantine.row_number IS NOT NULL AS quarantined, row_ids.row_number IS NOT NULL AS accepted
FROM truth.rows AS rows
LEFT JOIN quarantine USING (source_id, row_number)
LEFT JOIN (SELECT DISTINCT source_id, row_number FROM row_ids) AS row_ids
  USING (source_id, row_number)
"""


def _reasons(desk: Desk) -> list[Result]:
    found = desk.rows("""
        SELECT coalesce(layout, ''), reason_code, count(*) AS rows
        FROM ended LEFT JOIN sources USING (source_id)
        WHERE readable AND quarantined GROUP BY ALL ORDER BY rows DESC, 1, 2
    """)
    return [dict(zip(("layout", "reason", "rows"), row, strict=True)) for row in found]


def repairs(desk: Desk) -> Result:
    """Score suggested repairs against those that are right, compared without case and separators.

    A true repair is found if one suggestion for its row and field gives the true text. Precision
    counts every suggestion; `calibration` holds its stated probability.
    """
    desk.run(_SUGGESTED)
    desk.run(_HELD)
    fields = [row[0] for row in desk.rows("SELECT DISTINCT field FROM truth.repairs ORDER BY 1")]
    stated = desk.table("SELECT probability AS said, is_right AS happened FROM held")
    return {
        "all": _repairs(desk, "true"),
        **{field: _repairs(desk, f"field = '{field}'") for field in fields},
        "rules": _rules(desk),
        "calibration": calibration(stated["said"], stated["happened"]),
    }


def folded(column: str) -> str:
    """Give the SQL of a text without case, accents and separators; letter O and digit 0 are one."""
    bare = f"regexp_replace(upper(strip_accents({column})), '[^A-Z0-9]', '', 'g')"
    return f"replace({bare}, 'O', '0')"


_SUGGESTED = """
CREATE TABLE suggested AS
SELECT source_id, row_number, item->>'field' AS field, item->>'to' AS suggestion,
       item->>'rule' AS rule, CAST(item->>'probability' AS DOUBLE) AS probability
FROM (SELECT source_id, row_number, unnest(CAST(repairs AS JSON[])) AS item
      FROM (SELECT source_id, row_number, repairs FROM records
            UNION ALL SELECT source_id, row_number, repairs FROM trace_results)
      WHERE repairs IS NOT NULL AND repairs <> '')
"""

_HELD = f"""
CREATE TABLE held AS
SELECT suggested.*, coalesce({folded("true_one.true")} = {folded("suggestion")}, false) AS is_right,
       true_one.true IS NOT NULL AS is_wrong_there
FROM suggested SEMI JOIN truth.rows USING (source_id, row_number)
LEFT JOIN truth.repairs AS true_one USING (source_id, row_number, field)
"""  # noqa: S608


def _repairs(desk: Desk, where: str) -> Result:
    (row,) = desk.rows(f"""
        SELECT (SELECT count(*) FROM held WHERE is_right AND {where}),
               (SELECT count(*) FROM held WHERE {where}),
               (SELECT count(*) FROM truth.repairs SEMI JOIN row_ids USING (source_id, row_number)
                WHERE {where}),
               (SELECT count(*) FROM (SELECT DISTINCT source_id, row_number, field FROM held
                                      WHERE is_right AND {where}))
    """)  # noqa: S608
    right, given, true, found = row
    return {
        "suggestions": given,
        "right": right,
        "precision": share(right, given),
        "true": true,
        "found": found,
        "recall": share(found, true),
    }


def _rules(desk: Desk) -> list[Result]:
    found = desk.rows("""
        SELECT rule, count(*) AS suggestions, count(*) FILTER (WHERE is_right),
               avg(probability), avg(is_right::INT)
        FROM held GROUP BY rule ORDER BY suggestions DESC, rule
    """)
    names = ("rule", "suggestions", "right", "said", "happened")
    return [dict(zip(names, row, strict=True)) for row in found]


def readings(desk: Desk) -> Result:
    """Score what was read of each gun against the gun itself, over rows about one gun.

    `filled`: something was read; `right`: it is the gun's own, without case and separators, or
    the reference list's name for it; `right_of_filled` is their ratio. Serials are never repaired
    in reading, so a misread one counts as wrong here and is a matter for same-gun judgement.
    """
    names = pa.table(dict(zip(("field", "text", "name"), zip(*_names(), strict=True), strict=True)))
    desk.connection.register("given_names", names)
    desk.run(f"""
        CREATE TABLE called AS
        SELECT DISTINCT field, {folded("text")} AS text, {folded("name")} AS name FROM given_names
    """)  # noqa: S608
    return {name: _reading(desk, name) for name in _READ}


def _names() -> list[tuple[str, str, str]]:
    """Give the ways to write a make or calibre that leave no doubt: field, text, name."""
    makes = [("make", alias, make) for alias, make in firearms.make_aliases()]
    sizes = firearms.calibre_aliases()
    return makes + [("calibre", a.text, a.calibre) for a in sizes if a.reading == "exact"]


def _reading(desk: Desk, name: str) -> Result:
    true_name = _TRUE_NAME.get(name, name)
    said, true = folded(f"said.{name}"), folded(f"gun.{true_name}")
    (row,) = desk.rows(f"""
        SELECT count(*), count(said.{name}),
               count(*) FILTER (WHERE {said} = {true} OR EXISTS (
                 FROM called WHERE field = '{name}' AND called.text = {true}
                                   AND called.name = {said}))
        FROM (SELECT source_id, row_number, {name} FROM records
              UNION ALL SELECT source_id, row_number, {name} FROM trace_results) AS said
        JOIN truth.rows USING (source_id, row_number)
        JOIN truth.firearms AS gun USING (firearm_key)
        WHERE gun.{true_name} IS NOT NULL
    """)  # noqa: S608
    total, filled, right = row
    return {
        "rows": total,
        "filled": share(filled, total),
        "right": share(right, total),
        "right_of_filled": share(right, filled),
    }
