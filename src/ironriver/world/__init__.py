"""A synthetic border world with known truth, and the scoring of tables against it."""
