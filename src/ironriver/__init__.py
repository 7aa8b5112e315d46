"""Iron River: where a recovered firearm came from, who moved it, how much flows."""

__version__ = "0.1.0"
