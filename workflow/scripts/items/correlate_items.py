"""Correlations of every item with every dimension, and item statistics."""

from value_portrait.instrument import Instrument, as_instrument
from value_portrait.items import validation as items
from value_portrait.job import job
from value_portrait.tables import read_table, write_table


def correlate_items(
    survey: str,
    participants: str,
    correlations: str,
    statistics: str,
    method: str,
    repeated_participants: str,
    instrument: Instrument,
) -> None:
    """Write the tables ``correlations`` and ``item_statistics``."""
    ratings = read_table(survey, "survey", instrument).to_pandas()
    people = read_table(participants, "participants", instrument).to_pandas()
    if repeated_participants == "drop":
        ratings = items.drop_repeated_participants(ratings)
    write_table(items.correlate_items(ratings, people, method), correlations, "correlations", instrument)
    write_table(items.describe_items(ratings, instrument), statistics, "item_statistics", instrument)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        correlate_items(
            snakemake.input.survey,
            snakemake.input.participants,
            snakemake.output.correlations,
            snakemake.output.statistics,
            snakemake.params.method,
            snakemake.params.repeated_participants,
            as_instrument(snakemake.params.instrument),
        )
