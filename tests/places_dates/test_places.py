"""Places of both countries: what resolves, what is only suggested, what stays as received."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ironriver.intake.parsers import places
from ironriver.reference.geography import Area, Port, load_areas, load_ports, load_states
from ironriver.reference.geography.gazetteer import find_area, find_state, fold, near_areas

# Two municipalities of Oaxaca each bear these names; only the district tells them apart.
SHARED_NAMES = {"20208", "20209", "20318", "20319"}


def mexico(state: str | None, municipality: str | None = None) -> tuple[object, object]:
    values = places.read_mexico(state, municipality).values
    return values["admin1"], values["admin2"]


def county(state: str | None, name: str | None = None) -> tuple[object, object]:
    values = places.read_us(state, name).values
    return values["admin1"], values["admin2"]


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("BC", "MX-02"),
        ("B.C.", "MX-02"),
        ("Baja California Sur", "MX-03"),
        ("CDMX", "MX-09"),
        ("D.F.", "MX-09"),
        ("Distrito Federal", "MX-09"),
        ("Edo. Méx.", "MX-15"),
        ("Estado de México", "MX-15"),
        ("México", "MX-15"),
        ("N.L.", "MX-19"),
        ("QRoo", "MX-23"),
        ("Q. Roo", "MX-23"),
        ("SLP", "MX-24"),
        ("Tamps.", "MX-28"),
        ("Mich.", "MX-16"),
        ("MICHOACAN DE OCAMPO", "MX-16"),
        ("Veracruz de Ignacio de la Llave", "MX-30"),
        ("coahuila de zaragoza", "MX-05"),
        ("Estado Libre y Soberano de Sonora", "MX-26"),
        ("Sonora, México", "MX-26"),
        ("26", "MX-26"),
        ("8", "MX-08"),
        ("MX-08", "MX-08"),
    ],
)
def test_a_mexican_state_is_known_by_all_its_names(text: str, code: str) -> None:
    assert mexico(text)[0] == code


@pytest.mark.parametrize(
    ("state", "municipality", "code"),
    [
        ("Chihuahua", "Juárez", "MX-08037"),
        ("Chih.", "Cd. Juárez", "MX-08037"),
        (None, "Ciudad Juárez", "MX-08037"),
        ("N.L.", "Juarez", "MX-19031"),
        ("Q. Roo", "Benito Juárez", "MX-23005"),
        ("Q. Roo", "Cancún", "MX-23005"),
        ("CDMX", "Alcaldía Benito Juárez", "MX-09014"),
        ("D.F.", "Delegación Gustavo A. Madero", "MX-09005"),
        (None, "Nogales, Son.", "MX-26043"),
        ("Veracruz", "Nogales", "MX-30115"),
        ("B.C.", "TIJUANA B.C.", "MX-02004"),
        (None, "Guadalajara, Jalisco, México", "MX-14039"),
        ("Gro.", "Acapulco", "MX-12001"),
        ("Sonora", "Pto. Peñasco", "MX-26048"),
        ("Nuevo León", "Gral. Escobedo", "MX-19021"),
        ("Oaxaca", "H. Cd. de Juchitán de Zaragoza", "MX-20043"),
        ("Sonora", "Ciudad Obregón", "MX-26018"),
        ("26", "030", "MX-26030"),
        ("26", "30", "MX-26030"),
        (None, "02004", "MX-02004"),
        ("Sonora state", "Cajeme municipality", "MX-26018"),
        ("Baja California", "San Quintín", "MX-02006"),
        ("Sinaloa", "Eldorado", "MX-25019"),
    ],
)
def test_a_municipality_is_known_by_the_names_people_write(
    state: str | None, municipality: str, code: str
) -> None:
    assert mexico(state, municipality) == (code[:5], code)
    assert places.read_mexico(state, municipality).values["place"] == municipality


def test_a_name_that_two_states_know_is_not_decided_without_one() -> None:
    reading = places.read_mexico(None, "Nogales")
    assert reading.values["admin2"] is None
    assert {(r.to, r.probability) for r in reading.repairs} == {
        ("MX-26043", 0.5),
        ("MX-30115", 0.5),
    }


def test_a_near_miss_is_suggested_and_never_taken() -> None:
    reading = places.read_mexico("Sonora", "Hermosilo")
    assert reading.values["admin2"] is None
    assert reading.values["place"] == "Hermosilo"
    (repair,) = reading.repairs
    assert (repair.field, repair.to, repair.rule) == ("admin2", "MX-26030", "near_name")
    assert repair.probability == pytest.approx(0.05 / 0.06)
    assert places.read_mexico("Sonroa", None).repairs[0].to == "MX-26"


def test_a_town_of_another_state_than_the_column_says_is_left_open() -> None:
    assert mexico("Sonora", "Nogales, Ver.") == ("MX-26", None)


def test_an_unknown_place_keeps_its_text_and_is_no_problem() -> None:
    reading = places.read_mexico("Sonora", "Ejido La Última Y Nos Vamos")
    assert reading.problem is None
    assert (reading.values["admin1"], reading.values["admin2"]) == ("MX-26", None)
    assert reading.values["place"] == "Ejido La Última Y Nos Vamos"
    assert reading.values["latitude"] is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("AZ", "US-04"),
        ("ARIZONA", "US-04"),
        ("Ariz.", "US-04"),
        ("04", "US-04"),
        ("4", "US-04"),
        ("N. Mex.", "US-35"),
        ("Nuevo México", "US-35"),
        ("ND", "US-38"),
        ("SD", "US-46"),
        ("District of Columbia", "US-11"),
        ("Puerto Rico", "US-72"),
        ("US VIRGIN ISLANDS", "US-78"),
        ("GUAM", "US-66"),
        ("AS", "US-60"),
        ("MP", "US-69"),
    ],
)
def test_a_us_state_or_territory_is_known_by_all_its_names(text: str, code: str) -> None:
    assert county(text)[0] == code


@pytest.mark.parametrize(
    ("state", "name", "code"),
    [
        ("AZ", "Pima", "US-04019"),
        ("AZ", "PIMA COUNTY", "US-04019"),
        ("04", "019", "US-04019"),
        ("LA", "Orleans Parish", "US-22071"),
        ("MO", "St. Louis County", "US-29189"),
        ("MO", "Saint Louis city", "US-29510"),
        ("VA", "City of Richmond", "US-51760"),
        ("VA", "Richmond County", "US-51159"),
        ("IL", "De Kalb", "US-17037"),
        ("IL", "Rock Island County", "US-17161"),
        ("NM", "Doña Ana", "US-35013"),
        ("FL", "Dade", "US-12086"),
        ("MD", "Prince Georges", "US-24033"),
        ("AK", "Kodiak Island Borough", "US-02150"),
        ("PR", "Mayagüez Municipio", "US-72097"),
        ("DC", None, "US-11001"),
    ],
)
def test_a_county_is_known_with_and_without_its_kind(
    state: str, name: str | None, code: str
) -> None:
    assert county(state, name) == (code[:5], code)


def test_a_name_that_a_county_and_a_city_share_is_not_decided() -> None:
    reading = places.read_us("VA", "Richmond")
    assert reading.values["admin2"] is None
    assert {repair.to for repair in reading.repairs} == {"US-51159", "US-51760"}


def test_nothing_said_of_a_us_state_is_no_state() -> None:
    for text in (None, "", "s/d", "n/d", "N/A"):
        assert places.read_us(text, None, "TUCSON").values["admin1"] is None


def test_a_country_in_a_column_of_states_is_no_state() -> None:
    values = places.read_us("CANADA").values
    assert (values["country"], values["admin1"], values["place"]) == ("CA", None, "CANADA")
    assert places.read_us("TOTAL").values["country"] is None


def test_a_county_code_of_three_digits_is_known_within_its_state() -> None:
    assert places.us_county_code("US-12", "25") == "US-12086"
    assert places.us_county_code("US-04", "999") is None
    assert places.us_county_code("MX-26", "030") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2604", "Nogales"),
        ("2402 - El Paso", "El Paso"),
        ("Nogales Port of Entry", "Nogales"),
        ("Garita de Otay", "Otay Mesa"),
        ("Puente Internacional Juárez-Lincoln", "Laredo"),
        ("Port of Laredo, TX", "Laredo"),
        ("Douglas, Arizona", "Douglas"),
        ("Cd. Acuña", "Del Rio"),
        ("Calexico East", "Calexico East"),
        ("", "unknown"),
        ("S/D", "unknown"),
        ("Houston", "Houston"),
    ],
)
def test_a_port_is_known_by_code_names_and_bridges(text: str, name: str) -> None:
    assert places.read_port(text).values["crossing"] == name


def test_an_office_has_a_state_only_where_its_area_lies_in_one() -> None:
    assert places.read_office("Tucson Field Office").values["admin1"] == "US-04"
    assert places.read_office("EL PASO SECTOR").values["admin1"] is None
    assert places.read_office("Blaine Sector").values == {"place": "Blaine Sector"}


@given(st.sampled_from(load_areas("US")))
def test_every_county_is_found_by_its_name_kind_and_state(area: Area) -> None:
    names = {state.code: state.name for state in load_states("US")}
    assert county(names[area.state], f"{area.name} {area.kind}".upper())[1] == area.code


@given(st.sampled_from(load_ports()))
def test_every_port_is_found_by_all_its_names(port: Port) -> None:
    for name in (port.code, port.name, *port.other_names):
        assert places.read_port(name.upper()).values["crossing"] == port.name


@given(st.none() | st.text(max_size=40), st.none() | st.text(max_size=60))
def test_no_text_makes_the_readers_fail(state: str | None, name: str | None) -> None:
    for reading in (places.read_mexico(state, name), places.read_us(state, name, name)):
        assert reading.problem is None
        admin1, admin2 = reading.values["admin1"], reading.values["admin2"]
        assert admin2 is None or str(admin2).startswith(str(admin1))
        assert all(0 < repair.probability < 1 for repair in reading.repairs)
    places.read_port(name or "")
    places.read_office(name or "")
    places.us_county_code(state or "", name or "")


@given(st.sampled_from(load_areas("MX")), st.integers(0, 30), st.sampled_from("aeiou"))
def test_a_misspelt_municipality_is_suggested_and_not_taken(
    area: Area, place: int, letter: str
) -> None:
    key = fold(area.name)
    at = place % len(key)
    wrong = key[:at] + letter + key[at + 1 :]
    assume(len(key) >= 4 and fold(wrong) == wrong and not find_area("MX", area.state, wrong))
    assume(not find_state("MX", wrong.split()[-1]))
    assert mexico(area.state, wrong) == (area.state, None)
    assert area.code in {near.code for near in near_areas("MX", area.state, wrong)}


def test_every_municipality_of_the_2020_list_resolves_to_its_own_code(shared_data: Path) -> None:
    wrong = {
        row["region"]
        for row in rows(shared_data / "mexico_geo" / "df_mxmunicipio_2020.csv")
        if mexico(row["state_name"], row["municipio_name"])[1] != f"MX-{row['region']}"
    }
    assert wrong == SHARED_NAMES


def test_every_way_the_2020_list_names_a_state_resolves(shared_data: Path) -> None:
    for row in rows(shared_data / "mexico_geo" / "df_mxstate_2020.csv"):
        for column in ("region", "state_name", "state_name_official", "state_abbr"):
            assert mexico(row[column])[0] == f"MX-{row['region']}"
        assert mexico(row["state_abbr_official"])[0] == f"MX-{row['region']}"


def test_conflict_events_resolve_to_states_and_mostly_to_municipalities(shared_data: Path) -> None:
    events = list(rows(shared_data / "ucdp" / "ucdp_ged_mexico.csv"))
    assert {row["adm_1"] for row in events if row["adm_1"] and not mexico(row["adm_1"])[0]} == set()
    named = [(row["adm_1"], row["adm_2"]) for row in events if row["adm_2"]]
    unresolved = sum(1 for state, name in named if mexico(state, name)[1] is None)
    assert len(named) > 17_000
    assert unresolved <= len(named) * 0.003


def test_every_state_of_the_licence_list_and_the_matrix_resolves(shared_data: Path) -> None:
    licensees = rows(shared_data / "ffl" / "ffl_2013_apr_jun_sample.csv")
    assert {
        row["PREMISE_STATE"] for row in licensees if not county(row["PREMISE_STATE"])[0]
    } == set()
    matrix = list(rows(shared_data / "atf_traces" / "atf_source_recovery_long_2010_2020.csv"))
    names = {row[column] for row in matrix for column in ("source_state", "recovery_state")}
    assert {name for name in names if not county(name)[0]} == {"CANADA", "TOTAL"}


def test_every_county_of_the_dealer_counts_resolves_to_its_own_code(shared_data: Path) -> None:
    wrong = {
        row["fips"]
        for row in rows(shared_data / "ffl" / "ffl_dealers_by_county_2003_2023.csv")
        if county(row["state"], row["countyname"])[1] != f"US-{row['fips']}"
    }
    # Two census areas of 2019 stand within Valdez-Cordova; Doña Ana is garbled in the file.
    assert wrong == {"02063", "02066", "35013"}


def test_every_inspected_licensee_has_a_state_and_nearly_all_a_county(shared_data: Path) -> None:
    path = shared_data / "atf_inspections" / "atf-inspection-reports-data.ndjson"
    inspections = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    read = [county(row.get("ffl_state"), row.get("ffl_county")) for row in inspections]
    assert sum(1 for admin1, _ in read if admin1 is None) == 1
    assert sum(1 for _, admin2 in read if admin2 is None) <= 12


def test_every_port_and_office_of_the_public_data_resolves(shared_data: Path) -> None:
    for row in rows(shared_data / "border" / "us_mexico_ports.csv"):
        assert places.read_port(row["Port Name"]).values["crossing"] == row["Port Name"]
        assert places.read_port(row["Port Code"]).values["crossing"] == row["Port Name"]
    for row in rows(shared_data / "cbp" / "cbp_weapons_sw_border_2025-07_sample.csv"):
        assert places.read_office(row["Area of Responsibility"]).values["country"] == "US"
