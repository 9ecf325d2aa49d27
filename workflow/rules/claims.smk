# Claims: what is said of the models, held against every defensible analysis; and what becomes of it.
# Takes  results/{study,items,scores,robustness}, the table of claims
# Gives  results/robustness/{universes.parquet,claims.csv}


rule judge_claims:
    input:
        other_correlations=OTHER_CORRELATIONS if RATED else [],
        published="<results>/items/published_correlations.parquet" if PUBLISHED else [],
        item_key=[] if RATED else ASKED["item_key"],
        ratings="<results>/scores/ratings.parquet",
        item_table=ASKED["item_table"],
        claims=CONFIG.claims,
        library=library("robustness/judge_claims"),
    output:
        universes="<results>/robustness/universes.parquet",
        claims="<results>/robustness/claims.csv",
    log:
        "<logs>/judge_claims.log",
    benchmark:
        "<benchmarks>/judge_claims.tsv"
    # The figures of models, the longest job, wait for it.
    priority: 2
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=1250,
    params:
        choices={"items": CONFIG.items.model_dump(exclude={"panel"}), "scoring": CONFIG.scoring.model_dump()},
        prompt_versions=CONFIG.prompt_versions,
        models=KNOWN_MODELS,
        limit=CONFIG.robustness.universes,
        seed=CONFIG.seed,
        instrument=INSTRUMENT,
    message:
        "Putting every claim to the test in every defensible analysis"
    script:
        "../scripts/robustness/judge_claims.py"


ROBUSTNESS_TABLES = {
    "claims": "<results>/robustness/claims.csv",
    "groups": "<results>/robustness/groups.csv",
    "alphas": "<results>/robustness/alphas.csv",
    "uncertainty": "<results>/robustness/uncertainty.csv",
    "pairs": "<results>/robustness/pairs.csv",
    "ranks": "<results>/robustness/ranks.csv",
    "mean_profile": "<results>/robustness/mean_profile.csv",
    "precision": "<results>/robustness/precision.csv",
    "alternatives": "<results>/robustness/alternatives.csv",
}
if RATED:
    ROBUSTNESS_TABLES |= {
        "chance": "<results>/robustness/tags_by_chance.csv",
        "dilution": "<results>/robustness/dilution.csv",
        "replication": "<results>/robustness/replication.csv",
        "validity": "<results>/robustness/validity.csv",
    }
if MEASURED.circle:
    ROBUSTNESS_TABLES["circle"] = "<results>/robustness/circle.csv"


rule robustness:
    input:
        rules.assess_profiles.output,
        rules.judge_claims.output,
        rules.test_tags.output if RATED else [],
    message:
        "The robustness is known"
