import numpy as np
import pandas as pd
import pytest
from value_portrait.items.validation import correlate_items
from value_portrait.paper.certifying.effects import change_of_tags, trace_effects
from value_portrait.paper.certifying.rounding import trace_rounding
from value_portrait.scores.ratings import Ratings

ITEMS = ["1-1", "1-2", "1-3"]


def item_key(*rows):
    return pd.DataFrame(rows, columns=["item_id", "family", "dimension", "rho", "polarity"])


BEFORE = item_key(("1-1", "pvq", "Power", 0.4, 1), ("1-2", "pvq", "Power", 0.5, 1), ("1-2", "pvq", "Security", 0.31, 1))
AFTER = item_key(("1-1", "pvq", "Power", 0.41, 1), ("1-2", "pvq", "Power", 0.5, 1), ("1-3", "pvq", "Security", 0.33, 1))
RATINGS = Ratings([("fir", "baseline")], ["v1"], ITEMS, np.array([[[6, 3, 2]]], np.int8))


def test_tags_gained_and_lost():
    assert change_of_tags(BEFORE, AFTER).to_dict("records") == [
        {"item_id": "1-2", "family": "pvq", "dimension": "Security", "polarity": 1, "change": "lost", "rho": 0.31},
        {"item_id": "1-3", "family": "pvq", "dimension": "Security", "polarity": 1, "change": "gained", "rho": 0.33},
    ]
    assert change_of_tags(BEFORE, BEFORE).empty


def test_profiles_move_by_the_change_of_mean_and_centre():
    tags, profiles = trace_effects({"before": BEFORE, "after": AFTER}, "before", RATINGS)
    assert tags["scenario"].tolist() == ["after", "after"]
    moved = profiles.dropna(subset="difference").set_index("dimension")
    # Centre before: (6 + 3) / 2 = 4.5, so Power 0 and Security 3 - 4.5; after: 11/3, so 4.5 - 11/3 and 2 - 11/3.
    assert moved["reference_centred_mean"].to_dict() == {"Power": 0, "Security": -1.5}
    assert moved["difference"].to_dict() == pytest.approx({"Power": 4.5 - 11 / 3, "Security": 2 - 11 / 3 + 1.5})
    assert moved["scenario"].tolist() == ["after", "after"]


def test_rounding_ties_what_only_arithmetic_keeps_apart():
    ratings = [1, 2, 3, 4, 6]
    apart = [2 / 3, 2 / 3 + 1e-12, -1.0, 0.25, 2.0]
    people = [f"P{n}" for n in range(5)]
    survey = pd.DataFrame({"group": 1, "item_id": "1-1", "participant_id": people, "rating": ratings})
    scores = [(p, "pvq", "Power", s) for p, s in zip(people, apart, strict=True)]
    scores += [(p, "pvq", "Security", s) for p, s in zip(people, [1.0, 2.0, 4.0, 3.0, 5.0], strict=True)]
    participants = pd.DataFrame(scores, columns=["participant_id", "family", "dimension", "score"])
    traced = trace_rounding(survey, participants, correlate_items(survey, participants), digits=6).set_index(
        "dimension"
    )
    # Ranks of Power 3 4 1 2 5 become 3.5 3.5 1 2 5: covariances with 1 ... 5 are 2 and 1.5 of 10 and sqrt(10 * 9.5).
    assert traced.loc["Power", "unrounded_rho"] == pytest.approx(2 / 10)
    assert traced.loc["Power", "rho"] == pytest.approx(1.5 / np.sqrt(95))
    assert traced["changed"].to_dict() == {"Power": True, "Security": False}
