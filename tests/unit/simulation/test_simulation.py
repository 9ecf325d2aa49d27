import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instruments import VALUE_PORTRAIT
from simulation.simulate_answers import simulate_answers
from simulation.simulate_study import simulate_study
from value_portrait.paper import raw_files as study
from value_portrait.paper.answers import read_answers
from value_portrait.responses.parsing import parse_published, parse_strict
from value_portrait.simulation.models import (
    REFUSALS,
    STYLES,
    PlantedModel,
    draw_model,
    expected_ratings,
    named_generator,
)
from value_portrait.simulation.people_and_items import (
    LOADINGS,
    PLANTED,
    draw_loadings,
    draw_people,
    draw_scores,
    loading_matrix,
    prompt_text,
    simulate_archive,
)
from value_portrait.tables import read_table, write_table

VERSIONS = ["v1", "v1_reversed", "v2", "v2_reversed", "v3", "v3_reversed"]
SMALL = {"groups": 3, "queries_per_group": 2, "responses_per_query": 2, "raters_per_group": 5}

sizes = st.fixed_dictionaries(
    {
        "groups": st.integers(1, 4),
        "queries_per_group": st.integers(1, 4),
        "responses_per_query": st.integers(2, 5),
        "raters_per_group": st.integers(5, 9),
    }
)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small study as files, with the tables that the models' simulation reads."""
    folder = tmp_path_factory.mktemp("study")
    simulate_study(folder / "archive", SMALL, VERSIONS, 42, folder / "loadings.parquet")
    write_table(study.read_items(folder / "archive" / study.ITEMS), folder / "items.parquet", "items")
    write_table(study.read_prompts(folder / "archive", VERSIONS), folder / "prompts.parquet", "prompts")
    return folder


def answer(small, folder, model="aster", reasoning=False, seed=42):
    answers = [folder / f"{version}.json" for version in VERSIONS]
    tables = [small / f"{name}.parquet" for name in ("items", "prompts", "loadings")]
    simulate_answers(*tables, model, reasoning, {}, "tagged_items", VERSIONS, seed, answers, folder / "truth.json")
    return dict(zip(VERSIONS, answers, strict=True))


@settings(max_examples=25, deadline=None)
@given(sizes, st.integers(0, 2**32))
def test_a_study_of_any_size_has_the_archives_shape(simulation, seed):
    files, truth = simulate_archive(simulation, ["v1"], seed)
    groups, raters = simulation["groups"], simulation["raters_per_group"]
    queries = groups * simulation["queries_per_group"]
    items = queries * simulation["responses_per_query"]
    assert len(files[study.ITEMS]) == len({query["portrait_id"] for query in files[study.ITEMS]}) == queries
    assert truth.num_rows == items * len(PLANTED)
    sittings = [{name for options in group.values() for _, name in options[0]["data"]} for group in files[study.SURVEY]]
    assert [len(names) for names in sittings] == [raters] * groups
    assert len(set().union(*sittings)) == groups * raters - (groups > 1)
    assert len(set(files[study.PARTICIPANTS]) - set().union(*sittings)) == 2
    assert set().union(*sittings) <= set(files[study.PARTICIPANTS])
    assert not any(set(files[path]) & set(files[study.PARTICIPANTS]) for path in study.PILOT_PARTICIPANTS.values())


def test_the_files_pass_the_door(small):
    archive = small / "archive"
    items = study.read_items(archive / study.ITEMS)
    assert items.num_rows == 3 * 2 * 2
    assert study.read_topics(archive / study.TOPICS, items).num_rows == 6 * 2
    surveys = study.read_surveys(archive, items["item_id"].to_pylist())
    assert surveys.ratings.num_rows == 12 * 5
    titled = [template == "reddit" for template in items["template"].to_pylist()]
    assert titled == [source in ("Reddit", "Dear Abby") for source in items["source"].to_pylist()]
    assert sum(titled) == 6
    checks = {(row["sample"], row["check"]): row["count"] for row in study.assess_data_quality(surveys).to_pylist()}
    assert checks["main", "participants in more than one group"] == 1
    assert checks["main", "profiles without ratings"] == 2
    assert checks["main", "raters with the same rating everywhere"] >= 1


def test_the_same_seed_gives_the_same_study_and_another_seed_another():
    first, again, other = (simulate_archive(SMALL, VERSIONS, seed)[0] for seed in (1, 1, 2))
    assert first == again
    assert first[study.SURVEY] != other[study.SURVEY]


def test_questionnaire_scores_relate_as_in_the_archive():
    for profile in draw_people(np.random.default_rng(1), 50).profiles:
        pvq, higher = profile["pvq"], profile["higher_pvq"]
        # Centred on the mean of 21 questions, three of them about Universalism.
        assert sum(pvq.values()) * 2 + pvq["Universalism"] == pytest.approx(0, abs=1e-9)
        assert higher["Self_Transcendence"] == pytest.approx((3 * pvq["Universalism"] + 2 * pvq["Benevolence"]) / 5)
        assert higher["Conservation"] == pytest.approx((pvq["Conformity"] + pvq["Tradition"] + pvq["Security"]) / 3)
        assert higher["Self_Enhancement"] == pytest.approx((pvq["Power"] + pvq["Achievement"]) / 2)
        assert higher["Openness_to_Change"] == pytest.approx((pvq["Stimulation"] + pvq["Self_Direction"]) / 2)
        assert all(1 <= score <= 5 and score * 2 == int(score * 2) for score in profile["bfi"].values())


