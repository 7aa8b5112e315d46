"""Every role, purpose, handling and use, against answers written out by hand."""

from __future__ import annotations

import itertools

import pytest

from ironriver.governance.policy import REASONS, Use, decide
from ironriver.governance.roles import Role
from ironriver.tables import Handling

PURPOSES = ("", "   ", "--", "carpeta FED/12/2024")

# One line per role and handling: may it have row, names, aggregate, audit?
# y = yes, n = no, p = only with a purpose.
EXPECTED = """
none        SYNTHETIC         n n n n
none        PUBLIC            n n n n
none        PERSONAL          n n n n
none        LAW_ENFORCEMENT   n n n n
none        TRACE_RESTRICTED  n n n n
none        unknown           n n n n
custodian   SYNTHETIC         y y y y
custodian   PUBLIC            y y y y
custodian   PERSONAL          p p y y
custodian   LAW_ENFORCEMENT   p p y y
custodian   TRACE_RESTRICTED  n n y y
custodian   unknown           n n n y
analyst     SYNTHETIC         y y y n
analyst     PUBLIC            y y y n
analyst     PERSONAL          p p y n
analyst     LAW_ENFORCEMENT   p p y n
analyst     TRACE_RESTRICTED  n n y n
analyst     unknown           n n n n
supervisor  SYNTHETIC         y y y y
supervisor  PUBLIC            y y y y
supervisor  PERSONAL          p p y y
supervisor  LAW_ENFORCEMENT   p p y y
supervisor  TRACE_RESTRICTED  n n y y
supervisor  unknown           n n n y
oversight   SYNTHETIC         y n y y
oversight   PUBLIC            y n y y
oversight   PERSONAL          n n y y
oversight   LAW_ENFORCEMENT   n n y y
oversight   TRACE_RESTRICTED  n n y y
oversight   unknown           n n n y
reader      SYNTHETIC         y n y n
reader      PUBLIC            y n y n
reader      PERSONAL          n n y n
reader      LAW_ENFORCEMENT   n n y n
reader      TRACE_RESTRICTED  n n y n
reader      unknown           n n n n
"""


def cells() -> list[tuple[str, str, str, Use, bool]]:
    uses = (Use.ROW, Use.NAMES, Use.AGGREGATE, Use.AUDIT)
    found = []
    for line in EXPECTED.split("\n")[1:-1]:
        role, handling, *answers = line.split()
        for (use, answer), purpose in itertools.product(zip(uses, answers, strict=True), PURPOSES):
            stated = purpose == "carpeta FED/12/2024"
            found.append(
                (role, handling, purpose, use, answer == "y" or (answer == "p" and stated))
            )
    return found


def test_the_matrix_is_whole() -> None:
    told = {(role, handling) for role, handling, *_ in cells()}
    roles = ["none", *Role]
    handlings = ["unknown", *Handling]
    assert told == {(str(r), str(h)) for r, h in itertools.product(roles, handlings)}
    assert len(cells()) == len(roles) * len(handlings) * len(Use) * len(PURPOSES)


@pytest.mark.parametrize(("role", "handling", "purpose", "use", "expected"), cells())
def test_the_policy_answers_as_written(
    role: str, handling: str, purpose: str, use: Use, expected: bool
) -> None:
    decision = decide(
        None if role == "none" else Role(role),
        purpose,
        None if handling == "unknown" else Handling(handling),
        use,
    )
    assert decision.allowed is expected
    assert decision.reason == REASONS[decision.code]
    assert (decision.code == "allowed") is expected
