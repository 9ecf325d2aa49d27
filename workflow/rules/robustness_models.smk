# Robustness: what the numbers are worth that rest on models' answers.
# Takes  results/{study,items,scores}
# Gives  results/robustness/


include: "plan.smk"


rule explain_profiles:
    input:
        **({**OTHER_KEYS, "survey": ASKED["survey"]} if RATED else {}),
        ratings="<results>/scores/ratings.parquet",
        item_table=ASKED["item_table"],
        item_key=ASKED["item_key"],
        models=CONFIG.models,
        library=library("robustness/explain_profiles"),
    output:
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
        study=CONFIG.study,
        exported=sorted(EXPORTS),
        instrument=INSTRUMENT,
        choices={
            "prompt_versions": CONFIG.prompt_versions,
            "centring": CONFIG.scoring.centring,
            "draws": CONFIG.robustness.resamples,
            "seed": CONFIG.seed,
        },
    message:
        "Seeing what else could explain the profiles"
    script:
        "../scripts/robustness/explain_profiles.py"


if MEASURED.circle:
    # Where there are raters, models are held against keys from shuffled ones, and stand beside people.
    BESIDE_PEOPLE = {"null_keys": OTHER_KEYS["null_keys"], "people": "<results>/robustness/people_on_circle.csv"}

    rule place_models:
        input:
            **(BESIDE_PEOPLE if RATED else {}),
            ratings="<results>/scores/ratings.parquet",
            item_table=ASKED["item_table"],
            item_key=ASKED["item_key"],
            library=library("robustness/place_models"),
        output:
            circle="<results>/robustness/circle.csv",
        log:
            "<logs>/place_models.log",
        benchmark:
            "<benchmarks>/place_models.tsv"
        conda:
            "../../envs/analysis.yaml"
        params:
            instrument=INSTRUMENT,
            prompt_versions=CONFIG.prompt_versions,
            centring=CONFIG.scoring.centring,
            draws=CONFIG.robustness.resamples,
            seed=CONFIG.seed,
        message:
            "Seeing how well the models' profiles lie on the circle"
        script:
            "../scripts/robustness/place_models.py"


rule study_variance:
    input:
        ratings="<results>/scores/ratings.parquet",
        item_table=ASKED["item_table"],
        item_key=ASKED["item_key"],
        library=library("robustness/study_variance"),
    output:
        variance="<results>/robustness/variance.csv",
        precision="<results>/robustness/precision.csv",
    log:
        "<logs>/study_variance.log",
    benchmark:
        "<benchmarks>/study_variance.tsv"
    conda:
        "../../envs/analysis.yaml"
    params:
        instrument=INSTRUMENT,
        prompt_versions=CONFIG.prompt_versions,
        centring=CONFIG.scoring.centring,
        resamples=CONFIG.robustness.resamples,
        seed=CONFIG.seed,
    message:
        "Studying where the variance of ratings and scores is"
    script:
        "../scripts/robustness/study_variance.py"


rule estimate_alphas:
    input:
        ratings="<results>/scores/ratings.parquet",
        item_table=ASKED["item_table"],
        item_key=ASKED["item_key"],
        survey=ASKED["survey"] if RATED else [],
        library=library("robustness/estimate_alphas"),
    output:
        alphas="<results>/robustness/alphas.csv",
    log:
        "<logs>/estimate_alphas.log",
    benchmark:
        "<benchmarks>/estimate_alphas.tsv"
    conda:
        "../../envs/analysis.yaml"
    params:
        instrument=INSTRUMENT,
        observations=CONFIG.reliability.observations,
        prompt_versions=CONFIG.prompt_versions,
    message:
        "Estimating alphas with clustered intervals"
    script:
        "../scripts/robustness/estimate_alphas.py"


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


rule compare_pairs:
    input:
        ratings="<results>/scores/ratings.parquet",
        item_table=ASKED["item_table"],
        item_key=ASKED["item_key"],
        library=library("robustness/compare_pairs"),
    output:
        pairs="<results>/robustness/pairs.csv",
        ranks="<results>/robustness/ranks.csv",
        mean_profile="<results>/robustness/mean_profile.csv",
        family_profiles="<results>/robustness/family_profiles.csv",
    log:
        "<logs>/compare_pairs.log",
    benchmark:
        "<benchmarks>/compare_pairs.tsv"
    conda:
        "../../envs/analysis.yaml"
    params:
        instrument=INSTRUMENT,
        prompt_versions=CONFIG.prompt_versions,
        families={model.model: model.family for model in MODELS.values()},
        named=named_highest(CLAIMS, MEASURED),
        centring=CONFIG.scoring.centring,
        resamples=CONFIG.robustness.resamples,
        seed=CONFIG.seed,
    message:
        "Holding all pairs of models against each other"
    script:
        "../scripts/robustness/compare_pairs.py"
