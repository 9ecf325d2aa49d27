"""The certificate in words: a table of verdicts, the causes with their evidence, and what is still open."""

import re
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.paper.certifying.rows import COMPARED, STATUSES, comparisons
from value_portrait.paper.certifying.stated import ORDER
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.publication.typesetting import SET_IN

# So many rows of a kind are named one by one; the CSV file has the rest.
SHOWN = 30

_HEADINGS = {
    "cause": "Causes, each shown on the data",
    "conjecture": "Conjectures: causes that only the numbers speak for that they explain",
    "check": "Checks, by a second route or by what must follow",
    "fact": "Facts, reported",
}

# Where the certificate's rows of the paper's tables stand, by the table's file name.
SOURCE_OF_TABLE = {
    "topics": "Table 4",
    "items_per_value": "Table 5",
    "value_scores": "Table 8",
    "trait_scores": "Table 9",
    "cross_loading": "Appendix D.2",
    "reliability": "Appendix F",
}

# How a number of ours that is not the printed one is marked beside it, and what that means.
MARKS = {
    "explained": ("†", "Equal to print with the certificate's causes"),
    "conjectured": ("‡", "Equal to print with a conjectured cause"),
    "unexplained": ("§", "Still open"),
    "differs": ("¶", "Differs"),
}

# Names of dimensions, where people spell them otherwise.
_NAMES = re.compile(
    "|".join(rf"\b{re.escape(name)}\b" for name, title in VALUE_PORTRAIT.titles.items() if name != title)
)

# What is added up, in this order, with the words of the verdict; the rest follows from the numbers in print.
TOTALS = {"in print": "numbers in print", "in the archive's files": "comparisons with the archive's files"}


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
    """How many comparisons each cause explains, or conjectures; a correlation and its p are one comparison."""
    counted = certificate["status"].isin(["explained", "conjectured"]) & ~certificate["quantity"].str.startswith(
        "p of "
    )
    return certificate.loc[counted, "cause"].str.split("; ").explode().value_counts()


def count_waiting(certificate: pd.DataFrame) -> pd.DataFrame:
    """What is not compared: source, status, evidence (what it needs) and how many numbers."""
    waiting = certificate[~certificate["status"].isin(COMPARED)]
    return waiting.groupby(["source", "status", "evidence"], sort=False).size().rename("numbers").reset_index()


