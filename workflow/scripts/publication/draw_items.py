"""Figures of the items: what they cover, and their tags held against chance and other raters."""

from collections.abc import Iterable, Mapping

import pandas as pd
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.items import coverage
from value_portrait.job import job
from value_portrait.publication import figures_chance, figures_items
from value_portrait.publication.printed_tables import two_sided_tags
from value_portrait.publication.saving import Drawing, save_figures
from value_portrait.tables import read_table


def draw_items(
    inputs: Mapping[str, str], threshold: float, mark: str, outputs: Iterable[str], instrument: Instrument
) -> None:
    """Draw the figures whose tables are among the ``inputs``; cross-loadings take a circle."""
    key = coverage.items_per_dimension(
        read_table(inputs["item_key"], "item_key", instrument).to_pandas(), instrument.main
    )
    rules = {"Item key used for scoring": key}
    drawings: dict[str, Drawing] = {}
    if "correlations" in inputs:
        columns = ["item_id", "family", "dimension", "rho"]
        tags = two_sided_tags(
            read_table(inputs["correlations"], "correlations", instrument, columns).to_pandas(), threshold
        )
        either = f"|rho| > {threshold:.2f}, either sign"
        rules = {either: coverage.items_per_dimension(tags, instrument.main)} | rules
        if circle := instrument.circle:
            distances = coverage.cross_loading_distances(tags, circle)
            drawings["cross_loading"] = lambda: figures_items.cross_loading(distances, circle)
    drawings["items_per_value"] = lambda: figures_items.items_per_value(rules, instrument)
    if "topics" in inputs:
        queries = read_table(inputs["topics"], "topics", instrument).to_pandas()
        drawings["topics"] = lambda: figures_items.topics(coverage.topic_shares(queries), queries["query_id"].nunique())
    if "chance" in inputs:
        # Only an empty cell is a null, for a dimension may be called NA.
        chance, validity = (
            pd.read_csv(inputs[name], keep_default_na=False, na_values=[""]) for name in ("chance", "validity")
        )
        drawings["tags_by_chance"] = lambda: figures_chance.tags_by_chance(chance, instrument)
        drawings["held_out_validity"] = lambda: figures_chance.held_out_validity(validity, instrument)
    save_figures(drawings, outputs, mark)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_items(
            dict(snakemake.input.items()),
            snakemake.params.threshold,
            snakemake.params.mark,
            snakemake.output,
            as_instrument(snakemake.params.instrument),
        )
