"""With enough rows the weights are learned from them, and the reasons say so."""

from __future__ import annotations

import datetime as dt
import json

from parties import party, resolved, together

GIVEN = ("Ana", "Berta", "Carla", "Diana", "Elena", "Flora", "Gloria", "Helena", "Irma", "Julia")
SURNAMES = ("Quillfeather", "Brackenridge", "Oyarzabal", "Ximenez", "Tlapanco", "Wolverton")
ROWS = 5


def people() -> list[dict[str, object]]:
    """Give 60 persons in five rows each, with the name, the birth date and the address of each."""
    return [
        party(
            person * ROWS + copy,
            name if copy else name.upper(),
            birth_date=dt.date(1960 + person % 30, 1 + person % 9, 10 + person % 10)
            if copy != 1
            else None,
            address=f"{100 + person} Specimen Rd" if copy != 2 else None,
            city="Mesa",
            admin1="US-AZ",
            phone=None if copy < 3 else f"480555{1000 + person}",
        )
        for person in range(60)
        for name in [f"{GIVEN[person % 10]} {SURNAMES[person // 10]}"]
        for copy in range(ROWS)
    ]


def test_weights_are_learned_from_enough_rows_and_the_reasons_say_so() -> None:
    found = resolved(people())
    reasons = [each for row in found["entity_members"] for each in json.loads(row["reasons"])]
    assert "learned" in {each["basis"] for each in reasons if each["field"] == "address"}
    assert all(together(found, *range(ROWS * one, ROWS * one + ROWS)) for one in range(60))
    assert len(found["entities"]) == 60
