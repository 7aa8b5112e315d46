"""What was read of guns, and which repairs were suggested, against the guns themselves."""

from __future__ import annotations

import pyarrow as pa

from ironriver.reference import firearms
from ironriver.world.score_measures import Result, calibration, share
from ironriver.world.score_tables import Desk

_READ = ("make", "model", "calibre", "type", "serial")
_SALES = "('purchase', 'multiple_sale')"
_RECOVERIES = "('recovery', 'crossing_seizure', 'exhibit')"


def know_guns(desk: Desk) -> None:
    """Make ``gun_says`` (source_id, row_number, field, text, name): the truth of each field.

    `text` is folded for comparison; `name` is what the reference list calls it, else the same.
    The serial is what stands on the gun, also where it is not the maker's.
    """
    names = pa.table(dict(zip(("field", "text", "name"), zip(*_names(), strict=True), strict=True)))
    desk.connection.register("given_names", names)
    desk.run(_CALLED)
    desk.run(_GUN_SAYS)


def _names() -> list[tuple[str, str, str]]:
    """Give the ways to write a make or calibre that leave no doubt: field, text, name."""
    makes = [("make", alias, make) for alias, make in firearms.make_aliases()]
    sizes = firearms.calibre_aliases()
    return makes + [("calibre", a.text, a.calibre) for a in sizes if a.reading == "exact"]


def folded(column: str) -> str:
    """Give the SQL of a text without case, accents and separators; letter O and digit 0 are one."""
    bare = f"regexp_replace(upper(strip_accents({column})), '[^A-Z0-9]', '', 'g')"
    return f"replace({bare}, 'O', '0')"


_CALLED = f"""
CREATE TABLE called AS
SELECT field, {folded("text")} AS text, min({folded("name")}) AS name FROM given_names
GROUP BY 1, 2
"""  # noqa: S608

_DAY = f"""CASE WHEN records.kind IN {_SALES} THEN gun.sale_date
                WHEN records.kind IN {_RECOVERIES} THEN gun.recovery_date END"""
_FIELDS = {
    "make": "gun.maker",
    "model": "gun.model",
    "calibre": "gun.calibre",
    "type": "gun.type",
    "importer": "gun.importer",
    "serial": "coalesce(gun.stamped, gun.serial)",
    "event_date": f"CAST({_DAY} AS TEXT)",
}
_EACH_FIELD = " UNION ALL ".join(
    f"""SELECT rows.source_id, rows.row_number, '{field}' AS field, {folded(value)} AS text
        FROM truth.rows AS rows JOIN truth.firearms AS gun USING (firearm_key)
        LEFT JOIN records USING (source_id, row_number)"""  # noqa: S608
    for field, value in _FIELDS.items()
)
_GUN_SAYS = f"""
CREATE TABLE gun_says AS
SELECT told.*, coalesce(called.name, told.text) AS name
FROM ({_EACH_FIELD}) AS told LEFT JOIN called USING (field, text)
WHERE told.text IS NOT NULL AND told.text <> ''
"""  # noqa: S608


def readings(desk: Desk) -> Result:
    """Score what was read of each gun against the gun itself, over rows about one gun.

    `filled`: something was read; `right`: it is the gun's own, without case and separators, or
    the reference list's name for it; `right_of_filled` is their ratio. Serials are never repaired
    in reading, so a misread one counts as wrong here and is a matter for same-gun judgement.
    """
    return {name: _reading(desk, name) for name in _READ}


def _reading(desk: Desk, name: str) -> Result:
    said = folded(f"said.{name}")
    (row,) = desk.rows(f"""
        SELECT count(*), count(said.{name}), count(*) FILTER (WHERE {said} IN (gun.text, gun.name))
        FROM (SELECT source_id, row_number, {name} FROM records
              UNION ALL SELECT source_id, row_number, {name} FROM trace_results) AS said
        JOIN gun_says AS gun USING (source_id, row_number)
        WHERE gun.field = '{name}'
    """)  # noqa: S608
    total, filled, right = row
    return {
        "rows": total,
        "filled": share(filled, total),
        "right": share(right, total),
        "right_of_filled": share(right, filled),
    }


def repairs(desk: Desk) -> Result:
    """Score suggested repairs against what is true, compared without case and separators.

    A suggestion is right if it gives what the gun's field truly is, or the true text of a repair
    that the truth lists; an empty one ("this is no serial") is right where the field holds
    something else. One about a field of which neither is known is left out. Precision and
    calibration count every suggestion, recall the repairs that the truth lists in accepted rows.
    """
    desk.run(_SUGGESTED)
    desk.run(_HELD)
    fields = desk.rows("SELECT field FROM truth.repairs UNION SELECT field FROM held ORDER BY 1")
    stated = desk.table("SELECT probability AS said, is_right AS happened FROM held")
    quoted = [(field, field.replace("'", "''")) for (field,) in fields]
    return {
        "all": _repairs(desk, "true"),
        **{field: _repairs(desk, f"field = '{text}'") for field, text in quoted},
        "rules": _rules(desk),
        "calibration": calibration(stated["said"], stated["happened"]),
    }


_SUGGESTED = """
CREATE TABLE suggested AS
SELECT source_id, row_number, item->>'field' AS field, item->>'from' AS observed,
       coalesce(item->>'to', '') AS suggestion,
       item->>'rule' AS rule, CAST(item->>'probability' AS DOUBLE) AS probability
FROM (SELECT source_id, row_number, unnest(CAST(repairs AS JSON[])) AS item
      FROM (SELECT source_id, row_number, repairs FROM records
            UNION ALL SELECT source_id, row_number, repairs FROM trace_results)
      WHERE repairs IS NOT NULL AND repairs <> '')
"""

_HELD = f"""
CREATE TABLE held AS
SELECT suggested.*,
       CASE WHEN suggestion = '' THEN {folded("observed")} <> coalesce(gun.text, '')
            ELSE {folded("suggestion")} IN ({folded("listed.true")}, gun.text, gun.name) IS TRUE
       END AS is_right,
       listed.true IS NOT NULL AND {folded("suggestion")} = {folded("listed.true")} AS is_listed
FROM suggested
LEFT JOIN (SELECT source_id, row_number, field, min("true") AS "true" FROM truth.repairs
           GROUP BY ALL) AS listed
  USING (source_id, row_number, field)
LEFT JOIN gun_says AS gun USING (source_id, row_number, field)
WHERE listed.true IS NOT NULL OR gun.text IS NOT NULL
"""  # noqa: S608


def _repairs(desk: Desk, where: str) -> Result:
    (row,) = desk.rows(f"""
        SELECT (SELECT count(*) FROM held WHERE is_right AND {where}),
               (SELECT count(*) FROM held WHERE {where}),
               (SELECT count(*) FROM truth.repairs SEMI JOIN row_ids USING (source_id, row_number)
                WHERE {where}),
               (SELECT count(*) FROM (SELECT DISTINCT source_id, row_number, field FROM held
                                      WHERE is_listed AND {where}))
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
