"""Studies from outside, as tidy tables."""
