# Study: the authors' archive, verified, or the simulated study; then tidy survey, participants, items and prompts.
# Takes  data/raw/SHA256SUMS and an archive, or the config's simulation
# Gives  results/study/{survey,participants,items,prompts,...}

if SIMULATED:

    rule simulate_study:
        input:
            library=library("simulation/simulate_study"),
        output:
            item_table="<results>/study/items.parquet",
            prompts="<results>/study/prompts.parquet",
            topics="<results>/study/topics.csv",
            survey="<results>/study/survey.parquet",
            participants="<results>/study/participants.parquet",
            data_quality=report(
                "<results>/study/data_quality.csv", caption="../report/data_quality.rst", category="Data quality"
            ),
            loadings="<results>/study/truth/loadings.parquet",
        log:
            "<logs>/simulate_study.log",
        conda:
            "../../envs/collection.yaml"
        params:
            simulation=CONFIG.simulation.model_dump(),
            prompt_versions=CONFIG.prompt_versions,
            seed=CONFIG.seed,
            instrument=INSTRUMENT,
        message:
            "Simulating raters, items and prompts with known truth"
        script:
            "../scripts/simulation/simulate_study.py"

else:

    # A rule of its own, so that a spoilt archive cannot cost the files that an earlier one gave.
    rule verify_archive:
        input:
            sums=SUMS,
            library=library("paper/verify_archive"),
        output:
            verified="<results>/study/verified_archive.txt",
        log:
            "<logs>/verify_archive.log",
        conda:
            "../../envs/collection.yaml"
        params:
            raw="data/raw",
        message:
            "Finding the authors' archive and checking every file of it"
        script:
            "../scripts/paper/verify_archive.py"

    rule unpack_archive:
        input:
            verified="<results>/study/verified_archive.txt",
            sums=SUMS,
            library=library("paper/unpack_archive"),
        output:
            [f"<archive>/{path}" for path in ARCHIVE_FILES],
        log:
            "<logs>/unpack_archive.log",
        conda:
            "../../envs/collection.yaml"
        params:
            archive=archive_folder,
        message:
            "Unpacking the verified files"
        script:
            "../scripts/paper/unpack_archive.py"

    # Whatever is wrong in a raw file shows here, where no earlier result can be lost to it.
    rule check_study:
        input:
            [f"<archive>/{path}" for path in item_files() + survey_files()],
            library=library("paper/check_study"),
        output:
            checked="<results>/study/checked_study.txt",
        log:
            "<logs>/check_study.log",
        conda:
            "../../envs/collection.yaml"
        params:
            archive=archive_folder,
            prompt_versions=CONFIG.prompt_versions,
        message:
            "Checking the raw surveys, items and prompt templates"
        script:
            "../scripts/paper/check_study.py"

    rule prepare_items:
        input:
            [f"<archive>/{path}" for path in item_files()],
            checked="<results>/study/checked_study.txt",
            library=library("paper/prepare_items"),
        output:
            item_table="<results>/study/items.parquet",
            prompts="<results>/study/prompts.parquet",
            topics="<results>/study/topics.csv",
        log:
            "<logs>/prepare_items.log",
        conda:
            "../../envs/collection.yaml"
        params:
            archive=archive_folder,
            prompt_versions=CONFIG.prompt_versions,
        message:
            "Reading items, topics and prompt templates"
        script:
            "../scripts/paper/prepare_items.py"

    rule prepare_survey:
        input:
            [f"<archive>/{path}" for path in survey_files()],
            checked="<results>/study/checked_study.txt",
            item_table="<results>/study/items.parquet",
            library=library("paper/prepare_survey"),
        output:
            survey="<results>/study/survey.parquet",
            participants="<results>/study/participants.parquet",
            pilot_survey="<results>/study/pilot_survey.parquet",
            pilot_participants="<results>/study/pilot_participants.parquet",
            data_quality=report(
                "<results>/study/data_quality.csv", caption="../report/data_quality.rst", category="Data quality"
            ),
        log:
            "<logs>/prepare_survey.log",
        # On the longest path, so it goes before the many collections.
        priority: 1
        conda:
            "../../envs/collection.yaml"
        params:
            archive=archive_folder,
        message:
            "Reading the raw surveys"
        script:
            "../scripts/paper/prepare_survey.py"
