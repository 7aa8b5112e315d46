"""Where a recovered gun came from and through whose hands; what is missing, what disagrees."""

READS = (
    "sources",
    "records",
    "trace_results",
    "parties",
    "firearm_members",
    "matches",
    "entities",
    "entity_members",
)
"""The tables that traces are computed from; entities may be empty."""
READINESS_READS = ("sources", "records", "trace_results", "firearm_members", "learned")
"""The tables that the readiness of requests is computed from."""
