"""Shuffled studies and many keys at once, against loops with SciPy and the scoring of the main run."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instrument_strategies import instruments
from instruments import SMALL
from scipy import stats
from value_portrait.items.validation import Block, correlation_p
from value_portrait.randomness import named_generator
from value_portrait.robustness.null_keys import NULL_KEYS, arrange_null_keys, draw_null_keys, partial_key
from value_portrait.robustness.shuffling import (
    AT_ONCE,
    SCORED_AT_ONCE,
    block_items,
    key_array,
    key_counts,
    score_keys,
    shuffled_correlations,
    strongest,
)
from value_portrait.scores.profiles import arrange_tags, centred_means
from value_portrait.tables import read_table, write_table


def blocks(seed=1, raters=(9, 12), items=4):
    """Blocks of SMALL, their dimensions in another order; items go with the raters' second score."""
    random = np.random.default_rng(seed)
    made = []
    for number, n in enumerate(raters):
        scores = random.normal(size=(n, len(SMALL.dimensions)))
        ratings = np.clip(np.round(2 + scores[:, [1]] + random.normal(size=(n, items))), 0, 4)
        names = [f"{number}-{item}" for item in range(items)]
        made.append(Block(names, [str(rater) for rater in range(n)], list(SMALL.dimensions[::-1]), ratings, scores))
    return made


@pytest.mark.parametrize("method", ["spearman", "pearson"])
def test_shuffled_correlations_are_scipys_of_shuffled_questionnaires(method):
    own = blocks()
    found = np.concatenate(list(shuffled_correlations(own, method, 3, named_generator("test", 5), SMALL)))
    random = named_generator("test", 5)
    correlation = {"spearman": stats.spearmanr, "pearson": stats.pearsonr}[method]
    assert found.shape == (3, 8, 4)
    for number, block in enumerate(own):
        orders = random.permuted(np.tile(np.arange(len(block.raters)), (3, 1)), axis=1)
        assert all(sorted(order) == list(range(len(block.raters))) for order in orders)
        for draw, order in enumerate(orders):
            for item in range(4):
                for place in range(4):
                    scores = block.scores[order, 3 - place]
                    expected = correlation(block.ratings[:, item], scores).statistic
                    assert found[draw, 4 * number + item, place] == pytest.approx(expected, abs=1e-6)


def test_a_dimension_that_a_block_did_not_ask_has_no_correlation_there():
    whole = blocks()
    short = [replace(whole[0], dimensions=whole[0].dimensions[1:], scores=whole[0].scores[:, 1:]), whole[1]]
    found, complete = (
        np.concatenate(list(shuffled_correlations(own, "pearson", 2, named_generator("test", 5), SMALL)))
        for own in (short, whole)
    )
    place = SMALL.dimensions.index(whole[0].dimensions[0])
    assert np.isnan(found[:, :4, place]).all()
    found[:, :4, place] = complete[:, :4, place]
    np.testing.assert_array_equal(found, complete)


def test_the_first_draws_do_not_depend_on_how_many_follow():
    few, many = (
        np.concatenate(list(shuffled_correlations(blocks(), "pearson", draws, named_generator("test", 5), SMALL)))
        for draws in (AT_ONCE, AT_ONCE + 3)
    )
    assert (many[:AT_ONCE] == few).all()
    assert len(many) == AT_ONCE + 3


@pytest.mark.parametrize("polarity", ["positive", "both"])
def test_the_strongest_are_the_first_of_a_sorted_list(polarity):
    random = np.random.default_rng(3)
    # Of a few, partitioning would sort all.
    rho = random.uniform(-1, 1, (5, 90, 3))
    rho[0, 2:, 1] = np.nan
    counts = np.array([40, 30, 0])
    found = strongest(rho, counts, polarity)
    for draw in range(5):
        for place, count in enumerate(counts):
            own = pd.Series(rho[draw, :, place]).dropna()
            order = (own.abs() if polarity == "both" else own).sort_values(ascending=False).index[:count]
            expected = {item: np.sign(own[item]) if polarity == "both" else 1 for item in order}
            assert {item: found[draw, item, place] for item in np.flatnonzero(found[draw, :, place])} == expected


