"""What everything that the config would ask still costs, before anything is sent."""

import sys
from collections.abc import Mapping, Sequence

from value_portrait.configuration import Model
from value_portrait.files import written_whole
from value_portrait.job import job
from value_portrait.querying.budget import spent_usd
from value_portrait.querying.planning import estimate, estimate_lines, study_plan
from value_portrait.querying.preflight import stored_finding
from value_portrait.querying.providers import live_target, read_providers


def estimate_queries(
    models: Mapping[str, Model],
    prompt_versions: Sequence[str],
    items: str,
    prompts: str,
    providers: str,
    source: str,
    store: str,
    max_usd: float,
    table: str,
) -> None:
    """Write the estimate as text, and print it."""
    known = read_providers(providers)
    estimates = []
    for model in models.values():
        target = live_target(model, *known, source)
        plan = study_plan(target, items, prompts, prompt_versions, stored_finding(target, store), None)
        estimates += [estimate(target, condition, plan, store) for condition in model["conditions"]]
    text = "\n".join(estimate_lines(estimates, spent_usd(store), max_usd)) + "\n"
    with written_whole(table) as partial:
        partial.write_text(text)
    sys.stdout.write(text)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        estimate_queries(
            snakemake.params.live_models,
            snakemake.params.prompt_versions,
            snakemake.input.item_table,
            snakemake.input.prompts,
            snakemake.input.providers,
            snakemake.params.models,
            snakemake.params.store,
            snakemake.params.max_usd,
            snakemake.output.table,
        )
