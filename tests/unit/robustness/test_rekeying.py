"""Keys from half-samples, against NumPy's correlations and scores one by one."""

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL
from scipy import stats
from value_portrait.items.validation import Block
from value_portrait.robustness import rekeying
from value_portrait.scores.profiles import Tags, centred_means

RATERS = 40


def survey(rng, name="a", n_items=30):
    scores = rng.normal(size=(RATERS, len(SMALL.dimensions)))
    of_item = rng.integers(0, len(SMALL.dimensions), n_items)
    ratings = np.clip(np.rint(2 + scores[:, of_item] + rng.normal(0, 1.5, (RATERS, n_items))), 0, 4)
    # Dimensions stand in another order than the instrument's.
    order = [2, 0, 3, 1]
    block = Block(
        [f"{name}-{place}" for place in range(n_items)],
        [f"rater {number}" for number in range(RATERS)],
        [SMALL.dimensions[place] for place in order],
        ratings,
        scores[:, order],
    )
    rho = np.array([[stats.spearmanr(x, y).statistic for y in scores.T] for x in ratings.T])
    cells = [(block.items[i], *SMALL.dimensions[d], 1) for i, d in np.argwhere(rho > 0.3)]
    return block, pd.DataFrame(cells, columns=["item_id", "family", "dimension", "polarity"])


@pytest.mark.parametrize("method", ["spearman", "pearson"])
def test_correlations_of_halves(method):
    rng = np.random.default_rng(1)
    block, _ = survey(rng, n_items=4)
    block.ratings[:, 1] = 3  # says nothing
    inside = (rng.random((6, RATERS)) < 0.5).astype(np.float32)
    found = rekeying._correlate_halves(inside, block.ratings, block.scores, method)
    x, y = block.ratings, block.scores
    if method == "spearman":
        x, y = stats.rankdata(x, axis=0), stats.rankdata(y, axis=0)
    for draw, half in enumerate(inside.astype(bool)):
        assert np.isnan(found[draw, 1]).all()
        varied = [0, 2, 3]
        expected = np.corrcoef(x[half][:, varied].T, y[half].T)[:3, 3:]
        np.testing.assert_allclose(found[draw, varied], expected, atol=1e-4)


def test_as_many_tags_as_the_key_has():
    rng = np.random.default_rng(2)
    block, key = survey(rng, n_items=200)
    polarity = rekeying.half_sample_polarity([block], block.items, key, "spearman", False, 150, rng, SMALL)
    counts = key.groupby(["family", "dimension"]).size().reindex(list(SMALL.dimensions)).to_numpy()
    np.testing.assert_allclose(polarity.sum(axis=1).mean(axis=0), counts, rtol=0.02)
    # The items of the key are tagged most often, and in their own dimension.
    tagged = polarity.mean(axis=0)
    place = {item: index for index, item in enumerate(block.items)}
    column = {pair: index for index, pair in enumerate(SMALL.dimensions)}
    own = np.zeros(tagged.shape, bool)
    for row in key.itertuples():
        own[place[row.item_id], column[row.family, row.dimension]] = True
    assert tagged[own].mean() > 0.6
    assert tagged[~own].mean() < 0.1


def test_negative_tags():
    rng = np.random.default_rng(3)
    block, key = survey(rng)
    mirrored = Block(block.items, block.raters, block.dimensions, 4 - block.ratings, block.scores)
    found = [
        rekeying.half_sample_polarity([own], own.items, key, "spearman", True, 20, np.random.default_rng(4), SMALL)
        for own in (block, mirrored)
    ]
    assert set(np.unique(found[0])) == {-1, 0, 1}
    np.testing.assert_array_equal(found[0], -found[1])


def test_who_rates_twice_is_in_one_half():
    rng = np.random.default_rng(5)
    block, key = survey(rng)
    again = Block([f"b{item}" for item in block.items], block.raters, block.dimensions, block.ratings, block.scores)
    keys = pd.concat([key, key.assign(item_id="b" + key["item_id"])])
    items = [*block.items, *again.items]
    polarity = rekeying.half_sample_polarity([block, again], items, keys, "spearman", False, 30, rng, SMALL)
    np.testing.assert_array_equal(*np.split(polarity, 2, axis=1))


def test_too_few_raters():
    block, key = survey(np.random.default_rng(6))
    few = Block(block.items, block.raters[:7], block.dimensions, block.ratings[:7], block.scores[:7])
    with pytest.raises(ValueError, match="7 raters are too few"):
        rekeying.half_sample_polarity([few], block.items, key, "spearman", False, 5, np.random.default_rng(), SMALL)


def test_draws_are_shuffled_query_by_query():
    polarity = np.arange(5, dtype=np.int8)[:, None, None] * np.ones((1, 6, 2), np.int8)
    queries = np.array([0, 0, 1, 1, 2, 2])
    found = rekeying.shuffled_by_query(polarity, queries, np.random.default_rng(1))[:, :, 0]
    for query in range(3):
        own = found[:, queries == query]
        np.testing.assert_array_equal(own[:, 0], own[:, 1])
        assert sorted(own[:, 0]) == list(range(5))
    assert len({tuple(column) for column in found.T}) == 3


@pytest.mark.parametrize("centring", ["tagged_items", "all_items", "none"])
@pytest.mark.parametrize("lowest", [0, -1])
def test_variance_against_scores_one_by_one(centring, lowest):
    rng = np.random.default_rng(7)
    averages = rng.normal(size=(3, 12))
    averages[1, 2] = np.nan
    polarity = rng.integers(lowest, 2, (40, 12, len(SMALL.dimensions))).astype(np.int8)
    polarity[:2, :, 1] = 0  # in one draw of twenty: still told
    polarity[:3, :, 2] = 0
    tags = [[Tags(np.flatnonzero(own), own[own != 0].astype(float)) for own in key.T] for key in polarity]
    scores = np.array([centred_means(averages, own, centring, SMALL) for own in tags])
    found = rekeying.score_variance(averages, polarity, None, centring, SMALL)
    np.testing.assert_allclose(
        found[:, [0, 1, 3]], np.nanvar(scores, axis=0, ddof=1)[:, [0, 1, 3]], rtol=1e-4, atol=1e-9
    )
    assert np.isnan(found[:, 2]).all()
    changes = scores[:, [2, 0]] - scores[:, [1, 1]]
    found = rekeying.score_variance(averages, polarity, ([2, 0], [1, 1]), centring, SMALL)
    np.testing.assert_allclose(
        found[:, [0, 1, 3]], np.nanvar(changes, axis=0, ddof=1)[:, [0, 1, 3]], rtol=1e-4, atol=1e-9
    )
