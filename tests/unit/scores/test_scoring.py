import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instruments import VALUE_PORTRAIT
from value_portrait.scores.profiles import profile_as_seen, profile_models, profile_raters, score
from value_portrait.scores.ratings import NO_RATING, Ratings, arrange_ratings

ITEMS = ["1-1", "1-2", "1-3", "1-4"]


def item_key(*rows):
    """Rows of (item, dimension, polarity) as an item key of values."""
    items, dimensions, polarities = zip(*rows, strict=True)
    return pd.DataFrame(
        {"item_id": items, "family": "pvq", "dimension": dimensions, "rho": 0.5, "polarity": polarities}
    )


KEY = item_key(("1-1", "Power", 1), ("1-2", "Power", 1), ("1-2", "Security", 1), ("1-3", "Security", -1))


def row_of(scores, dimension, row=0):
    chosen = scores[(scores["dimension"] == dimension) & (scores["row"] == row)]
    assert len(chosen) == 1
    return chosen.iloc[0]


def test_scores_by_hand():
    # Tagged items 1-1, 1-2, 1-3, each once: centre (6 + 3 + 2) / 3 = 11/3; 1-4 carries no tag.
    scores = score(np.array([[6.0, 3.0, 2.0, 1.0]]), ITEMS, KEY, "tagged_items", VALUE_PORTRAIT)
    power, security = row_of(scores, "Power"), row_of(scores, "Security")
    assert power["mean"] == 4.5
    assert power["centred_mean"] == pytest.approx(4.5 - 11 / 3)
    assert power["sd"] == 1.5  # population SD of 6 and 3
    # 1-3 is keyed -1: rating 2 counts as 5; its deviation 2 - 11/3 changes sign.
    assert security["mean"] == (3 + 5) / 2
    assert security["centred_mean"] == pytest.approx(((3 - 11 / 3) - (2 - 11 / 3)) / 2)


@pytest.mark.parametrize(("centring", "centre"), [("tagged_items", 11 / 3), ("all_items", 3.0), ("none", 0.0)])
def test_the_three_centres(centring, centre):
    scores = score(np.array([[6.0, 3.0, 2.0, 1.0]]), ITEMS, KEY, centring, VALUE_PORTRAIT)
    assert row_of(scores, "Power")["centred_mean"] == pytest.approx(4.5 - centre)


def test_items_without_rating_are_left_out_and_counted():
    scores = score(np.array([[6.0, np.nan, 2.0, 1.0], [np.nan] * 4]), ITEMS, KEY, "tagged_items", VALUE_PORTRAIT)
    power = row_of(scores, "Power")
    assert (power["n_items"], power["n_missing"], power["mean"], power["sd"]) == (1, 1, 6, 0)
    assert power["centred_mean"] == 6 - 4
    nothing = row_of(scores, "Power", row=1)
    assert (nothing["n_items"], nothing["n_missing"]) == (0, 2)
    assert np.isnan(nothing["mean"])


def test_versions_without_rating_are_left_out_of_the_average():
    values = np.array([[[6, NO_RATING, NO_RATING, 1], [3, 4, NO_RATING, 1]]], np.int8)
    ratings = Ratings([("m", "baseline")], ["v1", "v2"], ITEMS, values)
    np.testing.assert_array_equal(ratings.averages(), [[4.5, 4, np.nan, 1]])
    profile = profile_models(ratings, KEY, "tagged_items", VALUE_PORTRAIT).set_index("dimension")
    assert profile.loc["Power", "n_missing_answers"] == 1
    assert profile.loc["Security", "n_missing_answers"] == 3
    assert profile.loc["Security", "n_missing"] == 1


def _rating(value):
    return None if value == NO_RATING else int(value)


