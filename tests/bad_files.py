"""Files that no sender should have sent, made small and on the spot."""

from __future__ import annotations

import gzip
import io
import zipfile

HEADINGS = (
    "Folio,Fecha de aseguramiento,Autoridad,Entidad Federativa,Municipio,Clase,Tipo,Marca,Modelo,"
    "Calibre,Matrícula,País de Origen,Carpeta de Investigación,Cartuchos,Cargadores,Observaciones"
)
GOOD_ROW = (
    "1,12/03/2019,SEDENA,Sonora,Nogales,Arma larga,Fusil,Colt,AR-15,5.56,5219338,EUA,"
    "CI-SON-1/2019,30,2,"
)
_CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
BILLION_LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "haha">'
    + "".join(
        f'<!ENTITY {name} "{f"&{inner};" * 10}">'
        for inner, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


def seizures(*rows: str) -> str:
    """Write a Mexican seizure list."""
    return "\n".join((HEADINGS, *rows, ""))


def good(serial: str) -> str:
    """Write a sound row of such a list."""
    return GOOD_ROW.replace("5219338", serial)


def zipped(members: dict[str, str | bytes]) -> bytes:
    """Pack members into a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def sheet_row(number: int, cells: str) -> str:
    """Write a row of a worksheet from comma-separated cells."""
    inner = "".join(
        f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for place, text in enumerate(cells.split(","))
    )
    return f'<row r="{number}">{inner}</row>'


def workbook(rows: str, prolog: str = "") -> bytes:
    """Write an XLSX of one sheet, its XML as given, sound or not."""
    return zipped(
        {
            "[Content_Types].xml": _CONTENT_TYPES,
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="Hoja1" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship '
            f'Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'{prolog}<worksheet xmlns="{_SHEET}"><sheetData>{rows}'
            "</sheetData></worksheet>",
        }
    )


def locked_workbook() -> bytes:
    """Write the beginning of what a spreadsheet program makes of a workbook with a password."""
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    return ole + "EncryptedPackage\0".encode("utf-16-le") + bytes(512)


def zip_bomb() -> bytes:
    """Pack 24 MB of one letter into a zip."""
    return zipped({"lista.csv": seizures(good("A1")).encode() + b"a" * (24 << 20)})


def gz_bomb() -> bytes:
    """Pack 24 MB of one letter into a gz."""
    return gzip.compress(seizures(good("A1")).encode() + b"a" * (24 << 20))
