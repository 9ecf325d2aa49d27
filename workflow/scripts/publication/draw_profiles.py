"""Figures of the value profiles: heat map, portraits on the value circle, Big Five traits."""

from pathlib import Path

from value_portrait.configuration import read_models
from value_portrait.job import job
from value_portrait.publication import figures_models
from value_portrait.publication.drawing import save_figure
from value_portrait.tables import read_table


def draw_profiles(profiles: str, models: str, study: str, value_profiles: str, portraits: str, big_five: str) -> None:
    """Draw the baseline profiles; every output is the path of a ``.png``, its PDF and SVG stand beside it."""
    table = read_table(profiles, "profiles").to_pandas().query("condition == 'baseline'")
    families = {row.model: row.family for row in read_models(models, study)}
    for draw, path in (
        (figures_models.value_profiles, value_profiles),
        (figures_models.portraits, portraits),
        (figures_models.big_five, big_five),
    ):
        save_figure(draw(table, families), Path(path).with_suffix(""), study == "simulated")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_profiles(
            snakemake.input.profiles,
            snakemake.input.models,
            snakemake.params.study,
            snakemake.output.value_profiles,
            snakemake.output.portraits,
            snakemake.output.big_five,
        )
