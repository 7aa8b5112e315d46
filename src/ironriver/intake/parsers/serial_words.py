"""Words that stand in a serial column instead of a serial, in Spanish and English.

Texts are folded first (no accents, upper case, every mark a space), so that ``S/N``, ``s.n.`` and
``S N`` are one. A word that only says that the clerk does not know leaves the status empty: it is
no statement about the gun.
"""

from __future__ import annotations

import re
import unicodedata

_NUMBER = (
    r"(?:(?:EL |SU |LA )?"
    r"(?:NUMERO|NUM|NO|N|NRO|MATRICULA|SERIE|SERIAL|SERIALES|NUMERACION|REGISTRO)\b)"
)

_OBLITERATED = (
    r"(?:LIMAD|BORRAD|ESMERILAD|OBLITERAD|REMOVID|RASPAD|LIJAD|ALTERAD|DESTRUID|DEVASTAD|SUPRIMID"
    r"|ELIMINAD|TACHAD|REMARCAD|REESTAMPAD|REGRABAD|FRESAD|DESBASTAD|MUTILAD)[OA]S?"
    r"|OBLITERATED|OBLIT|DEFACED|REMOVED|ERASED|ALTERED|SCRATCHED(?: OFF)?|GROUND(?: OFF| DOWN)?"
    r"|FILED(?: OFF)?|RESTAMPED|DRILLED(?: OUT)?"
)
_ILLEGIBLE = (
    r"ILEGIBLES?|INELEGIBLES?|ILLEGIBLE|UNREADABLE|UNLEGIBLE|BORROS[OA]S?|OXIDAD[OA]S?|CORROID[OA]S?"
    r"|(?:NO|POCO|NOT|PARTLY) (?:ES |ESTA |SON |ENTIRELY )?(?:LEGIBLES?|VISIBLES?|READABLE)"
    r"|NO SE (?:LEE|VE|APRECIA|DISTINGUE|ALCANZA(?: A)? (?:VER|LEER|APRECIAR|DISTINGUIR))"
    r"|NO APRECIABLE|CORRODED|RUSTED"
)
_ABSENT = (
    rf"SIN {_NUMBER}.*|NO (?:TIENE|CUENTA|PRESENTA|OSTENTA|POSEE|TRAE|LLEVA)\b.*|CARECE\b.*|AUSENTE"
    r"|(?:NO|WITHOUT|W O|MISSING) (?:SERIAL|SERIALS|MATRICULA|SERIE|NUMBER|NUMERO|SN|S N)\b.*"
    r"|NO APLICA|NOT APPLICABLE|NONE|NINGUN[OA]?|UNSERIALIZED|NOT SERIALIZED|ABSENT"
    r"|HECHIZ[OA]|ARTESANAL|FABRICACION CASERA|GHOST GUN|PRIVATELY MADE"
)
_ABBREVIATED = r"S ?N|S ?M|N ?A|S N[OU]M?|NSN"
_UNKNOWN = (
    r"UNKNOWN|UNK|DESCONOCID[OA]|SE (?:DESCONOCE|IGNORA)|SIN (?:DATOS?|INFORMACION)|S ?D|N ?D"
    r"|NO (?:ESPECIFICAD[OA]|SE ESPECIFICA|ESPECIFICA|SE INDICA|INDICA|DISPONIBLE|REPORTAD[OA]"
    r"|CONSTA|SE REPORTA|IDENTIFICAD[OA])|NOT (?:AVAILABLE|PROVIDED|REPORTED|STATED)|PENDIENTE"
    r"|PENDING|POR DETERMINAR|TBD|NULL|NAN|REF|VALUE|NAME|DIV 0"
)

OBLITERATED = re.compile(rf"\b(?:{_OBLITERATED})\b")
ILLEGIBLE = re.compile(rf"\b(?:{_ILLEGIBLE})\b")
ABSENT = re.compile(rf"(?:EL ARMA |ARMA )?(?:{_ABSENT}|{_ABBREVIATED})")
ABSENT_IN_WORDS = re.compile(rf"\b(?:SIN {_NUMBER}|NO (?:TIENE|CUENTA|PRESENTA)|CARECE)\b")
UNKNOWN = re.compile(rf"(?:{_NUMBER} )?(?:{_UNKNOWN})")
PARTIAL = re.compile(r"\b(?:PARCIAL(?:ES|MENTE)?|PARTIAL(?:LY)?|INCOMPLET[OAE]S?)\b")


def fold(text: str) -> str:
    """Fold a text to upper case words without accents or marks.

    >>> fold("  sin  matrícula. ")
    'SIN MATRICULA'
    """
    plain = unicodedata.normalize("NFKD", text).upper()
    kept = "".join(
        mark if mark.isalnum() else " " for mark in plain if not unicodedata.combining(mark)
    )
    return " ".join(kept.split())
