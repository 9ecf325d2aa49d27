"""The tables that people print, as CSV and LaTeX; comparisons of models with people and by size in full, too."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.items import coverage
from value_portrait.job import job
from value_portrait.paper import claims
from value_portrait.publication import comparisons, findings
from value_portrait.publication.printing import write_for_people
from value_portrait.scores.model_groups import with_printed_models
from value_portrait.tables import read_table, write_csv
from value_portrait.wording import counted


def write_tables(
    inputs: Mapping[str, str],
    outputs: Mapping[str, Sequence[str]],
    models: Mapping[str, Mapping[str, Any]],
    choices: Mapping[str, Any],
    panel: int | None,
    instrument: Instrument,
) -> None:
    """Write the comparisons that ``outputs`` name, and ``<name>.csv`` and ``<name>.tex`` of all tables for people.

    ``models`` holds columns of the table of models, by model. ``choices`` are study and threshold (of a tag); captions
    name a ``panel``.
    """

    def read(name: str) -> pd.DataFrame:
        return read_table(inputs[name], name, instrument).to_pandas()

    def spread() -> pd.DataFrame:
        everyone = with_printed_models(scores, models, inputs.get("printed_scores"), instrument)
        return comparisons.value_spread(everyone, models, instrument)

    scores, key = read("profiles").query("condition == 'baseline'"), read("item_key")
    measured = read("correlations") if "correlations" in inputs else None
    tables: dict[str, Callable[[], pd.DataFrame]] = {
        "topics": lambda: coverage.topic_shares(read("topics")),
        "items_per_value": lambda: findings.items_per_value(measured, key, choices["threshold"], instrument),
        "reliability": lambda: read("reliability"),
        "value_spread": spread,
    }
    if "rater_profiles" in inputs:
        seen, raters = read("profiles_as_seen"), read("rater_profiles")
        tables["models_and_people"] = partial(comparisons.compare_with_people, seen, raters, instrument)
        tables["questionnaire"] = lambda: comparisons.questionnaire_scores(read("participants"), instrument)
    if measured is not None and instrument.circle:
        tags = findings.two_sided_tags(measured, choices["threshold"])
        tables["cross_loading"] = partial(coverage.cross_loading_distances, tags, instrument.circle)
    for family in instrument.families:
        if family.table:
            tables[family.table] = partial(findings.family_scores, scores, family)
    captions = findings.captions(instrument) | (claims.CAPTIONS if choices["study"] == "paper" else {})
    said = f" Models were asked a panel: {counted(panel, 'item')} of each dimension." if panel else ""
    in_full = {Path(path).stem: path for path in outputs["comparisons"]}
    for path in map(Path, outputs["for_people"]):
        if path.suffix == ".csv":
            table = tables[path.stem]()
            if path.stem in in_full:
                write_csv(table, in_full[path.stem])
            write_for_people(table, path.with_suffix(""), captions[path.stem] + said, instrument)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        write_tables(
            dict(snakemake.input.items()),
            {name: list(paths) for name, paths in snakemake.output.items()},
            snakemake.params.models,
            snakemake.params.choices,
            snakemake.params.panel,
            as_instrument(snakemake.params.instrument),
        )
