from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from instruments import SMALL
from value_portrait.items.validation import correlate, correlation_p, select_items
from value_portrait.robustness.resampling import (
    TagRule,
    correlate_samples,
    follow,
    in_chunks,
    suborders,
    survey_groups,
)


@settings(max_examples=30)
@given(st.floats(-1, 1), st.integers(3, 60), st.floats(0, 0.9), st.none() | st.floats(0.001, 0.9))
def test_the_limit_of_the_correlation_is_the_rule_of_the_key(rho, n, threshold, max_p):
    limit = TagRule("spearman", threshold, max_p, "positive").limit(n)
    assume(abs(rho - limit) > 1e-6)
    table = pd.DataFrame({"item_id": "1-1", "family": "taste", "dimension": "Sweet", "rho": [rho]})
    key = select_items(table.assign(p=correlation_p(np.array([rho]), n)), threshold, max_p)
    assert (rho > limit) == (len(key) == 1)


def test_the_limit_is_that_of_printed_tables():
    # Critical values of Pearson's correlation at 5 %, two-sided: .878 for 3, .361 for 28 degrees of freedom.
    assert TagRule("pearson", 0.1, 0.05, "positive").limit(5) == pytest.approx(0.878, abs=5e-4)
    assert TagRule("pearson", 0.1, 0.05, "positive").limit(30) == pytest.approx(0.361, abs=5e-4)
    assert TagRule("pearson", 0.5, 0.05, "positive").limit(30) == pytest.approx(0.5)
    assert np.isnan(TagRule("pearson", 0.1, 0.05, "positive").limit(2))
    # Four come in a perfect order by chance in 2 of 24 times.
    assert TagRule("pearson", 0.1, 0.05, "positive").limit(4) == np.inf
    assert TagRule("pearson", 0.1, 2 / 24, "positive").limit(4) == np.inf
    assert TagRule("pearson", 0.1, 0.1, "positive").limit(4) == pytest.approx(0.9, abs=5e-4)


def test_permutations_of_a_group_are_followed_through_those_outside():
    # 0 gets the profile of 1, who is outside and would get that of 2; 2 gets that of 0.
    assert follow(np.array([[1, 2, 0, 3]]), np.array([0, 2])).tolist() == [[1, 0]]
    every = np.array(list(permutations(range(4))))
    assert follow(every, np.arange(4)).tolist() == every.tolist()
    found, times = np.unique(follow(every, np.array([0, 1, 3])), axis=0, return_counts=True)
    assert len(found) == 6
    assert set(times) == {4}


def test_a_block_keeps_the_order_of_its_group():
    assert suborders(np.array([[2, 0, 3, 1], [0, 1, 2, 3]]), np.array([0, 2, 3])).tolist() == [[1, 0, 2], [0, 1, 2]]


@pytest.mark.parametrize("method", ["spearman", "pearson"])
def test_samples_are_correlated_as_a_whole_study_is(method):
    rng = np.random.default_rng(1)
    ratings, scores = rng.integers(0, 3, (5, 8, 4)).astype(float), rng.integers(0, 4, (5, 8, 2)).astype(float)
    ratings[2, :, 1] = 1
    found = correlate_samples(ratings, scores, method)
    for sample in range(5):
        np.testing.assert_allclose(found[sample], correlate(ratings[sample], scores[sample], method), atol=1e-12)
    assert np.isnan(found[2, 1]).all()


@given(st.integers(0, 50), st.integers(0, 30), st.integers(1, 60))
def test_chunks_hold_every_draw_once(total, cells, most):
    parts = list(in_chunks(total, cells, most))
    assert [draw for part in parts for draw in range(total)[part]] == list(range(total))
    assert all((part.stop - part.start) * cells <= max(most, cells) for part in parts)


def test_groups_have_their_dimensions_in_the_order_of_the_instrument():
    people = [(f"P{n}", *name, 10 * n + place) for n in range(4) for place, name in enumerate(SMALL.dimensions)]
    participants = pd.DataFrame(people[::-1], columns=["participant_id", "family", "dimension", "score"])
    rows = [(1 + n // 2, f"{1 + n // 2}-1", f"P{n}", n) for n in range(4)]
    # P0 sits in both groups.
    survey = pd.DataFrame([*rows, (2, "2-1", "P0", 4)], columns=["group", "item_id", "participant_id", "rating"])
    groups = survey_groups(survey, participants, SMALL)
    assert [[block.raters for block in group] for group in groups] == [[["P0", "P1"]], [["P0", "P2", "P3"]]]
    assert groups[1][0].dimensions == list(SMALL.dimensions)
    assert groups[1][0].scores.tolist() == [[0, 1, 2, 3], [20, 21, 22, 23], [30, 31, 32, 33]]
    assert groups[1][0].ratings.ravel().tolist() == [4, 2, 3]
