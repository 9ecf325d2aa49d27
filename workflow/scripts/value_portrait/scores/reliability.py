"""Reliability of every dimension: Cronbach's alpha among models and among the human raters, omega among models."""

import numpy as np
import pandas as pd
import scipy

from value_portrait.instrument import Instrument
from value_portrait.items.validation import Z_95
from value_portrait.scores.ratings import Ratings

# The smallest share of an item's variance that may be its own, as in R's factanal: likelihoods grow without end at 0.
LEAST_UNIQUENESS = 0.005
ROUNDING = 1e-9


def reliability_of_models(
    ratings: Ratings, key: pd.DataFrame, observations: str, instrument: Instrument
) -> pd.DataFrame:
    """Alpha and omega over models (table ``reliability``, source ``models``).

    Alpha has Feldt's interval; omega has none, for no closed form holds without normal ratings.

    Parameters
    ----------
    observations : a row is a model under one prompt version (``model_by_version``) or a model's averages (``model``).
        Rows that lack a rating on one of the dimension's items are left out.
    """
    frame = pd.DataFrame(ratings.observations(observations), columns=ratings.items)
    rows = []
    for family, dimension in instrument.dimensions:
        items = keyed_items(frame, key, family, dimension, instrument)
        about = {"source": "models", "family": family, "dimension": dimension, "n_groups": 1}
        rows.append(about | {"coefficient": "alpha"} | _alpha(items))
        omega = {"estimate": mcdonald_omega(items.to_numpy()), "ci_low": np.nan, "ci_high": np.nan}
        rows.append(about | {"coefficient": "omega"} | _size(items) | omega)
    return pd.DataFrame(rows)


