"""The simulated study and the answers of simulated models, for the shipped instrument and any other."""

import json
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instrument_strategies import instruments
from instruments import SMALL, VALUE_PORTRAIT
from simulation.simulate_answers import simulate_answers
from simulation.simulate_study import simulate_study
from value_portrait.randomness import named_generator
from value_portrait.simulation.loadings import key_loadings, loading_matrix, loadings_schema
from value_portrait.simulation.models import (
    REFUSALS,
    STYLES,
    PlantedModel,
    draw_model,
    draw_views,
    expected_ratings,
    planted_scores,
    valued_ratings,
)
from value_portrait.simulation.people_and_items import (
    draw_loadings,
    draw_people,
    draw_ratings,
    draw_scores,
    draw_study,
    prompt_text,
)
from value_portrait.simulation.settings import EASY, REALISTIC, SETTINGS
from value_portrait.tables import read_table, write_table

PLANTED = VALUE_PORTRAIT.planted
SIZE = {"setting": "realistic", "groups": 3, "queries_per_group": 2, "responses_per_query": 2, "raters_per_group": 5}
TABLES = ("item_table", "prompts", "topics", "survey", "participants", "data_quality", "loadings")

sizes = st.fixed_dictionaries(
    {
        "setting": st.sampled_from(list(SETTINGS)),
        "groups": st.integers(1, 4),
        "queries_per_group": st.integers(1, 4),
        "responses_per_query": st.integers(2, 5),
        "raters_per_group": st.integers(5, 9),
    }
)


def versions_of(instrument):
    return [version.name for version in instrument.prompt_versions]


def study_files(folder, size, seed, instrument):
    paths = {name: folder / f"{name}.{'csv' if name in ('topics', 'data_quality') else 'parquet'}" for name in TABLES}
    simulate_study(size, versions_of(instrument), seed, {}, paths, instrument)
    return paths


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The files of a small study."""
    return study_files(tmp_path_factory.mktemp("study"), SIZE, 42, VALUE_PORTRAIT)


def answer(small, folder, model="aster", reasoning="no", seed=42):
    """The table of answers of a model at baseline, and the file of its truth."""
    paths = folder / f"{model}.parquet", folder / f"{model}.json"
    models = [{"model": model, "reasoning": reasoning, "conditions": {"baseline": None}}]
    versions = versions_of(VALUE_PORTRAIT)
    sources = small["item_table"], small["loadings"]
    written = ([path] for path in paths)
    simulate_answers(*sources, models, versions, seed, "tagged_items", REALISTIC, *written, VALUE_PORTRAIT)
    return read_table(paths[0], "answers", VALUE_PORTRAIT), paths[1]


@settings(max_examples=25, deadline=None)
@given(sizes, st.integers(0, 2**32))
def test_a_study_has_the_size_that_was_asked_for(simulation, seed):
    study = draw_study(simulation, ["v1"], seed, VALUE_PORTRAIT)
    groups, raters = simulation["groups"], simulation["raters_per_group"]
    queries = groups * simulation["queries_per_group"]
    items = queries * simulation["responses_per_query"]
    assert study.items.num_rows == len(set(study.items["item_id"].to_pylist())) == items
    assert len(set(study.topics["query_id"].to_pylist())) == queries == study.topics.num_rows / 2
    assert study.loadings.num_rows == items * len(PLANTED)
    assert study.survey.num_rows == items * raters
    sittings = {}
    for row in study.survey.to_pylist():
        sittings.setdefault(row["group"], set()).add(row["participant_id"])
    assert [len(names) for names in sittings.values()] == [raters] * groups
    raters_of_all = set().union(*sittings.values())
    assert len(raters_of_all) == groups * raters - (groups > 1)
    profiled = set(study.participants["participant_id"].to_pylist())
    assert raters_of_all <= profiled
    assert len(profiled - raters_of_all) == 2


@settings(max_examples=40, deadline=None)
@given(instruments(), sizes, st.integers(0, 2**32))
def test_any_instrument_gives_tables_that_pass_and_answers_on_its_scale(instrument, size, seed):
    """Writing checks ratings, scores, families, dimensions, templates and prompt versions against the instrument."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = study_files(folder, size, seed, instrument)
        told = {"axis": "steering", "group": instrument.main.names[-1], "order": None, "steers": True}
        persona = {"axis": "age", "group": "old", "order": 3, "steers": False}
        conditions = {"baseline": None, "steered": told, "old": persona}
        tables = [folder / f"{condition}.parquet" for condition in conditions]
        models = [{"model": "m", "reasoning": "yes", "conditions": conditions}]
        versions = versions_of(instrument)
        simulate_answers(
            *(files["item_table"], files["loadings"], models, versions, seed, "all_items", EASY, tables),
            [folder / "m.json"],
            instrument,
        )
        survey = read_table(files["survey"], "survey", instrument)
        people = read_table(files["participants"], "participants", instrument)
        items = read_table(files["item_table"], "items", instrument).to_pylist()
        answers = [read_table(path, "answers", instrument) for path in tables]
        planted = PlantedModel(**json.loads((folder / "m.json").read_text()))
    n_items = size["groups"] * size["queries_per_group"] * size["responses_per_query"]
    assert survey.num_rows == n_items * size["raters_per_group"]
    assert people.num_rows == len(set(people["participant_id"].to_pylist())) * len(instrument.dimensions)
    fields = dict(instrument.templates)
    assert all((item["title"] is not None) == ("title" in fields[item["template"]]) for item in items)
    assert {(family, name) for family, own in planted.profile.items() for name in own} == set(instrument.planted)
    assert instrument.lowest <= planted.level <= instrument.highest
    assert set(planted.conditions) == {"steered", "old"}
    assert all(list(effects) == list(instrument.main.names) for effects in planted.conditions.values())
    for table in answers:
        assert table.num_rows == n_items * len(versions)
        for row in table.to_pylist():
            assert (row["outcome"] == "answered") == any(
                option in row["raw_response"].lower() for option in instrument.options
            )
            assert (row["outcome"] == "answered") == (row["error"] is None) == (row["reasoning_length"] is not None)


