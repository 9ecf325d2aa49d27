import warnings

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL, VALUE_PORTRAIT
from rated_studies import as_block, draw_groups, uneven_group
from scipy import stats
from value_portrait.items.validation import correlate, correlation_p
from value_portrait.robustness import chance, resampling
from value_portrait.robustness.chance import TAGS_BY_CHANCE, count_by_chance, tags_by_chance
from value_portrait.robustness.resampling import TagRule, draw_orders
from value_portrait.tables import read_table, write_table

RULE = TagRule("spearman", 0.3, 0.05, "positive")


def by_loops(groups, rule, permutations, rng):
    """Counts pair by pair; a group's first block has all its raters, others follow who got whose profile."""
    own = {"spearman": stats.spearmanr, "pearson": stats.pearsonr}[rule.method]
    counts = np.zeros((1 + permutations, len(groups[0][0].dimensions), 3), int)
    for group in groups:
        raters = group[0].raters
        orders = [np.arange(len(raters)), *draw_orders(rng, permutations, len(raters))]
        for row, order in enumerate(orders):
            gives = dict(zip(raters, (raters[place] for place in order), strict=True))
            for block in group:
                sources = []
                for rater in block.raters:
                    source = gives[rater]
                    while source not in block.raters:
                        source = gives[source]
                    sources.append(block.raters.index(source))
                for ratings in block.ratings.T:
                    for place, scores in enumerate(block.scores.T):
                        rho, p = own(ratings, scores[sources])
                        tag = abs(rho) > rule.threshold and (rule.max_p is None or p < rule.max_p)
                        counts[row, place] += [tag and rho > 0, tag, p > 0.5]
    return counts


@pytest.mark.parametrize("rule", [RULE, TagRule("pearson", 0.35, None, "both")])
@pytest.mark.filterwarnings("ignore::scipy.stats.ConstantInputWarning")
def test_counts_equal_a_slow_loop(rule, monkeypatch):
    groups = [uneven_group(1, SMALL), uneven_group(2, SMALL, raters=12)]
    slow = by_loops(groups, rule, 15, np.random.default_rng(3))
    assert slow[:, :, 1].sum() > 20
    np.testing.assert_array_equal(count_by_chance(groups, rule, 15, np.random.default_rng(3)), slow)
    # Nor does it matter how many are in memory at a time.
    monkeypatch.setattr(chance, "in_chunks", lambda total, cells: resampling.in_chunks(total, cells, 3 * cells))
    np.testing.assert_array_equal(count_by_chance(groups, rule, 15, np.random.default_rng(3)), slow)


def test_the_table_by_hand():
    groups, _ = draw_groups(1, SMALL, groups=2)
    table = tags_by_chance(groups, RULE, 199, 5, SMALL)
    rho = np.vstack([correlate(block.ratings, block.scores, "spearman") for [block] in groups])
    p = correlation_p(rho, 40)
    counts = count_by_chance(groups, RULE, 199, np.random.default_rng(0))
    of = table.set_index(["dimension", "direction"])
    for place, (_, name) in enumerate(SMALL.dimensions):
        assert of.loc[(name, "positive"), "tags"] == ((rho[:, place] > 0.3) & (p[:, place] < 0.05)).sum()
        assert of.loc[(name, "two_sided"), "tags"] == ((abs(rho[:, place]) > 0.3) & (p[:, place] < 0.05)).sum()
        # Other draws agree as far as 199 can.
        assert of.loc[(name, "two_sided"), "expected"] == pytest.approx(counts[1:, place, 1].mean(), abs=0.6)
    for _, own in table.groupby(["family", "direction"]):
        whole, parts = own[own["dimension"].isna()].iloc[0], own[own["dimension"].notna()]
        for column in ("tests", "tags", "expected", "surviving"):
            assert whole[column] == pytest.approx(parts[column].sum())
    # Benjamini and Hochberg: the largest k with p(k) <= .05 k / m, over the family's m tests.
    taste = np.sort(p[:, :3].ravel())
    allowed = 0.05 * np.arange(1, len(taste) + 1) / len(taste)
    assert table.iloc[1]["surviving"] == max(np.flatnonzero(taste <= allowed) + 1, default=0) > 0
    assert (table["p"] >= 1 / 200).all()


