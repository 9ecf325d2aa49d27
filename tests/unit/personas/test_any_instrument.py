"""Personas of any instrument: other scales, keys, circles and none, one prompt version, no people."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instruments import SMALL, VALUE_PORTRAIT
from value_portrait.config_tables import Persona
from value_portrait.instrument import Dimension, Family
from value_portrait.paper import personas as paper
from value_portrait.personas import bias, effects, steering
from value_portrait.scores.profiles import score
from value_portrait.scores.ratings import NO_RATING, Ratings
from value_portrait.tables import schemas, write_table

CENTRINGS = ["tagged_items", "all_items", "none"]
ITEMS = [f"{query}-{response}" for query in range(1, 5) for response in (1, 2)]
QUERIES = [item.split("-")[0] for item in ITEMS]
KEY = ["item_id", "family", "dimension", "rho", "polarity"]


def family(name, sizes, circle=False, **more):
    """A family of dimensions named a0, a1, ...; ``more`` gives made_of or opposite of a dimension by its name."""
    dimensions = tuple(
        Dimension(f"{name}{number}", name, f"{name}{number}", name, **more.get(f"{name}{number}", {}))
        for number in range(sizes)
    )
    return Family(name, name.title(), dimensions, circle, "centred_mean", 1.0, None, None)


def persona(name, axis="age", **cells):
    row = {"persona": name, "axis": axis, "order": None, "group": name, "statement": "x", "people": None}
    return Persona(**row | cells)


@st.composite
def studies(draw):
    """An instrument, a key with items of either polarity and of none, averages on its scale with gaps, and queries."""
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=4))
    lowest, options = draw(st.integers(-5, 5)), draw(st.integers(2, 11))
    instrument = replace(
        SMALL,
        lowest=lowest,
        options=tuple(f"option {number}" for number in range(options)),
        families=tuple(family(name, size) for name, size in zip("abcd", sizes, strict=False)),
    )
    queries = draw(st.lists(st.integers(1, 5), min_size=2, max_size=12))
    items = [f"{query}-{number}" for number, query in enumerate(queries)]
    signs = st.sampled_from([0, 0, 1, -1])
    cells = [(item, *dimension, draw(signs)) for item in items for dimension in instrument.dimensions]
    key = pd.DataFrame([(*tag, 0.4, sign) for *tag, sign in cells if sign], columns=KEY)
    ratings = st.one_of(st.just(np.nan), st.integers(lowest, instrument.highest).map(float))
    row = st.lists(ratings, min_size=len(items), max_size=len(items))
    averages = np.array(draw(st.lists(row, min_size=1, max_size=3)))
    return instrument, items, [str(query) for query in queries], key, averages


def plain_score(rated, tags, family, dimension, centring):
    """A centred score by its definition, one item at a time; None without a rating."""
    own = {item for item, other, _, _ in tags if other == family}
    chosen = {"tagged_items": own, "all_items": set(rated), "none": set()}[centring]
    entering = [rated[item] for item in rated if item in chosen]
    centre = sum(entering) / len(entering) if entering else 0
    cells = [
        sign * (rated[item] - centre) for item, *at, sign in tags if tuple(at) == (family, dimension) and item in rated
    ]
    return sum(cells) / len(cells) if cells else None


@settings(max_examples=60, deadline=None)
@given(studies(), st.sampled_from(CENTRINGS))
def test_scores_are_those_of_their_definition_for_any_instrument(study, centring):
    instrument, items, queries, key, averages = study
    sums = effects.sum_by_query(averages, items, queries, key, centring, instrument)
    ours = sums.scores(np.ones((1, len(set(queries)))))[0]
    tags = list(key[["item_id", "family", "dimension", "polarity"]].itertuples(index=False, name=None))
    for row, scores in zip(averages, ours, strict=True):
        rated = {item: rating for item, rating in zip(items, row, strict=True) if not np.isnan(rating)}
        for (own, dimension), found in zip(instrument.dimensions, scores, strict=True):
            expected = plain_score(rated, tags, own, dimension, centring)
            assert np.isnan(found) if expected is None else found == pytest.approx(expected, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(studies(), st.integers(0, 1000))
def test_a_query_that_counts_twice_is_two_queries(study, seed):
    instrument, items, queries, key, averages = study
    names = list(dict.fromkeys(queries))
    weights = np.random.default_rng(seed).integers(0, 3, len(names))
    sums = effects.sum_by_query(averages, items, queries, key, "tagged_items", instrument)
    copies = [
        (f"{item}#{copy}", item, column, f"{query}#{copy}")
        for column, (item, query) in enumerate(zip(items, queries, strict=True))
        for copy in range(weights[names.index(query)])
    ]
    twice, source, columns, drawn = map(list, zip(*copies, strict=True)) if copies else ([], [], [], [])
    tags = pd.DataFrame({"copy": twice, "item_id": source}).merge(key, on="item_id")
    tags = tags.drop(columns="item_id").rename(columns={"copy": "item_id"})
    theirs = effects.sum_by_query(averages[:, columns], twice, drawn, tags, "tagged_items", instrument)
    ours = sums.scores(weights[None].astype(float))
    np.testing.assert_allclose(ours, theirs.scores(np.ones((1, len(set(drawn))))), atol=1e-9)


@pytest.mark.parametrize("centring", CENTRINGS)
def test_they_are_the_profiles_of_the_pipeline_for_a_negative_key(centring):
    rng = np.random.default_rng(3)
    rows = [(item, *own, 0.4, rng.choice([1, -1])) for own in VALUE_PORTRAIT.dimensions for item in ITEMS[::2]]
    key = pd.DataFrame(rows, columns=KEY)
    averages = rng.uniform(1, 6, (3, len(ITEMS)))
    averages[rng.random(averages.shape) < 0.2] = np.nan
    sums = effects.sum_by_query(averages, ITEMS, QUERIES, key, centring, VALUE_PORTRAIT)
    theirs = score(averages, ITEMS, key, centring, VALUE_PORTRAIT)["centred_mean"].to_numpy().reshape(3, -1)
    np.testing.assert_allclose(sums.scores(np.ones((1, 4)))[0], theirs, atol=1e-9)


def small_study(versions=("a", "b")):
    """Two models on the small instrument, of which one is told to be young; by hand.

    Sweet: items 1-1 and 2-1 (keyed the other way); Salty: 3-1; Haste: 4-1, the only item of its family, 1-1 beside it.
    """
    tags = [
        ("1-1", "taste", "Sweet", 1),
        ("2-1", "taste", "Sweet", -1),
        ("3-1", "taste", "Salty", 1),
        ("4-1", "pace", "Haste", 1),
    ]
    key = pd.DataFrame([(*tag, 0.4, sign) for *tag, sign in tags], columns=KEY)
    values = np.full((3, len(versions), len(ITEMS)), 2, np.int8)
    at = [ITEMS.index(item) for item in ("1-1", "2-1", "3-1", "4-1")]
    values[1][:, at] = [4, 1, 1, 4]
    subjects = [("m", "baseline"), ("m", "young@first_turn"), ("n", "baseline")]
    return Ratings(subjects, list(versions), ITEMS, values), key


def estimate(ratings, key, personas, centring="tagged_items"):
    return effects.estimate_effects(ratings, QUERIES, key, centring, personas, 1, SMALL)


# Centred on the tagged items, tastes rise by (2 - 1 - 1) / 3 = 0 and pace by 2; all eight items rise by 2 / 8.
@pytest.mark.parametrize(
    ("centring", "expected"),
    [
        ("tagged_items", {"Sweet": 1.5, "Salty": -1.0, "Haste": 0.0}),
        ("all_items", {"Sweet": 1.5, "Salty": -1.25, "Haste": 1.75}),
        ("none", {"Sweet": 1.5, "Salty": -1.0, "Haste": 2.0}),
    ],
)
def test_effects_on_the_small_instrument_by_hand(centring, expected, tmp_path):
    ratings, key = small_study()
    young = persona("young", people="20-39", order=3)
    table = estimate(ratings, key, [persona("old"), young], centring).table
    assert table.set_index("dimension")["effect"].to_dict() == pytest.approx(expected)
    assert set(table["family"]) == {"taste", "pace"}
    about = table.iloc[0]
    assert about[["model", "framing", "axis", "persona", "group", "order", "people"]].tolist() == [
        *("m", "first_turn", "age", "young", "young", 3, "20-39")
    ]
    assert table["n_queries"].tolist() == [2, 1, 1]
    write_table(table, tmp_path / "effects.csv", "persona_effects", SMALL)


def test_one_prompt_version_has_no_spread():
    ratings, key = small_study(("a",))
    found = estimate(ratings, key, [persona("young")])
    assert found.table["version_mean"].tolist() == found.table["effect"].tolist()
    assert found.table[["version_sd", "version_ratio"]].isna().all(axis=None)
    text = describe(found, 1)
    assert "there is one prompt version, and no spread" in text
    assert "would by chance" not in text
    two = estimate(*small_study(), [persona("young")])
    assert two.table["version_sd"].tolist() == [0, 0, 0]


def test_a_rating_missing_in_one_version_is_missing_there_alone():
    """Without a centre. Sweet is the mean of 1-1 and -(2-1), at baseline 0: of version b 1-1 alone is left, with 4."""
    ratings, key = small_study()
    for item in ("2-1", "3-1"):
        ratings.values[1, 1, ITEMS.index(item)] = NO_RATING
    table = estimate(ratings, key, [persona("young")], "none").table.set_index("dimension")
    assert table["effect"].to_dict() == {"Sweet": 1.5, "Salty": -1, "Haste": 2}
    assert table["version_mean"].to_dict() == {"Sweet": 2.75, "Salty": -1, "Haste": 2}
    assert table.loc["Sweet", "version_sd"] == pytest.approx(2.5 / 2**0.5)
    assert table.loc["Sweet", "version_ratio"] == pytest.approx(2.75 / 2.5 * 2**0.5)
    # Salty has one version left, Haste two that are the same: no spread to hold a mean against.
    assert np.isnan(table.loc["Salty", "version_sd"])
    assert table.loc["Haste", "version_sd"] == 0
    assert table["version_ratio"].isna().tolist() == [False, True, True]
    # Missing at baseline, the same rating costs the other side: 1.5 and 0 in a, 1.5 and 2 in b.
    ratings, key = small_study()
    ratings.values[0, 1, ITEMS.index("2-1")] = NO_RATING
    table = estimate(ratings, key, [persona("young")], "none").table.set_index("dimension")
    assert table.loc["Sweet", ["effect", "version_mean"]].tolist() == [1.5, 0.5]


def plain_scores(rated, drawn, tags, centring):
    """Centred scores of the small instrument's dimensions from queries, some of them drawn several times, by loops."""
    copies = [(item, number) for number, query in enumerate(drawn) for item in ITEMS if item.split("-")[0] == query]
    again = {copy: rated[copy[0]] for copy in copies if copy[0] in rated}
    copied = [(copy, *tag) for copy in copies for item, *tag in tags if item == copy[0]]
    scores = [plain_score(again, copied, *dimension, centring) for dimension in SMALL.dimensions]
    return [np.nan if score is None else score for score in scores]


