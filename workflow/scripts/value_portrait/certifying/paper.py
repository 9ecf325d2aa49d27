"""The paper's own choices, which the certificate holds whatever the config chooses, and the names of the causes."""

THRESHOLD, MAX_P, POLARITY, CENTRING = 0.3, 0.05, "positive", "tagged_items"
VERSIONS = ("v1", "v1_reversed", "v2", "v2_reversed", "v3", "v3_reversed")

TWO_PROFILES = "participant in two groups"
SWITCHED = "pairs switched off by hand"
LOST = "items lost in averaging"
OBSERVATIONS = "models of Table 8 only"
WHOLE_RATERS = "cut to whole raters"
