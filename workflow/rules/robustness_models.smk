# Robustness: what the numbers are worth that rest on models' answers.
# Takes  results/{study,items,scores}
# Gives  results/robustness/


include: "plan.smk"


# One job for all that rests on the same ratings: each by itself would take longer to start than to compute.
rule assess_profiles:
    input:
        **(
            {
                **OTHER_KEYS,
                "survey": ASKED["survey"],
                "participants": "<results>/study/participants.parquet",
                "rater_alphas": "<results>/scores/rater_alphas.parquet",
                "dilution": "<results>/robustness/dilution.csv",
            }
            if RATED
            else {}
        ),
        # Models stand beside people.
        **({"people": "<results>/robustness/people_on_circle.csv"} if RATED and MEASURED.circle else {}),
        **PRINTED_SCORES,
        ratings="<results>/scores/ratings.parquet",
        item_table=ASKED["item_table"],
        item_key=ASKED["item_key"],
        library=library("robustness/assess_profiles"),
    output:
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
    # Figures wait for it.
    priority: 1
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
