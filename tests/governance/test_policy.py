"""Every role, purpose, handling and use, against answers written out by hand."""

from __future__ import annotations

import itertools

import pytest

from ironriver.governance.policy import REASONS, Use, decide
from ironriver.governance.roles import Role
from ironriver.tables import Handling

PURPOSES = ("", "   ", "--", "carpeta FED/12/2024")

# One line per role and handling: may it have row, names, aggregate, audit; may it judge, and find?
# y = yes, n = no, p = only with a purpose.
EXPECTED = """
none        SYNTHETIC         n n n n n n
none        PUBLIC            n n n n n n
none        PERSONAL          n n n n n n
none        LAW_ENFORCEMENT   n n n n n n
none        TRACE_RESTRICTED  n n n n n n
none        unknown           n n n n n n
custodian   SYNTHETIC         y y y y p p
custodian   PUBLIC            y y y y p p
custodian   PERSONAL          p p y y p p
custodian   LAW_ENFORCEMENT   p p y y p p
custodian   TRACE_RESTRICTED  n n y y p p
custodian   unknown           n n n y p p
analyst     SYNTHETIC         y y y n p p
analyst     PUBLIC            y y y n p p
analyst     PERSONAL          p p y n p p
analyst     LAW_ENFORCEMENT   p p y n p p
analyst     TRACE_RESTRICTED  n n y n p p
analyst     unknown           n n n n p p
supervisor  SYNTHETIC         y y y y p p
supervisor  PUBLIC            y y y y p p
supervisor  PERSONAL          p p y y p p
supervisor  LAW_ENFORCEMENT   p p y y p p
supervisor  TRACE_RESTRICTED  n n y y p p
supervisor  unknown           n n n y p p
oversight   SYNTHETIC         y n y y n n
oversight   PUBLIC            y n y y n n
oversight   PERSONAL          n n y y n n
oversight   LAW_ENFORCEMENT   n n y y n n
oversight   TRACE_RESTRICTED  n n y y n n
oversight   unknown           n n n y n n
reader      SYNTHETIC         y n y n n n
reader      PUBLIC            y n y n n n
reader      PERSONAL          n n y n n n
reader      LAW_ENFORCEMENT   n n y n n n
reader      TRACE_RESTRICTED  n n y n n n
reader      unknown           n n n n n n
"""


def cells() -> list[tuple[str, str, str, Use, bool]]:
    uses = (Use.ROW, Use.NAMES, Use.AGGREGATE, Use.AUDIT, Use.JUDGE, Use.FIND)
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
