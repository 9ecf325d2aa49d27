# The figures of the publication stage, each as PNG, PDF and SVG.
# Takes  results/{study,items,scores,comparisons,robustness}
# Gives  results/publication/figures

# What there is depends on what the study has: ratings by people, topics, a circle, several versions and dimensions.
CORRELATED = {"correlations": chosen_correlations()} if RATED else {}
WITH_TOPICS = {"topics": "<results>/study/topics.csv"} if HAS_TOPICS else {}
# What rests on people alone is drawn by a rule that answers do not lead to.
HELD_AGAINST_CHANCE = (
    {
        "chance": "<results>/robustness/tags_by_chance.csv",
        "validity": "<results>/robustness/validity.csv",
    }
    if RATED
    else {}
)
CROSS_LOADING = ["cross_loading"] if RATED and MEASURED.circle else []
SENSITIVITY = {"sensitivity": "sensitivity_figure"} if len(CONFIG.prompt_versions) > 1 else {}
RECOVERED = {
    name: f"<results>/comparisons/{name}.csv" for name in ("recovery_tags", "recovery_profiles", "recovery_scores")
}
TABLES = [
    *WITH_TOPICS,
    "items_per_value",
    *(family.table for family in MEASURED.families if family.table),
    *CROSS_LOADING,
    "reliability",
    *(["questionnaire"] if RATED else []),
]
# Adjusted over a family, no p is smaller than its number of dimensions over that of draws.
HARDLY_DRAWN = [
    mid_sentence(family)
    for family in MEASURED.families
    if len(family.names) >= LEVEL * (CONFIG.robustness.resamples + 1)
]
LEFT_OUT = [
    what
    for missing, what in (
        (
            not RATED,
            "correlations, cross-loadings, people beside models, tags by chance and in other people (nobody rated the items)",
        ),
        (PANEL, f"all items but a panel's, {PANEL} of each dimension (items.panel)"),
        (not HAS_TOPICS, "topics (the study has none)"),
        (
            bool(HARDLY_DRAWN),
            f"which {' and '.join(HARDLY_DRAWN)} are beyond chance ({CONFIG.robustness.resamples} draws are too few to tell)",
        ),
        (bool(UNCENTRED), "centring (scores are mean ratings, so what is said of 0 says nothing)"),
        (MEASURED.circle is None, "portraits and distances on a circle (no family has one)"),
        (not SENSITIVITY, "sensitivity to the prompt (there is one prompt version)"),
        (len(MEASURED.main.names) == 1, f"spread of a profile (one dimension, {MEASURED.main.title})"),
    )
    if missing
]
# Colours and markers of model families.
MARKS = {
    family: {"color": mark.colour, "marker": mark.marker}
    for family, mark in checked(read_marks, CONFIG.families).items()
}
# Figures of the families without a circle.
PANELS = [family.figure for family in MEASURED.families if family.figure and not family.circle]
# Tables of what the numbers are worth, and the figures drawn from them, as far as the study has what they show.
SHOWN = {"uncertainty": "uncertainty.csv", "mean_profile": "mean_profile.csv"}
SHOWN_FIGURES = ["profile_intervals"]
if RATED:
    SHOWN |= {"alternatives": "alternatives.csv"}
    SHOWN_FIGURES += ["headlines_by_chance"]
# Figures of the families with a circle.
CIRCLES = [family.figure for family in MEASURED.families if family.figure and family.circle]
if CIRCLES:
    SHOWN |= {"family_profiles": "family_profiles.csv", "pairs": "pairs.csv"}
if MEASURED.circle:
    SHOWN |= {"circle": "circle.csv"}
    SHOWN_FIGURES += ["circle_fit"]
if sum(model.answers != "printed" for model in MODELS.values()) > 1:
    SHOWN |= {"variance": "variance.csv", "precision": "precision.csv"}
    SHOWN_FIGURES += ["variance_components"]
if CLAIMS:
    SHOWN |= {"claims": "claims.csv", "universes": "universes.parquet"}
    SHOWN_FIGURES += ["specification_curve", "claims_held"]


# One job for all figures of what rests on answers: Python and Matplotlib take a second to start.
rule draw_models:
    input:
        **COMPARED,
        **{name: f"<results>/robustness/{table}" for name, table in SHOWN.items()},
        profiles="<results>/scores/profiles.csv",
        reliability="<results>/scores/reliability.csv",
        sensitivity="<results>/scores/sensitivity.csv",
        answer_counts="<results>/scores/answer_counts.csv",
        groups="<results>/robustness/groups.csv",
        library=library("publication/draw_models"),
    output:
        figures(
            "Profiles",
            "value_profiles",
            **dict.fromkeys(CIRCLES, "portraits"),
            **dict.fromkeys(PANELS, "dimension_panels"),
        ),
        figures("Reliability", reliability="reliability_figure"),
        figures("Sensitivity", "answer_kinds", **SENSITIVITY),
        figures("Comparisons", "group_comparisons", *COMPARISONS.values()),
        figures("Robustness", *SHOWN_FIGURES),
    log:
        "<logs>/draw_models.log",
    benchmark:
        "<benchmarks>/draw_models.tsv"
    # The longest job goes first.
    priority: 2
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=1250,
    params:
        models=KNOWN_MODELS,
        marks=MARKS,
        measures={claim.claim: measure(claim) for claim in CLAIMS},
        mark=MARK,
        instrument=INSTRUMENT,
    message:
        "Drawing profiles, sensitivity and comparisons of models, and what the numbers are worth"
    script:
        "../scripts/publication/draw_models.py"


rule draw_items:
    input:
        **CORRELATED,
        **WITH_TOPICS,
        **HELD_AGAINST_CHANCE,
        item_key="<results>/items/item_key.csv",
        library=library("publication/draw_items"),
    output:
        figures("Items", "items_per_value", *CROSS_LOADING, *WITH_TOPICS),
        figures("Robustness", "tags_by_chance", "held_out_validity") if RATED else [],
    log:
        "<logs>/draw_items.log",
    benchmark:
        "<benchmarks>/draw_items.tsv"
    conda:
        "../../envs/analysis.yaml"
    params:
        threshold=CONFIG.items.threshold,
        mark=MARK_OF_PEOPLE,
        instrument=INSTRUMENT,
    message:
        "Drawing what the items cover, and their tags against chance"
    script:
        "../scripts/publication/draw_items.py"
