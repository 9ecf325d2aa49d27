"""Groups whose published correlations follow from another profile of somebody who rated in two groups.

The archive stores one questionnaire profile per participant. Who sat twice answered the questionnaire twice, so the
stored profile belongs to one sitting, and the published correlations of the other group may rest on one that is lost.
It can be sought; so can one be for every other rater, of whom no profile is missing: that is the control.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.paper.certifying.second_profiles import Group
from value_portrait.paper.certifying.stated import SAME_RANKS, TAG


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
    controls : one row per profile that was sought: participant_id, group, n_exact; and of all other raters of the group
        ``next_best``, whose best profile makes most correlations exact, and ``n_exact_next``.
    correlations : table ``correlations``, recomputed, with the second profiles that were found in place.
    """

    sittings: pd.DataFrame
    positions: pd.DataFrame
    controls: pd.DataFrame
    correlations: pd.DataFrame


def exactness_by_group(survey: pd.DataFrame, correlations: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """How many correlations of each survey group equal the published ones.

    Columns group, n_correlations, n_exact (differing by at most ``SAME_RANKS``) and largest_difference (infinite where
    one of the two is null).
    """
    both = _compare_by_group(survey, correlations, published)
    counts = both.groupby("group").agg(
        n_correlations=("exact", "size"), n_exact=("exact", "sum"), largest_difference=("difference", "max")
    )
    return counts.reset_index()


def repeated_sittings(survey: pd.DataFrame) -> pd.DataFrame:
    """The sittings (participant_id, group) of everybody who rated in more than one group."""
    sittings = survey[["participant_id", "group"]].drop_duplicates().astype({"participant_id": str})
    repeated = sittings.groupby("participant_id")["group"].transform("size") > 1
    return sittings[repeated].sort_values(["participant_id", "group"]).reset_index(drop=True)


def explain_by_second_profiles(
    survey: pd.DataFrame,
    participants: pd.DataFrame,
    correlations: pd.DataFrame,
    published: pd.DataFrame,
) -> Explanation:
    """Seek a second profile for one sitting of each repeated participant.

    A profile is sought where the stored one does not fit, and only if it fits the participant's other sittings: it
    must be somebody's, and a search that may mend every sitting mends anything.

    Parameters
    ----------
    correlations : table ``correlations`` recomputed with Spearman's method from ``survey`` and ``participants``.
    published : table ``correlations`` as published.
    """
    before = exactness_by_group(survey, correlations, published)
    sittings = repeated_sittings(survey).merge(before, on="group")
    exact = _compare_by_group(survey, correlations, published)
    shares = exact.groupby(["group", "family", "dimension"])["exact"].mean().groupby("group").min()
    sittings["stored_profile_fits"] = sittings["group"].map(shares) > 0.5
    misfits = (~sittings["stored_profile_fits"]).groupby(sittings["participant_id"]).transform("sum")
    profiles, found, controls, explained = [], {}, [], correlations
    row: Any
    for row in sittings[~sittings["stored_profile_fits"] & (misfits == 1)].itertuples():
        group = Group(survey, participants, published, row.group)
        profile = group.search(row.participant_id)
        profiles.append(profile.positions)
        found[row.Index] = profile.found
        if profile.found:
            explained = replace_correlations(explained, profile.correlations)
        makes = {rater: group.most_exact(rater) for rater in group.raters if rater != row.participant_id}
        next_best = max(makes, key=lambda rater: makes[rater])
        controls.append(
            {
                "participant_id": row.participant_id,
                "group": row.group,
                "n_exact": profile.positions["n_exact"].sum(),
                "next_best": next_best,
                "n_exact_next": makes[next_best],
            }
        )
    after = exactness_by_group(survey, explained, published)[["group", "n_exact"]]
    sittings = sittings.merge(after, on="group", suffixes=("", "_explained"))
    sittings["second_profile_found"] = pd.Series(found, dtype="boolean").reindex(sittings.index)
    positions = pd.concat(profiles, ignore_index=True) if profiles else pd.DataFrame()
    return Explanation(sittings, positions, pd.DataFrame(controls), explained)


def replace_correlations(correlations: pd.DataFrame, replacement: pd.DataFrame) -> pd.DataFrame:
    """The table ``correlations`` with the rows of ``replacement`` in place of its own, in its own order."""
    order = pd.MultiIndex.from_frame(correlations[TAG].astype(str))
    new = replacement.set_index(pd.MultiIndex.from_frame(replacement[TAG].astype(str))).drop(columns=TAG)
    values = pd.concat([correlations.set_axis(order)[new.columns].drop(new.index), new]).reindex(order)
    return correlations.assign(**{name: values[name].to_numpy() for name in new.columns})


def _compare_by_group(survey: pd.DataFrame, correlations: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    both = _compare(correlations, published)
    both["group"] = both["item_id"].map(survey.drop_duplicates("item_id").set_index("item_id")["group"])
    return both.assign(exact=both["difference"] <= SAME_RANKS)


def _compare(correlations: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """The published correlations beside ours, with their absolute ``difference``: 0 if both are null, else infinite."""
    texts = dict.fromkeys(TAG, str)
    theirs = published[[*TAG, "rho"]].rename(columns={"rho": "published_rho"}).astype(texts)
    both = theirs.merge(correlations.astype(texts), on=TAG, how="left")
    difference = (both["rho"] - both["published_rho"]).abs().fillna(np.inf)
    return both.assign(difference=difference.mask(both["rho"].isna() & both["published_rho"].isna(), 0))
