# Study: the authors' archive, verified, or the simulated study; then tidy survey, participants, items and prompts.
# Takes  data/raw/SHA256SUMS and an archive, or the config's simulation
# Gives  results/study/{survey,participants,items,prompts,...}
from value_portrait.study.prompts import choose_templates, find_templates

# Where the templates of every prompt version lie: one's own, and those that the study brings.
OWN_TEMPLATES, BROUGHT = (
    checked(find_templates, folder, CONFIG.prompt_versions, MEASURED) if folder else {}
    for folder in (CONFIG.prompts, FOLDER and f"{FOLDER}/prompts")
)
if FOLDER is None:
    BROUGHT = {
        version: {template: f"{ARCHIVE}/{study.prompt_path(version, template)}" for template, _ in MEASURED.templates}
        for version in CONFIG.prompt_versions
        if (version not in OWN_TEMPLATES if SIMULATED else study.has_prompts(ARCHIVE_FILES, version))
    }
TEMPLATES = checked(
    choose_templates,
    CONFIG.prompt_versions,
    BROUGHT,
    OWN_TEMPLATES,
    [folder for folder in (FOLDER and f"{FOLDER}/prompts", CONFIG.prompts) if folder],
)


def study_files():
    """The archive's files with items, topics, ratings and questionnaire scores."""
    return [
        study.ITEMS,
        study.TOPICS,
        study.SURVEY,
        study.PARTICIPANTS,
        *study.PILOT_SURVEYS.values(),
        *study.PILOT_PARTICIPANTS.values(),
    ]


if SIMULATED:

    rule simulate_study:
        input:
            library=library("simulation/simulate_study"),
        output:
            [f"<archive>/{path}" for path in study_files()],
            [path for own in BROUGHT.values() for path in own.values()],
            loadings="<results>/study/truth/loadings.parquet",
        log:
            "<logs>/simulate_study.log",
        conda:
            "../../envs/collection.yaml"
        params:
            archive=archive_folder,
            simulation=CONFIG.simulation.model_dump(),
            prompt_versions=CONFIG.prompt_versions,
            seed=CONFIG.seed,
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
        [path for own in TEMPLATES.values() for path in own.values()],
        library=library("paper/import_archive"),
    output:
        item_table="<results>/study/items.parquet",
        prompts="<results>/study/prompts.parquet",
        topics="<results>/study/topics.csv",
        survey="<results>/study/survey.parquet",
        participants="<results>/study/participants.parquet",
        pilot_survey="<results>/study/pilot_survey.parquet",
        pilot_participants="<results>/study/pilot_participants.parquet",
        data_quality=report(
            "<results>/study/data_quality.csv", caption="../report/data_quality.rst", category="Data quality"
        ),
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
