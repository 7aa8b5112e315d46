"""Which guns moved together: links, supply chains, routes and leads."""

READS = (
    "sources",
    "records",
    "trace_results",
    "parties",
    "entities",
    "entity_members",
    "firearms",
    "firearm_members",
    "matches",
    "traces",
    "groups",
    "inspections",
    "judgements",
)
"""The tables that links and networks are computed from."""
WRITES = ("links", "networks", "network_members")
"""The tables that the stage `link` writes."""
