"""Value steering: ranks of the target, change by distance on the circle, and the pairs of the theory."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from instruments import VALUE_PORTRAIT
from value_portrait.personas import steering
from value_portrait.personas.effects import DRAWS, Effects

VALUES = VALUE_PORTRAIT.main.names
STEPS = steering.circle_steps(10)
TABLE_17 = pd.read_csv(ROOT / "data/reference/table_17_value_steering.csv", comment="#").set_index("steered")


def effects_of(matrix, draws=None):
    rows = [
        ("answers", "m", "default", "steering", told, "pvq", scored, matrix[i][j])
        for i, told in enumerate(VALUES)
        for j, scored in enumerate(VALUES)
        if np.isfinite(matrix[i][j])
    ]
    names = ["source", "model", "framing", "axis", "group", "family", "dimension", "effect"]
    return Effects(pd.DataFrame(rows, columns=names), draws)


def circle(level=0.0, amplitude=1.0):
    return level + amplitude * np.cos(2 * np.pi * STEPS / 10)


def test_steps_on_the_circle():
    assert STEPS[0].tolist() == [0, 1, 2, 3, 4, 5, 4, 3, 2, 1]
    assert (STEPS == STEPS.T).all()
    assert np.bincount(STEPS.ravel()).tolist() == [10, 20, 20, 20, 20, 10]


def test_the_printed_matrix_comes_back_whatever_the_order_of_rows():
    matrix = TABLE_17.loc[list(VALUES), list(VALUES)]
    table = effects_of(matrix.to_numpy()).table.sample(frac=1, random_state=3)
    assert (steering.steering_matrix(table, VALUE_PORTRAIT).to_numpy() == matrix.to_numpy()).all()


def test_targets_of_the_printed_table():
    """Read off Table 17: four of ten told values rise most; Benevolence is only the sixth when it is told."""
    hits = steering.hit_targets(effects_of(TABLE_17.to_numpy()).table, VALUE_PORTRAIT).set_index("steered")
    assert set(hits.index[hits["hit"]]) == {"Universalism", "Power", "Hedonism", "Self_Direction"}
    assert hits.loc["Benevolence", ["change", "rank", "raised_most"]].tolist() == [0.11, 6, "Security"]
    assert hits.loc["Tradition", ["rank", "raised_most"]].tolist() == [2, "Conformity"]


def test_distances_of_the_printed_table():
    """By distance, from the printed cells: 4.73 / 10 at the target, -1.75 / 10 at the opposite."""
    found = steering.change_by_distance(effects_of(TABLE_17.to_numpy()), 1, VALUE_PORTRAIT).set_index("steps")
    assert found["n"].tolist() == [10, 20, 20, 20, 20, 10]
    assert found.loc[0, "change"] == pytest.approx(0.473)
    assert found.loc[5, "change"] == pytest.approx(-0.175)
    assert found[["ci_low", "ci_high"]].isna().all(axis=None)
    wave = np.cos(2 * np.pi * STEPS / 10).ravel()
    r = np.corrcoef(wave, TABLE_17.loc[list(VALUES), list(VALUES)].to_numpy().ravel())[0, 1]
    assert found["r2"].iloc[0] == pytest.approx(r**2)
    others = STEPS.ravel() > 0
    r = np.corrcoef(wave[others], TABLE_17.loc[list(VALUES), list(VALUES)].to_numpy().ravel()[others])[0, 1]
    assert found["r2_off_diagonal"].iloc[0] == pytest.approx(r**2)


def test_the_circle_is_tested_against_other_labels_of_the_values_told():
    """Exact for three values told: by hand over all six orders; and chance alone gives a p that is even."""
    matrix = np.full((10, 10), np.nan)
    matrix[:3] = np.random.default_rng(8).normal(size=(3, 10))
    wave = np.cos(2 * np.pi * STEPS / 10)
    fits = [np.corrcoef(matrix[:3].ravel(), wave[list(order)].ravel())[0, 1] for order in permutations(range(3))]
    exact = np.mean(np.array(fits) >= fits[0] - 1e-9)
    assert steering.change_by_distance(effects_of(matrix), 1, VALUE_PORTRAIT)["p_circle"].iloc[0] == pytest.approx(
        exact, abs=0.04
    )
    clear = steering.change_by_distance(effects_of(circle()), 1, VALUE_PORTRAIT)["p_circle"]
    assert clear.tolist() == [1 / 2001] * 6
    assert (steering.change_by_distance(effects_of(-circle()), 1, VALUE_PORTRAIT)["p_circle"] > 0.99).all()
    rng = np.random.default_rng(3)
    found = [
        steering.change_by_distance(effects_of(rng.normal(size=(10, 10))), 1, VALUE_PORTRAIT)["p_circle"].iloc[0]
        for _ in range(40)
    ]
    assert 0.3 < np.mean(found) < 0.7


def test_labels_change_places_where_cells_are_missing_too():
    """Three values told, of one ten changes, of the others three each: the orders' waves differ in their length."""
    matrix = np.full((10, 10), np.nan)
    matrix[:3] = np.random.default_rng(104).normal(size=(3, 10)).round(1)
    matrix[0, 3:], matrix[1, :7] = np.nan, np.nan
    told, scored = np.nonzero(np.isfinite(matrix))
    orders = [np.array(order) for order in permutations(range(3))]
    fits = [np.corrcoef(circle()[order[told], scored], matrix[told, scored])[0, 1] for order in orders]
    assert sum(fit >= fits[0] - 1e-9 for fit in fits) == 3
    found = steering.change_by_distance(effects_of(matrix), 1, VALUE_PORTRAIT)["p_circle"].iloc[0]
    assert found == pytest.approx(3 / 6, abs=0.04)


