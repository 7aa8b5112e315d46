"""English and Spanish for everything a user sees.

The English text is the key. Translations live in ``locale/es.po``, read as they are, so that there
is no compiled twin to forget.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import resources

from babel.messages.pofile import read_po

LANGUAGES = ("en", "es")


@cache
def translator(lang: str) -> Callable[[str], str]:
    """Give the function that turns an English text into `lang`; English where none is known.

    >>> translator("en")("Recoveries")
    'Recoveries'
    """
    if lang not in LANGUAGES:
        raise ValueError(f"language {lang!r} is not one of {', '.join(LANGUAGES)}")
    if lang == "en":
        return lambda text: text
    with (resources.files("ironriver") / "locale" / f"{lang}.po").open("rb") as handle:
        catalogue = read_po(handle, locale=lang)
    known = {str(message.id): str(message.string) for message in catalogue if message.string}
    return lambda text: known.get(text, text)


def mark(text: str) -> str:
    """Mark an English text as one to translate later, and give it back unchanged."""
    return text
