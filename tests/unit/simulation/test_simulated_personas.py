import json

import numpy as np
import pytest
from instruments import SMALL, VALUE_PORTRAIT
from simulation.simulate_answers import simulate_answers
from simulation.simulate_study import simulate_study
from value_portrait.simulation import personas as simulated_personas
from value_portrait.simulation.loadings import loadings_schema
from value_portrait.simulation.models import PlantedModel
from value_portrait.simulation.personas import STEERED, draw_shifts, moved, planted_effects
from value_portrait.simulation.settings import EASY
from value_portrait.tables import read_table

VERSIONS = ["v1", "v2"]
PLANTED, VALUES = VALUE_PORTRAIT.planted, VALUE_PORTRAIT.main.names
STEERING = {
    f"steering_{value.lower()}": {"axis": "steering", "group": value, "order": None, "steers": True}
    for value in ("Power", "Hedonism")
}
AGES = {
    f"age_{order}": {"axis": "age", "group": f"age {order}", "order": order, "steers": False} for order in (1, 2, 4)
}
GENDERS = {name: {"axis": "gender", "group": name, "order": None, "steers": False} for name in ("male", "female")}
EVERY = STEERING | AGES | GENDERS


def model(**scores):
    profile = {"pvq": {}, "bfi": {}}
    for family, dimension in PLANTED:
        profile[family][dimension] = scores.get(dimension, 0.0)
    return PlantedModel("m", 3.0, 0.5, 0.0, 0.0, 0.0, 0.0, profile)


def test_a_shift_depends_on_model_seed_and_persona_alone():
    every = draw_shifts("m", 1, EVERY, VALUE_PORTRAIT)
    alone = draw_shifts("m", 1, {"male": GENDERS["male"]}, VALUE_PORTRAIT)
    np.testing.assert_array_equal(every["male"], alone["male"])
    assert not np.array_equal(every["male"], draw_shifts("m", 2, GENDERS, VALUE_PORTRAIT)["male"])
    assert not np.array_equal(every["male"], draw_shifts("n", 1, GENDERS, VALUE_PORTRAIT)["male"])
    assert np.corrcoef(every["male"], draw_shifts("n", 1, GENDERS, VALUE_PORTRAIT)["male"])[0, 1] > 0.7


def test_without_departures_shifts_have_their_planted_shape(monkeypatch):
    monkeypatch.setattr(simulated_personas, "OWN_SD", 0)
    shifts = draw_shifts("m", 1, EVERY, VALUE_PORTRAIT)
    power, hedonism = (shifts[name][VALUES.index("Power")] for name in STEERING)
    assert 0.4 * STEERED <= power <= 0.9 * STEERED
    # Power and Hedonism are two of ten steps apart.
    assert hedonism == pytest.approx(power * np.cos(np.radians(72)))
    assert shifts["steering_power"][VALUES.index("Universalism")] == pytest.approx(-power)
    np.testing.assert_allclose(shifts["age_2"], 2 * shifts["age_1"])
    np.testing.assert_allclose(shifts["age_4"], 4 * shifts["age_1"])


def test_without_a_circle_only_the_told_dimension_is_raised(monkeypatch):
    monkeypatch.setattr(simulated_personas, "OWN_SD", 0)
    told = {"c": {"axis": "steering", "group": "Salty", "order": None, "steers": True}}
    sweet, salty, sour = draw_shifts("m", 1, told, SMALL)["c"]
    assert sweet == sour == 0
    assert 0.4 * STEERED <= salty <= 0.9 * STEERED


def test_effects_by_hand():
    """Items 1 and 2 measure Power, item 2 also Hedonism, item 3 measures Security, item 4 nothing."""
    loadings = np.zeros((4, len(PLANTED)))
    for item, value in enumerate(("Power", "Power", "Security")):
        loadings[item, PLANTED.index(("pvq", value))] = 1
    loadings[1, PLANTED.index(("pvq", "Hedonism"))] = 1
    shift = np.zeros(10)
    shift[VALUES.index("Power")] = 1.2
    effects = planted_effects(model(Power=0.3), {"c": shift}, loadings, "tagged_items", VALUE_PORTRAIT)["c"]
    # Items 1 and 2 rise by 0.5 · 1.2, and the centre over items 1 to 3 by two thirds of that.
    assert effects["Power"] == effects["Hedonism"] == pytest.approx(0.2)
    assert effects["Security"] == pytest.approx(-0.4)
    assert effects["Tradition"] is None
    assert list(effects) == list(VALUES)
    assert moved(model(Power=0.3), shift, VALUE_PORTRAIT).profile["pvq"]["Power"] == pytest.approx(1.5)


def test_tables_of_answers_and_the_truth_hold_every_condition(tmp_path):
    size = {"setting": "easy", "groups": 3, "queries_per_group": 8, "responses_per_query": 5, "raters_per_group": 5}
    names = ("item_table", "prompts", "topics", "survey", "participants", "data_quality", "loadings")
    files = {name: tmp_path / f"{name}.parquet" for name in names}
    simulate_study(size, VERSIONS, 42, {}, files, VALUE_PORTRAIT)
    models = [
        {"model": "plain", "reasoning": "no", "conditions": {"baseline": None}},
        {"model": "other", "reasoning": "yes", "conditions": {"baseline": None} | EVERY},
    ]
    conditions = ["baseline", *EVERY]
    tables = [tmp_path / f"{condition}.parquet" for condition in ("plain", *conditions)]
    truth = [tmp_path / "plain.json", tmp_path / "other.json"]
    sources = files["item_table"], files["loadings"]
    simulate_answers(*sources, models, VERSIONS, 42, "tagged_items", EASY, tables, truth, VALUE_PORTRAIT)
    planted = [PlantedModel(**json.loads(path.read_text())) for path in truth]
    assert [list(one.conditions) for one in planted] == [[], list(EVERY)]
    loadings = read_table(files["loadings"], loadings_schema(VALUE_PORTRAIT))
    power = loadings["loading"].to_numpy().reshape(-1, len(PLANTED))[:, PLANTED.index(("pvq", "Power"))] > 0
    rating, means = VALUE_PORTRAIT.rating_of, {}
    for condition, path in zip(conditions, tables[1:], strict=True):
        table = read_table(path, "answers", VALUE_PORTRAIT)
        assert set(table["condition"].to_pylist()) == {condition}
        assert set(table["model"].to_pylist()) == {"other"}
        assert table.num_rows == 2 * 120
        assert table["reasoning_length"].null_count < table.num_rows / 2
        ratings = np.array([rating.get(text, np.nan) for text in table["raw_response"].to_pylist()])
        means[condition] = np.nanmean(ratings.reshape(2, 120)[:, power])
    assert means["steering_power"] > means["steering_hedonism"] + 0.1
    assert set(read_table(tables[0], "answers", VALUE_PORTRAIT)["model"].to_pylist()) == {"plain"}
    assert tables[1].read_bytes() != tables[2].read_bytes()
