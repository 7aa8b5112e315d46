"""No register of firearms or owners: what a source must say before it may be held."""

from __future__ import annotations

import glob
import json
from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from ironriver.errors import RefusedError
from ironriver.governance.bound_book import looks_like_bound_book
from ironriver.tables import Handling, Nexus

__all__ = [
    "CASE_NUMBER_MISSING",
    "check_case_numbers",
    "check_headings",
    "check_source",
    "looks_like_bound_book",
    "needs_case_number",
    "stricter",
]

CASE_NUMBER_MISSING = "case_number_missing"

_CASED = (Nexus.CASE, Nexus.EXHIBIT)
_STRICTNESS = (
    Handling.PUBLIC,
    Handling.PERSONAL,
    Handling.LAW_ENFORCEMENT,
    Handling.TRACE_RESTRICTED,
)
# What people type where they have no number; compared in capitals, without marks or spaces.
_NO_NUMBER = frozenset({"", "NA", "ND", "SN", "NONE", "NULL", "UNKNOWN", "SINNUMERO", "SINDATO"})

_Word = TypeVar("_Word", bound=StrEnum)


def stricter(left: Handling, right: Handling) -> bool:
    """Tell whether `left` is stricter than `right`; SYNTHETIC stands apart and is never stricter.

    >>> stricter(Handling.LAW_ENFORCEMENT, Handling.PUBLIC)
    True
    """
    if Handling.SYNTHETIC in (left, right):
        return left is not Handling.SYNTHETIC and right is Handling.SYNTHETIC
    return _STRICTNESS.index(left) > _STRICTNESS.index(right)


def check_source(
    name: str,
    layout_handling: str | None,
    layout_nexus: str | None,
    declared_nexus: str | None,
    declared_handling: str | None,
) -> tuple[Nexus, Handling]:
    """Give the nexus and handling of a source, the inbox file's words before the layout's.

    Raises RefusedError where either is missing or unknown, where the inbox file would loosen what
    the layout demands, or where a list of case purchases would do without its cases.
    """
    if not (declared_nexus or layout_nexus) or not (declared_handling or layout_handling):
        raise _undeclared(name, bool(declared_nexus or layout_nexus))
    nexus = _known(Nexus, "nexus", declared_nexus or layout_nexus or "", name)
    handling = _known(Handling, "handling", declared_handling or layout_handling or "", name)
    if handling is Handling.SYNTHETIC:
        if not declared_handling:
            raise RefusedError(
                "{name}: only an inbox file may mark a source SYNTHETIC, not its layout", name=name
            )
        return nexus, handling
    _check_not_loosened(name, layout_handling, layout_nexus, nexus, handling)
    return nexus, handling


def needs_case_number(nexus: Nexus) -> bool:
    """Tell whether every row of a source with this nexus must name its case."""
    return nexus in _CASED


def check_case_numbers(column: pa.ChunkedArray | pa.Array) -> list[int]:
    """Give the places (from 0) of rows without a case number; they go to quarantine.

    Blank cells and words that stand for nothing (``N/A``, ``S/N``, ``sin número``) are none.

    >>> check_case_numbers(pa.array(["FED/12/2024", None, " ", "s/n"]))
    [1, 2, 3]
    """
    values = column.unique().to_pylist()
    missing = pa.array([value for value in values if _is_no_number(value)], column.type)
    found = pc.is_in(column, value_set=missing, skip_nulls=False)
    return [int(place) for place in pc.indices_nonzero(found).to_pylist()]


def check_headings(name: str, headings: Sequence[str]) -> None:
    """Refuse a file that is a dealer's whole book of acquisitions and dispositions."""
    signs = looks_like_bound_book(headings)
    if signs is None:
        return
    raise RefusedError(
        "{name} looks like a dealer's book of acquisitions and dispositions (headings: {signs}), "
        "and holding one would make a register of owners (18 USC 926(a)); a record holder "
        "answers through private matching instead: see ironriver exchange",
        name=name,
        signs=signs,
    )


def _is_no_number(value: str | None) -> bool:
    plain = "".join(letter for letter in (value or "").upper() if letter.isalnum())
    return plain.replace("Ú", "U") in _NO_NUMBER or not plain.strip("0")


def _known(kind: type[_Word], what: str, word: str, name: str) -> _Word:
    try:
        return kind(word)
    except ValueError:
        raise RefusedError(
            "{name}: {word} is no {what}; there are: {known}",
            name=name,
            word=json.dumps(word, ensure_ascii=False),
            what=what,
            known=", ".join(kind),
        ) from None


def _undeclared(name: str, has_nexus: bool) -> RefusedError:
    """Say which lines to add to the inbox file, ready to be copied."""
    files = json.dumps(glob.escape(name), ensure_ascii=False)
    lines = ["[[source]]", f"files = {files}"]
    if not has_nexus:
        lines.append(f'nexus = "..."      # {", ".join(Nexus)}')
    lines.append(f'handling = "..."   # {", ".join(Handling)}')
    return RefusedError(
        "{name} may not be held: nothing says why (nexus) or how it must be handled; "
        "add to inbox.toml:\n{lines}",
        name=name,
        lines="\n".join(lines),
    )


def _check_not_loosened(
    name: str,
    layout_handling: str | None,
    layout_nexus: str | None,
    nexus: Nexus,
    handling: Handling,
) -> None:
    floor = Handling(layout_handling) if layout_handling else Handling.PUBLIC
    if stricter(floor, handling):
        raise RefusedError(
            "{name}: handling {handling} is weaker than {floor}, which its layout demands; "
            "declare {floor} or stricter (SYNTHETIC for invented data)",
            name=name,
            handling=handling,
            floor=floor,
        )
    if nexus is Nexus.PUBLIC and handling is not Handling.PUBLIC and layout_nexus != Nexus.PUBLIC:
        raise RefusedError(
            "{name}: nexus public stands only with handling PUBLIC; for handling {handling} say "
            "which it is: {known}",
            name=name,
            handling=handling,
            known=", ".join(each for each in Nexus if each is not Nexus.PUBLIC),
        )
    if layout_nexus in _CASED and nexus not in _CASED:
        raise RefusedError(
            "{name}: this layout is held only within a case; declare nexus case or exhibit "
            "instead of {nexus}, with a case number on every row",
            name=name,
            nexus=nexus,
        )