def test_the_same_seed_gives_the_same_study_and_another_seed_another():
    first, again, other = (draw_study(SIZE, ["v1"], seed, VALUE_PORTRAIT) for seed in (1, 1, 2))
    assert all(one.equals(two) for one, two in zip(first, again, strict=True))
    assert not first.survey.equals(other.survey)


def test_data_quality_is_told(small):
    columns = ["sample", "check", "count"]
    rows = read_table(small["data_quality"], "data_quality", VALUE_PORTRAIT, columns).to_pylist()
    assert {row["sample"] for row in rows} == {"main"}
    checks = {row["check"]: row["count"] for row in rows}
    assert checks["participants in more than one group"] == 1
    assert checks["profiles without ratings"] == 2
    assert checks["raters with the same rating everywhere"] >= 1


def profiles_of(instrument, n):
    table = draw_people(np.random.default_rng(1), n, EASY, instrument).profiles
    return [dict(zip([name for _, name in instrument.dimensions], row, strict=True)) for row in table]


def test_questionnaire_scores_relate_as_in_the_paper():
    for profile in profiles_of(VALUE_PORTRAIT, 50):
        values = [profile[name] for name in VALUE_PORTRAIT.main.names]
        # Centred on the mean of 21 questions, three of them about Universalism.
        assert sum(values) * 2 + profile["Universalism"] == pytest.approx(0, abs=1e-9)
        assert profile["Self_Transcendence"] == pytest.approx(
            (3 * profile["Universalism"] + 2 * profile["Benevolence"]) / 5
        )
        assert profile["Conservation"] == pytest.approx(
            sum(profile[v] for v in ("Conformity", "Tradition", "Security")) / 3
        )
        assert profile["Self_Enhancement"] == pytest.approx((profile["Power"] + profile["Achievement"]) / 2)
        assert profile["Openness_to_Change"] == pytest.approx((profile["Stimulation"] + profile["Self_Direction"]) / 2)
        traits = [profile[name] for name in VALUE_PORTRAIT.family("bfi").names]
        assert all(1 <= score <= 5 and score * 2 == int(score * 2) for score in traits)


def test_questionnaire_scores_without_a_circle_are_plain_means():
    """Two questions from 1 to 5 fit into the range from 0 to 10: halves, and not centred within the person."""
    scores = np.array([list(profile.values()) for profile in profiles_of(SMALL, 200)])
    assert scores.shape == (200, 4)
    assert set((scores * 2).ravel()) <= set(range(2, 11))
    assert scores.mean() == pytest.approx(3.4, abs=0.15)


