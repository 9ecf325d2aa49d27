"""The paper's tables of personas and value steering, as CSV and LaTeX."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from value_portrait.dimensions import STEERING
from value_portrait.files import written_whole
from value_portrait.job import job
from value_portrait.publication import findings as publication
from value_portrait.tables import read_table, write_csv

CAPTION = "Change of centred scores under personas ({axis}), and differences between the groups of people."
STEERING_CAPTION = "Change of centred scores when told to hold one value."


def write_persona_tables(effects: str, people: str | None, axes: Sequence[str], folder: Path) -> None:
    """Write ``personas_<axis>.csv`` and ``.tex`` into ``folder`` for each axis; ``people`` is None without any."""
    own = read_table(effects, "persona_effects").to_pandas()
    human = pd.DataFrame(columns=["source", "weighting", "axis", "group", "dimension", "human_effect"])
    if people:
        human = read_table(people, "people").to_pandas()
    for axis in axes:
        table = publication.persona_table(own, human, axis)
        name = f"personas_{axis}"
        caption = STEERING_CAPTION if axis == STEERING else CAPTION.format(axis=axis)
        write_csv(table, folder / f"{name}.csv")
        with written_whole(folder / f"{name}.tex") as partial:
            partial.write_text(publication.latex(table, caption, name), encoding="utf-8")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        write_persona_tables(
            snakemake.input.effects,
            snakemake.input.get("people"),
            snakemake.params.axes,
            Path(snakemake.output[0]).parent,
        )
