"""What may not be published does not reach the findings page."""

from __future__ import annotations

from collections.abc import Mapping

from findings_world import World
from hypothesis import given
from hypothesis import strategies as st

from ironriver.reports.findings.cells import Key, publish, strictest, under
from ironriver.tables import Handling


class Tens:
    """Withholds counts under ten."""

    asked = 0

    def __call__(self, counts: Mapping[Key, int], handling: Handling) -> Mapping[Key, int | None]:
        """Give the counts of ten and more."""
        self.asked += 1
        return {key: count if count >= 10 else None for key, count in counts.items()}

    def may_name(self, handling: Handling) -> bool:  # noqa: D102
        return True


@given(
    st.dictionaries(st.tuples(st.text(max_size=3)), st.integers(0, 99), min_size=1),
    st.sampled_from(list(Handling)),
)
def test_only_public_and_synthetic_counts_pass_without_the_gate(
    counts: dict[Key, int], handling: Handling
) -> None:
    gate = Tens()
    cells = publish(counts, handling, gate)
    free = handling in (Handling.PUBLIC, Handling.SYNTHETIC)
    assert gate.asked == (0 if free else 1)
    assert cells.keys() == counts.keys()
    for key, cell in cells.items():
        assert cell.value == (counts[key] if free or counts[key] >= 10 else None)


def test_withheld_counts_come_last_by_name_so_that_their_rank_tells_nothing() -> None:
    counts: dict[Key, int] = {("c",): 30, ("b",): 9, ("d",): 20, ("a",): 2}
    cells = publish(counts, Handling.PERSONAL, Tens())
    assert list(cells) == [("c",), ("d",), ("a",), ("b",)]


def test_parts_of_a_withheld_total_are_withheld() -> None:
    cells = publish({("a", "x"): 12, ("b", "x"): 40}, Handling.PERSONAL, Tens())
    totals = {"a": publish({("a",): 2}, Handling.PERSONAL, Tens())["a",], "b": cells["b", "x"]}
    assert [cell.value for cell in under(totals, cells).values()] == [None, 40]


@given(st.lists(st.sampled_from([*Handling.__members__, "unheard of"])))
def test_an_unknown_label_counts_as_the_strictest(labels: list[str]) -> None:
    if "unheard of" in labels:
        assert strictest(labels) is Handling.TRACE_RESTRICTED
    else:
        assert strictest(labels).value in labels or not labels


def test_public_findings_ask_the_gate_nothing(world: World) -> None:
    world.findings()
    assert world.journal.lines == []
