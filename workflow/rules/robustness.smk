# Robustness: what the numbers are worth. Here what rests on the people alone; robustness_models.smk has what rests on answers.
# Takes  results/{study,items}
# Gives  results/robustness/


if RATED:

    rule test_tags:
        input:
            survey="<results>/study/survey.parquet",
            participants="<results>/study/participants.parquet",
            library=library("robustness/test_tags"),
        output:
            chance="<results>/robustness/tags_by_chance.csv",
            replication="<results>/robustness/replication.csv",
            validity="<results>/robustness/validity.csv",
        log:
            "<logs>/test_tags.log",
        benchmark:
            "<benchmarks>/test_tags.tsv"
        conda:
            "../../envs/analysis.yaml"
        params:
            instrument=INSTRUMENT,
            rule=CONFIG.items.model_dump(include={"method", "threshold", "max_p", "polarity"}),
            repeated_participants=CONFIG.items.repeated_participants,
            centring=CONFIG.scoring.centring,
            resamples=CONFIG.robustness.resamples,
            seed=CONFIG.seed,
        message:
            "Holding tags against chance and against other raters"
        script:
            "../scripts/robustness/test_tags.py"
