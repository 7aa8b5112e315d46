"""NIEM 6.0 firearms as JSON-LD: one j:Firearm (FirearmType) for each.

Source of the names: niemopen/niem-model, release 6.0, xsd/domains/jxdm.xsd (FirearmType, which
extends nc:ItemType, and FirearmBoreSizeText, FirearmCategoryText) and xsd/niem-core.xsd (ItemType,
ItemMakeName, ItemModelName, ItemSerialIdentification, ItemOtherIdentification,
IdentificationType); of the namespaces: json-ld/context.json there. Only forms that take text are
used: codes of ATF and NCIC would need tables that map every make.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ironriver.reports.exchange_formats.gathering import Findings
from ironriver.reports.exchange_formats.json_text import line, members

TABLES = ("sources", "firearms")
CONTEXT = {
    "j": "https://docs.oasis-open.org/niemopen/ns/model/domains/jxdm/8.0/#",
    "nc": "https://docs.oasis-open.org/niemopen/ns/model/niem-core/6.0/#",
}
_OURS = "Iron River firearm"


def write(findings: Findings) -> Iterator[bytes]:
    """Write the message: the context, and every firearm with what is known of it."""
    yield f'{{"@context": {line(CONTEXT)},\n"j:Firearm": [\n'.encode()
    yield from members(map(_firearm, findings.rows("firearms")))
    yield b"\n]}\n"


def _firearm(row: dict[str, Any]) -> dict[str, Any]:
    serial = row["serial"] and {"nc:IdentificationID": row["serial"]}
    return {
        "@id": f"#{row['firearm_id']}",
        "nc:ItemMakeName": row["make"],
        "nc:ItemModelName": row["model"],
        "nc:ItemOtherIdentification": {
            "nc:IdentificationID": row["firearm_id"],
            "nc:IdentificationCategoryDescriptionText": _OURS,
        },
        "nc:ItemSerialIdentification": serial or None,
        "nc:ItemDescriptionText": (
            f"one firearm with probability {row['probability']:.6f}; records {row['record_ids']}; "
            f"reasons {row['reasons']}; handling {row['handling']}"
        ),
        "j:FirearmBoreSizeText": row["calibre"],
        "j:FirearmCategoryText": row["type"],
    }
