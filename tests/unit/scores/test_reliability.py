from dataclasses import replace

import numpy as np
import pandas as pd
import pingouin
import pytest
from hypothesis import given
from hypothesis import strategies as st
from instruments import SMALL, VALUE_PORTRAIT
from scipy import optimize
from value_portrait.scores.ratings import NO_RATING, Ratings
from value_portrait.scores.reliability import (
    LEAST_UNIQUENESS,
    alphas_of_groups,
    cronbach_alpha,
    feldt_interval,
    mcdonald_omega,
    omega_of,
    reliability_of_models,
    reliability_of_raters,
)

ITEMS = ["1-1", "1-2", "1-3"]
KEY = pd.DataFrame({"item_id": ITEMS, "family": "pvq", "dimension": "Power", "rho": 0.5, "polarity": 1})
COLUMNS = ["source", "family", "dimension", "n_groups", "coefficient", "n_items", "n_observations"]
COLUMNS += ["estimate", "ci_low", "ci_high"]


def closed_formula(rows):
    k = rows.shape[1]
    return k / (k - 1) * (1 - rows.var(axis=0, ddof=1).sum() / rows.sum(axis=1).var(ddof=1))


def power(table, coefficient="alpha"):
    return table[(table["dimension"] == "Power") & (table["coefficient"] == coefficient)].iloc[0]


def draw(n, seed, shape=(3,)):
    rng = np.random.default_rng(seed)
    level = rng.normal(3.5, 1, (n, *[1] * len(shape)))
    return np.clip(np.round(level + rng.normal(0, 0.8, (n, *shape))), 1, 6).astype(np.int8)


def test_alpha_over_model_versions_equals_the_closed_formula():
    values = draw(10, 0, (2, 3))
    ratings = Ratings([(f"m{n}", "baseline") for n in range(10)], ["v1", "v2"], ITEMS, values)
    row = power(reliability_of_models(ratings, KEY, "model_by_version", VALUE_PORTRAIT))
    assert row["estimate"] == pytest.approx(closed_formula(values.reshape(20, 3).astype(float)))
    assert (row["n_items"], row["n_observations"]) == (3, 20)
    assert row["ci_low"] < row["estimate"] < row["ci_high"]
    row = power(reliability_of_models(ratings, KEY, "model", VALUE_PORTRAIT))
    assert row["estimate"] == pytest.approx(closed_formula(values.mean(axis=1)))


def test_rows_with_a_missing_rating_are_left_out():
    values = draw(10, 1, (1, 3))
    values[0, 0, 1] = NO_RATING
    ratings = Ratings([(f"m{n}", "baseline") for n in range(10)], ["v1"], ITEMS, values)
    row = power(reliability_of_models(ratings, KEY, "model_by_version", VALUE_PORTRAIT))
    assert row["n_observations"] == 9
    assert row["estimate"] == pytest.approx(closed_formula(values[1:, 0].astype(float)))


def test_negative_items_are_mirrored():
    values = draw(12, 2, (1, 3))
    flipped = values.copy()
    flipped[:, :, 2] = 7 - flipped[:, :, 2]
    subjects = [(f"m{n}", "baseline") for n in range(12)]
    straight = power(reliability_of_models(Ratings(subjects, ["v1"], ITEMS, values), KEY, "model", VALUE_PORTRAIT))
    mirrored = power(
        reliability_of_models(
            Ratings(subjects, ["v1"], ITEMS, flipped), KEY.assign(polarity=[1, 1, -1]), "model", VALUE_PORTRAIT
        )
    )
    assert straight["estimate"] == pytest.approx(mirrored["estimate"])


def survey(*groups):
    return pd.DataFrame(
        [
            (g, f"P{g}{p}", item, int(rating))
            for g, (items, rows) in enumerate(groups, 1)
            for p, row in enumerate(rows)
            for item, rating in zip(items, row, strict=True)
        ],
        columns=["group", "participant_id", "item_id", "rating"],
    )