@pytest.mark.parametrize("centring", CENTRINGS)
def test_effects_in_every_resample_are_those_of_plain_loops(centring):
    """Two models with their own baselines; Sour_Bitter has no item, both items of Haste are of one query."""
    rng = np.random.default_rng(12)
    tags = [
        ("1-1", "taste", "Sweet", 1),
        ("2-1", "taste", "Sweet", -1),
        *((f"{query}-2", "taste", "Salty", sign) for query, sign in ((1, 1), (2, 1), (3, -1), (4, 1))),
        ("3-1", "pace", "Haste", 1),
        ("3-2", "pace", "Haste", -1),
    ]
    key = pd.DataFrame([(*tag, 0.4, sign) for *tag, sign in tags], columns=KEY)
    values = rng.integers(0, 5, (6, 2, len(ITEMS))).astype(np.int8)
    values[rng.random(values.shape) < 0.15] = NO_RATING
    conditions = ["young", "baseline", "old@first_turn"]
    ratings = Ratings([(model, told) for model in "mn" for told in conditions], ["a", "b"], ITEMS, values)
    found = estimate(ratings, key, [persona("old", people="60+", order=2), persona("young", order=1)], centring)
    assert found.table.index.tolist() == list(range(12))
    assert list(found.table.columns) == effects.COLUMNS
    about = found.table[["model", "persona", "framing", "dimension", "n_queries"]]
    measured = [("Sweet", 2), ("Salty", 4), ("Haste", 1)]
    assert list(about.itertuples(index=False, name=None)) == [
        (model, *told, *dimension)
        for model in "mn"
        for told in (("young", "default"), ("old", "first_turn"))
        for dimension in measured
    ]
    assert found.table["order"].tolist() == [1, 1, 1, 2, 2, 2] * 2
    assert found.table["people"].fillna("").tolist() == ["", "", "", "60+", "60+", "60+"] * 2
    assert found.table["n_queries"].dtype == int
    assert (found.draws.shape, found.draws.dtype) == ((effects.DRAWS, 12), np.float32)
    weights = effects.resample_queries(4, 1)
    averages = np.array(
        [
            [np.mean([cell for cell in item if cell != NO_RATING] or [np.nan]) for item in subject.T]
            for subject in values
        ]
    )
    everybody = [dict(zip(ITEMS, row, strict=True)) for row in averages]
    rated = [{item: rating for item, rating in row.items() if not np.isnan(rating)} for row in everybody]
    has_items = [0, 1, 3]
    for draw in range(40):
        drawn = np.repeat(["1", "2", "3", "4"], weights[draw].astype(int))
        scores = np.array([plain_scores(row, drawn, tags, centring) for row in rated])[:, has_items]
        expected = scores[[0, 2, 3, 5]] - scores[[1, 1, 4, 4]]
        np.testing.assert_allclose(found.draws[draw], expected.ravel(), atol=1e-5)
    scores = np.array([plain_scores(row, "1234", tags, centring) for row in rated])[:, has_items]
    np.testing.assert_allclose(found.table["effect"], (scores[[0, 2, 3, 5]] - scores[[1, 1, 4, 4]]).ravel(), atol=1e-9)


