import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instruments import VALUE_PORTRAIT
from scipy import stats
from value_portrait.items.validation import (
    correlate_items,
    correlation_p,
    describe_items,
    drop_repeated_participants,
    select_items,
    with_interval,
)


def study(ratings, scores, group=1):
    """A survey of one group: ratings (raters × items), scores (raters × dimensions)."""
    raters = [f"P{n:03}" for n in range(len(ratings))]
    survey = pd.DataFrame(
        [
            (group, f"100{i}-1", rater, rating)
            for rater, row in zip(raters, ratings, strict=True)
            for i, rating in enumerate(row)
        ],
        columns=["group", "item_id", "participant_id", "rating"],
    )
    people = pd.DataFrame(
        [("pvq", f"D{d}", rater, s) for rater, row in zip(raters, scores, strict=True) for d, s in enumerate(row)],
        columns=["family", "dimension", "participant_id", "score"],
    )
    return survey, people


@settings(max_examples=40, deadline=None)
@given(st.integers(5, 60), st.integers(0, 2**32 - 1))
def test_spearman_and_pearson_equal_scipys(n, seed):
    rng = np.random.default_rng(seed)
    ratings, scores = rng.integers(1, 7, (n, 4)), rng.normal(size=(n, 3)).round(1)
    survey, people = study(ratings, scores)
    for method, reference in (("spearman", stats.spearmanr), ("pearson", stats.pearsonr)):
        ours = correlate_items(survey, people, method).set_index(["item_id", "dimension"])
        for i in range(4):
            for d in range(3):
                row = ours.loc[(f"100{i}-1", f"D{d}")]
                if np.ptp(ratings[:, i]) == 0 or np.ptp(scores[:, d]) == 0:
                    assert np.isnan(row["rho"])
                    continue
                expected = reference(ratings[:, i], scores[:, d])
                assert row["rho"] == pytest.approx(expected.statistic, abs=1e-12)
                assert row["p"] == pytest.approx(expected.pvalue, abs=1e-9)
                assert row["n"] == n


def test_a_missing_rating_leaves_the_rater_out_of_that_item_only():
    rng = np.random.default_rng(1)
    ratings, scores = rng.integers(1, 7, (12, 2)), rng.normal(size=(12, 1))
    survey, people = study(ratings, scores)
    survey = survey[~((survey["item_id"] == "1000-1") & (survey["participant_id"] == "P003"))]
    ours = correlate_items(survey, people).set_index("item_id")
    kept = np.arange(12) != 3
    assert ours.loc["1000-1", "n"] == 11
    expected = stats.spearmanr(ratings[kept, 0], scores[kept, 0])
    assert ours.loc["1000-1", "rho"] == pytest.approx(expected.statistic)
    assert ours.loc["1001-1", "rho"] == pytest.approx(stats.spearmanr(ratings[:, 1], scores[:, 0]).statistic)


def test_interval_of_bonett_and_wright_by_hand():
    # rho = .5, n = 28: z = .549306, se = sqrt(1.125 / 25) = .212132; ends: tanh(.133535) and tanh(.965078)
    row = with_interval(pd.DataFrame({"rho": [0.5], "n": [28]})).iloc[0]
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((0.132747, 0.746533), abs=1e-6)
    pearson = stats.pearsonr([1, 2, 3, 4, 5, 6.5, 4], [1, 3, 2, 5, 4, 6, 7])
    row = with_interval(pd.DataFrame({"rho": [pearson.statistic], "n": [7]}), "pearson").iloc[0]
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(tuple(pearson.confidence_interval()))


def test_a_perfect_correlation_has_p_zero():
    assert correlation_p(np.array([1.0, -1.0]), 20).tolist() == [0, 0]


def correlations():
    return pd.DataFrame(
        {
            "item_id": ["1-1", "1-2", "1-3", "1-4", "1-5"],
            "family": "pvq",
            "dimension": "Power",
            "rho": [0.31, 0.30, -0.40, 0.35, np.nan],
            "p": [0.04, 0.04, 0.01, 0.06, np.nan],
        }
    )


@pytest.mark.parametrize(
    ("threshold", "max_p", "polarity", "chosen"),
    [
        (0.3, 0.05, "positive", {"1-1": 1}),
        (0.3, None, "positive", {"1-1": 1, "1-4": 1}),
        (0.3, 0.05, "both", {"1-1": 1, "1-3": -1}),
        (0.2, 0.05, "positive", {"1-1": 1, "1-2": 1}),
    ],
)
def test_the_item_rule(threshold, max_p, polarity, chosen):
    key = select_items(correlations(), threshold, max_p, polarity)
    assert dict(zip(key["item_id"], key["polarity"], strict=True)) == chosen


def test_item_statistics_by_hand_and_by_scipy():
    ratings = np.array([[1, 6], [2, 6], [2, 6], [6, 5]])
    table = describe_items(study(ratings, np.zeros((4, 1)))[0], VALUE_PORTRAIT).set_index("item_id")
    first = table.loc["1000-1"]
    assert (first["n"], first["mean"], first["floor"], first["ceiling"]) == (4, 2.75, 0.25, 0.25)
    assert first["sd"] == pytest.approx(np.sqrt((3.0625 + 0.5625 * 2 + 10.5625) / 3))
    assert first["skew"] == pytest.approx(stats.skew(ratings[:, 0], bias=False))


def test_people_in_two_groups_can_be_left_out():
    one, _ = study(np.ones((2, 1)), np.zeros((2, 1)))
    two, _ = study(np.ones((1, 1)), np.zeros((1, 1)), group=2)
    kept = drop_repeated_participants(pd.concat([one, two.assign(item_id="2000-1")]))
    assert set(kept["participant_id"]) == {"P001"}
