"""The findings as one HTML file that asks nothing of any network and runs no script."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ironriver.governance.policy import smallest_cell
from ironriver.language import mark
from ironriver.reports.findings.model import FindingsModel
from ironriver.reports.findings.words import Words

# Word for word as the agency prints it with its own trace data.
DISCLAIMER = mark(
    "Not all firearms used in crime are traced and not all firearms traced are used in crime. "
    "Firearms selected for tracing are not chosen for purposes of determining which types, makes "
    "or models of firearms are used for illicit purposes. The firearms selected do not constitute "
    "a random sample and should not be considered representative of the larger universe of all "
    "firearms used by criminals, or any subset of that universe. Firearms are normally traced to "
    "the first retail seller, and sources reported for firearms traced do not necessarily "
    "represent the sources or methods by which firearms in general are acquired for use in crime."
)

_ENVIRONMENT = Environment(
    loader=PackageLoader("ironriver.reports.findings"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(model: FindingsModel, lang: str) -> str:
    """Draw the findings page in `lang`; the same model gives the same bytes."""
    words = Words(lang)
    style = _ENVIRONMENT.get_template("findings.css").render()
    return _ENVIRONMENT.get_template("findings.html.j2").render(
        _=words,
        lang=lang,
        model=model,
        sections=model.sections(lang),
        style=Markup(style),  # noqa: S704 - our own file, without any value of a source
        disclaimer=words(DISCLAIMER),
        as_of=words.day(model.as_of),
        generated_at=words.moment(model.generated_at),
        handlings=", ".join(label.value for label in model.handlings),
        minimum=smallest_cell(),
        attribution=words.translate(model.border.attribution),
    )
