"""Intervals by source: by hand, and whether they cover what is planted when only that source acts."""

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL, VALUE_PORTRAIT
from scipy import stats
from value_portrait.items.validation import Block, correlate, correlation_p, select_items
from value_portrait.robustness.uncertainty import (
    SOURCES,
    UNCERTAINTY,
    Raters,
    Spread,
    estimate_effects,
    estimate_spreads,
    uncertainty_table,
    undilute,
)
from value_portrait.scores.ratings import Ratings
from value_portrait.simulation.models import draw_model, expected_ratings
from value_portrait.simulation.people_and_items import draw_loadings, draw_people, draw_ratings
from value_portrait.simulation.settings import EASY
from value_portrait.tables import read_table, write_table

DIMENSIONS = VALUE_PORTRAIT.dimensions
VERSIONS = [version.name for version in VALUE_PORTRAIT.prompt_versions]
GROUPS, QUERIES, RESPONSES, RATERS, MODELS = 6, 12, 5, 46, 4
N_ITEMS = GROUPS * QUERIES * RESPONSES
QUERY_OF = [f"{item // RESPONSES}" for item in range(N_ITEMS)]
ITEMS = [f"{query}-{item % RESPONSES}" for item, query in enumerate(QUERY_OF)]
SUBJECTS = [(f"m{number}", "baseline") for number in range(MODELS)]


def by_query(rng, sd, rows=1):
    return np.repeat(rng.normal(0, sd, (rows, GROUPS * QUERIES)), RESPONSES, axis=1)


def items(rng, models):
    """Loadings, difficulties and the models' true ratings; responses to one query have something in common."""
    loadings = draw_loadings(rng, N_ITEMS, EASY, VALUE_PORTRAIT)
    difficulty = rng.normal(0, 0.5, N_ITEMS) + by_query(rng, 0.3)[0]
    true = [expected_ratings(model, loadings, difficulty, VALUE_PORTRAIT) for model in models]
    noise = [rng.normal(0, 0.3, N_ITEMS) for _ in models]
    return loadings, difficulty, np.array(true) + noise + by_query(rng, 0.3, MODELS)


def true_key(loadings):
    cells = [(ITEMS[item], *VALUE_PORTRAIT.planted[column], 1) for item, column in np.argwhere(loadings > 0)]
    return pd.DataFrame(cells, columns=["item_id", "family", "dimension", "polarity"])


def survey(rng, loadings, difficulty):
    """The raters of all groups, and the key that they make."""
    blocks, tables = [], []
    for group in range(GROUPS):
        own = slice(group * QUERIES * RESPONSES, (group + 1) * QUERIES * RESPONSES)
        people = draw_people(rng, RATERS, EASY, VALUE_PORTRAIT)
        ratings = draw_ratings(rng, people.scores, loadings[own], difficulty[own], EASY, VALUE_PORTRAIT).astype(float)
        names = [f"{group}-{rater}" for rater in range(RATERS)]
        blocks.append(Block(ITEMS[own], names, list(DIMENSIONS), ratings, people.profiles))
        rho = correlate(ratings, people.profiles, "spearman")
        families, dimensions = zip(*DIMENSIONS, strict=True)
        table = {"item_id": np.repeat(ITEMS[own], len(DIMENSIONS)), "rho": rho.ravel()}
        table |= {"family": np.tile(families, len(rho)), "dimension": np.tile(dimensions, len(rho))}
        tables.append(pd.DataFrame(table).assign(p=correlation_p(rho, RATERS).ravel()))
    return blocks, select_items(pd.concat(tables), 0.3, 0.05)


def answers(rng, true, loadings, wordings):
    """Whole ratings: one version, or three wordings, each in two orders, that move dimensions and single items."""
    if not wordings:
        return np.clip(np.rint(true), 1, 6).astype(np.int8)[:, None]
    versions = []
    for _ in range(3):
        moved = rng.normal(0, 0.25, (MODELS, loadings.shape[1])) @ (loadings > 0).T
        moved = true + moved + rng.normal(0, 0.3, true.shape)
        versions += [moved + rng.normal(0, 0.4, true.shape), moved + 0.2 + rng.normal(0, 0.4, true.shape)]
    return np.clip(np.rint(np.stack(versions, axis=1)), 1, 6).astype(np.int8)


def coverage(source, repetitions, seed):
    """How often intervals hold the mean score over repetitions in which only this source acts; per dimension."""
    rng = np.random.default_rng(seed)
    models = [draw_model(rng, name, EASY, VALUE_PORTRAIT) for name, _ in SUBJECTS]
    loadings, difficulty, true = items(rng, models)
    blocks, key = survey(rng, loadings, difficulty)
    scores, widths = [], []
    for draw in range(repetitions):
        if source in ("queries", "all"):
            loadings, difficulty, true = items(rng, models)
            key = true_key(loadings)
        if source in ("raters", "all"):
            blocks, key = survey(rng, loadings, difficulty)
        values = answers(rng, true, loadings, wordings=source in ("wordings", "all"))
        ratings = Ratings(SUBJECTS, VERSIONS[: values.shape[1]], ITEMS, values)
        raters = Raters(blocks, "spearman", False, 100, draw) if source in ("raters", "all") else None
        score, spreads = estimate_spreads(ratings, QUERY_OF, key, raters, "tagged_items", VALUE_PORTRAIT)
        scores.append(score)
        widths.append(spreads[source].half_width())
    scores, widths = np.array(scores), np.array(widths)
    told = np.isfinite(widths).all(axis=0)
    away = np.abs(scores - scores.mean(axis=0))[:, told]
    return (away <= widths[:, told]).mean()


