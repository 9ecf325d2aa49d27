"""What the page shows of people and personas, held against the tables by hand."""

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL, VALUE_PORTRAIT
from value_portrait.publication.page import part_people
from value_portrait.publication.page.packing import pack
from value_portrait.publication.page.part_people import people_part

SUBJECT = {"source": "answers", "model": "m<script>", "framing": "default"}
EMPTY = {
    "bias": "group order dimension people_source weighting persona_effect human_effect same_sign",
    "agreement": "people_source weighting against group n",
    "trends": "weighting dimension n tau strict direction",
    "findings": "people_source weighting finding persona human holds",
    "steering_hits": "steered change rank raised_most hit",
    "steering_distance": "steps n change fitted amplitude r2",
    "steering_pairs": "value other expected change as_expected",
}


def effect(group, value, dimension="Sweet", **others):
    about = {"axis": "age", "persona": f"age_{group}", "group": group, "family": "taste", "dimension": dimension}
    bare = {"ci_low": np.nan, "ci_high": np.nan, "version_sd": 0.1, "people": None, "order": np.nan}
    return SUBJECT | about | bare | {"effect": value} | others


def personas(*effects, **tables):
    none = {
        name: pd.DataFrame(columns=["source", "model", "framing", "axis", *columns.split()])
        for name, columns in EMPTY.items()
    }
    return {"persona_effects": pd.DataFrame(effects), **none, **tables}


def shown(tables, instrument=SMALL):
    parts = people_part(tables, instrument)
    assert pack(parts)
    return {name: packed.table for name, packed in parts.items()}


def test_the_mean_over_an_axis_is_taken_off_its_groups():
    # Of 0.5, 0.2 and -0.1 the mean is 0.2; one group has no mean to be held against.
    effects = [effect("young", 0.5), effect("middle", 0.2), effect("old", -0.1), effect("x", 0.4, axis="place")]
    found = shown(personas(*effects))["effects"]
    assert found["off_axis"].iloc[:3].tolist() == [0.3, 0.0, -0.3]
    assert np.isnan(found["off_axis"].iloc[3])
    assert found["subject"].unique().tolist() == ["m<script>"]


def test_people_beside_personas_lose_the_mean_of_their_own_axis():
    beside = SUBJECT | {"axis": "age", "people_source": "s", "dimension": "Sweet", "same_sign": True}
    rows = [("a", "w", 0.5, 0.3), ("b", "w", 0.1, 0.1), ("a", "none", 0.5, 0.1), ("b", "none", 0.1, 0.4)]
    bias = pd.DataFrame(
        [
            beside | {"group": group, "weighting": weighting, "persona_effect": persona, "human_effect": human}
            for group, weighting, persona, human in rows
        ]
    )
    found = shown(personas(effect("a", 0.5), effect("b", 0.1), bias=bias))["beside"]
    assert found["persona_off_axis"].tolist() == [0.2, -0.2, 0.2, -0.2]
    assert found["human_off_axis"].tolist() == [0.1, -0.1, -0.15, 0.15]
    assert found["same_sign_off_axis"].tolist() == [True, True, False, False]


def test_intervals_by_all_sources_find_their_condition():
    known = pd.DataFrame(
        [
            {"model": "m<script>", "condition": condition, "family": "taste", "dimension": "Sweet", "source": source}
            | {"low": low, "high": low + 1}
            for condition, source, low in (
                ("age_a", "all", -0.4),
                ("age_a", "queries", -0.2),
                ("age_a@brief", "all", -0.7),
            )
        ]
    )
    effects = [effect("a", 0.1), effect("a", 0.2, framing="brief"), effect("a", 0.3, source="printed", framing="p")]
    found = shown(personas(*effects, uncertainty_of_effects=known))["effects"]
    assert found["all_low"].tolist()[:2] == [-0.4, -0.7]
    assert np.isnan(found["all_low"].iloc[2])
    assert found["subject"].tolist() == ["m<script>", "m<script>, brief", "m<script>, p"]


def test_steering_is_of_the_main_family_and_apart_from_personas():
    steered = [effect("Sweet", value, name, axis="steering") for name, value in (("Sweet", 0.4), ("Salty", -0.4))]
    other = effect("Sweet", 0.9, "Haste", axis="steering", family="pace")
    found = shown(personas(effect("a", 0.1), *steered, other))
    assert found["steering"][["group", "dimension", "effect"]].to_numpy().tolist() == [
        ["Sweet", "Sweet", 0.4],
        ["Sweet", "Salty", -0.4],
    ]
    assert found["effects"]["axis"].tolist() == ["age"]


def test_trends_of_people_stay_and_findings_say_titles():
    trends = pd.DataFrame(
        [
            SUBJECT | {"axis": "age", "dimension": "Sweet", "n": 3, "tau": 1.0, "strict": True, "direction": "rises"},
            {"source": "people", "axis": "age", "dimension": "Sweet", "n": 3, "tau": 0.3, "strict": False},
        ]
    )
    findings = pd.DataFrame([SUBJECT | {"finding": "Self_Direction: rank: 1", "persona": 1.0, "human": 4.0}])
    tables = personas(effect("a", 0.1), trends=trends, findings=findings)
    found = shown(tables, VALUE_PORTRAIT)
    assert found["trends"]["subject"].isna().tolist() == [False, True]
    assert found["findings"]["finding"].tolist() == ["Self-Direction: rank: 1"]


def test_models_beyond_a_size_are_left_out_and_counted(monkeypatch):
    monkeypatch.setattr(part_people, "LIMIT", 3)
    effects = [effect(group, 0.1, model=model) for model in ("one", "two") for group in ("a", "b")]
    found = shown(personas(*effects))
    assert found["effects"]["subject"].unique().tolist() == ["one"]
    assert found["subjects"][["subject", "shown"]].to_numpy().tolist() == [["one", True], ["two", False]]


@pytest.mark.parametrize("present", [True, False])
def test_a_study_has_people_alone_or_nothing(present):
    beside = pd.DataFrame({"family": ["taste"], "dimension": ["Sweet"], "models_mean": [0.12345], "p": [0.00049]})
    found = people_part({"models_and_people": beside} if present else {}, SMALL)
    assert list(found) == (["people"] if present else [])
    if present:
        assert found["people"].units == {}, "what is shown must not be rounded twice"
