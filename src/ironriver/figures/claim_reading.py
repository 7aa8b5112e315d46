"""Read a public claim: which number, of what, from where, when."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ironriver.errors import MistakeError
from ironriver.estimators.types import Interval, IntervalKind
from ironriver.figures.claim_words import (
    NUMBER,
    alternatives,
    digits,
    fold,
    lexicon,
    slots,
    without_noise,
)
from ironriver.figures.phrase import percent, whole
from ironriver.reference.facts import Layer, Period

EXAMPLES = (
    "80 percent of the weapons seized from cartels come from the United States",
    "most guns traced in 2009-2014 come from the United States",
    "200,000 to 500,000 firearms are trafficked from the US into Mexico a year",
    "ocho de cada diez armas aseguradas por el Ejército provienen de Estados Unidos",
    "casi la mitad de los 137,000 cartuchos calibre .50 vienen de Lake City",
)

# Guns a day are read as guns a year of so many days.
DAYS = 365


class Topic(StrEnum):
    """What kind of number is claimed."""

    ORIGIN_SHARE = "origin_share"
    COUNT = "count"
    FLOW = "flow"
    ROUNDS = "rounds"


@dataclass(frozen=True, slots=True)
class Amount:
    """A claimed number: a share (0-1) or a count, as far as the words let it reach."""

    share: bool
    nominal: float
    reach: Interval
    relation: str = "exact"

    @property
    def text(self) -> str:
        """Write the number and what it is read as."""
        write = percent if self.share else whole
        if self.relation == "range":
            return f"{write(self.reach.low)} - {write(self.reach.high)}"
        if not self.share:
            if math.isinf(self.reach.high):
                return f"{whole(self.nominal)} (>= {whole(self.reach.low)})"
            return f"{whole(self.nominal)} ({whole(self.reach.low)} - {whole(self.reach.high)})"
        low, high = (percent(end, 2) for end in (self.reach.low, self.reach.high))
        return f"{percent(self.nominal)} ({low} - {high})"


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as it was read; None where it does not say."""

    text: str
    topic: Topic
    amounts: tuple[Amount, ...]
    layers: tuple[Layer, ...] = ()
    holder: str | None = None
    period: Period | None = None
    scope: str = "mexico"
    measure: str = "us_sourced"
    from_us: bool = False
    not_us: bool = False
    from_cartels: bool = False
    kind: str | None = None
    words: dict[str, str] = field(default_factory=dict)


def read_claim(text: str) -> Claim:
    """Read a claim in English or Spanish; MistakeError, with examples, if it cannot be read.

    >>> claim = read_claim("80 percent of the weapons seized from cartels come from the US")
    >>> claim.topic.value, claim.layers[0].value, claim.amounts[0].nominal
    ('origin_share', 'seized', 0.8)
    """
    plain = digits(without_noise(fold(text)))
    found = slots(plain)
    period, rest = _period(plain)
    amounts = _amounts(rest)
    topic = _topic(found, amounts)
    if topic is None:
        raise MistakeError(
            "the claim {claim} cannot be read: it needs a number (a share or a count), what is "
            "counted (guns or rounds), and for a share where they come from; for example: "
            "{examples}",
            claim=repr(text),
            examples="; ".join(EXAMPLES),
        )
    return Claim(
        text=text,
        topic=topic,
        amounts=tuple(_of_topic(amounts, topic, found)),
        layers=_layers(found.get("layer")),
        holder=found.get("holder"),
        period=period,
        scope=found.get("scope", "mexico"),
        measure=found.get("measure", "us_sourced"),
        from_us="origin" in found,
        not_us="negation" in found,
        from_cartels="owner" in found,
        kind=found.get("kind"),
        words=found,
    )


def _of_topic(amounts: list[Amount], topic: Topic, found: dict[str, str]) -> list[Amount]:
    """Give the amounts that a topic is about; guns a day as guns a year."""
    if topic is Topic.ORIGIN_SHARE:
        return [amount for amount in amounts if amount.share]
    if topic is Topic.FLOW and found["flow"] == "a_day":
        return [amount if amount.share else _times(amount, DAYS) for amount in amounts]
    return amounts


def _times(amount: Amount, factor: float) -> Amount:
    """Multiply a count, and how far it reaches."""
    reach = Interval(amount.reach.low * factor, amount.reach.high * factor, amount.reach.kind)
    return replace(amount, nominal=amount.nominal * factor, reach=reach)


def _layers(word: str | None) -> tuple[Layer, ...]:
    """Give the layers that a word for the guns can mean; none where the claim has no such word."""
    if word is None:
        return ()
    return tuple(Layer(layer) for layer in lexicon()["ambiguous"].get(word, [word]))


def _topic(found: dict[str, str], amounts: list[Amount]) -> Topic | None:
    """Tell what kind of number is claimed, or that none can be told."""
    counts = [amount for amount in amounts if not amount.share]
    if amounts and (found.get("unit") == "rounds" or "plant" in found):
        return Topic.ROUNDS
    if found.get("unit") != "firearms":
        return None
    if counts and "flow" in found:
        return Topic.FLOW
    if len(counts) < len(amounts):
        alone = found.get("measure") in lexicon()["alone"]["measures"]
        return Topic.ORIGIN_SHARE if "origin" in found or alone else None
    return Topic.COUNT if counts else None


