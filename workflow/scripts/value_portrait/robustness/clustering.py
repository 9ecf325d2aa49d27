"""Standard errors that are robust to clusters, also where clusters are few and unequal."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import scipy

# Smaller numbers are rounding: an eigenvalue of what residuals keep of a cluster; an error, in units of the values.
ROUNDING = 1e-9
ROUNDED = round(-np.log10(ROUNDING))  # digits


class Contrast(NamedTuple):
    """A coefficient of least squares over n observations in G clusters.

    Attributes
    ----------
    weights : (n,), its estimate is the observations' sum with them.
    terms : (G, n), the squares of the observations' sums with them add up to its variance.
    df : degrees of freedom; below 4 p is only roughly right (Pustejovsky and Tipton 2018).

    All are NaN where the coefficient, or its error, hangs on a single cluster: nothing tells how clusters vary.
    """

    weights: np.ndarray
    terms: np.ndarray
    df: float

    def estimate(self, values: np.ndarray) -> np.ndarray:
        """The coefficient of each of ``values`` (..., n), as (...)."""
        estimate: np.ndarray = values @ self.weights
        return estimate

    def error(self, values: np.ndarray) -> np.ndarray:
        """Its standard error, as (...)."""
        error: np.ndarray = np.sqrt(((values @ self.terms.T) ** 2).sum(axis=-1))
        return error

    def half_width(self, values: np.ndarray) -> np.ndarray:
        """Half of its 95 % interval, as (...)."""
        width: np.ndarray = scipy.special.stdtrit(self.df, 0.975) * self.error(values)
        return width

    def p(self, values: np.ndarray) -> np.ndarray:
        """Two-sided p of a coefficient of 0, as (...); NaN where nothing varies."""
        error = self.error(values)
        varies = error > ROUNDING * np.abs(values).max(axis=-1, initial=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            t = np.where(varies, self.estimate(values) / error, np.nan)
        p: np.ndarray = 2 * scipy.special.stdtr(self.df, -np.abs(t))
        return p


def cluster_robust(design: np.ndarray, column: int, clusters: Sequence[object] | np.ndarray) -> Contrast:
    """The coefficient of a column of the ``design`` (n, k), by ``clusters`` (n,) of observations.

    The bias-reduced estimator CR2 with Satterthwaite's degrees of freedom (Bell and McCaffrey 2002, Survey Methodology
    28; Pustejovsky and Tipton 2018, Journal of Business & Economic Statistics 36), which holds its level with few and
    unequal clusters; working model: independent observations.
    """
    _, place = np.unique(np.asarray(clusters), return_inverse=True)
    n, groups = len(design), place.max(initial=-1) + 1
    unknown = Contrast(np.full(n, np.nan), np.full((groups, n), np.nan), np.nan)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return unknown
    basis, corner = np.linalg.qr(design)
    weights = np.linalg.solve(corner, basis.T)[column]
    terms = np.zeros((groups, n))
    for group in range(groups):
        own = place == group
        # What residuals keep of the cluster is I - QQ', n x n; its root is told by Q'Q, k x k.
        values, vectors = np.linalg.eigh(basis[own].T @ basis[own])
        kept = 1 - values
        if kept.min() < ROUNDING:
            return unknown
        turned, root = basis[own] @ vectors, np.sqrt(kept)
        adjusted = weights[own] + (weights[own] @ turned / (root * (1 + root))) @ turned.T
        terms[group, own] = adjusted
        terms[group] -= basis @ (adjusted @ basis[own])
    products = terms @ terms.T
    return Contrast(weights, terms, float(np.trace(products) ** 2 / (products**2).sum()))


def rank_slope(x: np.ndarray, clusters: Sequence[object] | np.ndarray) -> Contrast:
    """The slope of ranks on the ranks of ``x`` (n,): 0 where Spearman's rho is, for a test of it."""
    return cluster_robust(np.column_stack([np.ones(len(x)), pd.Series(x).rank()]), 1, clusters)