def ratings_table(values, models):
    versions = [f"v{n}" for n in range(values.shape[1])]
    rows = [
        {"model": m, "condition": "baseline", "prompt_version": v, "item_id": i, "rating": _rating(values[a, b, c])}
        for a, m in enumerate(models)
        for b, v in enumerate(versions)
        for c, i in enumerate(ITEMS)
    ]
    table = pa.Table.from_pylist(rows)
    for name in ("model", "condition", "prompt_version", "item_id"):
        table = table.set_column(table.column_names.index(name), name, table[name].dictionary_encode())
    return table, versions


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 4))
def test_arranging_is_independent_of_the_order_of_rows(seed, models, versions):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 7, (models, versions, 4)).astype(np.int8)
    values[values == 0] = NO_RATING
    names = [f"m{n}" for n in range(models)]
    table, version_names = ratings_table(values, names)
    straight = arrange_ratings(table, "rating", version_names, ITEMS)
    np.testing.assert_array_equal(straight.values, values)
    assert [model for model, _ in straight.subjects] == names
    shuffled = arrange_ratings(table.take(rng.permutation(table.num_rows)), "rating", version_names, ITEMS)
    for model in names:
        np.testing.assert_array_equal(
            shuffled.values[shuffled.subjects.index((model, "baseline"))], values[names.index(model)]
        )


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-1, 1))
def test_a_constant_shift_leaves_centred_scores_alone(seed, shift):
    averages = np.random.default_rng(seed).uniform(2, 5, (3, 4))
    before, after = (score(x, ITEMS, KEY, "tagged_items", VALUE_PORTRAIT) for x in (averages, averages + shift))
    np.testing.assert_allclose(before["centred_mean"], after["centred_mean"], atol=1e-12)
    # The spread of a dimension with keys of both signs does move: Security has one of each.
    power = before["dimension"] == "Power"
    np.testing.assert_allclose(before["sd"][power], after["sd"][power], atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_mirrored_answers_and_key_change_the_sign_of_the_centred_scores(seed):
    averages = np.random.default_rng(seed).uniform(1, 6, (2, 4))
    mirrored = score(7 - averages, ITEMS, KEY.assign(polarity=-KEY["polarity"]), "tagged_items", VALUE_PORTRAIT)
    straight = score(averages, ITEMS, KEY, "tagged_items", VALUE_PORTRAIT)
    np.testing.assert_allclose(mirrored["centred_mean"], straight["centred_mean"], atol=1e-12)
    np.testing.assert_allclose(mirrored["mean"], straight["mean"], atol=1e-12)


def survey_of(*sittings):
    """Rows of (group, participant, {item: rating})."""
    rows = [(g, p, i, r) for g, p, ratings in sittings for i, r in ratings.items()]
    return pd.DataFrame(rows, columns=["group", "participant_id", "item_id", "rating"])


def test_a_rater_is_scored_on_what_they_saw():
    survey = survey_of((1, "P1", {"1-1": 6, "1-2": 2}), (2, "P1", {"1-3": 5, "1-4": 3}))
    profiles = profile_raters(survey, ITEMS, KEY, "tagged_items", VALUE_PORTRAIT)
    power = profiles[profiles["dimension"] == "Power"].set_index("group")
    assert power.loc[1, "n_items"] == 2
    assert power.loc[1, "centred_mean"] == 0
    assert power.loc[2, "n_items"] == 0
    security = profiles[profiles["dimension"] == "Security"].set_index("group")
    assert security.loc[1, "centred_mean"] == 2 - 4


def test_a_model_that_answers_like_every_rater_scores_like_them_as_seen():
    survey = survey_of(
        (1, "P1", {"1-1": 6, "1-2": 2}), (1, "P2", {"1-1": 6, "1-2": 2}), (2, "P3", {"1-3": 5, "1-4": 3})
    )
    ratings = Ratings([("m", "baseline")], ["v1"], ITEMS, np.array([[[6, 2, 5, 3]]], np.int8))
    seen = profile_as_seen(ratings, survey, KEY, "tagged_items", VALUE_PORTRAIT).set_index(["dimension", "group"])
    people = profile_raters(survey, ITEMS, KEY, "tagged_items", VALUE_PORTRAIT).groupby(["dimension", "group"])
    assert seen["n_raters"].groupby("group").unique().explode().to_dict() == {1: 2, 2: 1}
    for name, mean in people["centred_mean"].mean().items():
        assert seen.loc[name, "centred_mean"] == pytest.approx(mean, nan_ok=True)
    assert seen.loc["Security", "centred_mean"].notna().all()
    assert seen.loc["Hedonism", "centred_mean"].isna().all()