def _period(plain: str) -> tuple[Period | None, str]:
    """Find the period and blank it out, so that its years are not taken for counts."""
    table = lexicon()
    months: dict[str, int] = table["months"]
    year = r"(?:19|20)\d\d(?!\d)"
    month = (
        rf"(?:\d{{1,2}} (?:de )?)?(?:{alternatives(months)})(?: \d{{1,2}},?)? (?:de |of )?{year}"
    )
    units = [word for words in table["slots"]["unit"].values() for word in words]
    for name, pattern in table["period"].items():
        pattern = pattern.replace("{m}", month).replace("{y}", year)
        match = re.search(pattern.replace("{unit}", alternatives(units)), plain)
        if not match:
            continue
        start = _date(match["start"], months)
        end = match["end"] if name == "between" else match["start"] if name == "in" else ""
        stop = _date(start[:2] + end if len(end) == 2 else end, months) if end else ""
        if stop and Period(start).months[0] > Period(stop).months[0]:
            continue
        return Period(start, stop), plain[: match.start()] + " ; " + plain[match.end() :]
    return None, plain


def _date(words: str, months: dict[str, int]) -> str:
    """Write a year, or a month with its year, as an ISO date without day."""
    year = re.findall(r"(?:19|20)\d\d", words)[-1]
    named = re.search(rf"\b(?:{alternatives(months)})\b", words)
    return f"{year}-{months[named.group()]:02d}" if named else str(year)


def _amounts(plain: str) -> list[Amount]:
    """Find the claimed numbers, each place read once, shares before counts."""
    table = lexicon()
    parts = rf"({alternatives(table['parts'])})"
    found: list[Amount] = []
    for rule in table["amount"]:
        pattern = rule["pattern"].replace("{n}", NUMBER).replace("{p}", parts)
        for match in re.finditer(pattern, plain):
            relation = _relation(plain[: match.start()])
            amount = _amount(rule["kind"], [g for g in match.groups() if g], relation)
            if amount is not None:
                found.append(amount)
        plain = re.sub(pattern, lambda match: " ; ".ljust(len(match.group())), plain)
    return found


def _relation(before: str) -> str:
    """Tell which word stands before an amount: about, almost, more than, and so on."""
    table = lexicon()
    filler = alternatives(table["filler"]["words"])
    ends = re.compile(rf"(?<!\w)(?:{filler})\s*$")
    for _step in range(3):
        for relation, words in table["relation"].items():
            if re.search(rf"(?<!\w)(?:{alternatives(words)})\s*$", before):
                return str(relation)
        before = ends.sub("", before)
    return "exact"


def _amount(kind: str, groups: list[str], relation: str) -> Amount | None:
    """Turn one match into an amount; None for a number too small to be a claimed count."""
    parts: dict[str, int] = lexicon()["parts"]
    values = [float(group) for group in groups if group not in parts]
    if kind in ("percent_range", "count_range"):
        share = kind == "percent_range"
        low, high = (value / 100 if share else value for value in values)
        if not low < high or (share and high > 1) or (not share and high < 10):
            return None
        return Amount(share, low, Interval(low, high, IntervalKind.IDENTIFICATION), "range")
    if kind == "count":
        return _count(values[0], groups[0], relation)
    tail = parts[groups[-1]] if kind == "fraction" else values[-1] if values else 1.0
    share_of = {
        "percent": lambda: values[0] / 100,
        "ratio": lambda: values[0] / values[1] if values[1] else 2.0,
        "fraction": lambda: (values[0] if values else 1.0) / tail,
        "half": lambda: 0.5,
        "most": lambda: 0.5,
    }[kind]()
    if not 0 <= share_of <= 1:
        return None
    if kind == "most":
        relation = "more_than"
    return _share(share_of, groups[0] if kind == "percent" else "", relation)


def _share(value: float, written: str, relation: str) -> Amount:
    """Let a share reach as far as its wording does; `written` is its digits, if it has any."""
    rounding = lexicon()["rounding"]
    if "." in written:
        half = 0.5 * 10.0 ** -len(written.partition(".")[2])
    elif written:
        half = rounding["tens"] if float(written) % 10 == 0 else rounding["whole"]
    else:
        half = rounding["spoken"]
    return _reaching(True, value, half / 100, relation, 1.0)


def _count(value: float, written: str, relation: str) -> Amount | None:
    """Let a count reach half a unit of its last digit that is not zero."""
    if value < 10:
        return None
    zeros = len(written) - len(written.rstrip("0"))
    return _reaching(False, value, 0.5 * 10**zeros if zeros else 0.0, relation, math.inf)


def _reaching(share: bool, value: float, half: float, relation: str, top: float) -> Amount:
    """Give the interval of a value under a relation."""
    wide = lexicon()["rounding"]
    loose = (wide["about"] / 100) if share else 0.1 * value
    under = (wide["almost"] / 100) if share else 0.1 * value
    ends = {
        "exact": (value - half, value + half),
        "about": (value - max(half, loose), value + max(half, loose)),
        "almost": (value - under, value),
        "at_least": (value, top),
        "more_than": (math.nextafter(value, top), top),
        "at_most": (0.0, value),
        "less_than": (0.0, math.nextafter(value, 0.0)),
    }[relation]
    low, high = max(0.0, ends[0]), min(top, ends[1])
    return Amount(share, value, Interval(low, high, IntervalKind.IDENTIFICATION), relation)
