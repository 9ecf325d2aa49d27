"""The numbers that the paper prints, as text, since the number of digits says how exact they claim to be."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from value_portrait.errors import InputError
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.reading import read_cells


@dataclass(frozen=True)
class Shape:
    """What a printed table must hold.

    Attributes
    ----------
    file : where it stands. labels : the columns that name a row.
    rows : how many there are, or their names, in order. empty : cells that are empty in print.
    digits : the other columns, in order, with the digits that their numbers have after the point; None for texts.
    """

    file: str
    labels: tuple[str, ...]
    rows: int | Sequence[str]
    digits: Mapping[str, int | None]
    empty: int = 0


def _shape(
    file: str, labels: str, rows: int | Sequence[str], digits: Mapping[str, int | None], empty: int = 0
) -> Shape:
    return Shape(f"data/reference/{file}.csv", tuple(labels.split()), rows, digits, empty)


_VALUES: dict[str, int | None] = dict.fromkeys(VALUE_PORTRAIT.main.names, 2)
_TRAITS: dict[str, int | None] = dict.fromkeys(VALUE_PORTRAIT.family("bfi").names, 2)
PRINTED = {
    "topics": _shape("table_4_topics", "topic", 30, {"percent": 1}),
    "items_per_value": _shape(
        "table_5_items_per_value",
        "dataset",
        ["Value Portrait", "ValueNet", "ValueFULCRA"],
        dict.fromkeys([*_VALUES, "std"], 3) | {"imbalance_ratio": 2},
    ),
    "value_scores": _shape("table_8_value_scores", "model", 27, _VALUES),
    "trait_scores": _shape("table_9_trait_scores", "model", 27, _TRAITS),
    "open_weight_scores": _shape("table_12_open_weight_scores", "model", 11, _VALUES | {"variance": 3}),
    "people": _shape("tables_13_to_16_people", "axis group", 13, _VALUES),
    "personas": _shape("tables_13_to_19_personas", "axis group", 25, _VALUES | _TRAITS),
    "steering": _shape("table_17_value_steering", "steered", 10, _VALUES),
    "query_funnel": _shape(
        "appendix_d1_query_funnel",
        "stage",
        ["raw", "rule_filter", "value_relevance", "value_diversity", "manual_review"],
        dict.fromkeys(["Reddit", "DearAbby", "ShareGPT", "LMSYS"], 0),
    ),
    "cross_loading": _shape(
        "appendix_d2_cross_loading",
        "direction",
        ["same", "opposite"],
        dict.fromkeys([*"12345", "total"], 0) | {"mean": 2},
        empty=1,
    ),
    "reliability": _shape("appendix_f_alpha", "dimension", 10, {"alpha": 2}),
    "counts": _shape(
        "counts",
        "quantity",
        [
            "participants",
            "mean raters per item",
            "round of the European Social Survey",
            "respondents of the European Social Survey",
            "value tags with |rho| >= 0.3 and p < 0.05",
            "trait tags with |rho| >= 0.3 and p < 0.05",
        ],
        {"printed": 0},
    ),
    "claims": _shape("abstract_claims", "end", ["highest", "lowest"], dict.fromkeys(["first", "second", "third"])),
    "fingerprints": _shape(
        "fingerprints",
        "table",
        ["survey", "participants", "pilot_survey", "pilot_participants", "topics"],
        {"rows": 0, "sha256": None},
    ),
    "open_differences": _shape(
        "open_differences", "source quantity", 3, dict.fromkeys(["published", "ours_with_causes", "tried"])
    ),
}

# Whole counts and stored floats leave nothing to rounding but that of binary arithmetic.
ARITHMETIC = 1e-9

_RESTORE = "Restore it from git; the paper has it."


def read_printed(name: str, path: str | Path) -> pd.DataFrame:
    """The printed table ``name`` of ``PRINTED``: its labels as the index, every cell as the text that stands in print.

    Raises
    ------
    InputError : as ``read_cells``; or it lacks its source line, or has other columns, rows or digits than in print.
    """
    shape = PRINTED[name]
    source, *cells = [row for _, row in read_cells(path, ",", _RESTORE)]
    if not source[0].startswith("# ") or not cells:
        raise InputError(path, "lacks its first line, which names the source, or its columns.", _RESTORE)
    header, *rows = cells
    columns = [*shape.labels, *shape.digits]
    if header != columns:
        raise InputError(path, f"has the columns {', '.join(header)}, not {', '.join(columns)}.", _RESTORE)
    n_rows = shape.rows if isinstance(shape.rows, int) else len(shape.rows)
    if len(rows) != n_rows or any(len(row) != len(columns) for row in rows):
        raise InputError(path, f"is not {n_rows} rows of {len(columns)} cells.", _RESTORE)
    table = pd.DataFrame(rows, columns=columns).set_index(list(shape.labels))
    if twice := [label for label, repeated in zip(table.index, table.index.duplicated(), strict=True) if repeated]:
        raise InputError(path, f"has {twice[0]!r} twice.", _RESTORE)
    if not isinstance(shape.rows, int) and list(table.index) != list(shape.rows):
        raise InputError(path, f"has the rows {', '.join(table.index)}, not {', '.join(shape.rows)}.", _RESTORE)
    if (table == "").to_numpy().sum() != shape.empty:
        raise InputError(path, f"has other than {shape.empty} empty cells.", _RESTORE)
    for column, digits in shape.digits.items():
        number = re.compile(r"-?\d+" + (rf"\.\d{{{digits}}}" if digits else ""))
        for text in table[column] if digits is not None else ():
            if text and not number.fullmatch(text):
                raise InputError(path, f"has {text!r} for {column}, no number of {digits} digits.", _RESTORE)
    return table


def printed_numbers(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The numbers that the texts print, and half a unit of each one's last digit."""
    # A count is exact; a rounded number stands for all that round to it, either way at a half.
    digits = [len(text.partition(".")[2]) for text in texts]
    halves = [0.5 * 10.0**-count if count else 0 for count in digits]
    return np.array(texts, float), ARITHMETIC + np.array(halves)


def cell_names(table: pd.DataFrame) -> list[str]:
    """What the certificate calls the cells of a printed table, row by row: the labels of row and column."""
    rows = [": ".join(row) if isinstance(row, tuple) else row for row in table.index]
    return [f"{row}: {column}" for row in rows for column in table.columns]
