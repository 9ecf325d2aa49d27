"""Effects of personas: by hand, against the scores of the pipeline, and their intervals."""

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from instruments import VALUE_PORTRAIT
from value_portrait.config_tables import Persona
from value_portrait.paper.personas import printed_effects
from value_portrait.personas import effects as pe
from value_portrait.scores.profiles import score
from value_portrait.scores.ratings import NO_RATING, Ratings
from value_portrait.tables import write_table

ITEMS = [f"{query}-{response}" for query in range(1001, 1041) for response in range(1, 6)]
QUERIES = [item.split("-")[0] for item in ITEMS]
VERSIONS = ["v1", "v1_reversed", "v2"]
PERSONAS = [
    Persona(persona=f"{axis}_{group.lower()}", axis=axis, order=None, group=group, statement="Told.", people=people)
    for axis, group, people in (("gender", "Male", "Male"), ("gender", "Female", "Female"), ("steering", "Power", None))
]


def make_key(rng, tags=3, instrument=VALUE_PORTRAIT):
    """Every dimension measured by some items, some of them keyed the other way."""
    rows = [
        (item, family, dimension, 0.4, sign)
        for family, dimension in instrument.dimensions
        for item, sign in zip(
            rng.choice(ITEMS, 5 * tags, replace=False), rng.choice([1, 1, 1, -1], 5 * tags), strict=True
        )
    ]
    return pd.DataFrame(rows, columns=["item_id", "family", "dimension", "rho", "polarity"])


def make_ratings(rng, conditions=("baseline", "gender_male", "gender_female@first_turn"), models=("a", "b")):
    subjects = [(model, condition) for model in models for condition in conditions]
    values = rng.integers(0, 7, (len(subjects), len(VERSIONS), len(ITEMS))).astype(np.int8)
    values[values == 0] = NO_RATING
    return Ratings(subjects, VERSIONS, ITEMS, values)


def estimate(ratings, key, centring="tagged_items", seed=1):
    return pe.estimate_effects(ratings, QUERIES, key, centring, PERSONAS, seed, VALUE_PORTRAIT)


@pytest.mark.parametrize("centring", ["tagged_items", "all_items", "none"])
def test_sums_by_query_give_the_scores_of_the_pipeline(centring):
    rng = np.random.default_rng(2)
    key, averages = make_key(rng), make_ratings(rng).averages()
    sums = pe.sum_by_query(averages, ITEMS, QUERIES, key, centring, VALUE_PORTRAIT)
    ours = sums.scores(np.ones((1, 40)))[0]
    theirs = score(averages, ITEMS, key, centring, VALUE_PORTRAIT)["centred_mean"].to_numpy().reshape(len(averages), -1)
    np.testing.assert_allclose(ours, theirs, atol=1e-9)


@pytest.mark.parametrize("centring", ["tagged_items", "all_items", "none"])
def test_a_resample_is_scored_like_a_study_with_its_queries(centring):
    """Queries drawn twice are two queries; the scores of such a study come from the pipeline's own function."""
    rng = np.random.default_rng(5)
    key, averages = make_key(rng), make_ratings(rng).averages()
    weights = pe.resample_queries(40, 3)[:1]
    ours = pe.sum_by_query(averages, ITEMS, QUERIES, key, centring, VALUE_PORTRAIT).scores(weights)[0]
    columns = np.repeat(np.arange(len(ITEMS)), np.repeat(weights[0], 5).astype(int))
    names = [f"{ITEMS[column]}#{number}" for number, column in enumerate(columns)]
    copies = pd.DataFrame({"copy": names, "item_id": [ITEMS[column] for column in columns]})
    key = copies.merge(key, on="item_id").drop(columns="item_id").rename(columns={"copy": "item_id"})
    theirs = (
        score(averages[:, columns], names, key, centring, VALUE_PORTRAIT)["centred_mean"]
        .to_numpy()
        .reshape(len(averages), -1)
    )
    np.testing.assert_allclose(ours, theirs, atol=1e-9)


