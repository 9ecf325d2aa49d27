"""What the numbers are worth, in a page."""

from collections.abc import Mapping

from value_portrait.files import written_whole
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.publication.worth import WORTH_TABLES, describe_worth
from value_portrait.robustness.claims import read_claims
from value_portrait.tables import read_table


def write_worth(
    inputs: Mapping[str, str], page: str, simulated: bool, panel: int | None, instrument: Instrument
) -> None:
    """Write the page as Markdown, from those tables of ``WORTH_TABLES`` that are among the ``inputs``."""
    tables = {
        name: read_table(inputs[name], schema).to_pandas() for name, schema in WORTH_TABLES.items() if name in inputs
    }
    claims = read_claims(inputs["table_of_claims"], instrument)
    with written_whole(page) as partial:
        partial.write_text(describe_worth(tables, claims, simulated, panel, instrument), encoding="utf-8")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        write_worth(
            dict(snakemake.input.items()),
            snakemake.output.page,
            snakemake.params.simulated,
            snakemake.params.panel,
            as_instrument(snakemake.params.instrument),
        )
