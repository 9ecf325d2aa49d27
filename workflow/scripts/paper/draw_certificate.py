"""The reproduction certificate as a figure."""

from pathlib import Path

import pandas as pd
from value_portrait.job import job
from value_portrait.paper.figures import certificate as draw
from value_portrait.publication.drawing import save_figure


def draw_certificate(table: str, certificate: str) -> None:
    """Draw the certificate; the output is the path of a ``.png``, its PDF and SVG stand beside it."""
    rows = pd.read_csv(table, keep_default_na=True, low_memory=False)
    save_figure(draw(rows), Path(certificate).with_suffix(""), simulated=False)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_certificate(snakemake.input.certificate, snakemake.output.certificate)
