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
ROUTE_READS = (
    "sources",
    "records",
    "trace_results",
    "parties",
    "licences",
    "firearm_members",
    "entities",
    "entity_members",
    "traces",
)
"""The tables that the stage `routes` reads."""
LEAD_READS = (
    "sources",
    "records",
    "trace_results",
    "parties",
    "licences",
    "inspections",
    "entities",
    "entity_members",
    "firearms",
    "firearm_members",
    "traces",
    "networks",
    "network_members",
)
"""The tables that the stage `leads` reads."""
CHANNEL_READS = (
    "sources",
    "records",
    "parties",
    "trace_results",
    "inspections",
    "firearm_members",
    "entity_members",
    "traces",
    "network_members",
)
"""The tables that the stage `channels` reads."""
STAGES = ("link", "channels", "routes", "leads")
"""The stages that `ironriver link` carries out."""
