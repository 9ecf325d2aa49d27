import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from value_portrait.items.validation import correlate_items
from value_portrait.paper.certifying.repeated_participants import (
    exactness_by_group,
    explain_by_second_profiles,
    repeated_sittings,
    replace_correlations,
)
from value_portrait.paper.certifying.second_profiles import Group
from value_portrait.paper.certifying.stated import TAG

DIMENSIONS = [("pvq", "Power"), ("pvq", "Security"), ("bfi", "Openness")]
TWICE = "P00"


def two_groups(seed, raters=14, items=8, digits=1):
    """Two groups that share one rater; scores with ``digits`` decimals, so that few digits make many ties."""
    rng = np.random.default_rng(seed)
    people = [f"P{n:02}" for n in range(2 * raters - 1)]
    groups = {1: people[:raters], 2: [TWICE, *people[raters:]]}
    survey = pd.DataFrame(
        [
            (group, f"{group}00{item}-1", person, rng.integers(1, 7))
            for group, own in groups.items()
            for item in range(items)
            for person in own
        ],
        columns=["group", "item_id", "participant_id", "rating"],
    )
    participants = pd.DataFrame(
        [(person, *dimension, round(rng.normal(), digits)) for person in people for dimension in DIMENSIONS],
        columns=["participant_id", "family", "dimension", "score"],
    )
    return survey, participants


def with_profile(participants, scores):
    """The participants with other scores of the one who sat twice, in the order of DIMENSIONS."""
    own = participants["participant_id"] == TWICE
    changed = participants.copy()
    changed.loc[own, "score"] = scores
    return changed


def published_from(survey, stored, first_sitting):
    """Correlations as of somebody who used the first sitting's profile for group 1 and the stored one for group 2."""
    return pd.concat(
        [
            correlate_items(survey[survey["group"] == 1], first_sitting),
            correlate_items(survey[survey["group"] == 2], stored),
        ],
        ignore_index=True,
    )


def planted(seed, digits):
    survey, stored = two_groups(seed, digits=digits)
    rng = np.random.default_rng(seed + 1)
    lost = [*(stored.loc[stored["participant_id"] == TWICE, "score"].to_numpy() + rng.normal(0, 2, 3)).round(digits)]
    first_sitting = with_profile(stored, lost)
    return survey, stored, lost, first_sitting, published_from(survey, stored, first_sitting)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0, 1, 9]))
def test_a_planted_second_profile_is_found(seed, digits):
    survey, stored, lost, _, published = planted(seed, digits)
    profile = Group(survey, stored, published, 1).search(TWICE)
    assert profile.found
    raters = survey.loc[(survey["group"] == 1) & (survey["participant_id"] != TWICE), "participant_id"].unique()
    for row, score in zip(profile.positions.itertuples(), lost, strict=True):
        own = stored[(stored["dimension"] == row.dimension) & stored["participant_id"].isin(raters)]["score"]
        assert row.n_positions >= 1
        if row.n_positions == 1:
            assert row.low == row.high == score if row.low == row.high else row.low < score < row.high
            assert (row.n_below, row.n_tied) == ((own < score).sum(), (own == score).sum())


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0, 9]))
def test_the_correlations_with_the_profile_equal_scipys_and_the_published_ones(seed, digits):
    survey, stored, _, first_sitting, published = planted(seed, digits)
    found = explain_by_second_profiles(survey, stored, correlate_items(survey, stored), published)
    assert found.sittings["n_exact_explained"].tolist() == [24, 24]
    ours = found.correlations.merge(published[[*TAG, "rho"]], on=TAG, suffixes=("", "_published"))
    assert len(ours) == 2 * 8 * 3
    for row in ours.itertuples():
        ratings = survey[survey["item_id"] == row.item_id].set_index("participant_id")["rating"]
        profiles = first_sitting if row.item_id.startswith("1") else stored
        scores = profiles[profiles["dimension"] == row.dimension].set_index("participant_id")["score"]
        expected = stats.spearmanr(ratings, scores[ratings.index])
        assert row.rho == pytest.approx(expected.statistic, abs=1e-12)
        assert row.p == pytest.approx(expected.pvalue, abs=1e-9)
        assert row.rho == pytest.approx(row.rho_published, abs=1e-12)


def test_it_says_whose_profile_is_stored_for_which_sitting():
    survey, stored, _, _, published = planted(3, 9)
    sittings = explain_by_second_profiles(survey, stored, correlate_items(survey, stored), published).sittings
    assert sittings["participant_id"].tolist() == [TWICE, TWICE]
    assert sittings["group"].tolist() == [1, 2]
    assert sittings["stored_profile_fits"].tolist() == [False, True]
    assert sittings["second_profile_found"].tolist() == [True, pd.NA]
    assert sittings["n_correlations"].tolist() == [24, 24]
    assert sittings.loc[0, "n_exact"] < 24
    assert sittings.loc[1, "n_exact"] == 24


