"""The search for a rater's other profile, among all that a group's published correlations can tell apart.

Spearman's rho depends on scores by their order alone: a lost score has one of at most 2k + 1 positions among those of
the group's k other raters, between two neighbours or tied with one, and all of them can be tried.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from value_portrait.items.validation import correlate, correlation_p, survey_blocks, with_interval
from value_portrait.paper.certifying.stated import SAME_RANKS, TAG


@dataclass(frozen=True)
class SecondProfile:
    """What a search for another profile found.

    Attributes
    ----------
    positions : one row per dimension: participant_id, group, family, dimension; ``found``, whether a position makes
        most correlations of the group with the dimension exact (chance makes none, and one altered rating spoils one);
        ``n_exact``, how many it does, and ``n_positions``, how many positions do as well; the best position, by the
        number of the group's other raters ``n_below`` and ``n_tied``; the scores ``low`` and ``high`` that it lies
        between (equal when tied, infinite at the ends); ``stored_score``; ``n_correlations``; ``largest_difference``
        from the published correlations, and with the stored score, ``largest_difference_stored``.
    correlations : table ``correlations`` of the group's items with the best profile.
    """

    positions: pd.DataFrame
    correlations: pd.DataFrame

    @property
    def found(self) -> bool:
        """Whether every dimension has such a position."""
        return bool(self.positions["found"].all())


class Group:
    """A survey group beside its published correlations, in which anybody's profile can be tried.

    Parameters
    ----------
    survey, participants, published : tables ``survey``, ``participants`` and ``correlations``, of more than the group.
    """

    def __init__(self, survey: pd.DataFrame, participants: pd.DataFrame, published: pd.DataFrame, group: int) -> None:
        own = survey[survey["group"] == group].astype({"participant_id": str})
        self.group = group
        self.blocks = survey_blocks(own, participants)
        self.raters = sorted(own["participant_id"].unique())
        self.items = [item for block in self.blocks for item in block.items]
        people = participants[participants["participant_id"].isin(self.raters)]
        self.scores = people.pivot(index="participant_id", columns=["family", "dimension"], values="score")
        self.scores = self.scores.loc[self.raters]
        self.dimensions = self.blocks[0].dimensions
        texts = published[published["item_id"].isin(self.items)].astype(dict.fromkeys(TAG, str))
        self.target = texts.pivot(index="item_id", columns=["family", "dimension"], values="rho")
        self.target = self.target.reindex(index=self.items, columns=self.scores.columns)

    def gaps(self, scores: np.ndarray, dimensions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Correlations of all items with columns of scores (R, C), and their distance from the published, both (I, C).

        ``dimensions`` (C,) are the places of the published ones. The distance is 0 if both are null, else infinite.
        """
        rho = np.concatenate(
            [
                correlate(block.ratings, scores[[self.raters.index(rater) for rater in block.raters]], "spearman")
                for block in self.blocks
            ]
        )
        target = self.target.to_numpy()[:, dimensions]
        gap = np.nan_to_num(np.abs(rho - target), nan=np.inf)
        return rho, np.where(np.isnan(rho) & np.isnan(target), 0, gap)

    def most_exact(self, participant_id: str) -> int:
        """How many correlations the rater's best position on each dimension makes exact, over all dimensions."""
        _, gap, dimensions, _ = self._try_all(participant_id)
        exact = (gap <= SAME_RANKS).sum(axis=0)
        return int(sum(exact[dimensions == place].max() for place in np.unique(dimensions)))

    def search(self, participant_id: str) -> SecondProfile:
        """The profile of a rater that comes closest to the published Spearman correlations.

        Each dimension is searched by itself: the position that makes most of the group's correlations exact, and among
        equals the one with the smallest largest difference.
        """
        rho, gap, dimensions, others = self._try_all(participant_id)
        exact, largest = (gap <= SAME_RANKS).sum(axis=0), gap.max(axis=0)
        stored, n_items = self.scores.to_numpy(), len(self.items)
        as_stored = self.gaps(stored, np.arange(stored.shape[1]))[1].max(axis=0)
        rows, best = [], []
        for place, (family, dimension) in enumerate(self.dimensions):
            (own,) = np.nonzero(dimensions == place)
            chosen = own[np.lexsort((largest[own], -exact[own]))[0]]
            best.append(chosen)
            known = others[:, place]
            low, high = _interval(np.unique(known), chosen - own[0])
            rows.append(
                {
                    "participant_id": participant_id,
                    "group": self.group,
                    "family": family,
                    "dimension": dimension,
                    "found": bool(2 * exact[chosen] > n_items),
                    "n_exact": int(exact[chosen]),
                    "n_positions": int((exact[own] == exact[chosen]).sum()),
                    "n_below": int((known < high).sum()),
                    "n_tied": int((known == low).sum()) if low == high else 0,
                    "low": low,
                    "high": high,
                    "stored_score": stored[self.raters.index(participant_id), place],
                    "n_correlations": n_items,
                    "largest_difference": largest[chosen],
                    "largest_difference_stored": as_stored[place],
                }
            )
        families, names = zip(*self.dimensions, strict=True)
        n = np.repeat([len(block.raters) for block in self.blocks for _ in block.items], len(names))
        found = pd.DataFrame(
            {
                "item_id": np.repeat(self.items, len(names)),
                "family": np.tile(families, n_items),
                "dimension": np.tile(names, n_items),
                "n": n,
                "rho": rho[:, best].ravel(),
                "p": correlation_p(rho[:, best].ravel(), n),
            }
        )
        return SecondProfile(pd.DataFrame(rows), with_interval(found))

    def _try_all(self, participant_id: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Correlations and gaps (I, C) at all positions of a rater, their dimensions (C,), and the others' scores."""
        row = self.raters.index(participant_id)
        others = np.delete(self.scores.to_numpy(), row, axis=0)
        grids = [_try_positions(known, row) for known in others.T]
        dimensions = np.repeat(np.arange(len(grids)), [grid.shape[1] for grid in grids])
        return *self.gaps(np.hstack(grids), dimensions), dimensions, others


def _try_positions(others: np.ndarray, row: int) -> np.ndarray:
    """The scores ``others`` (R - 1,) of one dimension with one more at ``row`` in each of its positions: (R, 2k + 1).

    Positions go from 0 (below all others) to 2k (above all k levels). Scores are places in the order, times two plus
    one, so that even positions lie between neighbours: the middle of two unrounded scores can be one of the two.
    """
    levels, places = np.unique(others, return_inverse=True)
    positions = np.arange(2 * len(levels) + 1)
    return np.insert(np.repeat(2 * places[:, None] + 1, len(positions), axis=1), row, positions, axis=0)


def _interval(levels: np.ndarray, position: int) -> tuple[float, float]:
    """The neighbouring scores of a position, or twice the score that it is tied with."""
    if position % 2:
        return levels[position // 2], levels[position // 2]
    ends = np.concatenate([[-np.inf], levels, [np.inf]])
    return ends[position // 2], ends[position // 2 + 1]
