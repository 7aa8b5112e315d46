"""The page on the law says what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from ironriver.governance.policy import Use, decide, smallest_cell
from ironriver.governance.retention import EXPIRED
from ironriver.governance.roles import Role
from ironriver.tables import Handling
from ironriver.workspace.audit import AuditReport

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "law.md").read_text("utf-8")

FREE = (Handling.PUBLIC, Handling.SYNTHETIC)
LABELLED = (Handling.PERSONAL, Handling.LAW_ENFORCEMENT)
TRACED = (Handling.TRACE_RESTRICTED,)
COLUMNS = [
    ("public and synthetic rows", FREE, (Use.ROW,)),
    ("names in them", FREE, (Use.NAMES,)),
    ("PERSONAL and LAW_ENFORCEMENT rows", LABELLED, (Use.ROW,)),
    ("names in them", LABELLED, (Use.NAMES,)),
    ("TRACE_RESTRICTED rows", TRACED, (Use.ROW, Use.NAMES)),
    ("figures and counts", tuple(Handling), (Use.AGGREGATE,)),
    ("audit", tuple(Handling), (Use.AUDIT,)),
    ("judging", tuple(Handling), (Use.JUDGE,)),
    ("search by name", tuple(Handling), (Use.FIND,)),
]


def answer(role: Role, handlings: tuple[Handling, ...], uses: tuple[Use, ...]) -> str:
    """Say in the page's words what the policy says of all these alike."""
    asked = [(handling, use) for handling in handlings for use in uses]
    found = {
        (decide(role, "", h, use).allowed, decide(role, "case 12", h, use).allowed)
        for h, use in asked
    }
    (alike,) = found
    return {(True, True): "yes", (False, True): "with a purpose", (False, False): "no"}[alike]


def test_the_table_of_roles_is_what_the_policy_decides() -> None:
    lines = [
        f"| role | {' | '.join(name for name, _, _ in COLUMNS)} |",
        "|---" * (len(COLUMNS) + 1) + "|",
    ]
    for role in Role:
        answers = [answer(role, handlings, uses) for _, handlings, uses in COLUMNS]
        lines.append(f"| {role} | {' | '.join(answers)} |")
    printed = PAGE.split("<!-- roles -->\n")[1].split("<!-- /roles -->")[0]
    assert printed == "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "report",
    [
        AuditReport(20, (), None, range(20)),
        AuditReport(21, (), 20, range(20, 21)),
        AuditReport(20, (), 20, range(20, 20)),
    ],
)
def test_the_lines_of_the_audit_are_printed_as_they_are_said(report: AuditReport) -> None:
    assert f"`{report.window_text()}`" in PAGE


def test_numbers_and_words_on_the_page_are_those_of_the_code() -> None:
    assert smallest_cell() == 10
    assert "below ten is hidden" in PAGE
    assert f"`{EXPIRED}`" in PAGE


def test_the_page_promises_no_compliance() -> None:
    assert "supports controls of" in PAGE
    assert "complian" not in PAGE.lower()
