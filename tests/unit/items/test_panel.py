"""Panels: which items, what is paid for, and what of the tables is left."""

import sys
from collections import Counter
from pathlib import Path

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from instruments import SMALL
from loopback import Loopback
from targets import KEY, make_target, run
from value_portrait.items.panel import choose_panel
from value_portrait.responses.planning import Questions
from value_portrait.responses.requests import Finding
from value_portrait.tables import read_table, write_table

sys.path.append(str(Path(__file__).resolve().parents[3] / "workflow/scripts"))
from items import choose_panel as script
from scores.parse_answers import parse_answers

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


def test_the_rest_asked_later_pays_only_for_the_rest(tmp_path, monkeypatch):
    monkeypatch.setenv("LOOPBACK_API_KEY", KEY)
    items = [f"{place // 2}-{place}" for place in range(12)]
    key = pd.DataFrame({"item_id": items, "family": "taste", "dimension": ["Sweet", "Salty"] * 6})
    rows = [{"item_id": item, "title": None, "text": item, "response": "No.", "template": "plain"} for item in items]
    prompts = [{"prompt_version": "a", "template": "plain", "text": "{title}{text}{content}"}]
    with Loopback() as server:
        target = make_target(server.url)
        for size, asked in ((2, 4), (4, 8), (None, 12)):
            panel = choose_panel(key, items, of_query(items), size, 1, SMALL) if size else items
            own = Questions([row for row in rows if row["item_id"] in panel], prompts)
            run(target, own.plan(target, Finding(), None), tmp_path)
            assert sum(server.received.values()) == asked
        assert set(server.received.values()) == {1}


def test_tables_of_a_panel_hold_its_items_alone(tmp_path):
    items = ["1-1", "1-2", "2-1", "2-2"]
    about = {"source": "s", "template": "plain", "title": None, "text": "x", "response": "y"}
    table = pd.DataFrame(
        [{"item_id": item, "query_id": item[0], "response_id": int(item[2]), **about} for item in items]
    ).astype({"title": "str"})
    key = pd.DataFrame({"item_id": items[:3], "family": "taste", "dimension": "Sweet", "rho": 0.5, "polarity": 1})
    survey = pd.DataFrame({"group": 1, "item_id": items, "participant_id": "p", "rating": 2})
    paths = {name: tmp_path / f"{name}.parquet" for name in ("item_table", "item_key", "survey")}
    for (name, path), frame in zip(paths.items(), (table, key, survey), strict=True):
        write_table(frame, path, script.TABLES[name], SMALL)
    outputs = {name: str(tmp_path / f"panel_{name}.parquet") for name in paths}
    script.choose_panel(paths, outputs, 2, 42, SMALL)
    held = [read_table(outputs[name], script.TABLES[name], SMALL)["item_id"].to_pylist() for name in paths]
    # One of each query.
    assert held[0] == held[1] == held[2]
    assert sorted(item[0] for item in held[0]) == ["1", "2"]
    answers = {"model": "m", "condition": "baseline", "prompt_version": "a", "raw_response": "often"}
    answers |= {"outcome": "answered", "finish_reason": None, "reasoning_length": None, "error": None}
    write_table(
        pd.DataFrame([{"item_id": item, **answers} for item in items]), tmp_path / "m.parquet", "answers", SMALL
    )
    files = [str(tmp_path / name) for name in ("ratings.parquet", "counts.csv")]
    parse_answers([str(tmp_path / "m.parquet")], outputs["item_table"], *files, "strict", SMALL)
    assert read_table(files[0], "ratings", SMALL)["item_id"].to_pylist() == held[0]
    assert read_table(files[1], "answer_counts", SMALL)["answers"].to_pylist() == [2]
