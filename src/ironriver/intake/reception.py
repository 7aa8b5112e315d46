"""Receiving an inbox: every file in turn, read or told why not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from ironriver.governance.release import Access
from ironriver.intake.inbox import Offer, Skipped, offers
from ironriver.intake.stage import Progress, SourceReport, read_offer
from ironriver.workspace import Workspace


def read_inbox(
    workspace: Workspace,
    inbox: Path,
    inbox_file: Path | None,
    access: Access,
    today: dt.date,
    progress: Progress,
) -> Iterator[SourceReport | Skipped]:
    """Read every file of an inbox in the order of names; give each one's report.

    A file that takes the place of another is read after all others, so that the other is known.
    """
    for offer in sorted(offers(inbox, inbox_file), key=_takes_a_place):
        if isinstance(offer, Skipped):
            yield offer
        else:
            yield read_offer(workspace, offer, access, today, progress)


def _takes_a_place(offer: Offer | Skipped) -> bool:
    declaration = offer.declaration if isinstance(offer, Offer) else None
    return declaration is not None and declaration.supersedes is not None
