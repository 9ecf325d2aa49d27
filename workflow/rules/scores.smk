# Scores: ratings, value profiles, sensitivity and reliability, for all models at once.
# Takes  results/responses, results/items/item_key.csv, results/study/survey.parquet
# Gives  results/scores/{ratings.parquet,profiles.csv,profiles_as_seen.csv,sensitivity.csv,reliability.csv,answer_counts.csv},
#        results/scores/{rater_profiles,rater_alphas}.parquet


rule parse_answers:
    input:
        answers=answer_tables(),
        item_table=ASKED["item_table"],
        library=library("scores/parse_answers"),
    output:
        ratings="<results>/scores/ratings.parquet",
        counts="<results>/scores/answer_counts.csv",
    log:
        "<logs>/parse_answers.log",
    benchmark:
        "<benchmarks>/parse_answers.tsv"
    # The figures of models, the longest job, wait for it.
    priority: 2
    conda:
        "../../envs/collection.yaml"
    params:
        instrument=INSTRUMENT,
        parser=CONFIG.scoring.parser,
    message:
        "Parsing all answers"
    script:
        "../scripts/scores/parse_answers.py"


rule score_models:
    input:
        ratings="<results>/scores/ratings.parquet",
        item_table=ASKED["item_table"],
        item_key=ASKED["item_key"],
        survey=ASKED["survey"] if RATED else [],
        rater_alphas="<results>/scores/rater_alphas.parquet" if RATED else [],
        library=library("scores/score_models"),
    output:
        profiles=reported("<results>/scores/profiles.csv", "profiles", "Profiles"),
        as_seen="<results>/scores/profiles_as_seen.csv" if RATED else [],
        sensitivity="<results>/scores/sensitivity.csv",
        reliability=reported("<results>/scores/reliability.csv", "reliability", "Reliability"),
    log:
        "<logs>/score_models.log",
    benchmark:
        "<benchmarks>/score_models.tsv"
    # The figures of models, the longest job, wait for it.
    priority: 2
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=1250,
    params:
        instrument=INSTRUMENT,
        centring=CONFIG.scoring.centring,
        prompt_versions=CONFIG.prompt_versions,
        observations=CONFIG.reliability.observations,
    message:
        "Scoring every model, its sensitivity to the prompt, and the reliability of every dimension"
    script:
        "../scripts/scores/score_models.py"


if RATED:

    rule score_raters:
        input:
            survey=ASKED["survey"],
            item_table=ASKED["item_table"],
            item_key=ASKED["item_key"],
            library=library("scores/score_raters"),
        output:
            profiles="<results>/scores/rater_profiles.parquet",
            alphas="<results>/scores/rater_alphas.parquet",
        log:
            "<logs>/score_raters.log",
        # The figures of models, the longest job, wait for it.
        priority: 2
        conda:
            "../../envs/analysis.yaml"
        resources:
            mem_mb=1250,
        params:
            instrument=INSTRUMENT,
            centring=CONFIG.scoring.centring,
        message:
            "Scoring the human raters on the items that they saw, and how reliably"
        script:
            "../scripts/scores/score_raters.py"


rule scores:
    input:
        "<results>/scores/profiles.csv",
        "<results>/scores/sensitivity.csv",
        "<results>/scores/reliability.csv",
        "<results>/scores/answer_counts.csv",
        "<results>/scores/rater_profiles.parquet" if RATED else [],
    message:
        "The scores are made"
