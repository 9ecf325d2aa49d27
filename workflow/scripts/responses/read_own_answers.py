"""The recorded answers of one model in a study of tables, as one table."""

from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.responses.recorded import read_recorded
from value_portrait.tables import read_table, write_table


def read_own_answers(
    answers: str, items: str, model: str, versions: list[str], table: str, instrument: Instrument
) -> None:
    """Write the table ``answers`` from a file of the study's folder."""
    ids = read_table(items, "items", instrument, columns=["item_id"])["item_id"].to_pylist()
    write_table(read_recorded(answers, model, ids, versions, instrument), table, "answers", instrument)


if "snakemake" in globals():
    with job(snakemake.log[0], pandas=False):
        read_own_answers(
            snakemake.input.answers,
            snakemake.input.item_table,
            snakemake.params.model["model"],
            snakemake.params.prompt_versions,
            snakemake.output.table,
            as_instrument(snakemake.params.instrument),
        )
