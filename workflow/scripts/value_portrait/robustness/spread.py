"""How pronounced profiles are, and how that goes with the size of a model."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import scipy

from value_portrait.instrument import Instrument
from value_portrait.robustness.judging import LEAST_SIZES


def value_spread(scores: pd.DataFrame, models: Mapping[str, Mapping[str, Any]], instrument: Instrument) -> pd.DataFrame:
    """How pronounced each model's profile is: the sample variance of its centred scores in the main family.

    Returns columns model, answers, family, developer, size_b (null where not public), weights, reasoning and variance.
    """
    values = scores[scores["family"] == instrument.main.name]
    variance = values.groupby("model", sort=False)["centred_mean"].var()
    columns = ["answers", "family", "developer", "size_b", "weights", "reasoning"]
    table = pd.DataFrame(
        [{"model": name} | {column: row[column] for column in columns} for name, row in models.items()]
    )
    return table.assign(variance=table["model"].map(variance), size_b=table["size_b"].astype(float))


def spread_by_size(spread: pd.DataFrame) -> pd.DataFrame:
    """How a profile's variance goes with size: columns side (scored here, as printed), models, Spearman's rho and p.

    Apart, for printed scores were made otherwise. p is two-sided, by t, and takes models as independent, which those
    of one developer are not: it says no more than that even so a rho may be chance. Sides of fewer than
    ``LEAST_SIZES`` models are left out; ``spread`` comes from ``value_spread``.
    """
    sized = spread.dropna(subset=["size_b", "variance"])
    printed = sized["answers"] == "printed"
    found = []
    for side, own in (("scored here", sized[~printed]), ("as printed", sized[printed])):
        if len(own) >= LEAST_SIZES:
            rho = own[["size_b", "variance"]].corr("spearman").to_numpy()[0, 1]
            with np.errstate(divide="ignore"):
                t = rho * np.sqrt((len(own) - 2) / (1 - rho**2))
            p = 2 * scipy.special.stdtr(len(own) - 2, -abs(t))
            found.append({"side": side, "models": len(own), "rho": rho, "p": p})
    return pd.DataFrame(found, columns=["side", "models", "rho", "p"])
