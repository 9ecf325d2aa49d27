"""The simulated study, as the tables with which every study begins, and the truth behind it."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.simulation.people_and_items import draw_study, loadings_schema
from value_portrait.study.prompts import read_prompts
from value_portrait.study.quality import assess_data_quality
from value_portrait.tables import write_table


def simulate_study(
    simulation: Mapping[str, int],
    prompt_versions: Sequence[str],
    seed: int,
    templates: Mapping[str, Mapping[str, str]],
    item_table: str,
    prompts: str,
    topics: str,
    survey: str,
    participants: str,
    data_quality: str,
    loadings: str,
    instrument: Instrument,
) -> None:
    """Write the study's tables, and ``loadings`` as the truth.

    ``templates`` are the files of prompt templates of one's own, by version and template; the others are made up.
    """
    made_up = [version for version in prompt_versions if version not in templates]
    study = draw_study(simulation, made_up, seed, instrument)
    wordings = [study.prompts] * bool(made_up) + [read_prompts(templates, instrument)] * bool(templates)
    write_table(study.items, item_table, "items", instrument)
    write_table(pa.concat_tables(wordings), prompts, "prompts", instrument)
    write_table(study.topics, topics, "topics", instrument)
    write_table(study.survey, survey, "survey", instrument)
    write_table(study.participants, participants, "participants", instrument)
    quality = assess_data_quality(study.survey, study.participants)
    write_table(quality, data_quality, "data_quality", instrument)
    write_table(study.loadings, loadings, loadings_schema(instrument))


if "snakemake" in globals():
    with job(snakemake.log[0], pandas=False):
        simulate_study(
            snakemake.params.simulation,
            snakemake.params.prompt_versions,
            snakemake.params.seed,
            snakemake.params.templates,
            **snakemake.output,
            instrument=as_instrument(snakemake.params.instrument),
        )
