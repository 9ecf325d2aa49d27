"""The recorded answers of one model under one condition, as one table."""

from collections.abc import Sequence

from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.paper.answers import read_answers
from value_portrait.tables import read_table, write_table


def tabulate_answers(
    answers: Sequence[str],
    prompt_versions: Sequence[str],
    items: str,
    model: str,
    condition: str,
    table: str,
    instrument: Instrument,
) -> None:
    """Write the table ``answers``; the files ``answers`` belong to ``prompt_versions``, in order."""
    ids = read_table(items, "items", instrument, columns=["item_id"])["item_id"].to_pylist()
    paths = dict(zip(prompt_versions, answers, strict=True))
    write_table(read_answers(paths, model, condition, ids, instrument), table, "answers", instrument)


if "snakemake" in globals():
    with job(snakemake.log[0], pandas=False):
        tabulate_answers(
            snakemake.input.answers,
            snakemake.params.prompt_versions,
            snakemake.input.item_table,
            snakemake.params.model["model"],
            snakemake.wildcards.condition,
            snakemake.output.table,
            as_instrument(snakemake.params.instrument),
        )
