"""How far wrong tags dilute scores: what the key's items measure, against those that infinitely many raters would tag.

A tag by chance, or of a weak correlation that chance made strong, pulls its dimension's score to the centre, in all
models alike, and no spread between raters shows it. A score is about proportional to how much its items measure the
dimension. So it is diluted to the mean correlation, among all people like the raters, of the pairs that are tagged,
over that of the pairs whose correlation among all people exceeds the threshold.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import scipy

from value_portrait.instrument import Instrument
from value_portrait.items.validation import Block, correlate
from value_portrait.robustness.resampling import TagRule
from value_portrait.tables import COUNT, NUMBER, REPEATED_TEXT, Column, Schema

LEAST_RATERS = 4  # for the variance of Fisher's z
PLACES = 101  # at which correlations among all people may lie
GAIN = 1e-3  # a fit is done where no place adds more to the likelihood of tests, as a share of it
LEAST_STRONG = 1  # pairs: with fewer, infinitely many raters would make no key

DILUTION = Schema(
    ("family",),
    {
        "family": Column(REPEATED_TEXT, "family of the dimensions"),
        "tests": Column(COUNT, "pairs of item and dimension with a correlation", low=0),
        "tags": Column(COUNT, "those that the config's threshold and p-limit tag", low=0),
        "strong": Column(NUMBER, "pairs that infinitely many raters would tag, estimated", low=0, nullable=True),
        "rho_tagged": Column(
            NUMBER, "mean correlation of the tagged among all people, estimated", -1, 1, nullable=True
        ),
        "rho_strong": Column(NUMBER, "the same of the strong", -1, 1, nullable=True),
        "dilution": Column(NUMBER, "rho_tagged / rho_strong: what is left of a score", low=0, nullable=True),
        "log_se": Column(NUMBER, "standard error of the logarithm of dilution", low=0, nullable=True),
        "low": Column(NUMBER, "lower end of the 95 % interval of dilution", low=0, nullable=True),
        "high": Column(NUMBER, "upper end of the 95 % interval of dilution", low=0, nullable=True),
    },
)


def estimate_dilution(groups: Sequence[Sequence[Block]], rule: TagRule, instrument: Instrument) -> pd.DataFrame:
    """The table ``DILUTION``: a row for each family; single dimensions have too few raters for their own.

    What pairs correlate among all people is told from all correlations of a family (``fit_population``), and what one
    does, given its own, by Bayes' rule (Efron 2010, Large-Scale Inference, ch. 1). The standard error is a jackknife
    over survey groups (Efron and Stein 1981). Null is what cannot be told: where nothing is tagged, or infinitely many
    raters would tag less than ``LEAST_STRONG`` pairs; errors with a single survey group.

    Parameters
    ----------
    groups : from ``resampling.survey_groups``.
    """
    rows = []
    for family in instrument.families:
        places = [place for place, (name, _) in enumerate(instrument.dimensions) if name == family.name]
        tests = np.hstack([_test(block, group, rule, places) for group, own in enumerate(groups) for block in own])
        strong, tagged_rho, strong_rho = _look_up(tests, rule)
        without = [_look_up(tests[:, tests[3] != group], rule) for group in range(len(groups))]
        factor = tagged_rho / strong_rho
        logs = np.log([tagged / strong for _, tagged, strong in without])
        log_se = np.sqrt((len(logs) - 1) * logs.var()) if len(groups) > 1 else np.nan
        low, high = factor * np.exp(np.array([-1, 1]) * scipy.special.ndtri(0.975) * log_se)
        counts = {"tests": tests.shape[1], "tags": int(tests[2].sum()), "strong": strong}
        estimates = {"rho_tagged": tagged_rho, "rho_strong": strong_rho, "dilution": factor, "log_se": log_se}
        rows.append({"family": family.name, **counts, **estimates, "low": low, "high": high})
    return pd.DataFrame(rows)


def fit_population(likelihood: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Shares (P,) of all tests at each place that make ``n`` (U,) tests in each cell likeliest; ``likelihood`` (U, P).

    The nonparametric maximum likelihood estimate (Kiefer and Wolfowitz 1956) by the EM algorithm. It is reached where
    the mean of likelihood over fitted likelihood exceeds 1 at no place (Lindsay 1983, The Annals of Statistics 11,
    theorem 4.1), and ends within ``GAIN`` of that.
    """
    shares, tests = np.full(likelihood.shape[1], 1 / likelihood.shape[1]), n / n.sum()
    while (gain := (tests / (likelihood @ shares)) @ likelihood).max() > 1 + GAIN:
        shares = shares * gain
    return shares


def _test(block: Block, group: int, rule: TagRule, places: Sequence[int]) -> np.ndarray:
    """Fisher's z of the block's pairs, their number of raters, whether they are tags, and the group: (4, pairs)."""
    n = len(block.raters)
    rho = correlate(block.ratings, block.scores[:, places], rule.method)
    rho = rho[np.isfinite(rho) & (n >= LEAST_RATERS)]
    tagged = (np.abs(rho) if rule.polarity == "both" else rho) > rule.limit(n)
    same = np.ones(len(rho))
    return np.array([np.arctanh(np.clip(rho, -0.9999, 0.9999)), n * same, tagged, group * same])


def _look_up(tests: np.ndarray, rule: TagRule) -> tuple[float, float, float]:
    """How many of the tests (4, N) are strong, and the mean correlation of the tagged and of the strong, or NaN."""
    z, raters, tagged, _ = tests
    if not tagged.any():
        return np.nan, np.nan, np.nan
    places = np.linspace(z.min(), z.max(), PLACES)
    nearest = places[np.abs(z[:, None] - places).argmin(axis=1)]
    cells, cell, n = np.unique([nearest, raters], axis=1, return_inverse=True, return_counts=True)
    rho, (found, raters) = np.tanh(places), cells[:, :, None]
    # The variance of Fisher's z; Spearman's: Bonett and Wright (2000, Psychometrika 65).
    error = np.sqrt((1 + rho**2 / 2 if rule.method == "spearman" else 1) / (raters - 3))
    likelihood = np.exp(-(((found - places) / error) ** 2) / 2) / error
    shares = fit_population(likelihood, n)
    given = likelihood * shares
    of_cell = np.sign(found[:, 0]) * (given @ rho) / given.sum(axis=1)
    above = (np.abs(rho) if rule.polarity == "both" else rho) > rule.threshold
    strong, tagged_rho = shares[above].sum() * len(z), of_cell[cell[tagged == 1]].mean()
    if strong < LEAST_STRONG or tagged_rho <= 0:
        return strong, tagged_rho, np.nan
    return strong, tagged_rho, shares[above] @ np.abs(rho[above]) / shares[above].sum()
