"""Alphas: against pingouin, statsmodels' meta-analysis and the table of reliability; clustering that bites."""

import numpy as np
import pandas as pd
import pingouin
import pytest
from instruments import SMALL
from statsmodels.stats.meta_analysis import combine_effects
from value_portrait.robustness.alphas import (
    ALPHAS,
    alphas_of_models,
    alphas_of_raters,
    clustered_alpha,
    pool_random,
)
from value_portrait.scores.ratings import NO_RATING, Ratings
from value_portrait.scores.reliability import (
    alphas_of_groups,
    cronbach_alpha,
    feldt_interval,
    reliability_of_models,
    reliability_of_raters,
)
from value_portrait.tables import write_table

RNG = np.random.default_rng(3)
RATED = RNG.normal(size=(24, 1)) + RNG.normal(size=(24, 5))


def test_alpha_is_that_of_pingouin():
    assert cronbach_alpha(RATED) == pytest.approx(pingouin.cronbach_alpha(pd.DataFrame(RATED))[0])
    assert np.isnan([cronbach_alpha(RATED[:2]), cronbach_alpha(RATED[:, :1]), cronbach_alpha(np.ones((9, 3)))]).all()


def test_repeating_every_row_narrows_feldts_interval_and_not_the_clustered_one():
    once = clustered_alpha(RATED, np.arange(24))
    often = clustered_alpha(np.repeat(RATED, 6, axis=0), np.repeat(np.arange(24), 6))
    assert often == pytest.approx(once)
    assert np.subtract(*feldt_interval(once[0], 24, 5)) < 2 * np.subtract(*feldt_interval(once[0], 144, 5))


def test_the_clustered_interval_covers_alpha_where_versions_repeat_their_model():
    """Six versions that differ little from their model: Feldt's interval takes 120 rows for independent."""
    rng, covered = np.random.default_rng(6), np.zeros(2)
    truth = 4 * 1.0 / (4 * 1.0 + 1.2)
    for _ in range(200):
        models = rng.normal(size=(20, 1, 1)) + rng.normal(size=(20, 1, 4))
        rated = (models + np.sqrt(0.2) * rng.normal(size=(20, 6, 4))).reshape(120, 4)
        alpha, low, high = clustered_alpha(rated, np.repeat(np.arange(20), 6))
        for place, (one, other) in enumerate(((low, high), feldt_interval(alpha, 120, 4))):
            covered[place] += one <= truth <= other
    clustered, feldt = covered / 200
    assert 0.9 <= clustered <= 0.985
    assert feldt < 0.8


def test_random_effects_are_those_of_statsmodels():
    effects, variances = np.array([0.2, 0.9, 0.5, 0.55, 0.1]), np.array([0.01, 0.02, 0.015, 0.01, 0.03])
    mean, error, between = pool_random(effects, variances)
    other = combine_effects(effects, variances, method_re="dl", use_t=True)
    assert between == pytest.approx(other.tau2)
    assert mean == pytest.approx(other.mean_effect_re)
    assert error == pytest.approx(other.sd_eff_w_re_hksj)
    # Alike beyond chance: no variance between them, and the mean is that of fixed effects.
    assert pool_random(np.array([0.5, 0.51, 0.49]), variances[:3])[2] == 0


def survey(shift):
    """Three groups of forty people with six items each; people of the last group agree more or less."""
    rng, rows = np.random.default_rng(2), []
    for group in range(3):
        general = rng.normal(size=40) * (1 + shift * (group == 2))
        for item in range(6):
            ratings = np.clip(np.round(2 + general + rng.normal(size=40) * 0.9), 0, 4)
            rows += [(group + 1, f"{group}-{item}", f"P{group}{person}", int(r)) for person, r in enumerate(ratings)]
    return pd.DataFrame(rows, columns=["group", "item_id", "participant_id", "rating"])


KEY = pd.DataFrame(
    [("taste", "Sweet", f"{group}-{item}", -1 if item == 5 else 1) for group in range(3) for item in range(6)],
    columns=["family", "dimension", "item_id", "polarity"],
)


def test_simple_columns_are_those_of_the_table_of_reliability(tmp_path):
    rng = np.random.default_rng(9)
    items = KEY["item_id"].tolist()
    values = (rng.integers(0, 3, (8, 1, 1)) + rng.integers(0, 3, (8, 3, 18))).astype(np.int8)
    values[2, 1, 4] = NO_RATING
    ratings = Ratings([(f"m{place}", "baseline") for place in range(8)], ["a", "a_turned", "b"], items, values)
    groups = alphas_of_groups(survey(0), KEY, SMALL)
    for rows in ("model_by_version", "model"):
        for ours, known in (
            (alphas_of_models(ratings, KEY, rows, SMALL), reliability_of_models(ratings, KEY, rows, SMALL)),
            (alphas_of_raters(groups, SMALL), reliability_of_raters(groups, SMALL)),
        ):
            write_table(ours, tmp_path / "alphas.csv", ALPHAS)
            other = known[known["coefficient"] == "alpha"].reset_index(drop=True)
            for name, column in (("simple", "estimate"), ("simple_low", "ci_low"), ("simple_high", "ci_high")):
                assert ours[name].to_numpy(float) == pytest.approx(other[column].to_numpy(float), nan_ok=True)
            assert ours["n_observations"].tolist() == other["n_observations"].tolist()
            assert ours["simple"].notna().sum() == 1


def test_groups_that_differ_widen_the_interval_of_raters():
    alike, differing = (
        alphas_of_raters(alphas_of_groups(survey(shift), KEY, SMALL), SMALL).iloc[0] for shift in (0, -1)
    )
    assert differing["between_sd"] > alike["between_sd"]
    assert differing["high"] - differing["low"] > 2 * (differing["simple_high"] - differing["simple_low"])
    assert differing["p_equal"] < 0.05 < alike["p_equal"]
    assert differing["low"] < differing["estimate"] < differing["high"] <= 1


def test_one_group_and_two_models_have_no_honest_interval():
    only = survey(0)
    row = alphas_of_raters(alphas_of_groups(only[only["group"] == 1], KEY, SMALL), SMALL).iloc[0]
    assert row["simple"] == pytest.approx(row["estimate"])
    assert row[["low", "high", "between_sd", "p_equal"]].isna().all()
    assert np.isnan(clustered_alpha(RATED, np.arange(24) % 2)[1:]).all()
