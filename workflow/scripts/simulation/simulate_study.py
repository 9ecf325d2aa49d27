"""The simulated study, as the tables with which every study begins, and the truth behind it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.simulation.loadings import loadings_schema
from value_portrait.simulation.people_and_items import draw_study
from value_portrait.study.prompts import read_prompts
from value_portrait.study.quality import assess_data_quality
from value_portrait.tables import write_table


def simulate_study(
    simulation: Mapping[str, Any],
    prompt_versions: Sequence[str],
    seed: int,
    templates: Mapping[str, Mapping[str, str]],
    outputs: Mapping[str, str],
    instrument: Instrument,
) -> None:
    """Write the study's tables to the outputs of their names, and ``loadings`` as the truth.

    ``templates`` are the files of prompt templates of one's own, by version and template; the others are made up.
    """
    made_up = [version for version in prompt_versions if version not in templates]
    study = draw_study(simulation, made_up, seed, instrument)
    wordings = [study.prompts] * bool(made_up) + [read_prompts(templates, instrument)] * bool(templates)
    tables = {
        "prompts": pa.concat_tables(wordings),
        "topics": study.topics,
        "survey": study.survey,
        "participants": study.participants,
        "data_quality": assess_data_quality(study.survey, study.participants),
    }
    write_table(study.items, outputs["item_table"], "items", instrument)
    for name, table in tables.items():
        write_table(table, outputs[name], name, instrument)
    write_table(study.loadings, outputs["loadings"], loadings_schema(instrument))


if "snakemake" in globals():
    with job(snakemake.log[0], pandas=False):
        simulate_study(
            snakemake.params.simulation,
            snakemake.params.prompt_versions,
            snakemake.params.seed,
            snakemake.params.templates,
            dict(snakemake.output.items()),
            as_instrument(snakemake.params.instrument),
        )
