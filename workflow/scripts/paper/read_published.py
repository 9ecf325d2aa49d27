"""What the paper prints and its archive states, read whole before anything is compared."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from value_portrait.job import job
from value_portrait.paper.certifying.printed import PRINTED, read_printed
from value_portrait.paper.certifying.published_scores import read_published_scores
from value_portrait.paper.certifying.published_tags import read_published_tags, read_tagged_items
from value_portrait.paper.certifying.records import RECORDS, read_records
from value_portrait.paper.certifying.stated import VERSIONS
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.paper.raw_files import PUBLISHED_TAGS
from value_portrait.tables import read_table, write_table


def read_published(
    answers: Mapping[str, Sequence[str]],
    archive: Path,
    printed: Sequence[str],
    items: str,
    prompts: str,
    records: str,
) -> None:
    """Write the table of ``RECORDS``, after printed tables, tags and score files were read without a fault.

    ``answers`` are the files of each model, in the order of the prompt versions; ``printed`` the files of ``PRINTED``.
    """
    for name, path in zip(PRINTED, printed, strict=True):
        read_printed(name, path)
    read_published_scores(archive)
    read_published_tags(archive / PUBLISHED_TAGS)
    templates = read_table(prompts, "prompts", VALUE_PORTRAIT).to_pylist()
    table = read_records(
        answers,
        VERSIONS,
        read_table(items, "items", VALUE_PORTRAIT).to_pylist(),
        {(row["prompt_version"], row["template"]): row["text"] for row in templates},
        read_tagged_items(archive / PUBLISHED_TAGS)[1],
    )
    write_table(table, records, RECORDS)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        read_published(
            snakemake.params.answers,
            Path(snakemake.params.archive),
            snakemake.input.printed,
            snakemake.input.item_table,
            snakemake.input.prompts,
            snakemake.output.records,
        )
