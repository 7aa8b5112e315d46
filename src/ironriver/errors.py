"""Every error a user can meet.

An error says what is wrong, where (file, row, column), what exists, and what to do. Messages are
English templates with named places, so that they can be shown in Spanish with the same values.
"""

from __future__ import annotations

from ironriver.language import translator


class IronRiverError(Exception):
    """A fault of ours: exit status 1.

    >>> str(IronRiverError("segment {segment} is damaged", segment="3f2a"))
    'segment 3f2a is damaged'
    """

    exit_code = 1

    def __init__(self, message: str, **values: object) -> None:
        self.message = message
        self.values = values
        super().__init__(self.text())

    def text(self, lang: str = "en") -> str:
        """Give the message in `lang` (``en`` or ``es``), its places filled."""
        return translator(lang)(self.message).format(**self.values)


class MistakeError(IronRiverError):
    """Something in what was asked, or in a file, is wrong: exit status 2."""

    exit_code = 2


class InputError(MistakeError):
    """A received file cannot be read as it stands."""


class LayoutError(MistakeError):
    """No layout, or more than one, fits a file; the message says how to write a mapping."""


class RefusedError(MistakeError):
    """The law in code refuses: no nexus, no handling, no role, no purpose, or a registry."""


class WorkspaceError(MistakeError):
    """The workspace is missing, in use, or asked for something it does not hold."""


class DamageError(IronRiverError):
    """Stored bytes are not what was written: a changed, missing or torn file."""
