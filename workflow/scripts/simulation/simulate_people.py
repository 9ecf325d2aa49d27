"""Simulated respondents in the format of the European Social Survey, and the planted differences between groups."""

import numpy as np
from value_portrait.job import job
from value_portrait.personas.ess_file import Groups
from value_portrait.simulation.respondents import RESPONDENTS, planted_effects, simulate_respondents
from value_portrait.tables import write_csv


def simulate_people(groups: Groups, seed: int, people: str, truth: str) -> None:
    """Write the file ``people`` and its ``truth``."""
    write_csv(simulate_respondents(np.random.default_rng(seed), RESPONDENTS, groups), people)
    write_csv(planted_effects(groups), truth)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        simulate_people(**snakemake.params, people=snakemake.output.people, truth=snakemake.output.truth)
