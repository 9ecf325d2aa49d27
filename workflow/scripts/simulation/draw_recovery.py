"""Figure of what was recovered of the simulated study's truth."""

from collections.abc import Iterable

from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.publication.saving import save_figures
from value_portrait.simulation.figures import recovery
from value_portrait.simulation.recovery import RECOVERY_SCORES, RECOVERY_TAGS
from value_portrait.tables import read_table


def draw_recovery(tags: str, scores: str, outputs: Iterable[str], instrument: Instrument) -> None:
    """Draw planted against recovered."""
    found, compared = read_table(tags, RECOVERY_TAGS).to_pandas(), read_table(scores, RECOVERY_SCORES).to_pandas()
    save_figures({"recovery": lambda: recovery(found, compared, instrument)}, outputs, mark="simulated")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_recovery(
            snakemake.input.tags,
            snakemake.input.scores,
            snakemake.output,
            as_instrument(snakemake.params.instrument),
        )
