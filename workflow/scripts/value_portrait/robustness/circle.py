"""How well dimensions lie on the instrument's circle, and what distances of tags on it say."""

from itertools import permutations
from math import factorial

import numpy as np

# So many arrangements of the dimensions are gone through one by one; of more a sample is drawn.
MAX_ARRANGEMENTS = 5040
# Statistics that are equal but for rounding count as equal.
ROUNDING = 1e-9
# Predictions of order times matrices that are compared at once.
AT_ONCE = 10_000_000


def circle_steps(size: int) -> np.ndarray:
    """Steps along the circle between any two of ``size`` equally spaced places, (size, size) int."""
    gap = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    return np.minimum(gap, size - gap)


def fit_circle(correlations: np.ndarray, places: np.ndarray, size: int) -> dict[str, np.ndarray]:
    """How well matrices of correlations (K, P, P) fit P places of a circle of ``size``: three statistics, each (K,).

    cosine_r2 : R² of the correlations of pairs as a cos(angle between them) + b with a >= 0 (Browne 1992,
        Psychometrika 57, eq. 7 with one component); 0 where a would be negative.
    correspondence_index : of all predictions that a pair fewer steps apart correlates higher than one more steps
        apart, the share met less the share violated (Hubert and Arabie 1987, Psychological Bulletin 102; Rounds,
        Tracey and Hubert 1992, Journal of Vocational Behavior 40); pairs that correlate the same count as neither.
    congruence : Tucker's coefficient of congruence between the places on the circle and two dimensions of a classical
        multidimensional scaling with squared distances 2 (1 - r), after Procrustes rotation (Gower 1975, Psychometrika
        40): the root of 1 - SciPy's ``procrustes`` disparity.

    NaN where a correlation is missing, where all are the same, or where fewer than 4 places leave nothing to fit.
    """
    names = ("cosine_r2", "correspondence_index", "congruence")
    fitted = {name: np.full(len(correlations), np.nan) for name in names}
    whole = np.isfinite(correlations).all(axis=(1, 2))
    if len(places) < 4 or not whole.any():
        return fitted
    own = correlations[whole].astype(float)
    steps = circle_steps(size)[np.ix_(places, places)]
    pairs = np.triu_indices(len(places), 1)
    of_pairs = own[:, pairs[0], pairs[1]]
    fitted["cosine_r2"][whole] = _cosine_r2(of_pairs, np.cos(2 * np.pi * steps[pairs] / size))
    fitted["correspondence_index"][whole] = _correspondence(of_pairs, steps[pairs])
    angles = 2 * np.pi * places / size
    fitted["congruence"][whole] = _congruence(own, np.stack([np.cos(angles), np.sin(angles)], axis=1))
    varies = np.ptp(of_pairs, axis=1) > ROUNDING
    for values in fitted.values():
        values[np.flatnonzero(whole)[~varies]] = np.nan
    return fitted


def arrangements(size: int, draws: int, random: np.random.Generator) -> tuple[np.ndarray, bool]:
    """Orders of ``size`` dimensions, one a row, and whether these are all there are; else ``draws`` at random."""
    if factorial(size) <= MAX_ARRANGEMENTS:
        return np.array(list(permutations(range(size))), np.intp), True
    return random.permuted(np.tile(np.arange(size), (draws, 1)), axis=1), False


def rearranged(matrix: np.ndarray, orders: np.ndarray) -> np.ndarray:
    """A matrix (P, P) with its rows and columns in each of the orders (K, P), as (K, P, P)."""
    return matrix[orders[:, :, None], orders[:, None, :]]


def share_as_extreme(value: float, reference: np.ndarray, complete: bool = False, lower: bool = False) -> float:
    """p: the share of a reference distribution at least as high as the value, or as low if ``lower``.

    (1 + count) / (1 + n) of n draws at random (Davison and Hinkley 1997, eq. 4.11), count / n of all arrangements,
    which hold the value's own. NaN without a value or a reference.
    """
    reference = reference[np.isfinite(reference)]
    if not np.isfinite(value) or not len(reference):
        return float("nan")
    count = (reference <= value + ROUNDING).sum() if lower else (reference >= value - ROUNDING).sum()
    return float(count / len(reference) if complete else (1 + count) / (1 + len(reference)))


def tag_pairs(tagged: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many items have tags on both of two dimensions, of the same sign and of opposite signs: each (K, D, D).

    ``tagged`` (K, I, D) holds 1, -1 or 0 for no tag.
    """
    high, low = (tagged > 0).astype(np.float32), (tagged < 0).astype(np.float32)
    turned_high, turned_low = (values.transpose(0, 2, 1) for values in (high, low))
    return turned_high @ high + turned_low @ low, turned_high @ low + turned_low @ high


def mean_steps(pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean number of steps on the circle over pairs of tags (K, D, D), and the number of pairs; NaN without any.

    The same as ``coverage.mean_distance``, for many keys at once.
    """
    above = np.triu_indices(pairs.shape[1], 1)
    own = pairs[:, above[0], above[1]].astype(float)
    total = own.sum(axis=1)
    return own @ circle_steps(pairs.shape[1])[above] / np.where(total, total, np.nan), total


def _cosine_r2(of_pairs: np.ndarray, cosine: np.ndarray) -> np.ndarray:
    x = cosine - cosine.mean()
    y = of_pairs - of_pairs.mean(axis=1, keepdims=True)
    spread = (y**2).sum(axis=1) * (x**2).sum()
    return np.maximum(y @ x, 0) ** 2 / np.where(spread > 0, spread, np.nan)


def _correspondence(of_pairs: np.ndarray, steps: np.ndarray) -> np.ndarray:
    closer, farther = np.nonzero(steps[:, None] < steps[None, :])
    block = max(AT_ONCE // len(closer), 1)
    return np.concatenate(
        [
            np.sign(part[:, closer] - part[:, farther]).mean(axis=1)
            for part in (of_pairs[start : start + block] for start in range(0, len(of_pairs), block))
        ]
    )


def _congruence(correlations: np.ndarray, target: np.ndarray) -> np.ndarray:
    def centred(values: np.ndarray, axis: int) -> np.ndarray:
        return values - values.mean(axis=axis, keepdims=True)

    # With squared distances 2 (1 - r) Torgerson's matrix of scalar products is the doubly centred r.
    values, vectors = np.linalg.eigh(centred(centred(correlations, 1), 2))
    points = vectors[:, :, -2:] * np.sqrt(np.maximum(values[:, None, -2:], 0))
    target = centred(target, 0)
    matched = np.linalg.svd(points.transpose(0, 2, 1) @ target, compute_uv=False).sum(axis=1)
    length = np.linalg.norm(points, axis=(1, 2)) * np.linalg.norm(target)
    return matched / np.where(length > 0, length, np.nan)
