import json

import numpy as np
import pytest
from instruments import VALUE_PORTRAIT
from simulation.simulate_answers import simulate_answers
from simulation.simulate_conditions import simulate_conditions
from simulation.simulate_study import simulate_study
from value_portrait.paper import raw_files as study
from value_portrait.scores.reading import rate_answers
from value_portrait.simulation import personas as simulated_personas
from value_portrait.simulation.models import PlantedModel
from value_portrait.simulation.people_and_items import LOADINGS, PLANTED, VALUES
from value_portrait.simulation.personas import STEERED, draw_shifts, moved, planted_effects
from value_portrait.tables import read_table, write_table

VERSIONS = ["v1", "v2"]
STEERING = {
    f"steering_{value.lower()}": {"axis": "steering", "group": value, "order": None} for value in ("Power", "Hedonism")
}
AGES = {f"age_{order}": {"axis": "age", "group": f"age {order}", "order": order} for order in (1, 2, 4)}
GENDERS = {name: {"axis": "gender", "group": name, "order": None} for name in ("male", "female")}
EVERY = STEERING | AGES | GENDERS


def model(**scores):
    profile = {"pvq": {}, "bfi": {}}
    for family, dimension in PLANTED:
        profile[family][dimension] = scores.get(dimension, 0.0)
    return PlantedModel("m", 3.0, 0.5, 0.0, 0.0, 0.0, 0.0, profile)


def test_a_shift_depends_on_model_seed_and_persona_alone():
    every = draw_shifts("m", 1, EVERY)
    alone = draw_shifts("m", 1, {"male": GENDERS["male"]})
    np.testing.assert_array_equal(every["male"], alone["male"])
    assert not np.array_equal(every["male"], draw_shifts("m", 2, GENDERS)["male"])
    assert not np.array_equal(every["male"], draw_shifts("n", 1, GENDERS)["male"])
    assert np.corrcoef(every["male"], draw_shifts("n", 1, GENDERS)["male"])[0, 1] > 0.7


def test_without_departures_shifts_have_their_planted_shape(monkeypatch):
    monkeypatch.setattr(simulated_personas, "OWN_SD", 0)
    shifts = draw_shifts("m", 1, EVERY)
    power, hedonism = (shifts[name][VALUES.index("Power")] for name in STEERING)
    assert 0.4 * STEERED <= power <= 0.9 * STEERED
    # Power and Hedonism are two of ten steps apart.
    assert hedonism == pytest.approx(power * np.cos(np.radians(72)))
    assert shifts["steering_power"][VALUES.index("Universalism")] == pytest.approx(-power)
    np.testing.assert_allclose(shifts["age_2"], 2 * shifts["age_1"])
    np.testing.assert_allclose(shifts["age_4"], 4 * shifts["age_1"])


def test_effects_by_hand():
    """Items 1 and 2 measure Power, item 2 also Hedonism, item 3 measures Security, item 4 nothing."""
    loadings = np.zeros((4, len(PLANTED)))
    for item, value in enumerate(("Power", "Power", "Security")):
        loadings[item, PLANTED.index(("pvq", value))] = 1
    loadings[1, PLANTED.index(("pvq", "Hedonism"))] = 1
    shift = np.zeros(10)
    shift[VALUES.index("Power")] = 1.2
    effects = planted_effects(model(Power=0.3), {"c": shift}, loadings, np.zeros(4), "tagged_items")["c"]
    # Items 1 and 2 rise by 0.5 · 1.2, and the centre over items 1 to 3 by two thirds of that.
    assert effects["Power"] == effects["Hedonism"] == pytest.approx(0.2)
    assert effects["Security"] == pytest.approx(-0.4)
    assert effects["Tradition"] is None
    assert list(effects) == list(VALUES)
    assert moved(model(Power=0.3), shift).profile["pvq"]["Power"] == pytest.approx(1.5)


def test_tables_of_answers_and_the_truth_hold_every_condition(tmp_path):
    size = {"groups": 3, "queries_per_group": 8, "responses_per_query": 5, "raters_per_group": 5}
    simulate_study(tmp_path / "archive", size, VERSIONS, 42, tmp_path / "loadings.parquet")
    write_table(study.read_items(tmp_path / "archive" / study.ITEMS), tmp_path / "items.parquet", "items")
    write_table(study.read_prompts(tmp_path / "archive", VERSIONS), tmp_path / "prompts.parquet", "prompts")
    sources = [tmp_path / f"{name}.parquet" for name in ("items", "prompts", "loadings")]
    models, personas = {"plain": "no", "other": "yes"}, {"plain": {}, "other": EVERY}
    tables = [tmp_path / f"{condition}.parquet" for condition in EVERY]
    simulate_conditions(*sources, models, personas, VERSIONS, 42, tables)
    files = [tmp_path / f"{version}.json" for version in VERSIONS]
    simulate_answers(*sources, "other", True, EVERY, "tagged_items", VERSIONS, 42, files, tmp_path / "truth.json")
    assert list(PlantedModel(**json.loads((tmp_path / "truth.json").read_text())).conditions) == list(EVERY)
    loadings = read_table(sources[2], LOADINGS)
    power = loadings["loading"].to_numpy().reshape(-1, len(PLANTED))[:, PLANTED.index(("pvq", "Power"))] > 0
    means = {}
    for condition, path in zip(EVERY, tables, strict=True):
        table = read_table(path, "answers")
        assert set(table["condition"].to_pylist()) == {condition}
        assert set(table["model"].to_pylist()) == {"other"}
        assert table.num_rows == 2 * 120
        assert table["reasoning_length"].null_count < table.num_rows / 2
        ratings = rate_answers(
            [table.drop_columns(["finish_reason", "reasoning_length", "error"])], "strict", VALUE_PORTRAIT
        )["rating"]
        means[condition] = np.nanmean(np.array(ratings.to_pylist(), float).reshape(2, 120)[:, power])
    assert means["steering_power"] > means["steering_hedonism"] + 0.1
    assert tables[0].read_bytes() != tables[1].read_bytes()
