"""The findings as facts: one typed model that page and terminal are drawn from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from ironriver.governance.access import Access
from ironriver.reference.geography import BorderMap, border_map
from ironriver.reports.findings import (
    candidates,
    licensees,
    origins,
    reading,
    recoveries,
    shares,
    source_states,
    source_view,
    southbound,
    supply_chains,
)
from ironriver.reports.findings.gate import FindingsGate
from ironriver.reports.findings.grounds import Grounds
from ironriver.reports.findings.places import Atlas
from ironriver.reports.findings.view import SectionView
from ironriver.reports.findings.words import Words
from ironriver.tables import Handling


@dataclass(frozen=True, slots=True)
class FindingsModel:
    """Everything that the findings page says, as facts that have passed the release gate."""

    lang: str
    as_of: dt.date
    generated_at: dt.datetime
    synthetic: bool
    handlings: tuple[Handling, ...]
    reading: reading.Reading
    licensees: licensees.Licensees
    southbound: southbound.Southbound
    recoveries: recoveries.Recoveries
    origins: shares.Origins
    source_states: source_states.SourceStates
    supply_chains: supply_chains.SupplyChains
    leads: candidates.Leads
    border: BorderMap

    def sections(self, lang: str) -> tuple[SectionView, ...]:
        """Put every section in words, in the order of the page."""
        words, atlas = Words(lang), Atlas(self.border)
        return (
            reading.show(self.reading, words),
            licensees.show(self.licensees, atlas, words),
            southbound.show(self.southbound, words),
            recoveries.show(self.recoveries, atlas, words),
            origins.show(self.origins, words),
            source_view.show(self.source_states, atlas, words),
            supply_chains.show(self.supply_chains, words),
            candidates.show(self.leads, words),
        )


def model(
    con: duckdb.DuckDBPyConnection,
    figures: Iterable[shares.Figure],
    lang: str,
    as_of: dt.date,
    generated_at: dt.datetime,
    access: Access,
    *,
    skipped: Sequence[tuple[str, str]] = (),
    border: BorderMap | None = None,
) -> FindingsModel:
    """Read the findings from a connection that has one view per table, cut at `as_of`.

    `figures` are rows of the table ``figures``; every count that is neither public nor synthetic
    passes the release gate for `access`, and is journalled; `skipped` names the files that were not
    read, with the reason of each.
    """
    gate = FindingsGate(access)
    grounds = Grounds(con, gate)
    handlings = {source.handling for source in grounds.sources.values()}
    return FindingsModel(
        lang,
        as_of,
        generated_at,
        Handling.SYNTHETIC in handlings,
        tuple(label for label in Handling if label in handlings),
        reading.read(grounds, skipped),
        licensees.read(grounds),
        southbound.read(grounds),
        recoveries.read(grounds),
        shares.read(figures, gate),
        source_states.read(grounds),
        supply_chains.read(grounds),
        candidates.read(grounds),
        border_map() if border is None else border,
    )
