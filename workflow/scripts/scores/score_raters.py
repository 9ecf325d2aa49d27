"""The human raters, scored like a model on the items that each of them saw."""

from value_portrait.job import job
from value_portrait.scores.profiles import profile_raters
from value_portrait.tables import read_table, write_table


def score_raters(survey: str, items: str, item_key: str, centring: str, profiles: str) -> None:
    """Write the table ``rater_profiles``."""
    ratings = read_table(survey, "survey").to_pandas()
    ids = read_table(items, "items", columns=["item_id"])["item_id"].to_pylist()
    key = read_table(item_key, "item_key").to_pandas()
    write_table(profile_raters(ratings, ids, key, centring), profiles, "rater_profiles")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        score_raters(
            snakemake.input.survey,
            snakemake.input.item_table,
            snakemake.input.item_key,
            snakemake.params.centring,
            snakemake.output.profiles,
        )