def spelled(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the dimensions in its texts as people spell them: Self-Direction, not Self_Direction."""
    shown = table.copy()
    for name in shown.select_dtypes(["object", "string"]):
        shown[name] = [_NAMES.sub(_title, cell) if isinstance(cell, str) else cell for cell in shown[name]]
    return shown


def _title(found: re.Match[str]) -> str:
    return VALUE_PORTRAIT.titles[found[0]]


def verdict(certificate: pd.DataFrame, findings: pd.DataFrame) -> str:
    """Four lines: how the numbers in print came out, and the archive's; what else was tested; what is open."""
    counts = count_statuses(certificate).reindex(columns=list(STATUSES), fill_value=0)
    still_open = certificate.loc[certificate["status"] == "unexplained", "quantity"]
    tested = findings[findings["kind"] != "fact"]
    held = [f"{own['holds'].sum()} of {len(own)} {kind}s" for kind, own in tested.groupby("kind", sort=False)]
    failed = tested.loc[~tested["holds"], "name"]
    return "\n".join(
        [
            *(_counted(words, counts.T[name]) for name, words in TOTALS.items()),
            f"Tested on these data: {', '.join(held)} hold" + (f" (not: {', '.join(failed)})." if len(failed) else "."),
            "Still open: " + (", ".join(still_open) or "nothing") + ".",
        ]
    )


def _counted(what: str, counts: "pd.Series[Any]") -> str:
    named = {"unexplained": "open", "differs": "differ"}
    compared = ", ".join(f"{counts[status]:,} {named.get(status, status)}" for status in COMPARED)
    waiting = [f"{count:,} {status}" for status, count in counts.drop(list(COMPARED)).items() if count]
    waiting = [words if words.startswith("1 ") else words.replace(" needs ", " need ") for words in waiting]
    return (
        f"{counts.sum():,} {what}, {counts[list(COMPARED)].sum():,} of them compared: {compared}. "
        f"Not to be compared: {', '.join(waiting) or 'none'}."
    )


def complain(certificate: pd.DataFrame, findings: pd.DataFrame, path: str) -> str:
    """What is wrong with the certificate at ``path``: numbers that differ, tests that do not hold; else nothing."""
    differs = certificate[certificate["status"] == "differs"]
    failed = findings.loc[~findings["holds"], "name"]
    complaints = []
    if len(differs):
        first = [f"{row['source']}, {row['quantity']}" for _, row in differs.head(SHOWN).iterrows()]
        complaints.append(f"{len(differs):,} published number(s) differ from ours ({'; '.join(first)})")
    if len(failed):
        complaints.append(f"of what was tested, {', '.join(failed)} did not hold")
    if not complaints:
        return ""
    where = f"ERROR: {path}: {' and '.join(complaints)}."
    remedy = "Look at the rows with the status 'differs', and at certificate.md beside it."
    return f"{where} {remedy}\n{verdict(certificate, findings)}\n"


def describe(certificate: pd.DataFrame, findings: pd.DataFrame) -> str:
    """The certificate as Markdown."""
    counts = count_statuses(certificate)
    explained = count_causes(certificate).to_dict()
    lines = [
        "# Does it reproduce?",
        "",
        *verdict(certificate, findings).replace("\n", "\n\n").split("\n"),
        "",
        _row(["source", *counts.columns]),
        _row(["---", *["---:"] * counts.shape[1]]),
        *[_row([source, *(f"{count:,}" if count else "" for count in row)]) for source, row in counts.iterrows()],
    ]
    for kind, heading in _HEADINGS.items():
        lines += ["", f"## {heading}", ""]
        for row in findings[findings["kind"] == kind].itertuples():
            share = f" Explains {_numbers(explained[str(row.name)])}." if row.name in explained else ""
            doubt = "" if row.holds else " **Does not hold on these data.**"
            lines.append(f"- **{row.name}**: {row.statement}{doubt}{share} *{row.evidence}*")
    for status, heading in (("unexplained", "Still open"), ("differs", "Differs")):
        own = certificate[certificate["status"] == status]
        if len(own):
            lines += ["", f"## {heading}", ""]
            lines += [_line(row) for _, row in own.head(SHOWN).iterrows()]
            if len(own) > SHOWN:
                lines.append(f"- and {len(own) - SHOWN:,} more in certificate.csv")
    lines += ["", "## What the others need", ""]
    for where, what, evidence, numbers in count_waiting(certificate).itertuples(index=False):
        lines.append(f"- {where}, {_numbers(numbers)}: {what}; {evidence}")
    return "\n".join(lines) + "\n"


def beside_print(certificate: pd.DataFrame, source: str) -> pd.DataFrame:
    """A printed table again: for each of its rows and columns the printed number, ours, and ours with the causes.

    Numbers that this run has nothing to hold against are left out. Numbers come as text, with the digits in print.
    """
    own = certificate[(certificate["source"] == source) & certificate["ours_with_causes"].notna()]
    names = own["quantity"].str.rsplit(": ", n=1, expand=True)
    # Half a unit of the last digit is the tolerance, and a thousandth more or less is no digit.
    tolerance = own["tolerance"].to_numpy(float)
    digits = np.where(tolerance > 1e-6, np.round(-np.log10(2 * tolerance)), 0).astype(int)
    frame = own[["status"]].copy()
    for place, name in enumerate(("published", "ours", "ours_with_causes")):
        texts = [f"{float(number):z.{count}f}" for number, count in zip(own[name], digits, strict=True)]
        frame.insert(place, name, texts)
    labels = {"row": names[0], "column": names[1]} if names.shape[1] == 2 else {"row": names[0]}
    return pd.concat([pd.DataFrame(labels), frame], axis=1).rename(columns={"published": "printed"})


def marked(beside: pd.DataFrame) -> pd.DataFrame:
    """The table of ``beside_print`` in the shape in print: what is printed, and ours below or beside it with a mark."""
    ours = beside["ours"] + [MARKS.get(status, ("",))[0] for status in beside["status"]]
    if "column" not in beside:
        return beside[["row", "printed"]].assign(ours=ours)
    if beside["row"].nunique() == 1:
        return pd.DataFrame({"row": beside["column"].str.replace("_", " "), "printed": beside["printed"], "ours": ours})
    columns = beside.groupby("row", sort=False)["column"].agg(list)
    order = dict.fromkeys([*max(columns, key=len), *beside["column"]])
    lines = [
        {"row": label, **dict(zip(own["column"], own[who], strict=True))}
        for row, own in beside.assign(ours=ours).groupby("row", sort=False)
        for label, who in ((row, "printed"), (f"{SET_IN}ours", "ours"))
    ]
    return pd.DataFrame(lines, columns=["row", *order])


def legend(beside: pd.DataFrame) -> str:
    """What the marks of ``marked`` mean, as far as they are there, as sentences behind a caption."""
    found = set(beside["status"])
    return "".join(f" {mark} {meaning}." for status, (mark, meaning) in MARKS.items() if status in found)


def _numbers(count: int) -> str:
    return f"{count:,} number" + "s" * (count != 1)


def _line(row: "pd.Series[Any]") -> str:
    numbers = ", ".join(
        f"{name.replace('_', ' ')} {_short(row[name])}" for name in ("published", "ours", "ours_with_causes")
    )
    return f"- {row['source']}, {row['quantity']}: {numbers}." + (f" {row['evidence']}" if row["evidence"] else "")


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float | np.floating) else str(value)


def _row(cells: list[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"
