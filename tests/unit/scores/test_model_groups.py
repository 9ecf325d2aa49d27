"""The sides that models stand on, and printed scores as rows."""

import pandas as pd
import pytest
from instruments import SMALL
from value_portrait.scores.model_groups import (
    developer_of,
    group_of,
    plain_siblings,
    printed_scores,
    size_series,
    with_printed_models,
)


def test_every_model_stands_on_the_side_of_its_row():
    model = {"weights": "open", "size_b": 29.9, "reasoning": "yes"}
    assert [group_of(model, by) for by in ("weights", "size", "reasoning")] == ["open", "small", "reasoning"]
    other = {"weights": "closed", "size_b": 30, "reasoning": "no"}
    assert [group_of(other, by) for by in ("weights", "size", "reasoning")] == ["closed", "large", "no reasoning"]
    secret = {"weights": "closed", "size_b": None, "reasoning": "no"}
    assert group_of(secret, "size") is None


def listed(*rows):
    """Columns of the table of models, by model: name, family, size and whether it reasons."""
    return {name: {"family": family, "size_b": size, "reasoning": reasons} for name, family, size, reasons in rows}


def test_a_series_differs_in_size_alone():
    models = listed(
        ("llama-3.1-70b-instruct", "Llama", 70.0, "no"),
        ("Llama-3-8B", "Llama", 8.0, "no"),
        ("llama-3.1-8b-instruct", "Llama", 8.0, "no"),
        ("llama-3.1-405b-instruct", "Other", 405.0, "no"),
        ("mistral-small-24b-instruct-2501", "Mistral", 24.0, "no"),
        ("mistral-large", "Mistral", 123.0, "no"),
        ("qwen2.5-0.5b", "Qwen", 0.5, "no"),
        ("qwen2.5-5b", "Qwen", 5.0, "no"),
        ("smol-135M", "Smol", 0.135, "no"),
        ("smol-1.7B", "Smol", 1.7, "no"),
        ("fir-1", "Fir", 1.0, "no"),
        ("fir-2", "Fir", None, "no"),
        ("twin-8b", "Twin", 8.0, "no"),
        ("twin-8B", "Twin", 8.0, "yes"),
    )
    assert list(size_series(models).values()) == [
        ["llama-3.1-8b-instruct", "llama-3.1-70b-instruct"],
        ["qwen2.5-0.5b", "qwen2.5-5b"],
        ["smol-135M", "smol-1.7B"],
    ]


def test_a_plain_sibling_has_the_name_that_the_reasoning_one_adds_to():
    models = listed(
        ("claude-3-haiku-20240307", "Claude", None, "no"),
        ("claude-3.7-sonnet", "Claude", None, "no"),
        ("claude-3.7-sonnet:thinking", "Claude", None, "yes"),
        ("gemini-2.0-flash-thinking-exp-01-21", "Gemini", None, "yes"),
        ("gemini-2.0-flash-001", "Gemini", 8.0, "no"),
        ("qwq-32b", "Qwen", 32.0, "yes"),
        ("qwen-turbo", "Qwen", None, "no"),
        ("r-7b-distill", "R", 7.0, "yes"),
        ("r-14b", "R", 14.0, "no"),
        ("r-7b", "R", 7.0, "no"),
        ("gpt-5", "GPT", None, "no"),
        ("gpt-5-thinking", "Another", None, "yes"),
        ("o1-mini", "o", None, "yes"),
        ("o1", "o", None, "yes"),
        ("one", "One", None, "no"),
        ("two", "One", None, "yes"),
    )
    assert plain_siblings(models) == {
        "claude-3.7-sonnet:thinking": "claude-3.7-sonnet",
        "gemini-2.0-flash-thinking-exp-01-21": "gemini-2.0-flash-001",
        "r-7b-distill": "r-7b",
    }


def test_of_several_plain_siblings_the_nearest_name_counts_and_sizes_must_not_differ():
    models = listed(
        ("fir-2-pro-old", "Fir", 8.0, "no"),
        ("fir-2-pro-max", "Fir", 8.0, "no"),
        ("fir-2-pro", "Fir", 8.0, "no"),
        ("Fir-2-Pro-Max-think", "Fir", 8.0, "yes"),
        ("ash-9", "Ash", 8.0, "no"),
        ("ash-9-think", "Ash", 70.0, "yes"),
        ("elm-1-a", "Elm", None, "no"),
        ("elm-2-think", "Elm", None, "yes"),
        ("yew", "Yew", None, "no"),
        ("yew-think", "Yew", None, "yes"),
    )
    # Of three parts two must be shared, of one part that one.
    assert plain_siblings(models) == {"Fir-2-Pro-Max-think": "fir-2-pro-max", "yew-think": "yew"}
    assert plain_siblings(dict(reversed(models.items())))["Fir-2-Pro-Max-think"] == "fir-2-pro-max"


def test_a_model_without_a_developer_counts_for_its_family():
    assert developer_of({"developer": "Forest", "family": "Fir"}) == "Forest"
    assert developer_of({"developer": None, "family": "Fir"}) == "Fir"


def test_models_known_by_print_alone_stand_below_those_with_profiles(tmp_path):
    path = tmp_path / "printed.csv"
    path.write_text("model,Salty,Sweet,Sour_Bitter\nx,0.5,0.25,-1\ny,9,9,9\n")
    profiles = pd.DataFrame({"model": ["m"], "family": "taste", "dimension": "Sweet", "centred_mean": 0.5, "sd": 1.0})
    models = {name: {"answers": kind} for name, kind in (("m", "recorded"), ("x", "printed"))}
    joined = with_printed_models(profiles, models, path, SMALL)
    assert joined["model"].tolist() == ["m", "x", "x", "x"]
    assert set(joined.columns) == {"model", "family", "dimension", "centred_mean"}
    assert joined.set_index(["model", "dimension"])["centred_mean"].to_dict() == {
        ("m", "Sweet"): 0.5,
        ("x", "Sweet"): 0.25,
        ("x", "Salty"): 0.5,
        ("x", "Sour_Bitter"): -1,
    }
    alone = with_printed_models(profiles, {"m": models["m"]}, None, SMALL)
    assert alone.to_dict("records") == [{"model": "m", "family": "taste", "dimension": "Sweet", "centred_mean": 0.5}]


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
