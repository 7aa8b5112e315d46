"""A workspace with names of people in sources of every handling, and every door out of it."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from desk import Desk
from ironriver import engine, figures, pipeline, reports
from ironriver.errors import MistakeError
from ironriver.governance import access as access_module
from ironriver.governance import roles
from ironriver.governance.release import Access
from ironriver.reports.explain import explain
from ironriver.reports.explain_entity import explain_entity
from ironriver.reports.export import FORMATS, export
from ironriver.reports.find_person import as_json, find_person
from ironriver.tables import ROW_TABLES, TABLES
from ironriver.workspace import Workspace

TODAY = dt.datetime.now(dt.UTC).astimezone().date()
RECENT, OLD = TODAY - dt.timedelta(days=200), TODAY - dt.timedelta(days=1200)

# Every word stands in no other text of the project, so that a word found is a name that got out.
FRESH, EXPIRED, TRACED = "QUETZALPA", "ZUMPANGORI", "TLACOYUNQUE"
SELLER, POSSESSOR, OFFICER, HOLDER, AUTHORITY = (
    "WIXARDE",
    "MAZAHUATO",
    "PUREPECHO",
    "KIKAPUI",
    "XOCHIMEH",
)
NOTED, QUARANTINED, FILE, RESTRICTED = "TEPEHUANI", "CHINANTECA", "yoremexico", "HUASTECAN"
CANARIES = (FRESH, EXPIRED, TRACED, SELLER, POSSESSOR, OFFICER, HOLDER, AUTHORITY, NOTED)
CANARIES += (QUARANTINED, FILE, RESTRICTED)

SALES = (
    "Report Number,Date of Sale,FFL Number,Licensee Name,FFL State,Firearm Type,Manufacturer,"
    "Serial Number,Purchaser Name,Purchaser DOB,Purchaser Address,Remarks"
)
LICENSEES = (
    "LIC_REGN,LIC_DIST,LIC_CNTY,LIC_TYPE,LIC_XPRDTE,LIC_SEQN,LICENSE_NAME,BUSINESS_NAME,"
    "PREMISE_STREET,PREMISE_CITY,PREMISE_STATE,PREMISE_ZIP_CODE,VOICE_PHONE"
)
SEIZURES = (
    "Folio;Fecha;Autoridad;Entidad;Municipio;Tipo;Marca;Calibre;No. de serie;Carpeta;Observaciones"
)
RESULTS = (
    "Trace Number,Completion Date,Recovery Date,Recovery State,Recovery Country,Manufacturer,"
    "Serial Number,Trace Result,Dealer Name,Dealer State,Purchaser Name,Possessor Name"
)
REQUESTS = (
    "Request Number,Date of Request,Recovery Date,Recovery State,Manufacturer,Serial Number,"
    "Possessor Name,Officer Name,Special Instructions"
)


def sale(number: int, day: dt.date | str, serial: str, name: str, remarks: str = "") -> str:
    when = day if isinstance(day, str) else f"{day:%m/%d/%Y}"
    return (
        f"MS-{number},{when},5-74-029-07-6D-92629,{SELLER} ARMS,TX,PISTOL,GLOCK,{serial},"
        f"JUANA {name},01/02/1980,12 {name} RD,{remarks}"
    )


def fill(desk: Desk) -> None:
    """Lay the files into the inbox, declare them, and read them."""
    rows = [
        sale(1, RECENT, "AAA101", FRESH, f"paid by {NOTED}"),
        sale(2, OLD, "AAA102", EXPIRED, f"paid by {EXPIRED}"),
        sale(3, OLD, "AAA103", TRACED),
        sale(4, "31/31/2099", "AAA104", QUARANTINED),
    ]
    desk.put(f"{FILE}.csv", "\n".join([SALES, *rows]) + "\n")
    desk.declare(files=f"{FILE}.csv", nexus="multiple_sale_report", handling="LAW_ENFORCEMENT",
                 known_from=RECENT, agency="ATF")  # fmt: skip
    licence = (
        f"9,33,073,01,5C,9003{{}},JOSE {HOLDER},{HOLDER} GUNS,1 {HOLDER} RD,SAN DIEGO,CA,92101,1"
    )
    desk.put("licensees.csv", "\n".join([LICENSEES, *(licence.format(n) for n in range(3))]) + "\n")
    desk.declare(files="licensees.csv", nexus="case", handling="PERSONAL", known_from=RECENT)
    seizure = (
        f"{{n}};{RECENT:%d/%m/%Y};{AUTHORITY};Sonora;Cajeme;Pistola;GLOCK;9MM;SON{{n}};"
        f"CI/{{n}}/2024;portada por {NOTED}"
    )
    desk.put(
        "seizures.csv", "\n".join([SEIZURES, *(seizure.format(n=n) for n in range(30))]) + "\n"
    )
    desk.declare(files="seizures.csv", nexus="seizure", handling="LAW_ENFORCEMENT",
                 known_from=RECENT)  # fmt: skip
    result = (
        f"T{{n}},{RECENT:%m/%d/%Y},{OLD:%m/%d/%Y},Sonora,MEXICO,GLOCK,{{serial}},{{word}},"
        f"{SELLER} ARMS,TX,{RESTRICTED} ANA,{POSSESSOR} LUIS"
    )
    found = [result.format(n=0, serial="AAA103", word="TRACED TO PURCHASER")]
    found += [
        result.format(n=n, serial=f"TRC{n}", word="TRACED TO PURCHASER" if n < 20 else "PENDING")
        for n in range(1, 41)
    ]
    desk.put("results.csv", "\n".join([RESULTS, *found]) + "\n")
    desk.declare(files="results.csv", nexus="trace", handling="TRACE_RESTRICTED", known_from=RECENT)
    request = (
        f"R{{n}},{RECENT:%m/%d/%Y},{OLD:%m/%d/%Y},Sonora,COLT,REQ{{n}},{POSSESSOR} LUIS,"
        f"{OFFICER} EVA,ask {RESTRICTED}"
    )
    desk.put(
        "requests.csv", "\n".join([REQUESTS, *(request.format(n=n) for n in range(12))]) + "\n"
    )
    desk.declare(files="requests.csv", nexus="trace", handling="TRACE_RESTRICTED",
                 known_from=RECENT)  # fmt: skip
    desk.put(
        "open.csv", "metric,scope,period,value,note,source\nfirearms seized,Sonora,2023,226,,x\n"
    )
    desk.declare(files="open.csv", nexus="public", handling="PUBLIC", known_from=RECENT)
    report = desk.read(TODAY)
    assert not report.skipped, [each.reason.text() for each in report.skipped]
    assert len(report.sources) == 6
    pipeline.derive(desk.workspace, desk.access)


@dataclass
class Guarded:
    """The workspace, and accounts of each role to come to its doors with."""

    path: Path
    workspace: Workspace
    creator: str
    monkeypatch: object

    def as_role(self, role: roles.Role | str, purpose: str = "") -> Access:
        """Give the access of an account that holds `role`."""
        role = roles.Role(role)
        name = f"account-{role}"
        if roles.role_of(self.workspace, name) is None:
            roles.grant(self.workspace, self.creator, name, role)
        self.monkeypatch.setattr(access_module, "account", lambda: name)  # type: ignore[attr-defined]
        return Access.current(self.workspace, purpose)

    def ids(self, *tables: str) -> list[str]:
        """Give the ids of what can be explained: a row of each source and table, figures.

        Of the figures only our own: the published ones rest on no row.
        """
        found: list[str] = []
        with engine.connect(self.workspace, (*ROW_TABLES, "figures")) as connection:
            for name in tables or (*ROW_TABLES, "figures"):
                sql = (
                    "SELECT figure_id AS id FROM figures WHERE record_ids <> '[]'"
                    if name == "figures"
                    else f'SELECT min(record_id) AS id FROM "{name}" GROUP BY source_id'
                )
                found += engine.query(connection, sql)["id"].to_pylist()
        return found

    def export(self, table: str, form: str, access: Access) -> str:
        """Export a table and give what came out as text, values of Parquet columns among it."""
        out = io.BytesIO()
        lines = export(self.workspace, table, form, out, access).lines("es")
        content = out.getvalue()
        if form == "parquet":
            return f"{pq.read_table(io.BytesIO(content)).to_pylist()}\n{lines}"
        return content.decode() + "\n".join(lines)

    def entities(self) -> list[str]:
        """Give an entity id for a party of each role in each source."""
        with engine.connect(self.workspace, ("entity_members", "parties")) as connection:
            sql = (
                "SELECT regexp_extract(min(entity_id), '^[a-z]+-') || min(party_id) AS id "
                "FROM entity_members JOIN parties USING (party_id) GROUP BY source_id, role"
            )
            found: list[str] = engine.query(connection, sql)["id"].to_pylist()
        return found

    def find(self, name: str, access: Access) -> str:
        """Search by a name, and give all that is told."""
        found = find_person(self.workspace, name, access)
        return f"{as_json(found)} {list(found.lines('en'))} {list(found.lines('es'))}"

    def explain_entity(self, identifier: str, access: Access) -> str:
        """Explain an entity, and give all that is told."""
        found = explain_entity(self.workspace, identifier, access)
        assert found is not None
        return f"{found} {list(found.lines('en'))} {list(found.lines('es'))}"

    def doors(self, access: Access, forms: Sequence[str] = FORMATS) -> Iterator[tuple[str, str]]:
        """Try every door; give its name and all that comes out, a refusal's text among it."""
        for table in TABLES:
            for form in forms:
                yield (
                    f"export {table} {form}",
                    told(lambda t=table, f=form: self.export(t, f, access)),
                )  # type: ignore[misc]
        for lang in ("en", "es"):
            yield f"report {lang}", reports.write(self.workspace, "findings", access, lang)
            claim = "70 percent of the guns recovered in Mexico come from the United States"
            with engine.connect(self.workspace, figures.READS) as connection:
                answer = figures.check(connection, claim, lang)
            yield f"check {lang}", answer.to_text(lang) + answer.to_json(lang)
        for identifier in self.ids():
            yield (
                f"explain {identifier}",
                told(lambda i=identifier: str(explain(self.workspace, i, access))),  # type: ignore[misc]
            )
        for name in (f"JUANA {FRESH}", f"JUANA {EXPIRED}", f"ANA {RESTRICTED}", f"JOSE {HOLDER}"):
            yield f"find {name}", told(lambda n=name: self.find(n, access))  # type: ignore[misc]
        for identifier in self.entities():
            yield (
                f"explain {identifier}",
                told(lambda i=identifier: self.explain_entity(i, access)),  # type: ignore[misc]
            )
        yield "journal", (self.path / "journal" / "log.jsonl").read_text("utf-8")
        yield "audit", str(self.workspace.audit_table().to_pylist())


def told(give: object) -> str:
    """Give what a door gives, or what its refusal says in both languages."""
    try:
        return str(give())  # type: ignore[operator]
    except MistakeError as error:
        return f"{error} {error.text('en')} {error.text('es')}"
