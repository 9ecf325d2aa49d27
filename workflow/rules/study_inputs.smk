# Helpers of the study stage: where raw files, tables and prompt templates lie. No rule stands here.
from value_portrait.study.prompts import choose_templates, find_templates

# Where the templates of every prompt version lie: one's own, and those that the study brings.
OWN_TEMPLATES, BROUGHT = (
    checked(find_templates, folder, CONFIG.prompt_versions, MEASURED) if folder else {}
    for folder in (CONFIG.prompts, FOLDER and f"{FOLDER}/prompts")
)
if CONFIG.study == "paper":
    BROUGHT = {
        version: {template: f"{ARCHIVE}/{study.prompt_path(version, template)}" for template, _ in MEASURED.templates}
        for version in CONFIG.prompt_versions
        if study.has_prompts(ARCHIVE_FILES, version)
    }
# The simulated study makes up those that one does not bring oneself.
TEMPLATES = OWN_TEMPLATES
if not SIMULATED:
    TEMPLATES = checked(
        choose_templates,
        CONFIG.prompt_versions,
        BROUGHT,
        OWN_TEMPLATES,
        [folder for folder in (FOLDER and f"{FOLDER}/prompts", CONFIG.prompts) if folder],
    )
# What there is where people rated the items.
RATERS_TABLES = {
    "survey": "<results>/study/survey.parquet",
    "participants": "<results>/study/participants.parquet",
    "data_quality": reported("<results>/study/data_quality.csv", "data_quality", "Data quality"),
}


def template_files(templates):
    """The files of templates, of all versions."""
    return [path for own in templates.values() for path in own.values()]


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
