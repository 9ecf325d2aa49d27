"""The paper's own choices, which the certificate holds whatever the config chooses, and the names of the causes."""

THRESHOLD, MAX_P, CENTRING = 0.3, 0.05, "tagged_items"
VERSIONS = ("v1", "v1_reversed", "v2", "v2_reversed", "v3", "v3_reversed")

TWO_PROFILES = "participant in two groups"
KEPT_PAIR = "pair beyond the p-limit kept"
LOST = "items lost in averaging"
OF_TABLE_8 = "27 models of Table 8"
ALL_MODELS = "33 models of the archive"
WHOLE_RATERS = "cut to whole raters"

# What identifies a tag.
TAG = ["item_id", "family", "dimension"]
