"""Items as the page carries them: texts, people's ratings, correlations."""

import pandas as pd
import pytest
from instruments import SMALL
from unpacking import unpack
from value_portrait.publication.page import part_items
from value_portrait.publication.page.packing import pack
from value_portrait.publication.page.part_items import items_part

TITLE, QUERY, RESPONSES = "A title\u202e", "The query </script>", ("First response", "x" * 50, "Third \0 response")
DIMENSIONS = [("taste", "Sweet"), ("taste", "Salty"), ("taste", "Sour_Bitter"), ("pace", "Haste")]


def study():
    ids = ["7-1", "7-2", "9-1"]
    rho = {"7-1": [0.5, -0.4, 0.1234, 0.0], "7-2": [0.0, 0.1, None, -0.3], "9-1": [0.2, 0.3, 0.4, -0.5]}
    return {
        "item_table": pd.DataFrame(
            {
                "item_id": ids,
                "query_id": ["7", "7", "9"],
                "response_id": [1, 2, 1],
                "source": ["Forum", "Forum", "=Letters"],
                "template": ["plain"] * 3,
                "title": [TITLE, TITLE, None],
                "text": [QUERY, QUERY, "Another"],
                "response": list(RESPONSES),
            }
        ),
        "item_key": pd.DataFrame(
            {"item_id": ["7-1"], "family": ["taste"], "dimension": ["Sweet"], "rho": [0.5], "polarity": [1]}
        ),
        "topics": pd.DataFrame({"query_id": ["7", "7"], "topic": ["Food", "Home"]}),
        "item_statistics": pd.DataFrame(
            {"item_id": ids[:2], "group": [1, 1], "n": [3, 3], "mean": [7 / 3, 1.0], "sd": [1.53, 0.0], "skew": 0.1}
        ),
        "survey": pd.DataFrame({"item_id": ["7-1"] * 3 + ["7-2"] * 3, "rating": [4, 2, 4, 0, 0, 3]}),
        "correlations": pd.DataFrame(
            [
                {
                    "item_id": item,
                    "family": family,
                    "dimension": name,
                    "n": 3,
                    "rho": r,
                    "ci_low": r,
                    "ci_high": r,
                    "p": 0.04,
                }
                for item in ids
                for (family, name), r in zip(DIMENSIONS, rho[item], strict=True)
            ]
        ),
    }


def carried(tables, texts="all"):
    return unpack(pack(items_part(tables, texts, SMALL)))


def test_items_have_their_texts_and_statistics():
    items = carried(study())["items"].set_index("item_id")
    assert items["response"].tolist() == list(RESPONSES)
    assert items["title"].tolist() == [TITLE, TITLE, None]
    assert items["text"].tolist() == [QUERY, QUERY, "Another"]
    assert items.loc["7-1", ["group", "n"]].tolist() == [1, 3]
    assert items.loc["7-1", "mean"] == pytest.approx(7 / 3)
    assert items.loc["9-1", ["group", "n", "mean", "sd"]].isna().all()


def test_people_are_counted_by_rating():
    people = carried(study())["people"]
    assert sorted(map(tuple, people.values)) == [("7-1", 2, 1), ("7-1", 4, 2), ("7-2", 0, 2), ("7-2", 3, 1)]


def test_correlations_carry_their_keys():
    read = carried(study())["correlations"].set_index(["item_id", "dimension"])
    assert read.loc[("7-1", "Sour_Bitter"), "rho"] == pytest.approx(0.123, abs=0.0005)
    assert read.loc[("9-1", "Haste"), "rho"] == pytest.approx(-0.5)
    assert read.loc[("7-2", "Sour_Bitter"), "rho"] is None
    assert read.loc[("7-2", "Haste"), "family"] == "pace"
    assert len(read) == 12


def test_of_too_many_correlations_the_strongest_of_each_item_stay(monkeypatch):
    monkeypatch.setattr(part_items, "MOST_CORRELATIONS", 7)
    read = carried(study())["correlations"]
    kept = read.groupby("item_id")["dimension"].agg(set).to_dict()
    assert kept == {"7-1": {"Sweet", "Salty"}, "7-2": {"Salty", "Haste"}, "9-1": {"Haste", "Sour_Bitter"}}


def test_a_text_too_long_is_cut_and_says_so(monkeypatch):
    monkeypatch.setattr(part_items, "LONGEST", 20)
    items = carried(study())["items"]
    assert items["response"].tolist() == ["First response", "x" * 20, "Third \0 response"]
    assert items["response_length"].tolist() == [None, 50, None]
    assert items["title_length"].tolist() == [None, None, None]


def test_all_texts_together_are_bounded(monkeypatch):
    monkeypatch.setattr(part_items, "MOST_CHARACTERS", 30)
    items = carried(study())["items"]
    assert items["response"].str.len().sum() <= 30
    assert items["text"].tolist() == [QUERY[:15], QUERY[:15], "Another"]


def test_without_texts_no_text_is_there():
    tables = carried(study(), "none")
    held = {str(value) for table in tables.values() for value in table.to_numpy().ravel()}
    assert not held & {TITLE, QUERY, "Another", *RESPONSES}
    assert tables["items"]["item_id"].tolist() == ["7-1", "7-2", "9-1"]


@pytest.mark.parametrize("texts", ["all", "none"])
def test_a_study_may_lack_raters_and_topics(texts):
    given = {name: table for name, table in study().items() if name in ("item_table", "item_key")}
    given["item_key"]["rho"] = None
    tables = carried(given, texts)
    assert {name: len(table) for name, table in tables.items()} == {
        "items": 3, "topics": 0, "key": 1, "correlations": 0, "people": 0
    }  # fmt: skip
    assert tables["items"]["mean"].isna().all()
    assert tables["key"]["rho"].tolist() == [None]
