"""Names of criminal groups, folded so that two sources that write one group otherwise agree."""

from __future__ import annotations

import re
import unicodedata


def fold_group(name: str) -> str:
    """Fold a group's name: no accents, no case, no acronym in brackets, spaces evened.

    >>> fold_group("Cártel  de la Costa Norte (CCN)"), fold_group("CARTEL DE LA COSTA NORTE")
    ('cartel de la costa norte', 'cartel de la costa norte')
    """
    plain = unicodedata.normalize("NFKD", name)
    text = "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()
    without = re.sub(r"\([^)]*\)", " ", text)
    words = re.findall(r"[a-z0-9]+", without) or re.findall(r"[a-z0-9]+", text)
    return " ".join(words)


def group_id(folded: str) -> str:
    """Give the id of a group from its folded name.

    >>> group_id("cartel de la costa norte")
    'group-cartel-de-la-costa-norte'
    """
    return f"group-{folded.replace(' ', '-')}"
