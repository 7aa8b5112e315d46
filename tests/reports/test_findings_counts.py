"""The findings page counts what it says it counts."""

from __future__ import annotations

from findings_world import DAY, FigureRow, World, full_world

from ironriver.reports.findings.source_states import Check


def test_every_source_adds_up_on_paper_and_in_the_tables(world: World) -> None:
    reading = world.findings().reading
    assert reading.adds_up
    assert sum(line.rows_in.value or 0 for line in reading.lines) == 213
    assert [line.name for line in reading.lines] == sorted(line.name for line in reading.lines)


def test_a_row_missing_from_the_tables_is_found(world: World) -> None:
    world.rows["licences"].pop()
    reading = world.findings().reading
    broken = [line.name for line in reading.lines if not line.in_tables]
    assert broken == ["licensees.csv"]
    assert not reading.adds_up


def test_a_source_whose_own_numbers_disagree_does_not_add_up(world: World) -> None:
    world.rows["sources"][0]["rows_in"] = 61
    assert not world.findings().reading.adds_up


def test_a_replaced_source_may_have_left_the_tables(world: World) -> None:
    world.source("old", "old.csv", 7)
    world.rows["sources"][0]["supersedes"] = "old"
    assert world.findings().reading.adds_up


def test_a_licensee_on_two_lists_is_counted_once_where_the_later_one_has_it() -> None:
    world = World().source("f", "lists.csv", 2)
    for month, state in (("2013-04", "US-12"), ("2013-06", "US-48")):
        world.add("licences", source_id="f", licence_key="1-59-00001", admin1=state, snapshot=month)
    licensees = world.findings().licensees
    assert {state: cell.value for state, cell in licensees.states.items()} == {"US-48": 1}
    assert "US-48" not in licensees.missing_border_states
    assert "US-04" in licensees.missing_border_states


def test_only_outbound_is_southbound(world: World) -> None:
    southbound = world.findings().southbound
    south = {item: cell.value for item, cell in southbound.south.quantities.items()}
    assert south == {"handgun": 8, "ammunition": 3500}
    beside = {line.name: line.quantities for line in southbound.directions}
    assert beside["other"]["long_gun"].value == 15
    assert beside["other"]["ammunition"].value == 99
    assert {line.name for line in southbound.offices} == {
        "Tucson Field Office",
        "Laredo Field Office",
    }


def test_ammunition_found_inside_mexico_is_no_border_seizure() -> None:
    world = World().source("a", "cartuchos.csv", 1)
    world.add("ammunition", source_id="a", item="ammunition", quantity=500, admin1="MX-26")
    assert world.findings().southbound.directions == ()


def test_recoveries_are_counted_in_firearms_by_state_class_and_serial(world: World) -> None:
    recoveries = world.findings().recoveries
    assert {s: c.value for s, c in recoveries.states.items()} == {
        "MX-26": 45,
        "MX-08": 30,
        "MX-28": 5,
    }
    assert recoveries.classes["MX-26", "long_gun"].value == 45
    assert recoveries.readable == 50 / 80


def test_a_sawn_off_shotgun_is_no_handgun() -> None:
    world = World().source("r", "lista.csv", 3)
    for kind in ("ESCOPETA RECORTADA", "arma corta", "Arma larga"):
        world.add("records", source_id="r", kind="recovery", country="MX", type_raw=kind)
    classes = {key[1]: cell.value for key, cell in world.findings().recoveries.classes.items()}
    assert classes == {"long_gun": 2, "handgun": 1}


def test_a_recovery_of_no_known_country_is_said_and_not_counted() -> None:
    world = World().source("r", "lista.csv", 1)
    world.add("records", source_id="r", kind="recovery", event_date=DAY)
    recoveries = world.findings().recoveries
    assert recoveries.states == {}
    assert recoveries.unplaced.value == 1


def test_printed_totals_are_checked_and_never_added(world: World) -> None:
    matrix = world.findings().source_states.matrices[0]
    assert matrix.checks == (Check("2019", 100, 100, 0), Check("2020", 100, 100, 0))
    assert (matrix.traces, matrix.outside) == (100, 50)
    assert [(s.place, s.traces, s.outside) for s in matrix.states] == [
        ("ARIZONA", 30, 30),
        ("TEXAS", 70, 20),
    ]


def test_a_printed_total_that_is_wrong_is_found(world: World) -> None:
    printed = next(
        row
        for row in world.rows["published_figures"]
        if row["to_place"] == "TOTAL" and row["from_place"] == "TEXAS" and row["period"] == "2019"
    )
    printed["value"] = 71.0
    checks = world.findings().source_states.matrices[0].checks
    assert [(check.period, check.holds, check.wrong_lines) for check in checks] == [
        ("2019", False, 1),
        ("2020", True, 0),
    ]


def test_the_state_of_last_sale_comes_from_the_licensee_list(world: World) -> None:
    purchases = world.findings().source_states.purchases
    assert {s: c.value for s, c in purchases.items()} == {"US-04": 25, "US-12": 15}


def test_bounds_without_a_point_stay_without_one() -> None:
    bounds = FigureRow("guns: all seized", 0.1, 0.9, value=0.5)
    counted = FigureRow("guns: all determined", 0.87, 0.87, 0.87, interval="exact")
    shares = World().findings([bounds, counted]).origins.shares
    assert [share.value for share in shares] == [None, 0.87]


def test_populations_stay_apart_and_contradicting_series_stand_side_by_side() -> None:
    rows = [
        FigureRow("guns of A in 2009: all seized", 0.1, 0.9, period="2009"),
        FigureRow("guns of B in 2008: all seized", 0.4, 0.6, period="2008"),
        FigureRow("guns of A in 2009: those submitted", 0.5, 0.8, period="2009"),
    ]
    origins = World().findings(rows).origins
    assert [layer for layer, _ in origins.groups] == ["all seized", "those submitted"]
    named = [[group[0].population for group in groups] for _, groups in origins.groups]
    assert named == [["guns of B in 2008", "guns of A in 2009"], ["guns of A in 2009"]]


def test_a_figure_that_is_no_share_is_left_out() -> None:
    flow = FigureRow("guns a year", 89_816, 359_205)
    assert World().findings([flow]).origins.shares == ()


def test_an_empty_workspace_says_so_in_every_section() -> None:
    found = World().findings()
    for lang in ("en", "es"):
        assert all(section.empty and section.title for section in found.sections(lang))


def test_the_synthetic_mark_follows_the_sources() -> None:
    assert full_world("SYNTHETIC").findings().synthetic
    assert not full_world().findings().synthetic
