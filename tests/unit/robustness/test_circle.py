"""How well dimensions lie on a circle, against published examples, slow loops and SciPy."""

from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from instruments import VALUE_PORTRAIT
from scipy import spatial, stats
from value_portrait.items.coverage import cross_loading_distances, mean_distance
from value_portrait.robustness.circle import (
    arrangements,
    circle_steps,
    fit_circle,
    mean_steps,
    rearranged,
    share_as_extreme,
    tag_pairs,
)

# Three matrices of Holland's six types, and what R's RTHORR 0.1.3 (Tracey and Morris) says of them: of 72 predictions
# 59, 53 and 56 are met, with 1, 1 and 3 ties.
RIASEC = (
    (".62 .40 .38 .44 .61 .62 .55 .53 .55 .52 .53 .43 .49 .48 .74", (59 - 12) / 72, 12 / 720),
    (".67 .47 .51 .46 .64 .61 .55 .51 .53 .45 .52 .40 .47 .42 .73", (53 - 18) / 72, 24 / 720),
    (".58 .38 .53 .43 .67 .65 .67 .55 .59 .65 .55 .47 .59 .60 .76", (56 - 13) / 72, 12 / 720),
)


def matrix(of_pairs):
    """The correlations above the diagonal, row by row, as a matrix."""
    size = round((1 + (1 + 8 * len(of_pairs)) ** 0.5) / 2)
    values = np.eye(size)
    values[np.triu_indices(size, 1)] = of_pairs
    return values + np.triu(values, 1).T


def random_matrix(seed, size=6, rows=12):
    return np.corrcoef(np.random.default_rng(seed).normal(size=(size, rows)))


def correspondence_by_loops(correlations, steps):
    met = violated = ties = 0
    pairs = list(combinations(range(len(correlations)), 2))
    for closer in pairs:
        for farther in pairs:
            if steps[closer] < steps[farther]:
                met += correlations[closer] > correlations[farther]
                violated += correlations[closer] < correlations[farther]
                ties += correlations[closer] == correlations[farther]
    return (met - violated) / (met + violated + ties)


def fit(correlations, size=None):
    places = np.arange(len(correlations))
    found = fit_circle(correlations[None], places, size or len(correlations))
    return {name: float(value[0]) for name, value in found.items()}


@pytest.mark.parametrize(("correlations", "index", "p"), RIASEC)
def test_published_matrices_have_the_index_and_the_p_of_another_program(correlations, index, p):
    observed = matrix([float(number) for number in correlations.split()])
    value = fit(observed)["correspondence_index"]
    assert value == pytest.approx(index)
    orders, complete = arrangements(6, 10, np.random.default_rng(1))
    reference = fit_circle(rearranged(observed, orders), np.arange(6), 6)["correspondence_index"]
    assert complete
    assert len(orders) == 720
    assert share_as_extreme(value, reference, complete) == pytest.approx(p)


@pytest.mark.parametrize("size", [4, 5, 7])
def test_the_index_is_that_of_a_loop_over_all_pairs_of_pairs(size):
    observed = random_matrix(size, size).round(1)
    steps = {(i, j): min(j - i, size - j + i) for i, j in combinations(range(size), 2)}
    assert fit(observed)["correspondence_index"] == pytest.approx(correspondence_by_loops(observed, steps))


@pytest.mark.parametrize("seed", range(4))
def test_the_cosine_fit_is_a_regression_that_cannot_be_turned_round(seed):
    observed = random_matrix(seed, 8)
    above = np.triu_indices(8, 1)
    line = stats.linregress(np.cos(2 * np.pi * circle_steps(8) / 8)[above], observed[above])
    both = [fit(sign * observed)["cosine_r2"] for sign in (1, -1)]
    assert both == pytest.approx([line.rvalue**2, 0] if line.slope > 0 else [0, line.rvalue**2])


def test_congruence_is_what_scipy_leaves_of_a_scaling_in_two_dimensions():
    observed = random_matrix(5, 9, 40)
    squared = 2 * (1 - observed)
    middle = np.eye(9) - 1 / 9
    values, vectors = np.linalg.eigh(-middle @ squared @ middle / 2)
    points = vectors[:, -2:] * np.sqrt(values[-2:])
    angles = 2 * np.pi * np.arange(9) / 9
    _, _, disparity = spatial.procrustes(np.column_stack([np.cos(angles), np.sin(angles)]), points)
    assert fit(observed)["congruence"] == pytest.approx(np.sqrt(1 - disparity))


