"""Read received files of any kind into chunks of text rows."""

from __future__ import annotations

from ironriver.intake.reading.opening import open_source

__all__ = ["open_source"]
