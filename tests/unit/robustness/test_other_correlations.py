"""Correlations in every way, against other implementations; and that files keep them to the last bit."""

import numpy as np
import pandas as pd
import pingouin
import pyarrow as pa
import pytest
from instruments import SMALL
from scipy import stats
from universe_study import draw_study
from value_portrait.items.validation import Block, correlate_items
from value_portrait.robustness.other_correlations import (
    OTHER_CORRELATIONS,
    arrange_correlations,
    arrange_published,
    blocks_of,
    correlate_block,
    correlate_in_every_way,
    drop_careless_raters,
)
from value_portrait.tables import read_table, write_table

FIRST = ("spearman", "keep", "keep", "as stored", "left in")


def random_block(seed, raters=12):
    rng = np.random.default_rng(seed)
    names = [f"P{n}" for n in range(raters)]
    means = rng.normal(3, 1, raters)
    ratings = np.clip(np.rint(means[:, None] + rng.normal(0, 1, (raters, 3))), 1, 6)
    return Block(["a", "b", "c"], names, [("f", "x"), ("f", "y")], ratings, rng.normal(0, 1, (raters, 2))), means


@pytest.mark.parametrize("method", ["spearman", "pearson"])
def test_partial_correlations_are_pingouins(method):
    block, means = random_block(1)
    rho, p = correlate_block(block, means, method, False, "partialled out")
    for item in range(3):
        for dimension in range(2):
            frame = pd.DataFrame({"x": block.ratings[:, item], "y": block.scores[:, dimension], "mean": means})
            expected = pingouin.partial_corr(frame, "x", "y", "mean", method=method)
            assert rho[item, dimension] == pytest.approx(expected["r"].iloc[0], abs=1e-12)
            assert p[item, dimension] == pytest.approx(expected.filter(regex="p.?val").iloc[0, 0], abs=1e-12)


def test_ratings_less_the_raters_mean_and_rounded_scores():
    block, means = random_block(2)
    rho, p = correlate_block(block, means, "spearman", True, "taken off")
    for item in range(3):
        for dimension in range(2):
            rounded = [round(value, 2) for value in block.scores[:, dimension]]
            expected = stats.spearmanr(block.ratings[:, item] - means, rounded)
            assert rho[item, dimension] == pytest.approx(expected.statistic, abs=1e-12)
            assert p[item, dimension] == pytest.approx(expected.pvalue, abs=1e-12)


def test_a_score_that_is_the_raters_mean_leaves_nothing_to_correlate():
    block, means = random_block(3)
    block.scores[:, 0] = means
    rho, p = correlate_block(block, means, "pearson", False, "partialled out")
    assert np.isnan(rho[:, 0]).all()
    assert np.isnan(p[:, 0]).all()
    assert np.isfinite(rho[:, 1]).all()


def test_the_careless_are_those_with_three_equal_ratings_of_four():
    people = {"equal": [3, 3, 3, 3], "limit": [2, 5, 5, 5], "half": [4, 4, 1, 1], "split": [1, 1, 1, 6, 6]}
    rows = [(person, f"i{n}", rating) for person, ratings in people.items() for n, rating in enumerate(ratings)]
    survey = pd.DataFrame(rows, columns=["participant_id", "item_id", "rating"])
    assert list(drop_careless_raters(survey)["participant_id"].unique()) == ["half", "split"]


def test_the_mean_of_a_rater_is_of_all_their_items():
    study = draw_study(SMALL, ["a"])
    blocks = blocks_of(study.survey, study.participants, "keep", "keep")
    means = [own[block.raters.index("P0")] for block, own in blocks if "P0" in block.raters]
    assert len(means) == 2
    assert set(means) == {study.survey.loc[study.survey["participant_id"] == "P0", "rating"].mean()}
    assert study.survey.loc[study.survey["participant_id"] == "P0", "group"].nunique() == 2


def through_a_file(table, tmp_path):
    write_table(table, tmp_path / "table.parquet", OTHER_CORRELATIONS)
    return read_table(tmp_path / "table.parquet", OTHER_CORRELATIONS)


