# Items: which item measures which dimension, by how its ratings go with the raters' own scores.
# Takes  results/study/{survey,participants}
# Gives  results/items/{correlations.parquet,item_key.csv,item_statistics.csv}


if RATED:

    rule correlate_items:
        input:
            survey="<results>/study/survey.parquet",
            participants="<results>/study/participants.parquet",
            library=library("items/correlate_items"),
        output:
            correlations="<results>/items/correlations.parquet",
            statistics="<results>/items/item_statistics.csv",
        log:
            "<logs>/correlate_items.log",
        benchmark:
            "<benchmarks>/correlate_items.tsv"
        # The figures of models, the longest job, wait for it.
        priority: 2
        conda:
            "../../envs/analysis.yaml"
        params:
            instrument=INSTRUMENT,
            method=CONFIG.items.method,
            repeated_participants=CONFIG.items.repeated_participants,
        message:
            "Correlating every item with every dimension"
        script:
            "../scripts/items/correlate_items.py"

    rule select_items:
        input:
            correlations=chosen_correlations(),
            library=library("items/select_items"),
        output:
            item_key="<results>/items/item_key.csv",
        log:
            "<logs>/select_items.log",
        # The figures of models, the longest job, wait for it.
        priority: 2
        conda:
            "../../envs/analysis.yaml"
        params:
            instrument=INSTRUMENT,
            threshold=CONFIG.items.threshold,
            max_p=CONFIG.items.max_p,
            polarity=CONFIG.items.polarity,
        message:
            "Selecting the items that measure each dimension"
        script:
            "../scripts/items/select_items.py"


if CONFIG.study == "paper":

    rule read_published_correlations:
        input:
            [f"<archive>/{path}" for path in study.PUBLISHED_CORRELATIONS.values()],
            survey="<results>/study/survey.parquet",
            library=library("paper/read_published_correlations"),
        output:
            correlations="<results>/items/published_correlations.parquet",
        log:
            "<logs>/read_published_correlations.log",
        # The figures of models, the longest job, wait for it.
        priority: 2
        conda:
            "../../envs/analysis.yaml"
        params:
            archive=archive_folder,
        message:
            "Reading the correlations that the authors published"
        script:
            "../scripts/paper/read_published_correlations.py"


if PANEL:

    rule choose_panel:
        input:
            item_table="<results>/study/items.parquet",
            item_key="<results>/items/item_key.csv",
            survey="<results>/study/survey.parquet" if RATED else [],
            library=library("items/choose_panel"),
        output:
            **{name: path for name, path in ASKED.items() if RATED or name != "survey"},
        log:
            "<logs>/choose_panel.log",
        conda:
            "../../envs/analysis.yaml"
        params:
            instrument=INSTRUMENT,
            size=PANEL,
            seed=CONFIG.seed,
        message:
            "Choosing a panel of the items"
        script:
            "../scripts/items/choose_panel.py"


rule items:
    input:
        ["<results>/items/item_key.csv", ASKED["item_table"]],
        ["<results>/study/data_quality.csv", "<results>/items/item_statistics.csv"] if RATED else [],
    message:
        "The items are made"
