"""Alphas with intervals that allow for survey groups that differ, and for prompt versions of one model."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.robustness.alphas import ALPHAS, alphas_of_models, alphas_of_raters
from value_portrait.scores.ratings import read_ratings
from value_portrait.tables import read_table, write_table


def estimate_alphas(
    inputs: Mapping[str, Any], alphas: str, prompt_versions: Sequence[str], observations: str, instrument: Instrument
) -> None:
    """Write the table ``alphas``: models with their baseline answers, raters where there is a survey."""
    ids = read_table(inputs["item_table"], "items", instrument, ["item_id"])["item_id"].to_pylist()
    key = read_table(inputs["item_key"], "item_key", instrument).to_pandas()
    rated = read_ratings(inputs["ratings"], "rating", prompt_versions, ids, instrument).under("baseline")
    parts = [alphas_of_models(rated, key, observations, instrument)]
    if inputs["survey"]:
        people = read_table(inputs["survey"], "survey", instrument).to_pandas()
        parts.append(alphas_of_raters(people, key, instrument))
    write_table(pd.concat(parts), alphas, ALPHAS)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        estimate_alphas(
            dict(snakemake.input.items()),
            snakemake.output.alphas,
            snakemake.params.prompt_versions,
            snakemake.params.observations,
            as_instrument(snakemake.params.instrument),
        )