def test_a_file_keeps_what_exceeds_the_limit_to_the_last_bit(tmp_path):
    study = draw_study(SMALL, ["a"])
    table = correlate_in_every_way(study.survey, study.participants, 0.2, SMALL)
    found = arrange_correlations(through_a_file(table, tmp_path), study.items, SMALL)
    assert len(found) == 2 * 2 * 2 * 2 * 3
    for way, own in arrange_correlations(table, study.items, SMALL).items():
        assert all(map(np.array_equal, found[way], own)), way
    expected = correlate_items(study.survey, study.participants).query("abs(rho) > 0.2")
    names = [SMALL.dimensions[place] for place in found[FIRST].dimensions]
    own = pd.DataFrame(names, columns=["family", "dimension"]).assign(
        item_id=np.array(study.items)[found[FIRST].items], rho=found[FIRST].rho, p=found[FIRST].p
    )
    key = ["item_id", "family", "dimension"]
    pd.testing.assert_frame_equal(
        own.set_index(key).sort_index(), expected.set_index(key)[["rho", "p"]].sort_index(), check_exact=True
    )
    # Scores add up in the order of the survey.
    for place in range(len(SMALL.dimensions)):
        items = own["item_id"][found[FIRST].dimensions == place]
        assert list(items) == [item for item in study.survey["item_id"].unique() if item in set(items)]


def test_the_order_of_rows_means_nothing():
    study = draw_study(SMALL, ["a"])
    table = correlate_in_every_way(study.survey, study.participants, 0.2, SMALL)
    shuffled = table.take(np.random.default_rng(0).permutation(len(table)))
    found, expected = (arrange_correlations(own, study.items, SMALL) for own in (shuffled, table))
    for way, own in expected.items():
        assert (np.diff(found[way].dimensions) >= 0).all()
        for one, other in zip(found[way], own, strict=True):
            assert sorted(zip(found[way].dimensions, one, strict=True)) == sorted(
                zip(own.dimensions, other, strict=True)
            )


def test_rounded_scores_tie_and_others_do_not():
    study = draw_study(SMALL, ["a"])
    rng = np.random.default_rng(1)
    noisy = study.participants["score"].round(1) + rng.uniform(-0.004, 0.004, len(study.participants))
    participants = study.participants.assign(score=noisy)
    table = correlate_in_every_way(study.survey, participants, 0.2, SMALL)
    found = arrange_correlations(table, study.items, SMALL)
    rounded = correlate_items(study.survey, participants.assign(score=noisy.round(2))).query("abs(rho) > 0.2")
    own = found[("spearman", "keep", "keep", "rounded", "left in")]
    assert sorted(own.rho) == sorted(rounded["rho"])
    assert sorted(own.rho) != sorted(found[FIRST].rho)


def test_what_only_reaches_the_limit_is_left_out():
    study = draw_study(SMALL, ["a"])
    strengths = np.sort(np.abs(correlate_items(study.survey, study.participants)["rho"].dropna()))
    limit = strengths[len(strengths) // 2]
    table = correlate_in_every_way(study.survey, study.participants, limit, SMALL)
    own = arrange_correlations(table, study.items, SMALL)[FIRST]
    assert len(own.rho) == (strengths > limit).sum()
    assert np.abs(own.rho).min() > limit


def test_three_raters_leave_a_partial_correlation_without_p(tmp_path):
    study = draw_study(SMALL, ["a"], groups=(3,))
    table = correlate_in_every_way(study.survey, study.participants, 0.2, SMALL)
    found = arrange_correlations(through_a_file(table, tmp_path), study.items, SMALL)
    partial = found[(*FIRST[:-1], "partialled out")]
    assert len(partial.rho) > 0
    assert table["p"].null_count == sum(np.isnan(own.p).sum() for own in found.values())
    assert np.isnan(partial.p).all()
    assert np.isfinite(found[FIRST].p).all()


def test_without_careful_raters_nothing_correlates(tmp_path):
    study = draw_study(SMALL, ["a"])
    study.survey["rating"] = 2
    table = correlate_in_every_way(study.survey, study.participants, 0.2, SMALL)
    found = arrange_correlations(through_a_file(table, tmp_path), study.items, SMALL)
    assert [len(own.rho) for own in found.values()] == [0] * len(found)


def test_published_correlations_of_items_that_nobody_is_asked_are_left_out():
    study = draw_study(SMALL, ["a"])
    asked = study.items[1::2]
    whole, own = (
        arrange_published(pa.Table.from_pandas(study.published), items, SMALL) for items in (study.items, asked)
    )
    kept = np.isin(np.array(study.items)[whole.items], asked)
    assert 0 < kept.sum() < len(kept)
    assert [asked[place] for place in own.items] == [study.items[place] for place in whole.items[kept]]
    assert own.rho.tolist() == whole.rho[kept].tolist()
