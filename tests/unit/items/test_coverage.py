import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from instruments import VALUE_PORTRAIT
from value_portrait.items.coverage import (
    cross_loading_distances,
    items_per_dimension,
    mean_distance,
    spread_of_shares,
    topic_shares,
)

CIRCLE = VALUE_PORTRAIT.circle.names
SIGNED = st.dictionaries(st.tuples(st.integers(0, 3), st.sampled_from(CIRCLE)), st.sampled_from([-0.5, 0.5]))


def tags(cells):
    return pd.DataFrame(
        [(f"1-{item}", "pvq", value, rho) for (item, value), rho in cells.items()],
        columns=["item_id", "family", "dimension", "rho"],
    )


def steps_by_walking(one, other):
    """Steps between two values, walking round the circle one way and the other."""
    ring = itertools.cycle(CIRCLE)
    while next(ring) != one:
        pass
    forward = next(n for n in itertools.count(1) if next(ring) == other)
    return min(forward, len(CIRCLE) - forward)


@given(SIGNED)
def test_distances_equal_walking_round_the_circle(cells):
    found = (
        cross_loading_distances(tags(cells), VALUE_PORTRAIT.circle)
        .set_index(["direction", "distance"])["n_pairs"]
        .to_dict()
    )
    expected = dict.fromkeys(found, 0)
    for a, b in itertools.combinations(cells, 2):
        if a[0] == b[0]:
            expected["same" if cells[a] == cells[b] else "opposite", steps_by_walking(a[1], b[1])] += 1
    assert found == expected


def test_shares_spread_and_imbalance_by_hand():
    cells = {(0, value): 0.5 for value in CIRCLE} | {(1, "Power"): 0.5, (2, "Power"): -0.5}
    table = items_per_dimension(tags(cells), VALUE_PORTRAIT.main).set_index("dimension")
    assert table.loc["Power", "n_tags"] == 3
    assert table.loc["Power", "share"] == 3 / 12
    sd, imbalance = spread_of_shares(table["share"])
    assert imbalance == pytest.approx(3)
    assert sd == pytest.approx(np.std([1 / 12] * 9 + [3 / 12], ddof=1))


def test_a_value_without_tags_makes_the_imbalance_infinite():
    assert spread_of_shares(items_per_dimension(tags({(0, "Power"): 0.5}), VALUE_PORTRAIT.main)["share"])[1] == float(
        "inf"
    )


def test_mean_distance_weighs_by_pairs():
    table = pd.DataFrame({"direction": ["same", "same"], "distance": [1, 4], "n_pairs": [3, 1]})
    assert mean_distance(table, "same") == 1.75
    assert np.isnan(mean_distance(table, "opposite"))


def test_a_query_counts_for_each_of_its_topics():
    table = topic_shares(pd.DataFrame({"query_id": ["1", "1", "2"], "topic": ["b", "a", "a"]}))
    assert table.to_dict("list") == {"topic": ["a", "b"], "n_queries": [2, 1], "percent": [100, 50]}
