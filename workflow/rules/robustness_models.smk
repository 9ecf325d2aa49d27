# Robustness: what the numbers are worth that rest on models' answers.
# Takes  results/{study,items,scores}
# Gives  results/robustness/


rule estimate_uncertainty:
    input:
        ratings="<results>/scores/ratings.parquet",
        item_table="<results>/study/items.parquet",
        item_key="<results>/items/item_key.csv",
        survey="<results>/study/survey.parquet" if RATED else [],
        participants="<results>/study/participants.parquet" if RATED else [],
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
        item_table="<results>/study/items.parquet",
        item_key="<results>/items/item_key.csv",
        library=library("robustness/compare_pairs"),
    output:
        pairs="<results>/robustness/pairs.csv",
        ranks="<results>/robustness/ranks.csv",
    log:
        "<logs>/compare_pairs.log",
    benchmark:
        "<benchmarks>/compare_pairs.tsv"
    conda:
        "../../envs/analysis.yaml"
    params:
        instrument=INSTRUMENT,
        prompt_versions=CONFIG.prompt_versions,
        centring=CONFIG.scoring.centring,
        resamples=CONFIG.robustness.resamples,
        seed=CONFIG.seed,
    message:
        "Holding all pairs of models against each other"
    script:
        "../scripts/robustness/compare_pairs.py"
