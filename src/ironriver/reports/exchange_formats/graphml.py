"""GraphML, as Gephi, yEd, networkx and others read it.

Source of the element names: GraphML Primer, http://graphml.graphdrawing.org/primer/.
"""

from __future__ import annotations

from collections.abc import Iterator

from ironriver.reports.exchange_formats.gathering import Findings
from ironriver.reports.exchange_formats.graph import (
    EDGE_FIELDS,
    NODE_FIELDS,
    NUMBERS,
    Edge,
    Node,
    edges,
    nodes,
    values,
)
from ironriver.reports.exchange_formats.xml_text import attribute, text

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns
 http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""
# Ids and ends are attributes of the elements themselves.
_ENDS = {"id", "source", "target"}


def write(findings: Findings) -> Iterator[bytes]:
    """Write the graph; every edge is directed, in a link without meaning by it."""
    yield _HEAD.encode()
    yield from _keys("node", NODE_FIELDS)
    yield from _keys("edge", EDGE_FIELDS)
    yield b'<graph id="findings" edgedefault="directed">\n'
    for node in nodes(findings):
        yield f"<node {attribute('id', node.id)}>{_data('node', node)}</node>\n".encode()
    for edge in edges(findings):
        ends = " ".join(attribute(name, getattr(edge, name)) for name in ("id", "source", "target"))
        yield f"<edge {ends}>{_data('edge', edge)}</edge>\n".encode()
    yield b"</graph>\n</graphml>\n"


def _keys(domain: str, names: tuple[str, ...]) -> Iterator[bytes]:
    for name in names:
        if name not in _ENDS:
            kind = "double" if name in NUMBERS else "string"
            yield (
                f'<key id="{domain}_{name}" for="{domain}" attr.name="{name}" '
                f'attr.type="{kind}"/>\n'
            ).encode()


def _data(domain: str, one: Node | Edge) -> str:
    return "".join(
        f'<data key="{domain}_{name}">{text(value)}</data>'
        for name, value in values(one).items()
        if value is not None and name not in _ENDS
    )
