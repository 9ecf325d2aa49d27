# Robustness: what the numbers are worth that rest on models' answers.
# Takes  results/{study,items,scores}
# Gives  results/robustness/


rule explain_profiles:
    input:
        **({**OTHER_KEYS, "survey": "<results>/study/survey.parquet"} if RATED else {}),
        ratings="<results>/scores/ratings.parquet",
        item_table="<results>/study/items.parquet",
        item_key="<results>/items/item_key.csv",
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
    params:
        study=CONFIG.study,
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
            item_table="<results>/study/items.parquet",
            item_key="<results>/items/item_key.csv",
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