def test_resamples_draw_as_many_queries_as_there_are():
    weights = effects.resample_queries(5, 3)
    assert weights.shape == (2000, 5)
    assert (weights.sum(axis=1) == 5).all()
    # Each query is drawn once on average, with the variance of a binomial of 5 and 1 / 5.
    np.testing.assert_allclose(weights.mean(axis=0), 1, atol=0.08)
    np.testing.assert_allclose(weights.var(axis=0), 0.8, atol=0.12)
    assert (weights == effects.resample_queries(5, 3)).all()
    assert not (weights == effects.resample_queries(5, 4)).all()


def test_an_interval_leaves_out_draws_without_a_number_up_to_one_in_twenty():
    """Of 1 to 2000, 2.5 % lie below 1 + 0.025 · 1999 and above 1 + 0.975 · 1999; 101 to 2000 are 1900 draws."""
    draws = np.repeat(np.arange(1.0, 2001)[:, None], 3, axis=1)
    assert np.transpose(effects.interval(draws)).tolist() == [pytest.approx([50.975, 1950.025])] * 3
    draws[:100, 1], draws[:101, 2] = np.nan, np.nan
    low, high = effects.interval(draws)
    assert low.tolist() == pytest.approx([50.975, 148.475, np.nan], nan_ok=True)
    assert high.tolist() == pytest.approx([1950.025, 1952.525, np.nan], nan_ok=True)
    one_column = effects.interval(draws[:, 0])
    assert [float(end) for end in one_column] == pytest.approx([50.975, 1950.025])


