"""Text brought to one form in SQL: plain letters, words without particles, sound, street."""

from __future__ import annotations

_DOUBLED = "abcdefgijklmnoprstuvz"


def _sound() -> str:
    """Give SQL for how a word sounds to a Spanish ear.

    Letters that sound alike in Mexico become one: b and v; s, z and c before e and i; j, x and g
    before e and i; ll and y; h is silent. Doubled letters count once.
    """
    text = "replace(replace(replace(word, 'ch', '1'), 'sh', '1'), 'ph', 'f')"
    for was, becomes in (
        ("qu", "k"), ("gue", "ge1"), ("gui", "gi1"), ("ce", "se"), ("ci", "si"), ("ck", "k"),
        ("ge1", "9e"), ("gi1", "9i"), ("ge", "je"), ("gi", "ji"), ("9", "g"), ("c", "k"),
        ("x", "j"), ("z", "s"), ("v", "b"), ("ll", "y"), ("y", "i"), ("h", ""), ("w", "u"),
    ):  # fmt: skip
        text = f"replace({text}, '{was}', '{becomes}')"
    for letter in _DOUBLED:
        text = f"replace({text}, '{letter}{letter}', '{letter}')"
    return text


_TITLES = "mr|mrs|ms|dr|dra|sra|srta|lic|ing|prof|sir|hon|rev|bt|baronet"
_GENERATIONS = "jr|sr|ii|iii|iv"
_GIVEN_PARTICLES = f"de|del|la|las|los|{_GENERATIONS}|{_TITLES}"
_PARTICLES = f"{_GIVEN_PARTICLES}|y|e|von|van|der|den|da|do|das|dos|di|du|le"
_STREET_WORDS = (
    "street|st|avenue|ave|av|avenida|road|rd|lane|ln|drive|dr|boulevard|blvd|bulevar|court|ct|way|"
    "calle|c|place|pl|circle|cir|highway|hwy|carretera|carr|parkway|pkwy|terrace|ter|trail|trl|"
    "crescent|close|unit|apt|suite|ste|no|num|numero|int|interior|depto|col|colonia|north|south|"
    "east|west|n|s|e|w|the"
)

MACROS = (
    "CREATE OR REPLACE TEMP MACRO fold(text) AS trim(regexp_replace(regexp_replace(replace("
    "strip_accents(lower(text)), '''', ''), '[^a-z0-9]', ' ', 'g'), ' +', ' ', 'g'))",
    "CREATE OR REPLACE TEMP MACRO folded_words(text) AS list_filter(string_split(trim("
    "regexp_replace(regexp_replace(fold(text), '\\b[0-9]+(st|nd|rd|th)\\b|[0-9]', ' ', 'g'),"
    " '\\b(mc|mac|st|san|santa) ', '\\1', 'g')), ' '), lambda word: word <> '')",
    "CREATE OR REPLACE TEMP MACRO given_words(text) AS list_filter(folded_words(text),"
    f" lambda word: NOT regexp_full_match(word, '{_GIVEN_PARTICLES}'))",
    "CREATE OR REPLACE TEMP MACRO surname_words(text) AS list_filter(folded_words(text),"
    f" lambda word: NOT regexp_full_match(word, '{_PARTICLES}'))",
    f"CREATE OR REPLACE TEMP MACRO sound(word) AS {_sound()}",
    "CREATE OR REPLACE TEMP MACRO house_number(text) AS"
    " nullif(regexp_extract(fold(text), '\\b([0-9]+)[a-z]?\\b', 1), '')",
    "CREATE OR REPLACE TEMP MACRO street_name(text) AS nullif(trim(regexp_replace(regexp_replace("
    "regexp_replace(fold(text), '\\b[0-9]+[a-z]?\\b', ' '),"
    f" '\\b({_STREET_WORDS})\\b', ' ', 'g'), ' +', ' ', 'g')), '')",
)
"""Statements that define ``fold``, ``sound``, and what reads words and streets."""
