"""The verdict on the certificate: an error when a published number differs from ours without a proven cause."""

import pandas as pd
from value_portrait.certifying.describing import check, verdict
from value_portrait.files import written_whole
from value_portrait.job import job


def check_certificate(certificate: str, findings: str, path: str) -> None:
    """Write the verdict in four lines; raises InputError when a number differs or a cause does not hold."""
    rows, causes = pd.read_csv(certificate, low_memory=False), pd.read_csv(findings)
    check(rows, causes, certificate)
    with written_whole(path) as partial:
        partial.write_text(verdict(rows, causes) + "\n", encoding="utf-8")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        check_certificate(snakemake.input.certificate, snakemake.input.findings, snakemake.output.verdict)
