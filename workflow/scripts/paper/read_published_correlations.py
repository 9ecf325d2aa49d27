"""The correlations that the authors published, with the same columns as ours."""

from pathlib import Path

from value_portrait.items.validation import with_interval
from value_portrait.job import job
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.paper.raw_files import read_published_correlations
from value_portrait.tables import read_table, write_table


def tabulate_published_correlations(archive: Path, survey: str, correlations: str) -> None:
    """Write the published correlations as a table ``correlations``; n comes from the survey, which they leave out."""
    raters = read_table(survey, "survey", VALUE_PORTRAIT, columns=["item_id"])["item_id"].value_counts().to_pylist()
    published = read_published_correlations(archive, {row["values"]: row["counts"] for row in raters}, VALUE_PORTRAIT)
    write_table(with_interval(published.to_pandas()), correlations, "correlations", VALUE_PORTRAIT)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        tabulate_published_correlations(
            Path(snakemake.params.archive), snakemake.input.survey, snakemake.output.correlations
        )
