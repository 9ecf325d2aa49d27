"""Items, topics and prompt templates from the raw files."""

from collections.abc import Sequence
from pathlib import Path

from value_portrait.job import job
from value_portrait.paper import raw_files as study
from value_portrait.tables import write_table


def prepare_items(archive: Path, prompt_versions: Sequence[str], item_table: str, prompts: str, topics: str) -> None:
    """Write the tables ``items``, ``prompts`` and ``topics``."""
    table = study.read_items(archive / study.ITEMS)
    write_table(table, item_table, "items")
    write_table(study.read_prompts(archive, prompt_versions), prompts, "prompts")
    write_table(study.read_topics(archive / study.TOPICS, table), topics, "topics")


if "snakemake" in globals():
    with job(snakemake.log[0], pandas=False):
        prepare_items(Path(snakemake.params.archive), snakemake.params.prompt_versions, **snakemake.output)