def alphas_of_groups(survey: pd.DataFrame, key: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Alpha of every dimension within each survey group that has one (table ``rater_alphas``), by pingouin.

    Each group rated its own items: those of a dimension's items that it rated enter. There is no row for a group with
    fewer than two of them, or fewer than three raters, or whose sums are all the same; nor for one whose items agree
    entirely, for an alpha of 1 has no error by which it could be pooled.
    """
    import pingouin  # takes longer than all else here, and whoever needs the formulas alone should not wait for it

    rows = []
    for number, wide in survey.groupby("group"):
        rated = wide.pivot(index="participant_id", columns="item_id", values="rating").astype(float)
        for family, dimension in instrument.dimensions:
            items = keyed_items(rated, key, family, dimension, instrument)
            if not has_alpha(items.to_numpy()):
                continue
            alpha = float(pingouin.cronbach_alpha(data=items)[0])
            if alpha < 1 - ROUNDING:
                about = {"group": number, "family": family, "dimension": dimension}
                rows.append(about | _size(items) | {"alpha": alpha})
    return pd.DataFrame(rows, columns=["group", "family", "dimension", "n_items", "n_observations", "alpha"])


def reliability_of_raters(groups: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Alpha over the human raters (table ``reliability``, source ``raters``), pooled over survey groups.

    ``groups`` as by ``alphas_of_groups``. They are pooled by inverse variance after the transformation
    (1 - alpha)^(1/3) of Hakstian and Whalen (1976, Psychometrika 41), as reliability generalisation does (Rodriguez and
    Maeda 2006, Psychological Methods 11). ``n_items`` and ``n_observations`` are sums over the groups. Omega is left
    out: a group has too few raters and items of a dimension for a model of their factor, and it has no variance by
    which groups could be pooled.
    """
    rows = []
    for family, dimension in instrument.dimensions:
        own = groups[(groups["family"] == family) & (groups["dimension"] == dimension)]
        rows.append(
            {
                "source": "raters",
                "family": family,
                "dimension": dimension,
                "coefficient": "alpha",
                "n_groups": len(own),
                "n_items": own["n_items"].sum(),
                "n_observations": own["n_observations"].sum(),
                **_pool(own["alpha"].to_numpy(), own["n_observations"].to_numpy(), own["n_items"].to_numpy()),
            }
        )
    return pd.DataFrame(rows)


def has_alpha(rated: np.ndarray) -> bool:
    """Whether the columns of ``rated`` (N, k), without gaps, have an alpha: two of them, three rows, sums that vary."""
    n, k = rated.shape
    return n >= 3 and k >= 2 and bool(rated.sum(axis=1).var() > 0)


def cronbach_alpha(rated: np.ndarray) -> float:
    """Cronbach's alpha of the columns of ``rated`` (N, k), without gaps; NaN where there is none (``has_alpha``).

    k / (k - 1) * (1 - sum of the columns' variances / variance of the rows' sums) (Cronbach 1951, Psychometrika 16).
    """
    if not has_alpha(rated):
        return np.nan
    k = rated.shape[1]
    return float(k / (k - 1) * (1 - rated.var(axis=0, ddof=1).sum() / rated.sum(axis=1).var(ddof=1)))


def feldt_interval(alpha: float, n: int, k: int) -> tuple[float, float]:
    """The 95 % interval of an alpha over n rows and k items.

    (1 - alpha) over (1 - its estimate) follows an F distribution with n - 1 and (n - 1)(k - 1) degrees of freedom
    (Feldt, Woodruff and Salih 1987, Applied Psychological Measurement 11, 93-103).
    """
    low, high = (1 - (1 - alpha) * scipy.special.fdtri(n - 1, (n - 1) * (k - 1), p) for p in (0.975, 0.025))
    return float(low), float(high)


def transform_alpha(alpha: np.ndarray, n: np.ndarray, k: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(1 - alpha)^(1/3), which is nearly normal, and its variance, of alphas over n rows and k items each.

    Hakstian and Whalen (1976, Psychometrika 41).
    """
    transformed = np.cbrt(1 - alpha)
    return transformed, 18 * k * (n - 1) * transformed**2 / ((k - 1) * (9 * n - 11) ** 2)


def mcdonald_omega(rated: np.ndarray) -> float:
    """McDonald's omega of the columns of ``rated`` (N, k), without gaps.

    omega = (sum of the loadings)² / ((sum of the loadings)² + sum of the uniquenesses) of a model with one factor
    (McDonald 1999, Test Theory: A Unified Treatment, eq. 6.20b). Items that do not vary add nothing to either. NaN
    where the model is not identified (fewer than three items that vary, or no more rows than these) or its
    estimation did not converge.
    """
    varying = rated[:, np.ptp(rated, axis=0) > 0] if len(rated) else rated[:, :0]
    n, k = varying.shape
    if k < 3 or n <= k:
        return np.nan
    return omega_of(np.cov(varying, rowvar=False))


def omega_of(covariance: np.ndarray) -> float:
    """Omega of a covariance matrix (k, k) by maximum likelihood, k at least 3; NaN where that does not converge.

    For given uniquenesses the best loadings follow from the largest root of the matrix scaled by them, which leaves a
    function of the uniquenesses alone to be minimised (Jöreskog 1967, Psychometrika 32). They stay between
    ``LEAST_UNIQUENESS`` and 1 of their item's variance; loadings may have either sign.
    """
    sd = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(sd, sd)

    def loadings(own: np.ndarray) -> tuple[np.ndarray, float]:
        roots, vectors = np.linalg.eigh(correlation / np.sqrt(np.outer(own, own)))
        return np.sqrt(own * max(roots[-1] - 1, 0)) * vectors[:, -1], max(roots[-1], 1)

    def misfit(logs: np.ndarray) -> tuple[float, np.ndarray]:
        own = np.exp(logs)
        common, root = loadings(own)
        # Up to a constant: log |model| + trace(model⁻¹ correlation), and its slope by the logs.
        return float(logs.sum() + np.log(root) - root + (1 / own).sum()), (common**2 + own - 1) / own

    bounds = [(np.log(LEAST_UNIQUENESS), 0.0)] * len(sd)
    start = np.full(len(sd), np.log(0.5))
    options = {"ftol": 1e-15, "gtol": 1e-9}
    found = scipy.optimize.minimize(misfit, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    # Not by the search's own word: where rounding hides the last improvement it calls an optimum a failure.
    downhill = found.x - np.clip(found.x - found.jac, *np.transpose(bounds))
    if np.abs(downhill).max() > 1e-6:
        return np.nan
    own = np.exp(found.x)
    common = float((loadings(own)[0] @ sd) ** 2)
    return common / (common + float(own @ sd**2))


def keyed_items(
    ratings: pd.DataFrame, key: pd.DataFrame, family: str, dimension: str, instrument: Instrument
) -> pd.DataFrame:
    """The complete rows of a dimension's items (columns of ``ratings``), negative items mirrored."""
    own = key[(key["family"] == family) & (key["dimension"] == dimension)]
    own = own[np.array([item in ratings.columns for item in own["item_id"]], bool)]
    columns = ratings[own["item_id"]]
    negative = own.loc[own["polarity"] < 0, "item_id"]
    return columns.assign(**{str(item): instrument.mirror - columns[item] for item in negative}).dropna()


def _size(items: pd.DataFrame) -> dict[str, float]:
    return {"n_items": items.shape[1], "n_observations": items.shape[0]}


def _alpha(items: pd.DataFrame) -> dict[str, float]:
    alpha = cronbach_alpha(items.to_numpy())
    low, high = feldt_interval(alpha, *items.shape) if np.isfinite(alpha) else (np.nan, np.nan)
    return _size(items) | {"estimate": alpha, "ci_low": low, "ci_high": high}


def _pool(alpha: np.ndarray, n: np.ndarray, items: np.ndarray) -> dict[str, float]:
    if not len(alpha):
        return {"estimate": np.nan, "ci_low": np.nan, "ci_high": np.nan}
    transformed, variance = transform_alpha(alpha, n, items)
    weight = 1 / variance
    mean, error = (weight * transformed).sum() / weight.sum(), 1 / np.sqrt(weight.sum())
    return {
        "estimate": 1 - mean**3,
        "ci_low": 1 - (mean + Z_95 * error) ** 3,
        "ci_high": 1 - (mean - Z_95 * error) ** 3,
    }