@pytest.mark.parametrize("size", [4, 10, 13])
def test_a_perfect_circle_fits_perfectly(size):
    angles = 2 * np.pi * circle_steps(size) / size
    assert fit(0.2 + 0.8 * np.cos(angles)) == pytest.approx(
        {"cosine_r2": 1, "correspondence_index": 1, "congruence": 1}
    )


@given(st.integers(0, 1000), st.integers(0, 5), st.booleans())
def test_where_the_circle_starts_and_which_way_it_goes_does_not_matter(seed, start, turned):
    observed = random_matrix(seed)
    order = np.roll(np.arange(6), start)[:: -1 if turned else 1]
    assert fit(observed[np.ix_(order, order)]) == pytest.approx(fit(observed))


def test_noise_has_a_p_below_a_level_as_often_as_the_level_says():
    chances = []
    for seed in range(150):
        observed, random = random_matrix(seed, 10, 30), np.random.default_rng(seed)
        orders, complete = arrangements(10, 199, random)
        assert not complete
        value, reference = fit(observed), fit_circle(rearranged(observed, orders), np.arange(10), 10)
        chances.append([share_as_extreme(value[name], reference[name]) for name in reference])
    for level in (0.1, 0.2, 0.4):
        assert (abs((np.array(chances) <= level).mean(axis=0) - level) < 0.1).all()


def test_a_missing_dimension_leaves_the_others_where_they_are():
    whole = 0.1 + 0.5 * np.cos(2 * np.pi * circle_steps(7) / 7)
    places = np.array([0, 1, 2, 4, 6])
    kept = whole[np.ix_(places, places)]
    found = fit_circle(kept[None], places, 7)
    assert found["cosine_r2"] == pytest.approx([1])
    assert found["correspondence_index"] == pytest.approx([1])


@pytest.mark.parametrize(
    "correlations", [np.eye(3), np.full((6, 6), 0.4), np.full((6, 6), np.nan), np.ones((1, 1)), np.ones((0, 0))]
)
def test_nothing_is_said_without_four_dimensions_that_differ(correlations):
    assert np.isnan(list(fit(correlations).values())).all()


def test_a_gap_in_one_matrix_leaves_the_others_alone():
    gap = random_matrix(2)
    gap[1, 2] = np.nan
    found = fit_circle(np.stack([gap, random_matrix(1)]), np.arange(6), 6)
    assert all(np.isnan(value[0]) and value[1] == fit(random_matrix(1))[name] for name, value in found.items())


def test_p_counts_what_is_as_extreme():
    reference = np.array([0.1, 0.2, 0.3, np.nan])
    assert share_as_extreme(0.2, reference) == 3 / 4
    assert share_as_extreme(0.2, reference, lower=True) == 3 / 4
    assert share_as_extreme(0.25, reference, complete=True) == 1 / 3
    assert np.isnan(share_as_extreme(np.nan, reference))
    assert np.isnan(share_as_extreme(0.2, np.array([np.nan])))


def test_all_arrangements_are_those_of_itertools():
    assert arrangements(4, 2, np.random.default_rng(1))[0].tolist() == [list(order) for order in permutations(range(4))]


@pytest.mark.parametrize("share", [0, 0.2, 0.6])
def test_steps_between_tags_are_those_of_the_published_table(share):
    random, circle = np.random.default_rng(8), VALUE_PORTRAIT.circle
    tagged = random.choice([-1, 0, 1], (3, 40, 10), p=[share / 2, 1 - share, share / 2])
    for own, *kinds in zip(tagged, *(zip(*mean_steps(part), strict=True) for part in tag_pairs(tagged)), strict=True):
        item, dimension = np.nonzero(own)
        tags = pd.DataFrame({"item_id": item, "family": circle.name, "rho": own[item, dimension]})
        tags["dimension"] = np.array(circle.names)[dimension]
        table = cross_loading_distances(tags, circle)
        for direction, (steps, n) in zip(("same", "opposite"), kinds, strict=True):
            assert n == table.loc[table["direction"] == direction, "n_pairs"].sum()
            assert steps == pytest.approx(mean_distance(table, direction), nan_ok=True)
