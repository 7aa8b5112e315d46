"""Why rows stand together as one firearm, and what else they may be: record by record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ironriver import engine
from ironriver.estimators.lasting_ids import member_of
from ironriver.governance import release
from ironriver.governance.release import Access
from ironriver.governance.retention import Expired
from ironriver.language import mark, translator
from ironriver.reports import reasons
from ironriver.reports.export import handling_by_source
from ironriver.tables import TABLES
from ironriver.workspace import Workspace

_RIVALS = """
WITH mine AS (SELECT record_id FROM firearm_members WHERE firearm_id = ?)
SELECT matches.* FROM matches
WHERE about = 'firearm' AND decision NOT IN ('joined', 'judged same')
  AND (left_id IN (FROM mine)) <> (right_id IN (FROM mine))
ORDER BY log_odds DESC, match_id LIMIT 20
"""
_MEMBERS = "SELECT * FROM firearm_members WHERE firearm_id = ? ORDER BY log_odds, record_id"


@dataclass(frozen=True, slots=True)
class GunExplanation:
    """A firearm, its records, the least sure first, and the matches that were not joined to it."""

    asked: str
    """The id that was asked for; an earlier one leads to where its record stands now."""
    firearm: dict[str, Any]
    members: list[dict[str, Any]]
    rivals: list[dict[str, Any]]

    def lines(self, lang: str) -> Iterator[str]:
        """Say it in lines: what speaks against it first."""
        say = translator(lang)
        if self.firearm["firearm_id"] != self.asked:
            yield say(_NOW).format(asked=self.asked, now=self.firearm["firearm_id"])
        shown = [self.firearm[name] for name in ("make", "model", "calibre", "type", "serial")]
        yield say(_GUN).format(
            gun=self.firearm["firearm_id"],
            description=", ".join(part for part in shown if part),
            records=self.firearm["records"],
            probability=self.firearm["probability"],
        )
        yield say(_AGAINST) if self.rivals else say(_NO_RIVALS)
        for match in self.rivals:
            yield say(_RIVAL).format(
                left=match["left_id"], right=match["right_id"], probability=match["probability"]
            )
            yield from (f"    {line}" for line in reasons.lines(match["reasons"], lang))
        yield say(_RECORDS)
        for member in self.members:
            yield f"  {member['record_id']}  {member['probability']:.4f}"
            yield from (f"    {line}" for line in reasons.lines(member["reasons"], lang))


_NOW = mark("{asked} is {now} now: its record was joined to one that was known earlier")
_GUN = mark(
    "{gun}: {description}; {records} records, one firearm with probability {probability:.4f}"
)
_AGAINST = mark("What may belong to it, too, or may belong elsewhere:")
_NO_RIVALS = mark("No other record comes near it.")
_RIVAL = mark("  {left} and {right}, not joined: one firearm with probability {probability:.4f}")
_RECORDS = mark("Its records, the least sure first, each with its strongest tie (log-odds):")


def explain_gun(workspace: Workspace, identifier: str, access: Access) -> GunExplanation | None:
    """Explain a firearm by its id of this or an earlier run; None where it names no firearm."""
    if not identifier.startswith("gun-"):
        return None
    tables = ("firearms", "firearm_members", "matches", "sources")
    with engine.connect(workspace, tables) as connection:
        found = engine.run(
            connection,
            "SELECT firearm_id FROM firearm_members WHERE record_id = ?",
            [member_of(identifier)],
        ).fetchone()
        if found is None:
            return None
        gun = str(found[0])
        access.enter("view", gun)
        handling = handling_by_source(connection)
        parts = []
        for name, sql in (
            ("firearms", "SELECT * FROM firearms WHERE firearm_id = ?"),
            ("firearm_members", _MEMBERS),
            ("matches", _RIVALS),
        ):
            rows = engine.query(connection, sql, [gun])
            # Matches of a gun are between records, and name no party that could expire.
            released = release.release_rows(rows, TABLES[name], handling, access, expired=Expired())
            parts.append(released.table.to_pylist())
    return GunExplanation(identifier, parts[0][0], parts[1], parts[2])
