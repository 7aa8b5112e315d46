"""How the fields of a row are read: which headings go together, and what they fill.

A field reader takes the texts of a few fields and gives a Reading. Readers are called once per
distinct set of texts, so they are plain functions of text.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from ironriver.intake import place_fields
from ironriver.intake.layout import Layout, fold
from ironriver.intake.parsers import dates, description, quantities
from ironriver.intake.parsers.reading import Problem, Reading, Texts, Value
from ironriver.tables import DatePrecision

Read = Callable[[Texts], Reading]


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader must know of the file.

    Its layout, the order of its dates by field, and the latest day a row of it can speak of: a file
    tells nothing that happened after it was received.
    """

    layout: Layout
    date_orders: Mapping[str, dates.Order | None]
    latest: dt.date


@dataclass(frozen=True, slots=True)
class FieldReader:
    """Reads the texts of `inputs` together and fills `outputs`."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    make: Callable[[Context], Read]

    def serves(self, columns: frozenset[str], fields: frozenset[str]) -> bool:
        """Say whether the table has its first output, and the file one of its inputs."""
        return self.outputs[0] in columns and bool(fields.intersection(self.inputs))


def _read_date(
    column: str,
    order: dates.Order | None,
    latest: dt.date,
    custom: dates.Order,
    texts: Texts,
) -> Reading:
    if texts[0] is None:
        return Reading({column: None, "date_precision": DatePrecision.UNKNOWN})
    return dates.read(texts[0], order, column, latest, custom)


def _date(field: str, column: str) -> FieldReader:
    outputs = (column, "date_precision") if field == "event_date" else (column,)
    return FieldReader(
        (field,),
        outputs,
        lambda context: partial(
            _read_date,
            column,
            context.date_orders[field],
            context.latest,
            context.layout.date_order,
        ),
    )


_MONTHS = {
    name: number
    for number, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), 1
    )
}


def _fiscal_month(texts: Texts) -> Reading:
    """Read a US fiscal year and month; the fiscal year begins in October of the year before."""
    year = re.match(r"((?:19|20)[0-9]{2})(?![0-9])", texts[0] or "")
    month = _MONTHS.get((texts[1] or "").strip().upper()[:3])
    if year is None or month is None:
        return Reading(
            problem=Problem("date_invalid", f"fiscal year {texts[0]!r}, month {texts[1]!r}")
        )
    calendar_year = int(year[1]) - (month >= 10)
    return Reading(
        {"event_date": dt.date(calendar_year, month, 1), "date_precision": DatePrecision.MONTH}
    )


def _describe(texts: Texts) -> Reading:
    make, model, calibre, type_, class_, category, importer, country = texts
    return description.read(make, model, calibre, type_ or class_ or category, importer, country)


def _item(texts: Texts) -> Reading:
    word = fold(texts[0] or "")
    known = {"ammunition": "ammunition", "magazine": "magazine"}
    return Reading({"item": known.get(word, "part" if word else "other")})


def _whole(column: str, texts: Texts) -> Reading:
    reading = quantities.read(texts[0]) if texts[0] is not None else Reading()
    return _under(column, reading, reading.values.get("quantity"))


def _number(column: str, texts: Texts) -> Reading:
    reading = quantities.read_number(texts[0]) if texts[0] is not None else Reading()
    return _under(column, reading, reading.values.get("number"))


def _under(column: str, reading: Reading, value: Value) -> Reading:
    """Give a reading under the name of its column, its problem too."""
    problem = reading.problem
    if problem is not None:
        problem = Problem(problem.code, f"{column}: {problem.reason}")
    return Reading({column: value}, reading.repairs, problem)


def _whole_reader(name: str) -> FieldReader:
    return FieldReader((name,), (name,), lambda _: partial(_whole, name))


def _number_reader(name: str) -> FieldReader:
    return FieldReader((name,), (name,), lambda _: partial(_number, name))


def _time_to_crime(texts: Texts) -> Reading:
    """Read days as the source states them; below zero is a finding, not a fault of the row."""
    reading = _number("time_to_crime_days", texts)
    days = reading.values.get("time_to_crime_days")
    rounded = round(days) if isinstance(days, float) else None
    return Reading({"time_to_crime_days": rounded}, problem=reading.problem)


def _sections(texts: Texts) -> Reading:
    cited = [part.strip() for part in (texts[0] or "").split(",") if part.strip()]
    return Reading({"violations": json.dumps(cited, ensure_ascii=False)})


def _words(column: str, words: Mapping[str, str], strict: bool, texts: Texts) -> Reading:
    text = fold(texts[0] or "")
    if not text:
        return Reading()
    ours = words.get(text) or next(
        (words[known] for known in sorted(words, key=len, reverse=True) if known in text), None
    )
    if ours is None and strict:
        known = ", ".join(sorted(words))
        return Reading(
            problem=Problem("word_unknown", f"{column}: {texts[0]!r} is not one of: {known}")
        )
    return Reading({column: ours})


_DESCRIPTION_OUT = ("calibre", "make", "model", "type", "importer", "origin_country")

READERS: tuple[FieldReader, ...] = (
    _date("event_date", "event_date"),
    _date("completed_date", "completed_date"),
    _date("assigned_date", "assigned_date"),
    _date("recovery_date", "recovery_date"),
    _date("purchase_date", "purchase_date"),
    _date("end_date", "end_date"),
    _date("as_of_date", "as_of"),
    FieldReader(
        ("fiscal_year", "fiscal_month"),
        ("event_date", "date_precision"),
        lambda _: _fiscal_month,
    ),
    FieldReader(
        ("state", "county", "municipality", "city", "place", "recovery_country"),
        ("country", "admin1", "admin2", "place", "latitude", "longitude"),
        lambda context: partial(place_fields.place, context.layout.country),
    ),
    FieldReader(
        ("office",),
        ("country", "admin1", "place", "latitude", "longitude"),
        lambda _: place_fields.office,
    ),
    FieldReader(("port",), ("crossing",), lambda _: place_fields.port),
    FieldReader(
        ("make", "model", "calibre", "type", "class", "category", "importer", "origin_country"),
        _DESCRIPTION_OUT,
        lambda _: _describe,
    ),
    FieldReader(("category",), ("item",), lambda _: _item),
    FieldReader(
        (
            "licence_number",
            "licence_region",
            "licence_district",
            "licence_county",
            "licence_type",
            "licence_expiry",
            "licence_sequence",
        ),
        ("licence_key", "licence_number", "type", "expiry"),
        lambda _: place_fields.licence,
    ),
    FieldReader(
        ("licensee_state", "licence_county", "licensee_city", "county"),
        ("country", "admin1", "admin2", "place"),
        lambda _: place_fields.licence_place,
    ),
    FieldReader(
        ("dealer_state", "dealer_county", "dealer_city"),
        ("source_admin1", "source_admin2"),
        lambda _: place_fields.source_place,
    ),
    *map(_whole_reader, ("quantity", "rounds", "magazines", "deaths", "place_precision")),
    *map(_number_reader, ("latitude", "longitude", "weight", "value")),
    FieldReader(("time_to_crime_days",), ("time_to_crime_days",), lambda _: _time_to_crime),
    FieldReader(("violations",), ("violations",), lambda _: _sections),
)

# Fields whose words the layout itself explains; a strict one quarantines an unknown word.
_STRICT_WORDS = frozenset({"kind", "relation"})
_WORD_COLUMNS = {
    "outcome_raw": "outcome",
    "event_kind": "kind",
    "source_date_precision": "date_precision",
}


def word_readers(layout: Layout) -> tuple[FieldReader, ...]:
    """Give a reader for each field whose words the layout explains."""
    return tuple(_word_reader(name, words) for name, words in layout.words.items())


def _word_reader(name: str, words: Mapping[str, str]) -> FieldReader:
    column = _WORD_COLUMNS.get(name, name)
    strict = name in _STRICT_WORDS
    return FieldReader((name,), (column,), lambda _: partial(_words, column, words, strict))


# Fields that are kept as received under another column's name.
COPIES = {
    "report_number": "reference",
    "hit_number": "reference",
    "make": "make_raw",
    "model": "model_raw",
    "calibre": "calibre_raw",
    "importer": "importer_raw",
    "origin_country": "origin_country_raw",
    "serial": "serial_raw",
    "category": "type_raw",
    "class": "type_raw",
    "type": "type_raw",
}

ROLES = {
    "purchaser": "purchaser",
    "possessor": "possessor",
    "associate": "associate",
    "licensee": "licensee",
    "seller": "seller",
    "dealer": "seller",
    "officer": "officer",
}
