"""The simulated study, in the format of the authors' archive, and the truth behind it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from value_portrait.job import job
from value_portrait.simulation.people_and_items import LOADINGS, simulate_archive, write_content
from value_portrait.tables import write_table


def simulate_study(
    archive: Path, simulation: Mapping[str, int], prompt_versions: Sequence[str], seed: int, loadings: str
) -> None:
    """Write surveys, profiles, items, topics and prompts below ``archive``, and the table ``LOADINGS``."""
    files, truth = simulate_archive(simulation, prompt_versions, seed)
    for path, content in files.items():
        write_content(content, archive / path)
    write_table(truth, loadings, LOADINGS)


if "snakemake" in globals():
    with job(snakemake.log[0], pandas=False):
        simulate_study(
            Path(snakemake.params.archive),
            snakemake.params.simulation,
            snakemake.params.prompt_versions,
            snakemake.params.seed,
            snakemake.output.loadings,
        )
