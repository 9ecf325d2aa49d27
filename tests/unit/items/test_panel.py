from collections import Counter

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from instruments import SMALL
from value_portrait.items.panel import choose_panel

DIMENSIONS = [("taste", "Sweet"), ("taste", "Salty"), ("pace", "Haste")]


@st.composite
def keys(draw):
    n = draw(st.integers(1, 30))
    items = [f"{draw(st.integers(0, 6))}-{place}" for place in range(n)]
    tags = [(item, *own) for item in items for own in DIMENSIONS if draw(st.booleans())]
    return items, pd.DataFrame(tags, columns=["item_id", "family", "dimension"])


def of_query(items):
    return [item.split("-")[0] for item in items]


@settings(max_examples=25)
@given(keys(), st.integers(1, 8), st.integers(1, 8), st.integers(0, 5))
def test_every_dimension_has_its_share_and_a_larger_panel_holds_the_smaller(known, size, more, seed):
    items, key = known
    own, larger = (choose_panel(key, items, of_query(items), n, seed, SMALL) for n in (size, size + more))
    assert own == [item for item in items if item in own]
    assert set(own) <= set(larger)
    for family, dimension in DIMENSIONS:
        tagged = key.loc[(key["family"] == family) & (key["dimension"] == dimension), "item_id"]
        inside = [item for item in tagged if item in own]
        assert len(inside) >= min(size, len(tagged))
        # As many queries as there can be.
        assert len(set(of_query(inside))) >= min(size, len(set(of_query(tagged))))
    assert len(own) <= 3 * size
    assert choose_panel(key, items, of_query(items), size, seed, SMALL) == own


def test_seeds_draw_other_panels_and_no_item_is_favoured():
    items = [f"{place // 2}-{place}" for place in range(8)]
    key = pd.DataFrame({"item_id": items, "family": "taste", "dimension": "Sweet"})
    drawn = Counter(item for seed in range(200) for item in choose_panel(key, items, of_query(items), 2, seed, SMALL))
    assert set(drawn) == set(items)
    assert max(drawn.values()) - min(drawn.values()) < 45
