"""Models against people, and how pronounced profiles are."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from value_portrait.config_tables import read_models
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.publication import comparisons
from value_portrait.publication.printing import COMPARISONS, write_latex, write_printed
from value_portrait.scores.model_groups import printed_scores
from value_portrait.tables import read_table, write_csv


def compare_models(
    inputs: Mapping[str, str],
    outputs: Mapping[str, Any],
    for_people: Path,
    study: str,
    exported: Sequence[str],
    instrument: Instrument,
) -> None:
    """Write the tables that ``outputs`` name (spread, people, instruments), each for people into ``for_people``, too.

    Models known only by printed scores join the first, where size matters.
    """
    made = {}
    if "spread" in outputs:
        table = read_table(inputs["profiles"], "profiles", instrument).to_pandas().query("condition == 'baseline'")
        rows = read_models(inputs["models"], study, exported)
        own = table[["model", "family", "dimension", "centred_mean"]]
        printed = [model.model for model in rows if model.answers == "printed"]
        everyone = pd.concat([own, printed_scores(printed, inputs["printed_scores"], instrument)]) if printed else own
        made["spread"] = comparisons.value_spread(everyone, rows, instrument)
    if "people" in outputs:
        names = ("profiles_as_seen", "rater_profiles", "participants")
        seen, raters, participants = (read_table(inputs[name], name, instrument).to_pandas() for name in names)
        made["people"] = comparisons.compare_with_people(seen, raters, instrument)
        made["instruments"] = comparisons.distributions(seen, raters, participants, instrument)
    for name, table in made.items():
        write_csv(table, outputs[name])
        path = for_people / Path(outputs[name]).name
        write_printed(table, path, instrument)
        in_print, caption, under = COMPARISONS[name]
        write_latex(in_print(table, instrument), path.with_suffix(".tex"), caption, instrument, under)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        compare_models(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            Path(snakemake.output.for_people[0]).parent,
            snakemake.params.study,
            snakemake.params.exported,
            as_instrument(snakemake.params.instrument),
        )
