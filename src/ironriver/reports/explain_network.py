"""Why a link or a supply chain stands as it does: record by record, and without each of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ironriver import engine, networks
from ironriver.estimators.lasting_ids import member_of
from ironriver.governance import release
from ironriver.governance.release import Access
from ironriver.language import mark, translator
from ironriver.reports.export import EXPIRY_READS, expired_today, handling_by_source
from ironriver.reports.network_words import FEATURES, level_phrase, phrase
from ironriver.tables import TABLES
from ironriver.workspace import Workspace

if TYPE_CHECKING:
    import duckdb

MOST_RECORDS = 60
"""How many records of a large chain are left out in turn."""

_FEW = 24
"""How many signs of guns that were left out are printed; JSON holds all."""

_READS = tuple(sorted({*networks.READS, "links", "networks", "network_members", *EXPIRY_READS}))


@dataclass(frozen=True, slots=True)
class NetworkExplanation:
    """A chain, its members, its links, the nearest guns left out, and what each record changes."""

    asked: str
    network: dict[str, Any]
    members: list[dict[str, Any]]
    links: list[dict[str, Any]]
    outside: list[dict[str, Any]]
    without: list[dict[str, Any]]

    def lines(self, lang: str) -> Iterator[str]:
        """Say it in lines: what speaks against it first."""
        say = translator(lang)
        network = self.network
        if network["network_id"] != self.asked:
            yield say(_NOW).format(asked=self.asked, now=network["network_id"])
        yield say(_CHAIN).format(**network)
        yield say(_WHY)
        for reason in json.loads(network["reasons"]):
            yield f"  {reason['log_odds']:+7.2f}  {say(phrase(reason['field'], FEATURES))}"
        yield from self._changed(say)
        yield from _without_lines(self.without, say)
        yield say(_OUTSIDE) if self.outside else say(_NO_OUTSIDE)
        yield from _pair_lines(self.outside, say, _FEW)
        yield say(_MEMBERS)
        for member in self.members:
            role = say(phrase(member["role"], FEATURES))
            sure = f"{role} ({member['role_probability']:.2f})"
            yield f"  {member['probability']:.3f}  {member['member_id']}  {sure}"
        yield say(_LINKS)
        yield from _pair_lines(self.links, say)

    def _changed(self, say: Any) -> Iterator[str]:  # noqa: ANN401  a translator
        told = json.loads(self.network["changed"] or "{}")
        if told.get("since") and (told["joined_count"] or told["left_count"]):
            yield say(_CHANGED).format(**told)


@dataclass(frozen=True, slots=True)
class LinkExplanation:
    """Two guns, every sign between them, and what the answer would be without each record."""

    asked: str
    signs: list[dict[str, Any]]
    prior: float
    without: list[dict[str, Any]]

    def lines(self, lang: str) -> Iterator[str]:
        """Say it in lines: what speaks against it first."""
        from ironriver.networks.signs import SIGNS

        say, about = translator(lang), {sign.name: sign.about for sign in SIGNS}
        whole = self.without[0]
        yield say(_PAIR).format(
            left=self.signs[0]["left_id"], right=self.signs[0]["right_id"], **whole
        )
        yield f"  {self.prior:+7.2f}  {say(_PRIOR)}"
        for row in sorted(self.signs, key=lambda each: each["log_odds"]):
            told = json.loads(row["reasons"])[0]
            level = level_phrase(told["level"], say)
            yield f"  {row['log_odds']:+7.2f}  {say(about[row['kind']])} — {level}"
            yield f"           {', '.join(json.loads(row['record_ids']))}"
        yield say(_LEFT_OUT)
        for each in self.without[1:]:
            yield f"  {each['probability']:.3f}  {each['record_id']}"


_NOW = mark("{asked} is {now} now: its guns were joined to one that was known earlier")
_CHAIN = mark(
    "{network_id}: {firearms} firearms, {entities} persons and licensees, {first_date} to "
    "{last_date}; one network with probability {probability:.3f}; overlap when some guns are left "
    "out {stability:.2f}"
)
_WHY = mark("Why, what speaks against it first (log-odds):")
_CHANGED = mark("With the files of {since}, {joined_count} guns joined and {left_count} left.")
_WITHOUT = mark("What it would be without one of its records, the most telling first:")
_STAYS = mark("  No other record changes it.")
_SOME = mark("  {tried} of {records} records were left out in turn.")
_ROW = mark(
    "  {record_id}: {first} of {firearms} guns stay together, {alone} stand alone; one network "
    "with probability {probability:.3f}"
)
_OUTSIDE = mark("Near it, and not put together with it:")
_NO_OUTSIDE = mark("No other gun comes near it.")
_MEMBERS = mark("Who and what stands in it, the least sure first; a purchaser is not a suspect:")
_LINKS = mark("Its links, the strongest first, each with its signs (log-odds):")
_PAIR = mark("{left} and {right}: moved by one network with probability {probability:.3f}")
_PRIOR = mark("before anything is compared")
_LEFT_OUT = mark("The same without one of their records, what tells most first:")


def _without_lines(rows: Sequence[Mapping[str, Any]], say: Any) -> Iterator[str]:  # noqa: ANN401
    whole, rest = rows[0], rows[1:]
    yield say(_WITHOUT)
    changed = [row for row in rest if (row["groups"], row["alone"]) != (whole["groups"], 0)]
    for row in changed[:20]:
        yield say(_ROW).format(
            first=row["groups"][0] if row["groups"] else 0,
            firearms=sum(row["groups"]) + row["alone"],
            **{name: row[name] for name in ("record_id", "alone", "probability")},
        )
    if len(changed) < len(rest):
        yield say(_STAYS)
    if whole["records"] > len(rest):
        yield say(_SOME).format(tried=len(rest), records=whole["records"])


def _pair_lines(
    rows: Sequence[Mapping[str, Any]],
    say: Any,  # noqa: ANN401
    most: int = 80,
) -> Iterator[str]:
    before = None
    for row in rows[:most]:
        pair, told = (row["left_id"], row["right_id"]), json.loads(row["reasons"])[0]
        if pair != before:
            yield f"  {told['pair_probability']:.3f}  {pair[0]}  {pair[1]}"
        before = pair
        level = level_phrase(told["level"], say)
        yield f"    {row['log_odds']:+7.2f}  {row['kind']}: {level}  {row['link_id']}"


def explain_network(
    workspace: Workspace, identifier: str, access: Access
) -> NetworkExplanation | None:
    """Explain a supply chain by its id of this or an earlier run; None where it names none."""
    if not identifier.startswith("network-"):
        return None
    with engine.connect(workspace, _READS) as connection:
        found = engine.run(connection, _STANDS, [member_of(identifier)]).fetchone()
        if found is None:
            return None
        name = str(found[0])
        access.enter("view", name)
        handling, expired = handling_by_source(connection), expired_today(connection)
        parts = []
        for table, sql in (("networks", _NETWORK), ("network_members", _ITS_MEMBERS),
                           ("links", _ITS_LINKS), ("links", _ITS_OUTSIDE)):  # fmt: skip
            rows = engine.query(connection, sql, [name])
            released = release.release_rows(rows, TABLES[table], handling, access, expired=expired)
            parts.append(released.table.to_pylist())
        guns = [row["member_id"] for row in parts[1] if row["member_kind"] == "firearm"]
        without = _chain_without(connection, guns)
    (network,), members, links, outside = parts
    return NetworkExplanation(identifier, network, members, links, outside, without)


_STANDS = """
SELECT network_id FROM network_members JOIN firearm_members ON firearm_id = member_id
WHERE record_id = ?
"""
_NETWORK = "SELECT * FROM networks WHERE network_id = ?"
_ITS_MEMBERS = "SELECT * FROM network_members WHERE network_id = ? ORDER BY probability, member_id"
_MINE = "SELECT member_id FROM network_members WHERE network_id = ?"
_ORDER = """
ORDER BY CAST(json_extract(reasons, '$[0].pair_probability') AS DOUBLE) DESC, left_id, right_id,
         log_odds, link_id
