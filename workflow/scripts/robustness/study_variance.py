"""How much of the variance of ratings and scores is the model's, and what other studies would be worth."""

from collections.abc import Mapping, Sequence
from typing import Any

from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.robustness import precision
from value_portrait.scores.ratings import read_ratings
from value_portrait.tables import read_table, write_table


def study_variance(
    inputs: Mapping[str, Any],
    outputs: Mapping[str, str],
    prompt_versions: Sequence[str],
    centring: str,
    resamples: int,
    seed: int,
    instrument: Instrument,
) -> None:
    """Write the tables ``variance`` and ``precision`` of the models' baseline answers."""
    items = read_table(inputs["item_table"], "items", instrument, ["item_id", "query_id"]).to_pydict()
    key = read_table(inputs["item_key"], "item_key", instrument).to_pandas()
    rated = read_ratings(inputs["ratings"], "rating", prompt_versions, items["item_id"], instrument).under("baseline")
    components, studies = precision.study_variance(rated, key, items["query_id"], centring, resamples, seed, instrument)
    write_table(components, outputs["variance"], precision.VARIANCE)
    write_table(studies, outputs["precision"], precision.PRECISION)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        study_variance(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            snakemake.params.prompt_versions,
            snakemake.params.centring,
            snakemake.params.resamples,
            snakemake.params.seed,
            as_instrument(snakemake.params.instrument),
        )
