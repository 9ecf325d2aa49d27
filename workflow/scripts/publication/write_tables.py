"""The paper's tables, as CSV and LaTeX."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from value_portrait.files import written_whole
from value_portrait.items import coverage
from value_portrait.job import job
from value_portrait.publication import findings as publication
from value_portrait.shipped import VALUE_PORTRAIT
from value_portrait.tables import read_table, write_csv


def write_tables(
    profiles: str,
    reliability: str,
    correlations: str,
    item_key: str,
    topics: str,
    threshold: float,
    folder: Path,
) -> None:
    """Write ``<name>.csv`` and ``<name>.tex`` into ``folder`` for each of the paper's tables."""
    scores = read_table(profiles, "profiles").to_pandas().query("condition == 'baseline'")
    measured = read_table(correlations, "correlations").to_pandas()
    key = read_table(item_key, "item_key").to_pandas()
    tables: Mapping[str, pd.DataFrame] = {
        "topics": coverage.topic_shares(read_table(topics, "topics").to_pandas()),
        "items_per_value": publication.items_per_value(measured, key, threshold),
        "value_scores": publication.value_scores(scores),
        "trait_scores": publication.trait_scores(scores),
        "cross_loading": coverage.cross_loading_distances(
            publication.two_sided_tags(measured, threshold), VALUE_PORTRAIT.main
        ),
        "reliability": read_table(reliability, "reliability").to_pandas(),
    }
    for name, caption in publication.CAPTIONS.items():
        write_csv(tables[name], folder / f"{name}.csv")
        with written_whole(folder / f"{name}.tex") as partial:
            partial.write_text(publication.latex(tables[name], caption, name), encoding="utf-8")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        write_tables(
            snakemake.input.profiles,
            snakemake.input.reliability,
            snakemake.input.correlations,
            snakemake.input.item_key,
            snakemake.input.topics,
            snakemake.params.threshold,
            Path(snakemake.output[0]).parent,
        )
