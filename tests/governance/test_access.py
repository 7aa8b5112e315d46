"""What the gate says was withheld, and how small is small."""

from __future__ import annotations

import pyarrow as pa
import pytest
from test_gate import access, figure

from ironriver.errors import MistakeError
from ironriver.governance.access import Release, WithheldError
from ironriver.governance.policy import REASONS, smallest_cell
from ironriver.governance.release import release_rows
from ironriver.governance.roles import Role
from ironriver.tables import FIGURES, Handling


def test_every_reason_can_be_told_in_both_languages() -> None:
    empty = pa.table({"a": []})
    for code in REASONS:
        for cells in (False, True):
            release = Release("records", empty, {code: 3}, "", 0, cells)
            (english,), (spanish,) = release.lines("en"), release.lines("es")
            assert "3" in english
            assert english != spanish
        error = WithheldError("records", {code: 1})
        assert error.text("es") != error.text("en")
        assert REASONS[code] in str(error)


def test_the_commonest_reason_is_told_first() -> None:
    error = WithheldError("records", {"no_purpose": 2, "trace_restricted": 9})
    assert error.codes == ("trace_restricted", "no_purpose")
    assert str(error).index("trace database") < str(error).index("--purpose")


@pytest.mark.parametrize(("set_to", "given"), [("1", 10), ("9", 10), ("25", 25)])
def test_the_environment_can_raise_the_smallest_cell_but_not_lower_it(
    set_to: str, given: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IRONRIVER_MINIMUM_CELL", set_to)
    assert smallest_cell() == given


@pytest.mark.parametrize("set_to", ["0", "-5"])
def test_a_smallest_cell_that_is_none_is_a_mistake(
    set_to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IRONRIVER_MINIMUM_CELL", set_to)
    with pytest.raises(MistakeError):
        smallest_cell()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("reasons", '[{"field": "undetermined", "level": "4"}]'),
        ("reasons", '[{"field": "undetermined", "level": "55"}]'),
        ("low", 0.04),
        ("high", 0.95),
        ("high", 0.44),
    ],
)
def test_few_that_follow_from_the_reasons_or_the_bounds_are_few(
    column: str, value: str | float
) -> None:
    rows = figure(40, 100, Handling.TRACE_RESTRICTED)
    told = {"low": 0.40, "high": 0.70, column: value}
    for name, cell in told.items():
        place = FIGURES.names.index(name)
        rows = rows.set_column(place, name, pa.array([cell], FIGURES.schema.field(name).type))
    with pytest.raises(WithheldError, match="fewer firearms"):
        release_rows(rows, FIGURES, {}, access(Role.CUSTODIAN, "case 12"))
