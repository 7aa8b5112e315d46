"""Errors of the operating system and of how a command was written, in the words of the project."""

from __future__ import annotations

import errno
import re
from typing import Any

from ironriver.errors import IronRiverError, MistakeError


def of_system(error: OSError) -> IronRiverError:
    """Say what an operating-system error means for whoever gave the command.

    >>> str(of_system(PermissionError(13, "Permission denied", "lists")))
    'lists may not be opened by this account; ask whoever keeps it for permission'
    """
    path = error.filename
    if path is None:
        return IronRiverError("the operating system says: {reason}", reason=error.strerror or error)
    if isinstance(error, PermissionError):
        return MistakeError(
            "{path} may not be opened by this account; ask whoever keeps it for permission",
            path=path,
        )
    if isinstance(error, FileNotFoundError):
        return MistakeError("there is no {path}", path=path)
    if isinstance(error, IsADirectoryError):
        return MistakeError("{path} is a folder; name a file", path=path)
    if isinstance(error, NotADirectoryError):
        return MistakeError("{path} leads through a file; name a folder", path=path)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return MistakeError("the disk is full: {path} cannot be written", path=path)
    return IronRiverError("{path}: {reason}", path=path, reason=error.strerror or error)


def of_usage(error: Exception) -> MistakeError:
    """Say what is wrong with how a command was written, and where its help is."""
    context = getattr(error, "ctx", None)
    command = getattr(context, "command_path", None) or "ironriver"
    kind = type(error).__name__
    if kind == "MissingParameter":
        name = _name(getattr(error, "param", None))
        return MistakeError(
            "{name} is missing; `{command} --help` shows how", name=name, command=command
        )
    if kind == "NoSuchOption":
        return MistakeError(
            "there is no option {name}; `{command} --help` shows those there are",
            name=getattr(error, "option_name", "?"),
            command=command,
        )
    if kind == "BadParameter":
        return MistakeError(
            "the value of {name} cannot be read; `{command} --help` shows what it may be",
            name=_name(getattr(error, "param", None)),
            command=command,
        )
    unknown = re.match(r"No such command '([^']*)'", str(error))
    if unknown:
        return MistakeError(
            "there is no command {name}; `{command} --help` lists those there are",
            name=unknown[1],
            command=command,
        )
    extra = re.match(r"Got unexpected extra argument(?:\(s\)|s)? \((.*)\)", str(error))
    if extra:
        return MistakeError(
            "{extra} is too much; `{command} --help` shows how", extra=extra[1], command=command
        )
    return MistakeError("{problem}", problem=str(error))


def _name(parameter: Any) -> str:  # noqa: ANN401  # typer's own parameter
    """Give the name under which a parameter is typed."""
    if parameter is None:
        return "?"
    options = [each for each in parameter.opts if each.startswith("-")]
    return max(options, key=len) if options else str(parameter.metavar or parameter.name.upper())
