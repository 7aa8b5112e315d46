"""Firearms by what is known of them: serial number, make, model."""

from __future__ import annotations

from typing import Any

from ironriver import engine
from ironriver.errors import MistakeError, RefusedError
from ironriver.governance import release
from ironriver.governance.access import Access
from ironriver.governance.policy import states_purpose
from ironriver.tables import FIREARMS
from ironriver.web.answers import pages
from ironriver.web.bench import Bench, Who

_LEAST_PART = 3
_NEAR = """
SELECT * FROM firearms
WHERE ($serial = '' OR starts_with(serial, $serial))
  AND ($make = '' OR contains(lower(make), lower($make)))
  AND ($model = '' OR contains(lower(model), lower($model)))
  AND list_contains($seen::VARCHAR[], handling)
ORDER BY serial IS DISTINCT FROM $serial, serial, firearm_id LIMIT $limit
"""


def firearms(
    bench: Bench, who: Who, *, serial: str, make: str, model: str, limit: int
) -> dict[str, Any]:
    """Find firearms whose serial number begins so, and whose make and model hold these words."""
    access, serial = bench.access(who), "".join(serial.split()).upper()
    if not (serial or make.strip() or model.strip()):
        raise MistakeError("give a serial number, a make or a model", where="serial")
    if serial:
        if len(serial) < _LEAST_PART:
            raise MistakeError(
                "{serial} says too little; give {least} characters or more",
                serial=serial,
                least=_LEAST_PART,
                where="serial",
            )
        _permit_serial(access, serial)
    limit = min(limit, bench.most_rows)
    with bench.connection(("firearms", "sources")) as connection:
        labels, withheld = pages.seen(connection, FIREARMS, access)
        found = engine.query(
            connection,
            _NEAR,
            {
                "serial": serial,
                "make": make.strip(),
                "model": model.strip(),
                "seen": labels,
                "limit": limit,
            },  # type: ignore[arg-type]  # DuckDB binds by name too
        )
        access.enter("view", "firearms by description", {"rows": found.num_rows})
        released = pages.gate(bench, connection, FIREARMS, found, access)
    return {
        "table": "firearms",
        "rows": pages.plain(released.table, FIREARMS),
        "more": found.num_rows >= limit,
        "withheld": pages.told(withheld, who.lang),
    }


def serials(bench: Bench, who: Who, *, serial: str, make: str, model: str) -> dict[str, Any]:
    """Ask which firearm a serial number with errors may be of, with a probability for each."""
    from ironriver.estimators.types import Probability
    from ironriver.firearms import holdings, question
    from ironriver.firearms.asked import asked

    access = bench.access(who)
    wanted = [asked(serial, make or None, model or None)]
    _permit_serial(access, wanted[0].serial)
    with bench.connection(holdings.READS) as connection:
        held = holdings.open_holdings(connection, bench.workspace.path / "cache" / "serials")
    found = question.answer(held, wanted, Probability(0.5), refuse=True)
    released = release.release_rows(found, question.ANSWERS, {}, access)
    return {
        "table": "answers",
        "rows": pages.plain(released.table, question.ANSWERS),
        "more": False,
        "withheld": pages.told(released.withheld, who.lang),
    }


def _permit_serial(access: Access, serial: str) -> None:
    """Refuse a search for a serial number that nobody can say the purpose of; enter any other."""
    if not states_purpose(access.purpose):
        access.enter("refusal", "firearm", {"asked": "query", "code": "no_serial_purpose"})
        raise RefusedError(
            "a serial number is searched for only with a purpose, of whatever rows; state one"
        )
    access.enter("query", "firearm", {"serials": [serial]})
