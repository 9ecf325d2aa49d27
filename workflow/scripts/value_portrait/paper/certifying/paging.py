"""The certificate as the tables that the page shows."""

from pathlib import Path

import pandas as pd

from value_portrait.paper.certifying.counting import TOTALS, count_causes, count_statuses, count_waiting
from value_portrait.paper.certifying.findings import findings_frame, read_findings
from value_portrait.paper.certifying.stated import ORDER


def certificate_tables(certificate: str | Path, findings: str | Path) -> dict[str, pd.DataFrame]:
    """Tables by name, from the paths of the certificate and of its findings.

    Returns
    -------
    certificate : as in the file, numbers as texts. certificate_findings : name, kind, statement, holds, evidence.
    certificate_counts : ``part`` (of what is added up; empty for what follows from other rows), source, ``total``
        (whether the row is the part's sum, which stands after its sources) and a column for each status.
    certificate_causes : cause and numbers. certificate_waiting : source, status, evidence and numbers.
    """
    rows = pd.read_csv(certificate, dtype=str, keep_default_na=False)
    counts = count_statuses(rows)
    archived = counts.index.str.startswith("archive: ")
    printed, archive = TOTALS
    parts = pd.Series(printed, counts.index).mask(archived, archive).mask(counts.index == ORDER, "")
    for name in TOTALS:
        parts[name] = name
    causes = count_causes(rows)
    return {
        "certificate": rows,
        "certificate_findings": findings_frame(read_findings(findings)),
        "certificate_counts": counts.reset_index(names="source").assign(
            part=parts.to_numpy(), total=counts.index.isin(list(TOTALS))
        ),
        "certificate_causes": causes.rename_axis("cause").reset_index(name="numbers"),
        "certificate_waiting": count_waiting(rows),
    }