def test_p_counts_the_data_among_the_permutations():
    # Of 4! orders of four ranks only one has rho = 1, and only that one is a tag.
    scores = np.tile(np.arange(4.0)[:, None], (1, 4))
    table = tags_by_chance([[as_block(["1-1"], range(4), scores[:, :1], scores, SMALL)]],
                           TagRule("spearman", 0.9, None, "positive"), 4999, 1, SMALL)  # fmt: skip
    row = table[(table["dimension"] == "Sweet") & (table["direction"] == "positive")].iloc[0]
    assert row["tags"] == 1
    assert row["expected"] == pytest.approx(1 / 24, abs=0.01)
    assert row["p"] == pytest.approx((1 + row["expected"] * 4999) / 5000)
    both = table[(table["dimension"] == "Sweet") & (table["direction"] == "two_sided")].iloc[0]
    assert both["expected"] == pytest.approx(2 / 24, abs=0.015)


@pytest.mark.parametrize("planted", [0.7, 1.0])
def test_the_false_discovery_rate_is_the_share_of_false_tags(planted):
    found, true = [], []
    for seed in range(8):
        groups, loadings = draw_groups(seed, SMALL, groups=6, planted=planted)
        table = tags_by_chance(groups, RULE, 100, seed, SMALL)
        row = table[table["dimension"].isna() & (table["family"] == "taste") & (table["direction"] == "two_sided")]
        rho = np.vstack([correlate(block.ratings, block.scores, "spearman") for [block] in groups])[:, :3]
        tagged = abs(rho) > RULE.limit(40)
        true.append((tagged & ~((loadings[:, :3] > 0) & (rho > 0))).sum() / tagged.sum())
        found.append(row["false_discovery_rate"].item())
    assert 0.1 < np.mean(true) < 0.5
    assert np.mean(found) == pytest.approx(np.mean(true), abs=0.05)


def test_nothing_planted_is_called_chance():
    tables = [tags_by_chance(draw_groups(seed, SMALL, planted=0)[0], RULE, 99, seed, SMALL) for seed in range(20)]
    whole = pd.concat(tables)[lambda t: t["dimension"].isna() & (t["direction"] == "two_sided")]
    # p is even over 0 to 1, so 2 of 40 are below .05; more than 6 come once in 300 times. So for survivors.
    assert (whole["p"] < 0.05).sum() <= 6
    assert 0.35 < whole["p"].mean() < 0.65
    assert whole["tags"].sum() == pytest.approx(whole["expected"].sum(), rel=0.2)
    assert (whole["surviving"] > 0).sum() <= 6


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    groups, _ = draw_groups(1, VALUE_PORTRAIT, groups=2, items=10)
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_table(tags_by_chance(groups, RULE, 50, seed, VALUE_PORTRAIT), tmp_path / name, TAGS_BY_CHANCE)
    a, b, c = ((tmp_path / name).read_bytes() for name in "abc")
    assert a == b != c


def test_little_data_make_nulls_and_no_noise(tmp_path):
    flat = as_block(["1-1", "1-2"], range(5), np.full((5, 2), 3), np.random.default_rng(0).random((5, 4)), SMALL)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = tags_by_chance([[flat]], RULE, 20, 1, SMALL)
    assert set(table["tests"]) == set(table["tags"]) == set(table["surviving"]) == {0}
    assert table["false_discovery_rate"].isna().all()
    assert set(table["p"]) == {1}
    write_table(table, tmp_path / "chance.csv", TAGS_BY_CHANCE)
    back = read_table(tmp_path / "chance.csv", TAGS_BY_CHANCE).to_pandas()
    assert back["dimension"].isna().sum() == 4
    # Two raters correlate perfectly, and prove nothing.
    two = as_block(["1-1"], range(2), [[1], [2]], np.arange(8).reshape(2, 4), SMALL)
    assert tags_by_chance([[two]], RULE, 20, 1, SMALL)["tags"].sum() == 0
