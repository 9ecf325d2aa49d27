"""What everything that the config would ask still costs, before anything is sent."""

import sys
from collections.abc import Mapping, Sequence

from value_portrait.config_tables import Model
from value_portrait.files import written_whole
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.responses.budget import spent_usd
from value_portrait.responses.conditions import Message
from value_portrait.responses.planning import (
    Estimate,
    Questions,
    add_estimates,
    estimate,
    estimate_lines,
    read_questions,
)
from value_portrait.responses.preflight import stored_finding
from value_portrait.responses.providers import Target, live_target, read_providers

Conditions = Mapping[str, tuple[str, Message | None]]


def estimate_queries(
    targets: Sequence[tuple[Target, Conditions]],
    questions: Questions,
    store: str,
    max_usd: float,
    table: str,
    instrument: Instrument,
) -> None:
    """Write the estimate as text, and print it; with each target the kind and message of its conditions, by id."""
    estimates = []
    for target, conditions in targets:
        finding = stored_finding(target, store, instrument)
        by_kind: dict[str, list[Estimate]] = {}
        for condition, (kind, message) in conditions.items():
            plan = questions.plan(target, finding, message)
            by_kind.setdefault(kind, []).append(estimate(target, condition, plan, store))
        estimates += [add_estimates(kind, parts) for kind, parts in by_kind.items()]
    text = "\n".join(estimate_lines(estimates, spent_usd(store), max_usd)) + "\n"
    with written_whole(table) as partial:
        partial.write_text(text)
    sys.stdout.write(text)


if "snakemake" in globals():
    given, params = snakemake.input, snakemake.params
    with job(snakemake.log[0]):
        known = read_providers(given.providers)
        measured = as_instrument(params.instrument)
        estimate_queries(
            [
                (live_target(Model(**row), *known, params.models), params.conditions[name])
                for name, row in params.live_models.items()
            ],
            read_questions(given.item_table, given.prompts, params.prompt_versions, measured),
            params.store,
            params.max_usd,
            snakemake.output.table,
            measured,
        )
