"""What else could explain the models' profiles, what is left of the headlines without it; their place on the circle."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.robustness import on_circle
from value_portrait.robustness.alternatives import ALTERNATIVES, Material
from value_portrait.robustness.headlines import explain
from value_portrait.robustness.null_keys import NULL_KEYS, arrange_null_keys
from value_portrait.robustness.shuffling import key_array
from value_portrait.scores.model_groups import COMPARISONS, group_of
from value_portrait.scores.ratings import read_ratings
from value_portrait.tables import read_table, write_table


def explain_profiles(
    inputs: Mapping[str, Any],
    outputs: Mapping[str, str],
    models: Mapping[str, Mapping[str, Any]],
    choices: Mapping[str, Any],
    instrument: Instrument,
) -> None:
    """Write the table ``ALTERNATIVES`` and, where there is a circle, ``CIRCLE``.

    What needs people's ratings is there only where ``inputs`` has them. Models without any rating are left out.
    ``models`` holds columns of the table of models, by model; ``choices`` are prompt_versions, centring, held_apart
    (see ``compare_dimensions``), draws and seed.
    """
    items = read_table(inputs["item_table"], "items", instrument, ["item_id", "query_id"]).to_pandas()
    ids = items["item_id"].tolist()
    rated = read_ratings(inputs["ratings"], "rating", choices["prompt_versions"], ids, instrument).under("baseline")
    rated = rated.take(np.flatnonzero(rated.rated.any(axis=(1, 2))).tolist())
    key = read_table(inputs["item_key"], "item_key", instrument).to_pandas()
    names = [model for model, _ in rated.subjects]
    sides = {
        comparison: np.array([{one: 1, other: -1}.get(group_of(models[name], comparison) or "", 0) for name in names])
        for comparison, (one, other) in COMPARISONS.items()
    }
    null_keys, partial, liking, survey = np.empty((0, len(ids), len(instrument.dimensions)), np.int8), None, None, None
    if "survey" in inputs:
        survey = read_table(inputs["survey"], "survey", instrument).to_pandas()
        null_keys = arrange_null_keys(read_table(inputs["null_keys"], NULL_KEYS), ids, instrument)
        other = read_table(inputs["partial_key"], "item_key", instrument).to_pandas()
        partial = key_array(other, ids, instrument)
        liking = survey.groupby("item_id", observed=True)["rating"].mean().reindex(ids).to_numpy()
    keys = key_array(key, ids, instrument), null_keys, partial
    material = Material(names, rated.averages(), *keys, liking, sides, choices["centring"], instrument)
    queries = pd.factorize(items["query_id"])[0]
    held_apart, draws, seed = (choices[name] for name in ("held_apart", "draws", "seed"))
    found = explain(material, rated, queries, survey, held_apart, draws, seed)
    write_table(found, outputs["alternatives"], ALTERNATIVES)
    if "circle" in outputs:
        scores = material.own_scores, material.null_scores
        circle = on_circle.place_models(*scores, draws, seed, instrument)
        people = [read_table(inputs["people"], on_circle.CIRCLE).to_pandas()] if "people" in inputs else []
        write_table(pd.concat([*people, circle], ignore_index=True), outputs["circle"], on_circle.CIRCLE)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        explain_profiles(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            snakemake.params.models,
            snakemake.params.choices,
            as_instrument(snakemake.params.instrument),
        )
