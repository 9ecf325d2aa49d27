"""People and models on a circle: planted circles are found, inherited ones are told from the items' own."""

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL_CONTENT, of_families
from value_portrait.items.validation import correlate_items, pearson_matrix, select_items, survey_blocks
from value_portrait.robustness.circle import circle_steps
from value_portrait.robustness.held_out import held_out_correlations
from value_portrait.robustness.on_circle import CIRCLE, correlations_over_rows, place_models, place_people
from value_portrait.robustness.shuffling import key_array, score_keys, strongest
from value_portrait.tables import read_table, write_table

RULE = ("spearman", 0.3, "both")


def around(size):
    """SMALL with a circle of so many dimensions."""
    dimensions = {f"D{place}": {"code": f"D{place}"} for place in range(size)}
    families = {
        "ring": {"title": "Ring", "circle": True, "dimensions": dimensions},
        "pace": SMALL_CONTENT["families"]["pace"],
    }
    return of_families(families)


def people(instrument, seed=1, raters=60, items=36, circular=True, loading=1.0):
    """A survey of two groups whose items each measure one dimension; scores lie on the circle or are independent."""
    random = np.random.default_rng(seed)
    size = len(instrument.circle.names)
    cosine = np.cos(2 * np.pi * circle_steps(size) / size)
    root = np.linalg.cholesky(0.3 * np.eye(size) + 0.7 * cosine + 1e-9 * np.eye(size)) if circular else np.eye(size)
    survey, participants = [], []
    for group in (1, 2):
        scores = random.normal(size=(raters, size)) @ root.T
        for rater, own in enumerate(scores):
            name = f"P{group}-{rater}"
            liking = loading * own[np.arange(items) % size] + random.normal(size=items)
            ratings = np.clip(np.round(2 + liking), 0, 4)
            survey += [(group, f"{group}{item:02}-1", name, rating) for item, rating in enumerate(ratings)]
            rows = zip(instrument.dimensions, [*own, random.normal()], strict=True)
            participants += [("main", name, family, dimension, score) for (family, dimension), score in rows]
    return (
        pd.DataFrame(survey, columns=["group", "item_id", "participant_id", "rating"]),
        pd.DataFrame(participants, columns=["sample", "participant_id", "family", "dimension", "score"]),
    )


def placed(instrument, draws=200, **settings):
    survey, participants = people(instrument, **settings)
    correlations = correlate_items(survey, participants)
    key = select_items(correlations, 0.3, 0.05, "both")
    blocks = survey_blocks(survey, participants)
    return place_people(blocks, correlations, participants, key, RULE, draws, 3, instrument)


def test_a_planted_circle_is_found_wherever_people_show_it(tmp_path):
    table = placed(around(7))
    write_table(table, tmp_path / "circle.csv", CIRCLE)
    assert read_table(tmp_path / "circle.csv", CIRCLE).num_rows == len(table) == 3 + 6 + 6 + 4
    order = table[(table["reference"] == "order") & (table["statistic"] != "mean_steps")]
    assert (order["value"] > 0.6).all()
    assert (order["p"] < 0.01).all()
    steps = table.set_index(["subject", "reference"]).loc[["tags_same_sign", "tags_opposite_sign"]]
    assert (steps["p"].xs("order", level="reference") < 0.05).all()
    assert (
        steps.loc[("tags_same_sign", "order"), "value"].item()
        < 1.7
        < 2.3
        < steps.loc[("tags_opposite_sign", "order"), "value"].item()
    )


def test_a_circle_of_the_questionnaire_alone_is_called_inherited():
    """Items that measure nothing show the questionnaire's circle: any other order of the dimensions is worse."""
    table = placed(around(7), loading=0).set_index(["subject", "statistic", "reference"])
    items = table.loc["items"]
    assert (items["p"].xs("order", level="reference") < 0.01).all()
    assert (items["p"].xs("raters", level="reference") > 0.05).all()
    assert abs(items["value"] - items["expected"]).xs("raters", level="reference").max() < 0.2


def test_without_a_circle_none_is_found():
    table = placed(around(7), circular=False)
    order = table[(table["reference"] == "order") & table["subject"].isin(["questionnaire", "items", "raters"])]
    assert (order["p"] > 0.01).all()
    assert (order["value"] < 0.8).all()


def test_the_same_seed_gives_the_same_table():
    pd.testing.assert_frame_equal(placed(around(5), 100), placed(around(5), 100))


def test_three_dimensions_are_too_few_and_it_is_said(caplog):
    table = placed(around(3), 100)
    fits = table[table["statistic"] != "mean_steps"]
    assert fits["value"].isna().all()
    assert fits["p"].isna().all()
    assert (fits["draws"] == 0).all()
    assert "too few for a circle" in caplog.text


