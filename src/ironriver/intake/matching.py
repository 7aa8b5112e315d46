"""Which layout fits these headings, and how sure that is."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ironriver.errors import LayoutError
from ironriver.intake.layout import Layout, fold, layouts
from ironriver.settings import number

_HEADER_SEARCH_ROWS = 25


@dataclass(frozen=True, slots=True)
class Match:
    """A layout laid over a row of headings.

    ``columns`` maps field to heading position; ``unplaced`` are headings that no field takes;
    ``missing`` are required fields without a heading. ``certainty`` is 0-1: half for the required
    fields, half for the share of headings placed.
    """

    layout: Layout
    sample_row: int
    names: tuple[str, ...]
    columns: Mapping[str, int]
    unplaced: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def certainty(self) -> float:
        """How sure the match is; 0 where a required field is missing."""
        if self.missing or not self.names:
            return 0.0
        named = sum(1 for name in self.names if name)
        return 0.5 + 0.5 * (named - len(self.unplaced)) / named


def lay_over(
    layout: Layout, names: Sequence[str], sample_row: int, mapping: Mapping[str, str]
) -> Match:
    """Lay `layout` over headings; `mapping` (heading to field) goes before its aliases.

    Of two headings for one field the one whose alias stands first in the layout is taken.
    """
    by_hand = {fold(heading): target for heading, target in mapping.items()}
    claims: dict[str, tuple[int, int]] = {}
    for position, name in enumerate(names):
        folded = fold(name)
        for target, rank in _claims(layout, folded, by_hand):
            if target not in claims or rank < claims[target][1]:
                claims[target] = (position, rank)
                break
    columns = {target: position for target, (position, _) in claims.items()}
    unused = set(layout.fields.get("unused", ()))
    placed = set(columns.values())
    unplaced = tuple(
        name
        for position, name in enumerate(names)
        if name and position not in placed and fold(name) not in unused
    )
    missing = tuple(field for field in layout.required if field not in columns)
    return Match(layout, sample_row, tuple(names), columns, unplaced, missing)


def _claims(layout: Layout, folded: str, by_hand: Mapping[str, str]) -> Iterable[tuple[str, int]]:
    if folded in by_hand:
        yield by_hand[folded], -1
        return
    for target, aliases in layout.fields.items():
        if target != "unused" and folded in aliases:
            yield target, aliases.index(folded)


def best_match(
    sample: Sequence[Sequence[str]],
    file_name: str,
    wanted: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Match:
    """Find the layout and the heading row of a part.

    Raises LayoutError, naming what could not be placed and how to write a mapping, where no layout
    is certain enough or where two fit equally well.
    """
    mapping = mapping or {}
    candidates = _candidates(wanted, file_name)
    _check_mapping(candidates, sample[:_HEADER_SEARCH_ROWS], file_name, mapping)
    matches = [
        lay_over(layout, row, index, mapping)
        for index, row in enumerate(sample[:_HEADER_SEARCH_ROWS])
        for layout in candidates
    ]
    fitting = sorted(
        (match for match in matches if match.certainty > 0),
        key=lambda match: (-match.certainty, -len(match.columns), match.sample_row),
    )
    if not fitting:
        raise _nothing_fits(matches, file_name, wanted)
    best = _settle_tie(fitting, file_name)
    _check_mapping([best.layout], [best.names], file_name, mapping)
    if wanted is None and best.certainty < number("match_certainty"):
        raise LayoutError(
            "{file}: the headings look like layout {layout} (certainty {certainty:.2f}), but these "
            "columns have no place in it: {unplaced}. If it is that layout, write in inbox.toml: "
            'layout = "{layout}" and, for a column that should be read, '
            'columns = {{ "{first}" = "FIELD" }} with a field of: {fields}',
            file=file_name,
            layout=best.layout.name,
            certainty=best.certainty,
            unplaced=", ".join(best.unplaced),
            first=best.unplaced[0],
            fields=", ".join(key for key in best.layout.fields if key != "unused"),
        )
    return best


def _candidates(wanted: str | None, file_name: str) -> list[Layout]:
    known = layouts()
    if wanted is None:
        return list(known.values())
    if wanted not in known:
        raise LayoutError(
            "{file}: there is no layout {name}; layouts are: {known}",
            file=file_name,
            name=wanted,
            known=", ".join(known),
        )
    return [known[wanted]]


def _check_mapping(
    candidates: Sequence[Layout],
    sample: Sequence[Sequence[str]],
    file_name: str,
    mapping: Mapping[str, str],
) -> None:
    """Refuse a mapping to a field that no candidate has; list the fields of the nearest."""
    held = {target for layout in candidates for target in layout.fields}
    here = {fold(name) for row in sample for name in row}
    wrong = [
        (heading, target)
        for heading, target in mapping.items()
        if target not in held and (len(candidates) > 1 or fold(heading) in here)
    ]
    if not wrong:
        return
    nearest = max(
        (lay_over(layout, row, 0, {}) for layout in candidates for row in sample),
        key=lambda match: len(match.columns),
        default=None,
    )
    if nearest is None:
        return
    raise LayoutError(
        '{file}: columns in inbox.toml reads "{heading}" as {target}, which is no field of layout '
        "{layout}; its fields are: {fields}",
        file=file_name,
        heading=wrong[0][0],
        target=wrong[0][1],
        layout=nearest.layout.name,
        fields=", ".join(key for key in nearest.layout.fields if key != "unused"),
    )


def _settle_tie(fitting: Sequence[Match], file_name: str) -> Match:
    best = fitting[0]
    equal = [
        match
        for match in fitting
        if match.certainty == best.certainty
        and len(match.columns) == len(best.columns)
        and match.sample_row == best.sample_row
    ]
    if len(equal) == 1:
        return best
    base = fold_name(file_name)
    named = [
        match
        for match in equal
        if any(fnmatch.fnmatch(base, pattern) for pattern in match.layout.file_names)
    ]
    if len(named) == 1:
        return named[0]
    names = ", ".join(match.layout.name for match in equal)
    raise LayoutError(
        "{file}: the headings fit more than one layout ({layouts}); write in inbox.toml which: "
        'layout = "{first}"',
        file=file_name,
        layouts=names,
        first=equal[0].layout.name,
    )


def fold_name(file_name: str) -> str:
    """Give the last part of a file name in lower case."""
    return file_name.rsplit("/", 1)[-1].lower()


def _nothing_fits(matches: Sequence[Match], file_name: str, wanted: str | None) -> LayoutError:
    near = max(
        (match for match in matches if match.columns),
        key=lambda match: (len(match.columns) - 2 * len(match.missing), -match.sample_row),
        default=None,
    )
    if near is None or (wanted is None and 2 * len(near.missing) >= len(near.layout.required)):
        return LayoutError("{file}: no layout fits its headings", file=file_name)
    return LayoutError(
        "{file}: no layout fits its headings; the nearest is {layout}, which also needs {missing}. "
        'If a column holds it, write in inbox.toml: layout = "{layout}" and '
        'columns = {{ "HEADING" = "{first}" }}',
        file=file_name,
        layout=near.layout.name,
        missing=", ".join(near.missing),
        first=near.missing[0],
    )
