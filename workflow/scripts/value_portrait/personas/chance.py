"""How far personas agree with people by chance: their effects dealt to the values in another order."""

import math
from itertools import permutations, product

import numpy as np
import pandas as pd

from value_portrait.randomness import named_generator

BY_CHANCE = ("same_sign_expected", "same_sign_p", "rho_p")
ROUNDING = 1e-9


def agreement_by_chance(
    p: np.ndarray, h: np.ndarray, groups: np.ndarray, dimensions: np.ndarray, resamples: int, seed: int
) -> dict[str, float]:
    """What signs that agree and Spearman's rho are worth: a permutation test of which value has which effects.

    Null: which of its effects a persona has on which value has nothing to do with people. The values' labels on the
    personas' side change places, the same way for all groups, so that what the groups share, and every effect's size
    and sign, stays as it is; people stay, too. That is no toss of a coin for each sign: centred effects add up to about
    zero, so their signs depend on each other, and a side that is mostly positive agrees more or less often whatever
    the order. Values count as exchangeable: where related ones go together on both sides, p is too small. Simulated, if
    half of the variance of ten values is a wave round their circle on either side, rho has p below .05 in 12 % of cases
    without any agreement, the signs in 4 %.

    Parameters
    ----------
    p, h : effects of personas and people by cell. groups, dimensions : those of the cells; each pair once.
    resamples : permutations drawn. If there are no more than that in all, each is taken once, and p is exact.

    Returns
    -------
    ``same_sign_expected``, the mean number of signs that agree over all permutations (exact), and the p-values of that
    number and of rho (one-sided: as high or higher, out of 1 + ``resamples`` with the labels at hand among them).
    Values that some groups lack change places only with those that the same groups have. All are NaN where no value can
    change places (one value), the last also where a side is constant. Two values give no p below 1/2, three none below
    1/6.
    """
    rows, columns = (pd.factorize(labels)[0] for labels in (groups, dimensions))
    shape = (rows.max() + 1, columns.max() + 1)

    def arrange(cells: np.ndarray) -> np.ndarray:
        matrix = np.zeros(shape)
        matrix[rows, columns] = cells
        return matrix

    kinds = np.unique(arrange(np.ones(len(p))), axis=1, return_inverse=True)[1].ravel()
    orders = _deal(kinds, resamples, seed)
    if len(orders) == 1:
        return dict.fromkeys(BY_CHANCE, np.nan)
    rises, falls = ((arrange(p * side > 0), arrange(h * side > 0)) for side in (1, -1))
    same = rises[0].T @ rises[1] + falls[0].T @ falls[1]
    alike = kinds[:, None] == kinds
    ranks = [pd.Series(side).rank().to_numpy() for side in (p, h)]
    own, other = (arrange(side - side.mean()) for side in ranks)
    expected = float((same * alike / alike.sum(axis=0)).sum())
    rho_p = _share(own.T @ other, orders) if own.any() and other.any() else np.nan
    return dict(zip(BY_CHANCE, (expected, _share(same, orders), rho_p), strict=True))


def _deal(kinds: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Orders of the values, (n, D), the one at hand first; values change places with those of their kind."""
    places = [np.flatnonzero(kinds == kind) for kind in np.unique(kinds)]
    number = math.prod(math.factorial(len(own)) for own in places)
    if number <= resamples:
        orders = np.empty((number, len(kinds)), int)
        orders[:, np.concatenate(places)] = [sum(dealt, ()) for dealt in product(*map(permutations, places))]
        return orders
    orders = np.tile(np.arange(len(kinds)), (1 + resamples, 1))
    rng = named_generator("personas and people by chance", seed)
    for own in places:
        orders[1:, own] = rng.permuted(orders[1:, own], axis=1)
    return orders


def _share(together: np.ndarray, orders: np.ndarray) -> float:
    """Share of orders with sums of at least the first one's; (D, D), persona's value by people's."""
    sums = together[orders, np.arange(len(together))].sum(axis=1)
    return float((sums >= sums[0] - ROUNDING).mean())
