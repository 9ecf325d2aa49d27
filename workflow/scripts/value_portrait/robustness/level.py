"""The level of significance of all that is said or drawn."""

LEVEL = 0.05  # what chance gives less often than this stands out
