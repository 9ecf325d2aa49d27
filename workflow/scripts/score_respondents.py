"""Value scores of the respondents of the European Social Survey, from the user's own file."""

import pandas as pd
from value_portrait import ess
from value_portrait.job import job
from value_portrait.tables import write_csv, write_table


def score_respondents(survey: str, respondents: str, provenance: str) -> None:
    """Write the table ``respondents``, and what the file is and how many of it were scored."""
    frame = ess.read_file(survey)
    table, counts = ess.score_respondents(frame, survey)
    about = {name: ess.described(frame, name) for name in ess.DESCRIPTIVE}
    write_csv(pd.DataFrame([{"file": survey, "sha256": ess.file_hash(survey), **about, **counts}]), provenance)
    write_table(table, respondents, "respondents")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        score_respondents(snakemake.input.survey, **snakemake.output)
