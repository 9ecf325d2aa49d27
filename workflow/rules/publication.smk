# Publication


rule publication:
    input:
        "<results>/scores/profiles.csv",
        "<results>/scores/sensitivity.csv",
        "<results>/scores/rater_profiles.parquet",
        "<results>/scores/reliability.csv",
        "<results>/scores/answer_counts.csv",


rule compare_models:
    input:
        profiles="<results>/scores/profiles.csv",
        rater_profiles="<results>/scores/rater_profiles.parquet",
        models=config["models"],
        printed_scores="data/reference/table_12_open_weight_scores.csv",
        library=library("compare_models"),
    output:
        groups="<results>/publication/tables/comparisons.csv",
        spread="<results>/publication/tables/value_spread.csv",
        people="<results>/publication/tables/models_and_people.csv",
    log:
        "<logs>/compare_models.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        study=config["study"],
    message:
        "Comparing groups of models, and models with people"
    script:
        "../scripts/compare_models.py"
