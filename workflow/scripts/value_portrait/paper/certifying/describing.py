"""The certificate in words: a table of verdicts, the causes with their evidence, and what is still open."""

import re
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.paper.certifying.counting import TOTALS, count_causes, count_waiting
from value_portrait.paper.certifying.rows import COMPARED, STATUSES
from value_portrait.paper.certifying.stated import ORDER
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.wording import counted

# So many rows of a kind are named one by one; the CSV file has the rest.
SHOWN = 30

_HEADINGS = {
    "cause": "Causes, each shown on the data",
    "conjecture": "Conjectures: causes that only the numbers speak for that they explain",
    "check": "Checks, by a second route or by what must follow",
    "fact": "Facts, reported",
}

# What people spell otherwise than tables between the stages, and than the files with the printed numbers.
_SPELLINGS = {
    **VALUE_PORTRAIT.titles,
    **{family.name: family.title for family in VALUE_PORTRAIT.families},
    "sd": "SD",
    "std": "SD",
    "centred_mean": "centred mean",
    "imbalance_ratio": "imbalance ratio",
}
_NAMES = re.compile("|".join(rf"\b{re.escape(name)}\b" for name, said in _SPELLINGS.items() if name != said))


def spelled(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its texts as people spell them: Self-Direction, not Self_Direction; SD, not std."""
    shown = table.copy()
    for name in shown.select_dtypes(["object", "string"]):
        texts = {cell: _NAMES.sub(_said, cell) for cell in shown[name].unique() if isinstance(cell, str)}
        shown[name] = [texts.get(cell, cell) for cell in shown[name].tolist()]
    return shown


def _said(found: re.Match[str]) -> str:
    return _SPELLINGS[found[0]]


def verdict(certificate: pd.DataFrame, counts: pd.DataFrame, findings: pd.DataFrame) -> str:
    """Four lines: how the numbers in print came out, and the archive's; what else was tested; what is open.

    ``counts`` as by ``count_statuses``.
    """
    counts = counts.reindex(columns=list(STATUSES), fill_value=0)
    still_open = certificate.loc[certificate["status"] == "unexplained", "quantity"]
    tested = findings[findings["kind"] != "fact"]
    held = [
        f"{own['holds'].sum()} of {counted(len(own), str(kind))}" for kind, own in tested.groupby("kind", sort=False)
    ]
    failed = tested.loc[~tested["holds"], "name"]
    return "\n".join(
        [
            *(_compared(words, counts.T[name]) for name, words in TOTALS.items()),
            f"Tested on these data: {', '.join(held)} hold" + (f" (not: {', '.join(failed)})." if len(failed) else "."),
            "Still open: " + (", ".join(still_open) or "nothing") + ".",
        ]
    )


def _compared(what: tuple[str, str], counts: "pd.Series[Any]") -> str:
    named = {"unexplained": "open", "differs": "differ"}
    compared = ", ".join(f"{counts[status]:,} {named.get(status, status)}" for status in COMPARED)
    waiting = [f"{count:,} {status}" for status, count in counts.drop(list(COMPARED)).items() if count]
    waiting = [words if words.startswith("1 ") else words.replace(" needs ", " need ") for words in waiting]
    return (
        f"{counted(int(counts.sum()), *what)}, {counts[list(COMPARED)].sum():,} of them compared: {compared}. "
        f"Not to be compared: {', '.join(waiting) or 'none'}."
    )


def complain(certificate: pd.DataFrame, counts: pd.DataFrame, findings: pd.DataFrame, path: str) -> str:
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
    return f"{where} {remedy}\n{verdict(certificate, counts, findings)}\n"


def describe(certificate: pd.DataFrame, counts: pd.DataFrame, findings: pd.DataFrame) -> str:
    """The certificate as Markdown."""
    explained = count_causes(certificate).to_dict()
    lines = [
        "# Does it reproduce?",
        "",
        *verdict(certificate, counts, findings).replace("\n", "\n\n").split("\n"),
        "",
        _row(["source", *counts.columns]),
        _row(["---", *["---:"] * counts.shape[1]]),
        *[_row([source, *(f"{count:,}" if count else "" for count in row)]) for source, row in counts.iterrows()],
        *_derived(counts.sum(axis=1)),
    ]
    for kind, heading in _HEADINGS.items():
        lines += ["", f"## {heading}", ""]
        for row in findings[findings["kind"] == kind].itertuples():
            share = f" Explains {counted(explained[str(row.name)], 'number')}." if row.name in explained else ""
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
        lines.append(f"- {where}, {counted(numbers, 'number')}: {what}; {evidence}")
    return "\n".join(lines) + "\n"


def _derived(counts: "pd.Series[int]") -> list[str]:
    """What stands below the sums, and what the numbers in print come to with it; ``counts`` by source."""
    if ORDER not in counts:
        return []
    printed, order = counts["in print"], counts[ORDER]
    return [
        "",
        f"{ORDER}: for each model in print which three values stand highest, and which three lowest. These {order:,} "
        "follow from the printed scores, which are counted, and are in no sum: "
        f"{counted(printed, *TOTALS['in print'])}, {printed + order:,} with them.",
    ]


def _line(row: "pd.Series[Any]") -> str:
    numbers = ", ".join(
        f"{name.replace('_', ' ')} {_short(row[name])}" for name in ("published", "ours", "ours_with_causes")
    )
    return f"- {row['source']}, {row['quantity']}: {numbers}." + (f" {row['evidence']}" if row["evidence"] else "")


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float | np.floating) else str(value)


def _row(cells: list[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"