@pytest.mark.parametrize(("source", "repetitions"), [("queries", 60), ("wordings", 60), ("raters", 40), ("all", 40)])
def test_intervals_cover(source, repetitions):
    assert 0.9 <= coverage(source, repetitions, 1) <= 0.98


def small_study(values):
    """Ratings (S, V, I), each item a query of its own that measures the first dimension."""
    names = [f"q{n}" for n in range(values.shape[2])]
    key = pd.DataFrame({"item_id": names, "family": "taste", "dimension": "Sweet", "polarity": 1})
    subjects = [(f"m{n}", "baseline") for n in range(len(values))]
    versions = [version.name for version in SMALL.prompt_versions][: values.shape[1]]
    return Ratings(subjects, versions, names, values.astype(np.int8)), names, key


def test_queries_by_hand():
    """Five queries of one item: Student's interval of a mean."""
    values = np.random.default_rng(2).integers(0, 5, (2, 1, 5))
    ratings, queries, key = small_study(values)
    scores, spreads = estimate_spreads(ratings, queries, key, None, "none", SMALL)
    assert set(spreads) == {"queries", "wordings", "all"}
    for source in ("queries", "all"):
        for model in range(2):
            own = values[model, 0]
            low, high = stats.t.interval(0.95, 4, own.mean(), stats.sem(own))
            assert scores[model, 0] == pytest.approx(own.mean())
            assert spreads[source].half_width()[model, 0] == pytest.approx((high - low) / 2)
    for source in ("queries", "all", "wordings"):
        assert np.isnan(spreads[source].variance[:, 1:]).all()
    assert np.isnan(spreads["wordings"].variance).all()


def test_unequal_queries_against_leaving_each_out():
    values = np.array([[[0, 1, 3, 4, 4, 2]]])
    ratings, _, key = small_study(values)
    _, spreads = estimate_spreads(ratings, ["a", "a", "a", "b", "c", "c"], key, None, "none", SMALL)
    left = [np.mean([4, 4, 2]), np.mean([0, 1, 3, 4, 2]), np.mean([0, 1, 3, 4])]
    assert spreads["queries"].variance[0, 0] == pytest.approx(2 / 3 * ((np.array(left) - 14 / 6) ** 2).sum())
    assert spreads["queries"].df[0, 0] == 2


def test_two_queries_are_too_few():
    ratings, _, key = small_study(np.array([[[0, 1, 3, 4]]]))
    _, spreads = estimate_spreads(ratings, ["a", "a", "b", "b"], key, None, "none", SMALL)
    assert np.isnan(spreads["queries"].half_width()).all()
    assert np.isnan(spreads["all"].half_width()).all()


def test_wordings_by_hand():
    """Three wordings in two orders: Student's interval of three means."""
    rng = np.random.default_rng(3)
    names = [f"q{n}" for n in range(4)]
    family, dimension = DIMENSIONS[0]
    key = pd.DataFrame({"item_id": names, "family": family, "dimension": dimension, "polarity": 1})
    values = rng.integers(1, 7, (1, 6, 4)).astype(np.int8)
    ratings = Ratings([("m", "baseline")], VERSIONS, names, values)
    _, spreads = estimate_spreads(ratings, names, key, None, "none", VALUE_PORTRAIT)
    means = values[0].mean(axis=1).reshape(3, 2).mean(axis=1)
    assert spreads["wordings"].variance[0, 0] == pytest.approx(stats.sem(means) ** 2)
    assert spreads["wordings"].half_width()[0, 0] == pytest.approx(4.302653 * stats.sem(means))
    # Together: what wordings do to single queries is in the spread of queries already.
    of_query = values[0].reshape(3, 2, 4).mean(axis=1)
    single = (of_query.var(axis=0, ddof=1) / 3).sum() / 16
    queries = stats.sem(values[0].mean(axis=0)) ** 2
    expected = queries + max(stats.sem(means) ** 2 - single, 0)
    assert spreads["all"].variance[0, 0] == pytest.approx(expected)


