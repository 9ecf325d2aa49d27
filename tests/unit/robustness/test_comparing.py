"""Models against each other: SciPy's paired test, a slow loop, and families in which nothing differs."""

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL
from scipy import stats
from value_portrait.robustness import comparing
from value_portrait.robustness.comparing import (
    INFERENCES,
    Sample,
    compare_pairs,
    estimate_mean,
    flip_signs,
    probability_highest,
    take_sample,
)
from value_portrait.robustness.comparison_tables import (
    MEAN_PROFILE,
    PAIRS,
    RANKS,
    benjamini_hochberg,
    family_table,
    mean_table,
    pair_table,
    rank_table,
)
from value_portrait.robustness.contributions import Contributions, find_contributions
from value_portrait.scores.profiles import profile_models
from value_portrait.scores.ratings import NO_RATING, Ratings
from value_portrait.tables import read_table, write_table

KEY = ("item_id", "family", "dimension", "polarity")
VERSIONS = [version.name for version in SMALL.prompt_versions]
NAMES = [name for _, name in SMALL.dimensions]


def uncentred(values):
    """Contributions of ratings (S, V, I), each item a query of its own that measures everything."""
    items = [f"q{n}" for n in range(values.shape[2])]
    key = pd.DataFrame(
        [(item, *pair, 1) for item in items for pair in SMALL.dimensions],
        columns=list(KEY),
    )
    subjects = [(f"m{n}", "baseline") for n in range(len(values))]
    return find_contributions(Ratings(subjects, VERSIONS[: values.shape[1]], items, values), items, key, "none", SMALL)


def noise(rng, size=6, queries=25, versions=3, apart=0.0):
    """Contributions of models that differ by chance alone, and by ``apart`` from one to the next."""
    level = apart * np.arange(size)[:, None, None, None]
    shape = (size, queries, versions, len(SMALL.dimensions))
    # Queries differ in how much answers to them vary.
    answers = (level + rng.normal(size=shape) * rng.uniform(0.2, 2, (1, queries, 1, 1))) / queries / versions
    of_query = answers.sum(axis=2)
    scores = of_query.sum(axis=1)
    left_out = (scores[:, None] / queries - of_query) * queries / (queries - 1)
    n = np.full(scores.shape, queries)
    return Contributions(scores, n, of_query, left_out, answers - answers.mean(axis=2, keepdims=True))


def test_paired_standard_errors_against_scipy():
    values = np.random.default_rng(1).integers(0, 5, (3, 2, 9)).astype(np.int8)
    sample = take_sample(uncentred(values), "items_like_these")
    found = compare_pairs(sample, flip_signs(sample, 50, np.random.default_rng(1)), SMALL)
    means = values.mean(axis=1)
    for one, other in ((0, 1), (0, 2), (1, 2)):
        expected = stats.ttest_rel(means[one], means[other])
        assert found.p[0, one, other] == pytest.approx(expected.pvalue)
        assert sample.se[0, one, other] == pytest.approx(stats.sem(means[one] - means[other]))


def test_standard_errors_on_these_items_by_hand():
    """Two items, two versions: the variance of a mean of two, item by item, over the square of their number."""
    values = np.array([[[1, 4, 2], [3, 4, 2]], [[0, 0, 2], [0, 1, 2]]], np.int8)
    sample = take_sample(uncentred(values), "these_items")
    # Differences of the two models: 1, 4, 0 under one version and 3, 3, 0 under the other.
    squares = np.array([2, 0.5, 0]) / 2
    assert sample.se[0, 0, 1] == pytest.approx(np.sqrt(squares.sum()) / 3)
    assert sample.df[0, 0, 1] == pytest.approx(squares.sum() ** 2 / (squares**2).sum())


