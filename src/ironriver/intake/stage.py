"""The stage `intake`: from the files of an inbox to the tables of a workspace."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from ironriver import engine, settings
from ironriver.errors import InputError, LayoutError, RefusedError
from ironriver.governance.release import Access
from ironriver.intake.fields import Context
from ironriver.intake.inbox import Declaration, Offer, Skipped
from ironriver.intake.layout import fold
from ironriver.intake.normalise import Normalised, Normaliser
from ironriver.intake.parts import Chunk, Header
from ironriver.intake.plan import Plan, parser_digest, permission_for, plans_for
from ironriver.tables import SOURCES, Handling, Nexus
from ironriver.workspace import Batch, SegmentWriter, Workspace

# A sender may stand in another time zone.
_A_DAY = dt.timedelta(days=1)
_NO_DECLARATION = Declaration()


@dataclass(slots=True)
class Tally:
    """Counts while a file is read; rows in are rows accepted and rows quarantined."""

    accepted: int = 0
    quarantined: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    not_understood: set[str] = field(default_factory=set)

    @property
    def rows(self) -> int:
        """Rows read so far."""
        return self.accepted + self.quarantined


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What became of one file; `unchanged` if it had been read before, the same way."""

    source_id: str
    name: str
    layout: str
    tally: Tally = field(default_factory=Tally)
    unchanged: bool = False
    notes: tuple[str, ...] = ()


Progress = Callable[[str, int], None]


def read_offer(
    workspace: Workspace, offer: Offer, access: Access, today: dt.date, progress: Progress
) -> SourceReport | Skipped:
    """Read one file of an inbox into the workspace, or say why it was not read.

    A file that no layout fits, that is refused or that cannot be read is skipped with the whole
    reason, and the workspace stays as it was: nothing is held before it may be held.
    """
    declared = offer.declaration is not None
    try:
        return _read(workspace, offer, access, today, progress)
    except RefusedError as error:
        access.enter("refusal", "intake", {"code": "source_refused"})
        return Skipped(offer.name, error, declared)
    except (InputError, LayoutError) as error:
        return Skipped(offer.name, error, declared)
    except FileNotFoundError as error:
        if error.filename != str(offer.path):
            raise
        reason = InputError("{file} is gone from the inbox", file=offer.name)
        return Skipped(offer.name, reason, declared)
    except PermissionError:
        reason = InputError("{file} may not be read by this account", file=offer.name)
        return Skipped(offer.name, reason, declared)


def _read(
    workspace: Workspace, offer: Offer, access: Access, today: dt.date, progress: Progress
) -> SourceReport:
    declaration = offer.declaration or _NO_DECLARATION
    plans, _ = plans_for(offer.path, offer.name, declaration)
    nexus, handling = permission_for(offer.name, plans, declaration)
    source_id = workspace.receive(offer.path)
    # The inbox file may have changed meanwhile: what is read is what the vault holds.
    plans, notes = plans_for(workspace.source_path(source_id), offer.name, declaration)
    digest = parser_digest(plans, declaration, nexus, handling)
    layout = plans[0].match.layout.name
    known = workspace.batch(source_id)
    if known is not None and known.parser_digest == digest:
        return SourceReport(source_id, offer.name, layout, unchanged=True)
    tally = Tally()
    known_from = declaration.known_from or (known.known_from if known else today)
    supersedes = _superseded(workspace, offer.name, declaration)
    with ExitStack() as stack:
        writers: dict[str, SegmentWriter] = {}
        for tables in _tables(plans, source_id, known_from, tally):
            for name, rows in tables.items():
                if rows.num_rows:
                    if name not in writers:
                        writers[name] = stack.enter_context(workspace.segment(name))
                    writers[name].write(rows)
            progress(offer.name, tally.rows)
        notes += _notes(plans, tally, declaration.columns)
        row = _source_row(source_id, offer.name, plans, declaration, (nexus, handling), tally)
        row |= {"known_from": known_from, "supersedes": supersedes, "notes": json.dumps(notes)}
        writers["sources"] = stack.enter_context(workspace.segment("sources"))
        writers["sources"].write(pa.Table.from_pylist([row], schema=SOURCES.schema))
    segments = tuple(writer.segment for writer in writers.values() if writer.segment)
    batch = Batch(source_id, digest, known_from, supersedes, segments)
    workspace.commit_batch(batch, access.actor, access.role, access.purpose)
    return SourceReport(source_id, offer.name, layout, tally, notes=tuple(notes))


