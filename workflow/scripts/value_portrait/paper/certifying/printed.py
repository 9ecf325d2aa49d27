"""The numbers that the paper prints, as text, since the number of digits says how exact they claim to be."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from value_portrait.errors import InputError
from value_portrait.paper.certifying.stated import ARITHMETIC
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.paper.reference import printed_tables
from value_portrait.reading import read_cells

PRINTED = printed_tables(VALUE_PORTRAIT)

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
