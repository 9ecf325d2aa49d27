"""Universes against the workflow's own functions."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instrument_strategies import instruments
from instruments import SMALL, VALUE_PORTRAIT
from universe_study import ITEMS_CONFIG, SCORING, draw_study
from value_portrait.robustness.multiverse import options_of_answers, options_of_given_key, spread_out
from value_portrait.robustness.universes import GivenKey, score_universes
from value_portrait.scores.profiles import profile_models
from value_portrait.scores.ratings import NO_RATING, Ratings

STUDIES = {
    "small": lambda: draw_study(SMALL, ["a", "a_turned", "b"]),
    "one model and version": lambda: draw_study(SMALL, ["b"], models=1),
    "of the paper's instrument": lambda: draw_study(VALUE_PORTRAIT, ["v1", "v1_reversed"], seed=3),
}


def same(profiles, scores):
    """Whether the table has these scores (S, D), to the last bit."""
    return np.array_equal(profiles["centred_mean"].to_numpy().reshape(scores.shape), scores, equal_nan=True)


@pytest.fixture(scope="module", params=STUDIES.values(), ids=STUDIES)
def study(request):
    return request.param()


def test_universes_equal_runs_of_the_workflow_bit_for_bit(study):
    found = study.multiverse(limit=60, without=["careless_raters", "scores", "rater_mean"])
    scores = study.scores(found)
    published = 0
    for row in range(len(found.codes)):
        labels = found.labels(row)
        choice = {name: found.settings[name][label] for name, label in labels.items()}
        assert same(study.run(choice), scores[row]), labels
        published += labels["correlations"] == "published"
    assert 3 < published < 40
    assert np.isfinite(scores).mean() > 0.2


@pytest.mark.parametrize(
    "items",
    [
        {"correlations": "published", "threshold": 0.27},
        {"method": "pearson", "polarity": "both", "repeated_participants": "drop", "max_p": None},
    ],
)
def test_the_configs_own_universe_is_the_run(study, items):
    items = ITEMS_CONFIG | items
    found = study.multiverse(1, items, {"parser": "strict", "centring": "all_items"})
    (main,) = np.flatnonzero(found.departures == 0)
    choice = items | {"parser": "strict", "centring": "all_items", "prompt_versions": study.versions}
    assert same(study.run(choice), study.scores(found)[main])


def test_every_option_makes_a_difference():
    study = STUDIES["small"]()
    # With so few raters a limit of p leaves no correlation that a threshold could.
    found = study.multiverse(1, ITEMS_CONFIG | {"max_p": None})
    scores = study.scores(found)
    (main,) = np.flatnonzero(found.departures == 0)
    places = found.codes != found.codes[main]
    moved = {
        option
        for row, differs in enumerate(places)
        for option in np.array(list(found.settings))[differs]
        if not np.array_equal(scores[row], scores[main], equal_nan=True)
    }
    # Scores of three digits may keep their tags when they are rounded to two.
    assert moved >= set(found.settings) - {"scores"}


def test_a_universe_does_not_depend_on_its_neighbours(study):
    everything, few = study.multiverse(700), study.multiverse(1)
    place = {tuple(row): n for n, row in enumerate(everything.codes)}
    scores, own = study.scores(everything), study.scores(few)
    for row, codes in enumerate(few.codes):
        assert np.array_equal(scores[place[tuple(codes)]], own[row], equal_nan=True)


def test_without_careful_raters_there_are_no_scores():
    study = STUDIES["small"]()
    study.survey["rating"] = 2
    found = study.multiverse(1, published=False)
    assert np.isnan(study.scores(found)).all()


@st.composite
def questionnaires(draw):
    """An instrument, a given key with both signs and gaps, and ratings with gaps."""
    instrument = draw(instruments())
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    items = [f"i{n}" for n in range(draw(st.integers(1, 6)))]
    cells = [(item, *pair) for item in items for pair in instrument.dimensions if rng.random() < 0.4]
    key = pd.DataFrame(cells, columns=["item_id", "family", "dimension"])
    key["polarity"] = rng.choice([-1, 1], len(key)).astype("int8")
    versions = [version.name for version in instrument.prompt_versions]
    shape = draw(st.integers(1, 3)), len(versions), len(items)
    values = rng.integers(instrument.lowest, instrument.highest + 1, shape).astype(np.int8)
    values[rng.random(shape) < draw(st.sampled_from([0, 0.5]))] = NO_RATING
    ratings = Ratings([(f"m{n}", "baseline") for n in range(shape[0])], versions, items, values)
    return instrument, key, ratings


@given(questionnaires())
@settings(max_examples=12, deadline=None)
def test_universes_of_a_given_key_of_any_instrument(drawn):
    instrument, key, ratings = drawn
    of_key, main_of_key = options_of_given_key(key)
    of_answers, main = options_of_answers(SCORING, ratings.versions, instrument)
    found = spread_out(of_key | of_answers, main_of_key | main, 60, 1)
    by_parser = {"published": ratings, "strict": ratings}
    keys = GivenKey(key, ratings.items, instrument)
    scores = np.concatenate([own for _, own in score_universes(found, keys, by_parser, instrument)])
    for row in range(0, len(found.codes), 1 + len(found.codes) // 5):
        choice = {name: found.settings[name][label] for name, label in found.labels(row).items()}
        own = key if choice.get("polarity", "both") == "both" else key[key["polarity"] > 0]
        places = [ratings.versions.index(name) for name in choice["prompt_versions"]]
        rated = Ratings(ratings.subjects, list(choice["prompt_versions"]), ratings.items, ratings.values[:, places])
        assert same(profile_models(rated, own, choice["centring"], instrument), scores[row])
