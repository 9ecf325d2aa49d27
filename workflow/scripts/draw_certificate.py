"""The reproduction certificate as a figure."""

from pathlib import Path

import pandas as pd
from value_portrait.drawing import save_figure
from value_portrait.figures_certificate import certificate as draw
from value_portrait.job import job


def draw_certificate(table: str, certificate: str) -> None:
    """Draw the certificate; the output is the path of a ``.png``, its PDF and SVG stand beside it."""
    rows = pd.read_csv(table, keep_default_na=True, low_memory=False)
    save_figure(draw(rows), Path(certificate).with_suffix(""), simulated=False)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_certificate(snakemake.input.certificate, snakemake.output.certificate)
