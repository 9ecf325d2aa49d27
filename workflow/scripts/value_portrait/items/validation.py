"""Item validation: how far each item's ratings go with the raters' own scores, and which items measure what."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from value_portrait.instrument import Instrument

Z_95 = 1.959963984540054  # scipy.special.ndtri(0.975)


@dataclass(frozen=True)
class Block:
    """Items that the same people rated, as in a survey group.

    Attributes
    ----------
    items, raters, dimensions : the I items, R raters and D (family, dimension) of the arrays.
    ratings : (R, I) float. scores : the raters' own scores, (R, D) float, NaN where one is missing.
    """

    items: list[str]
    raters: list[str]
    dimensions: list[tuple[str, str]]
    ratings: np.ndarray
    scores: np.ndarray


def survey_blocks(survey: pd.DataFrame, participants: pd.DataFrame) -> list[Block]:
    """The survey as blocks of items with the same raters, items in the order of the survey.

    Parameters
    ----------
    survey : table ``survey``; participants : table ``participants``, every rater with every score (the study stage
        sees to it).
    """
    scores = participants.pivot(index="participant_id", columns=["family", "dimension"], values="score")
    dimensions = [(name[0], name[1]) for name in scores.columns]
    wide = survey.astype({"participant_id": str}).pivot(index="participant_id", columns="item_id", values="rating")
    wide = wide[survey["item_id"].unique()]
    ratings = wide.to_numpy(float)
    items_by_raters: dict[bytes, list[int]] = {}
    for column, rated in enumerate(~np.isnan(ratings.T)):
        items_by_raters.setdefault(rated.tobytes(), []).append(column)
    blocks = []
    for columns in items_by_raters.values():
        rows = np.flatnonzero(~np.isnan(ratings[:, columns[0]]))
        items, raters = list(map(str, wide.columns[columns])), list(wide.index[rows])
        own = scores.loc[raters].to_numpy(float)
        blocks.append(Block(items, raters, dimensions, ratings[np.ix_(rows, np.array(columns))], own))
    return blocks


def correlate_items(survey: pd.DataFrame, participants: pd.DataFrame, method: str = "spearman") -> pd.DataFrame:
    """Correlation of every item with every dimension over the item's raters; see ``survey_blocks``.

    Parameters
    ----------
    method : ``spearman`` (Pearson's correlation of average ranks) or ``pearson``.

    Returns
    -------
    Table ``correlations``, one row per item and dimension. ``p`` is two-sided, by ``correlation_p``; rho
    and p are null where ratings or scores do not vary, or where a rater has no score.
    """
    frames = []
    for block in survey_blocks(survey, participants):
        rho = correlate(block.ratings, block.scores, method)
        families, dimensions = zip(*block.dimensions, strict=True)
        frames.append(
            pd.DataFrame(
                {
                    "item_id": np.repeat(block.items, len(dimensions)),
                    "family": np.tile(families, len(block.items)),
                    "dimension": np.tile(dimensions, len(block.items)),
                    "n": len(block.raters),
                    "rho": rho.ravel(),
                    "p": correlation_p(rho, len(block.raters)).ravel(),
                }
            )
        )
    return with_interval(pd.concat(frames, ignore_index=True), method)


def correlate(ratings: np.ndarray, scores: np.ndarray, method: str) -> np.ndarray:
    """Correlations of the columns of ``ratings`` (n, I) with those of ``scores`` (n, D), as (I, D); NaN if constant."""
    if method == "spearman":
        ratings, scores = (pd.DataFrame(values).rank().to_numpy() for values in (ratings, scores))
    return pearson_matrix(ratings, scores)


def pearson_matrix(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Pearson correlations of the columns of ``x`` (n × a) with those of ``y`` (n × b), as (a × b); NaN if constant.

    Stacks of such arrays give a stack.
    """
    x, y = (unit_columns(values) for values in (x, y))
    return np.clip(np.swapaxes(x, -1, -2) @ y, -1, 1)


def unit_columns(values: np.ndarray) -> np.ndarray:
    """Columns (..., n, a) of mean 0 and length 1; NaN for a constant one, whose mean may be off by rounding."""
    centred = values - values.mean(axis=-2, keepdims=True)
    length = np.linalg.norm(centred, axis=-2, keepdims=True)
    return centred / np.where(np.ptp(values, axis=-2, keepdims=True) > 0, length, np.nan)


def correlation_p(rho: np.ndarray, n: int | np.ndarray) -> np.ndarray:
    """Two-sided p-value of a correlation of ``n`` pairs, by Student's t with n - 2 degrees of freedom.

    It is ``smallest_p`` or more: of a perfect correlation t would make 0, however few pairs there are.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        t = rho * np.sqrt((n - 2) / ((1 + rho) * (1 - rho)))
    by_t: np.ndarray = 2 * scipy.special.stdtr(n - 2, -np.abs(t))
    return np.maximum(by_t, smallest_p(n))


def smallest_p(n: int | np.ndarray) -> np.ndarray:
    """The chance that ``n`` pairs correlate perfectly, either way: 2 of the n! orders in which they may come."""
    share: np.ndarray = 2 / scipy.special.factorial(n)
    return share


def with_interval(correlations: pd.DataFrame, method: str = "spearman") -> pd.DataFrame:
    """Add the 95 % interval (ci_low, ci_high) by Fisher's z.

    The standard error of z is sqrt((1 + rho² / 2) / (n - 3)) for Spearman (Bonett and Wright 2000, Psychometrika 65,
    eq. 3) and sqrt(1 / (n - 3)) for Pearson.
    """
    rho, n = correlations["rho"].to_numpy(float), correlations["n"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.arctanh(rho)
        error = np.sqrt((1 + rho**2 / 2 if method == "spearman" else 1) / (n - 3))
        low, high = np.tanh(z - Z_95 * error), np.tanh(z + Z_95 * error)
    return correlations.assign(ci_low=low, ci_high=high)


def drop_repeated_participants(survey: pd.DataFrame) -> pd.DataFrame:
    """The survey without the people who rated in more than one group."""
    groups = survey.groupby("participant_id", observed=True)["group"].transform("nunique")
    return survey[groups == 1]


def select_items(
    correlations: pd.DataFrame, threshold: float, max_p: float | None, polarity: str = "positive"
) -> pd.DataFrame:
    """The item key: one row for each (item, dimension) whose correlation exceeds ``threshold`` with p < ``max_p``.

    ``polarity`` ``positive`` takes positive correlations only; ``both`` takes negative ones too, with polarity -1.
    """
    p = None if max_p is None else correlations["p"].to_numpy()
    chosen = tagged(correlations["rho"].to_numpy(), p, threshold, max_p, polarity)
    key = correlations.loc[chosen, ["item_id", "family", "dimension", "rho"]]
    return key.assign(polarity=np.sign(key["rho"]).astype("int8")).reset_index(drop=True)


def tagged(rho: np.ndarray, p: np.ndarray | None, threshold: float, max_p: float | None, polarity: str) -> np.ndarray:
    """Where a correlation makes a tag, as bool of the shape of ``rho``; see ``select_items``. No limit, no ``p``."""
    chosen: np.ndarray = (np.abs(rho) if polarity == "both" else rho) > threshold
    return chosen if p is None or max_p is None else chosen & (p < max_p)


def describe_items(survey: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Item statistics over the raters (table ``item_statistics``): mean, SD, skew, share at either end of the scale."""
    ratings = survey.groupby(["item_id", "group"], observed=True, sort=False)["rating"]
    return ratings.agg(
        n="size",
        mean="mean",
        sd="std",
        skew="skew",
        floor=lambda x: (x == instrument.lowest).mean(),
        ceiling=lambda x: (x == instrument.highest).mean(),
    ).reset_index()