def test_the_value_told_is_the_one_raised_most_where_others_rise_as_much():
    matrix = np.zeros((10, 10))
    matrix[5, [0, 5]] = 1.0
    power = steering.hit_targets(effects_of(matrix).table, VALUE_PORTRAIT).set_index("steered").loc["Power"]
    assert power[["rank", "raised_most", "hit"]].tolist() == [1, "Power", True]


@given(st.floats(-2, 2), st.floats(0.1, 3))
def test_a_perfect_circle_is_fitted_perfectly(level, amplitude):
    effects = effects_of(circle(level, amplitude))
    found = steering.change_by_distance(effects, 1, VALUE_PORTRAIT)
    assert found["amplitude"].iloc[0] == pytest.approx(amplitude)
    assert found["r2"].iloc[0] == pytest.approx(1)
    np.testing.assert_allclose(found["fitted"], found["change"], atol=1e-9)
    assert steering.hit_targets(effects.table, VALUE_PORTRAIT)["hit"].all()


def test_pairs_of_the_theory():
    pairs = steering.expected_pairs(VALUE_PORTRAIT)
    assert len(pairs) == 16
    assert sum(expected == "together" for _, _, expected in pairs) == 6
    assert ("Universalism", "Power", "against") in pairs
    assert ("Conformity", "Stimulation", "against") in pairs
    assert not any("Hedonism" in pair for pair in pairs)  # between two higher-order values
    on_circle = steering.judge_pairs(effects_of(circle()), VALUE_PORTRAIT)
    together = on_circle["expected"] == "together"
    # Conformity and Security, and Conformity and Self-Direction, stand two and three steps apart.
    assert on_circle.loc[together, "as_expected"].all()
    assert on_circle.loc[~together, "as_expected"].all()


def test_a_pair_is_the_mean_of_both_ways():
    found = steering.judge_pairs(effects_of(TABLE_17.loc[list(VALUES), list(VALUES)].to_numpy()), VALUE_PORTRAIT)
    found = found.set_index(["value", "other"])
    assert found.loc[("Universalism", "Power"), "change"] == pytest.approx((-0.41 - 1.10) / 2)
    assert found.loc[("Security", "Self_Direction"), ["change", "as_expected"]].tolist() == [
        pytest.approx((0.84 + 0.39) / 2),
        False,
    ]
    by_kind = found.groupby("expected")["as_expected"].sum()
    assert by_kind.to_dict() == {"together": 6, "against": 8}


def test_intervals_come_from_the_draws():
    rng = np.random.default_rng(2)
    noise = rng.normal(0, 0.1, DRAWS)
    draws = circle().ravel() + noise[:, None]
    effects = effects_of(circle(), draws)
    found = steering.change_by_distance(effects, 1, VALUE_PORTRAIT)
    np.testing.assert_allclose(found["ci_low"] - found["change"], np.quantile(noise, 0.025), atol=1e-9)
    pairs = steering.judge_pairs(effects, VALUE_PORTRAIT)
    np.testing.assert_allclose(pairs["ci_high"] - pairs["change"], np.quantile(noise, 0.975), atol=1e-9)


def test_some_told_values_are_enough():
    matrix = np.full((10, 10), np.nan)
    matrix[5] = circle()[5]
    effects = effects_of(matrix)
    assert steering.hit_targets(effects.table, VALUE_PORTRAIT)["steered"].tolist() == ["Power"]
    assert steering.change_by_distance(effects, 1, VALUE_PORTRAIT)["n"].tolist() == [1, 2, 2, 2, 2, 1]
    assert len(steering.judge_pairs(effects, VALUE_PORTRAIT)) == 1 + 2
    nothing = effects_of(np.full((10, 10), np.nan))
    assert steering.hit_targets(nothing.table, VALUE_PORTRAIT).empty
    assert steering.judge_pairs(nothing, VALUE_PORTRAIT).empty
    assert (
        steering.describe(
            steering.hit_targets(nothing.table, VALUE_PORTRAIT),
            steering.change_by_distance(nothing, 1, VALUE_PORTRAIT),
            None,
            VALUE_PORTRAIT,
        )
        == ""
    )
