"""The paper's own tables again, with our numbers beside the printed ones."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.publication.printing import write_latex
from value_portrait.publication.typesetting import SET_IN
from value_portrait.tables import write_csv

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


def write_beside_print(certificate: pd.DataFrame, paths: Iterable[str]) -> None:
    """Write the printed tables that the ``paths`` are named after, ``<name>_beside_print``, as CSV or LaTeX."""
    for path in map(Path, paths):
        source = SOURCE_OF_TABLE[path.stem.removesuffix("_beside_print")]
        beside = beside_print(certificate, source)
        if path.suffix == ".csv":
            write_csv(beside, path)
        else:
            caption = f"{source} as printed, and ours.{legend(beside)}"
            write_latex(marked(beside), path, caption, VALUE_PORTRAIT)


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
