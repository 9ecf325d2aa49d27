"""The item key: which items measure which dimension, by the config's rule."""

from value_portrait.items import validation as items
from value_portrait.job import job
from value_portrait.tables import read_table, write_table


def select_items(correlations: str, threshold: float, max_p: float | None, polarity: str, item_key: str) -> None:
    """Write the table ``item_key``."""
    table = read_table(correlations, "correlations").to_pandas()
    write_table(items.select_items(table, threshold, max_p, polarity), item_key, "item_key")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        select_items(snakemake.input.correlations, **snakemake.params, **snakemake.output)
