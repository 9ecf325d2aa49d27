"""Differences between groups of models, where models of one developer are no independent draws."""

from collections.abc import Mapping, Sequence

import pandas as pd
from value_portrait.config_tables import read_models
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.robustness.groups import GROUPS, compare_clustered
from value_portrait.scores.model_groups import COMPARISONS, printed_scores
from value_portrait.tables import read_table, write_table


def compare_groups(
    inputs: Mapping[str, str], groups: str, study: str, exported: Sequence[str], instrument: Instrument
) -> None:
    """Write the table ``groups``. Models known only by printed scores join those where size matters."""
    table = read_table(inputs["profiles"], "profiles", instrument).to_pandas().query("condition == 'baseline'")
    rows = read_models(inputs["models"], study, exported)
    own = table[["model", "family", "dimension", "centred_mean"]]
    printed = [model.model for model in rows if model.answers == "printed"]
    everyone = pd.concat([own, printed_scores(printed, inputs["printed_scores"], instrument)]) if printed else own
    parts = [
        compare_clustered(everyone if comparison == "size" else own, rows, comparison, instrument)
        for comparison in COMPARISONS
    ]
    write_table(pd.concat(parts), groups, GROUPS)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        compare_groups(
            dict(snakemake.input.items()),
            snakemake.output.groups,
            snakemake.params.study,
            snakemake.params.exported,
            as_instrument(snakemake.params.instrument),
        )
