"""Times from one event to another that are seen only if the second happens in time."""
