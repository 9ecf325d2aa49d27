"""Figures of the comparisons: groups of models, spread of the values against size, models beside people."""

from pathlib import Path

import pandas as pd
from value_portrait.job import job
from value_portrait.publication import figures_items, figures_models
from value_portrait.publication.comparisons import COMPARISONS, LARGE_B
from value_portrait.publication.drawing import save_figure

TITLES = COMPARISONS | {"size": (f"large (at least {LARGE_B} B)", "small")}


def draw_comparisons(
    groups: str,
    spread: str,
    people: str,
    instruments: str,
    study: str,
    group_comparisons: str,
    value_spread: str,
    models_and_people: str,
    both_instruments: str,
) -> None:
    """Draw the comparisons; every output is the path of a ``.png``, its PDF and SVG stand beside it."""
    for figure, path in (
        (figures_models.group_comparisons(_read(groups), TITLES), group_comparisons),
        (figures_models.value_spread(_read(spread)), value_spread),
        (figures_items.models_and_people(_read(people)), models_and_people),
        (figures_items.instruments(_read(instruments)), both_instruments),
    ):
        save_figure(figure, Path(path).with_suffix(""), study == "simulated")


def _read(path: str) -> pd.DataFrame:
    """A table of comparisons; only an empty cell is a null, for a model may be called NA."""
    return pd.read_csv(path, keep_default_na=False, na_values=[""])


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_comparisons(
            snakemake.input.groups,
            snakemake.input.spread,
            snakemake.input.people,
            snakemake.input.instruments,
            snakemake.params.study,
            snakemake.output.group_comparisons,
            snakemake.output.value_spread,
            snakemake.output.models_and_people,
            snakemake.output.instruments,
        )
