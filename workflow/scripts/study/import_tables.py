"""The study from a folder of one's own tables: everything but the models' answers, each file read once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from value_portrait.files import written_whole
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.study import folder
from value_portrait.study.prompts import read_prompts
from value_portrait.study.quality import assess_data_quality
from value_portrait.tables import write_table


def import_tables(
    source: Path, templates: Mapping[str, Any], centring: str, instrument: Instrument, outputs: Mapping[str, str]
) -> None:
    """Write those tables of the study that ``outputs`` names, after all files of the folder ``source`` were read.

    ``templates`` are the files of prompt templates, by version and template; ``centring`` is the config's. The output
    ``folder`` gets its name.
    """
    items = folder.read_items(source / "items.csv", instrument)
    ids = items["item_id"].to_pylist()
    tables = {"item_table": ("items", items), "prompts": ("prompts", read_prompts(templates, instrument))}
    if "topics" in outputs:
        tables["topics"] = ("topics", folder.read_topics(source / "topics.csv", items["query_id"].to_pylist()))
    if "item_key" in outputs:
        tables["item_key"] = ("item_key", folder.read_key(source / "item_key.csv", ids, centring, instrument))
    if "survey" in outputs:
        scoring = source / "scoring.csv"
        participants = folder.read_participants(
            source / "participants.csv", scoring if scoring.exists() else None, instrument
        )
        raters = participants["participant_id"].to_pylist()
        survey = folder.read_survey(source / "survey.csv", ids, raters, instrument)
        tables["survey"], tables["participants"] = ("survey", survey), ("participants", participants)
        tables["data_quality"] = ("data_quality", assess_data_quality(survey, participants))
    for output, (name, table) in tables.items():
        write_table(table, outputs[output], name, instrument)
    with written_whole(outputs["folder"]) as partial:
        partial.write_text(str(source), encoding="utf-8")


if "snakemake" in globals():
    with job(snakemake.log[0], pandas=False):
        import_tables(
            Path(snakemake.params.folder),
            snakemake.params.templates,
            snakemake.params.centring,
            as_instrument(snakemake.params.instrument),
            dict(snakemake.output.items()),
        )
