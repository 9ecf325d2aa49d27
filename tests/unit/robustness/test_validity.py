import numpy as np
import pandas as pd
import pytest
from instruments import SMALL, VALUE_PORTRAIT
from rated_studies import as_block, draw_groups, uneven_group
from value_portrait.robustness.resampling import TagRule, draw_orders
from value_portrait.robustness.validity import (
    FOLDS,
    VALIDITY,
    correlation_of_products,
    held_out_correlations,
    products_within,
    validate_key,
)
from value_portrait.scores.profiles import profile_raters
from value_portrait.tables import write_table

RULE = TagRule("spearman", 0.3, 0.05, "positive")


def cell(table, key, dimension, criterion):
    own = table[(table["key"] == key) & (table["criterion"] == criterion)]
    return own[own["dimension"].isna() if dimension is None else own["dimension"] == dimension].iloc[0]


def test_correlations_within_groups_equal_those_of_deviations():
    rng = np.random.default_rng(1)
    labels = np.repeat([0, 1, 4], [4, 7, 5])
    x, y = rng.normal(size=(16, 3)) + labels[:, None], rng.normal(size=(16, 2)) - labels[:, None]
    x[[0, 5, 6], 1] = np.nan
    x[labels == 1, 2] = np.nan
    found = correlation_of_products(products_within(x, y, labels).sum(axis=0))
    for a in range(3):
        for b in range(2):
            both = pd.DataFrame({"x": x[:, a], "y": y[:, b], "group": labels}).dropna()
            deviations = both[["x", "y"]] - both.groupby("group")[["x", "y"]].transform("mean")
            assert found[a, b] == pytest.approx(deviations.corr().iloc[0, 1])


@pytest.mark.parametrize("centring", ["tagged_items", "none"])
def test_the_held_out_are_scored_as_raters_are(centring):
    # Two groups whose items follow the questionnaires so closely that every part of the raters makes the same key.
    rng = np.random.default_rng(1)
    groups, survey, key = [], [], []
    for group, n in ((1, 20), (2, 30)):
        scores = rng.normal(size=(n, 4))
        weights = np.eye(4)[[0, 0, 1, 2, 3]] * [1, 1, 1, -1]
        ratings = scores @ weights.T + rng.normal(0, 0.1, (n, 5))
        items = [f"{group}-{item}" for item in range(5)]
        groups.append([as_block(items, range(100 * group, 100 * group + n), ratings, scores, SMALL)])
        wide = pd.DataFrame(ratings, index=groups[-1][0].raters, columns=items)
        long = wide.rename_axis("participant_id").melt(ignore_index=False, var_name="item_id", value_name="rating")
        survey.append(long.reset_index().assign(group=group))
        measured = zip(items, (0, 0, 1, 2, 3), strict=True)
        key += [(item, *SMALL.dimensions[place], -1 if place == 3 else 1) for item, place in measured]
    key = pd.DataFrame(key, columns=["item_id", "family", "dimension", "polarity"])
    rule = TagRule("pearson", 0.75, None, "both")
    r, n = held_out_correlations(groups, rule, centring, 3, np.random.default_rng(7), SMALL)
    assert n.tolist() == [[50] * 4, n[1].tolist(), [50] * 4]

    profiles = profile_raters(pd.concat(survey), list(key["item_id"].unique()), key, centring, SMALL)
    wide = profiles.pivot(index="participant_id", columns="dimension", values="centred_mean")
    wide = wide[[name for _, name in SMALL.dimensions]]
    rng, parts = np.random.default_rng(7), np.zeros((3, FOLDS, 3, 4, 4))
    for [block] in groups:
        for repetition, order in enumerate(draw_orders(rng, 3, len(block.raters))):
            for fold in range(FOLDS):
                own = order[fold::FOLDS]
                by_items = wide.loc[[block.raters[place] for place in own]].to_numpy()
                by_items, asked = (v - v.mean(axis=0) for v in (by_items, block.scores[own]))
                parts[repetition, fold] += [by_items.T @ asked, by_items.T @ by_items, asked.T @ asked]
    xy, (xx, yy) = parts[:, :, 0], np.diagonal(parts[:, :, 1:], axis1=3, axis2=4).transpose(2, 0, 1, 3)
    expected = (xy / np.sqrt(xx[..., :, None] * yy[..., None, :] + 1e-30)).mean(axis=(0, 1))
    # A dimension alone in its family is nothing after centring on its own items.
    assert np.isnan(r[0, 0, 3]).all() == (centring == "tagged_items")
    measured = slice(3 if centring == "tagged_items" else 4)
    np.testing.assert_allclose(r[0, 0, measured], expected[measured], atol=1e-9)