@pytest.mark.parametrize("centring", ["tagged_items", "all_items"])
def test_without_a_query_scores_are_those_of_a_study_that_lacks_it(centring):
    rng = np.random.default_rng(6)
    key, averages = make_key(rng), make_ratings(rng).averages()
    ours = pe.sum_by_query(averages, ITEMS, QUERIES, key, centring, VALUE_PORTRAIT).without_each()
    assert ours.shape == (len(averages), 40, len(VALUE_PORTRAIT.dimensions))
    for place in (0, 7):
        kept = [item for item, query in zip(ITEMS, QUERIES, strict=True) if query != str(1001 + place)]
        columns = [ITEMS.index(item) for item in kept]
        own = key[key["item_id"].isin(kept)]
        theirs = score(averages[:, columns], kept, own, centring, VALUE_PORTRAIT)["centred_mean"].to_numpy()
        np.testing.assert_allclose(ours[:, place].ravel(), theirs, atol=1e-9)


def test_effects_by_hand():
    """Two values of two items each; Power's two go from 3 to 5, so its score rises by 2 less the centre's rise of 1."""
    tags = [(ITEMS[0], "Power"), (ITEMS[5], "Power"), (ITEMS[10], "Hedonism"), (ITEMS[15], "Hedonism")]
    key = pd.DataFrame(
        [(i, "pvq", d, 0.4, 1) for i, d in tags], columns=["item_id", "family", "dimension", "rho", "polarity"]
    )
    values = np.full((3, 3, len(ITEMS)), 3, np.int8)
    values[1][:, [0, 5]] = [[4, 4], [5, 5], [6, 6]]  # by version: 1, 2 and 3 above the baseline
    ratings = Ratings([("a", "baseline"), ("a", "gender_male"), ("b", "baseline")], VERSIONS, ITEMS, values)
    table = estimate(ratings, key).table.set_index("dimension")
    assert set(table["model"]) == {"a"}
    assert table["effect"].to_dict() == {"Power": 1.0, "Hedonism": -1.0}
    assert table.loc["Power", ["version_mean", "version_sd", "version_ratio"]].tolist() == [1.0, 0.5, 2.0]
    assert table.loc["Power", "n_queries"] == 2
    assert table.loc["Power", ["axis", "group", "people", "framing"]].tolist() == ["gender", "Male", "Male", "default"]
    # Items of two queries are missing from 13 % of the resamples: no interval.
    assert table[["ci_low", "ci_high"]].isna().all(axis=None)


def test_effects_are_differences_of_profiles(tmp_path):
    rng = np.random.default_rng(8)
    key, ratings = make_key(rng), make_ratings(rng)
    table = estimate(ratings, key).table
    scores = (
        score(ratings.averages(), ITEMS, key, "tagged_items", VALUE_PORTRAIT)["centred_mean"].to_numpy().reshape(6, -1)
    )
    own = table[(table["model"] == "b") & (table["framing"] == "first_turn")]
    np.testing.assert_allclose(own["effect"], scores[5] - scores[3], atol=1e-9)
    assert set(own["persona"]) == {"gender_female"}
    write_table(table, tmp_path / "effects.csv", "persona_effects", VALUE_PORTRAIT)


def test_the_interval_is_that_of_a_plain_bootstrap():
    rng = np.random.default_rng(4)
    key, ratings = make_key(rng), make_ratings(rng, models=("a",))
    table = estimate(ratings, key).table.set_index(["persona", "dimension"])
    averages = ratings.averages()
    tags = key[key["family"] == "pvq"].assign(column=lambda k: k["item_id"].map(ITEMS.index))
    enters, sign = np.zeros(len(ITEMS), bool), np.zeros(len(ITEMS))
    enters[tags["column"]] = True
    own = tags[tags["dimension"] == "Security"]
    sign[own["column"]] = own["polarity"]
    plain = []
    for _ in range(2000):
        drawn = np.concatenate([np.arange(5 * query, 5 * query + 5) for query in rng.integers(40, size=40)])
        change = []
        for row in (1, 0):
            rated = averages[row, drawn]
            centre = np.nanmean(rated[enters[drawn]])
            measures = sign[drawn] != 0
            change.append(np.nanmean((sign[drawn] * (rated - centre))[measures]))
        plain.append(change[0] - change[1])
    low, high = np.quantile(plain, [0.025, 0.975])
    found = table.loc[("gender_male", "Security")]
    assert found["ci_low"] == pytest.approx(low, abs=0.12 * (high - low))
    assert found["ci_high"] == pytest.approx(high, abs=0.12 * (high - low))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["tagged_items", "all_items", "none"]))
