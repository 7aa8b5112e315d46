"""A match for the terminal: both records side by side, and why they may be one, field by field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ironriver.language import mark, translator
from ironriver.reports import reasons as reasons_text
from ironriver.reports.review import Item, Queue, Reason, Side

# What a reviewer weighs; ids of rows and places of digits would only fill the screen.
_SHOWN = {
    "firearm": (
        "kind",
        "outcome",
        "event_date",
        "recovery_date",
        "purchase_date",
        "known_from",
        "admin1",
        "place",
        "case_number",
        "authority",
        "make_raw",
        "make",
        "model_raw",
        "calibre_raw",
        "type_raw",
        "importer_raw",
        "serial_raw",
        "serial",
        "serial_status",
        "quantity",
    ),
    "person": (
        "role",
        "name",
        "given_names",
        "surname_1",
        "surname_2",
        "birth_date",
        "address",
        "city",
        "admin1",
        "postcode",
        "phone",
        "vehicle",
        "id_number",
        "licence_number",
    ),
}
_SHOWN["licensee"] = _SHOWN["person"]

_QUESTIONS = {
    "firearm": mark("One firearm?"),
    "person": mark("One person?"),
    "licensee": mark("One licensee?"),
}
_DECISIONS = {
    "joined": mark("joined"),
    "apart": mark("kept apart"),
    "related": mark("related, not the same"),
    "judged same": mark("judged the same"),
    "judged different": mark("judged different"),
}
_NOT_SEEN = mark("withheld")


def queue_text(queue: Queue, lang: str) -> Iterator[RenderableType]:
    """Give what to print of a queue: each match, then how many wait and what was withheld."""
    say = translator(lang)
    for item in queue.items:
        yield item_text(item, lang)
    if not queue.waiting:
        yield say("no match waits for a judgement")
        return
    template = say("{shown:,} of {waiting:,} matches that wait for a judgement")
    yield template.format(shown=len(queue.items), waiting=queue.waiting)


def item_text(item: Item, lang: str) -> RenderableType:
    """Lay one match out."""
    say = translator(lang)
    about = say(
        "{question} {probability:.1%} (log-odds {log_odds:+.2f}), {decision}; pairs of records "
        "that hang on it: {hangs:,}"
    ).format(
        question=say(_QUESTIONS[item.about]),
        probability=item.probability,
        log_odds=item.log_odds,
        decision=say(_DECISIONS.get(item.decision, item.decision)),
        hangs=item.hangs,
    )
    return Group(Text(plain(about), style="bold"), _sides(item, lang), _why(item.reasons, lang))


def _sides(item: Item, lang: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("", no_wrap=True)
    table.add_column(Text(plain(item.left.identifier)), overflow="fold", ratio=1)
    table.add_column("", width=1)
    table.add_column(Text(plain(item.right.identifier)), overflow="fold", ratio=1)
    withheld = translator(lang)(_NOT_SEEN)
    if not (item.left.values and item.right.values):
        sides = ("" if side.values else withheld for side in (item.left, item.right))
        table.add_row("", next(sides), "", next(sides))
    for name in _SHOWN[item.about]:
        left, right = _value(item.left, name), _value(item.right, name)
        if left or right:
            sign = " " if not (left and right) else "=" if left == right else "≠"
            table.add_row(name, Text(left), sign, Text(right))
    return table


def _value(side: Side, name: str) -> str:
    value = side.values.get(name)
    if isinstance(value, dt.date):
        return value.isoformat()
    return "" if value is None else plain(str(value))


def _why(reasons: Sequence[Reason], lang: str) -> RenderableType:
    say = translator(lang)
    if not reasons:
        return Text(say("no reasons are given") + "\n")
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for one in reasons:
        weight = "" if one.log_odds is None else f"{one.log_odds:+.2f}"
        table.add_row(
            weight,
            Text(plain(reasons_text.field(one.field, lang))),
            Text(plain(say(reasons_text.level(one.level, lang)) if one.level else "")),
        )
    return Group(
        Text(say("What speaks against it, then what speaks for it (log-odds):")), table, ""
    )


def judgement_lines(rows: Sequence[Mapping[str, Any]], lang: str) -> Iterator[str]:
    """Give one line for each judgement: its number first, since undoing asks for it."""
    say = translator(lang)
    for row in rows:
        fields = (
            row["sequence"], row["known_from"], f"{row['actor']} ({row['role']})", row["about"],
            row["left_id"], row["verdict"], row["right_id"], row["why"],
        )  # fmt: skip
        yield "\t".join(plain(str(field)) for field in fields)
    if not rows:
        yield say("no judgement is in force")


def plain(text: str) -> str:
    r"""Replace what would steer the terminal: control and formatting characters.

    >>> plain("GLOCK\x1b[2J")
    'GLOCK�[2J'
    """
    return "".join(sign if sign.isprintable() else "�" for sign in text)
