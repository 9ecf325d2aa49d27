"""How much variance of ratings and scores is the model's, how reliable they are, and what other studies would give."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.robustness import precision
from value_portrait.robustness.alphas import ALPHAS, alphas_of_models, alphas_of_raters
from value_portrait.scores.ratings import read_ratings
from value_portrait.tables import read_table, write_table


def study_variance(
    inputs: Mapping[str, Any],
    outputs: Mapping[str, str],
    choices: Mapping[str, Any],
    instrument: Instrument,
) -> None:
    """Write the tables ``variance``, ``precision`` and ``alphas`` of the models' baseline answers.

    Alphas are those of raters, too, where there is a survey. ``choices`` are prompt_versions, observations (of alphas),
    centring, resamples and seed.
    """
    items = read_table(inputs["item_table"], "items", instrument, ["item_id", "query_id"]).to_pydict()
    ids, queries = items["item_id"], items["query_id"]
    key = read_table(inputs["item_key"], "item_key", instrument).to_pandas()
    rated = read_ratings(inputs["ratings"], "rating", choices["prompt_versions"], ids, instrument).under("baseline")
    centring, resamples, seed = (choices[name] for name in ("centring", "resamples", "seed"))
    components, studies = precision.study_variance(rated, key, queries, centring, resamples, seed, instrument)
    write_table(components, outputs["variance"], precision.VARIANCE)
    write_table(studies, outputs["precision"], precision.PRECISION)
    parts = [alphas_of_models(rated, key, choices["observations"], instrument)]
    if inputs["rater_alphas"]:
        groups = read_table(inputs["rater_alphas"], "rater_alphas", instrument).to_pandas()
        parts.append(alphas_of_raters(groups, instrument))
    write_table(pd.concat(parts), outputs["alphas"], ALPHAS)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        study_variance(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            snakemake.params.choices,
            as_instrument(snakemake.params.instrument),
        )
