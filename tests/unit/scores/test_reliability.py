import numpy as np
import pandas as pd
import pytest
from instruments import VALUE_PORTRAIT
from value_portrait.scores.ratings import NO_RATING, Ratings
from value_portrait.scores.reliability import alpha_of_models, alpha_of_raters

ITEMS = ["1-1", "1-2", "1-3"]
KEY = pd.DataFrame({"item_id": ITEMS, "family": "pvq", "dimension": "Power", "rho": 0.5, "polarity": 1})


def closed_formula(rows):
    k = rows.shape[1]
    return k / (k - 1) * (1 - rows.var(axis=0, ddof=1).sum() / rows.sum(axis=1).var(ddof=1))


def power(table):
    return table[table["dimension"] == "Power"].iloc[0]


def draw(n, seed, shape=(3,)):
    rng = np.random.default_rng(seed)
    level = rng.normal(3.5, 1, (n, *[1] * len(shape)))
    return np.clip(np.round(level + rng.normal(0, 0.8, (n, *shape))), 1, 6).astype(np.int8)


def test_alpha_over_model_versions_equals_the_closed_formula():
    values = draw(10, 0, (2, 3))
    ratings = Ratings([(f"m{n}", "baseline") for n in range(10)], ["v1", "v2"], ITEMS, values)
    row = power(alpha_of_models(ratings, KEY, "model_by_version", VALUE_PORTRAIT))
    assert row["alpha"] == pytest.approx(closed_formula(values.reshape(20, 3).astype(float)))
    assert (row["n_items"], row["n_observations"]) == (3, 20)
    assert row["ci_low"] < row["alpha"] < row["ci_high"]
    row = power(alpha_of_models(ratings, KEY, "model", VALUE_PORTRAIT))
    assert row["alpha"] == pytest.approx(closed_formula(values.mean(axis=1)))


def test_rows_with_a_missing_rating_are_left_out():
    values = draw(10, 1, (1, 3))
    values[0, 0, 1] = NO_RATING
    ratings = Ratings([(f"m{n}", "baseline") for n in range(10)], ["v1"], ITEMS, values)
    row = power(alpha_of_models(ratings, KEY, "model_by_version", VALUE_PORTRAIT))
    assert row["n_observations"] == 9
    assert row["alpha"] == pytest.approx(closed_formula(values[1:, 0].astype(float)))


def test_negative_items_are_mirrored():
    values = draw(12, 2, (1, 3))
    flipped = values.copy()
    flipped[:, :, 2] = 7 - flipped[:, :, 2]
    subjects = [(f"m{n}", "baseline") for n in range(12)]
    straight = power(alpha_of_models(Ratings(subjects, ["v1"], ITEMS, values), KEY, "model", VALUE_PORTRAIT))
    mirrored = power(
        alpha_of_models(
            Ratings(subjects, ["v1"], ITEMS, flipped), KEY.assign(polarity=[1, 1, -1]), "model", VALUE_PORTRAIT
        )
    )
    assert straight["alpha"] == pytest.approx(mirrored["alpha"])


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


def test_one_group_of_raters_keeps_its_own_alpha():
    rows = draw(30, 3)
    row = power(alpha_of_raters(survey((ITEMS, rows)), KEY, VALUE_PORTRAIT))
    assert row["alpha"] == pytest.approx(closed_formula(rows.astype(float)))
    assert (row["n_groups"], row["n_items"], row["n_observations"]) == (1, 3, 30)


def test_equal_groups_pool_to_their_alpha_with_a_narrower_interval():
    rows = draw(30, 4)
    key = pd.concat([KEY, KEY.assign(item_id=["2-1", "2-2", "2-3"])])
    one = power(alpha_of_raters(survey((ITEMS, rows)), key, VALUE_PORTRAIT))
    two = power(alpha_of_raters(survey((ITEMS, rows), (["2-1", "2-2", "2-3"], rows)), key, VALUE_PORTRAIT))
    assert two["alpha"] == pytest.approx(one["alpha"])
    assert two["ci_high"] - two["ci_low"] < one["ci_high"] - one["ci_low"]
    assert two["n_items"] == 6


def test_a_group_with_one_item_of_the_dimension_has_no_alpha():
    row = power(alpha_of_raters(survey((["1-1"], draw(30, 5)[:, :1])), KEY, VALUE_PORTRAIT))
    assert row["n_groups"] == 0
    assert np.isnan(row["alpha"])
