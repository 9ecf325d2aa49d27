"""What else could explain profiles, and what is left of headlines, against hand-made numbers and planted studies."""

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL
from scipy import stats
from value_portrait.robustness import explanations
from value_portrait.robustness.alternatives import ALTERNATIVES, Material
from value_portrait.robustness.explanations import style_shares, weighted_correlations
from value_portrait.robustness.headlines import compare_dimensions, explain, headlines, what_is_left
from value_portrait.robustness.shuffling import strongest
from value_portrait.scores.ratings import NO_RATING, Ratings
from value_portrait.tables import read_table, write_table

TASTES = SMALL.families[0].names
HELD_APART = {"sweet_over_salty": ["Sweet", "Salty"]}


def material(averages=None, seed=1, models=6, items=60, draws=99, **settings):
    """Six models and a key that says which items each model prefers; null keys tag as many items at random."""
    random = np.random.default_rng(seed)
    key = np.zeros((items, len(SMALL.dimensions)), np.int8)
    key[np.arange(items), np.arange(items) % 3] = 1
    null_keys = strongest(random.normal(size=(draws, items, len(SMALL.dimensions))), key.sum(axis=0), "positive")
    if averages is None:
        averages = random.normal(2, 0.5, (models, items))
    sides = {"size": np.array([1, 1, 1, -1, -1, 0][:models])}
    names = [f"m{number}" for number in range(len(averages))]
    given = {"partial": None, "liking": random.normal(2, 0.5, items)} | settings
    return Material(names, averages, key, null_keys, sides=sides, centring="tagged_items", instrument=SMALL, **given)


def table(rows):
    return (
        pd.DataFrame(rows, columns=list(ALTERNATIVES.columns))
        .set_index(["statistic", "subject", "without", "dimension"])
        .sort_index()
    )


