"""Value profiles of all models, their sensitivity to the prompt, and how reliable every dimension is."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.scores.profiles import profile_as_seen, profile_models
from value_portrait.scores.ratings import read_ratings
from value_portrait.scores.reliability import reliability_of_models, reliability_of_raters
from value_portrait.scores.sensitivity import estimate_sensitivity, wordings
from value_portrait.tables import read_table, sensitivity_schema, write_table


def score_models(
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Any],
    prompt_versions: Sequence[str],
    centring: str,
    observations: str,
    instrument: Instrument,
) -> None:
    """Write the tables ``profiles``, ``sensitivity``, ``reliability`` and, with a survey, ``profiles_as_seen``.

    Models enter the last two with their baseline answers, and beside them stands the reliability among raters.
    """
    ids = read_table(inputs["item_table"], "items", instrument, ["item_id"])["item_id"].to_pylist()
    rated = read_ratings(inputs["ratings"], "rating", prompt_versions, ids, instrument)
    key = read_table(inputs["item_key"], "item_key", instrument).to_pandas()
    baseline = rated.under("baseline")
    write_table(profile_models(rated, key, centring, instrument), outputs["profiles"], "profiles", instrument)
    if inputs["survey"]:
        people = read_table(inputs["survey"], "survey", instrument).to_pandas()
        as_seen = profile_as_seen(baseline, people, key, centring, instrument)
        write_table(as_seen, outputs["as_seen"], "profiles_as_seen", instrument)
    schema = sensitivity_schema(wordings(prompt_versions, instrument), instrument)
    write_table(estimate_sensitivity(rated, instrument), outputs["sensitivity"], schema)
    parts = [reliability_of_models(baseline, key, observations, instrument)]
    if inputs["rater_alphas"]:
        groups = read_table(inputs["rater_alphas"], "rater_alphas", instrument).to_pandas()
        parts.append(reliability_of_raters(groups, instrument))
    write_table(pd.concat(parts), outputs["reliability"], "reliability", instrument)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        score_models(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            snakemake.params.prompt_versions,
            snakemake.params.centring,
            snakemake.params.observations,
            as_instrument(snakemake.params.instrument),
        )
