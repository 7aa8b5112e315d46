"""The Mexican baseline of time-to-crime: what it says of few guns."""

from __future__ import annotations

import datetime as dt

from ironriver.tracing.time_to_crime import Timed, baseline

FIRST, LAST = dt.date(2015, 1, 1), dt.date(2025, 12, 31)


def test_guns_that_are_never_many_at_risk_at_once_have_no_baseline() -> None:
    # Each was recovered on the last day but one, sold a month before the other: at any time only
    # one gun could still be seen.
    found = LAST - dt.timedelta(1)
    apart = [Timed(LAST - dt.timedelta(30 * place), found) for place in range(1, 25)]
    assert baseline(apart, FIRST, LAST) is None
    # As many guns with the same times, all sold early, are at risk together.
    early = [Timed(FIRST, FIRST + dt.timedelta(each.days)) for each in apart]
    together = baseline(early, FIRST, LAST)
    assert together is not None
    assert together.used == len(apart)