def test_true_scores_lie_on_the_circle():
    scores = draw_scores(np.random.default_rng(1), 40_000, VALUE_PORTRAIT)
    correlations = np.corrcoef(scores.T)
    np.testing.assert_allclose(scores.std(axis=0), 1, atol=0.02)
    # (0.45 cos 36° - 0.055) / 0.945 for neighbours, (-0.45 - 0.055) / 0.945 for opposites.
    for value in range(10):
        assert correlations[value, (value + 1) % 10] == pytest.approx(0.327, abs=0.03)
        assert correlations[value, (value + 5) % 10] == pytest.approx(-0.534, abs=0.03)
    linked = [PLANTED.index(pair) for pair in (("pvq", "Benevolence"), ("bfi", "Agreeableness"))]
    assert correlations[*linked] == pytest.approx(0.3, abs=0.03)


@settings(max_examples=25, deadline=None)
@given(instruments(), st.integers(0, 2**32))
def test_true_scores_are_standardised_and_unlinked_ones_independent(instrument, seed):
    n = 4000
    scores = draw_scores(np.random.default_rng(seed), n, instrument)
    # The variance of n normal scores has the standard error sqrt(2 / n), a correlation 1 / sqrt(n).
    np.testing.assert_allclose(scores.var(axis=0), 1, atol=6 * np.sqrt(2 / n))
    links = instrument.simulation["links"]
    alone = [
        column
        for column, (family, name) in enumerate(instrument.planted)
        if not instrument.family(family).circle and name not in {*links, *links.values()}
    ]
    correlations = np.atleast_2d(np.corrcoef(scores[:, alone].T)) if len(alone) > 1 else np.eye(len(alone))
    np.testing.assert_allclose(correlations, np.eye(len(alone)), atol=6 / np.sqrt(n))


@settings(deadline=None)
@given(instruments(), st.integers(0, 300), st.integers(0, 2**32))
def test_loadings_are_spread_evenly_and_never_negative(instrument, n_items, seed):
    loadings = draw_loadings(np.random.default_rng(seed), n_items, EASY, instrument)
    measured = (loadings > 0).sum(axis=1)
    assert (loadings >= 0).all()
    assert loadings.max(initial=0) <= instrument.span / 5
    assert (measured > 0).sum() == round(0.45 * n_items)
    assert measured.max(initial=0) <= 2
    straight = [not instrument.family(family).circle for family, _ in instrument.planted]
    items = (loadings[:, straight] > 0).sum(axis=0)  # no second loadings there
    if any(straight):
        assert items.max() - items.min() <= 1


def test_what_is_in_scale_points_follows_the_scale():
    """Means are 2.9 fifths of the scale above its lowest rating: 3.9 of 1 to 6, and 2.32 of 0 to 4."""
    for instrument, mean in ((VALUE_PORTRAIT, 3.9), (SMALL, 2.32)):
        planted = len(instrument.planted)
        nobody, nothing = np.zeros((400, planted)), np.zeros((100, planted))
        ratings = draw_ratings(np.random.default_rng(1), nobody, nothing, np.zeros(100), EASY, instrument)
        assert ratings.min() == instrument.lowest
        assert ratings.max() == instrument.highest
        # The ends of the scale cut a little off, the upper one more.
        assert ratings.mean() == pytest.approx(mean, abs=0.1)


def test_prompts_offer_all_options_in_their_order():
    text, turned = (prompt_text(version, "sharegpt", VALUE_PORTRAIT) for version in ("v2", "v2_reversed"))
    options = text.splitlines()[-6:]
    assert options[0] == "very much like me"
    assert options[::-1] == list(VALUE_PORTRAIT.options)
    assert turned.splitlines()[-6:] == options[::-1]
    assert text.splitlines()[:-6] == turned.splitlines()[:-6]
    assert len({prompt_text(version, "reddit", VALUE_PORTRAIT) for version in versions_of(VALUE_PORTRAIT)}) == 6