def test_the_same_seed_gives_the_same_raters():
    rng = np.random.default_rng(4)
    models = [draw_model(rng, name, EASY, VALUE_PORTRAIT) for name, _ in SUBJECTS]
    loadings, difficulty, true = items(rng, models)
    blocks, key = survey(rng, loadings, difficulty)
    ratings = Ratings(SUBJECTS, VERSIONS[:1], ITEMS, answers(rng, true, loadings, False))
    found = [
        estimate_spreads(ratings, QUERY_OF, key, Raters(blocks, "spearman", False, 20, seed), "none", VALUE_PORTRAIT)[1]
        for seed in (1, 1, 2)
    ]
    assert (*found[0], "undiluted") == SOURCES
    first, again, other = (spreads["raters"].variance for spreads in found)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    # No source alone is wider than all together.
    for source in ("queries", "raters"):
        assert (found[0][source].variance <= found[0]["all"].variance + 1e-12).all()


def test_undiluted_scores_by_hand():
    """Families have their own factor; what is unknown of one leaves the others as they are."""
    dilution = pd.DataFrame({"family": ["pace", "taste"], "dilution": [np.nan, 0.5], "log_se": [np.nan, 0.2]})
    scores = np.array([[0.3, -0.6, 0.0, 1.0]])
    undiluted, spread = undilute(scores, Spread(np.full((1, 4), 0.01), np.full((1, 4), 7.0)), dilution, SMALL)
    np.testing.assert_allclose(undiluted, [[0.6, -1.2, 0.0, np.nan]])
    # The relative variances of score and factor add up.
    np.testing.assert_allclose(spread.variance[0, 0] / 0.6**2, 0.01 / 0.3**2 + 0.2**2)
    np.testing.assert_allclose(spread.variance[0, 1:], [1.2**2 * (0.01 / 0.6**2 + 0.2**2), 0.04, np.nan])
    assert (spread.df == 7).all()


def test_the_table(tmp_path):
    ratings, queries, key = small_study(np.random.default_rng(5).integers(0, 5, (2, 1, 5)))
    scores, spreads = estimate_spreads(ratings, queries, key, None, "none", SMALL)
    path = tmp_path / "uncertainty.csv"
    dilution = pd.DataFrame({"family": ["taste", "pace"], "dilution": [0.5, np.nan], "log_se": [0.0, np.nan]})
    write_table(uncertainty_table(ratings.subjects, scores, spreads, dilution, SMALL), path, UNCERTAINTY)
    table = read_table(path, UNCERTAINTY).to_pandas()
    assert len(table) == 4 * 2 * len(SMALL.dimensions)
    whole, undiluted = (table[table["source"] == source].reset_index() for source in ("all", "undiluted"))
    of_taste = whole["family"] == "taste"
    for name in ("score", "se", "low", "high"):
        np.testing.assert_allclose(undiluted[name][of_taste], 2 * whole[name][of_taste])
        assert undiluted[name][~of_taste].isna().all()
    table = uncertainty_table(ratings.subjects, scores, spreads, None, SMALL)
    assert set(table["source"]) == {"queries", "wordings", "all"}
    row = table[(table["model"] == "m1") & (table["dimension"] == "Sweet") & (table["source"] == "queries")].iloc[0]
    assert row["score"] == pytest.approx(scores[1, 0])
    assert (row["low"] + row["high"]) / 2 == pytest.approx(row["score"])
    assert row["high"] - row["low"] == pytest.approx(2 * stats.t.ppf(0.975, 4) * row["se"])


def test_effects_against_paired_tests():
    """A condition's effect has the interval of SciPy's paired test; who has no baseline has no effect."""
    values = np.random.default_rng(6).integers(0, 5, (4, 2, 8))
    ratings, queries, key = small_study(values)
    subjects = [("a", "he"), ("a", "baseline"), ("b", "he"), ("a", "she")]
    ratings = Ratings(subjects, ratings.versions, ratings.items, ratings.values)
    told, effects, spreads = estimate_effects(ratings, queries, key, None, "none", SMALL)
    assert told == [("a", "he"), ("a", "she")]
    means = values.mean(axis=1)
    for place, row in enumerate((0, 3)):
        low, high = stats.ttest_rel(means[row], means[1]).confidence_interval()
        assert effects[place, 0] == pytest.approx((low + high) / 2)
        assert spreads["queries"].half_width()[place, 0] == pytest.approx((high - low) / 2)


def test_a_condition_that_moves_all_ratings_alike_has_a_sure_effect():
    rng = np.random.default_rng(7)
    models = [draw_model(rng, name, EASY, VALUE_PORTRAIT) for name, _ in SUBJECTS]
    loadings, difficulty, true = items(rng, models)
    blocks, key = survey(rng, loadings, difficulty)
    values = answers(rng, np.clip(true[:1], 2, 4), loadings, False)
    both = np.concatenate([values, values + 1]).astype(np.int8)
    ratings = Ratings([("m", "baseline"), ("m", "louder")], VERSIONS[:1], ITEMS, both)
    raters = Raters(blocks, "spearman", False, 20, 1)
    _, effects, spreads = estimate_effects(ratings, QUERY_OF, key, raters, "tagged_items", VALUE_PORTRAIT)
    np.testing.assert_allclose(effects, 0, atol=1e-9)
    for source in ("queries", "raters", "all"):
        np.testing.assert_allclose(spreads[source].variance, 0, atol=1e-9)
