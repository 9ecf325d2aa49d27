"""All pairs of models held against each other at baseline, their ranks, and mean profiles."""

import logging
from collections.abc import Mapping, Sequence

import numpy as np
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.randomness import named_generator
from value_portrait.responses.conditions import BASELINE
from value_portrait.robustness import comparison_tables as tables
from value_portrait.robustness.comparing import (
    INFERENCES,
    compare_pairs,
    flip_signs,
    probability_highest,
    take_sample,
)
from value_portrait.robustness.contributions import find_contributions
from value_portrait.scores.ratings import read_ratings
from value_portrait.tables import read_table, write_table


def write_comparisons(
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
    prompt_versions: Sequence[str],
    families: Mapping[str, str],
    named: Sequence[str],
    centring: str,
    resamples: int,
    seed: int,
    instrument: Instrument,
) -> None:
    """Write ``PAIRS``, ``RANKS``, ``MEAN_PROFILE`` and ``FAMILY_PROFILES``.

    ``families`` gives each model's family; ``named`` are dimensions that may be a model's highest.
    """
    items = read_table(inputs["item_table"], "items", instrument, ["item_id", "query_id"]).to_pydict()
    ratings = read_ratings(inputs["ratings"], "rating", prompt_versions, items["item_id"], instrument).under(BASELINE)
    key = read_table(inputs["item_key"], "item_key", instrument).to_pandas()
    parts = find_contributions(ratings, items["query_id"], key, centring, instrument)
    models = [model for model, _ in ratings.subjects]
    found, probabilities = {}, {}
    for inference in INFERENCES:
        sample = take_sample(parts, inference)
        signs = flip_signs(sample, resamples, named_generator(f"signs for {inference}", seed))
        found[inference] = compare_pairs(sample, signs, instrument)
        if named:
            probabilities[inference] = probability_highest(sample, signs, named, instrument)
        unknown = np.isnan(sample.df).all(axis=(1, 2))
        if unknown.any():
            names = [name for (_, name), lacking in zip(instrument.dimensions, unknown, strict=True) if lacking]
            logging.warning("No comparison by %s, too few queries or versions: %s.", inference, ", ".join(names))
    of_families = tables.family_table(parts, [families[model] for model in models], instrument)
    ranks = tables.rank_table(parts.scores, models, found, probabilities, instrument)
    write_table(tables.pair_table(parts.scores, models, found, instrument), outputs["pairs"], tables.PAIRS)
    write_table(ranks, outputs["ranks"], tables.RANKS)
    write_table(tables.mean_table(parts, instrument), outputs["mean_profile"], tables.MEAN_PROFILE)
    write_table(of_families, outputs["family_profiles"], tables.FAMILY_PROFILES)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        write_comparisons(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            snakemake.params.prompt_versions,
            snakemake.params.families,
            snakemake.params.named,
            snakemake.params.centring,
            snakemake.params.resamples,
            snakemake.params.seed,
            as_instrument(snakemake.params.instrument),
        )
