"""Asks a model under a condition whatever the store does not hold yet, and sums up what it holds then."""

from collections.abc import Sequence
from pathlib import Path

import orjson
from value_portrait.configuration import Model
from value_portrait.files import written_whole
from value_portrait.job import job
from value_portrait.responses.conditions import Message
from value_portrait.responses.planning import study_plan
from value_portrait.responses.preflight import read_finding
from value_portrait.responses.progress import Progress
from value_portrait.responses.providers import live_target, read_providers
from value_portrait.responses.run import query


def query_model(
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
    max_usd: float,
    summary: str,
) -> None:
    """Fill the store, and write how many requests came to which outcome as JSON."""
    target = live_target(model, *read_providers(providers), models)
    plan = study_plan(target, items, prompts, prompt_versions, read_finding(finding), message)
    counts = query(target, condition, plan, store, max_usd, Progress(f"{model.model} ({condition})"))
    with written_whole(summary) as partial:
        Path(partial).write_bytes(orjson.dumps(counts, option=orjson.OPT_INDENT_2) + b"\n")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        query_model(
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
            snakemake.params.max_usd,
            snakemake.output.summary,
        )