def of_raters(people, key):
    return reliability_of_raters(alphas_of_groups(people, key, VALUE_PORTRAIT), VALUE_PORTRAIT)


def test_one_group_of_raters_keeps_its_own_alpha():
    rows = draw(30, 3)
    row = power(of_raters(survey((ITEMS, rows)), KEY))
    assert row["estimate"] == pytest.approx(closed_formula(rows.astype(float)))
    assert (row["n_groups"], row["n_items"], row["n_observations"]) == (1, 3, 30)


def test_equal_groups_pool_to_their_alpha_with_a_narrower_interval():
    rows = draw(30, 4)
    key = pd.concat([KEY, KEY.assign(item_id=["2-1", "2-2", "2-3"])])
    one = power(of_raters(survey((ITEMS, rows)), key))
    two = power(of_raters(survey((ITEMS, rows), (["2-1", "2-2", "2-3"], rows)), key))
    assert two["estimate"] == pytest.approx(one["estimate"])
    assert two["ci_high"] - two["ci_low"] < one["ci_high"] - one["ci_low"]
    assert two["n_items"] == 6


def test_a_group_with_one_item_of_the_dimension_has_no_alpha():
    row = power(of_raters(survey((["1-1"], draw(30, 5)[:, :1])), KEY))
    assert row["n_groups"] == 0
    assert np.isnan(row["estimate"])


@given(st.integers(3, 9), st.integers(2, 5), st.integers(0, 2**31))
def test_alpha_of_models_is_pingouins_and_that_of_groups(n, k, seed):
    rated = np.random.default_rng(seed).integers(1, 7, (n, k))
    items = [f"1-{place}" for place in range(k)]
    key = pd.DataFrame({"item_id": items, "family": "pvq", "dimension": "Power", "rho": 0.5, "polarity": 1})
    groups = alphas_of_groups(survey((items, rated)), key, VALUE_PORTRAIT)
    if np.ptp(rated.sum(axis=1)) == 0:
        assert np.isnan(cronbach_alpha(rated))
        assert groups.empty
    else:
        expected = pingouin.cronbach_alpha(data=pd.DataFrame(rated))[0]
        assert cronbach_alpha(rated) == pytest.approx(expected)
        about = {"group": 1, "family": "pvq", "dimension": "Power", "n_items": k, "n_observations": n}
        # An alpha of 1 could not be pooled.
        found = [] if expected > 1 - 1e-9 else [about | {"alpha": pytest.approx(expected)}]
        assert groups.to_dict("records") == found


@pytest.mark.parametrize(("seed", "n"), [(6, 12), (7, 40)])
def test_feldts_interval_is_pingouins_unrounded(seed, n):
    alpha, rounded = pingouin.cronbach_alpha(data=pd.DataFrame(draw(n, seed)))
    ours = feldt_interval(alpha, n, 3)
    assert ours == pytest.approx(rounded, abs=5.1e-4)
    assert any(end != round(end, 3) for end in ours)


def test_omega_of_exact_covariances_is_the_closed_form():
    loadings, unique = np.array([0.9, 0.7, -0.4, 1.5, 0.8]), np.array([0.5, 0.3, 0.9, 1.1, 0.2])
    assert omega_of(np.outer(loadings, loadings) + np.diag(unique)) == pytest.approx(3.5**2 / (3.5**2 + 3), abs=1e-6)


def test_omega_of_three_items_is_just_identified():
    # Each squared loading is the product of the item's two covariances over the third one.
    covariance = np.array([[1.0, 0.42, 0.36], [0.42, 1.0, 0.30], [0.36, 0.30, 1.0]])
    loadings = np.sqrt([0.42 * 0.36 / 0.30, 0.42 * 0.30 / 0.36, 0.36 * 0.30 / 0.42])
    expected = loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())
    assert omega_of(covariance) == pytest.approx(expected, abs=1e-6)


