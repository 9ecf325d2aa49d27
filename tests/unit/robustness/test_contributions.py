"""Contributions to scores, against scores of the ratings that are left."""

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL
from value_portrait.robustness.contributions import find_contributions
from value_portrait.scores.profiles import arrange_tags, centred_means
from value_portrait.scores.ratings import NO_RATING, Ratings

VERSIONS = [version.name for version in SMALL.prompt_versions]
QUERIES = np.repeat(["q1", "q2", "q3", "q4"], 3)
ITEMS = [f"{query}-{place}" for place, query in enumerate(QUERIES)]


def study(missing):
    rng = np.random.default_rng(5)
    cells = [(item, *pair) for item in ITEMS for pair in SMALL.dimensions if rng.random() < 0.6]
    key = pd.DataFrame(cells, columns=["item_id", "family", "dimension"])
    key["polarity"] = rng.choice([-1, 1], len(key)).astype("int8")
    values = rng.integers(0, 5, (3, len(VERSIONS), len(ITEMS))).astype(np.int8)
    values[rng.random(values.shape) < missing] = NO_RATING
    return Ratings([(f"m{n}", "baseline") for n in range(3)], VERSIONS, ITEMS, values), key


@pytest.mark.parametrize("centring", ["tagged_items", "all_items", "none"])
@pytest.mark.parametrize("missing", [0, 0.6])
def test_what_a_query_contributes(centring, missing):
    ratings, key = study(missing)
    tags = arrange_tags(key, ITEMS, SMALL)
    averages = ratings.averages()
    parts = find_contributions(ratings, QUERIES, key, centring, SMALL)
    full = centred_means(averages, tags, centring, SMALL)
    np.testing.assert_allclose(parts.scores, full)
    np.testing.assert_allclose(parts.of_query.sum(axis=1), full, atol=1e-12)
    for place, query in enumerate(dict.fromkeys(QUERIES)):
        left = centred_means(np.where(query == QUERIES, np.nan, averages), tags, centring, SMALL)
        np.testing.assert_allclose(parts.left_out[:, place], np.nan_to_num(left - full), atol=1e-12)
    for place, own in enumerate(tags):
        rated = [
            {q for q, seen in zip(QUERIES[own.columns], row[own.columns], strict=True) if seen}
            for row in ~np.isnan(averages)
        ]
        assert parts.n_queries[:, place].tolist() == [len(queries) for queries in rated]


@pytest.mark.parametrize("centring", ["tagged_items", "none"])
def test_what_a_version_contributes(centring):
    """Scores are linear in the ratings: of one version alone they are as far away as its answers say."""
    ratings, key = study(0)
    tags = arrange_tags(key, ITEMS, SMALL)
    parts = find_contributions(ratings, QUERIES, key, centring, SMALL)
    for place in range(len(VERSIONS)):
        alone = centred_means(ratings.values[:, place].astype(float), tags, centring, SMALL)
        expected = (alone - parts.scores) / len(VERSIONS)
        np.testing.assert_allclose(parts.of_answers[:, :, place].sum(axis=1), expected, atol=1e-12)


def test_answers_that_lack():
    """An average over fewer versions moves with each of them by more; what is missing moves nothing."""
    key = pd.DataFrame({"item_id": [ITEMS[0], ITEMS[3]], "family": "taste", "dimension": "Sweet", "polarity": 1})
    values = np.full((1, 3, len(ITEMS)), NO_RATING, np.int8)
    values[0, :, 0] = 1, 3, NO_RATING
    values[0, :, 3] = 0, 0, 3
    parts = find_contributions(Ratings([("m", "baseline")], VERSIONS, ITEMS, values), QUERIES, key, "none", SMALL)
    np.testing.assert_allclose(parts.of_answers[0, 0, :, 0], [-1 / 4, 1 / 4, 0])
    np.testing.assert_allclose(parts.of_answers[0, 1, :, 0], [-1 / 6, -1 / 6, 2 / 6])
