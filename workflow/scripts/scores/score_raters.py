"""The human raters, scored like a model on the items that each of them saw, and how reliable that is."""

from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.scores.profiles import profile_raters
from value_portrait.scores.reliability import alphas_of_groups
from value_portrait.tables import read_table, write_table


def score_raters(
    survey: str, items: str, item_key: str, profiles: str, alphas: str, centring: str, instrument: Instrument
) -> None:
    """Write the tables ``rater_profiles`` and ``rater_alphas``."""
    ratings = read_table(survey, "survey", instrument).to_pandas()
    ids = read_table(items, "items", instrument, ["item_id"])["item_id"].to_pylist()
    key = read_table(item_key, "item_key", instrument).to_pandas()
    scores = profile_raters(ratings, ids, key, centring, instrument)
    write_table(scores, profiles, "rater_profiles", instrument)
    write_table(alphas_of_groups(ratings, key, instrument), alphas, "rater_alphas", instrument)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        score_raters(
            snakemake.input.survey,
            snakemake.input.item_table,
            snakemake.input.item_key,
            snakemake.output.profiles,
            snakemake.output.alphas,
            snakemake.params.centring,
            as_instrument(snakemake.params.instrument),
        )
