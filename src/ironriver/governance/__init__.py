"""Who may see what, what leaves the workspace, and what may be held at all."""
