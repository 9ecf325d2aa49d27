"""Models held against each other at baseline: all pairs, ranks and mean profiles; and groups of them."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.randomness import named_generator
from value_portrait.responses.conditions import BASELINE
from value_portrait.robustness import comparison_tables as tables
from value_portrait.robustness.comparing import INFERENCES, compare_pairs, flip_signs, probability_highest, take_sample
from value_portrait.robustness.contributions import find_contributions
from value_portrait.robustness.groups import GROUPS, compare_clustered
from value_portrait.scores.model_groups import COMPARISONS, with_printed_models
from value_portrait.scores.ratings import read_ratings
from value_portrait.tables import read_table, write_table


def compare_models(
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
    models: Mapping[str, Mapping[str, Any]],
    choices: Mapping[str, Any],
    named: Sequence[str],
    instrument: Instrument,
) -> None:
    """Write ``PAIRS``, ``RANKS``, ``MEAN_PROFILE``, ``FAMILY_PROFILES`` and ``GROUPS``.

    ``models`` holds columns of the table of models, by model. ``choices`` are prompt_versions, centring, resamples and
    seed; ``named`` are dimensions that may be a model's highest. Models known only by printed scores join groups where
    size matters.
    """
    items = read_table(inputs["item_table"], "items", instrument, ["item_id", "query_id"]).to_pydict()
    versions, ids = choices["prompt_versions"], items["item_id"]
    ratings = read_ratings(inputs["ratings"], "rating", versions, ids, instrument).under(BASELINE)
    key = read_table(inputs["item_key"], "item_key", instrument).to_pandas()
    parts = find_contributions(ratings, items["query_id"], key, choices["centring"], instrument)
    names = [model for model, _ in ratings.subjects]
    found, probabilities = {}, {}
    for inference in INFERENCES:
        sample = take_sample(parts, inference)
        rng = named_generator(f"signs for {inference}", choices["seed"])
        signs = flip_signs(sample, choices["resamples"], rng)
        found[inference] = compare_pairs(sample, signs, instrument)
        if named:
            probabilities[inference] = probability_highest(sample, signs, named, instrument)
        unknown = np.isnan(sample.df).all(axis=(1, 2))
        if unknown.any():
            untold = [name for (_, name), lacking in zip(instrument.dimensions, unknown, strict=True) if lacking]
            logging.warning("No comparison by %s, too few queries or versions: %s.", inference, ", ".join(untold))
    of_families = tables.family_table(parts, [models[name]["family"] for name in names], instrument)
    ranks = tables.rank_table(parts.scores, names, found, probabilities, instrument)
    write_table(tables.pair_table(parts.scores, names, found, instrument), outputs["pairs"], tables.PAIRS)
    write_table(ranks, outputs["ranks"], tables.RANKS)
    write_table(tables.mean_table(parts, instrument), outputs["mean_profile"], tables.MEAN_PROFILE)
    write_table(of_families, outputs["family_profiles"], tables.FAMILY_PROFILES)
    own = read_table(inputs["profiles"], "profiles", instrument).to_pandas().query("condition == 'baseline'")
    joined = with_printed_models(own, models, inputs.get("printed_scores"), instrument)
    groups = [
        compare_clustered(joined if comparison == "size" else own, models, comparison, instrument)
        for comparison in COMPARISONS
    ]
    write_table(pd.concat(groups), outputs["groups"], GROUPS)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        compare_models(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            snakemake.params.models,
            snakemake.params.choices,
            snakemake.params.named,
            as_instrument(snakemake.params.instrument),
        )