"""
_ITS_LINKS = f"""
WITH mine AS ({_MINE})
SELECT links.* FROM links WHERE left_id IN (FROM mine) AND right_id IN (FROM mine) {_ORDER}
"""  # noqa: S608
_ITS_OUTSIDE = f"""
WITH mine AS ({_MINE})
SELECT links.* FROM links WHERE (left_id IN (FROM mine)) <> (right_id IN (FROM mine)) {_ORDER}
"""  # noqa: S608


def _chain_without(
    connection: duckdb.DuckDBPyConnection, guns: Sequence[str]
) -> list[dict[str, Any]]:
    """Give the chain with all records first, then without each, what changes most first."""
    from ironriver.networks.without import Bench, each_without

    bench = Bench(connection, guns)
    try:
        whole = {**asdict(bench.chain()), "records": len(bench.records)}
        rest = sorted(each_without(bench, MOST_RECORDS), key=lambda each: each.changes)
    finally:
        bench.close()
    return [whole, *map(asdict, rest)]


def explain_link(workspace: Workspace, identifier: str, access: Access) -> LinkExplanation | None:
    """Explain a link by its id; None where it names none."""
    if not identifier.startswith("link-"):
        return None
    from ironriver.networks import weights
    from ironriver.networks.without import Bench

    with engine.connect(workspace, _READS) as connection:
        rows = engine.query(connection, _SIGNS, [identifier])
        if not rows.num_rows:
            return None
        access.enter("view", identifier)
        signs = release.release_rows(
            rows, TABLES["links"], handling_by_source(connection), access
        ).table.to_pylist()
        pair = signs[0]["left_id"], signs[0]["right_id"]
        bench = Bench(connection, pair)
        try:
            without = [bench.pair(*pair)]
            without += sorted(
                (bench.pair(*pair, record) for record in bench.records),
                key=lambda each: (each.probability, each.record_id or ""),
            )
        finally:
            bench.close()
    learned = weights.packaged()
    prior = learned.slope * learned.prior + learned.shift
    return LinkExplanation(identifier, signs, prior, [asdict(each) for each in without])


_SIGNS = """
SELECT links.* FROM links JOIN links AS asked USING (left_id, right_id) WHERE asked.link_id = ?
ORDER BY links.link_id
"""
