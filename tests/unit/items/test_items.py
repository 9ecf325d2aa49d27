from itertools import permutations
from math import factorial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instruments import SMALL, VALUE_PORTRAIT
from scipy import stats
from value_portrait.items.validation import (
    correlate,
    correlate_items,
    correlation_p,
    describe_items,
    drop_repeated_participants,
    pearson_matrix,
    select_items,
    survey_blocks,
    tagged,
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
                assert row["p"] == pytest.approx(max(expected.pvalue, 2 / factorial(n)), abs=1e-9)
                assert row["n"] == n


def test_few_raters_who_agree_perfectly_may_do_so_by_chance():
    scores = np.arange(4.0)[:, None]
    every = np.array(list(permutations(range(4))), float).T
    rho = correlate(every, scores, "spearman")
    p = correlation_p(rho, 4)
    perfect = np.isclose(np.abs(rho), 1)
    # By counting: 2 of 24 orders.
    assert perfect.mean() == pytest.approx(2 / 24)
    assert p[perfect] == pytest.approx(2 / 24)
    assert p[~perfect].min() > 2 / 24
    # Of 41 and more raters, as in the paper's study, nothing changes.
    assert correlation_p(np.array([0.9999]), 41) == pytest.approx(stats.beta(19.5, 19.5, -1, 2).cdf(-0.9999) * 2)


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


def test_a_perfect_correlation_is_as_rare_as_a_perfect_order():
    assert correlation_p(np.array([1.0, -1.0]), 20) == pytest.approx(2 / factorial(20), rel=1e-9)


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


def two_groups():
    """Two groups, given out of order: the second rated one item more; columns are categories, as tables hold them."""
    rng = np.random.default_rng(5)
    one, people = study(rng.integers(0, 5, (9, 2)), rng.normal(size=(9, 2)).round(1))
    two, others = study(rng.integers(0, 5, (7, 3)), rng.normal(size=(7, 2)).round(1), group=2)
    two["item_id"] = two["item_id"].str.replace("100", "090")
    for table in (two, others):
        table["participant_id"] = table["participant_id"].str.replace("P", "Q")
    survey = pd.concat([one, two]).sample(frac=1, random_state=1)
    people = pd.concat([people, others]).sample(frac=1, random_state=2).reset_index(drop=True)
    people.loc[people["dimension"] == "D1", "family"] = "taste"
    categories = {"item_id": "category", "participant_id": "category"}
    return survey.astype(categories), people.astype({"participant_id": "category"})


@pytest.mark.parametrize("method", ["spearman", "pearson"])
def test_every_row_of_two_groups_equals_a_computation_by_hand(method):
    survey, people = two_groups()
    found = correlate_items(survey, people, method)
    assert found.index.tolist() == list(range(10))
    assert not found.duplicated(["item_id", "family", "dimension"]).any()
    if method == "spearman":
        pd.testing.assert_frame_equal(found, correlate_items(survey, people))
    scores = people.set_index(["family", "dimension", "participant_id"])["score"]
    # In the order in which the survey first names them, within a group of raters.
    order = survey["item_id"].drop_duplicates().tolist()
    first = survey.loc[survey["item_id"] == order[0], "group"].iloc[0]
    assert found["item_id"].unique().tolist() == sorted(
        order, key=lambda item: survey.loc[survey["item_id"] == item, "group"].iloc[0] != first
    )
    for row in found.itertuples():
        own = survey[survey["item_id"] == row.item_id]
        pairs = own["rating"].to_numpy(), [scores[row.family, row.dimension, who] for who in own["participant_id"]]
        expected = (stats.spearmanr if method == "spearman" else stats.pearsonr)(*pairs)
        n = len(own)
        error = np.sqrt((1 + expected.statistic**2 / 2) / (n - 3)) if method == "spearman" else np.sqrt(1 / (n - 3))
        low, high = np.tanh(np.arctanh(expected.statistic) + error * stats.norm.ppf([0.025, 0.975]))
        assert row.n == n
        assert (row.rho, row.p) == pytest.approx((expected.statistic, expected.pvalue), abs=1e-9)
        assert (row.ci_low, row.ci_high) == pytest.approx((low, high), abs=1e-9)


def test_the_default_interval_is_spearmans():
    table = pd.DataFrame({"rho": [0.6], "n": [30]})
    pd.testing.assert_frame_equal(with_interval(table), with_interval(table, "spearman"))
    assert with_interval(table, "pearson")["ci_low"].item() > with_interval(table)["ci_low"].item()


def test_intervals_take_columns_with_nulls_of_pandas():
    table = pd.DataFrame({"rho": [0.5, None], "n": [28, 28]}).astype({"rho": "Float64", "n": "Int64"})
    found = with_interval(table)
    assert found["ci_low"].tolist() == pytest.approx([0.132747, np.nan], abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("constant", [0.1, 1 / 3, 2.7, 4])
@pytest.mark.parametrize("n", [3, 7, 46])
def test_a_constant_has_no_correlation_whatever_its_mean_rounds_to(n, constant):
    x = np.column_stack([np.full(n, constant), np.arange(n)])
    found = pearson_matrix(x, x)
    assert np.isnan(found[0]).all()
    assert np.isnan(found[:, 0]).all()
    assert found[1, 1] == pytest.approx(1)


def test_constant_ratings_make_null_rows_and_no_tag():
    survey, people = study(np.full((6, 1), 3), np.arange(6.0)[:, None])
    for method in ("spearman", "pearson"):
        found = correlate_items(survey, people, method)
        assert found[["rho", "p", "ci_low", "ci_high"]].isna().all(axis=None)
        assert select_items(found, 0.3, None, "both").empty


def test_rounding_never_takes_a_correlation_beyond_one():
    x = np.random.default_rng(3).normal(size=(20, 300))
    rho = np.diag(pearson_matrix(x, 3 * x + 1)), np.diag(pearson_matrix(x, -3 * x))
    assert rho[0].max() == 1
    assert rho[1].min() == -1
    np.testing.assert_allclose(rho, [np.ones(300), -np.ones(300)])


def test_a_missing_score_makes_its_dimension_null_and_no_other():
    survey, people = study(np.array([[1], [2], [3], [5], [4]]), np.arange(10.0).reshape(5, 2))
    whole = correlate_items(survey, people).set_index("dimension")
    found = correlate_items(survey, people.drop(index=2)).set_index("dimension")
    assert np.isnan(found.loc["D0", "rho"])
    assert found.loc["D1", "rho"] == whole.loc["D1", "rho"] == pytest.approx(0.9)


def test_a_tag_needs_a_p_below_the_limit_and_keeps_its_place_in_the_table():
    table = correlations().assign(p=[0.05, 0.04, 0.01, 0.049, np.nan])
    key = select_items(table, 0.3, 0.05)
    assert key.columns.tolist() == ["item_id", "family", "dimension", "rho", "polarity"]
    assert key.index.tolist() == [0]
    assert key["item_id"].tolist() == ["1-4"]
    assert key["polarity"].dtype == "int8"


def test_item_statistics_follow_the_scale_and_the_order_of_the_survey():
    survey, _ = study(np.array([[0, 4], [0, 3], [4, 3], [2, 1]]), np.zeros((4, 1)))
    survey["item_id"] = pd.Categorical(survey["item_id"].replace("1000-1", "2000-1"), ["1001-1", "2000-1", "3000-1"])
    table = describe_items(survey, SMALL)
    assert table["item_id"].tolist() == ["2000-1", "1001-1"]
    assert table[["group", "floor", "ceiling"]].to_numpy().tolist() == [[1, 0.5, 0.25], [1, 0, 0.25]]


def test_people_who_rated_once_stay_whatever_categories_there_are():
    survey, _ = study(np.ones((2, 2)), np.zeros((2, 1)))
    survey["participant_id"] = pd.Categorical(survey["participant_id"], ["P000", "P001", "nobody"])
    assert drop_repeated_participants(survey).equals(survey)


def test_what_varies_by_less_than_one_correlates():
    x = np.array([[0.1], [0.3], [0.2], [0.6]])
    assert pearson_matrix(x, 10 * x)[0, 0] == pytest.approx(1)
    assert pearson_matrix(x, x**2)[0, 0] == pytest.approx(np.corrcoef(x[:, 0], x[:, 0] ** 2)[0, 1])


def test_without_a_limit_on_p_no_p_is_needed():
    table = correlations()
    assert select_items(table.drop(columns="p"), 0.3, None).equals(select_items(table, 0.3, None))


def test_stacks_of_columns_give_stacks_of_correlations():
    rng = np.random.default_rng(6)
    x, y = rng.normal(size=(4, 9, 3)), rng.normal(size=(4, 9, 2))
    found = pearson_matrix(x, y)
    assert found.shape == (4, 3, 2)
    for own, a, b in zip(found, x, y, strict=True):
        np.testing.assert_allclose(own, np.corrcoef(a.T, b.T)[:3, 3:])


def test_blocks_hold_floats():
    (block,) = survey_blocks(*study(np.ones((3, 2), int), np.ones((3, 1), int)))
    assert (block.ratings.dtype, block.ratings.shape) == (float, (3, 2))
    assert (block.scores.dtype, block.scores.shape) == (float, (3, 1))


def test_tags_need_both_a_limit_and_a_p():
    rho, p = np.array([0.31, 0.35, 0.3]), np.array([0.04, 0.06, 0.01])
    for own_p, max_p in ((None, 0.05), (p, None), (None, None)):
        assert tagged(rho, own_p, 0.3, max_p, "positive").tolist() == [True, True, False]
    assert tagged(rho, p, 0.3, 0.05, "positive").tolist() == [True, False, False]
