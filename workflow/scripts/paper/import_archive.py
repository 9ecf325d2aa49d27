"""The study from the authors' raw files: everything but the models' answers, each file read once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.paper import raw_files
from value_portrait.study.prompts import read_prompts
from value_portrait.study.quality import assess_data_quality
from value_portrait.tables import write_table


def import_archive(
    archive: Path, templates: Mapping[str, Any], instrument: Instrument, outputs: Mapping[str, str]
) -> None:
    """Write the study's tables and the pilots' to ``outputs``, after all raw files below ``archive`` were read.

    ``templates`` are the files of prompt templates, by version and template.
    """
    items = raw_files.read_items(archive / raw_files.ITEMS)
    surveys = raw_files.read_surveys(archive, items["item_id"].to_pylist(), instrument)
    pilots = {
        f"pilot_{pilot}": (ratings, surveys.pilot_participants[pilot])
        for pilot, ratings in surveys.pilot_ratings.items()
    }
    tables = {
        "item_table": ("items", items),
        "prompts": ("prompts", read_prompts(templates, instrument)),
        "topics": ("topics", raw_files.read_topics(archive / raw_files.TOPICS, items)),
        "survey": ("survey", surveys.ratings),
        "participants": ("participants", surveys.participants),
        "pilot_survey": ("pilot_survey", pa.concat_tables(surveys.pilot_ratings.values())),
        "pilot_participants": ("participants", pa.concat_tables(surveys.pilot_participants.values())),
        "data_quality": ("data_quality", assess_data_quality(surveys.ratings, surveys.participants, pilots)),
    }
    for output, (name, table) in tables.items():
        write_table(table, outputs[output], name, instrument)


if "snakemake" in globals():
    with job(snakemake.log[0], pandas=False):
        import_archive(
            Path(snakemake.params.archive),
            snakemake.params.templates,
            as_instrument(snakemake.params.instrument),
            dict(snakemake.output.items()),
        )
