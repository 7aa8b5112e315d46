"""From rows of text to rows of tables.

Every row of a chunk ends in one table or in quarantine; parties stand beside the row that names
them, and the row as received is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ironriver.errors import IronRiverError
from ironriver.governance import registry
from ironriver.intake.columns import ColumnReader, Findings, plain, rows_as_json, trimmed
from ironriver.intake.fields import COPIES, READERS, Context, word_readers
from ironriver.intake.layout import fold
from ironriver.intake.matching import Match
from ironriver.intake.parsers import serials
from ironriver.intake.parsers.reading import Problem
from ironriver.intake.parties import PartyReader, party_readers
from ironriver.intake.parts import Chunk, Rows
from ironriver.tables import PARTIES, QUARANTINE, RAW_ROWS, TABLES

Columns = dict[str, pa.Array]


@dataclass(frozen=True, slots=True)
class Normalised:
    """What a chunk became: rows by table, `quarantine`, `parties` and `raw_rows` among them."""

    tables: Mapping[str, pa.Table]
    accepted: int
    quarantined: int


class Normaliser:
    """Turns the chunks of one part into table rows."""

    def __init__(
        self, match: Match, context: Context, source_id: str, known_from: dt.date, part: str
    ) -> None:
        self._match = match
        self._layout = match.layout
        self._source_id = source_id
        self._known_from = known_from
        self._part = part
        fields = frozenset(match.columns)
        self._readers = {
            table: [
                ColumnReader(reader.inputs, reader.outputs, reader.make(context))
                for reader in (*READERS, *word_readers(self._layout))
                if reader.serves(frozenset(TABLES[table].names), fields)
            ]
            for table in self._layout.tables
        }
        self._parties: list[PartyReader] = party_readers(fields, self._layout.country)

    def normalise(self, chunk: Chunk) -> Normalised:
        """Read a chunk; accepted and quarantined together are its rows."""
        fields = {
            field: trimmed(chunk.cells.column(position))
            for field, position in self._match.columns.items()
        }
        rows = len(chunk.row_numbers)
        problems: dict[int, Problem] = {}
        tables: dict[str, list[pa.Table]] = {}
        for table, index in self._routes(fields, rows):
            here = {name: texts.take(pa.array(index)) for name, texts in fields.items()}
            findings = Findings(len(index))
            made = self._rows(table, here, chunk.row_numbers[index], findings)
            problems |= {int(index[row]): problem for row, problem in findings.problems.items()}
            for name, part in made.items():
                tables.setdefault(name, []).append(part)
        out = {name: pa.concat_tables(parts) for name, parts in tables.items()}
        out["raw_rows"] = self._raw(chunk)
        out["quarantine"] = self._quarantine(chunk, problems)
        quarantined = len(problems) + len(chunk.bad)
        accepted = sum(out[name].num_rows for name in self._layout.tables if name in out)
        if accepted + quarantined != rows + len(chunk.bad):
            raise IronRiverError("rows were lost in part {part}", part=self._part or "-")
        return Normalised(out, accepted, quarantined)

    def _routes(self, fields: Columns, rows: int) -> Iterator[tuple[str, Rows]]:
        """Give each table with the rows that go to it."""
        left = np.ones(rows, dtype=np.bool_)
        for field, words in self._layout.routes.items():
            folded = [fold(text or "") for text in fields[field].to_pylist()]
            for table in sorted(set(words.values())):
                mask = np.array([words.get(word) == table for word in folded], dtype=np.bool_)
                if mask.any():
                    yield table, np.flatnonzero(mask)
                left &= ~mask
        if left.any():
            yield self._layout.table, np.flatnonzero(left)

    def _rows(
        self, table: str, fields: Columns, row_numbers: Rows, findings: Findings
    ) -> dict[str, pa.Table]:
        schema = TABLES[table].schema
        columns = self._fixed(schema, row_numbers)
        columns |= self._copies(schema, fields)
        for reader in self._readers[table]:
            inputs = [fields.get(name) for name in reader.inputs]
            for name, values in reader.apply(inputs, schema, findings).items():
                columns[name] = _first_of(values, columns.get(name))
        if "serial" in schema.names and "serial" in fields:
            columns |= self._serials(fields, findings)
        for name, value in self._layout.constants.items():
            if name in schema.names:
                columns[name] = _filled(columns.get(name), value, len(row_numbers))
        self._check(fields, findings)
        if "repairs" in schema.names:
            columns["repairs"] = findings.repairs_json()
        good = pa.array(findings.good)
        made = {table: _table(schema, columns, len(row_numbers)).filter(good)}
        parties = [
            reader.parties(fields, columns["record_id"], row_numbers) for reader in self._parties
        ]
        if parties:
            rows = pa.concat_tables(parties)
            kept = pc.is_in(rows["record_id"], value_set=columns["record_id"].filter(good))
            made["parties"] = rows.filter(kept).set_column(
                PARTIES.names.index("source_id"),
                PARTIES.schema.field("source_id"),
                pa.repeat(self._source_id, pc.sum(kept).as_py() or 0),
            )
        return made

    def _fixed(self, schema: pa.Schema, row_numbers: Rows) -> Columns:
        rows = len(row_numbers)
        numbers = pa.array(row_numbers, pa.int64())
        columns: Columns = {
            "source_id": _constant(self._source_id, rows),
            "row_number": numbers,
            "known_from": pa.repeat(pa.scalar(self._known_from, pa.date32()), rows),
            "record_id": record_ids(self._source_id, numbers),
        }
        if "is_total" in schema.names:
            columns["is_total"] = pa.repeat(False, rows)
        return columns

    def _copies(self, schema: pa.Schema, fields: Columns) -> Columns:
        columns: Columns = {}
        for name, texts in fields.items():
            target = COPIES.get(name, name)
            target = target if target in schema.names else name
            if target in schema.names and pa.types.is_string(schema.field(target).type):
                columns[target] = _first_of(columns.get(target, texts), texts)
        for name in ("type", "make", "model", "calibre", "importer", "origin_country", "serial"):
            if f"{name}_raw" in schema.names:
                columns.pop(name, None)
        if self._layout.total_word is not None:
            columns["is_total"] = self._totals(fields)
        return columns

    def _totals(self, fields: Columns) -> pa.Array:
        flags = pa.repeat(False, len(next(iter(fields.values()))))
        for name in self._layout.total_fields:
            word = pc.equal(pc.utf8_upper(plain(fields[name])), self._layout.total_word)
            flags = pc.or_(flags, word.fill_null(False))
        return flags

    @staticmethod
    def _serials(fields: Columns, findings: Findings) -> Columns:
        read = serials.read_column(plain(fields["serial"]))
        for row, repairs in read.repairs.items():
            findings.suggest(row, repairs)
        return {"serial": read.serial, "serial_status": read.status}

    def _check(self, fields: Columns, findings: Findings) -> None:
        empty = np.ones(findings.rows, dtype=np.bool_)
        for texts in fields.values():
            empty &= texts.is_null().to_numpy(zero_copy_only=False)
        findings.refuse(empty, Problem("empty_row", "no column holds anything"))
        for name in self._layout.not_empty:
            missing = fields[name].is_null().to_numpy(zero_copy_only=False)
            findings.refuse(missing, Problem("required_missing", f"{self._heading(name)} is empty"))
        if self._layout.case_required:
            mask = np.zeros(findings.rows, dtype=np.bool_)
            mask[registry.check_case_numbers(plain(fields["case_number"]))] = True
            reason = f"{self._heading('case_number')} names no case"
            findings.refuse(mask, Problem(registry.CASE_NUMBER_MISSING, reason))

    def _heading(self, field: str) -> str:
        return f"column {self._match.names[self._match.columns[field]]!r}"

    def _raw(self, chunk: Chunk) -> pa.Table:
        rows = len(chunk.row_numbers)
        columns: Columns = {
            "source_id": _constant(self._source_id, rows),
            "row_number": pa.array(chunk.row_numbers, pa.int64()),
            "part": _constant(self._part, rows),
            "first_byte": _numbers(chunk.first_bytes, rows),
            "last_byte": _numbers(chunk.last_bytes, rows),
            "raw": rows_as_json(chunk.cells),
        }
        if chunk.cell_ranges:
            columns["cell_range"] = pa.array(list(chunk.cell_ranges), pa.string())
        good = _table(RAW_ROWS.schema, columns, rows)
        if not chunk.bad:
            return good
        lines = pa.table({"line": pa.array([row.raw for row in chunk.bad], pa.string())})
        rest = {
            name: [getattr(row, name) for row in chunk.bad]
            for name in ("row_number", "first_byte", "last_byte", "cell_range")
        }
        columns = {name: pa.array(rest[name], RAW_ROWS.schema.field(name).type) for name in rest}
        columns |= {
            "source_id": _constant(self._source_id, len(chunk.bad)),
            "part": _constant(self._part, len(chunk.bad)),
            "raw": rows_as_json(lines),
        }
        return pa.concat_tables([good, _table(RAW_ROWS.schema, columns, len(chunk.bad))])

    def _quarantine(self, chunk: Chunk, problems: Mapping[int, Problem]) -> pa.Table:
        kept = [
            (int(chunk.row_numbers[row]), problem.code, problem.reason)
            for row, problem in problems.items()
        ]
        kept += [(row.row_number, row.reason_code, row.reason) for row in chunk.bad]
        kept.sort()
        return pa.table(
            {
                "source_id": [self._source_id] * len(kept),
                "row_number": [row for row, _, _ in kept],
                "reason_code": [code for _, code, _ in kept],
                "reason": [reason for _, _, reason in kept],
            },
            schema=QUARANTINE.schema,
        )


def record_ids(source_id: str, row_numbers: pa.Array) -> pa.Array:
    """Name rows after their file and place: `<first 16 of the SHA-256>-<row number>`."""
    return pc.binary_join_element_wise(source_id[:16], row_numbers.cast(pa.string()), "-")


def _numbers(values: Rows | None, rows: int) -> pa.Array:
    return pa.nulls(rows, pa.int64()) if values is None else pa.array(values, pa.int64())


def _first_of(first: pa.Array, other: pa.Array | None) -> pa.Array:
    """Take the first column's value, or else the other's."""
    if other is None or first.null_count == 0:
        return first
    return pc.coalesce(plain(first), plain(other))


def _filled(column: pa.Array | None, value: str, rows: int) -> pa.Array:
    return _constant(value, rows) if column is None else plain(column).fill_null(value)


def _constant(value: str, rows: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), rows), [value])


def _table(schema: pa.Schema, columns: Columns, rows: int) -> pa.Table:
    return pa.table(
        {
            field.name: columns[field.name] if field.name in columns else pa.nulls(rows, field.type)
            for field in schema
        }
    )
