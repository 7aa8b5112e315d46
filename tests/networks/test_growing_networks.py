"""A network keeps its name as rows arrive, and says what the newest ones changed."""

from __future__ import annotations

import datetime as dt
import json

from chain_rows import DAY, Rows, ring

from ironriver.networks import belonging, weights
from ironriver.networks.building import build
from ironriver.networks.changes import changed
from ironriver.networks.evidence import read_evidence
from ironriver.networks.without import Bench

LATER = DAY + dt.timedelta(days=400)


def _grown() -> Rows:
    """Give a ring of which one more purchase became known much later."""
    rows = Rows()
    ring(rows, "a")
    rows.bought("gun-new", DAY + dt.timedelta(days=5), "per-a0", "lic-a", make="Romarm/Cugir",
                model="WASR-10", case_number="CASE-a", phone="555-0100-a",
                known_from=LATER)  # fmt: skip
    return rows


def test_a_network_keeps_its_name_when_rows_arrive() -> None:
    before = Rows()
    ring(before, "a")
    with before.open() as old, _grown().open() as new:
        first, second = build(read_evidence(old)).chains, build(read_evidence(new)).chains
    assert first.ids.to_pylist() == second.ids.to_pylist() == ["network-gun-a00-buy"]
    assert len(next(iter(second))) == len(next(iter(first))) + 1


def test_what_the_newest_rows_changed_is_told_with_the_records_that_did() -> None:
    with _grown().open() as connection:
        chains = build(read_evidence(connection)).chains
        (told,) = changed(connection, chains, weights.packaged(), belonging.packaged())
    change = json.loads(told)
    assert change["since"] == LATER.isoformat()
    assert change["joined"] == ["gun-new"]
    assert change["left"] == []
    assert change["record_ids"] == ["gun-new-buy"]


def test_rows_known_before_a_day_are_read_as_if_the_others_had_not_come() -> None:
    with _grown().open() as connection:
        before = read_evidence(connection, LATER)
        assert "gun-new" not in before.guns.ids.to_pylist()
        assert "gun-new" in read_evidence(connection).guns.ids.to_pylist()


def test_leaving_out_a_record_takes_its_gun_from_the_chain_and_all_is_there_again() -> None:
    with _grown().open() as connection:
        guns = [gun for chain in [build(read_evidence(connection)).chains]
                for gun in chain.evidence.guns.ids.to_pylist()]  # fmt: skip
        bench = Bench(connection, guns)
        whole, less = bench.chain(), bench.chain("gun-new-buy")
        again = bench.chain()
        bench.close()
    assert whole.groups == (13,)
    assert less.groups == (12,)
    assert again == whole
