"""The reproduction certificate as a figure."""

from collections.abc import Iterable

import pandas as pd
from value_portrait.job import job
from value_portrait.paper.figures import certificate as draw
from value_portrait.publication.saving import save_figures


def draw_certificate(table: str, outputs: Iterable[str]) -> None:
    """Draw the certificate."""
    rows = pd.read_csv(table, keep_default_na=True, low_memory=False)
    save_figures({"certificate": lambda: draw(rows)}, outputs, mark="")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_certificate(snakemake.input.certificate, snakemake.output)
