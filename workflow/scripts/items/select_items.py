"""The item key: which items measure which dimension, by the config's rule."""

from value_portrait.instrument import Instrument, as_instrument
from value_portrait.items import validation as items
from value_portrait.job import job
from value_portrait.tables import read_table, write_table


def select_items(
    correlations: str, item_key: str, threshold: float, max_p: float | None, polarity: str, instrument: Instrument
) -> None:
    """Write the table ``item_key``."""
    table = read_table(correlations, "correlations", instrument).to_pandas()
    write_table(items.select_items(table, threshold, max_p, polarity), item_key, "item_key", instrument)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        select_items(
            snakemake.input.correlations,
            snakemake.output.item_key,
            snakemake.params.threshold,
            snakemake.params.max_p,
            snakemake.params.polarity,
            as_instrument(snakemake.params.instrument),
        )
