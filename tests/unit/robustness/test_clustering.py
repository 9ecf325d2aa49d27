"""Errors robust to clusters: against matrices, statsmodels, t-tests of clusters' means, and planted clusters."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import linalg, stats
from value_portrait.robustness.clustering import cluster_robust

CLUSTERS = np.array(list("aaaabbbccddddde"))
FIRST = np.array([1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1], float)
SIZES = np.array([3, 8, 8, 1, 2, 70, 5, 6, 9, 4, 32, 3, 2, 7, 405], float)


def with_ones(column):
    return np.column_stack([np.ones(len(column)), column])


def by_matrices(values, x, clusters):
    """CR2 and Satterthwaite's degrees of freedom as Pustejovsky and Tipton (2018) write them, for the last column."""
    bread = np.linalg.inv(x.T @ x)
    rest = np.eye(len(values)) - x @ bread @ x.T
    variance, vectors = 0.0, []
    for name in np.unique(clusters):
        own = clusters == name
        adjusted = linalg.inv(linalg.sqrtm(rest[np.ix_(own, own)])).real
        vector = (bread @ x[own].T)[-1] @ adjusted @ rest[own]
        variance += (vector @ values) ** 2
        vectors.append(vector)
    products = np.array(vectors) @ np.transpose(vectors)
    return np.sqrt(variance), np.trace(products) ** 2 / (products**2).sum()


@pytest.mark.parametrize("design", [np.ones((15, 1)), with_ones(FIRST), with_ones(SIZES)], ids=["mean", "two", "slope"])
def test_it_is_that_of_the_matrices_for_many_samples_at_once(design):
    values = np.random.default_rng(0).normal(size=(3, 15))
    contrast = cluster_robust(design, design.shape[1] - 1, CLUSTERS)
    for own, estimate, error in zip(values, contrast.estimate(values), contrast.error(values), strict=True):
        assert (error, contrast.df) == pytest.approx(by_matrices(own, design, CLUSTERS))
        assert estimate == pytest.approx(np.linalg.lstsq(design, own)[0][-1])


def test_clusters_of_one_size_are_a_t_test_of_their_means():
    clusters, values = np.repeat(range(8), 5), np.random.default_rng(1).normal(size=40)
    means = values.reshape(8, 5).mean(axis=1)
    contrast = cluster_robust(np.ones((40, 1)), 0, clusters)
    test = stats.ttest_1samp(means, 0)
    assert contrast.p(values) == pytest.approx(test.pvalue)
    assert contrast.half_width(values) == pytest.approx(means.mean() - test.confidence_interval().low)
    two = cluster_robust(with_ones(clusters < 4), 1, clusters)
    assert two.p(values) == pytest.approx(stats.ttest_ind(means[:4], means[4:]).pvalue)


@pytest.mark.parametrize(("design", "correction"), [(np.ones((40, 1)), 1 / 8), (with_ones(np.arange(40) < 20), 1 / 4)])
def test_with_equal_clusters_it_is_that_of_statsmodels_corrected(design, correction):
    clusters, values = np.repeat(range(8), 5), np.random.default_rng(1).normal(size=40)
    fitted = sm.OLS(values, design.astype(float)).fit(
        cov_type="cluster", cov_kwds={"groups": clusters, "use_correction": False}
    )
    contrast = cluster_robust(design, design.shape[1] - 1, clusters)
    assert contrast.error(values) == pytest.approx(fitted.bse[-1] / np.sqrt(1 - correction))


@pytest.mark.parametrize("column", [FIRST, SIZES])
def test_every_observation_a_cluster_is_the_robust_error_of_independent_ones(column):
    values = np.random.default_rng(2).normal(size=15)
    contrast = cluster_robust(with_ones(column), 1, np.arange(15))
    assert contrast.error(values) == pytest.approx(sm.OLS(values, with_ones(column)).fit().HC2_se[1])


@pytest.mark.parametrize(
    "design",
    [
        with_ones(CLUSTERS == "a"),  # one side, one cluster
        with_ones(np.where(CLUSTERS == "d", SIZES, 1)),  # only one cluster's sizes differ
        with_ones(np.zeros(15)),
    ],
)
def test_what_hangs_on_one_cluster_has_no_error(design):
    contrast = cluster_robust(design.astype(float), 1, CLUSTERS)
    values = np.random.default_rng(3).normal(size=(2, 15))
    assert np.isnan([contrast.df, *contrast.p(values), *contrast.half_width(values)]).all()


def test_a_single_cluster_and_none_at_all_have_no_error():
    for n in (0, 3):
        assert np.isnan(cluster_robust(np.ones((n, 1)), 0, ["a"] * n).p(np.zeros(n)))


def test_without_any_spread_there_is_no_p():
    assert np.isnan(cluster_robust(with_ones(FIRST), 1, CLUSTERS).p(np.ones(15)))


def test_the_level_holds_with_few_developers_where_the_textbook_one_does_not():
    """Ranks of size against values that share half their variance within a developer, in a design as in the paper's."""
    clusters = np.array(list("gammtttdd") + list("aaaaadddggg"))
    sizes = [8, 32, 24, 123, 8, 70, 405, 671, 671, 0.5, 1.5, 3, 7, 14, 1.5, 7, 14, 4, 12, 27]
    rng, (names, place) = np.random.default_rng(4), np.unique(clusters, return_inverse=True)
    values = (2 * rng.normal(size=(4000, len(names))))[:, place] + rng.normal(size=(4000, len(sizes)))
    ranks = stats.rankdata(values, axis=1)
    x = stats.rankdata(sizes)
    contrast = cluster_robust(with_ones(x), 1, clusters)
    assert (contrast.p(ranks) < 0.05).mean() <= 0.055
    plain = stats.pearsonr(np.broadcast_to(x, ranks.shape), ranks, axis=1).pvalue
    assert (plain < 0.05).mean() >= 0.065


def test_p_is_that_of_the_values_in_any_unit_and_what_rounding_leaves_does_not_vary():
    rng, clusters = np.random.default_rng(11), np.repeat(range(6), 4)
    contrast = cluster_robust(np.ones((24, 1)), 0, clusters)
    values = rng.normal(0.3, 1, 24)
    units = np.array([1e-12, 1, 1e12])[:, None]
    assert contrast.p(values * units) == pytest.approx([float(contrast.p(values))] * 3)
    # A mean of 1 with dust around it, beside values that vary, and by itself.
    dust = 1 + rng.normal(0, 1e-15, 24)
    assert np.isnan(contrast.p(dust * units)).all()
    assert np.isfinite(contrast.p(np.stack([dust, values * 1e-12]))).tolist() == [False, True]
    assert np.isnan(contrast.p(np.zeros(24)))
