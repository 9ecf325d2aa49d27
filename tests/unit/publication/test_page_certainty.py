"""What the page shows of how sure numbers are, held against the tables by hand."""

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL
from test_verdicts import tables
from value_portrait.publication.page.packing import pack
from value_portrait.publication.page.part_certainty import _of_other_keys, certainty_part, with_minus

VARIANCE = pd.DataFrame(
    {"family": "taste", "dimension": "Sweet", "scores": "raw", "component": ["model", "item"], "share": [0.6, np.nan]}
)


def precision(rows):
    columns = ["dimension", "this_study", "n_items", "relative"]
    about = {"family": "taste", "scores": "raw", "inference": "items_like_these", "n_wordings": 3, "n_orders": 2}
    return pd.DataFrame(rows, columns=columns).assign(**about)


def found(**others):
    own = tables()
    names = ["Sweet"] * 4
    own["uncertainty"] = own["uncertainty"].assign(dimension=names * 2)
    own["pairs"] = own["pairs"].assign(dimension=names)
    own["ranks"] = own["ranks"].assign(dimension=names)
    own["precision"] = own["precision"].assign(n_items=5, n_wordings=3, n_orders=2)
    parts = certainty_part(own | {"variance": VARIANCE} | others, SMALL)
    assert pack(parts)
    return {name: packed.table for name, packed in parts.items()}


def test_intervals_are_summed_up_by_what_might_have_been_otherwise():
    table = found()["intervals"].set_index("source")
    # Half widths of 0.5, 0.3, 0.5 and 0.1; two of the four leave out 0.
    assert table.loc["all", ["half", "clear", "n"]].tolist() == pytest.approx([0.4, 0.5, 4])


def test_differences_between_models_hold_after_adjustment():
    table = found()["differences"]
    # p of 0.01, 0.049 and 0.05; ranks from 1 to 2 and from 1 to 1.
    assert table[["inference", "n", "places", "n_models"]].to_numpy().tolist() == [["these_items", 3, 1.5, 2]]
    assert table["share"].tolist() == pytest.approx([2 / 3])


def test_tags_beyond_chance_are_those_after_holm():
    rows = [("Sweet", 0.02), ("Salty", 0.03), ("Sour_Bitter", 0.9), (None, 0.0005)]
    about = {"family": "taste", "direction": "positive", "tests": 9, "tags": 3, "expected": 1.5, "low": 0, "high": 4}
    about |= {"null_share": 0.8, "false_discovery_rate": 0.5, "surviving": 1}
    chance = pd.DataFrame([about | {"dimension": name, "p": p} for name, p in rows])
    empty = {"family": "taste", "dimension": None}
    others = {
        "chance": chance,
        "replication": pd.DataFrame([empty | {"rho_other": np.nan}]),
        "dilution": pd.DataFrame([{"family": "taste", "strong": np.nan}]),
        "validity": pd.DataFrame([empty | {"key": "raters", "criterion": "convergent", "low": np.nan}]),
    }
    table = found(**others)["tags"]
    # 0.02 x 3, 0.03 x 2 but not below the first, and 0.9.
    assert table["p_adjusted"].iloc[:3].tolist() == pytest.approx([0.06, 0.06, 0.9])
    assert table["beyond"].iloc[:3].tolist() == [False, False, False]
    assert pd.isna(table["beyond"].iloc[3])


def test_other_designs_are_medians_over_dimensions():
    rows = [("Sweet", 0, 5, 0.2), ("Salty", 0, 5, 0.4), ("Sour_Bitter", 0, 5, 0.9), ("Sweet", 0, 7, 0.5)]
    table = found(precision=precision([*rows, ("Sweet", 1, 7, 0.6)]))["designs"]
    # Seven items are one dimension's own number.
    assert table[["n_items", "low", "median", "high", "dimensions"]].to_numpy().tolist() == [
        pytest.approx([5, 0.3, 0.4, 0.65, 3])
    ]


def test_where_nothing_can_be_told_tables_are_empty():
    parts = found(
        variance=VARIANCE.assign(share=np.nan), precision=precision([("Sweet", 1, 5, np.nan)]).assign(scores="raw")
    )
    assert [len(parts[name]) for name in ("variance", "precision", "designs")] == [0, 0, 0]
    assert {"tags", "circle"}.isdisjoint(parts)


def test_sentences_have_the_sign_of_print():
    assert with_minus("r -0.01 [-0.02, 0.1], 20-39, claude-3.5, x-1") == "r −0.01 [−0.02, 0.1], 20-39, claude-3.5, x-1"
    assert with_minus("-0.00 [-0.001, +0.00], p -0.0") == "0.00 [−0.001, 0.00], p 0.0"


def test_the_key_of_another_family_has_its_own_sentence():
    about = {"dimension": None, "key": "raters", "low": -0.1, "high": 0.3}
    shuffled = {"dimension": None, "key": "shuffled", "criterion": "convergent", "r": np.nan}
    rows = [
        {"family": family, "criterion": criterion, "r": r} | about
        for family, r in (("taste", 0.2), ("pace", -0.04))
        for criterion in ("convergent", "discriminant")
    ]
    lines = _of_other_keys(pd.DataFrame([*rows, *({"family": own} | shuffled for own in ("taste", "pace"))]), SMALL)
    assert lines == {
        "validity pace": "The key cannot be shown to measure other people: scores of raters who did not make it "
        "correlate -0.04 [-0.10, 0.30] with their own questionnaire on the same dimension, -0.04 [-0.10, 0.30] on "
        "others."
    }
    assert _of_other_keys(pd.DataFrame(rows[:2]), SMALL) == {}
