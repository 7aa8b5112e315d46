"""How many guns a year: anchors that each assume something else, shown apart and pooled."""
