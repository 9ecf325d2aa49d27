"""The paper's own choices, which the certificate holds whatever the config chooses, and the causes of differences."""

THRESHOLD, MAX_P, CENTRING = 0.3, 0.05, "tagged_items"
VERSIONS = ("v1", "v1_reversed", "v2", "v2_reversed", "v3", "v3_reversed")

# Two numbers are one if they differ by no more than binary arithmetic does: counts and stored scores, and correlations.
# Equal ranks give correlations within 1e-15. The smallest change of ranks, one tie more between two of k raters who
# gave the same rating, moves rho by 3 rho / k^3: 3e-5 of itself at 48 raters.
ARITHMETIC, SAME_RANKS = 1e-9, 1e-12

TWO_PROFILES = "participant in two groups"
KEPT_PAIR = "pair beyond the p-limit kept"
LOST = "items lost in averaging"
OF_TABLE_8 = "27 models of Table 8"
ALL_MODELS = "33 models of the archive"
WHOLE_RATERS = "cut to whole raters"

# Inferred from the very numbers that they explain; nothing else speaks for them.
CONJECTURED = frozenset({OF_TABLE_8, ALL_MODELS, WHOLE_RATERS})

# What is compared beside the numbers in print: an order that follows from them.
ORDER = "Table 8, order of values"

# What applies to the numbers of each source, in this order. Stated before any number is looked at: the one value that
# is expected has all of them applied, wherever a cause reaches.
_OF_SCORES = (TWO_PROFILES, KEPT_PAIR, LOST)
CAUSES: dict[str, tuple[str, ...]] = {
    "archive: correlation_results": (TWO_PROFILES,),
    "archive: Phase1_total": (TWO_PROFILES,),
    "archive: score_results": _OF_SCORES,
    "Table 4": (),
    "Table 5": (TWO_PROFILES,),
    "Table 8": _OF_SCORES,
    ORDER: _OF_SCORES,
    "Table 9": _OF_SCORES,
    "Appendix D.1": (),
    "Appendix D.2": (TWO_PROFILES,),
    "Appendix F": (OF_TABLE_8, TWO_PROFILES),
    "Text": (TWO_PROFILES, WHOLE_RATERS),
    "Abstract": (*_OF_SCORES, ALL_MODELS),
}
ALL_CAUSES = tuple(dict.fromkeys(cause for own in CAUSES.values() for cause in own))

# What identifies a tag.
TAG = ["item_id", "family", "dimension"]
