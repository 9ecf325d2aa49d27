"""What the models' profiles are worth: how sure they are, which models differ, and what else could explain them."""

from collections.abc import Mapping
from typing import Any

from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.robustness import assessing
from value_portrait.robustness.dilution import DILUTION
from value_portrait.robustness.null_keys import NULL_KEYS
from value_portrait.robustness.on_circle import CIRCLE
from value_portrait.scores.ratings import read_ratings
from value_portrait.tables import read_table, write_csv, write_table


def assess_profiles(
    inputs: Mapping[str, Any],
    outputs: Mapping[str, str],
    models: Mapping[str, Mapping[str, Any]],
    choices: Mapping[str, Any],
    instrument: Instrument,
) -> None:
    """Write those tables of ``assessing.assess_profiles`` that are among the ``outputs``.

    What needs people's ratings is told only where ``inputs`` has them. ``models`` holds columns of the table of models,
    by model; ``choices`` are those of ``assessing.assess_profiles``, and prompt_versions.
    """
    items = read_table(inputs["item_table"], "items", instrument, ["item_id", "query_id"]).to_pydict()
    ratings = read_ratings(inputs["ratings"], "rating", choices["prompt_versions"], items["item_id"], instrument)
    key = read_table(inputs["item_key"], "item_key", instrument).to_pandas()
    people = {}
    if "survey" in inputs:
        people = {
            name: read_table(inputs[name], name, instrument).to_pandas()
            for name in ("survey", "participants", "rater_alphas", "rater_profiles")
        }
        people["partial_key"] = read_table(inputs["partial_key"], "item_key", instrument).to_pandas()
        people["null_keys"] = read_table(inputs["null_keys"], NULL_KEYS)
        people["dilution"] = read_table(inputs["dilution"], DILUTION).to_pandas()
    if "people_on_circle" in inputs:
        people["circle"] = read_table(inputs["people_on_circle"], CIRCLE).to_pandas()
    printed = inputs.get("printed_scores")
    tables = assessing.assess_profiles(ratings, items["query_id"], key, people, models, printed, choices, instrument)
    for name, path in outputs.items():
        if name in assessing.ASSESSED:
            write_table(tables[name], path, assessing.ASSESSED[name])
        else:
            write_csv(tables[name], path)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        assess_profiles(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            snakemake.params.models,
            snakemake.params.choices,
            as_instrument(snakemake.params.instrument),
        )
