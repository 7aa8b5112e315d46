"""Trace requests, filled in as far as the records allow, on their way to a reader."""

from __future__ import annotations

from ironriver.errors import MistakeError
from ironriver.governance.release import Access
from ironriver.reports.forms.request import TraceRequest, gather
from ironriver.reports.forms.sheet import pdf
from ironriver.reports.forms.writing import csv_bytes, xlsx_bytes
from ironriver.workspace import Workspace

__all__ = ["FORMS", "TraceRequest", "gather", "write_request"]

FORMS = ("pdf", "xlsx", "csv")


def write_request(
    workspace: Workspace,
    record_id: str,
    form: str,
    access: Access,
    lang: str,
    accepted: tuple[str, ...] = (),
) -> bytes:
    """Give the request for a recovery in the fields of ATF Form 3312.1, or 3312.1(S) in Spanish.

    A suggested repair stands beside the field that it is about; it takes the field's place only for
    fields named in `accepted`, and the sheet says so. The release gate refuses before anything is
    written.
    """
    if form not in FORMS:
        raise MistakeError(
            "a request is written as {known}, not as {form}", known=", ".join(FORMS), form=form
        )
    request = gather(workspace, record_id, access, lang, accepted)
    return {"pdf": pdf, "xlsx": xlsx_bytes, "csv": csv_bytes}[form](request, lang)
