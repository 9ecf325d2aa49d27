# Helpers of the certificate: what it reads of people, the archive and the print. No rule stands here.
from value_portrait.paper.reference import printed_tables

PRINTED = printed_tables(SHIPPED)
SOURCES = {
    "survey": "<results>/study/survey.parquet",
    "participants": "<results>/study/participants.parquet",
    "pilot_survey": "<results>/study/pilot_survey.parquet",
    "pilot_participants": "<results>/study/pilot_participants.parquet",
    "item_table": "<results>/study/items.parquet",
    "prompts": "<results>/study/prompts.parquet",
    "topics": "<results>/study/topics.csv",
    "published": "<results>/items/published_correlations.parquet",
    "sums": SUMS,
    "printed": [shipped(table.file) for table in PRINTED.values()],
}


def recorded_answer_files(wildcards):
    """For each model with recorded answers from the archive, its files, in the order of the prompt versions."""
    return {
        MODELS[name].model: [f"{ARCHIVE}/{path}" for path in files.values()] for name, files in RECORDED_FILES.items()
    }


def archived_answer_files(wildcards):
    """For each model of the archive its file of answers to the first prompt version."""
    end = f"_{VERSIONS[0]}_results.json"
    return {path.rsplit("/", 1)[1].removesuffix(end): path for path in ARCHIVE_FILES if path.endswith(end)}


def published_results():
    """The archive's files with the authors' own tags and scores."""
    return [path for path in ARCHIVE_FILES if path.startswith(study.PUBLISHED_RESULTS)]
