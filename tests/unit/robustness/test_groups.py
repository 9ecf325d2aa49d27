"""Differences between groups of models: against matrices, statsmodels, a t-test of clusters, and a clustered null."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from instruments import VALUE_PORTRAIT
from scipy import linalg, special, stats
from statsmodels.stats.multitest import multipletests
from value_portrait.configuration import Model
from value_portrait.robustness.groups import (
    GROUPS,
    PROFILE_VARIANCE,
    clustered_error,
    compare_clustered,
    holm,
    welch_error,
)
from value_portrait.tables import write_table

CLUSTERS = np.array(list("aaaabbbccddddde"))
FIRST = np.array([1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1], bool)


def by_matrices(values, first, clusters):
    """CR2 and Satterthwaite's degrees of freedom as Pustejovsky and Tipton (2018) write them, for the slope."""
    x = np.column_stack([np.ones(len(values)), first])
    bread = np.linalg.inv(x.T @ x)
    rest = np.eye(len(values)) - x @ bread @ x.T
    variance, vectors = 0.0, []
    for name in np.unique(clusters):
        own = clusters == name
        adjusted = linalg.inv(linalg.sqrtm(rest[np.ix_(own, own)])).real
        vector = (bread @ x[own].T)[1] @ adjusted @ rest[own]
        variance += (vector @ values) ** 2
        vectors.append(vector)
    products = np.array(vectors) @ np.transpose(vectors)
    return np.sqrt(variance), np.trace(products) ** 2 / (products**2).sum()


def test_the_closed_form_is_that_of_the_matrices():
    for seed in range(3):
        values = np.random.default_rng(seed).normal(size=15)
        assert clustered_error(values, FIRST, CLUSTERS) == pytest.approx(by_matrices(values, FIRST, CLUSTERS))


def test_with_equal_clusters_on_one_side_each_it_is_a_t_test_of_their_means_and_statsmodels_corrected():
    clusters, values = np.repeat(range(8), 5), np.random.default_rng(1).normal(size=40)
    first = clusters < 4
    error, df = clustered_error(values, first, clusters)
    means = values.reshape(8, 5).mean(axis=1)
    test = stats.ttest_ind(means[:4], means[4:])
    assert df == pytest.approx(6)
    assert (means[:4].mean() - means[4:].mean()) / error == pytest.approx(test.statistic)
    fitted = sm.OLS(values, sm.add_constant(first.astype(float))).fit(
        cov_type="cluster", cov_kwds={"groups": clusters, "use_correction": False}
    )
    assert error == pytest.approx(fitted.bse[1] / np.sqrt(1 - 1 / 4))


def test_every_model_a_cluster_is_the_robust_error_of_independent_models():
    values = np.random.default_rng(2).normal(size=15)
    error, _ = clustered_error(values, FIRST, np.arange(15))
    assert error == pytest.approx(sm.OLS(values, sm.add_constant(FIRST.astype(float))).fit().HC2_se[1])
    assert error == pytest.approx(welch_error(values, FIRST)[0])


def test_welch_is_that_of_scipy():
    values = np.random.default_rng(3).normal(size=15)
    error, df = welch_error(values, FIRST)
    test = stats.ttest_ind(values[FIRST], values[~FIRST], equal_var=False)
    assert (values[FIRST].mean() - values[~FIRST].mean()) / error == pytest.approx(test.statistic)
    assert df == pytest.approx(test.df)


def test_developers_make_welch_reject_too_often_and_not_the_clustered_test():
    """Sizes and sides as in the paper's comparison of open and closed weights; half the variance is the developer's."""
    sides = {"a": (0, 8), "b": (0, 7), "c": (0, 3), "d": (0, 1), "e": (1, 3), "f": (2, 3), "g": (3, 0), "h": (2, 0)}
    clusters = np.array([name for name, sizes in sides.items() for _ in range(sum(sizes))])
    first = np.array([place < sizes[0] for sizes in sides.values() for place in range(sum(sizes))])
    assert (first.sum(), (~first).sum()) == (8, 25)
    rng, rejected = np.random.default_rng(4), np.zeros(2)
    for _ in range(500):
        effects = dict(zip(sides, rng.normal(size=8), strict=True))
        values = np.array([effects[name] for name in clusters]) + rng.normal(size=33)
        difference = values[first].mean() - values[~first].mean()
        for place, (error, df) in enumerate((welch_error(values, first), clustered_error(values, first, clusters))):
            rejected[place] += 2 * special.stdtr(df, -abs(difference) / error) < 0.05
    welch, clustered = rejected / 500
    assert clustered <= 0.07
    assert welch >= 0.12


def test_holm_is_that_of_statsmodels_and_nulls_are_no_tests():
    p = pd.Series([0.01, np.nan, 0.04, 0.03, 0.5])
    adjusted = holm(p)
    assert adjusted.dropna().tolist() == pytest.approx([0.04, 0.09, 0.09, 0.5])
    assert adjusted.dropna().to_numpy() == pytest.approx(multipletests(p.dropna(), method="holm")[1])
    assert np.isnan(adjusted[1])


def model(name, developer, weights, reasoning="no"):
    return Model.model_construct(
        model=name, developer=developer, family=name, weights=weights, size_b=None, reasoning=reasoning
    )


MODELS = [
    model(f"{developer}{place}", developer, "open" if developer in "ab" else "closed")
    for developer in "abcd"
    for place in range(3)
]


def scores_of(models, dimensions):
    rng = np.random.default_rng(5)
    rows = [(own.model, family, name) for own in models for family, name in dimensions]
    return pd.DataFrame(rows, columns=["model", "family", "dimension"]).assign(centred_mean=rng.normal(size=len(rows)))


def test_the_table_has_all_dimensions_and_how_pronounced_profiles_are(tmp_path, caplog):
    scores = scores_of(MODELS, VALUE_PORTRAIT.dimensions)
    table = compare_clustered(scores, MODELS, "weights", VALUE_PORTRAIT)
    write_table(table, tmp_path / "groups.csv", GROUPS)
    assert len(table) == len(VALUE_PORTRAIT.dimensions) + 1
    assert set(table["n_developers"]) == {4}
    assert not caplog.text
    assert (table["p_adjusted"] >= table["p"]).all()
    assert (table["p_adjusted"] > table["p"]).any()
    profile = table.set_index("dimension").loc[PROFILE_VARIANCE]
    wide = scores[scores["family"] == VALUE_PORTRAIT.main.name].groupby("model")["centred_mean"].var()
    is_open = wide.index.str[0].isin(["a", "b"])
    assert profile["difference"] == pytest.approx(wide[is_open].mean() - wide[~is_open].mean())
    # Of one test, so not adjusted.
    assert profile["p_adjusted"] == profile["p"]


@pytest.mark.parametrize(
    ("kept", "comparison"),
    [("acd", "weights"), ("cd", "weights"), ("abcd", "reasoning"), ("abcd", "size"), ("a", "weights")],
)
def test_a_side_with_one_developer_or_none_has_no_clustered_interval_and_it_is_said(kept, comparison, tmp_path, caplog):
    models = [own for own in MODELS if own.developer in kept]
    table = compare_clustered(scores_of(models, VALUE_PORTRAIT.dimensions), models, comparison, VALUE_PORTRAIT)
    write_table(table, tmp_path / "groups.csv", GROUPS)
    assert table[["cluster_low", "p", "p_adjusted"]].isna().all(axis=None)
    assert f"{comparison}: {len(table)} differences cannot be tested" in caplog.text
