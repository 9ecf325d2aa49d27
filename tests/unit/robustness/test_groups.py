"""Differences between groups of models: against SciPy, statsmodels and a clustered null."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from instruments import VALUE_PORTRAIT
from scipy import stats
from statsmodels.stats.multitest import multipletests
from value_portrait.robustness.clustering import cluster_robust
from value_portrait.robustness.groups import GROUPS, PROFILE_VARIANCE, compare_clustered, holm, welch_half_width
from value_portrait.tables import write_table


def test_developers_make_welch_reject_too_often_and_not_the_clustered_test():
    """Sizes and sides as in the paper's comparison of open and closed weights; half the variance is the developer's."""
    sides = {"a": (0, 8), "b": (0, 7), "c": (0, 3), "d": (0, 1), "e": (1, 3), "f": (2, 3), "g": (3, 0), "h": (2, 0)}
    clusters = np.array([name for name, sizes in sides.items() for _ in range(sum(sizes))])
    first = np.array([place < sizes[0] for sizes in sides.values() for place in range(sum(sizes))])
    assert (first.sum(), (~first).sum()) == (8, 25)
    rng, names = np.random.default_rng(4), np.array(list(sides))
    effects = rng.normal(size=(500, 8)) @ np.equal.outer(names, clusters)
    values = effects + rng.normal(size=effects.shape)
    clustered = cluster_robust(np.column_stack([np.ones(33), first]), 1, clusters).p(values)
    welch = stats.ttest_ind(values[:, first], values[:, ~first], axis=1, equal_var=False).pvalue
    assert (clustered < 0.05).mean() <= 0.07
    assert (welch < 0.05).mean() >= 0.12


@given(sizes=st.tuples(st.integers(2, 30), st.integers(2, 30)), ratio=st.floats(0.01, 100), seed=st.integers(0, 999))
def test_welchs_interval_is_scipys(sizes, ratio, seed):
    rng = np.random.default_rng(seed)
    one, other = rng.normal(size=sizes[0]), rng.normal(scale=ratio, size=sizes[1])
    low, high = stats.ttest_ind(one, other, equal_var=False).confidence_interval()
    reach = welch_half_width(one, other)
    middle = one.mean() - other.mean()
    assert (middle - reach, middle + reach) == pytest.approx((low, high))
    assert welch_half_width(np.ones(3), np.zeros(2)) == 0


def test_holm_is_that_of_statsmodels_and_nulls_are_no_tests():
    p = pd.Series([0.01, np.nan, 0.04, 0.03, 0.5])
    adjusted = holm(p)
    assert adjusted.dropna().tolist() == pytest.approx([0.04, 0.09, 0.09, 0.5])
    assert adjusted.dropna().to_numpy() == pytest.approx(multipletests(p.dropna(), method="holm")[1])
    assert np.isnan(adjusted[1])


MODELS = {
    f"{developer}{place}": {
        "developer": developer,
        "weights": "open" if developer in "ab" else "closed",
        "size_b": None,
        "reasoning": "no",
        "answers": "printed" if f"{developer}{place}" in ("a1", "c0", "c2") else "recorded",
    }
    for developer in "abcd"
    for place in range(3)
}


def scores_of(models, dimensions):
    rng = np.random.default_rng(5)
    rows = [(own, family, name) for own in models for family, name in dimensions]
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
    values, open_models = scores[scores["dimension"] == "Power"]["centred_mean"], 6
    power = table.set_index("dimension").loc["Power"]
    interval = stats.ttest_ind(values[:open_models], values[open_models:], equal_var=False).confidence_interval()
    assert (power["ci_low"], power["ci_high"]) == pytest.approx(tuple(interval))
    means = values[:open_models].mean(), values[open_models:].mean()
    assert (power["mean_first"], power["mean_second"]) == pytest.approx(means)
    assert power["difference"] == pytest.approx(means[0] - means[1])
    assert table[["printed_first", "printed_second"]].drop_duplicates().to_numpy().tolist() == [[1, 2]]
    # Of one test, so not adjusted.
    assert profile["p_adjusted"] == profile["p"]


@pytest.mark.parametrize(
    ("kept", "comparison"),
    [("acd", "weights"), ("cd", "weights"), ("abcd", "reasoning"), ("abcd", "size"), ("a", "weights")],
)
def test_a_side_with_one_developer_or_none_has_no_clustered_interval_and_it_is_said(kept, comparison, tmp_path, caplog):
    models = {name: own for name, own in MODELS.items() if own["developer"] in kept}
    table = compare_clustered(scores_of(models, VALUE_PORTRAIT.dimensions), models, comparison, VALUE_PORTRAIT)
    write_table(table, tmp_path / "groups.csv", GROUPS)
    assert table[["cluster_low", "p", "p_adjusted"]].isna().all(axis=None)
    assert f"{comparison}: {len(table)} differences cannot be tested" in caplog.text


def test_what_rounding_leaves_of_no_difference_is_none(caplog):
    scores = scores_of(MODELS, VALUE_PORTRAIT.dimensions)
    own = scores["dimension"] == "Neuroticism"
    scores.loc[own, "centred_mean"] = 1e-16 * scores["centred_mean"]
    table = compare_clustered(scores, MODELS, "weights", VALUE_PORTRAIT).set_index("dimension")
    assert table.loc["Neuroticism", ["difference", "ci_low", "ci_high"]].tolist() == [0, 0, 0]
    assert table.index[table["p"].isna()].tolist() == ["Neuroticism"]
    assert "1 difference cannot be tested: nothing varies, or" in caplog.text


def test_a_model_without_a_score_is_left_out_and_sides_may_differ_in_size():
    kept = {name: own for name, own in MODELS.items() if name not in ("a0", "b1", "b2", "a1")}
    scores = scores_of(kept, VALUE_PORTRAIT.dimensions)
    scores.loc[(scores["model"] == "c1") & (scores["dimension"] == "Power"), "centred_mean"] = np.nan
    table = compare_clustered(scores, kept, "weights", VALUE_PORTRAIT).set_index("dimension")
    assert table.loc["Hedonism", ["n_first", "n_second", "n_developers"]].tolist() == [2, 6, 4]
    power = table.loc["Power"]
    assert power[["n_first", "n_second", "n_developers"]].tolist() == [2, 5, 4]
    values = scores[scores["dimension"] == "Power"].dropna().sort_values("model").set_index("model")["centred_mean"]
    first = values.index.str[0].isin(["a", "b"])
    welch = stats.ttest_ind(values[first], values[~first], equal_var=False).confidence_interval()
    assert (power["ci_low"], power["ci_high"]) == pytest.approx(tuple(welch))
    slope = cluster_robust(np.column_stack([np.ones(7), first]), 1, list(values.index.str[0]))
    reach = float(slope.half_width(values.to_numpy()))
    assert (power["cluster_high"] - power["cluster_low"]) / 2 == pytest.approx(reach)
    assert (power["cluster_high"] + power["cluster_low"]) / 2 == pytest.approx(power["difference"])
    assert (power["df"], power["p"]) == pytest.approx((slope.df, float(slope.p(values.to_numpy()))))
    # Holm over the dimensions of a family, and how pronounced profiles are by itself.
    values = table[table["family"] == VALUE_PORTRAIT.main.name].drop(PROFILE_VARIANCE)
    assert values["p_adjusted"].tolist() == pytest.approx(multipletests(values["p"], method="holm")[1])
    alone = scores[scores["model"] != "b0"]
    assert compare_clustered(alone, kept, "weights", VALUE_PORTRAIT)["ci_low"].isna().all()
