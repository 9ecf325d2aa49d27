"""Why published numbers differ from ours: causes found by computation, and comparisons with the printed tables."""