def _tables(
    plans: Sequence[Plan], source_id: str, known_from: dt.date, tally: Tally
) -> Iterator[Mapping[str, pa.Table]]:
    for plan in plans:
        context = Context(plan.match.layout, plan.date_orders, known_from + _A_DAY)
        normaliser = Normaliser(plan.match, context, source_id, known_from, plan.part.name)
        header = Header(plan.match.sample_row, plan.match.names)
        chunks = plan.part.chunks(header, tally.rows + 1)
        for made in _in_order(normaliser.normalise, chunks):
            tally.accepted += made.accepted
            tally.quarantined += made.quarantined
            tally.reasons.update(made.tables["quarantine"]["reason_code"].to_pylist())
            tally.not_understood |= _not_understood(made.tables.get("trace_results"))
            yield made.tables


def _not_understood(results: pa.Table | None) -> set[str]:
    """Give the outcomes of trace results, in the source's words, that we have no word for."""
    if results is None:
        return set()
    unknown = pc.and_(results["outcome"].is_null(), results["outcome_raw"].is_valid())
    return set(results["outcome_raw"].filter(unknown).to_pylist())


def _in_order(work: Callable[[Chunk], Normalised], chunks: Iterable[Chunk]) -> Iterator[Normalised]:
    """Work on a few chunks at a time, giving results in the order of the chunks."""
    workers = max(1, settings.whole("threads"))
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Normalised]] = deque()
        for chunk in chunks:
            waiting.append(pool.submit(work, chunk))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _superseded(workspace: Workspace, name: str, declaration: Declaration) -> str | None:
    """Give the source that this one takes the place of: named by file name or by SHA-256."""
    wanted = declaration.supersedes
    if wanted is None:
        return None
    rows = engine.connect(workspace, ("sources",)).execute("SELECT source_id, name FROM sources")
    known: dict[str, str] = dict(rows.fetchall())
    found = [source_id for source_id, file in known.items() if wanted in (source_id, file)]
    if len(found) != 1:
        raise InputError(
            "{file} says it supersedes {wanted}, but {count} sources are called so; sources are: "
            "{known}",
            file=name,
            wanted=wanted,
            count=len(found),
            known=", ".join(sorted(known.values())) or "-",
        )
    return found[0]


def _notes(plans: Sequence[Plan], tally: Tally, mapping: Mapping[str, str]) -> list[str]:
    notes = [f"outcome not understood: {words}" for words in sorted(tally.not_understood)]
    notes += _mapped_in_vain(plans, mapping)
    for plan in plans:
        if plan.match.unplaced:
            notes.append(f"columns kept only as received: {', '.join(plan.match.unplaced)}")
        notes += [
            f"dates in {plan.match.names[plan.match.columns[field]]!r}: day and month are mixed"
            for field, order in plan.date_orders.items()
            if order is None
        ]
    return notes


def _mapped_in_vain(plans: Sequence[Plan], mapping: Mapping[str, str]) -> list[str]:
    """Tell of headings in the mapping that stand in no part: mistyped, or another file's."""
    here = {fold(name) for plan in plans for name in plan.match.names}
    absent = [heading for heading in mapping if fold(heading) not in here]
    return [f"no such heading, though inbox.toml maps it: {', '.join(absent)}"] if absent else []


def _source_row(
    source_id: str,
    name: str,
    plans: Sequence[Plan],
    declaration: Declaration,
    permission: tuple[Nexus, Handling],
    tally: Tally,
) -> dict[str, object]:
    first = plans[0]
    header = Header(first.match.sample_row, first.match.names)
    return {
        "source_id": source_id,
        "name": name,
        "layout": first.match.layout.name,
        "agency": declaration.agency,
        "nexus": permission[0],
        "handling": permission[1],
        "rows_in": tally.rows,
        "rows_accepted": tally.accepted,
        "rows_quarantined": tally.quarantined,
        "header": json.dumps(
            {plan.part.name: plan.match.names for plan in plans}, ensure_ascii=False
        ),
        "first_row_byte": first.part.first_row_byte(header),
    }
