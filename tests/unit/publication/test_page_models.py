"""What the page carries of models: scores, places, differences that are real, people on the same items."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL
from unpacking import unpack
from value_portrait.publication.page.packing import pack
from value_portrait.publication.page.part_model import model_part
from value_portrait.publication.page.part_pairs import pairs_part
from value_portrait.publication.page.part_study import study_part

HOSTILE = "<script>alert(1)</script>\u202e"
MODELS = ["oak", "elm", HOSTILE]
# Of two models in Sweet: the difference, and adjusted p on these items and on items like these.
DIFFERENCES = {
    ("oak", "elm"): (0.5, 0.01, 0.02),
    ("oak", HOSTILE): (-0.25, 0.04, 0.3),
    ("elm", HOSTILE): (-0.75, 0.2, np.nan),
}


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    pairs = [
        {"family": "taste", "dimension": "Sweet", "first": first, "second": second, "inference": inference}
        | {"difference": difference, "low": difference - half, "high": difference + half, "p_max_t": p}
        for (first, second), (difference, *both) in DIFFERENCES.items()
        for inference, half, p in zip(("these_items", "items_like_these"), (0.1, 0.4), both, strict=True)
    ]
    ranks = [
        {"model": model, "family": "taste", "dimension": dimension, "inference": inference}
        | {"rank": place, "low": 1, "high": 3, "probability": np.nan}
        for place, model in enumerate(MODELS, 1)
        for dimension in ("Sweet", None)
        for inference in ("these_items", "items_like_these")
    ]
    scores = [
        {"model": model, "condition": condition, "family": "taste", "dimension": dimension, "source": source}
        | {"score": score + place, "se": error, "low": score + place - 0.1, "high": score + place + 0.1}
        for place, model in enumerate(MODELS)
        for condition in ("baseline", "old")
        for dimension, score in (("Sweet", 1.0), ("Salty", -1.0), ("Sour_Bitter", np.nan))
        for source, error in (("queries", 0.3), ("wordings", 0.1), ("raters", np.nan), ("all", 0.5), ("undiluted", 0.7))
    ]
    uncertainty = pd.DataFrame(scores)
    key = ["model", "condition", "family", "dimension"]
    counts = {"n_items": 3, "n_missing": 0, "n_missing_answers": 0, "mean": 2.5, "centred_mean": 0.5, "sd": 1.0}
    return {
        "uncertainty": uncertainty,
        "profiles": uncertainty[key].drop_duplicates().assign(**counts),
        "mean_profile": pd.DataFrame({"family": ["taste"], "dimension": ["Sweet"], "score": [1.0]}),
        "pairs": pd.DataFrame(pairs).astype({"first": "category", "second": "category", "dimension": "category"}),
        "ranks": pd.DataFrame(ranks),
    }


def test_scores_are_those_of_all_sources_with_the_counts_of_profiles(tables: dict[str, pd.DataFrame]) -> None:
    part = study_part([{"model": name} for name in MODELS], tables)
    scores = part["scores"].table
    assert len(scores) == len(MODELS) * 2 * 3
    assert set(scores["n_items"]) == {3}
    assert not {"source", "se"} & set(scores)
    # Sample SD of +1 and -1, whatever is added to both; the dimension without a score does not count.
    spread = part["spread"].table.set_index("model")["sd"]
    assert spread.to_dict() == pytest.approx(dict.fromkeys(MODELS, 2**0.5))


def test_differences_say_where_they_are_real(tables: dict[str, pd.DataFrame]) -> None:
    found = pairs_part(tables, SMALL)["pairs"].table.set_index(["first", "second"])
    assert found["clear"].tolist() == ["everywhere", "here", "no"]
    assert found["difference"].tolist() == [0.5, -0.25, -0.75]
    assert found["half"].tolist() == pytest.approx([0.1] * 3)
    assert found["half_beyond"].tolist() == pytest.approx([0.4] * 3)
    assert found.loc[("oak", HOSTILE), ["p", "p_beyond"]].tolist() == [0.04, 0.3]


def test_a_real_difference_has_a_p_below_the_level(tables: dict[str, pd.DataFrame]) -> None:
    tables["pairs"]["p_max_t"] = 0.049975
    found = unpack(pack(pairs_part(tables, SMALL)))["pairs"]
    assert set(found["clear"]) == {"everywhere"}
    assert [*found["p"], *found["p_beyond"]] == pytest.approx([0.0499] * 6)


def test_a_difference_without_p_is_neither_real_nor_not(tables: dict[str, pd.DataFrame]) -> None:
    tables["pairs"]["p_max_t"] = np.nan
    assert pairs_part(tables, SMALL)["pairs"].table["clear"].isna().all()


def test_too_many_differences_are_left_out_and_counted(
    tables: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("value_portrait.publication.page.part_pairs.MOST_ROWS", 2)
    assert {name: packed.table.to_dict("records") for name, packed in pairs_part(tables, SMALL).items()} == {
        "left_out": [{"rows": 3, "most": 2}]
    }


def test_a_single_model_has_no_differences(tables: dict[str, pd.DataFrame]) -> None:
    alone = tables | {"pairs": tables["pairs"].head(0)}
    assert pairs_part(alone, SMALL) == {}
    standing = model_part(alone, [], SMALL)["standing"].table
    assert standing["lower"].isna().all()
    pack(model_part(alone, [], SMALL))


def test_a_model_knows_how_many_are_clearly_lower_and_higher(tables: dict[str, pd.DataFrame]) -> None:
    part = model_part(tables, [], SMALL)
    standing = part["standing"].table.set_index("model")
    columns = ["rank", "lower", "higher", "lower_beyond", "higher_beyond"]
    assert standing[columns].to_numpy().tolist() == [[1, 1, 1, 1, 0], [2, 0, 1, 0, 1], [3, 1, 0, 0, 0]]
    sources = part["sources"].table
    assert set(sources["queries"]) == {0.3}
    assert set(sources["wordings"]) == {0.1}
    assert len(sources) == len(MODELS) * 3


def test_models_stand_beside_people_with_a_vote_for_each_rater(tables: dict[str, pd.DataFrame]) -> None:
    seen = [("baseline", 1, 30, 0.2), ("baseline", 2, 10, 0.6), ("old", 1, 30, 9.0)]
    tables["profiles_as_seen"] = pd.DataFrame(seen, columns=["condition", "group", "n_raters", "centred_mean"]).assign(
        model="oak", family="taste", dimension="Sweet"
    )
    assert "as_seen" not in model_part(tables, [], SMALL)
    tables["models_and_people"] = pd.DataFrame({"family": ["taste"], "dimension": ["Sweet"], "people_mean": [0.4]})
    seen_scores = model_part(tables, [], SMALL)["as_seen"].table["score"]
    assert seen_scores.tolist() == pytest.approx([(30 * 0.2 + 10 * 0.6) / 40])


def test_only_the_baseline_is_sensitive_and_costs_name_who_answered(tables: dict[str, pd.DataFrame]) -> None:
    share: dict[str, Any] = {"model": ["oak", "oak"], "condition": ["baseline", "old"], "order_sensitivity": [0.5, 0.1]}
    asked = {"model": "oak", "condition": "old", "requests": 6, "usd": 0.1, "outcomes": {}}
    asked |= {"served_models": ["a", "b"], "upstreams": []}
    part = model_part(tables | {"sensitivity": pd.DataFrame(share)}, [asked], SMALL)
    assert part["sensitivity"].table.to_dict("records") == [{"model": "oak", "order_sensitivity": 0.5}]
    told = part["asked"].table.to_dict("records")
    assert told == [{"model": "oak", "condition": "old", "requests": 6, "usd": 0.1, "served": "a, b", "by": ""}]
