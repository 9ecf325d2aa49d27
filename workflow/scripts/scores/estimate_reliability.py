"""Cronbach's alpha of every dimension, among models and among the human raters."""

from collections.abc import Sequence

import pandas as pd
from value_portrait.job import job
from value_portrait.scores.ratings import read_ratings
from value_portrait.scores.reliability import alpha_of_models, alpha_of_raters
from value_portrait.tables import read_table, write_table


def estimate_reliability(
    ratings: str,
    items: str,
    item_key: str,
    survey: str,
    prompt_versions: Sequence[str],
    observations: str,
    reliability: str,
) -> None:
    """Write the table ``reliability``; models enter with their baseline answers."""
    ids = read_table(items, "items", columns=["item_id"])["item_id"].to_pylist()
    key = read_table(item_key, "item_key").to_pandas()
    rated = read_ratings(ratings, "rating", prompt_versions, ids).under("baseline")
    people = read_table(survey, "survey").to_pandas()
    alphas = [alpha_of_models(rated, key, observations), alpha_of_raters(people, key)]
    write_table(pd.concat(alphas), reliability, "reliability")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        estimate_reliability(
            snakemake.input.ratings,
            snakemake.input.item_table,
            snakemake.input.item_key,
            snakemake.input.survey,
            **snakemake.params,
            **snakemake.output,
        )