def test_joined_effects_keep_the_order_of_their_parts():
    ratings, key = small_study()
    one = estimate(ratings, key, [persona("young")])
    printed = effects.Effects(one.table.tail(1).assign(source="printed"), None)
    both = effects.join([one, printed, one])
    assert both.table.index.tolist() == list(range(7))
    assert both.table["source"].tolist() == ["answers"] * 3 + ["printed"] + ["answers"] * 3
    assert both.table["dimension"].tolist() == ["Sweet", "Salty", "Haste", "Haste", "Sweet", "Salty", "Haste"]
    assert both.draws.dtype == np.float32
    np.testing.assert_array_equal(both.draws[:, [0, 1, 2, 4, 5, 6]], np.hstack([one.draws, one.draws]))
    assert np.isnan(both.draws[:, 3]).all()
    without = effects.join([printed, printed])
    assert without.draws is None
    assert without.table["dimension"].tolist() == ["Haste", "Haste"]


def test_a_subject_is_named_by_its_framing_unless_that_is_the_default():
    assert effects.subject_name({"model": "m", "framing": "default"}) == "m"
    assert effects.subject_name({"model": "m", "framing": "first_turn"}) == "m, first_turn"


def describe(found, n_versions, people=None):
    people = pd.DataFrame(columns=list(schemas(SMALL)["people"].columns)) if people is None else people
    held = bias.hold_against_people(found, people, SMALL)
    agreement = bias.assess_agreement(held, found.draws, 100, 1)
    trends = bias.assess_trends(found.table, people)
    findings = paper.quoted_findings(held)
    return paper.describe_findings(findings) + bias.describe(agreement, trends, found.table, n_versions, SMALL)


def test_without_people_effects_and_trends_are_left():
    ratings, key = small_study()
    ratings = replace(ratings, subjects=[*ratings.subjects[:2], ("m", "old@first_turn")])
    ratings.values[2] = 2
    personas = [persona("young", people="20-39", order=1), persona("old", order=2)]
    found = estimate(ratings, key, personas)
    text = describe(found, 2)
    assert "Left out: there are no groups of people" in text
    assert "| model |" not in text
    assert "the paper" not in text.lower()
    nobody = pd.DataFrame(columns=list(schemas(SMALL)["people"].columns))
    held = bias.hold_against_people(found, nobody, SMALL)
    assert held.empty
    assert bias.assess_agreement(held, found.draws, 100, 1).empty
    trends = bias.assess_trends(found.table, nobody)
    assert trends["model"].eq("m").all()
    # Sweet falls by 1.5 from young to old, who are as at baseline; Salty rises; Haste stays.
    assert trends.set_index("dimension")["tau"].to_dict() == pytest.approx(
        {"Sweet": -1, "Salty": 1, "Haste": np.nan}, nan_ok=True
    )