def test_a_key_that_measures_and_its_controls():
    groups, _ = draw_groups(3, SMALL, groups=8)
    table = validate_key(groups, RULE, "tagged_items", 5, 1, SMALL)
    for name in ("Sweet", "Salty", "Sour_Bitter"):
        assert cell(table, "raters", name, name)["r"] > 0.15
        assert cell(table, "raters", name, name)["low"] > 0
        assert cell(table, "questionnaire", name, name)["r"] == pytest.approx(1)
    mean, other = cell(table, "raters", None, "convergent"), cell(table, "raters", None, "discriminant")
    assert other["high"] < mean["low"] < mean["r"] < mean["high"]
    own = table[(table["key"] == "raters") & (table["family"] == "taste") & table["dimension"].notna()]
    same = own["dimension"] == own["criterion"]
    assert mean["r"] == pytest.approx(own.loc[same, "r"].mean())
    assert other["r"] == pytest.approx(own.loc[~same, "r"].mean())
    shuffled = cell(table, "shuffled", None, "convergent")
    assert abs(shuffled["r"]) < 0.1
    # Questionnaires of 320 people, 8 parts of 5 in each group and repetition left without a mean of their own.
    asked = cell(table, "questionnaire", "Sweet", "Salty")
    scores = np.vstack([block.scores for [block] in groups])
    assert asked["r"] == pytest.approx(np.corrcoef(scores.T)[0, 1], abs=0.05)
    assert asked["n"] == 320


def test_nothing_planted_is_no_validity():
    means = []
    for seed in range(16):
        groups, _ = draw_groups(seed, SMALL, groups=6, items=20, raters=30, planted=0)
        means.append(cell(validate_key(groups, RULE, "tagged_items", 2, seed, SMALL), "raters", None, "convergent"))
    means = pd.DataFrame(means)
    # A key that knew the raters it is tried on would give about .3 here.
    assert abs(means["r"].mean()) < 3 * means["r"].std() / 4 < 0.08
    assert ((means["low"] > 0) | (means["high"] < 0)).sum() <= 4


def test_few_groups_have_intervals_by_raters():
    # Independent dimensions: the standard error of a correlation of 800 people is .035.
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(800, 4))
    group = [as_block(["1-1"], range(800), rng.normal(size=(800, 1)), scores, SMALL)]
    asked = cell(validate_key([group], RULE, "none", 2, 1, SMALL), "questionnaire", "Sweet", "Salty")
    assert (asked["high"] - asked["low"]) / 2 == pytest.approx(1.96 * 0.035, rel=0.15)


def test_raters_who_left_items_out_take_part():
    groups = [uneven_group(seed, SMALL, raters=25) for seed in range(2)]
    table = validate_key(groups, RULE._replace(max_p=None, threshold=0.2), "none", 3, 1, SMALL)
    assert cell(table, "raters", "Sweet", "Sweet")["r"] > 0.3


@pytest.mark.parametrize("instrument", [SMALL, VALUE_PORTRAIT])
def test_little_data_make_nulls(instrument, tmp_path):
    size = len(instrument.dimensions)
    few = [as_block(["1-1"], range(5), np.arange(5)[:, None], np.arange(5 * size).reshape(5, size), instrument)]
    table = validate_key([few], RULE, "tagged_items", 3, 1, instrument)
    assert table[["r", "low", "high"]].isna().all(axis=None)
    # Items that nobody could key, beside questionnaires that vary.
    flat = [as_block(["1-1"], range(20), np.ones((20, 1)), np.random.default_rng(0).random((20, size)), instrument)]
    table = validate_key([flat], RULE, "tagged_items", 3, 1, instrument)
    assert table.loc[table["key"] == "raters", ["r", "low", "high"]].isna().all(axis=None)
    assert set(table.loc[table["key"] == "raters", "n"]) == {0}
    assert cell(table, "questionnaire", None, "convergent")["r"] == pytest.approx(1)
    write_table(table, tmp_path / "validity.csv", VALIDITY)


def test_a_dimension_alone_has_nothing_to_be_told_from(tmp_path):
    groups, _ = draw_groups(3, SMALL, groups=2)
    table = validate_key(groups, RULE, "tagged_items", 2, 1, SMALL)
    pace = table[(table["family"] == "pace") & (table["criterion"] == "discriminant")]
    assert pace[["r", "low", "high"]].isna().all(axis=None)
    again = validate_key(groups, RULE, "tagged_items", 2, 1, SMALL)
    pd.testing.assert_frame_equal(table, again, check_exact=True)
