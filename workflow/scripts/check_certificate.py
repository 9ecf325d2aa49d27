"""The verdict on the certificate: an error when a published number differs from ours without a proven cause."""

from pathlib import Path

import pandas as pd
from value_portrait.certifying.describing import check
from value_portrait.job import job


def check_certificate(certificate: str, findings: str, checked: str) -> None:
    """Leave the empty file ``checked``; raises InputError when a number differs or a cause does not hold."""
    check(pd.read_csv(certificate, low_memory=False), pd.read_csv(findings), certificate)
    Path(checked).touch()


if "snakemake" in globals():
    with job(snakemake.log[0]):
        check_certificate(snakemake.input.certificate, snakemake.input.findings, snakemake.output.checked)