def test_only_the_main_family_is_held_against_people():
    ratings, key = small_study()
    found = estimate(ratings, key, [persona("young", people="20-39")], "none")
    people = pd.DataFrame(
        [("s", "none", "age", "20-39", dimension, 0.5, 0.4, 0.6) for dimension in ("Sweet", "Salty", "Haste")],
        columns=["source", "weighting", "axis", "group", "dimension", "human_effect", "ci_low", "ci_high"],
    )
    held = bias.hold_against_people(found, people, SMALL).set_index("dimension")
    assert held["difference"].to_dict() == pytest.approx({"Sweet": 1.0, "Salty": -1.5})
    assert held["same_sign"].to_dict() == {"Sweet": True, "Salty": False}


def test_texts_name_the_family_by_its_title():
    """Young, middle and old: Sweet 1.25, 0 and 0.5, Salty -1/6, 0 and 1/3; young differs between the versions."""
    ratings, key = small_study()
    values = np.concatenate([ratings.values, ratings.values[:1], ratings.values[:1]])
    at = [ITEMS.index(item) for item in ("1-1", "2-1", "3-1")]
    values[1][:, at] = [[4, 1, 1], [3, 1, 3]]  # Sweet 1.5 and 1, Salty -1 and 2/3
    values[4][:, at] = [3, 2, 3]
    subjects = [*ratings.subjects, ("m", "middle@first_turn"), ("m", "old@first_turn")]
    personas = [persona(name, order=place) for place, name in enumerate(("young", "middle", "old"))]
    text = describe(estimate(replace(ratings, subjects=subjects, values=values), key, personas), 2)
    assert "Tastes that only rise or only fall" in text
    assert "number of tastes · 2 / (groups)!" in text
    assert "- m, first_turn, age: 1 of 2 tastes (0.7 by chance)." in text
    assert "- m, first_turn, personas: 3 of 6 effects on tastes exceed their spread over versions." in text
    # With two versions, |t| above the root of 2 at one degree of freedom: 1 - 2 / pi · atan(2 ** 0.5).
    assert "over the 2 versions" in text
    assert "about 39 %" in text
    assert bias.mid_sentence(replace(SMALL.main, title="Big Five traits")) == "Big Five traits"
    assert bias.mid_sentence(replace(SMALL.main, title="HEXACO")) == "HEXACO"
    assert bias.mid_sentence(replace(SMALL.main, title="Moral foundations")) == "moral foundations"


def steered(instrument, matrix):
    """Effects of one model that is told to hold the dimensions of the main family in turn."""
    names = instrument.main.names
    rows = [
        ("answers", "m", "default", "steering", told, instrument.main.name, scored, matrix[i][j])
        for i, told in enumerate(names)
        for j, scored in enumerate(names)
    ]
    columns = ["source", "model", "framing", "axis", "group", "family", "dimension", "effect"]
    return effects.Effects(pd.DataFrame(rows, columns=columns), None)


def test_steering_without_a_circle_has_targets_alone():
    found = steered(SMALL, [[1, 2, -3], [0, 0.5, -0.5], [-1, 0, 1]])
    matrix = steering.steering_matrix(found.table.sample(frac=1, random_state=1), SMALL)
    assert matrix.loc["Sweet"].tolist() == [1, 2, -3]
    assert matrix["Sweet"].tolist() == [1, 0, -1]
    hits = steering.hit_targets(found.table, SMALL)
    assert hits["rank"].tolist() == [2, 1, 1]
    assert hits["raised_most"].tolist() == ["Salty", "Salty", "Sour_Bitter"]
    by_distance, pairs = steering.change_by_distance(found, 1, SMALL), steering.judge_pairs(found, SMALL)
    assert by_distance.empty
    assert pairs.empty
    text = steering.describe(hits, by_distance, pairs, SMALL)
    assert "The tastes stand in no circle, so distances and opposites are left out." in text
    assert "| m | 2 of 3 | 1.3 |" in text
    assert "cosine" not in text
    assert "opposed" not in text


def test_effects_on_other_families_are_no_part_of_the_matrix():
    found = steered(SMALL, np.eye(3))
    other = found.table.iloc[[0]].assign(family="pace", dimension="Haste", effect=9.0)
    table = pd.concat([found.table, other], ignore_index=True)
    assert (steering.steering_matrix(table, SMALL).to_numpy() == np.eye(3)).all()
    assert steering.hit_targets(table, SMALL)["raised_most"].tolist() == list(SMALL.main.names)


