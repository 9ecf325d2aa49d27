"""What the page shows of claims in every analysis, held against the tables by hand."""

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL
from test_verdicts import claim, tables
from value_portrait.publication.page import part_curve
from value_portrait.publication.page.packing import pack
from value_portrait.publication.page.part_curve import LEVELS, curve_part

CLAIMS = [claim("above", "Sweet", "Salty", name="one"), claim("above", "Salty", "Sweet", name="two")]


def universes(values, ps, claims=("one",)):
    """Analyses of one option with two settings, of which the first is the main analysis."""
    rows = [
        {"universe": number + 1, "departures": number, "threshold": f"0.{2 + number % 2}", "claim": name}
        | {"value": value, "p": p, "holds": None if np.isnan(value) else value > 0}
        for name in claims
        for number, (value, p) in enumerate(zip(values, ps, strict=True))
    ]
    return pd.DataFrame(rows).astype({"claim": "category", "threshold": "category"})


def every(name="one", **row):
    return {
        "claim": name,
        "text": f"Claim {name}",
        "where": "here",
        "value": 0.4,
        "holds": True,
        "share_holds": 0.5,
    } | row


def part(table, *rows, claims=CLAIMS[:1]):
    setting = {"claim": "one", "option": "threshold", "setting": "0.2", "share_holds": 0.25, "value": np.nan}
    about = tables(*(rows or [every()]), setting)
    found = curve_part(about | {"universes": table}, claims, SMALL)
    assert pack(found)
    return found


def test_every_analysis_keeps_its_settings_its_value_and_what_becomes_of_the_claim():
    found = part(universes([0.4, -0.2, np.nan, 0.1, 0.2], [0.01, 0.001, np.nan, np.nan, 0.05]))["universes"]
    assert found.table["main"].tolist() == [True, False, False, False, False]
    assert found.table["threshold"].tolist() == ["0.2", "0.3", "0.2", "0.3", "0.2"]
    kinds = found.table["kind one"].tolist()
    # With p below 0.05; not above 0, however small p; undefined; without p; p of 0.05.
    assert kinds[:2] == [2, 0]
    assert np.isnan(kinds[2])
    assert kinds[3:] == [1, 1]
    # From -0.2 to 0.4 in so many steps.
    assert found.units["value one"] == pytest.approx(0.6 / LEVELS)


def test_a_claim_that_was_not_tested_has_a_verdict_and_no_values():
    rows = [every(), every("two", value=np.nan, holds=None, share_holds=np.nan, note="No model has it.")]
    table = pd.concat([universes([0.4, 0.2], [np.nan] * 2), universes([np.nan] * 2, [np.nan] * 2, ["two"])])
    found = part(table, *rows, claims=CLAIMS)
    assert found["claims"].table["verdict"].tolist() == ["depends on the parser", "cannot be tested here"]
    assert found["claims"].table["found"].tolist() == ["+0.40", ""]
    assert [name for name in found["universes"].table if name.startswith("value")] == ["value one"]


def test_claims_are_joined_by_their_analyses_not_by_their_places():
    one, two = universes([0.4, 0.2, 0.1], [np.nan] * 3), universes([0.9, 0.7, 0.8, 0.6], [0.01] * 4, ["two"])
    # The second claim lacks the first one's second analysis, has one more, and stands in another order.
    two = two[two["universe"] != 2].iloc[::-1]
    found = part(pd.concat([one, two]), every(), every("two"), claims=CLAIMS)["universes"].table
    assert found["threshold"].tolist() == ["0.2", "0.3", "0.2", "0.3"]
    assert found["main"].tolist() == [True, False, False, False]
    np.testing.assert_array_equal(found["value one"], [0.4, 0.2, 0.1, np.nan])
    np.testing.assert_array_equal(found["kind one"], [1, 1, 1, np.nan])
    np.testing.assert_array_equal(found["value two"], [0.9, np.nan, 0.8, 0.6])
    np.testing.assert_array_equal(found["kind two"], [2, np.nan, 2, 2])


def test_options_have_titles_and_the_settings_of_this_run():
    found = part(universes([0.4, 0.2], [np.nan] * 2))
    option = found["options"].table.to_dict("records")
    assert option == [{"option": "threshold", "title": "the threshold of tags", "main": "0.2"}]
    assert found["shares"].table["setting"].tolist() == ["0.2"]


def test_settings_have_words():
    settings = [
        ("centring", "tagged_items"),
        ("prompt_versions", "only v1_reversed"),
        ("max_p", "none"),
        ("scores", "rounded"),
    ]
    rows = [every(option=option, setting=setting) for option, setting in settings]
    table = universes([0.4, 0.2], [np.nan] * 2).assign(**dict.fromkeys([option for option, _ in settings], "x"))
    shares = part(table, every(), *rows)["shares"].table
    assert shares["words"].tolist()[:4] == ["mean of tagged items", "only v1 reversed", "no limit", "rounded"]


def test_one_value_in_all_analyses_is_drawn():
    found = part(universes([0.5, 0.5], [np.nan] * 2))["universes"]
    assert found.units["value one"] == 0.001


def test_beyond_a_size_analyses_are_left_out_but_for_those_near_the_main_one(monkeypatch):
    monkeypatch.setattr(part_curve, "CELLS", 4)
    values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    found = part(universes(values, [np.nan] * 8))["universes"].table
    assert found["value one"].tolist() == [0.1, 0.2, 0.3, 0.5, 0.7]


def test_without_claims_there_is_no_curve():
    assert curve_part(tables(), [], SMALL) == {}
