"""The page that lists the routes: made from the schema itself, without a script or a network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup, escape

from ironriver.language import mark, translator

_PAGE = Markup(
    '<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>Iron River API</title></head>'
    "<body><main><h1>Iron River API</h1><p>{about}</p>"
    '<p><a href="openapi.json">openapi.json</a></p>'
    "<table><thead><tr><th>{method}</th><th>{path}</th><th>{what}</th><th>{values}</th></tr>"
    "</thead><tbody>{rows}</tbody></table></main></body></html>"
)
_ROW = Markup(
    "<tr><td>{method}</td><td><code>{path}</code></td><td>{what}</td><td>{values}</td></tr>"
)


def route_list(schema: Mapping[str, Any], lang: str) -> str:
    """Write the page; route texts stay in English, as in the schema."""
    say = translator(lang)
    about = mark(
        "Sign in by POST /api/v1/session with name, password and one-time code. Every change bears "
        "the header X-CSRF-Token. Errors have one shape: code, message, where, what_exists, "
        "what_to_do."
    )
    return str(
        _PAGE.format(
            lang=lang,
            about=say(about),
            method=say(mark("Method")),
            path=say(mark("Path")),
            what=say(mark("What it does")),
            values=say(mark("Values")),
            rows=Markup("").join(_rows(schema)),
        )
    )


def _rows(schema: Mapping[str, Any]) -> Iterator[Markup]:
    for path, methods in schema["paths"].items():
        for method, route in methods.items():
            names = [each["name"] for each in route.get("parameters", ())]
            yield _ROW.format(
                method=method.upper(),
                path=path,
                what=escape(route.get("description", "")),
                values=", ".join(names),
            )
