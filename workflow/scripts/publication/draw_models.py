"""Figures of the models: profiles, reliability, sensitivity to the prompt, kinds of answers, comparisons."""

from collections.abc import Iterable, Mapping
from functools import partial

import pandas as pd
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.publication import figures_items, figures_models
from value_portrait.publication.saving import Drawing, save_figures
from value_portrait.scores.model_groups import COMPARISONS, LARGE_B
from value_portrait.tables import read_table, sensitivity_schema

TITLES = COMPARISONS | {"size": (f"large (at least {LARGE_B} B)", "small")}


def draw_models(
    inputs: Mapping[str, str],
    families: Mapping[str, str],
    marks: Mapping[str, Mapping[str, str]],
    mark: str,
    outputs: Iterable[str],
    instrument: Instrument,
) -> None:
    """Draw baseline; ``families`` gives each model's family, in order, and ``marks`` those of listed model families."""

    def read(name: str) -> pd.DataFrame:
        # Only an empty cell is a null, for a model may be called NA.
        return pd.read_csv(inputs[name], keep_default_na=False, na_values=[""])

    coefficients = read_table(inputs["reliability"], "reliability", instrument).to_pandas()
    profiles, moves, counts = (
        table.to_pandas().query("condition == 'baseline'")
        for table in (
            read_table(inputs["profiles"], "profiles", instrument),
            read_table(inputs["sensitivity"], sensitivity_schema((), instrument)),
            read_table(inputs["answer_counts"], "answer_counts", instrument),
        )
    )
    drawings: dict[str, Drawing] = {
        "value_profiles": lambda: figures_models.value_profiles(profiles, families, instrument),
        "reliability": lambda: figures_items.reliability(coefficients, instrument),
        "sensitivity": lambda: figures_models.sensitivity(moves),
        "answer_kinds": lambda: figures_models.answer_kinds(counts),
        "group_comparisons": lambda: figures_models.group_comparisons(read("groups"), TITLES, instrument),
        "value_spread": lambda: figures_models.value_spread(read("spread"), marks, instrument),
        "models_and_people": lambda: figures_items.models_and_people(read("people"), instrument),
    }
    for family in instrument.families:
        if family.figure and not family.circle:
            drawings[family.figure] = partial(figures_models.dimension_panels, profiles, families, marks, family)
    save_figures(drawings, outputs, mark)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_models(
            dict(snakemake.input.items()),
            snakemake.params.families,
            snakemake.params.marks,
            snakemake.params.mark,
            snakemake.output,
            as_instrument(snakemake.params.instrument),
        )
