"""The causes of differing correlations put to the test: participants in two groups, ties, another implementation."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from value_portrait.items.validation import correlate_items, drop_repeated_participants, select_items
from value_portrait.paper.certifying.findings import Finding, two_routes
from value_portrait.paper.certifying.repeated_participants import (
    Explanation,
    exactness_by_group,
    explain_by_second_profiles,
)
from value_portrait.paper.certifying.rounding import trace_rounding
from value_portrait.paper.certifying.stated import MAX_P, SAME_RANKS, TAG, THRESHOLD, TWO_PROFILES

# Scores rounded to so many digits tie where they are equal on the questionnaire.
DIGITS = 6


@dataclass(frozen=True)
class CorrelationEvidence:
    """What was recomputed and found.

    Attributes
    ----------
    recomputed, explained, without_repeated : tables ``correlations``: from the raw surveys; with second profiles in
        place; and without the participants in two groups.
    second_profiles : one row per dimension of each, as in ``SecondProfile.positions``.
    """

    recomputed: pd.DataFrame
    explained: pd.DataFrame
    without_repeated: pd.DataFrame
    second_profiles: pd.DataFrame
    findings: list[Finding | None]


def examine_correlations(
    survey: pd.DataFrame, participants: pd.DataFrame, published: pd.DataFrame
) -> CorrelationEvidence:
    """Recompute all correlations and test what could make them differ from the ``published`` ones."""
    recomputed = correlate_items(survey, participants)
    explanation = explain_by_second_profiles(survey, participants, recomputed, published)
    return CorrelationEvidence(
        recomputed,
        explanation.correlations,
        correlate_items(drop_repeated_participants(survey), participants),
        explanation.positions,
        [
            _two_profiles(explanation),
            _rounding(survey, participants, recomputed, published),
            two_routes(
                "Spearman's rho",
                "All correlations",
                {
                    "all items of a group at once": recomputed["rho"].to_numpy(),
                    "SciPy's spearmanr": spearman_by_scipy(survey, participants, recomputed),
                },
                SAME_RANKS,
            ),
        ],
    )


def spearman_by_scipy(survey: pd.DataFrame, participants: pd.DataFrame, correlations: pd.DataFrame) -> np.ndarray:
    """Spearman's rho of every row of ``correlations`` by SciPy: one call for a group's items without a gap together.

    An item that somebody in the group left out has a call of its own.
    """
    scores = participants.pivot(index="participant_id", columns=["family", "dimension"], values="score")
    frames = []
    for _, own in survey.groupby("group"):
        wide = own.pivot(index="participant_id", columns="item_id", values="rating").astype(float)
        whole = wide.notna().all()
        for rated in (wide.loc[:, whole], *(wide[[item]].dropna() for item in wide.columns[~whole])):
            if rated.shape[1]:
                rho = np.atleast_2d(stats.spearmanr(rated, scores.loc[list(rated.index)]).statistic)
                between = rho[: rated.shape[1], -scores.shape[1] :]
                frames.append(pd.DataFrame(between, index=rated.columns.astype(str), columns=scores.columns))
    table = pd.concat(frames)
    rows = table.index.get_indexer(pd.Index(correlations["item_id"].astype(str)))
    columns = table.columns.get_indexer(pd.MultiIndex.from_frame(correlations[["family", "dimension"]].astype(str)))
    return table.to_numpy()[rows, columns]


def _two_profiles(explanation: Explanation) -> Finding:
    sittings, positions, controls = explanation.sittings, explanation.positions, explanation.controls
    sought = sittings[sittings["second_profile_found"].notna()]
    words = []
    for row, control in zip(sought.itertuples(), controls.itertuples(), strict=True):
        own = positions[(positions["participant_id"] == row.participant_id) & (positions["group"] == row.group)]
        other = own["largest_difference_stored"] > SAME_RANKS
        words.append(
            f"in group {row.group} {row.n_exact} of {row.n_correlations} correlations are exact with the stored "
            f"profile, {row.n_exact_explained} with a second one: {other.sum()} of {len(own)} dimensions need another "
            f"score, and on {(own['n_positions'] == 1).sum()} exactly one position among the raters does it; another "
            f"profile of any other rater of the group makes at most {control.n_exact_next} exact"
        )
    words += [
        f"in group {row.group} the stored profile gives {row.n_exact} of {row.n_correlations}"
        for row in sittings.drop(sought.index).itertuples()
    ]
    holds = bool(
        len(sought)
        and sought["second_profile_found"].all()
        and sittings.drop(sought.index)["stored_profile_fits"].all()
        and (2 * controls["n_exact_next"] < controls["n_exact"]).all()
    )
    return Finding(
        TWO_PROFILES,
        "cause",
        "The archive stores one questionnaire profile for a participant who sat in two groups; it fits one sitting; "
        "with another profile for the other one, one rank per dimension, the published correlations of that group come "
        "out.",
        holds,
        "; ".join(words) or "nobody sat in two groups",
    )


def _rounding(
    survey: pd.DataFrame, participants: pd.DataFrame, recomputed: pd.DataFrame, published: pd.DataFrame
) -> Finding:
    rounded = trace_rounding(survey, participants, recomputed, DIGITS)
    keys = [
        {tuple(row) for row in select_items(frame, THRESHOLD, MAX_P)[TAG].to_numpy()} for frame in (recomputed, rounded)
    ]
    exact = [int(exactness_by_group(survey, frame, published)["n_exact"].sum()) for frame in (recomputed, rounded)]
    changed = int(rounded["changed"].sum())
    return Finding(
        "unrounded scores",
        "cause",
        f"The published correlations take the questionnaire's scores as stored: rounded to {DIGITS} digits, scores tie "
        "that differ only by binary arithmetic.",
        exact[0] > exact[1],
        f"{exact[0]:,} of {len(rounded):,} correlations are exact with the scores as stored, {exact[1]:,} with rounded "
        f"ones; rounding changes {changed:,} correlations (by up to {rounded['difference'].max():.3f}) and "
        f"{len(keys[0] ^ keys[1])} tags of the item key",
    )
