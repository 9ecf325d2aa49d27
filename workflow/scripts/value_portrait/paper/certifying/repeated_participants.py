"""Groups whose published correlations follow from another profile of somebody who rated in two groups.

The archive stores one questionnaire profile per participant. Who sat twice answered the questionnaire twice, so the
stored profile belongs to one sitting, and the published correlations of the other group may rest on one that is lost.
Spearman's rho depends on scores by their order alone: the lost score has one of at most 2k + 1 positions among those
of the group's k other raters, between two neighbours or tied with one, and all of them can be tried. Two lost profiles
in one group are not sought.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from value_portrait.items.validation import correlate_items
from value_portrait.paper.certifying.paper import TAG

# Equal ranks give correlations that differ by arithmetic alone (below 1e-15). The smallest change of ranks, one tie
# more between two of k raters who gave the same rating, moves rho by 3 rho / k^3: 3e-5 of itself at 48 raters.
TOLERANCE = 1e-12


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


@dataclass(frozen=True)
class Explanation:
    """How far second profiles explain the published correlations.

    Attributes
    ----------
    sittings : one row per repeated participant and group: participant_id, group, n_correlations; ``n_exact`` and
        ``largest_difference`` with the stored profile; ``stored_profile_fits``, whether it makes most correlations with
        each dimension exact; ``second_profile_found`` (null where none was sought), and ``n_exact_explained``, with it
        in place.
    positions : those of all ``SecondProfile``.
    correlations : table ``correlations``, recomputed, with the second profiles that were found in place.
    """

    sittings: pd.DataFrame
    positions: pd.DataFrame
    correlations: pd.DataFrame


def exactness_by_group(
    survey: pd.DataFrame, correlations: pd.DataFrame, published: pd.DataFrame, tolerance: float = TOLERANCE
) -> pd.DataFrame:
    """How many correlations of each survey group equal the published ones.

    Columns group, n_correlations, n_exact (differing by at most ``tolerance``) and largest_difference (infinite where
    one of the two is null).
    """
    both = _compare_by_group(survey, correlations, published, tolerance)
    counts = both.groupby("group").agg(
        n_correlations=("exact", "size"), n_exact=("exact", "sum"), largest_difference=("difference", "max")
    )
    return counts.reset_index()


def repeated_sittings(survey: pd.DataFrame) -> pd.DataFrame:
    """The sittings (participant_id, group) of everybody who rated in more than one group."""
    sittings = survey[["participant_id", "group"]].drop_duplicates().astype({"participant_id": str})
    repeated = sittings.groupby("participant_id")["group"].transform("size") > 1
    return sittings[repeated].sort_values(["participant_id", "group"]).reset_index(drop=True)


def search_profile(
    survey: pd.DataFrame,
    participants: pd.DataFrame,
    published: pd.DataFrame,
    participant_id: str,
    group: int,
    tolerance: float = TOLERANCE,
) -> SecondProfile:
    """The profile of a participant that comes closest to the published Spearman correlations of a group.

    Each dimension is searched by itself: the position that makes most of the group's correlations exact, and among
    equals the one with the smallest largest difference.
    """
    block = survey[survey["group"] == group].astype({"participant_id": str})
    scores = participants.astype({"participant_id": str, "family": str, "dimension": str})
    scores = scores[scores["participant_id"].isin(block["participant_id"])]
    pairs = scores[["family", "dimension"]].drop_duplicates().itertuples(index=False, name=None)
    grids = []
    others: dict[tuple[str, str], np.ndarray] = {}
    for family, dimension in pairs:
        rest = scores[(scores["family"] == family) & (scores["dimension"] == dimension)]
        rest = rest[rest["participant_id"] != participant_id]
        grids.append(_try_positions(rest, participant_id, len(others)))
        others[family, dimension] = rest["score"].to_numpy()
    dimensions = pd.DataFrame(list(others), columns=["family", "dimension"])
    # Every position goes through the workflow's own correlation as if it were a dimension of its own.
    tried = correlate_items(block, pd.concat(grids)).rename(columns={"family": "number", "dimension": "position"})
    target = published[published["item_id"].isin(block["item_id"])]
    tried = _compare(tried.join(dimensions, on="number"), target)
    tried["exact"] = tried["difference"] <= tolerance
    fits = tried.groupby(["family", "dimension", "position"], sort=False, as_index=False).agg(
        n_exact=("exact", "sum"), largest=("difference", "max")
    )
    stored = scores[scores["participant_id"] == participant_id].set_index(["family", "dimension"])["score"]
    stored_fit = _compare(correlate_items(block, scores), target).groupby(["family", "dimension"])["difference"].max()
    rows, best = [], []
    for (family, dimension), known in others.items():
        own = fits[(fits["family"] == family) & (fits["dimension"] == dimension)]
        own = own.sort_values(["n_exact", "largest"], ascending=[False, True])
        position, n_exact = int(own["position"].iloc[0]), int(own["n_exact"].iloc[0])
        low, high = _interval(np.unique(known), position)
        best.append((family, dimension, position))
        rows.append(
            {
                "participant_id": participant_id,
                "group": group,
                "family": family,
                "dimension": dimension,
                "found": 2 * n_exact > block["item_id"].nunique(),
                "n_exact": n_exact,
                "n_positions": int((own["n_exact"] == n_exact).sum()),
                "n_below": int((known < high).sum()),
                "n_tied": int((known == low).sum()) if low == high else 0,
                "low": low,
                "high": high,
                "stored_score": stored[family, dimension],
                "n_correlations": block["item_id"].nunique(),
                "largest_difference": own["largest"].iloc[0],
                "largest_difference_stored": stored_fit[family, dimension],
            }
        )
    chosen = pd.DataFrame(best, columns=["family", "dimension", "position"])
    chosen = chosen.merge(tried, on=["family", "dimension", "position"])
    return SecondProfile(pd.DataFrame(rows), chosen[[*TAG, "n", "rho", "p", "ci_low", "ci_high"]])


def explain_by_second_profiles(
    survey: pd.DataFrame,
    participants: pd.DataFrame,
    correlations: pd.DataFrame,
    published: pd.DataFrame,
    tolerance: float = TOLERANCE,
) -> Explanation:
    """Seek a second profile for each sitting of a repeated participant in a group that differs from the published one.

    Parameters
    ----------
    correlations : table ``correlations`` recomputed with Spearman's method from ``survey`` and ``participants``.
    published : table ``correlations`` as published.
    """
    before = exactness_by_group(survey, correlations, published, tolerance)
    sittings = repeated_sittings(survey).merge(before, on="group")
    exact = _compare_by_group(survey, correlations, published, tolerance)
    shares = exact.groupby(["group", "family", "dimension"])["exact"].mean().groupby("group").min()
    sittings["stored_profile_fits"] = sittings["group"].map(shares) > 0.5
    sought: dict[int, SecondProfile] = {}
    explained = correlations
    people, groups, fits = (sittings[name].tolist() for name in ("participant_id", "group", "stored_profile_fits"))
    for row, (who, group) in enumerate(zip(people, groups, strict=True)):
        if not fits[row]:
            sought[row] = search_profile(survey, participants, published, who, group, tolerance)
            if sought[row].found:
                explained = replace_correlations(explained, sought[row].correlations)
    after = exactness_by_group(survey, explained, published, tolerance)[["group", "n_exact"]]
    sittings = sittings.merge(after, on="group", suffixes=("", "_explained"))
    found = pd.Series({row: profile.found for row, profile in sought.items()}, dtype="boolean")
    sittings["second_profile_found"] = found.reindex(sittings.index)
    positions = [profile.positions for profile in sought.values()]
    return Explanation(sittings, pd.concat(positions, ignore_index=True) if positions else pd.DataFrame(), explained)


def replace_correlations(correlations: pd.DataFrame, replacement: pd.DataFrame) -> pd.DataFrame:
    """The table ``correlations`` with the rows of ``replacement`` in place of its own, in its own order."""
    order = pd.MultiIndex.from_frame(correlations[TAG].astype(str))
    new = replacement.set_index(pd.MultiIndex.from_frame(replacement[TAG].astype(str))).drop(columns=TAG)
    values = pd.concat([correlations.set_axis(order)[new.columns].drop(new.index), new]).reindex(order)
    return correlations.assign(**{name: values[name].to_numpy() for name in new.columns})


def _try_positions(others: pd.DataFrame, participant_id: str, number: int) -> pd.DataFrame:
    """The scores ``others`` of one dimension, completed by every possible position of one more participant.

    The result has the columns of the table ``participants``; dimension ``number`` is the family, the position, from 0
    (below all others) to 2k (above), the dimension. Scores are places in the order, times two plus one, so that even
    positions lie between neighbours: the middle of two unrounded scores can be one of the two.
    """
    levels, places = np.unique(others["score"], return_inverse=True)
    positions = np.arange(2 * len(levels) + 1)
    raters = [*others["participant_id"], participant_id]
    grid = np.vstack([np.repeat(2 * places[:, None] + 1, len(positions), axis=1), positions])
    return pd.DataFrame(
        {
            "participant_id": np.repeat(raters, len(positions)),
            "family": number,
            "dimension": np.tile(positions, len(raters)),
            "score": grid.ravel(),
        }
    )


def _interval(levels: np.ndarray, position: int) -> tuple[float, float]:
    """The neighbouring scores of a position, or twice the score that it is tied with."""
    if position % 2:
        return levels[position // 2], levels[position // 2]
    ends = np.concatenate([[-np.inf], levels, [np.inf]])
    return ends[position // 2], ends[position // 2 + 1]


def _compare_by_group(
    survey: pd.DataFrame, correlations: pd.DataFrame, published: pd.DataFrame, tolerance: float
) -> pd.DataFrame:
    both = _compare(correlations, published)
    both["group"] = both["item_id"].map(survey.drop_duplicates("item_id").set_index("item_id")["group"])
    return both.assign(exact=both["difference"] <= tolerance)


def _compare(correlations: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """The published correlations beside ours, with their absolute ``difference``: 0 if both are null, else infinite."""
    texts = dict.fromkeys(TAG, str)
    theirs = published[[*TAG, "rho"]].rename(columns={"rho": "published_rho"}).astype(texts)
    both = theirs.merge(correlations.astype(texts), on=TAG, how="left")
    difference = (both["rho"] - both["published_rho"]).abs().fillna(np.inf)
    return both.assign(difference=difference.mask(both["rho"].isna() & both["published_rho"].isna(), 0))
