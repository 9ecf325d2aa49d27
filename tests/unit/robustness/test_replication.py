import dataclasses

import numpy as np
import pytest
from instruments import SMALL
from rated_studies import as_block, draw_groups, uneven_group
from scipy import stats
from value_portrait.robustness import replication, resampling
from value_portrait.robustness.replication import REPLICATION, compare_halves, replicate_tags
from value_portrait.robustness.resampling import TagRule, draw_orders
from value_portrait.tables import write_table

RULE = TagRule("spearman", 0.3, 0.05, "positive")


def by_loops(groups, rule, splits, rng):
    """Sums pair by pair, for the first half tagging and the second, in all splits."""
    sums = np.zeros((2, splits, len(groups[0][0].dimensions), 5))
    for group in groups:
        raters = group[0].raters
        for split, order in enumerate(draw_orders(rng, splits, len(raters))):
            for block in group:
                present = [block.raters.index(raters[place]) for place in order if raters[place] in block.raters]
                half = len(present) // 2
                halves = present[:half], present[half : 2 * half]
                for ratings in block.ratings.T:
                    for place, scores in enumerate(block.scores.T):
                        both = [stats.spearmanr(ratings[own], scores[own])[0] for own in halves]
                        for side, (rho, other) in enumerate((both, both[::-1])):
                            sign = -1 if rule.polarity == "both" and rho < 0 else 1
                            if sign * rho > rule.threshold and not np.isnan(other):
                                agrees, again = sign * other > 1e-9, sign * other > rule.threshold
                                sums[side, split, place] += [1, sign * rho, sign * other, agrees, again]
    return sums.reshape(2 * splits, -1, 5)


@pytest.mark.parametrize("polarity", ["positive", "both"])
@pytest.mark.filterwarnings("ignore::scipy.stats.ConstantInputWarning")
def test_sums_equal_a_slow_loop(polarity, monkeypatch):
    rule = RULE._replace(polarity=polarity)
    groups = [uneven_group(1, SMALL, raters=11), uneven_group(2, SMALL)]
    slow = by_loops(groups, rule, 8, np.random.default_rng(3))
    assert slow[..., 0].sum() > 100
    np.testing.assert_allclose(compare_halves(groups, rule, 8, np.random.default_rng(3)), slow, atol=1e-9)
    monkeypatch.setattr(replication, "in_chunks", lambda total, cells: resampling.in_chunks(total, cells, 3 * cells))
    np.testing.assert_allclose(compare_halves(groups, rule, 8, np.random.default_rng(3)), slow, atol=1e-9)


def test_items_that_say_what_the_questionnaire_says_replicate_and_their_mirror_images_too():
    rng = np.random.default_rng(0)
    scores = rng.random((20, 4))
    same = as_block([f"1-{n}" for n in range(4)], range(20), scores, scores, SMALL)
    table = replicate_tags([[same]], RULE._replace(threshold=0.9), 10, 1, SMALL).set_index("dimension")
    assert (
        table.loc["Sweet", ["pairs", "rho", "rho_other", "share_positive", "share_tagged_again"]].tolist()
        == [pytest.approx(1)] * 5
    )
    assert table.iloc[0]["pairs"] == 3
    mirrored = [[dataclasses.replace(same, ratings=-same.ratings)]]
    both = [
        compare_halves(groups, RULE._replace(polarity="both"), 10, np.random.default_rng(1))
        for groups in ([[same]], mirrored)
    ]
    np.testing.assert_allclose(*both)
    assert replicate_tags(mirrored, RULE._replace(threshold=0.9), 10, 1, SMALL)["pairs"].sum() == 0


def test_tags_by_chance_are_worth_nothing_in_the_other_half():
    groups = [group for seed in range(6) for group in draw_groups(seed, SMALL, planted=0)[0]]
    whole = replicate_tags(groups, RULE, 20, 1, SMALL).iloc[0]
    assert whole["rho"] > 0.35
    assert abs(whole["rho_other"]) < 0.03
    assert whole["rho_other_low"] < 0 < whole["rho_other_high"]
    assert whole["share_positive"] == pytest.approx(0.5, abs=0.05)
    # In a half of 20, one correlation in ten exceeds .3.
    assert whole["share_tagged_again"] == pytest.approx(0.1, abs=0.03)


def test_few_raters_make_nulls(tmp_path):
    group = [as_block(["1-1"], range(5), np.arange(5)[:, None], np.arange(20).reshape(5, 4), SMALL)]
    table = replicate_tags([group], RULE, 10, 1, SMALL)
    assert set(table["pairs"]) == {0}
    assert table.drop(columns=["family", "dimension", "pairs"]).isna().all(axis=None)
    write_table(table, tmp_path / "replication.csv", REPLICATION)