def omega_by_em(covariance):
    """The same model by Rubin and Thayer's EM algorithm (1982, Psychometrika 47)."""
    loadings, unique = np.sqrt(np.diag(covariance) / 2), np.diag(covariance) / 2
    for _ in range(20_000):
        weights = loadings / unique / (1 + (loadings**2 / unique).sum())
        loadings = covariance @ weights / (weights @ covariance @ weights + 1 - weights @ loadings)
        unique = np.diag(covariance) - loadings * (covariance @ weights)
    return loadings.sum() ** 2 / (loadings.sum() ** 2 + unique.sum())


def test_omega_equals_that_of_an_em_algorithm():
    rated = draw(80, 8, (6,)).astype(float)
    assert mcdonald_omega(rated) == pytest.approx(omega_by_em(np.cov(rated, rowvar=False)), abs=1e-6)


def test_omega_is_alpha_where_items_are_tau_equivalent():
    covariance = 0.64 + np.diag([0.3, 0.5, 0.9, 0.2])
    assert omega_of(covariance) == pytest.approx(4 / 3 * (1 - np.trace(covariance) / covariance.sum()), abs=1e-6)


def test_omega_needs_three_items_that_vary_and_more_rows_than_items():
    rated = draw(30, 9).astype(float)
    assert np.isnan(mcdonald_omega(rated[:, :2]))
    assert np.isnan(mcdonald_omega(rated[:3]))
    assert np.isnan(mcdonald_omega(rated[:0]))
    constant = np.full((30, 1), 4.0)
    assert np.isnan(mcdonald_omega(np.hstack([rated[:, :2], constant])))
    assert mcdonald_omega(np.hstack([rated, constant])) == mcdonald_omega(rated)


def test_models_have_both_coefficients_and_a_mirrored_item_counts_keyed():
    values = draw(20, 10, (2, 3))
    values[:, :, 2] = 7 - values[:, :, 2]
    ratings = Ratings([(f"m{n}", "baseline") for n in range(20)], ["v1", "v2"], ITEMS, values)
    key = KEY.assign(polarity=[1, 1, -1])
    row = power(reliability_of_models(ratings, key, "model_by_version", VALUE_PORTRAIT), "omega")
    keyed = values.reshape(40, 3) * np.array([1.0, 1, -1])
    assert row["estimate"] == pytest.approx(omega_by_em(np.cov(keyed, rowvar=False)), abs=1e-6)
    assert (row["n_items"], row["n_observations"]) == (3, 40)
    assert np.isnan(row["ci_low"])


@pytest.mark.parametrize(("lowest", "observations"), [(0, "model_by_version"), (-3, "model")])
def test_any_scale_and_family_keyed_items_and_dimensions_without_items(lowest, observations):
    instrument = replace(SMALL, lowest=lowest)
    values = (draw(14, 11, (2, 5)) + lowest - 1).clip(lowest, lowest + 4).astype(np.int8)
    values[2, 1, 4] = NO_RATING
    items = [f"{n}-1" for n in range(5)]
    ratings = Ratings([(f"m{n}", "baseline") for n in range(14)], ["a", "b"], items, values)
    key = pd.DataFrame(
        [(items[n], "taste", "Salty", (-1) ** n) for n in range(4)] + [("4-1", "pace", "Haste", 1)],
        columns=["item_id", "family", "dimension", "polarity"],
    )
    table = reliability_of_models(ratings, key, observations, instrument)
    names = [name for _, name in instrument.dimensions for _ in range(2)]
    assert table["dimension"].tolist() == names
    assert table["coefficient"].tolist() == ["alpha", "omega"] * 4
    assert table["family"].tolist() == ["taste"] * 6 + ["pace"] * 2
    assert list(table.columns) == COLUMNS
    assert (table["source"] == "models").all()
    assert (table["n_groups"] == 1).all()
    rows = np.where(values == NO_RATING, np.nan, values)
    rows = rows.reshape(28, 5) if observations == "model_by_version" else np.nanmean(rows, axis=1)
    keyed = rows[:, :4] * np.array([1, -1, 1, -1])
    alpha, omega = (
        table[(table["dimension"] == "Salty") & (table["coefficient"] == c)].iloc[0] for c in ("alpha", "omega")
    )
    assert alpha["estimate"] == pytest.approx(closed_formula(keyed))
    assert omega["estimate"] == pytest.approx(mcdonald_omega(keyed), abs=1e-6)
    others = table[table["dimension"] != "Salty"]
    assert others[["estimate", "ci_low", "ci_high"]].isna().all(axis=None)
    haste = table[table["dimension"] == "Haste"].iloc[0]
    assert (haste["n_items"], haste["n_observations"]) == (1, np.isfinite(rows[:, 4]).sum())
    assert table.loc[table["dimension"] == "Sweet", "n_items"].tolist() == [0, 0]


