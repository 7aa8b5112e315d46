"""Nothing becomes a register of firearms or owners."""

from __future__ import annotations

import tomllib

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ironriver.errors import RefusedError
from ironriver.governance.registry import (
    check_case_numbers,
    check_headings,
    check_source,
    looks_like_bound_book,
    needs_case_number,
)
from ironriver.tables import Handling, Nexus


def test_a_public_layout_needs_no_declaration() -> None:
    assert check_source("ffl.csv", "PUBLIC", "public", None, None) == (
        Nexus.PUBLIC,
        Handling.PUBLIC,
    )


@given(
    st.text(st.characters(min_codepoint=32, exclude_characters="\x7f", exclude_categories=["Cs"]))
)
def test_a_source_that_says_nothing_is_refused_with_lines_that_can_be_pasted(name: str) -> None:
    with pytest.raises(RefusedError) as caught:
        check_source(name, None, None, None, None)
    lines = caught.value.text().split("add to inbox.toml:\n")[-1]
    entry = tomllib.loads(lines)["source"][0]
    assert set(entry) == {"files", "nexus", "handling"}
    assert all(word in lines for word in [*Nexus, *Handling])


def test_the_lines_leave_out_a_nexus_that_is_already_declared() -> None:
    with pytest.raises(RefusedError) as caught:
        check_source("a.csv", None, None, "seizure", None)
    assert "nexus =" not in caught.value.text()


@pytest.mark.parametrize(
    ("nexus", "handling", "names"),
    [("curiosity", "PUBLIC", "trace, seizure"), ("trace", "SECRET", "SYNTHETIC, PUBLIC")],
)
def test_unknown_words_are_refused_with_those_that_exist(
    nexus: str, handling: str, names: str
) -> None:
    with pytest.raises(RefusedError, match=names):
        check_source("a.csv", None, None, nexus, handling)


ORDER = ["PUBLIC", "PERSONAL", "LAW_ENFORCEMENT", "TRACE_RESTRICTED"]


@pytest.mark.parametrize("declared", [*ORDER, "SYNTHETIC"])
@pytest.mark.parametrize("layout", ORDER)
def test_a_declaration_may_only_make_the_layout_stricter(layout: str, declared: str) -> None:
    if declared == "SYNTHETIC" or ORDER.index(declared) >= ORDER.index(layout):
        got = check_source("a.csv", layout, "trace", None, declared)
        assert got == (Nexus.TRACE, Handling(declared))
    else:
        with pytest.raises(RefusedError, match="weaker"):
            check_source("a.csv", layout, "trace", None, declared)


def test_a_layout_cannot_call_itself_synthetic() -> None:
    with pytest.raises(RefusedError, match="only an inbox file"):
        check_source("a.csv", "SYNTHETIC", "trace", None, None)


def test_police_records_cannot_be_held_as_public() -> None:
    with pytest.raises(RefusedError, match="nexus public"):
        check_source("a.csv", "LAW_ENFORCEMENT", "seizure", "public", None)


def test_a_public_list_may_be_kept_more_strictly_without_another_nexus() -> None:
    got = check_source("ffl.csv", "PUBLIC", "public", None, "PERSONAL")
    assert got == (Nexus.PUBLIC, Handling.PERSONAL)


def test_purchases_of_a_case_cannot_shed_their_case_by_another_nexus() -> None:
    with pytest.raises(RefusedError, match="only within a case"):
        check_source("sales.csv", "LAW_ENFORCEMENT", "case", "seizure", None)
    assert check_source("x.csv", "LAW_ENFORCEMENT", "case", "exhibit", None)[0] is Nexus.EXHIBIT


def test_rows_without_a_case_number_are_found() -> None:
    column = pa.chunked_array(
        [["FED/SON/0012/2024", "", None], ["  ", "N/A", "sin número", "000", "-", "3:11-cr-126"]]
    )
    assert check_case_numbers(column) == [1, 2, 3, 4, 5, 6, 7]
    assert check_case_numbers(pa.array(["AP/1"])) == []
    assert check_case_numbers(pa.array([], pa.string())) == []
    assert [each for each in Nexus if needs_case_number(each)] == [Nexus.CASE, Nexus.EXHIBIT]


BOOKS = [
    ["Manufacturer", "Model", "Serial", "Date Acquired", "Name", "Date of Disposition", "4473 No."],
    ["make", "serial", "acquireDate", "acquireContactName", "disposeDate", "disposeContactName"],
    ["Serial", "Acq Date", "Acq From", "Disp Date", "Disp To"],
    ["SERIAL NUMBER", "RECEIVED FROM", "TRANSFEREE"],
    ["Serial", "Acquisition Source", "Form 4473 serial"],
    ["Matrícula", "Fecha de adquisición", "Adquirido de", "Fecha de venta", "Vendido a"],
    ["matricula", "PROVEEDOR", "CLIENTE", "fecha"],
    ["Serie", "Recibida de", "Fecha de enajenación"],
]


@pytest.mark.parametrize("headings", BOOKS, ids=lambda headings: headings[-1])
def test_a_dealers_book_is_recognised_and_told_of_private_matching(headings: list[str]) -> None:
    with pytest.raises(RefusedError, match="private matching"):
        check_headings("book.csv", headings)


NOT_BOOKS = [
    # inspections
    ["FFL Number", "Inspection Number", "Date Assigned", "Date Completed", "Disposition"],
    # multiple sale, 3310.4
    ["Date of Report", "Date received", "Transferee", "Date of sale", "FFL", "Serial", "4473"],
    # theft and loss, 3310.11
    ["Licensee", "Date of theft", "Serial", "Date acquired", "Type of loss"],
    # seizure list
    ["folio", "fecha", "autoridad", "entidad", "municipio", "marca", "modelo", "matrícula"],
    # trace result
    ["Request", "Date received", "Purchaser", "Purchase date", "Dealer", "Recovered from"],
    # purchases within a case
    ["Case number", "Date of purchase", "Purchaser", "Seller", "Form 4473", "Serial"],
    ["Carpeta", "Fecha de adquisición", "Comprador", "Armería", "Matrícula"],
    # exhibits of a case
    ["Exhibit", "Received from", "Date of disposition", "Case number"],
    # losses of police arms
    ["Corporación", "Fecha de adquisición", "Fecha de baja", "Matrícula", "Resguardante"],
    # licensees
    ["LIC_REGN", "LIC_DIST", "LIC_SEQN", "LICENSE_NAME", "BUSINESS_NAME", "PREMISE_STREET"],
    [],
]


@pytest.mark.parametrize("headings", NOT_BOOKS, ids=lambda headings: (headings or ["none"])[0])
def test_lawful_lists_are_not_taken_for_a_dealers_book(headings: list[str]) -> None:
    assert looks_like_bound_book(headings) is None
