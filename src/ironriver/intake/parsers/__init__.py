"""Reading one cell, or a few that belong together, into the common form."""
