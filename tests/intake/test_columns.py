"""Column-wise reading agrees with reading row by row."""

from __future__ import annotations

import json

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ironriver.intake.columns import distinct, rows_as_json, trimmed

texts = st.lists(st.one_of(st.none(), st.text(max_size=6)), min_size=1, max_size=40)


@given(texts)
def test_the_row_as_received_is_json_of_its_cells(column: list[str | None]) -> None:
    cells = pa.table({"a": pa.array(column, pa.string()), "b": pa.array(column, pa.string())})
    read = [json.loads(row) for row in rows_as_json(cells).to_pylist()]
    assert read == [[text or "", text or ""] for text in column]


@given(texts, st.integers(0, 3))
def test_distinct_texts_laid_back_over_the_rows_give_the_rows(
    column: list[str | None], shift: int
) -> None:
    other = column[shift:] + column[:shift]
    columns = [pa.array(column, pa.string()), None, pa.array(other, pa.string())]
    found, inverse = distinct(columns, len(column))
    assert len(found) == len(set(found))
    assert [found[code] for code in inverse] == [
        (left, None, right) for left, right in zip(column, other, strict=True)
    ]


@given(texts)
def test_trimming_gives_the_same_whether_texts_repeat_or_not(column: list[str | None]) -> None:
    once = trimmed(pa.array(column, pa.string())).to_pylist()
    often = trimmed(pa.array(column * 8, pa.string())).to_pylist()
    assert often == once * 8
    assert all(text is None or text == text.strip() for text in once)
