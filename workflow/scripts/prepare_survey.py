"""Ratings and questionnaire scores from the raw surveys, main study and pilots, with a report on their quality."""

from pathlib import Path

import pyarrow as pa
from value_portrait import study
from value_portrait.job import job
from value_portrait.tables import read_table, write_table

# The pilots hold no scores of the higher-order values.
PILOT_FAMILIES = ("pvq", "bfi")


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
    people = study.read_participants(archive / study.PARTICIPANTS, "main")
    ratings = study.read_survey(
        archive / study.SURVEY,
        read_table(items, "items", ["item_id"])["item_id"].to_pylist(),
        set(people["participant_id"].to_pylist()),
    )
    pilots = {
        pilot: study.read_pilot_survey(archive / path, pilot) for pilot, path in study.PILOT_SURVEYS.items()
    }
    pilot_people = {
        pilot: study.read_participants(archive / path, f"pilot_{pilot}", PILOT_FAMILIES)
        for pilot, path in study.PILOT_PARTICIPANTS.items()
    }
    write_table(ratings, survey, "survey")
    write_table(people, participants, "participants")
    write_table(pa.concat_tables(pilots.values()), pilot_survey, "pilot_survey")
    write_table(pa.concat_tables(pilot_people.values()), pilot_participants, "participants")
    write_table(study.assess_data_quality(ratings, people, pilots, pilot_people), data_quality, "data_quality")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        prepare_survey(Path(snakemake.params.archive), snakemake.input.item_table, **snakemake.output)
