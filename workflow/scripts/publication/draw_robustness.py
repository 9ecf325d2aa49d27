"""Figures of what the numbers are worth: intervals, chance, other raters, variance."""

from collections.abc import Iterable, Mapping

import pandas as pd
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.publication import figures_chance, figures_robustness
from value_portrait.publication.drawing import save_figures


def draw_robustness(
    inputs: Mapping[str, str],
    families: Mapping[str, str],
    mark: str,
    outputs: Iterable[str],
    instrument: Instrument,
) -> None:
    """Draw the figures whose tables are among the ``inputs``; ``families`` gives each model's family, in order."""

    def read(name: str) -> pd.DataFrame:
        # Only an empty cell is a null, for a model may be called NA.
        return pd.read_csv(inputs[name], keep_default_na=False, na_values=[""])

    drawings = {
        "profile_intervals": lambda: figures_robustness.profile_intervals(
            read("uncertainty").query("condition == 'baseline'"), read("mean_profile"), families, instrument
        ),
        "variance_components": lambda: figures_robustness.variance_components(
            read("variance"), read("precision"), instrument
        ),
        "tags_by_chance": lambda: figures_chance.tags_by_chance(read("chance"), instrument),
        "held_out_validity": lambda: figures_chance.held_out_validity(read("validity"), instrument),
        "headlines_by_chance": lambda: figures_chance.headlines_by_chance(read("alternatives"), instrument),
        "circle_fit": lambda: figures_chance.circle_fit(read("circle")),
    }
    save_figures(drawings, outputs, mark)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_robustness(
            dict(snakemake.input.items()),
            snakemake.params.families,
            snakemake.params.mark,
            snakemake.output,
            as_instrument(snakemake.params.instrument),
        )
