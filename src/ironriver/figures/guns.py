"""The guns that a workspace's records tell of: each once, with what their traces determined.

A record is not a gun: a gun may be seized by one office, submitted by another and submitted again.
Records that are judged to be of the same gun (``firearm_members``) are counted as one; a row that
speaks of several guns counts as many. What a gun is traced to is what the tracing center answered:
answers that contradict each other determine nothing.
"""

from __future__ import annotations

from typing import Final

import duckdb

from ironriver.tables import Outcome

# The gun was in United States commerce: traced to somebody there, or lost in a record there.
US_SOURCED: Final = (
    Outcome.TRACED_TO_PURCHASER,
    Outcome.TRACED_TO_LICENSEE,
    Outcome.TRACED_TO_GOVERNMENT,
    Outcome.EXPORTED_FOREIGN_SALE,
    Outcome.STOLEN_BEFORE_SALE,
    Outcome.LICENSEE_OUT_OF_BUSINESS_NO_RECORD,
    Outcome.LICENSEE_RECORD_ILLEGIBLE,
    Outcome.LICENSEE_NO_RESPONSE,
)
NOT_US: Final = (Outcome.NOT_US_NEVER_IMPORTED,)
# ATF tables leave out a second request for a recovery that was traced before.
LEFT_OUT: Final = (Outcome.DUPLICATE_OF,)
# Sold to somebody in the United States who is no dealer, government or foreign buyer.
RETAIL: Final = (Outcome.TRACED_TO_PURCHASER,)
NOT_RETAIL: Final = (
    Outcome.TRACED_TO_GOVERNMENT,
    Outcome.EXPORTED_FOREIGN_SALE,
    Outcome.STOLEN_BEFORE_SALE,
    *NOT_US,
)
# In private hands in the United States, by a sale or a theft, and recovered in Mexico.
TRAFFICKED: Final = (Outcome.TRACED_TO_PURCHASER, Outcome.STOLEN_BEFORE_SALE)
NOT_TRAFFICKED: Final = (Outcome.TRACED_TO_GOVERNMENT, Outcome.EXPORTED_FOREIGN_SALE, *NOT_US)
# A trace that says where a gun was made is taken for certain from this probability on.
SURE: Final = 0.95

_RECOVERIES = """
recoveries AS (
    SELECT r.record_id, r.source_id, coalesce(m.firearm_id, r.record_id) AS gun,
           r.reference, s.layout = 'trace_requests' AS request, r.event_date, r.known_from,
           CASE WHEN m.firearm_id IS NULL THEN greatest(coalesce(r.quantity, 1), 0) ELSE 1 END
               AS guns,
           r.type, r.calibre, r.make, r.admin1, r.authority
    FROM records r
    LEFT JOIN firearm_members m USING (record_id)
    LEFT JOIN (SELECT source_id, any_value(layout) AS layout FROM sources GROUP BY source_id) s
        USING (source_id)
    WHERE r.kind = 'recovery' AND r.country = 'MX'
)"""

# The last answer to a request counts; rows without a request number stand for themselves.
_LAST = """
last_answers AS (
    SELECT record_id, source_id, request, outcome, recovery_date, known_from,
           type, calibre, make, admin1
    FROM trace_results
    WHERE country = 'MX'
    QUALIFY row_number() OVER (
        PARTITION BY coalesce(request, record_id)
        ORDER BY completed_date DESC NULLS LAST, known_from DESC, record_id
    ) = 1
)"""

# An answer that no gun was judged to be about belongs to the one gun of its request, if there is
# exactly one; else it stands for a gun of its own.
_ANSWERS = """
asked AS (
    SELECT reference, any_value(gun) AS gun FROM recoveries
    WHERE guns = 1 AND reference IS NOT NULL
    GROUP BY reference HAVING count(DISTINCT gun) = 1
),
answers AS (
    SELECT a.*, coalesce(m.firearm_id, asked.gun, a.record_id) AS gun
    FROM last_answers a
    LEFT JOIN firearm_members m USING (record_id)
    LEFT JOIN asked ON asked.reference = a.request
)"""