def test_the_mean_of_the_models_by_hand_on_these_items():
    """As above: means over both models are 0.5, 2, 2 under one version and 1.5, 2.5, 2 under the other."""
    values = np.array([[[1, 4, 2], [3, 4, 2]], [[0, 0, 2], [0, 1, 2]]], np.int8)
    mean, se, df = estimate_mean(uncentred(values), "these_items", np.ones(len(values), bool))
    squares = np.array([0.5, 0.125, 0]) / 2
    assert mean[0] == pytest.approx(10.5 / 6)
    assert se[0] == pytest.approx(np.sqrt(squares.sum()) / 3)
    assert df[0] == pytest.approx(squares.sum() ** 2 / (squares**2).sum())


def test_the_mean_of_the_models_over_items_like_these_is_scipys_where_nothing_is_centred():
    values = np.random.default_rng(1).integers(0, 5, (3, 2, 9)).astype(np.int8)
    table = mean_table(uncentred(values), SMALL)
    row = table[(table["inference"] == "items_like_these") & (table["dimension"] == NAMES[0])].iloc[0]
    expected = stats.ttest_1samp(values.mean(axis=(0, 1)), 0)
    interval = expected.confidence_interval()
    assert (row["low"], row["score"], row["high"]) == pytest.approx((interval.low, values.mean(), interval.high))
    assert (row["models"], row["df"]) == (3, 8)
    # A family's mean is that of a study of its models alone.
    families = family_table(uncentred(values), ["A", "B", "A"], SMALL)
    for name, own in (("A", values[[0, 2]]), ("B", values[[1]])):
        part = families[families["model_family"] == name].drop(columns="model_family").reset_index(drop=True)
        pd.testing.assert_frame_equal(part, mean_table(uncentred(own), SMALL))


@pytest.mark.parametrize("centring", ["tagged_items", "none"])
def test_the_mean_profile_against_a_loop_over_queries_left_out(centring):
    """Queries of several items, some unrated, centred: the mean of the scores without each query, one by one."""
    rng = np.random.default_rng(5)
    items = [f"{n}-{m}" for n in range(6) for m in range(3)]
    queries = [item.partition("-")[0] for item in items]
    cells = [(item, *pair, sign) for item in items for pair, sign in zip(SMALL.dimensions, (1, -1, 1, 1), strict=True)]
    cells = [cell for cell in cells if rng.random() < 0.6]
    key = pd.DataFrame(cells, columns=list(KEY))
    values = rng.integers(0, 5, (4, 2, 18)).astype(np.int8)
    values[0, :, :4] = values[2, 1, 7] = NO_RATING
    subjects = [(f"m{n}", "baseline") for n in range(4)]

    def means(kept):
        own = [n for n, query in enumerate(queries) if query in kept]
        ratings = Ratings(subjects, VERSIONS[:2], [items[n] for n in own], values[:, :, own])
        table = profile_models(ratings, key[key["item_id"].isin(ratings.items)], centring, SMALL)
        return table.groupby(["family", "dimension"])["centred_mean"].mean().reindex(SMALL.dimensions).to_numpy()

    every = sorted(set(queries))
    parts = find_contributions(Ratings(subjects, VERSIONS[:2], items, values), queries, key, centring, SMALL)
    mean, se, df = estimate_mean(parts, "items_like_these", np.ones(len(parts.scores), bool))
    without = np.array([means(set(every) - {query}) for query in every])
    assert mean == pytest.approx(means(every))
    n = parts.n_queries.max(axis=0)
    assert se == pytest.approx(np.sqrt((n - 1) / n * ((without - mean) ** 2).sum(axis=0)))
    assert df == pytest.approx(n - 1)


def test_a_mean_without_models_or_queries_is_null(tmp_path):
    """One model without a score of anything but one dimension, on two queries; one version."""
    key = pd.DataFrame([(f"q{n}", *SMALL.dimensions[0], 1) for n in range(2)], columns=list(KEY))
    ratings = Ratings([("m", "baseline")], VERSIONS[:1], ["q0", "q1"], np.array([[[1, 3]]], np.int8))
    table = mean_table(find_contributions(ratings, ["q0", "q1"], key, "none", SMALL), SMALL)
    write_table(table, tmp_path / "means.csv", MEAN_PROFILE)
    read = read_table(tmp_path / "means.csv", MEAN_PROFILE).to_pandas()
    assert read[["se", "low", "high"]].isna().all(axis=None)
    assert read["score"].dropna().tolist() == [2, 2]
    assert read["models"].tolist() == [1, 0, 0, 0] * 2


