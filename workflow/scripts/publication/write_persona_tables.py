"""Tables of personas and value steering, as CSV and LaTeX."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.publication import printed_tables as publication
from value_portrait.publication.printing import write_latex, write_printed
from value_portrait.responses.conditions import STEERING
from value_portrait.tables import read_table

CAPTION = "Change of centred scores under personas ({axis}), and differences between the groups of people."
STEERING_CAPTION = "Change of centred scores when told to hold one value."


def write_persona_tables(
    effects: str, people: str | None, axes: Sequence[str], folder: Path, instrument: Instrument
) -> None:
    """Write ``personas_<axis>.csv`` and ``.tex`` into ``folder`` for each axis; ``people`` is None without any."""
    own = read_table(effects, "persona_effects", instrument).to_pandas()
    human = pd.DataFrame(columns=["source", "weighting", "axis", "group", "dimension", "human_effect"])
    if people:
        human = read_table(people, "people", instrument).to_pandas()
    for axis in axes:
        table = publication.persona_table(own, human, axis, instrument)
        name = f"personas_{axis}"
        caption = STEERING_CAPTION if axis == STEERING else CAPTION.format(axis=axis)
        write_printed(table, folder / f"{name}.csv", instrument)
        write_latex(table, folder / f"{name}.tex", caption, instrument, under="who")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        write_persona_tables(
            snakemake.input.effects,
            snakemake.input.get("people"),
            snakemake.params.axes,
            Path(snakemake.output[0]).parent,
            as_instrument(snakemake.params.instrument),
        )
