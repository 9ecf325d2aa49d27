import numpy as np
import pytest
from instruments import VALUE_PORTRAIT
from value_portrait.scores.ratings import NO_RATING, Ratings
from value_portrait.scores.sensitivity import estimate_sensitivity

VERSIONS = ["v1", "v1_reversed", "v2", "v2_reversed", "v3", "v3_reversed"]


def ratings(*versions):
    values = np.array([versions], np.int8)
    return Ratings([("m", "baseline")], VERSIONS, [f"1-{n}" for n in range(values.shape[2])], values)


def test_sensitivities_by_hand():
    # Items:            same  one differs  all differ  v2 missing
    row = estimate_sensitivity(
        ratings([4, 4, 6, 5], [4, 1, 6, 5], [4, 4, 3, NO_RATING], [4, 4, NO_RATING, 5], [4, 2, 1, 5], [4, 2, 1, 5]),
        VALUE_PORTRAIT,
    ).iloc[0]
    assert row["prompt_sensitivity"] == pytest.approx(2 / 3)
    # Mean absolute differences of the pairs: 0; (0 + 2 + 2) / 3; (3 + 5 + 2) / 3; over three items.
    assert row["prompt_difference"] == pytest.approx((0 + 4 / 3 + 10 / 3) / 3)
    assert row["n_prompt_items"] == 3
    assert row["order_sensitivity_v1"] == pytest.approx(1 / 4)
    assert row["order_difference_v1"] == pytest.approx(3 / 4)
    assert (row["n_order_items_v2"], row["order_sensitivity_v2"]) == (2, 0)
    assert row["order_sensitivity"] == pytest.approx((1 / 4 + 0 + 0) / 3)
    assert row["order_difference"] == pytest.approx((3 / 4 + 0 + 0) / 3)


def test_without_answers_there_is_no_sensitivity():
    row = estimate_sensitivity(ratings(*[[NO_RATING, NO_RATING]] * 6), VALUE_PORTRAIT).iloc[0]
    assert np.isnan(row["prompt_sensitivity"])
    assert np.isnan(row["order_sensitivity"])


def test_one_wording_alone_has_no_order_sensitivity():
    alone = Ratings([("m", "baseline")], ["v1"], ["1-1"], np.array([[[3]]], np.int8))
    row = estimate_sensitivity(alone, VALUE_PORTRAIT).iloc[0]
    assert row["n_prompt_items"] == 0
    assert np.isnan(row["prompt_sensitivity"])
    assert np.isnan(row["prompt_difference"])
    assert np.isnan(row["order_sensitivity"])
