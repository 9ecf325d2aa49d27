"""The certificate in numbers: comparisons by source and verdict, what causes explain, what is not compared."""

import pandas as pd

from value_portrait.paper.certifying.rows import COMPARED, STATUSES, comparisons
from value_portrait.paper.certifying.stated import ORDER

# What is added up, in this order, with the words of the verdict for one and for several; the rest follows from the
# numbers in print.
TOTALS = {
    "in print": ("number in print", "numbers in print"),
    "in the archive's files": ("comparison with the archive's files", "comparisons with the archive's files"),
}


def count_statuses(certificate: pd.DataFrame) -> pd.DataFrame:
    """Comparisons per source and status: of what the paper prints, of the archive's files, and a total of each."""
    own = comparisons(certificate)
    counts = pd.crosstab(own["source"], own["status"])
    counts = counts.reindex(
        index=list(dict.fromkeys(own["source"])),
        columns=[status for status in STATUSES if status in counts or status == "differs"],
        fill_value=0,
    )
    archived, derived = counts.index.str.startswith("archive: "), counts.index == ORDER
    parts = [counts[derived]]
    for chosen, name in zip((archived, ~archived & ~derived), reversed(TOTALS), strict=True):
        parts = [counts[chosen], counts[chosen].sum().to_frame(name).T, *parts]
    return pd.concat(parts)


def count_causes(certificate: pd.DataFrame) -> "pd.Series[int]":
    """How many comparisons each cause explains, or conjectures, of those that ``TOTALS`` adds up.

    A correlation and its p are one comparison.
    """
    explained = certificate["status"].isin(["explained", "conjectured"]) & (certificate["source"] != ORDER)
    own = certificate.loc[explained & ~certificate["quantity"].str.startswith("p of "), "cause"]
    return own.str.split("; ").explode().value_counts()


def count_waiting(certificate: pd.DataFrame) -> pd.DataFrame:
    """What is not compared: source, status, evidence (what it needs) and how many numbers."""
    waiting = certificate[~certificate["status"].isin(COMPARED)]
    return waiting.groupby(["source", "status", "evidence"], sort=False).size().rename("numbers").reset_index()
