"""Profiles of any instrument, against loops over every cell."""

from dataclasses import replace
from math import fsum, nan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instrument_strategies import instruments
from instruments import SMALL
from value_portrait.scores.profiles import arrange_tags, profile_as_seen, profile_models, profile_raters, score
from value_portrait.scores.ratings import NO_RATING, Ratings

CENTRINGS = ["tagged_items", "all_items", "none"]


def mean(numbers):
    return fsum(numbers) / len(numbers) if numbers else nan


def by_loops(averages, items, key, centring, instrument):
    """One subject's rows; ``averages`` has no entry for an item without rating."""
    for family, dimension in instrument.dimensions:
        tags = key[key["family"] == family]
        pool = {"tagged_items": set(tags["item_id"]), "all_items": items, "none": ()}[centring]
        centre = 0 if centring == "none" else mean([averages[item] for item in pool if item in averages])
        own = tags[tags["dimension"] == dimension]
        rated = [
            (averages[item], polarity)
            for item, polarity in zip(own["item_id"], own["polarity"], strict=True)
            if item in averages
        ]
        keyed = [r if polarity > 0 else instrument.lowest + instrument.highest - r for r, polarity in rated]
        yield {
            "family": family,
            "dimension": dimension,
            "n_items": len(rated),
            "n_missing": len(own) - len(rated),
            "mean": mean(keyed),
            "centred_mean": mean([(r - centre) * polarity for r, polarity in rated]),
            "sd": mean([(r - mean(keyed)) ** 2 for r in keyed]) ** 0.5,
        }


@st.composite
def studies(draw):
    """An instrument, items, a key with both signs and dimensions without items, and ratings of some of the items."""
    instrument = draw(instruments())
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    items = [f"{n}-1" for n in rng.permutation(draw(st.integers(1, 7)))]
    cells = [(item, *pair) for item in items for pair in instrument.dimensions]
    # Other items have no tag at all.
    cells = [cells[n] for n in np.flatnonzero(rng.random(len(cells)) < draw(st.sampled_from([0.05, 0.3, 0.9])))]
    key = pd.DataFrame(cells, columns=["item_id", "family", "dimension"])
    key["polarity"] = rng.choice([-1, 1], len(key)).astype("int8")
    versions = [version.name for version in instrument.prompt_versions]
    shape = draw(st.integers(1, 3)), len(versions), len(items)
    values = rng.integers(instrument.lowest, instrument.highest + 1, shape).astype(np.int8)
    values[rng.random(shape) < draw(st.sampled_from([0, 0.3, 0.9]))] = NO_RATING
    subjects = [(f"m{n}", "baseline" if n % 2 else "he") for n in range(shape[0])]
    return instrument, key, Ratings(subjects, versions, items, values)


def averaged(ratings, subject):
    """Each item's mean rating over the versions that have one, for the items that have any."""
    given_ = {
        item: [int(r) for r in ratings.values[subject, :, place] if r != NO_RATING]
        for place, item in enumerate(ratings.items)
    }
    return {item: mean(numbers) for item, numbers in given_.items() if numbers}


def equal(found, expected):
    expected = pd.DataFrame(expected)
    assert set(found.columns) == set(expected.columns)
    pd.testing.assert_frame_equal(
        found[list(expected.columns)], expected, check_dtype=False, check_index_type=False, rtol=1e-9, atol=1e-9
    )


@settings(max_examples=25, deadline=None)
@given(studies(), st.sampled_from(CENTRINGS))
def test_scores_equal_loops(study, centring):
    instrument, key, ratings = study
    found = score(ratings.averages(), ratings.items, key, centring, instrument)
    expected = [
        {"row": subject} | row
        for subject in range(len(ratings.subjects))
        for row in by_loops(averaged(ratings, subject), ratings.items, key, centring, instrument)
    ]
    equal(found, expected)


@settings(max_examples=25, deadline=None)
@given(studies(), st.sampled_from(CENTRINGS))
def test_models_profiles_equal_loops_and_count_missing_answers(study, centring):
    instrument, key, ratings = study
    found = profile_models(ratings, key, centring, instrument)
    missing = (ratings.values == NO_RATING).sum(axis=1)
    expected = []
    for subject, (model, condition) in enumerate(ratings.subjects):
        for row in by_loops(averaged(ratings, subject), ratings.items, key, centring, instrument):
            own = key[(key["family"] == row["family"]) & (key["dimension"] == row["dimension"])]
            without = sum(int(missing[subject, ratings.items.index(item)]) for item in own["item_id"])
            about = {"row": subject, "model": model, "condition": condition, "n_missing_answers": without}
            expected.append(row | about)
    equal(found, expected)


