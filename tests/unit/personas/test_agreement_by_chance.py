"""Agreement of personas with people by chance: against every order by plain loops, and where there is none."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest, spearmanr
from value_portrait.personas.chance import BY_CHANCE, agreement_by_chance


def cells_of(persona, human):
    """Cells of two matrices, groups by dimensions, without those that are NaN."""
    groups, dimensions = np.nonzero(np.isfinite(persona))
    return persona[groups, dimensions], human[groups, dimensions], groups.astype(str), dimensions.astype(str)


def by_loops(persona, human, orders):
    """Mean number of signs that agree, and the share of orders with as many, and with as high a rho, as the first."""
    signs, rhos = [], []
    for order in orders:
        dealt = persona[:, order]
        np.testing.assert_array_equal(np.isfinite(dealt), np.isfinite(human))
        p, h = dealt[np.isfinite(dealt)], human[np.isfinite(dealt)]
        signs.append(sum(a * b > 0 for a, b in zip(p, h, strict=True)))
        rhos.append(spearmanr(p, h).statistic)
    return (
        np.mean(signs),
        np.mean([number >= signs[0] for number in signs]),
        np.mean([rho >= rhos[0] - 1e-9 for rho in rhos]),
    )


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 3), st.integers(2, 4), st.integers(0, 10_000))
def test_few_values_are_dealt_in_every_order_once(n_groups, n_values, seed):
    rng = np.random.default_rng(seed)
    persona, human = rng.integers(-3, 4, (2, n_groups, n_values)).astype(float)
    persona[0, 0], human[0, 1] = 0.5, 0.25  # neither side is constant: there is no 0.5 or 0.25 beside
    orders = list(map(list, itertools.permutations(range(n_values))))
    found = agreement_by_chance(*cells_of(persona, human), 24, 1)
    assert tuple(found) == BY_CHANCE
    assert list(found.values()) == pytest.approx(by_loops(persona, human, orders))


def test_three_values_by_hand():
    """Signs + - - against + + -: the plus falls on a plus in 4 of 6 orders, and then 2 agree, else 0.

    Ranks 3 1 2 against 2 3 1 correlate by -0.5; in order they do so by 1, twice by 0.5, twice by -0.5 and once by -1.
    """
    cells = np.array([2.0, -2, -1]), np.array([1.0, 2, -1]), np.array(["g"] * 3), np.array(["a", "b", "c"])
    found = agreement_by_chance(*cells, 100, 1)
    assert list(found.values()) == pytest.approx([4 / 3, 4 / 6, 5 / 6])


def test_many_values_are_dealt_at_random_and_with_the_seed():
    rng = np.random.default_rng(5)
    persona, human = rng.normal(size=(2, 3, 6))
    persona += human
    every = by_loops(persona, human, list(map(list, itertools.permutations(range(6)))))
    cells = cells_of(persona, human)
    drawn = agreement_by_chance(*cells, 719, 1)
    assert drawn == agreement_by_chance(*cells, 719, 1) != agreement_by_chance(*cells, 719, 2)
    assert drawn["same_sign_expected"] == pytest.approx(every[0])
    for name, exact in zip(BY_CHANCE[1:], every[1:], strict=True):
        assert drawn[name] == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 720) + 1 / 720)
        assert drawn[name] * 720 == pytest.approx(round(drawn[name] * 720))
    assert agreement_by_chance(*cells, 720, 1) == agreement_by_chance(*cells, 720, 2)


@pytest.mark.parametrize("resamples", [24, 11])
def test_values_change_places_with_those_that_the_same_groups_have(resamples):
    """Two values have both groups, two only the first, and one only the second: 2 · 2 · 1 orders."""
    rng = np.random.default_rng(2)
    persona, human = rng.normal(size=(2, 2, 5))
    for matrix in (persona, human):
        matrix[1, [1, 4]] = matrix[0, 2] = np.nan
    orders = [[0, 1, 2, 3, 4], [3, 1, 2, 0, 4], [0, 4, 2, 3, 1], [3, 4, 2, 0, 1]]
    found = agreement_by_chance(*cells_of(persona, human), resamples, 1)
    assert list(found.values()) == pytest.approx(by_loops(persona, human, orders))


def test_gaps_stay_where_orders_are_drawn():
    """The last value has one group and stays; of the other eight, one rises for personas and another one for people."""
    persona, human = np.zeros((2, 2, 9))
    persona[:, 8] = human[:, 8] = [1, np.nan]
    persona[:, 0] = human[:, 1] = 1
    found = agreement_by_chance(*cells_of(persona, human), 200, 1)
    # The last value always agrees; both groups do where the one falls on the other.
    assert found["same_sign_expected"] == pytest.approx(1 + 2 / 8)
    assert found["same_sign_p"] == 1


def test_where_nothing_can_change_places_there_is_no_chance():
    one = np.array([[1.0], [2.0]])
    assert np.isnan(list(agreement_by_chance(*cells_of(one, one), 100, 1).values())).all()
    steps = np.array([[1.0, np.nan], [2.0, 3.0]])
    assert np.isnan(list(agreement_by_chance(*cells_of(steps, steps), 100, 1).values())).all()


def test_without_a_rho_its_p_is_missing_and_signs_are_counted():
    level, mixed = np.array([[1.0, 1, 1]]), np.array([[1.0, 2, -1]])
    for sides in ((level, mixed), (mixed, level)):
        found = agreement_by_chance(*cells_of(*sides), 100, 1)
        assert [found["same_sign_expected"], found["same_sign_p"]] == [2, 1]
        assert np.isnan(found["rho_p"])


def test_p_holds_its_level_where_groups_share_effects_and_both_sides_are_centred():
    """Four groups alike on either side: signs tossed one by one would be far too sure."""
    rng = np.random.default_rng(8)
    names = np.repeat(list("wxyz"), 8), np.tile(list("abcdefgh"), 4)
    found = []
    for _ in range(400):
        persona, human = rng.normal(size=(2, 1, 8)) + 0.5 * rng.normal(size=(2, 4, 8))
        persona, human = (side - side.mean(axis=1, keepdims=True) for side in (persona, human))
        own = agreement_by_chance(persona.ravel(), human.ravel(), *names, 199, 1)
        found.append([own["same_sign_p"], own["rho_p"]])
    signs, rho = np.transpose(found)
    assert kstest(rho, "uniform").pvalue > 0.001
    for level in (0.05, 0.2, 0.5):
        for p in (signs, rho):
            assert (p <= level).mean() <= level + 3 * np.sqrt(level * (1 - level) / len(p))
    assert (signs <= 0.2).mean() >= 0.1


def test_agreement_that_is_there_is_found():
    rng = np.random.default_rng(9)
    human = rng.normal(size=(3, 10))
    cells = cells_of(human + 0.3 * rng.normal(size=human.shape), human)
    found = agreement_by_chance(*cells, 999, 1)
    assert found["same_sign_p"] == found["rho_p"] == 0.001