def test_groups_pool_by_inverse_variance_by_hand():
    one, two = draw(30, 12), draw(18, 13, (4,))
    items = ["2-1", "2-2", "2-3", "2-4"]
    key = pd.concat([KEY, KEY.iloc[[0, 0, 0, 0]].assign(item_id=items, polarity=[1, -1, 1, 1])])
    two[:, 1] = 7 - two[:, 1]
    table = of_raters(survey((ITEMS, one), (items, two)), key)
    two[:, 1] = 7 - two[:, 1]
    row = power(table)
    parts = [(closed_formula(rows.astype(float)), *rows.shape) for rows in (one, two)]
    # Hakstian and Whalen: the variance of the cube root of 1 - alpha.
    weights = [((k - 1) * (9 * n - 11) ** 2) / (18 * k * (n - 1) * (1 - alpha) ** (2 / 3)) for alpha, n, k in parts]
    mean = sum(w * (1 - alpha) ** (1 / 3) for w, (alpha, _, _) in zip(weights, parts, strict=True)) / sum(weights)
    error = 1.959963984540054 / sum(weights) ** 0.5
    found = row[["estimate", "ci_low", "ci_high"]].tolist()
    assert found == pytest.approx([1 - mean**3, 1 - (mean + error) ** 3, 1 - (mean - error) ** 3])
    assert row[["source", "family", "n_groups", "n_items", "n_observations"]].tolist() == ["raters", "pvq", 2, 7, 48]
    assert set(table.columns) == set(COLUMNS)
    assert table["dimension"].tolist() == [name for _, name in VALUE_PORTRAIT.dimensions]


def test_groups_of_other_dimensions_and_families_stay_apart():
    alphas = dict(zip(VALUE_PORTRAIT.dimensions, np.random.default_rng(14).uniform(0, 0.9, 19), strict=True))
    groups = pd.DataFrame(
        [(group, *pair, 3, 30, alpha) for group in (1, 2) for pair, alpha in alphas.items()],
        columns=["group", "family", "dimension", "n_items", "n_observations", "alpha"],
    )
    table = reliability_of_raters(groups, VALUE_PORTRAIT).set_index(["family", "dimension"])
    # Of two groups alike the mean is theirs.
    assert table["estimate"].to_dict() == pytest.approx(alphas)
    assert set(table["n_groups"]) == {2}


@pytest.mark.parametrize("rows", [np.full((5, 3), 4), np.array([[1, 2, 3], [2, 1, 5]])])
def test_raters_all_alike_or_two_alone_have_no_alpha(rows):
    found = power(of_raters(survey((ITEMS, rows)), KEY))
    assert found["n_groups"] == 0
    ratings = Ratings([(f"m{n}", "baseline") for n in range(len(rows))], ["v1"], ITEMS, rows[:, None].astype(np.int8))
    alpha = power(reliability_of_models(ratings, KEY, "model", VALUE_PORTRAIT))
    assert np.isnan(alpha["estimate"])
    assert np.isnan(alpha["ci_low"])
    assert (alpha["n_items"], alpha["n_observations"]) == (3, len(rows))