@settings(deadline=None)
@given(instruments(), st.integers(0, 10**6), st.sampled_from(["tagged_items", "all_items", "none"]))
def test_many_keys_score_as_the_main_run_does_one(instrument, seed, centring):
    random = np.random.default_rng(seed)
    items = [f"{number}-1" for number in range(6)]
    averages = np.where(
        random.random((3, 6)) < 0.3, np.nan, random.uniform(instrument.lowest, instrument.highest, (3, 6))
    )
    keys = random.choice([-1, 0, 0, 1], (3, 6, len(instrument.dimensions))).astype(np.int8)
    # Some family without any item.
    idle = instrument.families[seed % len(instrument.families)].name if seed % 2 else ""
    keys[:, :, [family == idle for family, _ in instrument.dimensions]] = 0
    found = score_keys(averages, keys, centring, instrument)
    for own, key in zip(found, keys, strict=True):
        item, dimension = np.nonzero(key)
        names = [instrument.dimensions[place] for place in dimension]
        table = pd.DataFrame(names, columns=["family", "dimension"], dtype=object)
        table = table.assign(item_id=np.array(items)[item], polarity=key[item, dimension])
        assert (key_array(table, items, instrument) == key).all()
        assert (key_counts(table, instrument) == (key != 0).sum(axis=0)).all()
        expected = centred_means(averages, arrange_tags(table, items, instrument), centring, instrument)
        assert own == pytest.approx(expected, nan_ok=True)
    assert score_keys(averages, keys[:0], centring, instrument).shape == (0, 3, len(instrument.dimensions))
    turns = np.arange(SCORED_AT_ONCE + 2) % 3
    many = score_keys(averages, keys[turns], centring, instrument)
    assert many == pytest.approx(found[turns], nan_ok=True)


def test_null_keys_have_as_many_tags_and_come_back_as_they_were_drawn(tmp_path):
    own = blocks()
    names = [("taste", "Sweet"), ("taste", "Sweet"), ("taste", "Salty"), ("pace", "Haste")]
    key = pd.DataFrame(names, columns=["family", "dimension"]).assign(item_id=block_items(own)[:4], polarity=1)
    table = draw_null_keys(own, key, "spearman", "both", AT_ONCE + 2, 7, ["taste"], SMALL)
    write_table(table, tmp_path / "null_keys.parquet", NULL_KEYS)
    items = block_items(own)[::-1]
    keys = arrange_null_keys(read_table(tmp_path / "null_keys.parquet", NULL_KEYS), items, SMALL)
    # Sour_Bitter has no tags in the key, Haste is of another family.
    assert (np.abs(keys).sum(axis=1) == [2, 1, 0, 0]).all()
    assert {-1, 1} <= set(keys.ravel())
    rho = np.concatenate(
        list(shuffled_correlations(own, "spearman", AT_ONCE + 2, named_generator("null keys", 7), SMALL))
    )
    strength = np.abs(rho[:, ::-1, 1])
    assert (np.abs(keys[:, :, 1]).argmax(axis=1) == strength.argmax(axis=1)).all()


@pytest.mark.parametrize("method", ["spearman", "pearson"])
def test_a_partial_key_is_made_from_partial_correlations(method):
    import pingouin

    own = blocks(2, (30, 25), 6)
    found = partial_key(own, method, 0.05, 0.6, "both", SMALL).set_index(["item_id", "family", "dimension"])["rho"]
    expected = {}
    for block in own:
        frame = pd.DataFrame(np.column_stack([block.ratings, block.scores, block.ratings.mean(axis=1)]))
        for item, name in enumerate(block.items):
            for place, dimension in enumerate(block.dimensions):
                result = pingouin.partial_corr(frame, item, 6 + place, 10, method=method).iloc[0]
                rho = result["r"]
                assert correlation_p(rho, len(frame) - 1) == pytest.approx(result.filter(like="p").iloc[-1])
                if abs(rho) > 0.05 and correlation_p(rho, len(frame) - 1) < 0.6:
                    expected[name, *dimension] = rho
    assert found.to_dict() == pytest.approx(expected, abs=1e-5)
    assert len(expected) > 5
