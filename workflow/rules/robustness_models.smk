# Robustness: what the numbers are worth that rest on models' answers.
# Takes  results/{study,items,scores}
# Gives  results/robustness/


include: "plan.smk"


rule explain_profiles:
    input:
        **({**OTHER_KEYS, "survey": ASKED["survey"]} if RATED else {}),
        # Models stand beside people.
        **({"people": "<results>/robustness/people_on_circle.csv"} if RATED and MEASURED.circle else {}),
        ratings="<results>/scores/ratings.parquet",
        item_table=ASKED["item_table"],
        item_key=ASKED["item_key"],
        library=library("robustness/explain_profiles"),
    output:
        **({"circle": "<results>/robustness/circle.csv"} if MEASURED.circle else {}),
        alternatives="<results>/robustness/alternatives.csv",
    log:
        "<logs>/explain_profiles.log",
    benchmark:
        "<benchmarks>/explain_profiles.tsv"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=1250,
    params:
        instrument=INSTRUMENT,
        models=KNOWN_MODELS,
        choices={
            "prompt_versions": CONFIG.prompt_versions,
            "centring": CONFIG.scoring.centring,
            "held_apart": held_apart(CLAIMS),
            "draws": CONFIG.robustness.resamples,
            "seed": CONFIG.seed,
        },
    message:
        "Seeing what else could explain the profiles, and how they lie on the circle"
    script:
        "../scripts/robustness/explain_profiles.py"


rule study_variance:
    input:
        ratings="<results>/scores/ratings.parquet",
        item_table=ASKED["item_table"],
        item_key=ASKED["item_key"],
        rater_alphas="<results>/scores/rater_alphas.parquet" if RATED else [],
        library=library("robustness/study_variance"),
    output:
        variance="<results>/robustness/variance.csv",
        precision="<results>/robustness/precision.csv",
        alphas="<results>/robustness/alphas.csv",
    log:
        "<logs>/study_variance.log",
    benchmark:
        "<benchmarks>/study_variance.tsv"
    conda:
        "../../envs/analysis.yaml"
    params:
        instrument=INSTRUMENT,
        choices={
            "prompt_versions": CONFIG.prompt_versions,
            "observations": CONFIG.reliability.observations,
            "centring": CONFIG.scoring.centring,
            "resamples": CONFIG.robustness.resamples,
            "seed": CONFIG.seed,
        },
    message:
        "Studying where the variance of ratings and scores is, and how reliable they are"
    script:
        "../scripts/robustness/study_variance.py"


rule estimate_uncertainty:
    input:
        ratings="<results>/scores/ratings.parquet",
        item_table=ASKED["item_table"],
        item_key=ASKED["item_key"],
        survey=ASKED["survey"] if RATED else [],
        participants="<results>/study/participants.parquet" if RATED else [],
        dilution="<results>/robustness/dilution.csv" if RATED else [],
        library=library("robustness/estimate_uncertainty"),
    output:
        # Effects of conditions, where any model has one beside the baseline.
        **({"effects": "<results>/robustness/effects.csv"} if any(len(own) > 1 for own in CONDITIONS.values()) else {}),
        uncertainty="<results>/robustness/uncertainty.csv",
    log:
        "<logs>/estimate_uncertainty.log",
    benchmark:
        "<benchmarks>/estimate_uncertainty.tsv"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=1250,
    params:
        instrument=INSTRUMENT,
        prompt_versions=CONFIG.prompt_versions,
        rule={name: getattr(CONFIG.items, name) for name in ("method", "polarity", "repeated_participants")},
        centring=CONFIG.scoring.centring,
        resamples=CONFIG.robustness.resamples,
        seed=CONFIG.seed,
    message:
        "Estimating how far scores depend on queries, wordings and raters"
    script:
        "../scripts/robustness/estimate_uncertainty.py"


rule compare_models:
    input:
        **PRINTED_SCORES,
        ratings="<results>/scores/ratings.parquet",
        profiles="<results>/scores/profiles.csv",
        item_table=ASKED["item_table"],
        item_key=ASKED["item_key"],
        library=library("robustness/compare_models"),
    output:
        pairs="<results>/robustness/pairs.csv",
        ranks="<results>/robustness/ranks.csv",
        mean_profile="<results>/robustness/mean_profile.csv",
        family_profiles="<results>/robustness/family_profiles.csv",
        groups="<results>/robustness/groups.csv",
    log:
        "<logs>/compare_models.log",
    benchmark:
        "<benchmarks>/compare_models.tsv"
    conda:
        "../../envs/analysis.yaml"
    params:
        instrument=INSTRUMENT,
        models=KNOWN_MODELS,
        named=named_highest(CLAIMS, MEASURED),
        choices={
            "prompt_versions": CONFIG.prompt_versions,
            "centring": CONFIG.scoring.centring,
            "resamples": CONFIG.robustness.resamples,
            "seed": CONFIG.seed,
        },
    message:
        "Holding all pairs of models against each other, and groups of them"
    script:
        "../scripts/robustness/compare_models.py"