_EVENTS = """
events AS (
    SELECT gun, record_id, source_id, guns, true AS recovery, request AS submitted,
           NULL AS outcome, event_date, known_from, type, calibre, make, admin1, authority
    FROM recoveries
    UNION ALL
    SELECT gun, record_id, source_id, 1, false, true, outcome, recovery_date, known_from,
           type, calibre, make, admin1, NULL
    FROM answers
)"""

_MADE = """
made AS (
    SELECT t.firearm_id AS gun, arg_max(t.origin, t.origin_probability) AS origin,
           max(t.origin_probability) AS probability
    FROM traces t WHERE t.firearm_id IS NOT NULL AND t.basis <> 'expected'
    GROUP BY t.firearm_id
)"""

# A gun whose every answer is that it is a duplicate is counted with the other, wherever that is.
# A gun sold, and another answer that says it never was, contradict each other: nobody knows.
_GUNS = """
SELECT e.gun, max(e.guns) AS guns, coalesce(bool_or(e.submitted), false) AS submitted,
       count(*) FILTER (WHERE e.recovery) AS records,
       count(*) FILTER (WHERE NOT e.recovery) AS answers,
       {told}
       any_value(m.origin) FILTER (WHERE m.probability >= $sure) AS origin,
       min(e.event_date) AS first_day, max(e.event_date) AS last_day,
       max(e.known_from) AS known_from,
       mode(e.type) AS type, mode(e.calibre) AS calibre, mode(e.make) AS make,
       mode(e.admin1) AS state, mode(e.authority) AS agency, year(min(e.event_date)) AS year,
       list(e.record_id ORDER BY e.record_id) AS record_ids,
       list_sort(list_distinct(list(e.source_id))) AS source_ids
FROM events e LEFT JOIN made m USING (gun)
GROUP BY e.gun
HAVING NOT coalesce(bool_and(list_contains($left_out, coalesce(e.outcome, '')))
                    FILTER (WHERE NOT e.recovery), false)
"""


def _told(name: str, yes: str, no: str) -> str:
    """Say of a trait that it is there, that it is not, or (null) that this is not determined."""
    has = f"coalesce(bool_or(list_contains(${yes}, e.outcome)), false)"
    lacks = f"coalesce(bool_or(list_contains(${no}, e.outcome)), false)"
    return f"CASE WHEN {has} AND NOT {lacks} THEN true WHEN {lacks} AND NOT {has} THEN false END AS {name},"  # noqa: E501


_TOLD = "\n".join(
    (
        _told("us", "us_yes", "us_no"),
        _told("retail", "retail_yes", "retail_no"),
        _told("trafficked", "trafficked_yes", "trafficked_no"),
    )
)
_QUERY = (
    f"CREATE OR REPLACE TEMP TABLE counted_guns AS WITH {_RECOVERIES}, {_LAST}, {_ANSWERS}, "
    f"{_EVENTS}, {_MADE} {_GUNS.format(told=_TOLD)}"
)


def make_guns(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table ``counted_guns``: one row for each gun (or row of several guns).

    `con` needs views ``records``, ``trace_results``, ``firearm_members``, ``traces`` and
    ``sources``. Its columns: gun, guns (how many the row stands for), submitted, us, retail and
    trafficked (true, false, or null where not determined), origin as traced (null unless sure),
    what the gun is like, its days, and the ids of its records and sources.
    """
    words = {
        "us_yes": US_SOURCED,
        "us_no": NOT_US,
        "left_out": LEFT_OUT,
        "retail_yes": RETAIL,
        "retail_no": NOT_RETAIL,
        "trafficked_yes": TRAFFICKED,
        "trafficked_no": NOT_TRAFFICKED,
    }
    bound: dict[str, object] = {name: [str(word) for word in each] for name, each in words.items()}
    con.execute(_QUERY, bound | {"sure": SURE})
