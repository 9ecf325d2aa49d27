"""Comparisons, figures, tables and the summary."""