@settings(max_examples=30, deadline=None)
@given(st.integers(4, 40), st.floats(-2, 2), st.floats(0.1, 3))
def test_a_perfect_circle_of_any_size_is_fitted_perfectly(places, level, amplitude):
    instrument = replace(SMALL, families=(family("a", places, circle=True),))
    around = np.arange(places)
    matrix = level + amplitude * np.cos(2 * np.pi * (around[:, None] - around) / places)
    found = steering.change_by_distance(steered(instrument, matrix), 1, instrument)
    assert found["steps"].tolist() == list(range(places // 2 + 1))
    assert found["n"].sum() == places**2
    assert found["n"].iloc[1] == 2 * places
    assert found["amplitude"].iloc[0] == pytest.approx(amplitude)
    assert found["r2"].iloc[0] == pytest.approx(1)
    np.testing.assert_allclose(found["fitted"], found["change"], atol=1e-9)
    text = steering.describe(
        steering.hit_targets(steered(instrument, matrix).table, instrument), found, found.head(0), instrument
    )
    assert f"| m | {places} of {places} | 1.0 | 1.00 |" in text
    assert "pairs" not in text


@pytest.mark.parametrize("places", [1, 2, 3])
def test_few_places_are_no_circle(places):
    instrument = replace(SMALL, families=(family("a", places, circle=True),))
    assert steering.change_by_distance(steered(instrument, np.eye(places)), 1, instrument).empty


def test_a_circle_that_is_not_the_main_family_is_none_of_steering():
    instrument = replace(SMALL, families=(SMALL.main, family("a", 6, circle=True)))
    assert instrument.circle is not None
    assert steering.change_by_distance(steered(instrument, np.eye(3)), 1, instrument).empty
    assert steering.expected_pairs(instrument) == []


def test_pairs_come_from_what_sums_up_the_circle():
    """a0 and a1 are summed up by s0, which stands against s1 of a3; s2 of b0 has nothing to do with the circle."""
    sums = {
        "s0": {"made_of": ("a1", "a0"), "opposite": "s1"},
        "s1": {"made_of": ("a3",), "opposite": "s0"},
        "s2": {"made_of": ("b0",), "opposite": "s0"},
    }
    instrument = replace(SMALL, families=(family("a", 5, circle=True), family("b", 1), family("s", 3, **sums)))
    expected = [("a0", "a1", "together"), ("a1", "a3", "against"), ("a0", "a3", "against")]
    assert steering.expected_pairs(instrument) == expected
    one_way = sums | {"s1": {"made_of": ("a3",)}}
    told = replace(SMALL, families=(family("a", 5, circle=True), family("b", 1), family("s", 3, **one_way)))
    assert steering.expected_pairs(told) == expected
    matrix = np.zeros((5, 5))
    matrix[0, 1], matrix[1, 0], matrix[1, 3], matrix[3, 1], matrix[3, 0] = 1, 0.5, -1, 0.5, 0.5
    judged = steering.judge_pairs(steered(instrument, matrix), instrument)
    assert judged["change"].tolist() == [0.75, -0.25, 0.25]
    assert judged["as_expected"].tolist() == [True, True, False]
    flat = replace(instrument, families=(replace(instrument.main, circle=False), *instrument.families[1:]))
    assert steering.expected_pairs(flat) == []


def test_a_circle_of_which_one_dimension_is_measured_has_no_fit():
    instrument = replace(SMALL, families=(family("a", 5, circle=True),))
    table = steered(instrument, np.eye(5)).table
    one = effects.Effects(table[(table["group"] == "a0") & (table["dimension"] == "a0")].reset_index(drop=True), None)
    found = steering.change_by_distance(one, 1, instrument)
    assert found["n"].tolist() == [1]
    assert found[["r2", "r2_off_diagonal"]].isna().all(axis=None)


CIRCLE_SUMS = {"s0": {"made_of": ("a1", "a0"), "opposite": "s1"}, "s1": {"made_of": ("a3",), "opposite": "s0"}}
AROUND = replace(SMALL, families=(family("a", 5, circle=True), family("s", 2, **CIRCLE_SUMS)))


def two_told_subjects():
    """Two models told some of five values on a circle, among rows of other axes and families, with random draws."""
    rng = np.random.default_rng(21)
    told = {("n", "default"): ["a3", "a0", "a1"], ("m", "first_turn"): ["a2", "a1"]}
    rows = []
    for (model, framing), groups in told.items():
        rows.append(("answers", model, framing, "age", "young", "a", "a0", rng.normal()))
        for group in groups:
            rows.append(("answers", model, framing, "steering", group, "s", "s0", rng.normal()))
            rows += [("answers", model, framing, "steering", group, "a", f"a{n}", rng.normal()) for n in range(5)]
    columns = ["source", "model", "framing", "axis", "group", "family", "dimension", "effect"]
    table = pd.DataFrame(rows, columns=columns)
    # Where some values are not scored, the waves of the others have a mean.
    unscored = (table["group"] + table["dimension"]).isin(["a3a4", "a3a2", "a0a2", "a2a0"])
    table = table[~unscored].reset_index(drop=True)
    return effects.Effects(table, table["effect"].to_numpy() + rng.normal(0, 0.2, (effects.DRAWS, len(table))))


def cells_of(found, model):
    """Row, value told, value scored and effect of a model's steering, with the values' places on the circle."""
    own = found.table.query("model == @model and axis == 'steering' and family == 'a'")
    return [(row.Index, int(row.group[1]), int(row.dimension[1]), row.effect) for row in own.itertuples()]


def test_distances_on_a_circle_are_those_of_plain_loops():
    found = two_told_subjects()
    table = steering.change_by_distance(found, 5, AROUND)
    assert list(table.columns) == [
        *("source", "model", "framing", "steps", "n", "change", "ci_low", "ci_high", "fitted", "amplitude", "r2"),
        *("r2_off_diagonal", "p_circle"),
    ]
    assert list(table[["source", "model", "framing", "steps"]].itertuples(index=False, name=None)) == [
        ("answers", *subject, steps) for subject in (("n", "default"), ("m", "first_turn")) for steps in range(3)
    ]
    rng = np.random.default_rng(5)
    for model in "nm":
        own = table[table["model"] == model].set_index("steps")
        cells = cells_of(found, model)
        apart = [min((a - b) % 5, (b - a) % 5) for _, a, b, _ in cells]
        change = np.array([effect for *_, effect in cells])
        wave = np.cos(2 * np.pi * np.array(apart) / 5)
        slope, level = np.polyfit(wave, change, 1)
        off = np.array(apart) > 0
        for steps in range(3):
            at = [number for number, distance in enumerate(apart) if distance == steps]
            drawn = np.mean([found.draws[:, cells[number][0]] for number in at], axis=0)
            assert own.loc[steps, "n"] == len(at)
            assert own.loc[steps, ["change", "ci_low", "ci_high", "fitted"]].tolist() == pytest.approx(
                [
                    np.mean(change[at]),
                    *np.quantile(drawn, [0.025, 0.975]),
                    level + slope * np.cos(2 * np.pi * steps / 5),
                ]
            )
        r2, r2_off = np.corrcoef(wave, change)[0, 1] ** 2, np.corrcoef(wave[off], change[off])[0, 1] ** 2
        # The values told change places among themselves, drawn for one subject after the other.
        told = sorted({a for _, a, _, _ in cells})
        fits = []
        for order in [told, *(rng.permutation(told) for _ in range(2000))]:
            instead = dict(zip(told, order, strict=True))
            moved = [np.cos(2 * np.pi * (instead[a] - b) / 5) for _, a, b, _ in cells]
            fits.append(np.corrcoef(moved, change)[0, 1])
        p = np.mean(np.array(fits) >= fits[0] - 1e-9)
        for column, expected in (("amplitude", slope), ("r2", r2), ("r2_off_diagonal", r2_off), ("p_circle", p)):
            assert own[column].tolist() == pytest.approx([expected] * 3)


def test_small_changes_fit_as_well_as_large_ones_and_level_ones_not_at_all():
    found = two_told_subjects()
    small = effects.Effects(found.table.assign(effect=found.table["effect"] / 1000), None)
    fits = [steering.change_by_distance(one, 5, AROUND)[["r2", "r2_off_diagonal"]] for one in (found, small)]
    pd.testing.assert_frame_equal(*fits)
    level = steering.change_by_distance(steered(AROUND, np.ones((5, 5))), 5, AROUND)
    assert level["change"].tolist() == [1, 1, 1]
    assert level["fitted"].tolist() == pytest.approx([1, 1, 1])
    assert level[["r2", "r2_off_diagonal"]].isna().all(axis=None)


def test_four_places_are_a_circle():
    instrument = replace(SMALL, families=(family("a", 4, circle=True),))
    assert steering.change_by_distance(steered(instrument, np.eye(4)), 1, instrument)["n"].tolist() == [4, 8, 4]


def test_a_subject_told_dimensions_that_are_not_scored_has_no_distances():
    """The first subject has no score on the values; those of the second are there all the same."""
    found = two_told_subjects()
    table = found.table[(found.table["model"] == "m") | (found.table["family"] != "a")]
    left = effects.Effects(table.reset_index(drop=True), None)
    assert steering.change_by_distance(left, 5, AROUND)["model"].unique().tolist() == ["m"]
    assert steering.hit_targets(left.table, AROUND)["model"].unique().tolist() == ["m"]


def test_targets_by_hand():
    """a0 falls behind a2; a1 has no score of its own; a2 and a4 rise alike; a3 alone is level with all others."""
    matrix = [[0.5, np.nan, 1, 0, 0], [2, np.nan, 3, 0, 0], [0, 0, 1, 0, 1], [0, 0, 0, 0, 0], [np.nan] * 5]
    found = steered(AROUND, matrix)
    hits = steering.hit_targets(found.table.dropna(), AROUND)
    assert list(hits.columns) == ["source", "model", "framing", "steered", "change", "rank", "raised_most", "hit"]
    assert hits[["source", "model", "framing"]].drop_duplicates().to_numpy().tolist() == [["answers", "m", "default"]]
    assert hits["steered"].tolist() == ["a0", "a1", "a2", "a3"]
    assert hits["change"].tolist() == pytest.approx([0.5, np.nan, 1, 0], nan_ok=True)
    assert hits["rank"].tolist() == pytest.approx([2, np.nan, 1, 1], nan_ok=True)
    assert hits["raised_most"].tolist() == ["a2", "a2", "a2", "a3"]
    assert hits["hit"].tolist() == [False, False, True, True]
    assert list(steering.hit_targets(found.table.head(0), AROUND).columns) == list(hits.columns)


def test_pairs_are_judged_by_the_mean_of_the_ways_that_were_told():
    found = two_told_subjects()
    judged = steering.judge_pairs(found, AROUND)
    expected = [("a0", "a1", "together"), ("a1", "a3", "against"), ("a0", "a3", "against")]
    assert list(judged.columns) == [
        *("source", "model", "framing", "value", "other", "expected", "change", "ci_low", "ci_high", "as_expected")
    ]
    # m was told to hold a2 and a1 alone: the pair of a0 and a3 is not known.
    assert list(judged[["model", "framing", "value", "other", "expected"]].itertuples(index=False, name=None)) == [
        *(("n", "default", *pair) for pair in expected),
        *(("m", "first_turn", *pair) for pair in expected[:2]),
    ]
    for row in judged.itertuples():
        pairs = {(f"a{a}", f"a{b}"): (place, effect) for place, a, b, effect in cells_of(found, row.model)}
        ways = [pairs[way] for way in ((row.value, row.other), (row.other, row.value)) if way in pairs]
        drawn = np.mean([found.draws[:, place] for place, _ in ways], axis=0)
        assert row.change == pytest.approx(np.mean([effect for _, effect in ways]))
        assert [row.ci_low, row.ci_high] == pytest.approx(np.quantile(drawn, [0.025, 0.975]))
        assert row.as_expected == (row.change > 0 if row.expected == "together" else row.change < 0)
    # What does not move goes neither with nor against anything.
    level = steering.judge_pairs(steered(AROUND, np.zeros((5, 5))), AROUND)
    assert level["as_expected"].tolist() == [False] * 3
    assert level[["ci_low", "ci_high"]].isna().all(axis=None)
    assert list(steering.judge_pairs(steered(SMALL, np.eye(3)), SMALL).columns) == list(judged.columns)


def test_the_text_on_steering_word_by_word():
    found = two_told_subjects()
    hits, pairs = steering.hit_targets(found.table, AROUND), steering.judge_pairs(found, AROUND)
    by_distance = steering.change_by_distance(found, 5, AROUND)
    lines = [
        "",
        "## Value steering",
        "",
        "The value told should rise most, its neighbours on the circle with it, and its opposites fall. p: chance of a "
        "cosine that fits as well, if it did not matter which value was told (permutations of the values told).",
        "",
        "| model | told value raised most | its mean rank | cosine R² | without the value told | p | "
        "allied pairs rise | opposed pairs fall |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for model, name, opposed in (("n", "n", 2), ("m", "m, first_turn", 1)):
        own, fit, judged = (table[table["model"] == model] for table in (hits, by_distance, pairs))
        kinds = judged.groupby("expected")["as_expected"].sum()
        numbers = "{r2:.2f} | {r2_off_diagonal:.2f} | {p_circle:.2g}".format(**fit.iloc[0])
        lines.append(
            f"| {name} | {own['hit'].sum()} of {len(own)} | {own['rank'].mean():.1f} | {numbers} | "
            f"{kinds['together']} of 1 | {kinds['against']} of {opposed} |"
        )
    assert steering.describe(hits, by_distance, pairs, AROUND) == "\n".join(lines) + "\n"
    one = steering.describe(hits.head(1), by_distance.head(1), pairs.head(0), AROUND).splitlines()
    assert one[-1].count("|") == 7
    assert one[-1].startswith("| n | ")
    flat = steered(SMALL, [[1, 2, -3], [0, 0.5, -0.5], [-1, 0, 1]])
    text = steering.describe(
        steering.hit_targets(flat.table, SMALL), by_distance.head(0), steering.judge_pairs(flat, SMALL), SMALL
    )
    assert text.splitlines() == [
        "",
        "## Value steering",
        "",
        "The value told should rise most. The tastes stand in no circle, so distances and opposites are left out.",
        "",
        "| model | told value raised most | its mean rank |",
        "|---|---|---|",
        "| m | 2 of 3 | 1.3 |",
    ]
