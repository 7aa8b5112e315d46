"""Section 7: supply chains, and what each is judged to be."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

from ironriver.networks.channels import CHANNELS
from ironriver.reports.findings import queries
from ironriver.reports.findings.cells import Cell, known
from ironriver.reports.findings.grounds import Basis, Grounds, newest_words, source_list
from ironriver.reports.findings.plots import count_bar
from ironriver.reports.findings.view import Block, Column, Entry, SectionView, TableView, entry
from ironriver.reports.findings.words import Words
from ironriver.tables import Handling

SHOWN = 10
_SIZES = ((2, 2, "2"), (3, 5, "3-5"), (6, 20, "6-20"), (21, None, "21+"))


@dataclass(frozen=True, slots=True)
class Chain:
    """One supply chain as its row says: guns, people, days, likeliest channel, and how sure."""

    network_id: str
    firearms: int
    entities: int
    first: dt.date | None
    last: dt.date | None
    channel: str
    channel_probability: float
    probability: float
    stability: float


@dataclass(frozen=True, slots=True)
class SupplyChains:
    """Chains by size, and the largest of those whose rows may be shown."""

    sizes: Mapping[str, Cell]
    firearms: Cell
    chains: tuple[Chain, ...]
    total: int
    basis: Basis


def read(grounds: Grounds) -> SupplyChains:
    """Count chains by size, and read the rows that may be shown, the largest first."""
    basis = grounds.basis(queries.chain_sources())
    rows = grounds.ask(queries.chains())
    sizes = {
        name: sum(low <= row[1] and (high is None or row[1] <= high) for row in rows)
        for low, high, name in _SIZES
    }
    guns = grounds.counts({"firearms": sum(row[1] for row in rows)}, basis)
    chains = tuple(_chain(row) for row in rows if grounds.gate.may_name(Handling(row[8])))
    return SupplyChains(
        grounds.counts({name: count for name, count in sizes.items() if count}, basis),
        guns["firearms"],
        chains[:SHOWN],
        len(rows),
        basis,
    )


def _chain(row: queries.Row) -> Chain:
    name, firearms, entities, first, last, channels, probability, stability, _ = row
    channel, likely = _likeliest(channels)
    return Chain(name, firearms, entities, first, last, channel, likely, probability, stability)


def _likeliest(channels: str | None) -> tuple[str, float]:
    found = json.loads(channels or "[]")
    if not found:
        return "", 0.0
    best = max(found, key=lambda one: (one["probability"], one["channel"]))
    return str(best["channel"]), float(best["probability"])


def show(found: SupplyChains, words: Words) -> SectionView:
    """Put the chains in words and tables."""
    blocks: tuple[Block, ...] = ()
    if found.total:
        blocks = (_sizes_table(found, words),)
        if found.chains:
            blocks = (*blocks, _chains_table(found, words))
    return SectionView(
        "supply-chains",
        words("Supply chains"),
        _title(found, words),
        words(
            "Firearms judged to have been moved by one network, from what their records share: "
            "purchasers, contacts, visits to a shop, neighbouring serial numbers, seizures, cases."
        ),
        _against(found, words),
        blocks,
        source_list(found.basis, words),
        newest_words(found.basis, words),
        empty=not found.total,
    )


def _title(found: SupplyChains, words: Words) -> str:
    if not found.total:
        return words("No two firearms were judged to be of one supply chain")
    shown = known(found.sizes.values())
    if found.firearms.withheld or not shown:
        return words("Supply chains were found; too few to publish")
    return words.one_or_many(
        "One supply chain holds {firearms} firearms",
        "{n} supply chains hold {firearms} firearms",
        shown,
        firearms=found.firearms.value,
    )


def _against(found: SupplyChains, words: Words) -> tuple[str, ...]:
    if not found.total:
        return ()
    return (
        words(
            "A chain is a judgement with a probability. Some of its firearms may have been moved "
            "by others, and a chain may be a part of a larger one."
        ),
        words(
            "Who bought a firearm first is not a suspect. Chains are found where records overlap; "
            "where a state sends no rows, its chains are not seen."
        ),
    )


def _sizes_table(found: SupplyChains, words: Words) -> TableView:
    most = max((cell.value or 0 for cell in found.sizes.values()), default=0)
    rows = tuple(
        (
            Entry(name.replace("-", "\N{EN DASH}")),
            entry(cell, words, count_bar(cell.value or 0, most)),
        )
        for name, cell in found.sizes.items()
    )
    columns = (Column(words("Firearms in the chain")), Column(words("Chains"), number=True))
    return TableView(words("Supply chains by size"), columns, rows)


def _chains_table(found: SupplyChains, words: Words) -> TableView:
    rows = tuple(
        (
            Entry(chain.network_id),
            Entry(words.number(chain.firearms)),
            Entry(words.number(chain.entities)),
            Entry(_days(chain, words)),
            Entry(
                words.translate(CHANNELS.get(chain.channel, chain.channel)),
                below=words.probability(chain.channel_probability) if chain.channel else "",
            ),
            Entry(words.probability(chain.probability)),
            Entry(words.share(chain.stability)),
        )
        for chain in found.chains
    )
    columns = (
        Column(words("Chain")),
        Column(words("Firearms"), number=True),
        Column(words("People and licensees"), number=True),
        Column(words("Records from")),
        Column(words("Likeliest channel")),
        Column(words("Probability"), number=True),
        Column(words("Stability"), number=True),
    )
    note = words(
        "Probability: that at least half of its firearms were moved by one network. Stability: how "
        "much of it stays together when records are drawn anew. The command ironriver explain says "
        "why."
    )
    caption = words("The largest {shown} of {all} supply chains", shown=len(rows), all=found.total)
    return TableView(caption, columns, rows, note=note)


def _days(chain: Chain, words: Words) -> str:
    days = [words.month(day) for day in (chain.first, chain.last) if day]
    return " \N{EN DASH} ".join(dict.fromkeys(days))
