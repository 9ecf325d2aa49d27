"""How well the models' profiles lie on the instrument's circle, beside people."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.robustness import on_circle
from value_portrait.robustness.null_keys import NULL_KEYS, arrange_null_keys
from value_portrait.scores.ratings import read_ratings
from value_portrait.tables import read_table, write_table


def place_models(
    inputs: Mapping[str, str],
    circle: str,
    prompt_versions: Sequence[str],
    centring: str,
    draws: int,
    seed: int,
    instrument: Instrument,
) -> None:
    """Write the table ``CIRCLE``; its rows about people, and its reference of keys, only where people rated items."""
    ids = read_table(inputs["item_table"], "items", instrument, ["item_id"])["item_id"].to_pylist()
    averages = read_ratings(inputs["ratings"], "rating", prompt_versions, ids, instrument).under("baseline").averages()
    key = read_table(inputs["item_key"], "item_key", instrument).to_pandas()
    null_keys = np.empty((0, len(ids), len(instrument.dimensions)), np.int8)
    parts = []
    if "people" in inputs:
        parts = [read_table(inputs["people"], on_circle.CIRCLE).to_pandas()]
        null_keys = arrange_null_keys(read_table(inputs["null_keys"], NULL_KEYS), ids, instrument)
    parts.append(on_circle.place_models(averages, ids, key, null_keys, centring, draws, seed, instrument))
    write_table(pd.concat(parts, ignore_index=True), circle, on_circle.CIRCLE)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        place_models(
            dict(snakemake.input.items()),
            snakemake.output.circle,
            snakemake.params.prompt_versions,
            snakemake.params.centring,
            snakemake.params.draws,
            snakemake.params.seed,
            as_instrument(snakemake.params.instrument),
        )
