"""Value scores of the respondents of the European Social Survey, from the user's own file."""

import json

import pandas as pd
from value_portrait.job import job
from value_portrait.personas import ess
from value_portrait.personas.ess_file import Groups
from value_portrait.tables import write_csv, write_table


def score_respondents(survey: str, edition: str | None, groups: Groups, respondents: str, provenance: str) -> None:
    """Write the respondents' scores; and what the file is, how many of it were scored, and how they are grouped."""
    frame = ess.read_file(survey, edition)
    table, counts = ess.score_respondents(frame, survey)
    about: dict[str, object] = {name: ess.described(frame, name) for name in ess.DESCRIPTIVE}
    countries = sorted(frame["cntry"].unique())
    about |= {"n_countries": len(countries), "countries": ", ".join(countries)}
    about |= {"sha256": ess.file_hash(survey), **counts, "groups": json.dumps(groups)}
    write_csv(pd.DataFrame([{"file": survey, **about}]), provenance)
    write_table(table, respondents, ess.RESPONDENTS)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        score_respondents(snakemake.input.survey, **snakemake.params, **snakemake.output)
