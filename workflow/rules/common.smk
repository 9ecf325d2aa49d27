# Helpers of the rules: the checked config, the models, and what they need. No rule stands here.
import re
from pathlib import Path

from snakemake.utils import update_config
from value_portrait.checking import as_in_a_file
from value_portrait.config_tables import read_marks, read_models
from value_portrait.configuration import MARKS as STUDY_MARKS, check_config, check_folder, check_places, check_versions
from value_portrait.files import slug
from value_portrait.instrument import as_instrument, mid_sentence
from value_portrait.instrument_file import read_instrument
from value_portrait.paper import raw_files as study
from value_portrait.paper.answers import answer_paths
from value_portrait.paper.archive import read_sums
from value_portrait.paper.certifying.stated import VERSIONS
from value_portrait.paper.reference import OPEN_WEIGHT_SCORES, check_printed
from value_portrait.personas.ess_file import check_groups
from value_portrait.responses.conditions import BASELINE, STEERING, model_conditions, read_personas
from value_portrait.responses.providers import check_targets
from value_portrait.responses.recorded import answered_versions, find_answers, find_recorded, versions_missed
from value_portrait.robustness.claims import families_by_chance, held_apart, measure, named_highest, read_claims
from value_portrait.robustness.level import LEVEL
from value_portrait.study.folder import find_tables
from value_portrait.wording import counted

# What the user's config leaves open is as the shipped one has it, also where Snakemake reads only the user's: in another
# folder, or as a module.
CHOICES = checked(read_config, shipped("config.yaml"))
update_config(CHOICES, config)
ON_COMMAND_LINE = {} if IS_MODULE else as_in_a_file(workflow.config_settings.config)
update_config(CHOICES, ON_COMMAND_LINE)
# Read once more, for of two equal keys in a file Snakemake takes the last; and to name the file that a fault is in. Given
# ones are laid over the workflow's own, but stand before it.
given_last = sorted(workflow.configfiles, key=lambda file: file in workflow.overwrite_configfiles)
CONFIG_FILES = {
    str(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file): checked(read_config, file)
    for file in ([] if IS_MODULE else map(Path, given_last))
}
if ON_COMMAND_LINE:
    CONFIG_FILES["--config"] = ON_COMMAND_LINE
CONFIG = checked(check_config, CHOICES, CONFIG_FILES)
NAMED = ("instrument", "models", "families", "providers", "personas", "claims")
CONFIG = CONFIG.model_copy(update={key: checked(chosen, getattr(CONFIG, key), key) for key in NAMED})
# What is measured: as it goes to scripts, and as an object.
INSTRUMENT = checked(read_instrument, CONFIG.instrument)
MEASURED = as_instrument(INSTRUMENT)
checked(check_versions, CONFIG.prompt_versions, INSTRUMENT["prompt_versions"], CONFIG_FILES, CONFIG.instrument)
GROUPS = CONFIG.people.groups if CONFIG.people else {}
checked(check_groups, GROUPS, CONFIG_FILES, MEASURED)
RESULTS = CONFIG.results_dir
ARCHIVE = f"{RESULTS}/study/archive"
checked(check_folder, RESULTS, "results_dir")
checked(check_places, CONFIG)
SIMULATED = CONFIG.study == "simulated"
FOLDER = CONFIG.study_folder if CONFIG.study == "tables" else None
# Whether people rated the items, and whether queries have topics: stages leave out what needs either.
RATED = CONFIG.items.correlations != "given"
TABLES = checked(find_tables, FOLDER, RATED) if FOLDER else []
HAS_TOPICS = FOLDER is None or Path(FOLDER, "topics.csv").is_file()
SUMS = shipped("data/raw/SHA256SUMS")
ARCHIVE_FILES = list(checked(read_sums, SUMS)) if CONFIG.study == "paper" else []
# Answers as files of their own: those of a study of tables, and of others who asked.
OWN_ANSWERS = [f"{FOLDER}/answers"] if FOLDER else []
EXPORTS = checked(find_recorded, [*OWN_ANSWERS, CONFIG.responses.exports])
MODELS = {slug(row.model): row for row in checked(read_models, CONFIG.models, CONFIG.study, EXPORTS)}
# What analyses are told of the models, by name.
KNOWN_MODELS = {
    row.model: row.model_dump(include={"answers", "family", "developer", "weights", "size_b", "reasoning"})
    for row in MODELS.values()
}
PERSONAS = checked(read_personas, CONFIG.personas, GROUPS, MEASURED)
CLAIMS = checked(read_claims, CONFIG.claims, MEASURED)
# What every model is told under each of its conditions, by the conditions' ids.
CONDITIONS = {
    name: checked(model_conditions, row, PERSONAS, CONFIG.framings, CONFIG.models, EXPORTS, MEASURED)
    for name, row in MODELS.items()
}
PROVIDERS = checked(check_targets, MODELS.values(), CONFIG.models, CONFIG.providers)
checked(check_folder, CONFIG.responses.store, "responses.store")
EXPORTS = {name: path for name, path in EXPORTS.items() if name in MODELS and MODELS[name].answers == "recorded"}
# Looked up for all models at once, so that a missing file shows before anything runs.
RECORDED = [name for name, model in MODELS.items() if model.answers == "recorded" and name not in EXPORTS]
RECORDED_FILES = {
    name: checked(answer_paths, ARCHIVE_FILES, MODELS[name].model, CONFIG.prompt_versions)
    for name in RECORDED
    if CONFIG.study == "paper"
}
for name in RECORDED if FOLDER else []:
    checked(find_answers, *OWN_ANSWERS, MODELS[name].model, EXPORTS)