def test_a_group_that_no_position_explains_says_so_and_keeps_its_correlations():
    survey, stored, _, _, published = planted(5, 9)
    # Errors in the published numbers of one dimension; the other two dimensions can still be explained.
    wrong = published["item_id"].str.startswith("1") & (published["dimension"] == "Power")
    published.loc[wrong, "rho"] += np.linspace(0.01, 0.02, wrong.sum())
    recomputed = correlate_items(survey, stored)
    result = explain_by_second_profiles(survey, stored, recomputed, published)
    positions = result.positions.set_index("dimension")
    assert positions["found"].to_dict() == {"Power": False, "Security": True, "Openness": True}
    assert positions.loc["Power", "n_exact"] == 0
    assert 0 < positions.loc["Power", "largest_difference"] <= positions.loc["Power", "largest_difference_stored"]
    assert not result.sittings.loc[0, "second_profile_found"]
    pd.testing.assert_frame_equal(result.correlations, recomputed)


def test_one_altered_number_spoils_itself_alone():
    survey, stored, _, _, published = planted(5, 9)
    altered = published.index[(published["item_id"] == "1003-1") & (published["dimension"] == "Power")]
    published.loc[altered, "rho"] += 0.01
    result = explain_by_second_profiles(survey, stored, correlate_items(survey, stored), published)
    assert result.positions["n_exact"].sum() == 23
    both = result.correlations.merge(published[[*TAG, "rho"]], on=TAG, suffixes=("", "_published"))
    different = both[(both["rho"] - both["rho_published"]).abs() > 1e-12]
    assert different[TAG].values.tolist() == published.loc[altered, TAG].values.tolist()


def test_without_a_repeated_participant_nothing_is_sought():
    survey, stored, _, _, published = planted(7, 9)
    only = survey[survey["group"] == 1]
    assert repeated_sittings(only).empty
    result = explain_by_second_profiles(
        only, stored, correlate_items(only, stored), published[published["item_id"].isin(only["item_id"])]
    )
    assert result.sittings.empty
    assert result.positions.empty


def test_exactness_counts_nulls_on_one_side_as_differences():
    survey, stored, _, _, _ = planted(9, 9)
    ours = correlate_items(survey, stored)
    theirs = ours.copy()
    theirs.loc[0, "rho"] = np.nan
    theirs.loc[1, "rho"] += 0.25
    counts = exactness_by_group(survey, ours, theirs)
    assert counts.to_dict("list") == {
        "group": [1, 2],
        "n_correlations": [24, 24],
        "n_exact": [22, 24],
        "largest_difference": [np.inf, 0],
    }
    both = ours.assign(rho=ours["rho"].where(ours.index > 0))
    assert exactness_by_group(survey, both, both)["n_exact"].tolist() == [24, 24]


def test_replaced_rows_keep_their_place():
    *_, published = planted(11, 9)
    shuffled = published.sample(frac=1, random_state=1)
    assert replace_correlations(published.assign(rho=0.0), shuffled)["rho"].tolist() == published["rho"].tolist()


def test_only_one_sitting_is_repaired():
    """With another profile stored, neither sitting fits: what mends both would mend anything."""
    survey, stored, _, _, published = planted(3, 9)
    nonsense = with_profile(stored, [9.0, -9.0, 0.5])
    recomputed = correlate_items(survey, nonsense)
    result = explain_by_second_profiles(survey, nonsense, recomputed, published)
    assert result.sittings["stored_profile_fits"].tolist() == [False, False]
    assert result.sittings["second_profile_found"].isna().all()
    assert result.positions.empty
    pd.testing.assert_frame_equal(result.correlations, recomputed)


def test_what_the_next_best_rater_makes_by_hand():
    """SciPy's rho with each of a rater's positions in turn; no other rater of the group comes near."""
    survey, stored, _, _, published = planted(5, 9)
    result = explain_by_second_profiles(survey, stored, correlate_items(survey, stored), published)
    (control,) = result.controls.to_dict("records")
    assert (control["participant_id"], control["group"], control["n_exact"]) == (TWICE, 1, 24)
    first = survey[survey["group"] == 1].pivot(index="participant_id", columns="item_id", values="rating")
    target = published[published["item_id"].isin(first.columns)]
    ranks = first.rank().to_numpy().T
    best = dict.fromkeys(first.index.drop(TWICE), 0)
    for _, dimension in DIMENSIONS:
        scores = stored[stored["dimension"] == dimension].set_index("participant_id")["score"].loc[first.index]
        rho = target[target["dimension"] == dimension].set_index("item_id")["rho"].loc[first.columns]
        for rater in best:
            others = np.sort(scores.drop(rater).unique())
            exact = [0]
            for score in [*others, others[0] - 1, *((others[1:] + others[:-1]) / 2), others[-1] + 1]:
                tried = stats.rankdata(scores.where(scores.index != rater, score))
                found = np.corrcoef(ranks, tried)[-1, :-1]
                exact.append(int((np.abs(found - rho) < 1e-12).sum()))
            best[rater] += max(exact)
    assert control["n_exact_next"] == max(best.values()) == best[control["next_best"]] < 12
