import numpy as np
import pandas as pd
import pingouin
import pytest
from instruments import VALUE_PORTRAIT
from value_portrait.paper.certifying.alphas import vary_alpha
from value_portrait.paper.certifying.lost_items import lost_items, reproduce_scores, without_lost_items
from value_portrait.paper.certifying.switched_pairs import add_pairs, judge_pairs, pairs_beyond_p
from value_portrait.scores.profiles import profile_models
from value_portrait.scores.ratings import NO_RATING, Ratings

ITEMS = ["1-1", "1-2", "1-3", "1-4"]
VERSIONS = ["v1", "v2"]
# Two models, two versions, four items: averages 6 4 2 1.5 and 3 5 (one version) 4 2.
RATINGS = Ratings(
    [("fir", "baseline"), ("oak", "baseline")],
    VERSIONS,
    ITEMS,
    np.array([[[6, 3, 2, 1], [6, 5, 2, 2]], [[3, NO_RATING, 4, 2], [3, 5, 4, 2]]], np.int8),
)


def item_key(*tags):
    items, dimensions = zip(*tags, strict=True)
    return pd.DataFrame(
        {"item_id": items, "family": "pvq", "dimension": dimensions, "rho": 0.5, "polarity": np.int8(1)}
    )


KEY = item_key(("1-1", "Power"), ("1-2", "Power"), ("1-3", "Security"))


def test_pairs_beyond_the_p_limit():
    correlations = pd.DataFrame(
        {
            "item_id": ITEMS,
            "family": "pvq",
            "dimension": "Power",
            "n": 41,
            "rho": [0.4, 0.31, -0.31, 0.3],
            "p": [0.01, 0.05, 0.051, 0.06],
        }
    )
    pairs = pairs_beyond_p(correlations, 0.3, 0.05)
    assert pairs.to_dict("records") == [
        {"item_id": "1-2", "family": "pvq", "dimension": "Power", "rho": 0.31, "polarity": 1, "n": 41, "p": 0.05}
    ]


def published(mean, n, dimension="Power"):
    """Published scores of fir and oak on one dimension."""
    return pd.DataFrame({"model": ["fir", "oak"], "family": "pvq", "dimension": dimension, "mean": mean, "n": n})


PAIRS = item_key(("1-3", "Power"), ("1-4", "Power")).assign(n=41, p=0.053)


@pytest.mark.parametrize(
    ("mean", "n", "contained", "with_", "without"),
    [
        # By hand: (6 + 4) / 2 and (3 + 5) / 2; with 1-3: 12 / 3 and 12 / 3; with 1-4: 11.5 / 3 and 10 / 3.
        ([5.0, 4.0], 2, [False, False], [0, 0], [2, 2]),
        ([4.0, 4.0], 3, [True, False], [2, 0], [0, 2]),
        ([11.5 / 3, 10 / 3], 3, [False, True], [0, 2], [2, 0]),
        ([13.5 / 4, 14 / 4], 4, [True, True], [2, 2], [0, 0]),
        # The mean alone is not enough.
        ([4.0, 4.0], 4, [pd.NA, pd.NA], [0, 0], [0, 0]),
        ([4.1, 4.2], 3, [pd.NA, pd.NA], [0, 0], [0, 0]),
    ],
)
def test_the_scores_tell_which_pairs_they_contain(mean, n, contained, with_, without):
    judged = judge_pairs(PAIRS, RATINGS, KEY, published(mean, n))
    assert judged["contained"].tolist() == contained
    assert judged["n_models"].tolist() == [2, 2]
    assert judged["n_equal_with"].tolist() == with_
    assert judged["n_equal_without"].tolist() == without


def test_the_authors_key_takes_the_contained_pairs():
    key = add_pairs(KEY, PAIRS.iloc[:1])
    assert list(key.columns) == list(KEY.columns)
    assert key["item_id"].tolist() == ["1-1", "1-2", "1-3", "1-3"]


RECORDS = pd.DataFrame({"model": ["fir", "fir", "oak", "oak", "fir"], "item_id": ["1-3", "1-4", "1-2", "1-1", "1-2"]})
RECORDS = RECORDS.assign(prompt_version=["v1", "v1", "v1", "v1", "v2"], tagged=[False, False, False, True, False])


def test_lost_are_rated_items_of_the_key_without_tags_in_the_first_record():
    lost = lost_items(RECORDS, RATINGS, KEY)
    # 1-4 carries no tag in the key; oak's 1-2 has a rating under the second version alone.
    assert lost.to_dict("records") == [
        {"model": "fir", "item_id": "1-3", "family": "pvq", "dimension": "Security", "n_ratings": 2},
        {"model": "oak", "item_id": "1-2", "family": "pvq", "dimension": "Power", "n_ratings": 1},
    ]


def test_a_lost_item_leaves_means_and_centre_of_its_model():
    left = without_lost_items(RATINGS, lost_items(RECORDS, RATINGS, KEY))
    expected = [[6, 4, np.nan, 1.5], [3, np.nan, 4, 2]]
    np.testing.assert_array_equal(left.averages(), expected)
    # oak without 1-2: Power 3, Security 4, centre 3.5. With it: Power 4, centre 12 / 3.
    theirs = published([5.0, 3.0], [2, 1]).assign(centred_mean=[0.0, -0.5], sd=[1.0, 0.0])
    both = [profile_models(rated, KEY, "tagged_items", VALUE_PORTRAIT) for rated in (left, RATINGS)]
    table = reproduce_scores(*both, theirs).set_index("model")
    assert table["exact"].tolist() == [True, True]
    assert table.loc["oak", "corrected_mean"] == 4
    assert table.loc["oak", "corrected_centred_mean"] == 0
    assert table.loc["oak", "corrected_n"] == 2
    off = reproduce_scores(*both, theirs.assign(centred_mean=[0.0, -0.5 + 1e-6])).set_index("model")
    assert off["exact"].tolist() == [True, False]
    assert off.loc["oak", "largest_difference"] == pytest.approx(1e-6)


def test_alphas_equal_pingouins_and_the_formula_of_mean_correlation():
    rng = np.random.default_rng(4)
    trait = rng.normal(0, 1, (12, 1, 1))
    values = np.clip(np.round(3.5 + trait + rng.normal(0, 1, (12, 3, 4))), 1, 6).astype(np.int8)
    values[2, 1, 0] = NO_RATING
    models = Ratings([(f"m{n}", "baseline") for n in range(12)], ["v1", "v2", "v3"], ITEMS, values)
    key = item_key(*((item, "Power") for item in ITEMS))
    table = vary_alpha(models, {"all": key}).set_index(["deletion", "formula"])
    rated = np.where(models.rated, values, 0.0)
    rows = rated.reshape(-1, 4)[rated.reshape(-1, 4).min(axis=1) > 0]
    whole = np.delete(rated, 2, axis=0).reshape(-1, 4)
    for deletion, data in (("rows", rows), ("models", whole)):
        assert (
            table.loc[(deletion, "covariance"), "n_observations"] == len(data) == {"rows": 35, "models": 33}[deletion]
        )
        expected = pingouin.cronbach_alpha(data=pd.DataFrame(data))[0]
        assert table.loc[(deletion, "covariance"), "alpha"] == pytest.approx(expected)
        mean_r = np.corrcoef(data, rowvar=False)[np.triu_indices(4, 1)].mean()
        assert table.loc[(deletion, "standardised"), "alpha"] == pytest.approx(4 * mean_r / (1 + 3 * mean_r))