def test_a_group_that_agrees_entirely_leaves_the_others_their_alpha():
    alike, others = np.repeat([[1], [3], [6], [2]], 3, axis=1), draw(30, 15)
    key = pd.concat([KEY, KEY.assign(item_id=["2-1", "2-2", "2-3"])])
    row = power(of_raters(survey((ITEMS, alike), (["2-1", "2-2", "2-3"], others)), key))
    assert row["estimate"] == pytest.approx(closed_formula(others.astype(float)))
    assert row["n_groups"] == 1


def test_three_raters_and_two_items_are_enough_for_alpha():
    rows = np.array([[1, 2], [3, 3], [5, 6]])
    found = power(of_raters(survey((ITEMS[:2], rows)), KEY))
    assert found["estimate"] == pytest.approx(closed_formula(rows.astype(float)))


def test_omega_needs_no_more_than_one_row_beyond_its_items():
    rated = np.array([[1.0, 2, 1], [2, 1, 3], [4, 4, 5], [5, 6, 4]])
    assert np.isfinite(mcdonald_omega(rated))
    assert np.isnan(mcdonald_omega(rated[:3]))


def test_a_uniqueness_that_would_be_negative_stops_at_its_bound():
    # 0.8 * 0.8 / 0.5 is above 1 (a Heywood case).
    covariance = np.array([[1.0, 0.8, 0.8], [0.8, 1.0, 0.5], [0.8, 0.5, 1.0]])

    def misfit(free):
        model = np.outer(free[:3], free[:3]) + np.diag([LEAST_UNIQUENESS, *np.exp(free[3:])])
        return np.linalg.slogdet(model)[1] + np.trace(np.linalg.solve(model, covariance))

    # The whole likelihood by another method, the first uniqueness held at its bound.
    free = optimize.minimize(misfit, [0.9, 0.8, 0.8, -1, -1], method="BFGS").x
    common = free[:3].sum() ** 2
    expected = common / (common + LEAST_UNIQUENESS + np.exp(free[3:]).sum())
    assert omega_of(covariance) == pytest.approx(expected, abs=1e-4)


def test_a_search_that_rounding_stops_at_the_optimum_has_converged():
    # L-BFGS-B ends some of these searches as failures, although the slope is zero there.
    for seed in range(40):
        covariance = np.cov(draw(190, seed, (12,)), rowvar=False)
        omega = omega_of(covariance)
        assert omega == pytest.approx(omega_of(covariance[::-1, ::-1]), abs=1e-6), seed


def test_a_search_that_is_cut_short_has_no_omega(monkeypatch):
    minimise = optimize.minimize

    def hasty(*args, **settings):
        return minimise(*args, **settings | {"options": {"maxiter": 1}})

    monkeypatch.setattr(optimize, "minimize", hasty)
    assert np.isnan(omega_of(np.cov(draw(80, 8, (6,)), rowvar=False)))


def test_omega_of_items_that_hardly_go_together_is_the_closed_form():
    # The largest root of the scaled matrix is 1 + the sum of l² / (1 - l²) = 1.47 there.
    loadings = np.array([0.3, 0.4, 0.2, 0.35])
    covariance = np.outer(loadings, loadings) + np.diag(1 - loadings**2)
    assert omega_of(covariance) == pytest.approx(1.25**2 / (1.25**2 + 4 - 0.4125), abs=1e-5)


def test_an_item_that_varies_by_one_point_varies():
    rated = draw(40, 14, (4,)).astype(float)
    rated[:, 3] = np.where(rated[:, 3] > 3, 4, 3)
    assert mcdonald_omega(rated) == omega_of(np.cov(rated, rowvar=False))


def test_rows_whose_sums_are_all_the_same_have_no_alpha():
    values = np.array([[[1, 6]], [[3, 4]], [[5, 2]], [[2, 5]]], np.int8)
    ratings = Ratings([(f"m{n}", "baseline") for n in range(4)], ["v1"], ITEMS[:2], values)
    row = power(reliability_of_models(ratings, KEY.head(2), "model", VALUE_PORTRAIT))
    assert row[["estimate", "ci_low", "ci_high"]].isna().all()
    assert (row["n_items"], row["n_observations"]) == (2, 4)
