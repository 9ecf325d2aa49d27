"""The paper's printed means of human groups, where no microdata are at hand."""

from pathlib import Path

import pandas as pd
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.personas import ess
from value_portrait.tables import write_csv, write_table


def read_printed_people(printed: str, people: str, provenance: str, instrument: Instrument) -> None:
    """Write the table ``people`` from Tables 13 to 16, and where it comes from."""
    long = pd.read_csv(printed, comment="#").melt(["axis", "group"], var_name="dimension", value_name="human_effect")
    table = long.assign(source="printed", weighting="as_printed", n=None, ci_low=None, ci_high=None)
    write_table(table, people, "people", instrument)
    # Its name in the repository, wherever that lies.
    file = "/".join(Path(printed).parts[-3:])
    write_csv(pd.DataFrame([{"file": file, "sha256": ess.file_hash(printed)}]), provenance)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        read_printed_people(
            snakemake.input.printed,
            snakemake.output.people,
            snakemake.output.provenance,
            as_instrument(snakemake.params.instrument),
        )
