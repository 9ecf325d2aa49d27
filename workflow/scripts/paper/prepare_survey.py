"""Ratings and questionnaire scores from the raw surveys, main study and pilots, with a report on their quality."""

from pathlib import Path

import pyarrow as pa
from value_portrait.job import job
from value_portrait.paper.raw_files import assess_data_quality, read_surveys
from value_portrait.tables import read_table, write_table


def prepare_survey(
    archive: Path,
    items: str,
    survey: str,
    participants: str,
    pilot_survey: str,
    pilot_participants: str,
    data_quality: str,
) -> None:
    """Write the tables ``survey``, ``participants``, the pilots' own two, and ``data_quality``."""
    surveys = read_surveys(archive, read_table(items, "items", columns=["item_id"])["item_id"].to_pylist())
    write_table(surveys.ratings, survey, "survey")
    write_table(surveys.participants, participants, "participants")
    write_table(pa.concat_tables(surveys.pilot_ratings.values()), pilot_survey, "pilot_survey")
    write_table(pa.concat_tables(surveys.pilot_participants.values()), pilot_participants, "participants")
    write_table(assess_data_quality(surveys), data_quality, "data_quality")


if "snakemake" in globals():
    with job(snakemake.log[0], pandas=False):
        prepare_survey(Path(snakemake.params.archive), snakemake.input.item_table, **snakemake.output)
