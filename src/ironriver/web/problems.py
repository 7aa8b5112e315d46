"""The one shape of every error: code, message, where, what exists, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ironriver.errors import (
    DamageError,
    IronRiverError,
    MistakeError,
    RefusedError,
    WorkspaceError,
)
from ironriver.governance.access import WithheldError
from ironriver.governance.policy import REASONS
from ironriver.governance.subjects import UnfitError
from ironriver.language import mark, translator
from ironriver.web.accounts import LockedError, SignInError
from ironriver.web.sessions import NoSessionError


class NotFoundError(MistakeError):
    """What was asked for by its id is not there."""


class BusyError(MistakeError):
    """Too much is asked for at once."""


class TimeUpError(MistakeError):
    """A question took too long, and the process that worked on it was ended."""


class ForgeryError(RefusedError):
    """A request that changes something does not come from a page of this server."""


# A class stands before those it descends from.
_KINDS: tuple[tuple[type[Exception], str, int], ...] = (
    (NoSessionError, "not_signed_in", 401),
    (SignInError, "sign_in_failed", 401),
    (LockedError, "locked", 429),
    (BusyError, "busy", 429),
    (TimeUpError, "took_too_long", 504),
    (ForgeryError, "forged", 403),
    (NotFoundError, "not_found", 404),
    (UnfitError, "unfit", 409),
    (WithheldError, "withheld", 403),
    (RefusedError, "refused", 403),
    (DamageError, "damaged", 500),
    (WorkspaceError, "workspace", 409),
    (MistakeError, "mistake", 400),
    (IronRiverError, "fault", 500),
)

_ADVICE = {
    "not_signed_in": mark("Sign in."),
    "sign_in_failed": mark("Check the three and try again; the fifth failure locks the account."),
    "locked": mark("Wait, or ask a custodian."),
    "busy": mark("Wait until an answer has come, then ask again."),
    "took_too_long": mark("Ask for less: fewer rows, a narrower filter or a smaller depth."),
    "no_purpose": mark("State a purpose, and a case where there is one, and ask again."),
    "damaged": mark("Run `ironriver doctor WORKSPACE` and keep what it says."),
    "fault": mark("Tell whoever keeps this server; its own messages say more."),
    "invalid": mark("Look up the route in the list at /api/v1/docs."),
    "forged": mark("Load the page anew and try again."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """An error on its way out, in the language that was asked for."""

    status: int
    code: str
    message: str
    where: str = ""
    what_exists: tuple[str, ...] = ()
    what_to_do: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """Give it as it is sent."""
        return {
            "error": {
                "code": self.code,
                "message": self.message,
                "where": self.where,
                "what_exists": list(self.what_exists),
                "what_to_do": self.what_to_do,
            }
        }


def told(
    error: Exception, lang: str, *, code: str | None = None, status: int | None = None
) -> Problem:
    """Put an error in the one shape; what is no error of ours tells nothing of its inside."""
    if not isinstance(error, IronRiverError):
        error = IronRiverError(mark("something went wrong on the server"))
    kind, usual = next((word, number) for cls, word, number in _KINDS if isinstance(error, cls))
    code, status = code or _reason(error) or kind, status or usual
    known = error.values.get("known")
    if isinstance(known, str):
        exists = tuple(part for part in known.split(", ") if part not in ("", "-"))
    else:
        exists = ()
    place = error.values.get("where") or error.values.get("id") or error.values.get("table") or ""
    advice = _ADVICE.get(code) or _ADVICE.get(kind) or ""
    if kind == "fault":
        # A fault's own text may show a query or a path; the server's log has it.
        message = translator(lang)(mark("something went wrong on the server"))
    else:
        message = error.text(lang)
    headers = {"Retry-After": "5"} if status == 429 else {}
    return Problem(
        status, code, message, str(place), exists, translator(lang)(advice) if advice else "",
        headers,
    )  # fmt: skip


_CODES = {sentence: code for code, sentence in REASONS.items()}


def _reason(error: IronRiverError) -> str | None:
    """Give the policy's own code of a refusal."""
    if isinstance(error, WithheldError):
        return error.codes[0] if error.codes else None
    return _CODES.get(error.message)