def test_true_scores_lie_on_the_circle():
    scores = draw_scores(np.random.default_rng(1), 40_000)
    correlations = np.corrcoef(scores.T)
    np.testing.assert_allclose(scores.std(axis=0), 1, atol=0.02)
    # (0.45 cos 36° - 0.055) / 0.945 for neighbours, (-0.45 - 0.055) / 0.945 for opposites.
    for value in range(10):
        assert correlations[value, (value + 1) % 10] == pytest.approx(0.327, abs=0.03)
        assert correlations[value, (value + 5) % 10] == pytest.approx(-0.534, abs=0.03)
    assert correlations[PLANTED.index(("pvq", "Benevolence")), PLANTED.index(("bfi", "Agreeableness"))] == (
        pytest.approx(0.3, abs=0.03)
    )


@given(st.integers(0, 300), st.integers(0, 2**32))
def test_loadings_are_spread_evenly_and_never_negative(n_items, seed):
    loadings = draw_loadings(np.random.default_rng(seed), n_items)
    measured = (loadings > 0).sum(axis=1)
    assert (loadings >= 0).all()
    assert (measured > 0).sum() == round(0.45 * n_items)
    assert measured.max(initial=0) <= 2
    traits = (loadings[:, 10:] > 0).sum(axis=0)  # no second loadings there
    assert traits.max() - traits.min() <= 1


def test_prompts_offer_all_options_in_their_order():
    text, reversed_text = (prompt_text(version, "sharegpt") for version in ("v2", "v2_reversed"))
    options = text.splitlines()[-6:]
    assert [parse_published(option, VALUE_PORTRAIT) for option in options] == [6, 5, 4, 3, 2, 1]
    assert reversed_text.splitlines()[-6:] == options[::-1]
    assert len({prompt_text(version, "reddit") for version in VERSIONS}) == 6
    assert "Wording v9" in prompt_text("v9_reversed", "reddit")


def test_answers_say_what_was_planted(small, tmp_path):
    paths = answer(small, tmp_path, reasoning=True)
    for path in paths.values():
        for record in json.loads(path.read_text()):
            assert ("error" in record) != ("raw_response" in record)
            assert "{" not in record["prompt"]
            if "raw_response" in record:
                assert parse_published(record["raw_response"], VALUE_PORTRAIT) == record["numeric_response"]
                assert parse_strict(record["raw_response"], VALUE_PORTRAIT).rating == record["numeric_response"]
                assert record["reasoning"]
    ids = read_table(small / "items.parquet", "items")["item_id"].to_pylist()
    assert read_answers(paths, "aster", "baseline", ids).num_rows == 6 * 12
    planted = PlantedModel(**json.loads((tmp_path / "truth.json").read_text()))
    assert {(family, name) for family, scores in planted.profile.items() for name in scores} == set(PLANTED)


def test_styles_keep_the_rating_and_refusals_have_none():
    for style in STYLES:
        text = style.format(option="not like me", Option="Not like me")
        assert parse_published(text, VALUE_PORTRAIT) == parse_strict(text, VALUE_PORTRAIT).rating == 2
    assert [parse_published(text, VALUE_PORTRAIT) for text in REFUSALS] == [None] * len(REFUSALS)
    assert {parse_strict(text, VALUE_PORTRAIT).answer_class for text in REFUSALS} == {"refusal", "empty"}


def test_a_model_depends_on_its_name_and_the_seed_alone(small, tmp_path):
    runs = [answer(small, tmp_path / str(n), *run) for n, run in enumerate([("a",), ("b",), ("a",)])]
    first, other, again = ([path.read_bytes() for path in paths.values()] for paths in runs)
    assert first == again
    assert first != other
    assert draw_model(named_generator("a", 1), "a") != draw_model(named_generator("a", 2), "a")


def test_expected_ratings_by_hand():
    profile = {"pvq": {}, "bfi": {}}
    for family, dimension in PLANTED:
        profile[family][dimension] = 2.0 if dimension == "Power" else 0.0
    planted = PlantedModel("m", 4.0, 0.5, 0.3, 0.2, 0.0, 0.0, profile)
    loadings = np.zeros((3, len(PLANTED)))
    loadings[[0, 2], PLANTED.index(("pvq", "Power"))] = 1, 3
    # 4 + 0.5 (2 + 0.4); 4 - 0.5; 4 + 0.5 · 6 is beyond the scale.
    np.testing.assert_allclose(expected_ratings(planted, loadings, np.array([0.4, -1, 0])), [5.2, 3.5, 6])


def test_loading_matrix_follows_the_items(small):
    truth = read_table(small / "loadings.parquet", LOADINGS)
    items = truth["item_id"].to_pylist()[:: len(PLANTED)]
    loadings, difficulty = loading_matrix(truth, items)
    turned, turned_difficulty = loading_matrix(truth, items[::-1])
    np.testing.assert_array_equal(loadings, turned[::-1])
    np.testing.assert_array_equal(difficulty, turned_difficulty[::-1])
