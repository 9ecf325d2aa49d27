"""Models against people, and how pronounced profiles are."""

from collections.abc import Mapping, Sequence

import pandas as pd
from value_portrait.configuration import read_models
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.publication import comparisons
from value_portrait.scores.model_groups import printed_scores
from value_portrait.tables import read_table, write_csv


def compare_models(
    inputs: Mapping[str, str], outputs: Mapping[str, str], study: str, exported: Sequence[str], instrument: Instrument
) -> None:
    """Write the tables that ``outputs`` name: spread, people and instruments.

    Models known only by printed scores join the first, where size matters.
    """
    if "spread" in outputs:
        table = read_table(inputs["profiles"], "profiles", instrument).to_pandas().query("condition == 'baseline'")
        rows = read_models(inputs["models"], study, exported)
        own = table[["model", "family", "dimension", "centred_mean"]]
        printed = [model.model for model in rows if model.answers == "printed"]
        everyone = pd.concat([own, printed_scores(printed, inputs["printed_scores"], instrument)]) if printed else own
        write_csv(comparisons.value_spread(everyone, rows, instrument), outputs["spread"])
    if "people" in outputs:
        names = ("profiles_as_seen", "rater_profiles", "participants")
        seen, raters, participants = (read_table(inputs[name], name, instrument).to_pandas() for name in names)
        write_csv(comparisons.compare_with_people(seen, raters, instrument), outputs["people"])
        write_csv(comparisons.distributions(seen, raters, participants, instrument), outputs["instruments"])


if "snakemake" in globals():
    with job(snakemake.log[0]):
        compare_models(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            snakemake.params.study,
            snakemake.params.exported,
            as_instrument(snakemake.params.instrument),
        )
