"""Value profiles of all models, and their sensitivity to the prompt."""

from collections.abc import Sequence

from value_portrait.job import job
from value_portrait.scores.profiles import profile_as_seen, profile_models
from value_portrait.scores.ratings import read_ratings
from value_portrait.scores.sensitivity import estimate_sensitivity, wordings
from value_portrait.shipped import VALUE_PORTRAIT
from value_portrait.tables import read_table, sensitivity_schema, write_table


def score_models(
    ratings: str,
    items: str,
    item_key: str,
    survey: str,
    prompt_versions: Sequence[str],
    centring: str,
    profiles: str,
    as_seen: str,
    sensitivity: str,
) -> None:
    """Write the tables ``profiles``, ``profiles_as_seen`` (at baseline alone) and ``sensitivity``."""
    ids = read_table(items, "items", columns=["item_id"])["item_id"].to_pylist()
    rated = read_ratings(ratings, "rating", prompt_versions, ids)
    key = read_table(item_key, "item_key").to_pandas()
    write_table(profile_models(rated, key, centring), profiles, "profiles")
    people = read_table(survey, "survey").to_pandas()
    write_table(profile_as_seen(rated.under("baseline"), people, key, centring), as_seen, "profiles_as_seen")
    write_table(estimate_sensitivity(rated), sensitivity, sensitivity_schema(wordings(prompt_versions), VALUE_PORTRAIT))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        score_models(
            snakemake.input.ratings,
            snakemake.input.item_table,
            snakemake.input.item_key,
            snakemake.input.survey,
            **snakemake.params,
            **snakemake.output,
        )
