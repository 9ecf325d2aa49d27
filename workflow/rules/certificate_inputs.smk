# Helpers of the certificate: what it reads of the archive and of the print. No rule stands here.
from value_portrait.paper.certifying.printed import PRINTED


def first_answer_files(wildcards):
    """For each model with recorded answers from the archive, the file of those to the first prompt version."""
    return {MODELS[name].model: f"{ARCHIVE}/{files[VERSIONS[0]]}" for name, files in RECORDED_FILES.items()}


def archived_answer_files(wildcards):
    """The same for each model of the archive."""
    end = f"_{VERSIONS[0]}_results.json"
    return {path.rsplit("/", 1)[1].removesuffix(end): path for path in ARCHIVE_FILES if path.endswith(end)}


def published_results():
    """The archive's files with the authors' own tags and scores."""
    return [path for path in ARCHIVE_FILES if path.startswith(study.PUBLISHED_RESULTS)]


def published_tags():
    """The archive's files with the authors' tags."""
    return [path for path in (study.ITEMS, study.PUBLISHED_TAGS) if path in ARCHIVE_FILES]
