"""The tables that people print, as CSV and LaTeX."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.items import coverage
from value_portrait.job import job
from value_portrait.paper import claims
from value_portrait.publication import findings
from value_portrait.publication.printing import (
    cross_loading_in_print,
    reliability_in_print,
    write_latex,
    write_printed,
)
from value_portrait.tables import read_table


def write_tables(
    inputs: Mapping[str, str],
    names: Sequence[str],
    threshold: float,
    panel: int | None,
    study: str,
    folder: Path,
    instrument: Instrument,
) -> None:
    """Write ``<name>.csv`` and ``<name>.tex`` into ``folder`` for each of the ``names``; captions name a ``panel``."""

    def read(name: str) -> pd.DataFrame:
        return read_table(inputs[name], name, instrument).to_pandas()

    scores, key = read("profiles").query("condition == 'baseline'"), read("item_key")
    measured = read("correlations") if "correlations" in inputs else None
    tables: dict[str, Callable[[], pd.DataFrame]] = {
        "topics": lambda: coverage.topic_shares(read("topics")),
        "items_per_value": lambda: findings.items_per_value(measured, key, threshold, instrument),
        "reliability": lambda: read("reliability"),
    }
    if measured is not None and instrument.circle:
        tags = findings.two_sided_tags(measured, threshold)
        tables["cross_loading"] = partial(coverage.cross_loading_distances, tags, instrument.circle)
    for family in instrument.families:
        if family.table:
            tables[family.table] = partial(findings.family_scores, scores, family)
    captions = findings.captions(instrument) | (claims.CAPTIONS if study == "paper" else {})
    if panel:
        said = f" Models were asked a panel: {panel} items of each dimension."
        captions = {name: text + said for name, text in captions.items()}
    for name in names:
        table, under = tables[name](), None
        write_printed(table, folder / f"{name}.csv", instrument)
        if name == "reliability":
            table, under = reliability_in_print(table, instrument), "who"
        if name == "cross_loading":
            table = cross_loading_in_print(table)
        write_latex(table, folder / f"{name}.tex", captions[name], instrument, under)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        write_tables(
            dict(snakemake.input.items()),
            snakemake.params.names,
            snakemake.params.threshold,
            snakemake.params.panel,
            snakemake.params.study,
            Path(snakemake.output[0]).parent,
            as_instrument(snakemake.params.instrument),
        )
