"""Reliability of every dimension among models, beside that among the human raters."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.scores.ratings import read_ratings
from value_portrait.scores.reliability import reliability_of_models
from value_portrait.tables import read_table, write_table


def estimate_reliability(
    inputs: Mapping[str, Any],
    reliability: str,
    prompt_versions: Sequence[str],
    observations: str,
    instrument: Instrument,
) -> None:
    """Write the table ``reliability``: models enter with their baseline answers, raters where there are any."""
    ids = read_table(inputs["item_table"], "items", instrument, ["item_id"])["item_id"].to_pylist()
    key = read_table(inputs["item_key"], "item_key", instrument).to_pandas()
    rated = read_ratings(inputs["ratings"], "rating", prompt_versions, ids, instrument).under("baseline")
    parts = [reliability_of_models(rated, key, observations, instrument)]
    if inputs["raters"]:
        parts.append(read_table(inputs["raters"], "reliability", instrument).to_pandas())
    write_table(pd.concat(parts), reliability, "reliability", instrument)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        estimate_reliability(
            dict(snakemake.input.items()),
            snakemake.output.reliability,
            snakemake.params.prompt_versions,
            snakemake.params.observations,
            as_instrument(snakemake.params.instrument),
        )
