"""Figures of what the items cover: items per value, cross-loadings on the value circle, topics."""

from pathlib import Path

from value_portrait.items import coverage
from value_portrait.items import validation as items
from value_portrait.job import job
from value_portrait.publication import figures_items
from value_portrait.publication.drawing import save_figure
from value_portrait.shipped import VALUE_PORTRAIT
from value_portrait.tables import read_table


def draw_items(
    correlations: str,
    item_key: str,
    topics: str,
    threshold: float,
    study: str,
    items_per_value: str,
    cross_loading: str,
    topic_shares: str,
) -> None:
    """Draw the coverage; every output is the path of a ``.png``, its PDF and SVG stand beside it."""
    # As in the paper's Table 5 and its cross-loadings: either sign, and no limit to p.
    columns = ["item_id", "family", "dimension", "rho"]
    rho = read_table(correlations, "correlations", columns=columns).to_pandas()
    tags = items.select_items(rho, threshold, None, "both")
    key = read_table(item_key, "item_key").to_pandas()
    queries = read_table(topics, "topics").to_pandas()
    counts = (coverage.items_per_dimension(table, VALUE_PORTRAIT.main) for table in (tags, key))
    shares = coverage.topic_shares(queries)
    for figure, path in (
        (figures_items.items_per_value(*counts, threshold), items_per_value),
        (figures_items.cross_loading(coverage.cross_loading_distances(tags, VALUE_PORTRAIT.main)), cross_loading),
        (figures_items.topics(shares, queries["query_id"].nunique()), topic_shares),
    ):
        save_figure(figure, Path(path).with_suffix(""), study == "simulated")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_items(
            snakemake.input.correlations,
            snakemake.input.item_key,
            snakemake.input.topics,
            snakemake.params.threshold,
            snakemake.params.study,
            snakemake.output.items_per_value,
            snakemake.output.cross_loading,
            snakemake.output.topics,
        )
