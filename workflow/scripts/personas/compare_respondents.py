"""Groups of respondents against all respondents, weighted and unweighted."""

import pandas as pd
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.personas.ess import RESPONDENTS, group_effects
from value_portrait.personas.ess_file import Groups
from value_portrait.tables import read_table, write_table


def compare_respondents(respondents: str, groups: Groups, source: str, people: str, instrument: Instrument) -> None:
    """Write the table ``people``; ``source`` is ``ess_microdata`` or ``simulated``."""
    table = read_table(respondents, RESPONDENTS).to_pandas()
    parts = [
        group_effects(table, groups, weighting == "anweight").assign(source=source, weighting=weighting)
        for weighting in ("anweight", "none")
    ]
    write_table(pd.concat(parts, ignore_index=True), people, "people", instrument)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        compare_respondents(
            snakemake.input.respondents,
            snakemake.params.groups,
            snakemake.params.source,
            snakemake.output.people,
            as_instrument(snakemake.params.instrument),
        )