@settings(deadline=None)
@given(instruments())
def test_prompts_have_their_fields_and_differ_by_wording_and_order(instrument):
    for template, fields in instrument.templates:
        texts = [prompt_text(version, template, instrument) for version in versions_of(instrument)]
        assert len(set(texts)) == len(texts)
        for text in texts:
            assert {name for name in ("title", "text", "content") if f"{{{name}}}" in text} == set(fields)


def test_answers_are_what_the_item_and_the_level_make_of_them(small, tmp_path):
    table, truth = answer(small, tmp_path, reasoning="yes")
    assert table.num_rows == 6 * 12
    planted = PlantedModel(**json.loads(truth.read_text()))
    said = {
        style.format(option=option, Option=option.capitalize()): rating + 1
        for rating, option in enumerate(VALUE_PORTRAIT.options)
        for style in STYLES
    }
    ratings = [said[row["raw_response"]] for row in table.to_pylist() if row["outcome"] == "answered"]
    assert len(ratings) > 60
    assert np.mean(ratings) == pytest.approx(planted.level, abs=0.5)
    assert {(family, name) for family, scores in planted.profile.items() for name in scores} == set(PLANTED)


def test_refusals_name_no_option():
    for instrument in (VALUE_PORTRAIT, SMALL):
        assert not any(option in text for option in instrument.options for text in REFUSALS)


def test_a_model_depends_on_its_name_and_the_seed_alone(small, tmp_path):
    tables = []
    for number, names in enumerate((["a"], ["b"], ["b", "a"])):
        (tmp_path / str(number)).mkdir()
        tables.append({name: answer(small, tmp_path / str(number), name)[0] for name in names})
    assert tables[0]["a"].equals(tables[2]["a"])
    assert not tables[0]["a"]["raw_response"].equals(tables[1]["b"]["raw_response"])
    one, other = (draw_model(named_generator("a", seed), "a", EASY, VALUE_PORTRAIT) for seed in (1, 2))
    assert one != other


def planted_model(instrument, level, spread, **scores):
    profile = {}
    for family, name in instrument.planted:
        profile.setdefault(family, {})[name] = scores.get(name, 0.0)
    return PlantedModel("m", level, spread, 0.3, 0.2, 0.0, 0.0, profile)


def test_expected_ratings_by_hand():
    planted = planted_model(VALUE_PORTRAIT, 4.0, 0.5, Power=2.0)
    loadings = np.zeros((3, len(PLANTED)))
    loadings[[0, 2], PLANTED.index(("pvq", "Power"))] = 1, 3
    # 4 + 0.5 (2 + 0.4); 4 - 0.5; 4 + 0.5 · 6 is beyond the scale.
    expected = expected_ratings(planted, loadings, np.array([0.4, -1, 0]), VALUE_PORTRAIT)
    np.testing.assert_allclose(expected, [5.2, 3.5, 6])


@settings(max_examples=50, deadline=None)
@given(instruments(), st.data())
def test_a_planted_profile_comes_back_from_ratings_without_noise(instrument, data):
    """One item for each dimension, of loading 1: its rating is the level plus the score, in fifths of the scale."""
    planted, unit = instrument.planted, instrument.span / 5
    scores = data.draw(st.lists(st.floats(-1, 1), min_size=len(planted), max_size=len(planted)))
    level = (instrument.lowest + instrument.highest) / 2
    model = planted_model(
        instrument, level, 2.0, **{name: score for (_, name), score in zip(planted, scores, strict=True)}
    )
    loadings = np.eye(len(planted)) * unit
    valued = valued_ratings(model, loadings, instrument)
    np.testing.assert_allclose((valued - level) / (2 * unit), scores, atol=1e-9)
    means = planted_scores(model, loadings, "tagged_items", instrument)
    for family in dict.fromkeys(family for family, _ in planted):
        own = [column for column, (home, _) in enumerate(planted) if home == family]
        profile = np.array(scores)[own]
        np.testing.assert_allclose(means[own], 2 * unit * (profile - profile.mean()), atol=1e-9)


