"""Shares of universes, counted by hand, and the tables that hold them."""

import numpy as np
import pytest
from instruments import SMALL
from value_portrait.config_tables import Claim
from value_portrait.robustness.multiverse import Multiverse
from value_portrait.robustness.shares import (
    CLAIMS,
    UNIVERSES,
    Outcome,
    claims_table,
    judge_claims,
    universes_table,
)
from value_portrait.tables import read_table, write_table

ONE = Claim(claim="one", text="Sweet first", where="there", kind="highest", arguments=["Sweet"])
TWO = Claim(claim="two", text="Open above", where="here", kind="group_above", arguments=["weights=open"])
SETTINGS = {
    "centring": {"tagged_items": 0, "all_items": 0},
    "parser": {"published": 0, "strict": 0},
    "prompt_versions": {"all": ("b",)},
}
MAIN = {"centring": "all_items", "parser": "published", "prompt_versions": "all"}
MULTIVERSE = Multiverse(SETTINGS, MAIN, np.array([[0, 0, 0], [0, 1, 0], [1, 0, 0], [1, 1, 0]], np.int16))


def total(table, name):
    """The row of all universes."""
    return table[(table["claim"] == name) & table["option"].isna()].iloc[0]


def test_shares_by_hand(tmp_path):
    nothing = np.full(4, np.nan)
    outcomes = [
        Outcome(ONE, np.array([0.2, -0.1, 0.3, 0.0]), nothing),
        Outcome(TWO, np.array([np.nan, 0.2, 0.1, -0.3]), np.array([np.nan, 0.01, 0.2, 0.001]), None, 9, 4),
    ]
    write_table(claims_table(MULTIVERSE, outcomes), tmp_path / "claims.csv", CLAIMS)
    table = read_table(tmp_path / "claims.csv", CLAIMS).to_pandas()
    one, two = total(table, "one"), total(table, "two")
    assert [one[name] for name in ("text", "value", "holds", "universes", "undefined")] == [
        "Sweet first",
        0.3,
        True,
        4,
        0,
    ]
    assert (one["share_holds"], one["decides_most"], one["difference"]) == (0.5, "parser", 1.0)
    assert one[["p", "share_significant"]].isna().all()
    assert (two["universes"], two["undefined"], two["p"]) == (3, 1, 0.2)
    assert (two["models"], two["developers"]) == (9, 4)
    # Significant is what holds and has a small p: the last one is significant the other way round.
    assert (two["share_holds"], two["share_significant"]) == pytest.approx((2 / 3, 1 / 3))
    assert (two["decides_most"], two["difference"]) == ("centring", 0.5)
    by_setting = table[(table["claim"] == "one") & table["option"].notna()]
    assert by_setting[["option", "setting", "universes", "share_holds"]].to_numpy().tolist() == [
        ["centring", "tagged_items", 2, 0.5],
        ["centring", "all_items", 2, 0.5],
        ["parser", "published", 2, 1.0],
        ["parser", "strict", 2, 0.0],
    ]


def test_universes_stand_with_their_settings(tmp_path):
    outcomes = [Outcome(ONE, np.array([0.2, np.nan, 0.3, 0.0]), np.full(4, np.nan))]
    write_table(universes_table(MULTIVERSE, outcomes), tmp_path / "universes.parquet", UNIVERSES)
    table = read_table(tmp_path / "universes.parquet", UNIVERSES).to_pandas()
    assert table["universe"].tolist() == [1, 2, 3, 4]
    assert table["departures"].tolist() == [1, 2, 0, 1]
    assert table["parser"].tolist() == ["published", "strict"] * 2
    assert table["method"].isna().all()
    assert table["holds"].astype(object).where(table["holds"].notna(), None).tolist() == [True, None, True, False]
    assert table["value"].tolist() == pytest.approx([0.2, np.nan, 0.3, 0.0], nan_ok=True)


def test_what_decides_nothing_is_not_named():
    outcome = Outcome(ONE, np.full(4, 0.1), np.full(4, np.nan))
    row = total(claims_table(MULTIVERSE, [outcome]).to_pandas(), "one")
    assert row["share_holds"] == 1
    assert row[["decides_most", "difference"]].isna().all()


def test_claims_without_models_and_no_claims_at_all(tmp_path, caplog):
    lost = Claim(**TWO.model_dump() | {"arguments": ["weights=open", "weights=closed", "Sweet"]})
    models = {"m": {"weights": "open"}}
    scores = [(slice(0, 4), np.zeros((4, 1, 4)))]
    outcomes = judge_claims([lost], 4, scores, [("m", "baseline")], models, SMALL)
    row = total(claims_table(MULTIVERSE, outcomes).to_pandas(), "two")
    assert row["note"] == "no model is weights=closed."
    assert row[["value", "p", "holds", "share_holds", "share_significant"]].isna().all()
    assert "The claim two is not put to the test: no model is weights=closed." in caplog.text
    # One developer has no p, and it is said.
    models = {
        name: {"weights": weights, "developer": "", "family": "A"} for name, weights in (("m", "open"), ("n", "closed"))
    }
    scores = [(slice(0, 4), np.ones((4, 2, 4)) * [[1], [0]])]
    (outcome,) = judge_claims([lost], 4, scores, [("m", "baseline"), ("n", "baseline")], models, SMALL)
    row = total(claims_table(MULTIVERSE, [outcome]).to_pandas(), "two")
    assert row["note"] == "too few developers to tell how these differ."
    assert (row["value"], row["models"], row["developers"]) == (1, 2, 1)
    assert "These claims have no p (two): too few developers" in caplog.text
    # No model has ratings: nothing is scored.
    (outcome,) = judge_claims([ONE], 4, [], [], {}, SMALL)
    assert outcome.reason == "What it names has no score in any universe."
    for outcomes in ([outcome], []):
        write_table(universes_table(MULTIVERSE, outcomes), tmp_path / "universes.parquet", UNIVERSES)
        write_table(claims_table(MULTIVERSE, outcomes), tmp_path / "claims.csv", CLAIMS)
        assert read_table(tmp_path / "universes.parquet", UNIVERSES).num_rows == 4 * len(outcomes)
