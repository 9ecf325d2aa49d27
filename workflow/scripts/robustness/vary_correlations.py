"""Correlations of items with dimensions in all ways that keys of the multiverse are made from."""

from collections.abc import Mapping

from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.robustness.multiverse import THRESHOLDS
from value_portrait.robustness.other_correlations import OTHER_CORRELATIONS, correlate_in_every_way
from value_portrait.tables import read_table, write_table


def vary_correlations(inputs: Mapping[str, str], correlations: str, threshold: float, instrument: Instrument) -> None:
    """Write the table ``OTHER_CORRELATIONS``; ``threshold`` is the config's, which may be below all others."""
    survey, participants = (
        read_table(inputs[name], name, instrument).to_pandas() for name in ("survey", "participants")
    )
    table = correlate_in_every_way(survey, participants, min(*THRESHOLDS, threshold), instrument)
    write_table(table, correlations, OTHER_CORRELATIONS)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        vary_correlations(
            dict(snakemake.input.items()),
            snakemake.output.correlations,
            snakemake.params.threshold,
            as_instrument(snakemake.params.instrument),
        )
