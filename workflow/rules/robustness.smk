# Robustness: what the numbers are worth. Here what rests on the people alone; robustness_models.smk has what rests on answers.
# Takes  results/{study,items}
# Gives  results/robustness/

OTHER_KEYS = {
    "null_keys": "<results>/robustness/null_keys.parquet",
    "partial_key": "<results>/robustness/partial_key.csv",
}
OTHER_CORRELATIONS = "<results>/robustness/other_correlations.parquet"


if RATED:

    rule test_tags:
        input:
            survey="<results>/study/survey.parquet",
            participants="<results>/study/participants.parquet",
            library=library("robustness/test_tags"),
        output:
            chance="<results>/robustness/tags_by_chance.csv",
            dilution="<results>/robustness/dilution.csv",
            replication="<results>/robustness/replication.csv",
            validity="<results>/robustness/validity.csv",
        log:
            "<logs>/test_tags.log",
        benchmark:
            "<benchmarks>/test_tags.tsv"
        # The figures of models, the longest job, wait for it.
        priority: 2
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

    rule make_other_keys:
        input:
            survey=ASKED["survey"],
            participants="<results>/study/participants.parquet",
            item_key=ASKED["item_key"],
            library=library("robustness/make_other_keys"),
        output:
            **OTHER_KEYS,
        log:
            "<logs>/make_other_keys.log",
        benchmark:
            "<benchmarks>/make_other_keys.tsv"
        # The figures of models, the longest job, wait for it.
        priority: 2
        conda:
            "../../envs/analysis.yaml"
        params:
            instrument=INSTRUMENT,
            choices=CONFIG.items.model_dump(
                include={"method", "threshold", "max_p", "polarity", "repeated_participants"}
            ),
            families=families_by_chance(CLAIMS, MEASURED),
            draws=CONFIG.robustness.resamples,
            seed=CONFIG.seed,
        message:
            "Making item keys from shuffled raters, and without the rater's mean rating"
        script:
            "../scripts/robustness/make_other_keys.py"

    rule vary_correlations:
        input:
            survey=ASKED["survey"],
            participants="<results>/study/participants.parquet",
            library=library("robustness/vary_correlations"),
        output:
            correlations=OTHER_CORRELATIONS,
        log:
            "<logs>/vary_correlations.log",
        benchmark:
            "<benchmarks>/vary_correlations.tsv"
        # The figures of models, the longest job, wait for it.
        priority: 2
        conda:
            "../../envs/analysis.yaml"
        params:
            instrument=INSTRUMENT,
            threshold=CONFIG.items.threshold,
        message:
            "Correlating items in every other way"
        script:
            "../scripts/robustness/vary_correlations.py"


if RATED and MEASURED.circle:

    rule place_people:
        input:
            survey="<results>/study/survey.parquet",
            participants="<results>/study/participants.parquet",
            correlations=chosen_correlations(),
            item_key="<results>/items/item_key.csv",
            library=library("robustness/place_people"),
        output:
            circle="<results>/robustness/people_on_circle.csv",
        log:
            "<logs>/place_people.log",
        benchmark:
            "<benchmarks>/place_people.tsv"
        # The figures of models, the longest job, wait for it.
        priority: 2
        conda:
            "../../envs/analysis.yaml"
        resources:
            mem_mb=1250,
        params:
            instrument=INSTRUMENT,
            choices=CONFIG.items.model_dump(include={"method", "threshold", "polarity", "repeated_participants"}),
            draws=CONFIG.robustness.resamples,
            seed=CONFIG.seed,
        message:
            "Seeing how well people's values and items lie on the circle"
        script:
            "../scripts/robustness/place_people.py"
