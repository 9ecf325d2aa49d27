"""What stands beside the recorded answers in the archive's files, held against what it must follow from."""

from collections.abc import Mapping, Sequence

from value_portrait.job import job
from value_portrait.paper.certifying.paper import VERSIONS
from value_portrait.paper.certifying.published_tags import read_tagged_items
from value_portrait.paper.certifying.records import RECORDS, read_records
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.tables import read_table, write_table


def tabulate_records(
    answers: Mapping[str, Sequence[str]], tagged_items: str, items: str, prompts: str, records: str
) -> None:
    """Write the table of ``RECORDS``; ``answers`` are the files of each model, in the order of the prompt versions."""
    templates = read_table(prompts, "prompts", VALUE_PORTRAIT).to_pylist()
    table = read_records(
        answers,
        VERSIONS,
        read_table(items, "items", VALUE_PORTRAIT).to_pylist(),
        {(row["prompt_version"], row["template"]): row["text"] for row in templates},
        read_tagged_items(tagged_items)[1],
    )
    write_table(table, records, RECORDS)


if "snakemake" in globals():
    with job(snakemake.log[0], pandas=False):
        tabulate_records(
            snakemake.params.answers,
            snakemake.input.tagged_items,
            snakemake.input.item_table,
            snakemake.input.prompts,
            snakemake.output.records,
        )
