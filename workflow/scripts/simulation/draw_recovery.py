"""Figure of what was recovered of the simulated study's truth."""

from pathlib import Path

from value_portrait.job import job
from value_portrait.publication.drawing import save_figure
from value_portrait.simulation.figures import recovery
from value_portrait.simulation.recovery import RECOVERY_SCORES, RECOVERY_TAGS
from value_portrait.tables import read_table


def draw_recovery(tags: str, scores: str, figure: str) -> None:
    """Draw planted against recovered; ``figure`` is the path of a ``.png``, its PDF and SVG stand beside it."""
    drawing = recovery(read_table(tags, RECOVERY_TAGS).to_pandas(), read_table(scores, RECOVERY_SCORES).to_pandas())
    save_figure(drawing, Path(figure).with_suffix(""), simulated=True)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_recovery(snakemake.input.tags, snakemake.input.scores, snakemake.output.recovery)
