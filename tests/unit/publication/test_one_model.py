"""One model's page and figure, on tables made by hand."""

from typing import Any

import pandas as pd
import pytest
from instruments import SMALL, VALUE_PORTRAIT
from test_figures import check_texts, words
from value_portrait.publication.one_model import describe_model, profile_beside_others

MODELS = ["mine", "oak", "elm", "fir"]
SCORES = {"mine": 0.5, "oak": 0.2, "elm": 0.9, "fir": -0.1}


def tables_of(models: list[str], instrument: Any = SMALL) -> dict[str, pd.DataFrame]:
    scored = [
        {"model": model, "condition": "baseline", "family": family, "dimension": dimension, "source": source}
        | {"score": SCORES[model], "low": SCORES[model] - 0.1, "high": SCORES[model] + 0.1}
        for model in models
        for family, dimension in instrument.dimensions
        for source in ("all", "queries")
    ]
    # Of mine and each other model: adjusted p on these items, and on others.
    found = {("mine", "oak"): (0.04, 0.5), ("elm", "mine"): (0.01, 0.02), ("mine", "fir"): (0.06, None)}
    pairs = [
        {"family": "taste", "dimension": "Sweet", "first": first, "second": second, "inference": inference}
        | {"difference": SCORES[first] - SCORES[second], "p_max_t": p}
        for (first, second), both in found.items()
        if {first, second} <= set(models)
        for inference, p in zip(("these_items", "items_like_these"), both, strict=True)
    ]
    ranks = [
        {
            "model": model,
            "family": "taste",
            "dimension": "Sweet",
            "inference": inference,
            "rank": 2,
            "low": 1,
            "high": 3,
        }
        for model in models
        for inference in ("these_items", "items_like_these")
    ]
    counts = [("mine", "baseline", "answered", "plain", 1990), ("mine", "baseline", "refusal", "none", 10)]
    counts += [("oak", "baseline", "answered", "plain", 2000)]
    columns = ["family", "dimension", "first", "second", "inference", "difference", "p_max_t"]
    return {
        "uncertainty": pd.DataFrame(scored),
        "pairs": pd.DataFrame(pairs, columns=columns),
        "ranks": pd.DataFrame(ranks),
        "answer_counts": pd.DataFrame(counts, columns=["model", "condition", "outcome", "answer_class", "answers"]),
    }


ASKED = [
    {"condition": "age_old", "requests": 2000, "usd": 1.234, "served_models": ["m-1", "m-2"], "upstreams": []},
    {"condition": "baseline", "requests": 2000, "usd": 2.0, "served_models": ["m-1"], "upstreams": ["up"]},
]


def test_a_page_names_the_differences_that_hold() -> None:
    page = describe_model("mine", tables_of(MODELS), ASKED, SMALL)
    assert page.startswith("# mine\n")
    assert "| Sweet | 0.50 [0.40, 0.60] | 2 [1, 3] of 4 | oak | **elm** |" in page
    assert "| Salty | 0.50 [0.40, 0.60] |  |  |  |" in page
    assert "1,990 of 2,000 are plain" in page
    assert "| baseline | refusal | none | 10 | 0.5% |" in page
    cost = page[page.index("## Cost") :].splitlines()
    assert [line.split(" | ")[:3] for line in cost[4:7]] == [
        ["| baseline", "2,000", "2.00"],
        ["| age_old", "2,000", "1.23"],
        ["| together", "4,000", "3.23"],
    ]
    assert "| m-1, m-2 |" in cost[5]


def test_from_the_other_side_differences_are_turned_round() -> None:
    assert "| Sweet | 0.20 [0.10, 0.30] | 2 [1, 3] of 4 |  | mine |" in describe_model(
        "oak", tables_of(MODELS), [], SMALL
    )
    assert "| **mine** |  |" in describe_model("elm", tables_of(MODELS), [], SMALL)


def test_many_names_are_counted() -> None:
    models = [f"m{number:02d}" for number in range(12)]
    tables = tables_of(MODELS)
    rows = [
        {"family": "taste", "dimension": "Sour_Bitter", "first": "mine", "second": other, "inference": "these_items"}
        | {"difference": 1 + number / 100, "p_max_t": 0.01}
        for number, other in enumerate(models)
    ]
    tables["pairs"] = pd.DataFrame([*rows, rows[0] | {"inference": "items_like_these"}])
    page = describe_model("mine", tables, [], SMALL)
    assert "| **m00**, m11, m10, m09, m08, m07, m06, m05 and 4 more |  |" in page


def test_a_model_alone_or_without_scores_has_a_page() -> None:
    alone = tables_of(["mine"])
    page = describe_model("mine", alone, [], SMALL)
    assert "of 1 |  |  |" in page
    assert "## Cost" not in page
    assert "All 2,000 are plain" in describe_model("oak", tables_of(MODELS), [], SMALL)
    none = describe_model("nobody", alone, [], SMALL)
    assert "| Sweet | no score |  |  |  |" in none
    assert "has no scores" in words(profile_beside_others("nobody", alone["uncertainty"], SMALL))


@pytest.mark.parametrize("instrument", [SMALL, VALUE_PORTRAIT])
@pytest.mark.parametrize("models", [["mine"], MODELS])
def test_the_figure_shows_the_model_over_all_others(
    instrument: Any, models: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = profile_beside_others("mine", tables_of(models, instrument)["uncertainty"], instrument)
    check_texts("one_model", figure, monkeypatch)
    said = words(figure)
    assert "mine" in said
    assert ("3 other models" in said) == (len(models) > 1)
    lines = {line.get_label(): line for line in figure.axes[0].lines}
    number = len(instrument.dimensions)
    assert len(lines.get("3 other models", figure.axes[0].lines[0]).get_xdata()) == (3 * number if models[1:] else 2)
