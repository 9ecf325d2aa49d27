"""Figures of the profiles: heat map of all, and one figure for every family that has its own."""

from collections.abc import Iterable
from functools import partial

from value_portrait.configuration import read_marks, read_models
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.publication import figures_models
from value_portrait.publication.drawing import Drawing, save_figures
from value_portrait.tables import read_table


def draw_profiles(
    profiles: str, models: str, families: str, study: str, outputs: Iterable[str], instrument: Instrument
) -> None:
    """Draw the baseline profiles."""
    table = read_table(profiles, "profiles", instrument).to_pandas().query("condition == 'baseline'")
    of_model = {row.model: row.family for row in read_models(models, study)}
    marks = read_marks(families)
    drawings: dict[str, Drawing] = {
        "value_profiles": lambda: figures_models.value_profiles(table, of_model, instrument)
    }
    for family in instrument.families:
        if family.figure and family.circle:
            drawings[family.figure] = partial(figures_models.portraits, table, of_model, family)
        elif family.figure:
            drawings[family.figure] = partial(figures_models.dimension_panels, table, of_model, marks, family)
    save_figures(drawings, outputs, study == "simulated")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_profiles(
            snakemake.input.profiles,
            snakemake.input.models,
            snakemake.input.families,
            snakemake.params.study,
            snakemake.output,
            as_instrument(snakemake.params.instrument),
        )
