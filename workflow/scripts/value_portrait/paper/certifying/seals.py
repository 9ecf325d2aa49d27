"""Fingerprints of whatever is compared, before anything is made of it: the last to notice a change, and of any cell."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from value_portrait.paper.certifying.findings import Finding, none_other
from value_portrait.paper.certifying.printed import PRINTED
from value_portrait.paper.certifying.sources import Sources
from value_portrait.paper.certifying.stated import TAG

# What each check seals.
_SEALED = {
    "raw tables": "The list of the archive's files and the tables made of surveys, topics, items and templates are",
    "the archive's own results": "The correlations, tags and scores that the archive states are",
    "answer files": "The records of every model's answers are",
    "printed tables": "What is copied out of print, and recorded beside it in data/reference, is",
}


def sealed_tables(own: Sources) -> dict[str, dict[str, pd.DataFrame]]:
    """The tables by the check that seals them, then by name."""
    raw = ("survey", "participants", "pilot_survey", "pilot_participants", "topics", "item_table", "prompts")
    answers = own.records.groupby("model", observed=True)["digest"]
    printed = {Path(PRINTED[name].file).stem: table.reset_index() for name, table in own.printed.items()}
    # It cannot hold its own.
    del printed["fingerprints"]
    tables = (
        {name: getattr(own, name) for name in raw} | {"SHA256SUMS": own.sums},
        {"correlations": own.published[[*TAG, "rho", "p"]], "tags": own.tags, "scores": own.scores},
        {f"answers of {model}": digests.to_frame() for model, digests in answers},
        printed,
    )
    return dict(zip(_SEALED, tables, strict=True))


def fingerprints(sealed: Mapping[str, Mapping[str, pd.DataFrame]], stated: pd.DataFrame) -> pd.DataFrame:
    """Number of rows and SHA-256 of every table, beside those that are ``stated`` of it.

    Columns check, table, rows, sha256 and ``as_stated``.
    """
    rows = []
    for check, tables in sealed.items():
        for name, table in tables.items():
            own = (str(len(table)), fingerprint(table))
            rows.append((check, name, *own, name in stated.index and own == tuple(stated.loc[name])))
    return pd.DataFrame(rows, columns=["check", "table", "rows", "sha256", "as_stated"])


def fingerprint(table: pd.DataFrame) -> str:
    """SHA-256 of the rows of a table as CSV, sorted."""
    header, *lines = table.to_csv(index=False).splitlines()
    return hashlib.sha256("\n".join([header, *sorted(lines)]).encode()).hexdigest()


def seals_hold(found: pd.DataFrame) -> list[Finding]:
    """The checks of the sealed tables; ``found`` as by ``fingerprints``."""
    return [
        none_other(
            str(check),
            f"{_SEALED[str(check)]}, cell by cell, as at the first reading (data/reference/fingerprints.csv): a change "
            "that no published number notices is noticed here.",
            f"{len(own)} tables of {own['rows'].astype(int).sum():,} rows",
            own.loc[~own["as_stated"], ["table", "rows", "sha256"]],
        )
        for check, own in found.groupby("check", sort=False)
    ]