def everything(own):
    items = own.averages.shape[1]
    values = np.full((len(own.models), 1, items), 2, np.int8)
    rated = Ratings(
        [(model, "baseline") for model in own.models], ["a"], [f"{item}-1" for item in range(items)], values
    )
    return explain(own, rated, np.arange(items) // 5, None, HELD_APART, 50, 2)


def test_a_key_that_finds_what_models_prefer_stands_out_from_null_keys():
    random = np.random.default_rng(5)
    averages = 2 + np.tile([0.6, 0, -0.6], 20) + random.normal(0, 0.4, (6, 60))
    rows = table(everything(material(averages)))
    own = rows.loc[("mean_profile_sd", "all models", "nothing")].iloc[0]
    assert own["value"] == pytest.approx(0.49, abs=0.05)
    assert own["expected"] < 0.2
    assert own["p"] == 0.01
    sweet = rows.loc[("mean_profile", "all models", "nothing", "Sweet")]
    assert sweet["value"] == pytest.approx(0.6, abs=0.1)
    assert sweet["p"] == 0.02
    assert abs(rows.loc[("difference", "size", "nothing", "Sweet"), "value"]) < 0.3
    above = rows.loc[("above", "sweet_over_salty")].iloc[0]
    assert above["value"] == pytest.approx(0.6, abs=0.1)
    assert (above["p"], above["n"]) == (0.02, 6)


def test_a_key_that_means_nothing_has_any_p():
    chances = []
    for seed in range(80):
        own = material(seed=seed, draws=59, items=30)
        rows = table([*what_is_left(own), *compare_dimensions(own, HELD_APART)])
        names = [("mean_profile", "all models", "nothing", "Salty"), ("difference", "size", "nothing", "Sweet")]
        chances.append([rows.loc[name, "p"] for name in names] + rows.loc[("above", "sweet_over_salty"), "p"].tolist())
    below = (np.array(chances) <= 0.2).mean(axis=0)
    assert (abs(below - 0.2) < 0.12).all()


def test_ratings_that_are_people_s_likings_leave_nothing_without_them():
    liking = np.random.default_rng(3).normal(2, 0.5, 60)
    own = material(2 + np.outer([1, 0.5, 0.2, 0.7, 0.4, 0.9], liking - 2), liking=liking)
    rows = table(everything(own))
    for model in (*own.models, "all models"):
        assert rows.loc[("rating_r", model), "value"].item() == pytest.approx(1)
        assert rows.loc[("profile_r", model), "value"].item() == pytest.approx(1)
    assert rows.loc[("amplitude_r", "all models"), "value"].item() == pytest.approx(1)
    assert rows.loc[("one_profile_share", "all models"), "value"].item() == pytest.approx(1)
    assert rows.loc[("own_share", "m2"), "value"].item() == pytest.approx(1)
    for without in ("liking", "amplitude"):
        assert rows.loc[("amplitude", "all models", without), "value"].item() == pytest.approx(0, abs=1e-9)
    # Without spread all are the same model.
    assert rows.loc[("model_sd", "all models", "spread"), "value"].to_numpy() == pytest.approx(0, abs=1e-9)
    assert rows.loc[("model_sd", "all models", "nothing"), "value"].min() > 0
    assert rows.loc[("order_r", "all models", "spread"), "value"].item() == 1


def test_shares_of_one_profile_are_those_of_a_regression():
    own = material()
    profiles = own.own_profiles[0]
    rows = table(explanations.explain_by_common_profile(own))
    for number, model in enumerate(own.models):
        others = np.delete(profiles, number, axis=0).mean(axis=0)
        slope = max(profiles[number] @ others / (others @ others), 0)
        left = ((profiles[number] - slope * others) ** 2).sum()
        assert rows.loc[("own_share", model), "value"].item() == pytest.approx(1 - left / (profiles[number] ** 2).sum())
    total = (profiles**2).sum()
    left = ((profiles - profiles.mean(axis=0)) ** 2).sum()
    assert rows.loc[("mean_share", "all models"), "value"].item() == pytest.approx(1 - left / total)
    first = np.linalg.svd(profiles, compute_uv=False)[0] ** 2
    assert rows.loc[("one_profile_share", "all models"), "value"].item() == pytest.approx(first / total)


def test_models_that_rate_all_items_alike_have_no_profile_to_share():
    """Their scores are 0 but for rounding."""
    averages = np.repeat(np.random.default_rng(3).uniform(0, 4, (6, 1)), 60, axis=1)
    own = material(averages)
    assert (own.own_profiles != 0).any()
    rows = table(explanations.explain_by_common_profile(own))
    assert len(rows) == 8
    assert rows[["value", "expected", "p"]].isna().all(axis=None)


def test_headlines_are_those_of_a_frame():
    profiles = np.random.default_rng(4).normal(size=(2, 6, 3))
    profiles[1, :, 2] = profiles[0, 3, 1] = np.nan
    sides = {"size": np.array([1, 1, -1, -1, -1, 0]), "none": np.zeros(6)}
    found = headlines(profiles, sides, TASTES)
    for key, own in enumerate(profiles):
        frame = pd.DataFrame(own, columns=TASTES)
        mean, spread = frame.mean(), frame.std(axis=1, ddof=0)
        difference = frame[:2].mean() - frame[2:5].mean()
        expected = {
            ("mean_profile_sd", "", None, False): mean.std(ddof=0),
            ("mean_profile_range", "", None, False): mean.max() - mean.min(),
            ("model_sd", "", None, False): (frame.std() ** 2).mean() ** 0.5,
            ("amplitude", "", None, False): spread.mean(),
            ("amplitude", "size", None, True): spread[:2].mean() - spread[2:5].mean(),
            ("difference", "size", None, False): (difference**2).mean() ** 0.5,
        }
        for name in TASTES:
            expected["mean_profile", "", name, True] = mean[name]
            expected["model_sd", "", name, False] = frame[name].std()
            expected["difference", "size", name, True] = difference[name]
        assert {name: found[name][key] for name in expected} == pytest.approx(expected, nan_ok=True)
    assert all(np.isnan(value).all() for (_, side, *_), value in found.items() if side == "none")


def test_dimensions_held_apart_are_compared_in_models_that_have_both_under_every_key():
    own = material(draws=19)
    own.averages[4, own.key[:, 0] == 1] = np.nan
    own.null_keys[3, :, 1] = 0

    def by_hand(key):
        sides = []
        for place in (1, 0):
            centre = np.nanmean(own.averages[:, (key[:, :3] != 0).any(axis=1)], axis=1, keepdims=True)
            deviations = (own.averages - centre)[:, key[:, place] == 1]
            sides.append([row[np.isfinite(row)].mean() if np.isfinite(row).any() else np.nan for row in deviations])
        return np.nanmean(np.subtract(*sides))

    (row,) = compare_dimensions(own, {"one": ["Salty", "Sweet"]})
    value, by_chance = by_hand(own.key), np.array([by_hand(key) for key in np.delete(own.null_keys, 3, axis=0)])
    smaller = min((by_chance >= value).sum(), (by_chance <= value).sum())
    assert (row["question"], row["subject"], row["family"], row["dimension"]) == ("claim", "one", "taste", None)
    assert (row["value"], row["n"]) == (pytest.approx(value), 5)
    assert row["p"] == pytest.approx(min(1, 2 * (1 + smaller) / 19))
    assert row["expected"] == pytest.approx(by_chance.mean())
    # Null keys are made of some families alone.
    own = material(draws=19)
    own.null_keys[:, :, 0] = 0
    assert np.isnan(next(compare_dimensions(own, {"one": ["Salty", "Sweet"]}))["p"])


def test_weighted_correlations_are_those_of_repeated_items():
    random = np.random.default_rng(1)
    values, other = random.normal(size=(2, 8)), random.normal(size=8)
    values[1, 3] = np.nan
    weights = random.integers(0, 4, (5, 8))
    found = weighted_correlations(values, other, weights)
    for draw, own in enumerate(weights):
        places = np.repeat(np.arange(8), own)
        for row, model in enumerate(values):
            there = places[np.isfinite(model[places])]
            assert found[draw, row] == pytest.approx(stats.pearsonr(model[there], other[there]).statistic)


def test_the_interval_of_a_rating_follows_the_queries_not_the_items():
    """Four copies of an item say no more than one: the interval is twice as wide as if they did."""
    random = np.random.default_rng(2)
    liking = np.repeat(random.normal(size=80), 4)
    averages = 0.5 * liking + np.repeat(random.normal(size=80), 4)[None]
    widths = []
    for queries in (np.arange(320) // 4, np.arange(320)):
        own = material(averages, models=1, items=320, liking=liking)
        row = next(explanations.explain_by_liking(own, queries, 2000, np.random.default_rng(1)))
        widths.append(row["high"] - row["low"])
    assert widths[0] / widths[1] == pytest.approx(2, rel=0.1)


def test_response_styles_of_a_hand_made_rater():
    # Middle of 0 to 4 is 2. Two clusters: three of four, and one of two.
    rows = list(style_shares("m", np.array([2, 2, 2, 0, 2, 1]), np.array([0, 0, 0, 0, 3, 3]), SMALL))
    middle, extreme = rows
    assert (middle["value"], extreme["value"], middle["n"]) == (4 / 6, 1 / 6, 2)
    # Deviations from the ratio are 3 - 8/3 and 1 - 4/3, so the variance is 2 (1/9 + 1/9) / 6².
    assert middle["high"] - middle["value"] == pytest.approx(1.959964 * (4 / 9) ** 0.5 / 6)
    assert [row["value"] for row in style_shares("m", np.array([], int), np.array([], int), SMALL)] == pytest.approx(
        [np.nan] * 2, nan_ok=True
    )


def test_styles_of_models_and_people_leave_out_what_is_not_rated():
    values = np.array([[[0, 2, NO_RATING, 4]]], np.int8)
    rated = Ratings([("m", "baseline")], ["a"], list("wxyz"), values)
    survey = pd.DataFrame({"participant_id": ["P1", "P1", "P2"], "rating": [2, 2, 4]})
    rows = table(explanations.explain_by_style(rated, np.array([0, 0, 1, 1]), survey, SMALL))["value"]
    assert rows.loc[("share_extreme", "m")].item() == pytest.approx(2 / 3)
    assert rows.loc[("share_middle", "people")].item() == pytest.approx(2 / 3)


def test_tags_that_stay_are_those_in_both_keys():
    own = material(items=6)
    partial = own.key.copy()
    partial[0] = 0
    partial[1] *= -1
    rows = table(explanations.explain_by_rater_mean(material(items=6, partial=partial)))["value"]
    shares = {name: rows.loc[("share_kept", "people", "rater_mean", name)] for name in TASTES}
    assert shares == {"Sweet": 1 / 2, "Salty": 1 / 2, "Sour_Bitter": 1}
    assert np.isnan(rows.loc[("share_kept", "people", "rater_mean", "Haste")])


@pytest.mark.parametrize("models", [0, 1, 2])
@pytest.mark.parametrize("people", [True, False])
def test_few_models_and_no_people_leave_nulls_and_a_valid_table(models, people, tmp_path, caplog):
    settings = {} if people else {"liking": None, "draws": 0}
    own = material(models=models, items=12, **settings)
    write_table(everything(own), tmp_path / "a.csv", ALTERNATIVES)
    rows = read_table(tmp_path / "a.csv", ALTERNATIVES).to_pandas()
    assert rows.loc[rows["statistic"] == "model_sd", "value"].isna().all() == (models < 2)
    assert rows["expected"].notna().any() == (people and models > 0)
    assert (rows["question"] == "liking").any() == (people and models > 0)
    assert "size: its numbers are null" in caplog.text


def test_a_dimension_without_items_and_missing_answers_leave_the_rest():
    own = material()
    own.averages[0, ::3] = np.nan
    own.key[:, 1] = 0
    own.null_keys[:, :, 1] = 0
    rows = table(everything(own))["value"]
    assert np.isnan(rows.loc[("mean_profile", "all models", "nothing", "Salty")])
    assert np.isfinite(rows.loc[("mean_profile", "all models", "nothing", "Sour_Bitter")])
    assert np.isfinite(rows.loc[("mean_profile_sd", "all models", "nothing")].item())
