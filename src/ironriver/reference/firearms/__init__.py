"""Makes, models, calibres, types and countries: small tables of facts, each row with its source."""

from ironriver.reference.firearms.tables import (
    Calibre,
    CalibreAlias,
    GunType,
    Make,
    Model,
    calibre_aliases,
    calibres,
    country_aliases,
    make_aliases,
    makes,
    models,
    type_aliases,
    types,
)

__all__ = [
    "Calibre",
    "CalibreAlias",
    "GunType",
    "Make",
    "Model",
    "calibre_aliases",
    "calibres",
    "country_aliases",
    "make_aliases",
    "makes",
    "models",
    "type_aliases",
    "types",
]
