"""Figures: numbers with their population, bounds and sources, and the check of public claims."""
