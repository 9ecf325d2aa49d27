"""Every two models against each other: which differences are real."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.publication.page.packing import Packed, as_columns, cut
from value_portrait.robustness.comparing import INFERENCES
from value_portrait.robustness.comparison_tables import PAIRS
from value_portrait.robustness.level import LEVEL

PAIRS_TABLES = {"pairs": PAIRS}
MOST_ROWS = 100_000  # pairs times dimensions, about 0.7 MB: more than a page can carry
HERE, ELSEWHERE = INFERENCES
KEY = ["family", "dimension", "first", "second"]
UNIT = 0.0001  # of half widths and p
VERDICTS = np.array(["no", "here", "everywhere"], object)


def pairs_part(tables: Mapping[str, pd.DataFrame], instrument: Instrument) -> dict[str, Packed]:
    """The tables of the part.

    ``pairs`` has a row for each two models and dimension: the difference, first less second, half the widths of its
    95 % intervals and adjusted p, on these items (``half``, ``p``) and on items like these (``half_beyond``,
    ``p_beyond``); and ``clear``, whether it is real: no, here, or everywhere. Null where that cannot be told. Where
    these would be more than ``MOST_ROWS``, the table ``left_out`` says so instead.
    """
    if "pairs" not in tables or tables["pairs"].empty:
        return {}
    pairs = tables["pairs"]
    here, beyond = (pairs[pairs["inference"] == inference].set_index(KEY) for inference in (HERE, ELSEWHERE))
    if len(here) > MOST_ROWS:
        return {"left_out": as_columns([{"rows": len(here), "most": MOST_ROWS}], ["rows", "most"])}
    beyond = beyond.reindex(here.index)
    table = pd.DataFrame(
        {
            "difference": here["difference"],
            "half": here["high"] - here["difference"],
            "half_beyond": beyond["high"] - beyond["difference"],
            "p": cut(here["p_max_t"], UNIT),
            "p_beyond": cut(beyond["p_max_t"], UNIT),
            "clear": pd.Series(VERDICTS[clear_where(here, beyond)], here.index).where(here["p_max_t"].notna()),
        }
    )
    units = dict.fromkeys(("half", "half_beyond", "p", "p_beyond"), UNIT)
    return {"pairs": Packed(table.reset_index(), units)}


def clear_where(here: pd.DataFrame, beyond: pd.DataFrame) -> np.ndarray:
    """Where differences are real, of rows in one order: 0 nowhere, 1 on these items, 2 on items like these, too."""
    on_these = (here["p_max_t"] < LEVEL).to_numpy()
    return on_these.astype(int) + (on_these & (beyond["p_max_t"] < LEVEL).to_numpy())
