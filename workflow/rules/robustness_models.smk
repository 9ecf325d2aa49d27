# Robustness: what the numbers are worth that rest on models' answers.
# Takes  results/{study,items,scores}, and of results/robustness what rests on people
# Gives  results/robustness/, results/comparisons/


include: "plan.smk"


# Comparisons with a figure. With all digits they stand apart from what people open, for p near 0.05 rounds to another
# verdict; in tables/ stands the same for people.
COMPARISONS = {"spread": "value_spread"} if len(MEASURED.main.names) > 1 else {}
if RATED:
    COMPARISONS["people"] = "models_and_people"
COMPARED = {name: f"<results>/comparisons/{table}.csv" for name, table in COMPARISONS.items()}
# What is said beside the figure of the spread.
if "spread" in COMPARISONS:
    COMPARED["spread_by_size"] = "<results>/comparisons/spread_by_size.csv"


# One job for all that rests on the same ratings: each by itself would take longer to start than to compute.
rule assess_profiles:
    input:
        **(
            {
                **OTHER_KEYS,
                "survey": ASKED["survey"],
                "participants": "<results>/study/participants.parquet",
                "rater_alphas": "<results>/scores/rater_alphas.parquet",
                "rater_profiles": "<results>/scores/rater_profiles.parquet",
                "dilution": "<results>/robustness/dilution.csv",
            }
            if RATED
            else {}
        ),
        # Models stand beside people.
        **({"people_on_circle": "<results>/robustness/people_on_circle.csv"} if RATED and MEASURED.circle else {}),
        **PRINTED_SCORES,
        ratings="<results>/scores/ratings.parquet",
        item_table=ASKED["item_table"],
        item_key=ASKED["item_key"],
        library=library("robustness/assess_profiles"),
    output:
        **COMPARED,
        **({"circle": "<results>/robustness/circle.csv"} if MEASURED.circle else {}),
        # Effects of conditions, where any model has one beside the baseline.
        **({"effects": "<results>/robustness/effects.csv"} if any(len(own) > 1 for own in CONDITIONS.values()) else {}),
        uncertainty="<results>/robustness/uncertainty.csv",
        variance="<results>/robustness/variance.csv",
        precision="<results>/robustness/precision.csv",
        alphas="<results>/robustness/alphas.csv",
        pairs="<results>/robustness/pairs.csv",
        ranks="<results>/robustness/ranks.csv",
        mean_profile="<results>/robustness/mean_profile.csv",
        family_profiles="<results>/robustness/family_profiles.csv",
        groups="<results>/robustness/groups.csv",
        alternatives="<results>/robustness/alternatives.csv",
    log:
        "<logs>/assess_profiles.log",
    benchmark:
        "<benchmarks>/assess_profiles.tsv"
    # The figures of models, the longest job, wait for it.
    priority: 2
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=1250,
    params:
        instrument=INSTRUMENT,
        models=KNOWN_MODELS,
        choices={
            "prompt_versions": CONFIG.prompt_versions,
            "rule": {name: getattr(CONFIG.items, name) for name in ("method", "polarity", "repeated_participants")},
            "observations": CONFIG.reliability.observations,
            "centring": CONFIG.scoring.centring,
            "named": named_highest(CLAIMS, MEASURED),
            "held_apart": held_apart(CLAIMS),
            "resamples": CONFIG.robustness.resamples,
            "seed": CONFIG.seed,
        },
    message:
        "Assessing how sure profiles are, which models differ, and what else could explain it"
    script:
        "../scripts/robustness/assess_profiles.py"
