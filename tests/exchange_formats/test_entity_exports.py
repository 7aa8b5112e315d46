"""FollowTheMoney is read back by its own package, STIX by stix2, strictly."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import stix2
from exchange_world import Written
from stix2 import properties as kinds
from stix2.registry import STIX2_OBJ_MAPS

from ironriver.reports.exchange_formats.follow_the_money import SCHEMATA
from ironriver.reports.exchange_formats.gathering import Findings
from ironriver.reports.exchange_formats.graph import edges, nodes
from ironriver.reports.exchange_formats.stix import identifier

THING = {"name", "summary", "notes", "keywords"}
PARTY = THING | {"weakAlias", "registrationNumber"}
TIE = {"role", "date", "summary", "description", "recordId", "status"}
# The schemata that we use, with those of their properties that we use.
USED = {
    "Asset": THING | {"weakAlias"},
    "Event": THING | {"recordId", "date", "location", "country"},
    "Project": THING | {"projectId", "startDate", "endDate"},
    "Person": PARTY,
    "Organization": PARTY,
    "Company": PARTY,
    "PublicBody": PARTY,
    "UnknownLink": TIE | {"subject", "object"},
    "ProjectParticipant": TIE | {"participant", "project"},
}


def told(written: Written) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written("ftm").splitlines()]


def test_every_node_and_edge_is_one_entity_of_a_schema_that_is_named(
    written: Written, findings: Findings
) -> None:
    entities = told(written)
    points, ties = list(nodes(findings)), list(edges(findings))
    assert len(entities) == len(points) + len(ties) > 1000
    assert len({one["id"] for one in entities}) == len(entities)
    counts = Counter(one["schema"] for one in entities)
    for kind, schema in SCHEMATA.items():
        assert counts[schema] == sum(node.kind == kind for node in points), kind
    for one in entities:
        assert set(one) == {"id", "schema", "properties"}
        assert one["properties"].keys() <= USED[one["schema"]]
        assert all(isinstance(text, str) for texts in one["properties"].values() for text in texts)


def test_both_ends_of_every_tie_are_there(written: Written) -> None:
    entities = {one["id"]: one for one in told(written)}
    ends = [
        (one["schema"], name, end)
        for one in entities.values()
        for name in ("subject", "object", "participant", "project")
        for end in one["properties"].get(name, ())
    ]
    assert ends
    assert all(end in entities for _, _, end in ends)
    projects = [entities[end]["schema"] for _, name, end in ends if name == "project"]
    assert set(projects) == {"Project"}


def test_its_own_package_reads_and_accepts_every_entity(written: Written) -> None:
    package = pytest.importorskip("followthemoney")
    read = 0
    for one in told(written):
        schema = package.model.get(one["schema"])
        assert schema is not None
        schema.validate(one)
        proxy = package.model.get_proxy(one, cleaned=False)
        clean = package.model.get_proxy(one, cleaned=True)
        assert proxy.id == one["id"]
        # What its types would not accept would be missing here.
        assert {name: len(clean.get(name)) for name in one["properties"]} == {
            name: len(set(texts)) for name, texts in one["properties"].items()
        }
        read += 1
    assert read == len(told(written))


OWN = {
    "firearm": [
        (name, kinds.StringProperty())
        for name in (
            "name", "make", "model", "calibre", "firearm_type", "serial_number", "first_date",
            "last_date", "reasons",
        )
    ],
    "firearm-record": [
        ("event", kinds.StringProperty(required=True)),
        *(
            (name, kinds.StringProperty())
            for name in (
                "date", "country", "admin1", "admin2", "crossing", "case_number", "source_sha256",
            )
        ),
        ("latitude", kinds.FloatProperty(min=-90, max=90)),
        ("longitude", kinds.FloatProperty(min=-180, max=180)),
    ],
}  # fmt: skip


@pytest.fixture
def known_types() -> Iterator[None]:
    """Make the types known to stix2 as the bundle's own extensions define them."""
    objects = STIX2_OBJ_MAPS["2.1"]["objects"]
    extensions = STIX2_OBJ_MAPS["2.1"]["extensions"]
    before = dict(objects), dict(extensions)
    for name, own in OWN.items():
        stix2.v21.CustomObject(name, own, extension_name=identifier("extension-definition", name))(
            type(name.title().replace("-", ""), (), {})
        )
    yield
    for registry, was in zip((objects, extensions), before, strict=True):
        registry.clear()
        registry.update(was)


@pytest.mark.usefixtures("known_types")
def test_stix2_reads_every_object_strictly(written: Written, findings: Findings) -> None:
    bundle = stix2.parse(written("stix").decode(), allow_custom=False)
    counts = Counter(one["type"] for one in bundle["objects"])
    points = Counter(node.kind for node in nodes(findings))
    assert counts["firearm"] == points["firearm"] > 100
    assert counts["firearm-record"] == points["record"] > 100
    assert counts["grouping"] == points["network"] > 3
    others = sum(points.values()) - points["firearm"] - points["record"] - points["network"]
    assert counts["identity"] == others + 1  # and the project
    assert counts["relationship"] == len(list(edges(findings))) > 500
    assert counts["extension-definition"] == 2
    assert not any(isinstance(one, dict) for one in bundle["objects"])


def test_every_reference_in_the_bundle_is_resolved_in_it(written: Written) -> None:
    objects = json.loads(written("stix"))["objects"]
    known = {one["id"] for one in objects}
    assert len(known) == len(objects)
    named = {
        ref
        for one in objects
        for name, value in one.items()
        if name.endswith(("_ref", "_refs"))
        for ref in (value if isinstance(value, list) else [value])
    }
    assert named
    assert named <= known
    assert {ext for one in objects for ext in one.get("extensions", {})} <= known


def test_every_relationship_says_its_records_reasons_and_handling(written: Written) -> None:
    ties = [one for one in json.loads(written("stix"))["objects"] if one["type"] == "relationship"]
    for one in ties:
        assert one["external_references"]
        assert one["object_marking_refs"]
        assert one["description"]
        assert one["relationship_type"] == "link" or 0 <= one["confidence"] <= 100
