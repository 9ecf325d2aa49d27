# Study: the authors' archive, verified, the simulated study, or a folder of tables; each ends in the same tables.
# Takes  data/raw/SHA256SUMS and an archive, the config's simulation, or its study_folder
# Gives  results/study/{items,prompts}.parquet and, where there are, {survey,participants}.parquet,
#        {topics,data_quality}.csv; with a given key results/items/item_key.csv


include: "study_inputs.smk"


if SIMULATED:

    rule simulate_study:
        input:
            template_files(TEMPLATES),
            library=library("simulation/simulate_study"),
        output:
            **RATERS_TABLES,
            item_table="<results>/study/items.parquet",
            prompts="<results>/study/prompts.parquet",
            topics="<results>/study/topics.csv",
            loadings="<results>/study/truth/loadings.parquet",
        log:
            "<logs>/simulate_study.log",
        conda:
            "../../envs/collection.yaml"
        params:
            simulation=CONFIG.simulation.model_dump(),
            prompt_versions=CONFIG.prompt_versions,
            seed=CONFIG.seed,
            templates=TEMPLATES,
            instrument=INSTRUMENT,
        message:
            "Simulating raters, items and prompts with known truth"
        script:
            "../scripts/simulation/simulate_study.py"

elif FOLDER:

    rule import_tables:
        input:
            TABLES,
            template_files(TEMPLATES),
            library=library("study/import_tables"),
        output:
            **({"topics": "<results>/study/topics.csv"} if HAS_TOPICS else {}),
            **(RATERS_TABLES if RATED else {"item_key": "<results>/items/item_key.csv"}),
            item_table="<results>/study/items.parquet",
            prompts="<results>/study/prompts.parquet",
            # Another folder's study may not have its results here.
            folder=f"<results>/{STUDY_MARKS['tables']}",
        log:
            "<logs>/import_tables.log",
        priority: 1
        conda:
            "../../envs/collection.yaml"
        params:
            folder=FOLDER,
            templates=TEMPLATES,
            centring=CONFIG.scoring.centring,
            instrument=INSTRUMENT,
        message:
            "Reading the tables of {params.folder}"
        script:
            "../scripts/study/import_tables.py"

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

    # Every raw file is read, and found to be right, before the first table is written.
    rule import_archive:
        input:
            [f"<archive>/{path}" for path in study_files()],
            template_files(TEMPLATES),
            library=library("paper/import_archive"),
        output:
            **RATERS_TABLES,
            item_table="<results>/study/items.parquet",
            prompts="<results>/study/prompts.parquet",
            topics="<results>/study/topics.csv",
            pilot_survey="<results>/study/pilot_survey.parquet",
            pilot_participants="<results>/study/pilot_participants.parquet",
        log:
            "<logs>/import_archive.log",
        # On the longest path, so it goes before the many collections.
        priority: 1
        conda:
            "../../envs/collection.yaml"
        params:
            archive=archive_folder,
            templates=TEMPLATES,
            instrument=INSTRUMENT,
        message:
            "Reading the raw surveys, items and prompt templates"
        script:
            "../scripts/paper/import_archive.py"
