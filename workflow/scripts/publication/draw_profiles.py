"""Figures of the profiles: heat map of all, and a figure for each family of dimensions that has no circle."""

from collections.abc import Iterable, Mapping
from functools import partial

from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.publication import figures_models
from value_portrait.publication.drawing import Drawing, save_figures
from value_portrait.tables import read_table


def draw_profiles(
    profiles: str,
    families: Mapping[str, str],
    marks: Mapping[str, Mapping[str, str]],
    mark: str,
    outputs: Iterable[str],
    instrument: Instrument,
) -> None:
    """Draw the baseline profiles; ``families`` gives each model's family, in order, and ``marks`` those listed."""
    table = read_table(profiles, "profiles", instrument).to_pandas().query("condition == 'baseline'")
    drawings: dict[str, Drawing] = {
        "value_profiles": lambda: figures_models.value_profiles(table, families, instrument)
    }
    for family in instrument.families:
        if family.figure and not family.circle:
            drawings[family.figure] = partial(figures_models.dimension_panels, table, families, marks, family)
    save_figures(drawings, outputs, mark)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_profiles(
            snakemake.input.profiles,
            snakemake.params.families,
            snakemake.params.marks,
            snakemake.params.mark,
            snakemake.output,
            as_instrument(snakemake.params.instrument),
        )
