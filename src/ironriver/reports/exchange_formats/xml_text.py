"""Text as XML holds it: escaped, and without the characters that XML 1.0 cannot hold at all."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

# Production [2] Char of XML 1.0, fifth edition.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
UNREADABLE = "\ufffd"


def fit(value: object) -> str:
    r"""Give a value as text, with the replacement character for what XML cannot hold.

    >>> fit("a\x00b")
    'a\ufffdb'
    """
    return _UNFIT.sub(UNREADABLE, str(value))


def text(value: object) -> str:
    """Give the content of an element.

    >>> text("<Colt & Co>")
    '&lt;Colt &amp; Co&gt;'
    """
    return escape(fit(value), {"\r": "&#13;"})


def attribute(name: str, value: object) -> str:
    """Give an attribute with its value.

    >>> attribute("id", "<gun-1>")
    'id="&lt;gun-1&gt;"'
    """
    return f"{name}={quoteattr(fit(value))}"
