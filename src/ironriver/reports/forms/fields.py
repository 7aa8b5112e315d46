"""The fields of ATF Form 3312.1 and of 3312.1(S), part by part, in our words.

Source: form text in the information collection 1140-0043 (omb.report/icr/200610-1140-002), and the
2025 renewal with the Spanish form (omb.report/icr/202510-1140-006). Sex, race, height and weight of
a possessor stand on the form; no record here holds them, and they are left to whoever sends it.
"""

from __future__ import annotations

from dataclasses import dataclass

from ironriver.language import mark


@dataclass(frozen=True, slots=True)
class FormField:
    """A field: its name here, its part of the form, its heading, whether the form demands it."""

    name: str
    part: str
    heading: str
    mandatory: bool = False
    by_hand: bool = False
    """Whether no record can fill it."""


PARTS: dict[str, str] = {
    "I": mark("Trace initiation"),
    "II": mark("Crime code"),
    "IV": mark("Requesting agency"),
    "V": mark("Firearm"),
    "VI": mark("Possessor"),
    "VII": mark("Associate"),
    "VIII": mark("Recovery"),
    "IX": mark("Additional or obliterated serial number"),
}

FIELDS: tuple[FormField, ...] = (
    FormField("request_date", "I", mark("Date of request"), by_hand=True),
    FormField("priority", "I", mark("Priority: routine or urgent, with its reason"), by_hand=True),
    FormField("special_instructions", "I", mark("Special instructions"), by_hand=True),
    FormField("crime_code", "II", mark("Crime code (NCIC)"), by_hand=True),
    FormField("ori", "IV", mark("ORI number"), mandatory=True, by_hand=True),
    FormField("agency", "IV", mark("Department or unit")),
    FormField("officer", "IV", mark("Officer's name, badge and telephone"), by_hand=True),
    FormField("case_number", "IV", mark("Agency case number")),
    FormField("serial", "V", mark("Serial number (from frame or receiver)"), mandatory=True),
    FormField("obliterated", "V", mark("Obliterated"), mandatory=True),
    FormField("make", "V", mark("Manufacturer"), mandatory=True),
    FormField("type", "V", mark("Type"), mandatory=True),
    FormField("calibre", "V", mark("Caliber"), mandatory=True),
    FormField("model", "V", mark("Model"), mandatory=True),
    FormField("origin_country", "V", mark("Country of origin"), mandatory=True),
    FormField("importer", "V", mark("Importer"), mandatory=True),
    FormField("notes", "V", mark("Additional markings")),
    FormField("possessor_name", "VI", mark("Possessor's name")),
    FormField("possessor_birth_date", "VI", mark("Possessor's date of birth")),
    FormField("possessor_address", "VI", mark("Possessor's address")),
    FormField("associate_name", "VII", mark("Associate's name")),
    FormField("recovery_date", "VIII", mark("Recovery date")),
    FormField("recovery_place", "VIII", mark("Recovery city or municipality")),
    FormField("recovery_state", "VIII", mark("Recovery state")),
    FormField("recovery_country", "VIII", mark("Recovery country")),
    FormField("serial_seen", "IX", mark("What can be read of the serial number")),
    FormField("restoration", "IX", mark("Attempts to restore it, and their result"), by_hand=True),
)
