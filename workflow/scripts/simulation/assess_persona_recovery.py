"""Whether the effects that the simulated study planted, of personas and between groups of people, are found again."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.publication import figures_personas
from value_portrait.publication.printing import write_printed
from value_portrait.publication.saving import save_figures
from value_portrait.reading import read_json
from value_portrait.simulation import recovery
from value_portrait.simulation.models import PlantedModel
from value_portrait.tables import read_table


def assess_persona_recovery(
    effects: str,
    models: Sequence[str],
    people: str | None,
    planted_people: str | None,
    scores: str,
    fits: str,
    outputs: Iterable[str],
    instrument: Instrument,
) -> None:
    """Write both tables and the figure.

    ``models`` are files of planted models; ``people`` and the truth about them are None where there are none.
    """
    truth = [PlantedModel(**read_json(path)) for path in models]
    found = [recovery.compare_effects(truth, read_table(effects, "persona_effects", instrument).to_pandas())]
    if people and planted_people:
        groups = read_table(people, "people", instrument).to_pandas()
        found.append(recovery.compare_groups_of_people(pd.read_csv(planted_people), groups))
    table = pd.concat(found, ignore_index=True)
    quality = recovery.assess_effects(table)
    write_printed(table, Path(scores), instrument)
    write_printed(quality, Path(fits), instrument)
    save_figures(
        {"persona_recovery": lambda: figures_personas.persona_recovery(table, quality)}, outputs, mark="simulated"
    )


if "snakemake" in globals():
    with job(snakemake.log[0]):
        assess_persona_recovery(
            snakemake.input.effects,
            snakemake.input.models,
            snakemake.input.get("people"),
            snakemake.input.get("planted_people"),
            snakemake.output.scores,
            snakemake.output.fits,
            snakemake.output,
            as_instrument(snakemake.params.instrument),
        )
