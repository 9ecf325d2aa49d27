"""Read the recorded answers of one model, strictly: the door, before its table is made from them."""

from collections.abc import Sequence

from value_portrait.answers import read_answers
from value_portrait.files import written_whole
from value_portrait.job import job
from value_portrait.tables import read_table


def check_answers(answers: Sequence[str], prompt_versions: Sequence[str], items: str, model: str, checked: str) -> None:
    """Write to ``checked`` how many answers were read; any fault ends in an error instead."""
    ids = read_table(items, "items", ["item_id"])["item_id"].to_pylist()
    table = read_answers(dict(zip(prompt_versions, answers, strict=True)), model, "baseline", ids)
    with written_whole(checked) as partial:
        partial.write_text(f"{table.num_rows} answers\n")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        check_answers(
            snakemake.input.answers,
            snakemake.params.prompt_versions,
            snakemake.input.item_table,
            snakemake.params.model,
            snakemake.output.checked,
        )
