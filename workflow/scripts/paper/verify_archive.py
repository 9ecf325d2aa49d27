"""Find the authors' archive and check every file of it that the study uses."""

import os
from pathlib import Path

from value_portrait.files import written_whole
from value_portrait.job import job
from value_portrait.paper.archive import locate_archive, read_sums, verified_files


def verify_archive(sums: str, raw: str, verified: str) -> None:
    """Write to ``verified`` where the archive is, after every file listed in ``sums`` was found in it unchanged.

    It is looked for in the folder ``raw``, which need not be that of ``sums``.
    """
    expected = read_sums(sums)
    source = locate_archive(Path(raw), os.environ)
    for _ in verified_files(source, expected):
        pass
    with written_whole(verified) as partial:
        partial.write_text(f"{source}\n")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        verify_archive(snakemake.input.sums, "data/raw", snakemake.output.verified)
