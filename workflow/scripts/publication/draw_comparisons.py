"""Figures of the comparisons: groups of models, spread of profiles against size, models beside people."""

from collections.abc import Iterable, Mapping

import pandas as pd
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.publication import figures_items, figures_models
from value_portrait.publication.drawing import save_figures
from value_portrait.scores.model_groups import COMPARISONS, LARGE_B

TITLES = COMPARISONS | {"size": (f"large (at least {LARGE_B} B)", "small")}


def draw_comparisons(
    inputs: Mapping[str, str],
    marks: Mapping[str, Mapping[str, str]],
    mark: str,
    outputs: Iterable[str],
    instrument: Instrument,
) -> None:
    """Draw the comparisons whose tables are among the ``inputs``, with the ``marks`` of listed model families."""

    def read(name: str) -> pd.DataFrame:
        # Only an empty cell is a null, for a model may be called NA.
        return pd.read_csv(inputs[name], keep_default_na=False, na_values=[""])

    drawings = {
        "group_comparisons": lambda: figures_models.group_comparisons(read("groups"), TITLES, instrument),
        "value_spread": lambda: figures_models.value_spread(read("spread"), marks, instrument),
        "models_and_people": lambda: figures_items.models_and_people(read("people"), instrument),
    }
    save_figures(drawings, outputs, mark)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_comparisons(
            dict(snakemake.input.items()),
            snakemake.params.marks,
            snakemake.params.mark,
            snakemake.output,
            as_instrument(snakemake.params.instrument),
        )
