"""Section 5: shares of United States origin, their bounds drawn as bounds."""

from __future__ import annotations

import re

from ironriver.figures.origin import ASSUMPTIONS, NAMES
from ironriver.language import mark
from ironriver.reference.facts import as_of_text, facts, sources
from ironriver.reports.findings.plots import range_bar, share_axis
from ironriver.reports.findings.shares import Origins, Share
from ironriver.reports.findings.view import Block, Column, Entry, Note, Rest, SectionView, TableView
from ironriver.reports.findings.words import Words

# The assumptions of the figures, said shortly; each line of a population adds to the one above.
_SHORT = {
    ASSUMPTIONS["none"]: mark("nothing"),
    ASSUMPTIONS["counted_out"]: mark("guns classed as foreign did not come through it"),
    ASSUMPTIONS["rest_no_more"]: mark("and the undetermined are from it no more often"),
    ASSUMPTIONS["rest_alike"]: mark("and the undetermined are from it as often"),
}


def show(origins: Origins, words: Words) -> SectionView:
    """Put shares in words and bars: one table for each population, none on another's axis."""
    blocks: list[Block] = [_table(layer, groups, words) for layer, groups in origins.groups]
    if origins.withheld:
        blocks.append(
            Note(
                words.one_or_many(
                    "One share is withheld: it rests on too few firearms to publish.",
                    "{n} shares are withheld: they rest on too few firearms to publish.",
                    origins.withheld,
                )
            )
        )
    return SectionView(
        "origins",
        words("Origin"),
        _title(origins, words),
        words(
            "Where the origin of firearms was never determined, the share that came from the "
            "United States is known only to lie between two bounds."
        ),
        _against(words) if origins.shares else (),
        tuple(blocks),
        _rests(origins, words),
        _as_of(origins, words),
        empty=not origins.shares,
    )


def _title(origins: Origins, words: Words) -> str:
    share = origins.newest
    if share is None:
        return words("No origin share can be given")
    if share.value is None and share.name == NAMES["us_sourced"]:
        return words(
            "Between {low} and {high} of {guns} came from the United States",
            low=words.share(share.low),
            high=words.share(share.high),
            guns=guns(share, words),
        )
    ends = words.share(share.low) if share.low == share.high else _ends(share, words)
    return words(
        "{name}: {share} of {guns}",
        name=words.translate(share.name),
        share=ends,
        guns=guns(share, words),
    )


def guns(share: Share, words: Words) -> str:
    """Name the guns of a share, and which of them: guns recovered in 2024 (those submitted)."""
    named = published(share.population, words)
    return f"{named} ({words.translate(share.layer)})" if share.layer else named


def published(text: str, words: Words) -> str:
    """Say a published population in the reader's language; the facts bring their own Spanish."""
    known = {fact.population: fact for fact in facts().values()}
    return known[text].about(words.lang) if text in known else words.translate(text)


def _against(words: Words) -> tuple[str, ...]:
    return (
        words(
            "Each table is about other guns. A share of the guns that were traced is not a share "
            "of those that were seized, and neither is a share of those in use."
        ),
        words(
            "Where only bounds are known there is no best guess within them: no point is drawn, "
            "and the middle of a bar means nothing."
        ),
        words(
            "Series that contradict each other stand side by side. They are counted by different "
            "bodies, at different times, and are never added or averaged."
        ),
        words(
            "A firearm made elsewhere may still have passed through the United States, and one "
            "made there may have been sold lawfully to another state."
        ),
    )


def _table(layer: str, groups: tuple[tuple[Share, ...], ...], words: Words) -> TableView:
    columns = (
        Column(words("Guns")),
        Column(words("What is assumed")),
        Column(words("From lowest to highest"), drawing=share_axis(words)),
        Column(words("Share")),
    )
    names = dict.fromkeys(share.name for shares in groups for share in shares)
    which = words.translate(layer) if layer else words("all of them")
    caption = words("{name}: {which}", name=words.translate(next(iter(names))), which=which)
    rows = tuple(row for shares in groups for row in _rows(shares, caption, words))
    return TableView(caption, columns, rows, kept=True)


def _rows(shares: tuple[Share, ...], caption: str, words: Words) -> list[tuple[Entry, ...]]:
    """Give one row for each assumption; the guns are named once for all of them."""
    first = shares[0]
    named, name = published(first.population, words), words.translate(first.name)
    below = [
        "" if caption.startswith(name) else name,
        "" if _years(first.period) <= _years(named) else words.period(first.period),
        _counted(first, words),
        _date_of_count(first, words),
    ]
    head = Entry(sentence(named), below="; ".join(text for text in below if text), span=len(shares))
    return [
        (
            *((head,) if share is first else ()),
            Entry(sentence(words.translate(_SHORT.get(share.assumptions, share.assumptions)))),
            Entry("", range_bar(share.low, share.high, share.value, assumed=share.assumed)),
            Entry(_ends(share, words)),
        )
        for share in shares
    ]


def sentence(text: str) -> str:
    """Begin a text with a capital letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def _years(text: str) -> set[str]:
    return set(re.findall(r"\d{4}", text))


def _date_of_count(share: Share, words: Words) -> str:
    if not share.as_of:
        return ""
    return words("date of count: {date}", date=as_of_text(share.as_of, words.lang))


def _ends(share: Share, words: Words) -> str:
    if share.low == share.high:
        return words.share(share.low)
    return words.between(share.low, share.high)


def _counted(share: Share, words: Words) -> str:
    if share.numerator is None or share.denominator is None:
        return ""
    return words("{part} of {whole} counted", part=share.numerator, whole=share.denominator)


def _rests(origins: Origins, words: Words) -> tuple[Rest, ...]:
    """Name the sources of the shares, and how many shares rest on each."""
    used: dict[str, tuple[int, str]] = {}
    for share in origins.shares:
        for name in dict.fromkeys(title for each in share.sources for title in titles(each)):
            count, _ = used.get(name, (0, ""))
            used[name] = (count + 1, share.handling)
    return tuple(
        Rest(name, words.one_or_many("one share", "{n} shares", count), handling)
        for name, (count, handling) in sorted(used.items())
    )


def titles(source: str) -> list[str]:
    """Name the publications behind a published figure; any other source is named as it is."""
    fact = facts().get(source)
    if fact is None:
        return [source]
    return [f"{sources()[each].title} ({sources()[each].publisher})" for each in fact.source_ids]


def _as_of(origins: Origins, words: Words) -> str:
    dated = sorted(share.as_of for share in origins.shares if share.as_of[:1].isdigit())
    if not dated:
        return ""
    return words("newest figure as of {date}", date=as_of_text(dated[-1], words.lang))
