"""Groups of models against each other, where models of one developer are no independent draws."""

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import scipy

from value_portrait.instrument import Instrument
from value_portrait.robustness.clustering import ROUNDED, cluster_robust
from value_portrait.scores.model_groups import COMPARISONS, developer_of, group_of
from value_portrait.tables import COUNT, NUMBER, REPEATED_TEXT, Column, Schema
from value_portrait.wording import counted

_MEAN = Column(NUMBER, "mean over its models, in scale points", nullable=True)
_DIFFERENCE = Column(NUMBER, "mean of the first minus that of the second", nullable=True)
_P = Column(NUMBER, "two-sided p by cluster-robust t", low=0, high=1, nullable=True)

GROUPS = Schema(
    ("comparison", "family", "dimension"),
    {
        "comparison": Column(REPEATED_TEXT, "what the groups differ in: weights, size or reasoning"),
        "family": Column(REPEATED_TEXT, "family of the dimension"),
        "dimension": Column(
            REPEATED_TEXT, "what is measured; profile_variance: how pronounced profiles are in the main family"
        ),
        "first": Column(REPEATED_TEXT, "one group"),
        "second": Column(REPEATED_TEXT, "the other"),
        "n_first": Column(COUNT, "models of the first group", low=0),
        "n_second": Column(COUNT, "models of the second group", low=0),
        "printed_first": Column(COUNT, "those of the first that are known by printed scores alone", low=0),
        "printed_second": Column(COUNT, "those of the second", low=0),
        "n_developers": Column(COUNT, "developers of both, the clusters", low=0),
        "mean_first": _MEAN,
        "mean_second": _MEAN,
        "difference": _DIFFERENCE,
        "ci_low": Column(
            NUMBER, "lower end of Welch's 95 % interval, which takes models as independent", nullable=True
        ),
        "ci_high": Column(NUMBER, "upper end of it", nullable=True),
        "cluster_low": Column(NUMBER, "lower end of the 95 % interval clustered by developer", nullable=True),
        "cluster_high": Column(NUMBER, "upper end of it", nullable=True),
        "df": Column(NUMBER, "its degrees of freedom; below 4 a p-value is not to be relied on", low=0, nullable=True),
        "p": _P,
        "p_adjusted": Column(
            NUMBER, "p after Holm, over the dimensions of a family in a comparison", low=0, high=1, nullable=True
        ),
    },
)

# Beside the dimensions of the main family; no dimension of an instrument, and not adjusted with them.
PROFILE_VARIANCE = "profile_variance"


def compare_groups(
    own: pd.DataFrame, joined: pd.DataFrame, models: Mapping[str, Mapping[str, Any]], instrument: Instrument
) -> pd.DataFrame:
    """The table ``GROUPS``, from centred means as in ``with_printed_models``: only size is told of those in print, too.

    Parameters
    ----------
    own, joined : without and with models known by printed scores alone. models : see ``compare_clustered``.
    """
    scores = {comparison: joined if comparison == "size" else own for comparison in COMPARISONS}
    return pd.concat(compare_clustered(rows, models, name, instrument) for name, rows in scores.items())


def compare_clustered(
    scores: pd.DataFrame, models: Mapping[str, Mapping[str, Any]], comparison: str, instrument: Instrument
) -> pd.DataFrame:
    """The rows of the table ``GROUPS`` for one comparison.

    Models cluster by developer: its models share data, training and taste, also across its families.

    Parameters
    ----------
    scores : columns model, family, dimension and centred_mean. models : columns of the table of models, by model.
    """
    # A family's only dimension, centred on itself, is 0 but for rounding.
    wide = scores.pivot(index="model", columns=["family", "dimension"], values="centred_mean").round(ROUNDED)
    developers = np.array([developer_of(models[name]) for name in wide.index], str)
    printed = np.array([models[name]["answers"] == "printed" for name in wide.index], bool)
    main = wide.reindex(columns=[name for name in instrument.dimensions if name[0] == instrument.main.name])
    columns = {name: wide[name] for name in instrument.dimensions if name in wide}
    columns[instrument.main.name, PROFILE_VARIANCE] = main.var(axis=1)
    first, second = COMPARISONS[comparison]
    sides = np.array([str(group_of(models[name], comparison)) for name in wide.index])
    rows: list[dict[str, Any]] = []
    for (family, dimension), values in columns.items():
        entering = np.isin(sides, (first, second)) & values.notna().to_numpy()
        own = values.to_numpy()[entering], (sides == first)[entering], developers[entering]
        rows.append(
            {
                "comparison": comparison,
                "family": family,
                "dimension": dimension,
                "first": first,
                "second": second,
                "n_first": own[1].sum(),
                "n_second": (~own[1]).sum(),
                "n_developers": len(set(own[2])),
                "printed_first": (own[1] & printed[entering]).sum(),
                "printed_second": (~own[1] & printed[entering]).sum(),
                **_compare(*own),
            }
        )
    table = pd.DataFrame(rows)
    if without := table["p"].isna().sum():
        logging.warning(
            "%s: %s cannot be tested: nothing varies, or a side has fewer than two developers.",
            comparison,
            counted(int(without), "difference"),
        )
    tested = [table["family"], table["dimension"] == PROFILE_VARIANCE]
    return table.assign(p_adjusted=table.groupby(tested, sort=False)["p"].transform(holm)).reindex(
        columns=list(GROUPS.columns)
    )


def holm(p: pd.Series) -> pd.Series:
    """Holm's (1979) adjusted p-values; null stays null and counts as no test."""
    ordered = p.dropna().sort_values()
    steps = ordered * np.arange(len(ordered), 0, -1)
    return steps.cummax().clip(upper=1).reindex(p.index)


def _compare(values: np.ndarray, first: np.ndarray, clusters: np.ndarray) -> dict[str, float]:
    """The columns of ``GROUPS`` from ``mean_first`` on."""
    means = [values[side].mean() if side.any() else np.nan for side in (first, ~first)]
    difference = means[0] - means[1]
    found = {"mean_first": means[0], "mean_second": means[1], "difference": difference, "p": np.nan}
    if min(first.sum(), (~first).sum()) >= 2:
        apart = welch_half_width(values[first], values[~first])
        found |= {"ci_low": difference - apart, "ci_high": difference + apart}
    slope = cluster_robust(np.column_stack([np.ones(len(first)), first]), 1, clusters)
    p = float(slope.p(values))
    if not np.isnan(p):
        reach = slope.half_width(values)
        found |= {"cluster_low": difference - reach, "cluster_high": difference + reach, "df": slope.df, "p": p}
    return found


def welch_half_width(one: np.ndarray, other: np.ndarray) -> float:
    """Half of Welch's (1947, Biometrika 34) 95 % interval of the difference between two means; 0 if nothing varies."""
    squares, free = np.array([(side.var(ddof=1) / len(side), len(side) - 1) for side in (one, other)]).T
    if not squares.any():
        return 0.0
    df = squares.sum() ** 2 / (squares**2 / free).sum()
    # SciPy's test gives the same, and takes 0.4 s to import.
    return float(scipy.special.stdtrit(df, 0.975) * np.sqrt(squares.sum()))