def test_models_share_a_part_of_what_they_make_of_items():
    """Variances by the setting: liking 0.6² · 0.5², shared 0.5² and own 0.45²; queries explain 0.3 of the last two."""
    queries = np.repeat(np.arange(4000), 2)
    difficulty = np.random.default_rng(0).normal(0, 0.5, len(queries))
    one, other = (
        draw_views(np.random.default_rng(seed), difficulty, queries, 1, REALISTIC, VALUE_PORTRAIT) for seed in (1, 2)
    )
    assert np.var(one) == pytest.approx(0.09 + 0.25 + 0.2025, abs=0.03)
    assert np.cov(one, other)[0, 1] == pytest.approx(0.09 + 0.25, abs=0.03)
    assert np.cov(one[::2], one[1::2])[0, 1] == pytest.approx(0.3 * (0.25 + 0.2025), abs=0.03)
    assert np.cov(one, difficulty)[0, 1] == pytest.approx(0.6 * 0.25, abs=0.02)


def test_people_who_rate_everything_highly_hold_what_the_instrument_says():
    """Benevolence -0.10 and neighbours on the circle as told; in the easy setting, nothing."""
    rng = np.random.default_rng(1)
    scores = draw_scores(rng, 20_000, VALUE_PORTRAIT)
    nothing = np.zeros((8, len(PLANTED)))
    found = {}
    for name, setting in SETTINGS.items():
        ratings = draw_ratings(rng, scores, nothing, np.zeros(8), setting, VALUE_PORTRAIT)
        found[name] = np.corrcoef(ratings.mean(axis=1), scores.T)[0, 1:]
    assert abs(found["easy"]).max() < 0.03
    told = np.array([VALUE_PORTRAIT.simulation["acquiescence"].get(name, 0) for _, name in PLANTED])
    expected = np.corrcoef(scores @ told + rng.normal(size=len(scores)), scores.T)[0, 1:]
    assert np.corrcoef(found["realistic"], expected)[0, 1] > 0.98


def test_loading_matrix_follows_the_items(small):
    truth = read_table(small["loadings"], loadings_schema(VALUE_PORTRAIT))
    items = truth["item_id"].to_pylist()[:: len(PLANTED)]
    loadings, difficulty = loading_matrix(truth, items, VALUE_PORTRAIT)
    turned, turned_difficulty = loading_matrix(truth, items[::-1], VALUE_PORTRAIT)
    np.testing.assert_array_equal(loadings, turned[::-1])
    np.testing.assert_array_equal(difficulty, turned_difficulty[::-1])


def test_a_key_gives_loadings_with_its_signs():
    """0.8 fifths of a scale that is four points wide: 0.64."""
    columns = {"item_id": ["b", "a"], "family": ["taste", "pace"], "dimension": ["Salty", "Haste"], "polarity": [-1, 1]}
    loadings, difficulty = key_loadings(pa.table(columns), ["a", "b", "c"], EASY, SMALL)
    np.testing.assert_allclose(loadings, [[0, 0, 0, 0.64], [0, -0.64, 0, 0], [0, 0, 0, 0]])
    assert not difficulty.any()


def test_models_of_a_study_of_ones_own_go_by_its_key(tmp_path):
    """Over many models without a shared profile, items of opposite keys go apart and items of one key together."""
    files = study_files(tmp_path, SIZE, 1, SMALL)
    ids = read_table(files["item_table"], "items", SMALL)["item_id"].to_pylist()
    key = {"item_id": ids[:3], "family": ["taste"] * 3, "dimension": ["Sweet"] * 3, "rho": [0.5, 0.5, -0.5]}
    key["polarity"] = pa.array([1, 1, -1], pa.int8())
    write_table(pa.table(key), tmp_path / "item_key.csv", "item_key", SMALL)
    models = [{"model": f"m{n}", "reasoning": "no", "conditions": {"baseline": None}} for n in range(150)]
    tables = [tmp_path / f"{about['model']}.parquet" for about in models]
    simulate_answers(
        files["item_table"], tmp_path / "item_key.csv", models, ["a", "b"], 3, "none", EASY, tables, [], SMALL
    )
    rating = SMALL.rating_of
    means = []
    for path in tables:
        texts = read_table(path, "answers", SMALL)["raw_response"].to_pylist()
        found = np.array([rating.get(text, np.nan) for text in texts], float).reshape(2, -1)
        means.append(np.nanmean(np.vstack([found, np.full(found.shape[1], 2.0)]), axis=0))
    correlations = np.corrcoef(np.array(means).T)
    assert correlations[0, 1] > 0.2
    assert correlations[0, 2] < -0.2
    assert not list(tmp_path.glob("*.json"))
