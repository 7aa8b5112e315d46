"""Pure mathematics: bounds, intervals, rates; knows no tables."""
