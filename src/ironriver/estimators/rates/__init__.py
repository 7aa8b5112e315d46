"""Rates of dealers and places: standardised, held against chance, shrunken, ranked with doubt."""
