"""A finding: a sentence with a verdict, a small chart, and the way to the view that carries it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.publication.verdicts import headline
from value_portrait.robustness.groups import holm
from value_portrait.robustness.level import LEVEL

Tables = Mapping[str, pd.DataFrame]

# Shares of what holds that are called few and most, and the tones of what falls below, between and above.
FEW, MOST = 0.1, 0.5
GOOD, BAD, OPEN = "good", "bad", "open"
# A small chart has no more rows than these.
MOST_ROWS = 16


@dataclass(frozen=True)
class Mark:
    """A mark of a chart: in the row ``name``, with an interval where it has one, of one model where it is."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    series: str = ""
    model: str = ""


@dataclass(frozen=True)
class Finding:
    """A finding.

    Attributes
    ----------
    finding : its id. verdict : in a few words, with its tone (good, bad, open); empty without.
    view, name, choices : where on the page its numbers are, as the address has it. kind : dots or shares.
    """

    finding: str
    heading: str
    sentence: str
    view: str
    link: str
    chart: str
    kind: str
    marks: tuple[Mark, ...]
    verdict: str = ""
    tone: str = ""
    name: str = ""
    choices: str = ""
    unit: str = ""


def tone(share: float) -> str:
    """How a share of what holds is coloured."""
    return BAD if share < FEW else OPEN if share < MOST else GOOD


def leave_out_zero(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Whether an interval leaves out 0."""
    return (rows["low"] > 0) | (rows["high"] < 0)


def ends(ordered: pd.DataFrame) -> pd.DataFrame:
    """The rows of a small chart: all, or as many as it has place for from both ends."""
    half = MOST_ROWS // 2
    return ordered if len(ordered) <= MOST_ROWS else pd.concat([ordered.head(half), ordered.tail(half)])


def of_both_ends(title: str, rows: pd.DataFrame) -> str:
    """The chart's title, which says where rows are left out."""
    return title if len(rows) <= MOST_ROWS else f"{title}; the first and the last {MOST_ROWS // 2} of {len(rows)}"


def with_minus(text: str) -> str:
    """A sentence with the sign that a number below 0 has in print, and none before 0.00."""
    text = re.sub(r"(?<![\w.])[-+](0\.0+)(?!\d)", r"\1", text)
    return re.sub(r"(?<![\w.])-(?=\d)", "\N{MINUS SIGN}", text)


def listed(names: list[str]) -> str:
    """Names as a sentence has them."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def ranked_means(means: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """The mean profile of the main family, highest first: on other items like these or, where unknown, on these."""
    own = means[means["family"] == instrument.main.name].dropna(subset=["score"])
    chosen = own[own["inference"] == "items_like_these"]
    chosen = chosen if len(chosen) else own[own["inference"] == "these_items"]
    return chosen.sort_values("score", ascending=False, kind="stable")


def beyond_shuffled_keys(tables: Tables, instrument: Instrument, *, without: str = "nothing") -> list[str] | None:
    """Dimensions whose mean over models lies beyond what keys from shuffled raters give; None where there are none.

    ``without`` is what is taken out of the ratings before, as ``ALTERNATIVES`` names it.
    """
    own = headline(tables["alternatives"], "mean_profile", without, instrument).dropna(subset=["p"])
    return None if own.empty else list(own.loc[holm(own["p"]) < LEVEL, "dimension"].astype(str))
