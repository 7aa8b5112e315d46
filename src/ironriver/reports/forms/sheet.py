"""A trace request as a PDF sheet, set by Typst from a template in this folder.

No font, package or picture comes from elsewhere: the compiler carries its own fonts, those of the
system are not looked at, and the same request gives the same bytes.
"""

from __future__ import annotations

import json
from importlib import resources
from itertools import groupby

import typst

from ironriver.language import mark, translator
from ironriver.reports.forms.fields import PARTS
from ironriver.reports.forms.request import Entry, TraceRequest
from ironriver.reports.forms.writing import (
    HEADINGS,
    LOOK_AT,
    PROBLEMS,
    RECORDS,
    TITLE,
    heading_lines,
    note,
)

_PAGE = mark("page")
_PART = mark("Part {part}: {title}")
_SUGGESTED = mark("suggested: {value} ({probability})")
_WRITTEN = mark("as received: {value}")


def pdf(request: TraceRequest, lang: str) -> bytes:
    """Set the sheet; PDF/A-2b, text that a reader can search."""
    template = (resources.files("ironriver.reports.forms") / "request.typ").read_bytes()
    data = json.dumps(_data(request, lang), ensure_ascii=False)
    return typst.compile(
        template,
        format="pdf",
        sys_inputs={"request": data},
        pdf_standards="a-2b",
        ignore_system_fonts=True,
        timestamp=0,
    )


def _data(request: TraceRequest, lang: str) -> dict[str, object]:
    say = translator(lang)
    lines = list(heading_lines(request, lang))
    return {
        "lang": lang,
        "title": say(TITLE),
        "lines": lines[1:],
        "page": say(_PAGE),
        "record": request.record_id,
        "parts": [
            {
                "title": say(_PART).format(part=part, title=say(PARTS[part])),
                "fields": [_field(entry, lang) for entry in entries],
            }
            for part, entries in groupby(request.entries, key=lambda entry: entry.field.part)
        ],
        "problems": {
            "title": say(PROBLEMS),
            "heads": [say(PROBLEMS), say(HEADINGS[6]), say(LOOK_AT), say(RECORDS)],
            "rows": [
                [each.text, f"{each.probability:.0%}", each.look_at, "\n".join(each.record_ids)]
                for each in request.troubles
            ],
        },
    }


def _field(entry: Entry, lang: str) -> dict[str, object]:
    say = translator(lang)
    notes = []
    if entry.written:
        notes.append(say(_WRITTEN).format(value=entry.written))
    if entry.suggested and entry.probability is not None:
        chance = f"{entry.probability:.0%}"
        notes.append(say(_SUGGESTED).format(value=entry.suggested, probability=chance))
    said = note(entry, lang)
    star = " *" if entry.field.mandatory else ""
    return {
        "heading": say(entry.field.heading) + star,
        "value": entry.value,
        "notes": [*notes, *([said] if said else [])],
        "asked": bool(entry.suggested) and not entry.accepted,
    }