@st.composite
def surveys(draw, ratings, instrument):
    """Ratings of some items by raters of one to three groups, none of a group's raters having seen another's items."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    groups = rng.integers(1, draw(st.integers(1, 3)) + 1, len(ratings.items))
    rows = [
        (group, f"P{who}", item, int(rng.integers(instrument.lowest, instrument.highest + 1)))
        for item, group in zip(ratings.items, groups, strict=True)
        for who in range(group)
        if who == 0 or rng.random() < 0.8
    ]
    table = pd.DataFrame(rows, columns=["group", "participant_id", "item_id", "rating"])
    return table.sample(frac=1, random_state=1)


@settings(max_examples=25, deadline=None)
@given(studies(), st.data(), st.sampled_from(CENTRINGS))
def test_raters_are_scored_by_what_they_saw(study, data, centring):
    instrument, key, ratings = study
    survey = data.draw(surveys(ratings, instrument))
    found = profile_raters(survey, ratings.items, key, centring, instrument)
    expected = []
    for (group, who), own in survey.groupby(["group", "participant_id"]):
        rated = dict(zip(own["item_id"], own["rating"], strict=True))
        for row in by_loops(rated, ratings.items, key, centring, instrument):
            expected.append({"group": group, "participant_id": who} | row)
    equal(found, expected)


@settings(max_examples=25, deadline=None)
@given(studies(), st.data(), st.sampled_from(CENTRINGS))
def test_models_as_seen_are_scored_on_what_each_group_saw(study, data, centring):
    instrument, key, ratings = study
    survey = data.draw(surveys(ratings, instrument))
    found = profile_as_seen(ratings, survey, key, centring, instrument)
    expected = []
    for group, own in survey.groupby("group"):
        for subject, (model, condition) in enumerate(ratings.subjects):
            shown = {item: rating for item, rating in averaged(ratings, subject).items() if item in set(own["item_id"])}
            about = {
                "model": model,
                "condition": condition,
                "group": group,
                "n_raters": own["participant_id"].nunique(),
            }
            for row in by_loops(shown, ratings.items, key, centring, instrument):
                kept = {name: row[name] for name in ("family", "dimension", "centred_mean")}
                expected.append(kept | about)
    equal(found, expected)


def test_a_small_scale_from_zero_by_hand():
    key = pd.DataFrame(
        [("1-1", "taste", "Sweet", 1), ("2-1", "taste", "Sweet", -1), ("3-1", "pace", "Haste", -1)],
        columns=["item_id", "family", "dimension", "polarity"],
    )
    found = score(np.array([[4.0, 1, 0]]), ["1-1", "2-1", "3-1"], key, "tagged_items", SMALL).set_index("dimension")
    # 4 and 4 - 1 = 3; centre 2.5: 1.5 and -(-1.5); 0 mirrored is 4, and alone in its family it is its own centre.
    assert found.loc["Sweet", ["mean", "centred_mean", "sd"]].tolist() == [3.5, 1.5, 0.5]
    assert found.loc["Haste", ["mean", "centred_mean", "sd"]].tolist() == [4, 0, 0]
    assert found.loc["Salty", ["n_items", "n_missing"]].tolist() == [0, 0]
    assert np.isnan(found.loc["Salty", "mean"])


@pytest.mark.filterwarnings("error")
def test_nothing_rated_gives_nothing_and_no_warning():
    key = pd.DataFrame({"item_id": ["1-1"], "family": "taste", "dimension": "Sweet", "polarity": 1})
    found = score(np.full((2, 1), nan), ["1-1"], key, "all_items", SMALL)
    assert found[["mean", "centred_mean", "sd"]].isna().all(axis=None)


def test_raters_on_a_scale_whose_ends_add_up_to_more_than_a_small_number_holds():
    instrument = replace(SMALL, lowest=100)
    survey = pd.DataFrame({"group": 1, "participant_id": "P1", "item_id": ["1-1", "2-1"], "rating": [104, 101]})
    key = pd.DataFrame({"item_id": ["1-1", "2-1"], "family": "taste", "dimension": "Sweet", "polarity": [1, -1]})
    found = profile_raters(survey.astype({"rating": "int8"}), ["1-1", "2-1"], key, "none", instrument)
    assert found.set_index("dimension").loc["Sweet", ["mean", "centred_mean"]].tolist() == [103.5, 1.5]


def test_tags_stand_by_dimension_in_the_order_of_the_key():
    key = pd.DataFrame(
        [("2-1", "pace", "Haste", 1), ("3-1", "taste", "Salty", -1), ("1-1", "taste", "Salty", 1)],
        columns=["item_id", "family", "dimension", "polarity"],
    ).astype({"polarity": "int8"})
    tags = arrange_tags(key, ["1-1", "2-1", "3-1"], SMALL)
    assert [own.columns.tolist() for own in tags] == [[], [2, 0], [], [1]]
    assert [own.polarity.tolist() for own in tags] == [[], [-1, 1], [], [1]]
    assert {own.polarity.dtype for own in tags} == {np.dtype(float)}
