"""The numbers that the paper prints, as text, since the number of digits says how exact they claim to be."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np
import pandas as pd

from value_portrait.errors import InputError

# Where each printed table stands.
PRINTED = {
    name: f"data/reference/{file}.csv"
    for name, file in {
        "topics": "table_4_topics",
        "items_per_value": "table_5_items_per_value",
        "value_scores": "table_8_value_scores",
        "trait_scores": "table_9_trait_scores",
        "open_weight_scores": "table_12_open_weight_scores",
        "people": "tables_13_to_16_people",
        "personas": "tables_13_to_19_personas",
        "steering": "table_17_value_steering",
        "query_funnel": "appendix_d1_query_funnel",
        "cross_loading": "appendix_d2_cross_loading",
        "reliability": "appendix_f_alpha",
        "counts": "counts",
        "claims": "abstract_claims",
        "open_differences": "open_differences",
    }.items()
}

# Whole counts and stored floats leave nothing to rounding but that of binary arithmetic.
ARITHMETIC = 1e-9


def read_printed(path: str | Path, label: str) -> pd.DataFrame:
    """A printed table with ``label`` as its index and every cell as the text that stands in print.

    Raises
    ------
    InputError : the file lacks its source line or the column, or a cell is no number.
    """
    with Path(path).open(encoding="utf-8") as file:
        source = file.readline()
    if not source.startswith("# "):
        raise InputError(path, "lacks its first line, which names the source.", "Restore it from git.")
    table = pd.read_csv(path, comment="#", dtype=str, keep_default_na=False)
    if label not in table:
        raise InputError(path, f"lacks the column {label}.", "Restore it from git.")
    return table.set_index(label)


def printed_numbers(texts: Sequence[str], where: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """The numbers that the texts print, and half a unit of each one's last digit."""
    numbers, tolerances = np.empty(len(texts)), np.empty(len(texts))
    for place, text in enumerate(texts):
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise InputError(where, f"{text!r} is no number.", "Correct the cell; the paper has it.") from None
        exponent = number.as_tuple().exponent
        assert isinstance(exponent, int)
        numbers[place] = float(number)
        # A count is exact; a rounded number stands for all that round to it, either way at a half.
        tolerances[place] = ARITHMETIC + (0.5 * 10.0**exponent if exponent < 0 else 0)
    return numbers, tolerances