def test_largest_statistic_against_a_loop():
    rng = np.random.default_rng(2)
    parts = noise(rng, size=4, queries=8, apart=0.4)
    sample = take_sample(parts, "items_like_these")
    signs = flip_signs(sample, 60, rng)
    assert set(np.unique(signs)) == {-1, 1}
    found = compare_pairs(sample, signs, SMALL)
    pairs = [(one, other) for one in range(4) for other in range(one)]

    def statistic(flips, d, pair):
        own = parts.of_query[pair[0], :, d] - parts.of_query[pair[1], :, d]
        return abs(flips @ own) / np.sqrt(own @ own)

    # A family of one dimension: nothing to be balanced.
    d = NAMES.index("Haste")
    largest = [max(statistic(flips, d, pair) for pair in pairs) for flips in signs]
    for pair in pairs:
        above = sum(drawn >= statistic(np.ones(8), d, pair) for drawn in largest)
        assert found.p_max_t[d][pair] == pytest.approx((1 + above) / 61)
    # The other family: by places within each dimension.
    drawn = {d: [max(statistic(flips, d, pair) for pair in pairs) for flips in signs] for d in range(3)}
    places = {d: [sum(other < own for other in drawn[d]) for own in drawn[d]] for d in range(3)}
    top = [max(row) for row in zip(*places.values(), strict=True)]
    for d in range(3):
        for pair in pairs:
            place = min(sum(other < statistic(np.ones(8), d, pair) for other in drawn[d]), 59)
            assert found.p_max_t[d][pair] == pytest.approx((1 + sum(own >= place for own in top)) / 61)
        for model in range(4):
            others = [other for other in range(4) if other != model]
            limit = np.quantile([max(statistic(flips, d, (model, other)) for other in others) for flips in signs], 0.95)
            clear = [other for other in others if statistic(np.ones(8), d, (model, other)) > limit]
            higher = sum(parts.scores[other, d] > parts.scores[model, d] for other in clear)
            assert found.low[model, d] == 1 + higher
            assert found.high[model, d] == 4 - (len(clear) - higher)


@pytest.mark.parametrize("inference", INFERENCES)
def test_models_that_are_the_same_are_rarely_told_apart(inference):
    rng = np.random.default_rng(3)
    hits, covered = [], []
    for _ in range(300):
        sample = take_sample(noise(rng), inference)
        found = compare_pairs(sample, flip_signs(sample, 200, rng), SMALL)
        hits.append([found.p_max_t[:3].min() <= 0.05, found.p_max_t[3].min() <= 0.05])
        covered.append(((found.low == 1) & (found.high == 6)).mean())
    assert (np.mean(hits, axis=0) <= 0.07).all()
    assert np.any(hits)
    assert np.mean(covered) >= 0.93


@pytest.mark.parametrize("inference", INFERENCES)
def test_models_that_differ_are_told_apart(inference):
    rng = np.random.default_rng(4)
    sample = take_sample(noise(rng, queries=40, apart=3.0), inference)
    signs = flip_signs(sample, 400, rng)
    found = compare_pairs(sample, signs, SMALL)
    different = ~np.eye(6, dtype=bool)
    assert (found.p_max_t[:, different] <= 0.05).all()
    np.testing.assert_array_equal(found.low, np.arange(6, 0, -1)[:, None] * np.ones(4))
    np.testing.assert_array_equal(found.high, found.low)
    assert (found.p_max_t[:, ~different] == 1).all()


