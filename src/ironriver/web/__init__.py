"""The HTTP interface: what the command line shows, over the same gate and the same journal."""
