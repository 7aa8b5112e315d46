"""The names in a row: who bought, sold, lost or held."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from ironriver.intake.columns import ColumnReader, Findings
from ironriver.intake.fields import ROLES
from ironriver.intake.parsers import dates, names, places
from ironriver.intake.parsers.reading import Reading, Texts
from ironriver.intake.parts import Rows
from ironriver.tables import PARTIES

_SUFFIXES = (
    "address",
    "city",
    "postcode",
    "phone",
    "vehicle",
    "id_number",
    "licence_number",
)


def _name(texts: Texts) -> Reading:
    return names.read(texts[0]) if texts[0] is not None else Reading()


def _birth_date(order: dates.Order, texts: Texts) -> Reading:
    if texts[0] is None:
        return Reading()
    return Reading(
        {"birth_date": dates.read(texts[0], order, "birth_date").values.get("birth_date")}
    )


def _state(country: str, texts: Texts) -> Reading:
    if texts[0] is None:
        return Reading()
    read = places.read_mexico if country == "MX" else places.read_us
    return Reading({"admin1": read(texts[0], None).values.get("admin1")})


@dataclass(frozen=True, slots=True)
class PartyReader:
    """Makes the parties of one role; ``name_field`` holds the name."""

    prefix: str
    role: str
    name_field: str
    readers: tuple[ColumnReader, ...]

    def parties(
        self, fields: dict[str, pa.Array], record_ids: pa.Array, row_numbers: Rows
    ) -> pa.Table:
        """Give one row for each record that names this role; source ids are the caller's."""
        schema = PARTIES.schema
        rows = len(record_ids)
        findings = Findings(rows)
        texts = fields.get(self.name_field)
        columns = {
            "record_id": record_ids,
            "party_id": pc.binary_join_element_wise(record_ids, self.role, "/"),
            "role": pa.repeat(self.role, rows),
            "row_number": pa.array(row_numbers, pa.int64()),
        }
        if texts is not None:
            columns["name"] = texts
        for suffix in _SUFFIXES:
            column = fields.get(f"{self.prefix}_{suffix}")
            if column is not None:
                columns[suffix] = column
        if self.prefix == "licensee" and "licence_number" in fields:
            columns["licence_number"] = fields["licence_number"]
        for reader in self.readers:
            inputs = [fields.get(name) for name in reader.inputs]
            columns |= reader.apply(inputs, schema, findings)
        table = pa.table(
            [columns.get(field.name, pa.nulls(rows, field.type)) for field in schema],
            schema=schema,
        )
        told = pc.or_(table["name"].is_valid(), table["licence_number"].is_valid())
        return table.filter(told)


def party_readers(fields: frozenset[str], country: str) -> list[PartyReader]:
    """Give a reader for each role that the fields of a file speak of."""
    readers = []
    order: dates.Order = "dmy" if country == "MX" else "mdy"
    for prefix, role in ROLES.items():
        for name_field, party_role in (
            (f"{prefix}_name", role),
            (f"{prefix}_business", "trade_name"),
        ):
            if name_field in fields:
                readers.append(_party_reader(prefix, party_role, name_field, country, order))
    return readers


def _party_reader(
    prefix: str, role: str, name_field: str, country: str, order: dates.Order
) -> PartyReader:
    return PartyReader(
        prefix,
        role,
        name_field,
        (
            ColumnReader((name_field,), ("given_names", "surname_1", "surname_2"), _name),
            ColumnReader((f"{prefix}_birth_date",), ("birth_date",), partial(_birth_date, order)),
            ColumnReader((f"{prefix}_state",), ("admin1",), partial(_state, country)),
        ),
    )
