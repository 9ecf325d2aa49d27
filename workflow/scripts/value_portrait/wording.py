"""How numbers read in a sentence."""

from collections.abc import Callable
from math import isnan
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what a run says in the terminal takes none of it, nor half a second
    import pandas as pd

# Names of what ties, in a sentence that is about something else.
MOST_NAMED = 3


def counted(count: int, one: str, several: str = "") -> str:
    """How many there are, with their name: ``1 item``, ``1,200 items``, ``2 queries``."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def percent(share: float) -> str:
    """A share of 1 as a whole percentage."""
    return f"{100 * share:.0f} %"


def in_percent(share: float) -> str:
    """A share as a whole percentage, in which few are not none."""
    said = percent(share)
    return "under 1 %" if share and said == "0 %" else said


def signed(value: float) -> str:
    """A number with its sign, which 0.00 has none of."""
    return f"{value:+z.2f}".replace("+0.00", "0.00")


def bracketed(value: float, low: float, high: float) -> str:
    """A number and its interval, which may be null."""
    return signed(value) if isnan(low) else f"{signed(value)} [{low:z.2f}, {high:z.2f}]"


def in_words(p: float) -> str:
    """A p-value with its relation, as it follows the letter p; what is below 0.05 does not read as if it were not."""
    if p < 0.001 or 0.0495 <= p < 0.05:
        return f"< {0.001 if p < 0.001 else 0.05}"
    return f"= {p:.3f}" if p < 0.1 else f"= {p:.2f}"


def extremes(numbers: "pd.Series[Any]", form: Callable[[float], str], of: str) -> str:
    """The lowest and the highest number and whose they are: ``0.53 (Security) to 0.88 (Tradition)``.

    The index holds the names. Numbers tie that read the same in this ``form``; many names are counted as ``of``.
    """
    said = numbers.map(form)
    cells = []
    for end in dict.fromkeys((form(numbers.min()), form(numbers.max()))):
        tied = [str(name) for name in said.index[said == end]]
        which = ", ".join(tied) if len(tied) <= MOST_NAMED else f"{len(tied)} of {len(said)} {of}"
        cells.append(f"{end} ({which})")
    return " to ".join(cells)
