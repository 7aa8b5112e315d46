"""Hidden populations from overlapping lists (multiple systems estimation)."""
