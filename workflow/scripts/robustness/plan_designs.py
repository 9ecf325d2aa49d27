"""How sure every live model's scores would be, and what that would cost, for every design of a study."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from value_portrait.config_tables import Model
from value_portrait.files import written_whole
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.responses.assembly import answers_table
from value_portrait.responses.conditions import BASELINE
from value_portrait.responses.planning import Questions, estimate, read_questions
from value_portrait.responses.preflight import stored_finding
from value_portrait.responses.providers import Target, live_target, read_providers
from value_portrait.responses.store import store_file
from value_portrait.robustness.designs import PLAN, plan_table, to_ask
from value_portrait.robustness.expecting import Material
from value_portrait.robustness.plan_report import plan_report
from value_portrait.scores.reading import rate_and_arrange
from value_portrait.tables import read_table, write_table


def plan_designs(
    inputs: Mapping[str, Any],
    outputs: Mapping[str, str],
    targets: Sequence[Target],
    questions: Questions,
    store: str,
    choices: Mapping[str, Any],
    instrument: Instrument,
) -> None:
    """Write the table ``plan``; write and print its report. Both rest on the answers that are there already."""
    tables: list[pa.Table] = [read_table(path, "answers", instrument) for path in inputs["answers"]]
    chosen = read_table(inputs["asked_items"], "items", instrument, ["item_id"])["item_id"].to_pylist()
    now = Questions([item for item in questions.items if item["item_id"] in set(chosen)], questions.prompts)
    asked = []
    for target in targets:
        finding, model = stored_finding(target, store, instrument), target.row.model
        asked.append(to_ask(target, finding, questions, store))
        plan, path = now.plan(target, finding, None), store_file(store, model, BASELINE)
        if estimate(target, BASELINE, plan, store).answered == len(plan):
            tables.append(answers_table(path, plan, model, BASELINE, instrument))
    versions = list(dict.fromkeys(row["prompt_version"] for row in questions.prompts))
    ids, queries = ([item[name] for item in questions.items] for name in ("item_id", "query_id"))
    ratings = rate_and_arrange(tables, choices["parser"], versions, ids, instrument)
    key = read_table(inputs["item_key"], "item_key", instrument).to_pandas()
    told = [choices[name] for name in ("centring", "n_models", "panel", "seed")]
    table = plan_table(asked, Material(ratings, queries, key, *told), instrument)
    write_table(table, outputs["table"], PLAN)
    text = plan_report(table, choices["standard_error"], choices["n_models"], instrument)
    with written_whole(outputs["report"]) as partial:
        partial.write_text(text)
    sys.stdout.write(text)


if "snakemake" in globals():
    given, params = snakemake.input, snakemake.params
    with job(snakemake.log[0]):
        known = read_providers(given.providers)
        measured = as_instrument(params.instrument)
        plan_designs(
            dict(given.items()),
            dict(snakemake.output.items()),
            [live_target(Model(**row), *known, params.models) for row in params.live_models.values()],
            read_questions(given.item_table, given.prompts, params.choices["prompt_versions"], measured),
            params.store,
            params.choices,
            measured,
        )