def model_averages(instrument, seed, models, circular):
    random = np.random.default_rng(seed)
    size = len(instrument.circle.names)
    angles = 2 * np.pi * np.arange(size) / size
    direction = random.normal(size=(models, 2)) @ np.stack([np.cos(angles), np.sin(angles)])
    profiles = direction if circular else random.normal(size=(models, size))
    key = pd.DataFrame({"item_id": [f"{item}-1" for item in range(8 * size)], "family": "ring", "polarity": 1})
    key["dimension"] = [f"D{item % size}" for item in range(8 * size)]
    return profiles[:, np.arange(8 * size) % size] + 0.3 * random.normal(size=(models, 8 * size)), key


@pytest.mark.parametrize("circular", [True, False])
def test_models_on_a_circle_are_told_from_others(circular):
    instrument = around(7)
    averages, key = model_averages(instrument, 4, 40, circular)
    items = list(key["item_id"])
    rho = np.random.default_rng(2).normal(size=(300, len(items), len(instrument.dimensions)))
    null_keys = strongest(rho, np.array([8] * 7 + [0]), "positive")
    scores, null_scores = (
        score_keys(averages, keys, "tagged_items", instrument)
        for keys in (key_array(key, items, instrument)[None], null_keys)
    )
    table = place_models(scores, null_scores, 300, 1, instrument)
    assert set(table["reference"]) == {"order", "keys"}
    assert (table["n"] == 40).all()
    assert ((table["p"] < 0.02) if circular else (table["p"] > 0.02)).all()


@pytest.mark.parametrize("models", [0, 1, 2])
def test_too_few_models_leave_nulls(models):
    instrument = around(6)
    averages, key = model_averages(instrument, 4, 3, True)
    own = key_array(key, list(key["item_id"]), instrument)[None]
    scores, none = (score_keys(averages[:models], keys, "none", instrument) for keys in (own, own[:0]))
    table = place_models(scores, none, 100, 1, instrument)
    assert table["value"].isna().all()
    assert set(table["reference"]) == {"order"}


def test_correlations_over_rows_leave_out_gaps_and_say_nothing_of_what_does_not_vary():
    values = np.random.default_rng(1).normal(size=(2, 9, 4))
    values[:, :, 3] = np.nan
    values[1, 2, 0] = np.nan
    values[1, :, 1] = 5
    found = correlations_over_rows(values)
    assert found[0, :3, :3] == pytest.approx(pearson_matrix(values[0, :, :3], values[0, :, :3]))
    rows = np.delete(values[1], 2, axis=0)[:, [0, 2]]
    assert found[1][np.ix_([0, 2], [0, 2])] == pytest.approx(np.corrcoef(rows.T))
    assert np.isnan(found[:, 3]).all()
    assert np.isnan(found[1, 1]).all()


def test_held_out_scores_are_those_of_a_loop_over_raters():
    instrument = around(4)
    survey, participants = people(instrument, raters=11, items=8)
    blocks, counts = survey_blocks(survey, participants), np.array([3, 2, 2, 1])
    family, splits = instrument.circle, 2
    random = np.random.default_rng(6)
    found = held_out_correlations(blocks, counts, "positive", "pearson", splits, None, random, family, instrument)[0]
    random = np.random.default_rng(6)
    halves = [random.permuted(np.tile(np.arange(11), (splits, 1)), axis=1) for _ in blocks]
    pairs = []
    for split in range(splits):
        chosen = {}
        for place, dimension in enumerate(family.names):
            rho = {}
            for block, orders in zip(blocks, halves, strict=True):
                half, column = orders[split, :5], block.dimensions.index(("ring", dimension))
                for item, name in enumerate(block.items):
                    rho[name] = pd.Series(block.ratings[half, item]).corr(pd.Series(block.scores[half, column]))
            ranked = pd.Series(rho).dropna().sort_values(ascending=False)
            chosen[dimension] = list(ranked.index[: counts[place]])
        for block, orders in zip(blocks, halves, strict=True):
            ratings = pd.DataFrame(block.ratings[orders[split, 5:]], columns=block.items)
            seen = [name for name in block.items if any(name in own for own in chosen.values())]
            centre = ratings[seen].mean(axis=1)
            scores = {
                dimension: ratings[[name for name in own if name in seen]].mean(axis=1) - centre
                for dimension, own in chosen.items()
            }
            frame = pd.DataFrame(scores)
            pairs.append(frame - frame.mean())
    pooled = pd.concat(pairs)
    for one, first in enumerate(family.names):
        for other, second in enumerate(family.names):
            both = pooled[[first, second]].dropna().to_numpy()
            x, y = both[:, 0], both[:, 1]
            expected = (x * y).sum() / np.sqrt((x**2).sum() * (y**2).sum()) if len(both) else np.nan
            assert found[one, other] == pytest.approx(expected, abs=1e-5, nan_ok=True)
