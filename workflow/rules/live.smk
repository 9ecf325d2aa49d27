# Helpers of the rules that ask live models. No rule stands here.
from value_portrait.responses.board import note_run
from value_portrait.responses.held import missing_answers, times_lost
from value_portrait.responses.store import store_file

LIVE_PARAMS = {"models": CONFIG.models, **{name: getattr(CONFIG.responses, name) for name in ("store", "max_usd")}}
# Where jobs of a run that ask tell one another how far they are.
BOARD = f".snakemake/value_portrait/asking/{slug(RESULTS)}"
LIVE = [name for name, row in MODELS.items() if row.answers == "live"]

# Two jobs of a provider would not know of each other's pace: one at a time, unless the profile says more.
for provider in PROVIDERS:
    if f"jobs_{provider}" not in workflow.global_resources:
        workflow.register_resource(f"jobs_{provider}", 1)


def message_of(wildcards):
    """What the condition of a job tells the model; None at baseline."""
    return CONDITIONS[wildcards.model][wildcards.condition].message


def takes_system_message(wildcards):
    """Whether any condition of a model sends one."""
    messages = [condition.message for condition in CONDITIONS[wildcards.model].values()]
    return any(message and message["role"] == "system" for message in messages)


def jobs_of(provider):
    """A resource of live jobs: one, for those of a provider."""
    return lambda wildcards: int(MODELS[wildcards.model].provider == provider)


def lost_by_store(summary, condition):
    """A parameter of live jobs, which changes when the store no longer holds what they have read of it."""

    def lost(wildcards):
        own = store_file(CONFIG.responses.store, wildcards.model, condition.format(**wildcards))
        return times_lost(f"{RESULTS}/responses/{wildcards.model}/{summary.format(**wildcards)}", own)

    return lost


def note_what_is_asked():
    """For the progress of all jobs together."""
    if LIVE:
        note_run(BOARD, {name: CONDITIONS[name] for name in LIVE})


def say_what_is_missing():
    """What live models were not asked, and why, where a run has failed."""
    for line in missing_answers(RESULTS, {name: CONDITIONS[name] for name in LIVE}):
        logger.error(line)
