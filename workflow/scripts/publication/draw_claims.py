"""Figures of the claims: how far each holds, and the headlines in every defensible analysis."""

from collections.abc import Iterable, Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from matplotlib.figure import Figure
from value_portrait.job import job
from value_portrait.publication.drawing import save_figures
from value_portrait.publication.figures_claims import claims_held, headline_claims, specification_curve
from value_portrait.robustness.shares import UNIVERSES
from value_portrait.tables import read_table


def draw_claims(inputs: Mapping[str, str], mark: str, outputs: Iterable[str]) -> None:
    """Draw both figures from the tables ``CLAIMS`` and ``UNIVERSES``."""
    # Only an empty cell is a null, for a model may be called NA.
    claims = pd.read_csv(inputs["claims"], keep_default_na=False, na_values=[""])

    def curve() -> Figure:
        table = read_table(inputs["universes"], UNIVERSES)
        shown = pc.is_in(table["claim"], pa.array(headline_claims(claims), pa.string()))
        return specification_curve(table.filter(shown).to_pandas(), claims)

    save_figures({"specification_curve": curve, "claims_held": lambda: claims_held(claims)}, outputs, mark)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_claims(dict(snakemake.input.items()), snakemake.params.mark, snakemake.output)
