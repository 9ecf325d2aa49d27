"""The sides that models stand on, and printed scores as rows."""

import pytest
from instruments import SMALL
from value_portrait.configuration import Model
from value_portrait.scores.model_groups import group_of, printed_scores


def test_every_model_stands_on_the_side_of_its_row():
    model = Model.model_construct(weights="open", size_b=29.9, reasoning="yes")
    assert [group_of(model, by) for by in ("weights", "size", "reasoning")] == ["open", "small", "reasoning"]
    other = Model.model_construct(weights="closed", size_b=30, reasoning="no")
    assert [group_of(other, by) for by in ("weights", "size", "reasoning")] == ["closed", "large", "no reasoning"]
    secret = Model.model_construct(weights="closed", size_b=None, reasoning="no")
    assert group_of(secret, "size") is None


def test_printed_scores_are_those_of_the_models_named_in_the_main_family(tmp_path):
    path = tmp_path / "printed.csv"
    path.write_text("# as printed\nmodel,Haste,Salty,Sweet,Sour_Bitter\nx,9,0.5,0.25,-1\ny,9,9,9,9\nz,9,2,1,3\n")
    rows = printed_scores(["z", "x"], path, SMALL)
    assert rows.columns.tolist() == ["model", "dimension", "centred_mean", "family"]
    assert {tuple(row) for row in rows.to_numpy().tolist()} == {
        ("z", "Sweet", 1, "taste"),
        ("z", "Salty", 2, "taste"),
        ("z", "Sour_Bitter", 3, "taste"),
        ("x", "Sweet", 0.25, "taste"),
        ("x", "Salty", 0.5, "taste"),
        ("x", "Sour_Bitter", -1, "taste"),
    }
    with pytest.raises(KeyError):
        printed_scores(["w"], path, SMALL)
