"""The live answers of one model under one condition, as one table, from the store."""

from collections.abc import Sequence

from value_portrait.configuration import Model
from value_portrait.job import job
from value_portrait.responses.assembly import answers_table
from value_portrait.responses.conditions import Message
from value_portrait.responses.planning import study_plan
from value_portrait.responses.preflight import read_finding
from value_portrait.responses.providers import live_target, read_providers
from value_portrait.responses.store import store_file
from value_portrait.tables import write_table


def assemble_answers(
    model: Model,
    condition: str,
    message: Message | None,
    prompt_versions: Sequence[str],
    items: str,
    prompts: str,
    finding: str,
    providers: str,
    models: str,
    store: str,
    table: str,
) -> None:
    """Write the table ``answers``."""
    target = live_target(model, *read_providers(providers), models)
    plan = study_plan(target, items, prompts, prompt_versions, read_finding(finding), message)
    path = store_file(store, model.model, condition)
    write_table(answers_table(path, plan, model.model, condition), table, "answers")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        assemble_answers(
            Model(**snakemake.params.model),
            snakemake.wildcards.condition,
            snakemake.params.message,
            snakemake.params.prompt_versions,
            snakemake.input.item_table,
            snakemake.input.prompts,
            snakemake.input.finding,
            snakemake.input.providers,
            snakemake.params.models,
            snakemake.params.store,
            snakemake.output.table,
        )
