"""The methods against known truth, in a few studies of ``make bench-truth``, with bounds as wide as few allow."""

import sys

import numpy as np
import pytest
from instruments import ROOT

sys.path.append(str(ROOT / "tools"))
import bench_truth
from known_truth import (
    INSTRUMENT,
    MAIN,
    correlate_people,
    draw_blocks,
    draw_items,
    draw_study,
    expected_errors,
    make_world,
    score,
    score_by_many_raters,
    score_in_the_long_run,
    tag,
)

SETTINGS = ("realistic", "easy")


def means(check, setting, studies):
    measure = bench_truth.CHECKS[check].measure
    found = bench_truth.average([measure(setting, seed) for seed in range(studies)])
    return {name: mean for name, (mean, _) in found.items()}


@pytest.fixture(autouse=True, scope="module")
def _shorter_long_run():
    with pytest.MonkeyPatch.context() as patch:

        def long_run(setting, models):
            rng = np.random.default_rng(3)
            return score_in_the_long_run(make_world(setting, models), rng, groups=60, queries=40)

        def true_key(setting, models):
            rng = np.random.default_rng(5)
            return score_by_many_raters(make_world(setting, models), rng, bench_truth.THRESHOLD, groups=12, queries=40)

        patch.setattr(bench_truth, "long_run", bench_truth.cache(long_run))
        patch.setattr(bench_truth, "true_key", bench_truth.cache(true_key))
        yield


@pytest.mark.parametrize("setting", SETTINGS)
def test_intervals_cover(setting):
    found = means("coverage", setting, 3)
    for source in ("queries", "wordings", "raters", "all", "undiluted", "planted scores by undiluted"):
        assert 0.87 < found[source] < 0.995, source
    # What does not know of dilution misses what is planted.
    assert found["planted scores by all"] < 0.8
    assert found["slope of scores on planted ones"] < 0.75 < found["slope of undiluted scores"] < 1.3


@pytest.mark.parametrize("setting", SETTINGS)
def test_false_discoveries_are_as_many_as_estimated(setting):
    assert means("false discoveries", setting, 3)["estimate less share"] == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("setting", SETTINGS)
def test_models_that_are_the_same_do_not_differ(setting):
    """By chance, one of six studies may have a difference; three have one in 2 of 1,000 runs."""
    found = means("models alike", setting, 6)
    for inference in bench_truth.INFERENCES:
        assert found[inference] <= 2 / 6
        assert found[f"{inference}, unadjusted"] > 0.8


def test_generalizability_is_the_squared_correlation_with_the_truth():
    assert means("generalizability", "realistic", 2)["estimate less truth"] == pytest.approx(0, abs=0.08)


def test_nothing_planted_is_nothing_found():
    assert means("nothing planted", "realistic", 4)["validity"] == pytest.approx(0, abs=0.04)


def test_the_truth_itself():
    """More raters of one item find its population correlation; scores over many studies average to the long run's."""
    rng = np.random.default_rng(1)
    world = make_world("easy", 3)
    items = draw_items(world, rng, 6)
    one, other = (correlate_people(world, rng, items, n=6000) for _ in range(2))
    np.testing.assert_allclose(one, other, atol=0.08)
    assert one[:, MAIN][items.loadings[:, : len(MAIN)].argmax(axis=1) > 0].max() > 0.3
    studies = [draw_study(world, rng) for _ in range(12)]
    scores = np.array([score(study.ratings.averages(), tag(study.blocks)) for study in studies])
    expected = score_in_the_long_run(world, rng, groups=60, queries=40)
    error = scores.std(axis=0, ddof=1) / np.sqrt(len(studies))
    assert np.abs((scores.mean(axis=0) - expected) / error).mean() < 1.5
    assert len(draw_blocks(world, rng, items, groups=3)) == 3
    assert scores.shape[1:] == (3, len(INSTRUMENT.dimensions))


def test_a_plan_from_other_models_expects_the_errors_that_come():
    world, ratios = make_world("realistic", 7), []
    for seed in range(3):
        plan = expected_errors(draw_study(world, np.random.default_rng([9, seed])), seed)
        here = plan[plan["this_study"] == 1]
        ratios += list(here["from_others"] / here["came"])
    assert 0.8 < np.nanmedian(ratios) < 1.25