def test_the_same_answers_have_no_effect_and_no_width(seed, centring):
    rng = np.random.default_rng(seed)
    ratings = make_ratings(rng, ("baseline", "gender_male"), ("a",))
    ratings.values[1] = ratings.values[0]
    table = estimate(ratings, make_key(rng), centring).table
    assert (table[["effect", "version_mean", "version_sd"]].abs() < 1e-12).all(axis=None)
    with_interval = table.dropna(subset="ci_low")
    assert len(with_interval) == 19
    assert (with_interval[["ci_low", "ci_high"]].abs() < 1e-12).all(axis=None)
    assert table["version_ratio"].isna().all()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_rating_everything_higher_is_no_effect(seed):
    rng = np.random.default_rng(seed)
    key = make_key(rng).assign(polarity=1)
    ratings = make_ratings(rng, ("baseline", "gender_male", "gender_female"), ("a",))
    ratings.values[:] = np.clip(ratings.values, 1, 5)
    ratings.values[1] = ratings.values[0] + 1
    effects = estimate(ratings, key).table
    own = effects[effects["group"] == "Male"]
    np.testing.assert_allclose(own[["effect", "ci_low", "ci_high"]], 0, atol=1e-9)


def test_effects_depend_on_the_seed_in_their_intervals_alone():
    rng = np.random.default_rng(4)
    key, ratings = make_key(rng), make_ratings(rng)
    one, again, other = (estimate(ratings, key, seed=seed).table for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, again)
    assert (one["effect"] == other["effect"]).all()
    assert not (one["ci_low"] == other["ci_low"]).all()


def test_a_dimension_without_items_is_left_out_and_a_rare_one_has_no_interval():
    rng = np.random.default_rng(6)
    key = make_key(rng)
    key = key[~key["dimension"].isin(["Power", "Openness"])]
    key = pd.concat(
        [key, pd.DataFrame([{"item_id": ITEMS[3], "family": "pvq", "dimension": "Power", "rho": 0.4, "polarity": 1}])]
    )
    ratings = make_ratings(rng, models=("a",))
    ratings.values[:, :, 3] = 4
    found = estimate(ratings, key)
    table = found.table
    assert "Openness" not in set(table["dimension"])
    rare = table["dimension"] == "Power"
    assert table.loc[rare, "ci_low"].isna().all()
    assert table.loc[~rare, "ci_low"].notna().all()
    missing = np.isnan(found.draws[:, rare.to_numpy()]).mean()
    assert missing == pytest.approx((1 - 1 / 40) ** 40, abs=0.03)


def test_printed_numbers_come_as_they_are_printed(tmp_path):
    printed = pd.read_csv(ROOT / "data/reference/tables_13_to_19_personas.csv", comment="#")
    steered = pd.read_csv(ROOT / "data/reference/table_17_value_steering.csv", comment="#")
    effects = printed_effects(printed, steered, PERSONAS, VALUE_PORTRAIT)
    assert effects.draws is None
    assert len(effects.table) == 25 * 15 + 10 * 10
    cells = effects.table.set_index(["axis", "group", "dimension"])["effect"]
    assert cells["gender", "Male", "Conformity"] == 0.33
    assert cells["religion", "Protestant", "Neuroticism"] == 0.17
    assert cells["steering", "Power", "Universalism"] == -1.10
    assert effects.table.drop_duplicates("dimension")["dimension"].tolist() == [
        *VALUE_PORTRAIT.family("pvq").names,
        *VALUE_PORTRAIT.family("bfi").names,
    ]
    known = effects.table.dropna(subset="persona")
    assert set(known["persona"]) == {row.persona for row in PERSONAS}
    write_table(effects.table, tmp_path / "effects.csv", "persona_effects", VALUE_PORTRAIT)


def test_joined_effects_keep_their_draws():
    rng = np.random.default_rng(4)
    answers = estimate(make_ratings(rng), make_key(rng))
    printed = pe.Effects(answers.table.head(3), None)
    both = pe.join([printed, answers])
    assert both.draws.shape == (pe.DRAWS, 3 + len(answers.table))
    assert np.isnan(both.draws[:, :3]).all()
    np.testing.assert_array_equal(both.draws[:, 3:], answers.draws)
    assert pe.join([printed, printed]).draws is None
