"""What Snakemake's report shows: every figure, table and text as a page, with its caption."""

from collections.abc import Sequence
from pathlib import Path

from value_portrait.files import written_whole
from value_portrait.job import job
from value_portrait.publication.report_pages import report_page


def write_report_pages(
    results: Sequence[str], captions: Sequence[str], titles: Sequence[str], pages: Sequence[str]
) -> None:
    """Write the page of each of the results, whose caption is a file."""
    for result, caption, title, page in zip(results, captions, titles, pages, strict=True):
        with written_whole(page) as file:
            file.write_text(report_page(Path(result), title, Path(caption).read_text(encoding="utf-8")), "utf-8")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        write_report_pages(
            snakemake.input.results, snakemake.input.captions, snakemake.params.titles, list(snakemake.output)
        )