def test_probability_of_the_named():
    rng = np.random.default_rng(5)
    parts = noise(rng, size=3)
    parts.scores[0, :3] = 5, 0, 4
    parts.scores[1, :3] = 5, 4, 0
    parts.scores[2, :3] = 0, 0, 5
    sample = take_sample(parts, "items_like_these")
    signs = flip_signs(sample, 500, rng)
    named = ["Sweet", "Sour_Bitter"]
    assert probability_highest(sample, signs, named, SMALL)[:2].tolist() == [1, 0]
    # Sweet against Salty is a toss.
    assert probability_highest(sample, signs, named, SMALL)[2] == pytest.approx(0.5, abs=0.1)
    parts.n_queries[:, 1] = 2
    assert np.isnan(probability_highest(take_sample(parts, "items_like_these"), signs, named, SMALL)).all()


def test_nothing_to_compare(tmp_path):
    """Equal models, one version, too few queries, a single model: nulls or 1, and tables that can be read again."""
    same = np.repeat(np.random.default_rng(6).integers(0, 5, (1, 1, 5)), 2, axis=0).astype(np.int8)
    for values, expected in ((same, 1), (same[:1], None), (same[:, :, :2], None)):
        parts = uncentred(values)
        found, chances = {}, {}
        for inference in INFERENCES:
            sample = take_sample(parts, inference)
            signs = flip_signs(sample, 20, np.random.default_rng(1))
            found[inference] = compare_pairs(sample, signs, SMALL)
            chances[inference] = probability_highest(sample, signs, ["Sweet"], SMALL)
        models = [f"m{n}" for n in range(len(values))]
        pairs, ranks = tmp_path / "pairs.csv", tmp_path / "ranks.csv"
        write_table(pair_table(parts.scores, models, found, SMALL), pairs, PAIRS)
        write_table(rank_table(parts.scores, models, found, chances, SMALL), ranks, RANKS)
        table = read_table(pairs, PAIRS).to_pandas()
        like_these = table[table["inference"] == "items_like_these"]
        for column in ("p", "p_max_t", "p_bh"):
            assert (like_these[column] == 1).all() if expected else like_these[column].isna().all()
        assert table.loc[table["inference"] == "these_items", "p"].isna().all()
        assert len(read_table(ranks, RANKS)) == 2 * 5 * len(models)


def test_false_discoveries_against_scipy():
    p = np.random.default_rng(7).random(50) ** 3
    with_gaps = np.insert(p, [0, 10, 50], np.nan)
    found = benjamini_hochberg(with_gaps)
    np.testing.assert_allclose(found[~np.isnan(with_gaps)], stats.false_discovery_control(p))
    assert np.isnan(found[np.isnan(with_gaps)]).all()


def test_few_draws_at_a_time(monkeypatch):
    rng = np.random.default_rng(8)
    tested, signs = rng.normal(size=(5, 7)), rng.choice([-1.0, 1.0], (30, 7))
    scale = np.ones((5, 5))
    whole = comparing._largest(signs, tested, scale)
    monkeypatch.setattr(comparing, "AT_ONCE", 7 * 5**2)  # seven draws, and two that are left
    np.testing.assert_array_equal(comparing._largest(signs, tested, scale), whole)


@pytest.mark.parametrize("groups", [3, 4, 5, 6])
def test_no_adjusted_p_is_below_what_so_few_groups_can_give(groups):
    # Two of the 2^G patterns of signs give what was observed: here all parts point one way.
    for seed in range(50):
        parts = np.zeros((2, groups, len(NAMES)))
        parts[0] = np.random.default_rng(seed).uniform(0.1, 1, (groups, 1))
        scores, length = parts.sum(axis=1), np.sqrt((parts[0] ** 2).sum(axis=0))
        difference = scores.T[:, :, None] - scores.T[:, None, :]
        sizes = np.broadcast_to(length[:, None, None], difference.shape)
        df = np.full(difference.shape, groups - 1.0)
        sample = Sample(scores, sizes * np.sqrt((groups - 1) / groups), df, parts, parts, difference / sizes)
        found = compare_pairs(sample, flip_signs(sample, 1000, np.random.default_rng(seed)), SMALL)
        assert found.p_max_t[:, 0, 1].min() > 0.5 * 2 / 2**groups
        if 2 / 2**groups > 0.1:
            assert (found.low == 1).all()
            assert (found.high == 2).all()
