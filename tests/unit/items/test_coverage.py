import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instruments import VALUE_PORTRAIT
from value_portrait.instrument import Dimension, Family
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


@settings(deadline=None)
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


def ring(size):
    """A family of this many dimensions around a circle."""
    names = [f"D{place}" for place in range(size)]
    return Family("ring", "Ring", tuple(Dimension(n, "ring", n, n) for n in names), True, "mean", 1, None, None)


@settings(deadline=None)
@given(st.integers(1, 9), st.data())
def test_distances_on_circles_of_any_size(size, data):
    places = st.lists(st.tuples(st.integers(0, size - 1), st.sampled_from([-2, -0.5, 0.5])), max_size=6)
    own = data.draw(places.map(lambda cells: list(dict(cells).items())))
    table = pd.DataFrame([("1-1", "ring", f"D{place}", rho) for place, rho in own], columns=tags({}).columns)
    # Another item, and another family's tags of the same item, make no pairs with these.
    others = pd.DataFrame([("1-2", "ring", "D0", 0.5), ("1-1", "pvq", "Power", 0.5)], columns=tags({}).columns)
    table = pd.concat([table, others]).astype({"item_id": pd.CategoricalDtype(["1-1", "1-2", "1-3"])})
    found = cross_loading_distances(table, ring(size))
    # Along the edges of a regular polygon: the shorter way is the smaller angle.
    expected = {(direction, step): 0 for direction in ("same", "opposite") for step in range(1, size // 2 + 1)}
    for (a, one), (b, other) in itertools.combinations(own, 2):
        angle = abs(np.angle(np.exp(2j * np.pi * (a - b) / size)))
        expected["same" if (one > 0) == (other > 0) else "opposite", round(angle * size / (2 * np.pi))] += 1
    assert list(map(tuple, found.to_numpy())) == [(*cell, n) for cell, n in expected.items()]


def test_a_family_without_tags_has_no_shares_and_one_tag_is_all():
    family = ring(2)
    other = pd.DataFrame([("1-1", "pvq", "D0", 0.5)], columns=tags({}).columns)
    assert items_per_dimension(other, family).to_dict("list") == {
        "dimension": ["D0", "D1"],
        "n_tags": [0, 0],
        "share": [0, 0],
    }
    assert spread_of_shares(pd.Series([0.0, 0.0])) == (0, float("inf"))
    one = items_per_dimension(other.assign(family="ring"), family)
    assert one["share"].tolist() == [1, 0]
    assert spread_of_shares(one["share"]) == (pytest.approx(np.sqrt(0.5)), float("inf"))


def test_topics_of_one_size_stand_in_the_order_of_the_alphabet():
    topics = pd.DataFrame({"query_id": ["1", "2", "2", "3"], "topic": ["c", "b", "a", "a"]})
    table = topic_shares(topics)
    assert table["topic"].tolist() == ["a", "b", "c"]
    assert table.index.tolist() == [0, 1, 2]
    assert table["percent"].tolist() == pytest.approx([200 / 3, 100 / 3, 100 / 3])
