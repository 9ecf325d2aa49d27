"""Figures of the quality of the data: reliability, sensitivity to the prompt, answers that are not plain."""

from pathlib import Path

from value_portrait.job import job
from value_portrait.publication import figures_items, figures_models
from value_portrait.publication.drawing import save_figure
from value_portrait.shipped import VALUE_PORTRAIT
from value_portrait.tables import read_table, sensitivity_schema


def draw_quality(
    reliability_table: str,
    sensitivity_table: str,
    answer_counts: str,
    study: str,
    reliability: str,
    sensitivity: str,
    answer_kinds: str,
) -> None:
    """Draw the quality; every output is the path of a ``.png``, its PDF and SVG stand beside it."""
    alphas = read_table(reliability_table, "reliability").to_pandas()
    moves = read_table(sensitivity_table, sensitivity_schema((), VALUE_PORTRAIT)).to_pandas()
    counts = read_table(answer_counts, "answer_counts").to_pandas()
    for figure, path in (
        (figures_items.reliability(alphas), reliability),
        (figures_models.sensitivity(moves.query("condition == 'baseline'")), sensitivity),
        (figures_models.answer_kinds(counts.query("condition == 'baseline'")), answer_kinds),
    ):
        save_figure(figure, Path(path).with_suffix(""), study == "simulated")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_quality(
            snakemake.input.reliability,
            snakemake.input.sensitivity,
            snakemake.input.answer_counts,
            snakemake.params.study,
            snakemake.output.reliability,
            snakemake.output.sensitivity,
            snakemake.output.answer_kinds,
        )
