from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instrument_strategies import instruments
from instruments import SMALL, VALUE_PORTRAIT
from value_portrait.scores.ratings import NO_RATING, Ratings, mean_of_repeats
from value_portrait.scores.sensitivity import estimate_sensitivity, wordings

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
    # v1 and v2: 4 4, 4 4, 6 3; v1 and v3: 4 4, 4 2, 6 1, 5 5; v2 and v3: 4 4, 4 2, 3 1.
    assert row["wording_sensitivity"] == pytest.approx((1 / 3 + 2 / 4 + 2 / 3) / 3)
    assert row["wording_difference"] == pytest.approx((3 / 3 + 7 / 4 + 4 / 3) / 3)
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


def mean(numbers):
    return np.mean(numbers) if len(numbers) else np.nan


def by_loops(values, versions, instrument):
    """One subject's row, item by item; ``values`` (V, I)."""
    asked = [(instrument.version(name), row) for name, row in zip(versions, values.tolist(), strict=True)]
    originals = [row for version, row in asked if not version.reversed]
    items = [one for one in zip(*originals, strict=True) if NO_RATING not in one] if len(originals) > 1 else []
    found = {
        "prompt_sensitivity": mean([len(set(ratings)) > 1 for ratings in items]),
        "prompt_difference": mean([mean([abs(a - b) for a, b in combinations(ratings, 2)]) for ratings in items]),
        "n_prompt_items": len(items),
    }
    pairs = [
        [(a, b) for a, b in zip(*pair, strict=True) if NO_RATING not in (a, b)] for pair in combinations(originals, 2)
    ]
    found["wording_sensitivity"] = mean([mean([a != b for a, b in pair]) for pair in pairs])
    found["wording_difference"] = mean([mean([abs(a - b) for a, b in pair]) for pair in pairs])
    order = []
    for version, straight in asked:
        for other, turned in asked:
            if version.wording == other.wording and other.reversed and not version.reversed:
                both = [(a, b) for a, b in zip(straight, turned, strict=True) if NO_RATING not in (a, b)]
                found[f"n_order_items_{version.wording}"] = len(both)
                order.append([mean([a != b for a, b in both]), mean([abs(a - b) for a, b in both])])
                found[f"order_sensitivity_{version.wording}"], found[f"order_difference_{version.wording}"] = order[-1]
    means = np.mean(order, axis=0) if order else [np.nan, np.nan]
    return found | {"order_sensitivity": means[0], "order_difference": means[1]}


@settings(max_examples=40, deadline=None)
@given(instruments(), st.integers(0, 2**32 - 1), st.data())
def test_every_subject_equals_loops(instrument, seed, data):
    names = [version.name for version in instrument.prompt_versions]
    versions = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    rng = np.random.default_rng(seed)
    values = rng.integers(instrument.lowest, instrument.highest + 1, (3, len(versions), 5)).astype(np.int8)
    values[rng.random(values.shape) < 0.2] = NO_RATING
    subjects = [("a", "baseline"), ("a", "he"), ("b", "baseline")]
    found = estimate_sensitivity(Ratings(subjects, versions, [f"{n}-1" for n in range(5)], values), instrument)
    expected = pd.DataFrame(
        [
            {"model": model, "condition": condition} | by_loops(own, versions, instrument)
            for (model, condition), own in zip(subjects, values, strict=True)
        ]
    )
    assert set(found.columns) == set(expected.columns)
    pd.testing.assert_frame_equal(found[expected.columns], expected, check_dtype=False)


def test_a_wording_without_its_mirror_counts_for_the_wording_only():
    values = np.array([[[0, 4], [3, 4], [1, 4]], [[4, 4], [0, 0], [4, NO_RATING]]], np.int8)
    both = Ratings([("m", "baseline"), ("n", "baseline")], ["a", "a_turned", "b"], ["1-1", "1-2"], values)
    table = estimate_sensitivity(both, SMALL)
    assert not any(column.endswith("_b") for column in table.columns)
    # Differences have no sign: 0 against 3, and 4 against 0 twice.
    assert table["order_difference"].tolist() == table["order_difference_a"].tolist() == [1.5, 4]
    assert table["order_sensitivity"].tolist() == [0.5, 1]
    assert table["prompt_difference"].tolist() == [0.5, 0]
    assert table["n_prompt_items"].tolist() == [2, 1]
    assert wordings(["b", "a_turned", "a"], SMALL) == {"a": ("a", "a_turned")}
    assert wordings(["a_turned", "b"], SMALL) == {}


def test_each_repeat_counts_by_itself_and_repeats_are_compared_pair_by_pair():
    """Two items under two wordings; the second repeat of v1 is missing for the second item."""
    repeats = np.array([[[[4, 4, 5], [2, NO_RATING, 2]], [[4, 5, 5], [3, 3, 3]]]], np.int8)
    asked = Ratings([("m", "baseline")], ["v1", "v2"], ["1-1", "1-2"], mean_of_repeats(repeats), repeats)
    row = estimate_sensitivity(asked, VALUE_PORTRAIT).iloc[0]
    # By repeat: 4-4, 4-5, 5-5 and 2-3, nothing, 2-3.
    assert row["prompt_sensitivity"] == pytest.approx(3 / 5)
    assert row["prompt_difference"] == pytest.approx(3 / 5)
    assert row["n_prompt_items"] == 2
    # Pairs of repeats: 4 4, 4 5, 4 5; 2 2; 4 5, 4 5, 5 5; 3 3 thrice.
    assert row["repeat_sensitivity"] == pytest.approx(4 / 10)
    assert row["repeat_difference"] == pytest.approx(4 / 10)
    assert row["n_repeated"] == 4
    # A repeat of everything, answer by answer the same, changes no other number.
    same = Ratings(asked.subjects, asked.versions, asked.items, repeats[..., 2] * 1.0, repeats[..., [2, 2]])
    once = Ratings(asked.subjects, asked.versions, asked.items, repeats[..., 2])
    both = [estimate_sensitivity(own, VALUE_PORTRAIT) for own in (same, once)]
    pd.testing.assert_frame_equal(both[0][both[1].columns], both[1])
    assert both[0]["repeat_sensitivity"].item() == 0
