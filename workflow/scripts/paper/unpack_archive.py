"""Unpack the verified files of the authors' archive."""

from pathlib import Path

from value_portrait.job import job
from value_portrait.paper.archive import read_sums, unpack_archive

if "snakemake" in globals():
    with job(snakemake.log[0]):
        source = Path(Path(snakemake.input.verified).read_text().rstrip("\n"))
        unpack_archive(source, read_sums(snakemake.input.sums), Path(snakemake.params.archive))
