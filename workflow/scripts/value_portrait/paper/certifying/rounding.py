"""Ties that exist only among rounded questionnaire scores, and the correlations that hang on them.

Centring within the person leaves scores such as 0.6666666666666665 and 0.6666666666666667: equal on the questionnaire,
different as stored. Spearman's rho takes the stored numbers at their word; rounding them first ties such scores.
"""

import pandas as pd

from value_portrait.items.validation import correlate_items
from value_portrait.paper.certifying.stated import SAME_RANKS, TAG


def trace_rounding(
    survey: pd.DataFrame,
    participants: pd.DataFrame,
    correlations: pd.DataFrame,
    digits: int,
) -> pd.DataFrame:
    """Spearman ``correlations`` that change when questionnaire scores are rounded to ``digits`` decimals.

    Returns
    -------
    Table ``correlations`` from the rounded scores, every row, with ``unrounded_rho``, the absolute ``difference`` of
    the two (NaN where one is null) and whether it ``changed`` by more than ``SAME_RANKS``.
    """
    rounded = correlate_items(survey, participants.assign(score=participants["score"].round(digits))).set_index(TAG)
    rounded["unrounded_rho"] = correlations.set_index(TAG)["rho"]
    rounded["difference"] = (rounded["rho"] - rounded["unrounded_rho"]).abs()
    one_null = rounded["rho"].isna() != rounded["unrounded_rho"].isna()
    rounded["changed"] = (rounded["difference"] > SAME_RANKS) | one_null
    return rounded.reset_index()