if workflow.is_main_process:
    answered = [answered_versions(path, CONFIG.prompt_versions) for path in EXPORTS.values()]
    for line in versions_missed([*RECORDED_FILES.values(), *answered], CONFIG.prompt_versions):
        logger.warning(line)
# What the paper prints is about its own instrument.
SHIPPED = as_instrument(checked(read_instrument, shipped("config/instruments/value_portrait.yaml")))
IN_PRINT = [row.model for row in MODELS.values() if row.answers == "printed"]
checked(check_printed, shipped, IN_PRINT, CONFIG.models, SHIPPED, MEASURED)
PAPERS_OWN = CONFIG.study == "paper" and (MEASURED.families, MEASURED.options) == (SHIPPED.families, SHIPPED.options)
# An archive may do without the authors' own correlations.
PUBLISHED = PAPERS_OWN and set(study.PUBLISHED_CORRELATIONS.values()) <= set(ARCHIVE_FILES)
# The certificate holds the paper's choices, but it needs answers to all items in all of the paper's prompt versions.
CERTIFIED = (
    bool(RECORDED_FILES)
    and PAPERS_OWN
    and CONFIG.prompt_versions == list(VERSIONS)
    and CONFIG.items.panel is None
    and all(len(files) == len(VERSIONS) for files in RECORDED_FILES.values())
)
PRINTED_SCORES = {"printed_scores": shipped(OPEN_WEIGHT_SCORES)} if IN_PRINT else {}
# What models are asked, and held against: a panel of the items, where the config says so.
PANEL = CONFIG.items.panel
WHOLE = {"item_table": "<results>/study/items.parquet", "survey": "<results>/study/survey.parquet"}
WHOLE |= {"item_key": "<results>/items/item_key.csv"}
ASKED = {name: f"<results>/items/panel/{Path(path).name}" for name, path in WHOLE.items()} if PANEL else WHOLE
SIMULATED_MODELS = [name for name, row in MODELS.items() if row.answers == "simulated"]
ANY_SIMULATED = SIMULATED or bool(SIMULATED_MODELS)


include: "live.smk"
include: "figure_helpers.smk"


pathvars:
    results=RESULTS,
    archive=ARCHIVE,
    logs=f"{RESULTS}/logs",
    benchmarks=f"{RESULTS}/benchmarks",


def any_of(names):
    """A pattern for a wildcard that stands for one of these names."""
    return "|".join(map(re.escape, sorted(names))) or "(?!)"


def model_row(wildcards):
    """A model's row without its conditions: one more of these must not repeat the others."""
    return MODELS[wildcards.model].model_dump() | {"conditions": []}


def archive_folder(wildcards):
    """Where the verified raw files lie."""
    return ARCHIVE


def answer_tables():
    """The tables of answers of all models and conditions."""
    return [f"<results>/responses/{name}/{condition}.parquet" for name, own in CONDITIONS.items() for condition in own]


def recorded_files(name):
    """The files with a model's answers, in the order of the prompt versions."""
    return [f"<archive>/{path}" for path in RECORDED_FILES[name].values()]


def simulated_model(name):
    """What of a model and the personas of its conditions shapes its simulated answers."""
    conditions = {
        condition: own.persona
        and {
            **{cell: getattr(own.persona, cell) for cell in ("axis", "group", "order")},
            "steers": own.persona.axis == STEERING,
        }
        for condition, own in CONDITIONS[name].items()
    }
    return {"model": MODELS[name].model, "reasoning": MODELS[name].reasoning, "conditions": conditions}


def certificate_files():
    """What the publication holds of the certificate, or of why there is none."""
    if CERTIFIED:
        return [rules.read_published.output, rules.write_certificate.output, rules.check_certificate.output]
    return rules.waive_certificate.output if CONFIG.study == "paper" else []


def chosen_correlations():
    """The table of correlations that the item key is made from; none where the key is given."""
    if not RATED:
        return []
    prefix = {"recomputed": "", "published": "published_"}[CONFIG.items.correlations]
    return f"<results>/items/{prefix}correlations.parquet"
