"""What everything that the config would ask still costs, before anything is sent."""

import sys
from collections.abc import Mapping, Sequence

from value_portrait.configuration import Model
from value_portrait.files import written_whole
from value_portrait.job import job
from value_portrait.responses.budget import spent_usd
from value_portrait.responses.conditions import Message
from value_portrait.responses.planning import Estimate, add_estimates, estimate, estimate_lines, study_plan
from value_portrait.responses.preflight import stored_finding
from value_portrait.responses.providers import live_target, read_providers


def estimate_queries(
    models: Mapping[str, Model],
    conditions: Mapping[str, Mapping[str, tuple[str, Message | None]]],
    prompt_versions: Sequence[str],
    items: str,
    prompts: str,
    providers: str,
    source: str,
    store: str,
    max_usd: float,
    table: str,
) -> None:
    """Write the estimate as text, and print it; ``conditions``: the kind and message of each, by model and id."""
    known = read_providers(providers)
    estimates = []
    for name, model in models.items():
        target = live_target(model, *known, source)
        finding = stored_finding(target, store)
        by_kind: dict[str, list[Estimate]] = {}
        for condition, (kind, message) in conditions[name].items():
            plan = study_plan(target, items, prompts, prompt_versions, finding, message)
            by_kind.setdefault(kind, []).append(estimate(target, condition, plan, store))
        estimates += [add_estimates(kind, parts) for kind, parts in by_kind.items()]
    text = "\n".join(estimate_lines(estimates, spent_usd(store), max_usd)) + "\n"
    with written_whole(table) as partial:
        partial.write_text(text)
    sys.stdout.write(text)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        estimate_queries(
            {name: Model(**row) for name, row in snakemake.params.live_models.items()},
            snakemake.params.conditions,
            snakemake.params.prompt_versions,
            snakemake.input.item_table,
            snakemake.input.prompts,
            snakemake.input.providers,
            snakemake.params.models,
            snakemake.params.store,
            snakemake.params.max_usd,
            snakemake.output.table,
        )
