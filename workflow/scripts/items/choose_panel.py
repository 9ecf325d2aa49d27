"""A panel of the items: the tables of items, of the key and of the survey with what belongs to it alone."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.items import panel
from value_portrait.job import job
from value_portrait.tables import read_table, write_table

TABLES = {"item_table": "items", "item_key": "item_key", "survey": "survey"}


def choose_panel(
    inputs: Mapping[str, Any], outputs: Mapping[str, str], size: int, seed: int, instrument: Instrument
) -> None:
    """Write the tables ``items``, ``item_key`` and, where there is one, ``survey`` of the panel."""
    tables = {name: read_table(inputs[name], TABLES[name], instrument) for name in outputs}
    items = tables["item_table"]
    chosen = panel.choose_panel(
        tables["item_key"].to_pandas(),
        items["item_id"].to_pylist(),
        items["query_id"].to_pylist(),
        size,
        seed,
        instrument,
    )
    for name, table in tables.items():
        own = pc.is_in(table["item_id"], pa.array(chosen, pa.string()))
        write_table(table.filter(own), outputs[name], TABLES[name], instrument)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        choose_panel(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            snakemake.params.size,
            snakemake.params.seed,
            as_instrument(snakemake.params.instrument),
        )
