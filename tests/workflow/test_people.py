"""Real people to compare with: the printed numbers without a file of the ESS, the microdata with one."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import ROOT, run_snakemake
from instruments import VALUE_PORTRAIT
from value_portrait.simulation.respondents import planted_effects, simulate_respondents

GROUPS = yaml.safe_load((ROOT / "config.yaml").read_text())["people"]["groups"]


@pytest.fixture(scope="module")
def printed(finished):
    """The target personas, in a checkout without the archive: nothing of it needs an answer of a model."""
    return finished("people", lambda checkout: None, "--", "personas")


def test_the_papers_second_half_comes_from_its_printed_numbers(printed):
    results = printed / "results"
    assert not (results / "study").exists()
    assert not (results / "scores").exists()
    people = pd.read_csv(results / "personas/people.csv")
    assert set(zip(people["source"], people["weighting"], strict=True)) == {("printed", "as_printed")}
    assert people[["n", "ci_low", "ci_high"]].isna().all(axis=None)
    figures = results / "publication/figures"
    for name in ("personas_and_people", "persona_effects", "steering"):
        assert "as printed in the paper" in (figures / f"{name}.svg").read_text()
    text = (results / "personas/findings.md").read_text()
    assert "0.51 | 0.02 | go this way" in text
    assert "4 of 10 | 2.2 | 0.23 | 0.15 | 0.0005 | 6 of 6 | 8 of 10" in text


def test_the_tables_hold_every_printed_number(printed):
    tables = printed / "results/publication/tables"
    personas = pd.read_csv(ROOT / "data/reference/tables_13_to_19_personas.csv", comment="#")
    human = pd.read_csv(ROOT / "data/reference/tables_13_to_16_people.csv", comment="#")
    for axis, own in personas.groupby("axis"):
        ours = pd.read_csv(tables / f"personas_{axis}.csv")
        mine = ours[ours["who"] == "GPT-4o, as printed"]
        own = own.rename(columns=VALUE_PORTRAIT.titles)
        columns = ["group", *own.columns[2:]]
        pd.testing.assert_frame_equal(mine[columns].reset_index(drop=True), own[columns].reset_index(drop=True))
        people = ours[ours["who"] == "people, as printed"]
        theirs = human[human["axis"] == axis].rename(columns=VALUE_PORTRAIT.titles)
        columns = ["group", *theirs.columns[2:]]
        pd.testing.assert_frame_equal(people[columns].reset_index(drop=True), theirs[columns].reset_index(drop=True))
    steered = pd.read_csv(ROOT / "data/reference/table_17_value_steering.csv", comment="#")
    ours = pd.read_csv(tables / "personas_steering.csv")
    steered = steered.rename(columns={"steered": "group"} | VALUE_PORTRAIT.titles).replace(VALUE_PORTRAIT.titles)
    pd.testing.assert_frame_equal(ours.drop(columns="who"), steered)


def test_a_file_of_the_ess_takes_their_place_and_a_wrong_one_costs_nothing(printed, tmp_path):
    printed = Path(shutil.copytree(printed, tmp_path / "checkout"))
    targets = [f"results/personas/{name}" for name in ("people.csv", "people_provenance.csv", "findings.md")]
    folder = printed / "data/raw/ess"
    folder.mkdir()
    frame = simulate_respondents(np.random.default_rng(11), 1500, GROUPS)
    frame.to_csv(folder / "ESS11.csv", index=False)
    result = run_snakemake(printed, "--", *targets)
    assert result.returncode == 0, result.stdout
    people = pd.read_csv(printed / "results/personas/people.csv")
    assert set(people["source"]) == {"ess_microdata"}
    assert set(people["weighting"]) == {"anweight", "none"}
    both = people[people["weighting"] == "anweight"].merge(planted_effects(GROUPS))
    assert len(both) == 130
    assert np.corrcoef(both["planted"], both["human_effect"])[0, 1] > 0.95
    provenance = pd.read_csv(printed / "results/personas/people_provenance.csv").iloc[0]
    assert provenance["sha256"] == hashlib.sha256((folder / "ESS11.csv").read_bytes()).hexdigest()
    assert provenance["file"] == "data/raw/ess/ESS11.csv"
    assert provenance["respondents"] == 1500
    assert (provenance["n_countries"], provenance["countries"]) == (2, "XA, XB")
    assert json.loads(provenance["groups"]) == GROUPS
    earlier = (printed / "results/personas/people.csv").read_bytes()
    frame.assign(essround=10).to_csv(folder / "ESS11.csv", index=False)
    result = run_snakemake(printed, "--", "personas")
    assert result.returncode != 0
    assert "holds round 10, not only round 11" in result.stdout
    assert "Traceback" not in result.stdout
    assert (printed / "results/personas/people.csv").read_bytes() == earlier
    (folder / "ESS10.sav").touch()
    result = run_snakemake(printed, "-n", "--", "personas")
    assert result.returncode != 0
    assert result.stdout.count("holds several files that could be the ESS") == 1
    assert "Traceback" not in result.stdout


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"groups": {"shoes": {"big": [1, 2], "small": [3, 4]}}}, "people.groups"),
        ({"groups": {"age": {"young": [20], "old": [60, 99]}}}, "people.groups.age.young"),
        ({"groups": {"age": {"young": [20, 59]}}}, "people.groups.age"),
        ({"groups": {"age": {"young": [20, 59], "old": [59, 99]}}}, "people.groups.age.young: [20, 59] shares codes"),
        ({"edition": 2.0}, "people.edition: 2.0 does not fit. It may be: null for any"),
    ],
)
def test_wrong_groups_end_in_one_line(checkout, change, key):
    config = yaml.safe_load((checkout / "config.yaml").read_text())
    config["people"] |= change
    (checkout / "config.yaml").write_text(yaml.safe_dump(config))
    result = run_snakemake(checkout, "-n", "--", "personas")
    assert result.returncode != 0
    assert f"config.yaml: {key}" in result.stdout
    assert "Traceback" not in result.stdout


def test_without_people_there_are_personas_alone(checkout):
    """No rule of people is left, and no figure of what is not there; the reader is told in one line."""
    config = yaml.safe_load((checkout / "config.yaml").read_text())
    (checkout / "config.yaml").write_text(yaml.safe_dump(config | {"people": None}))
    plan = run_snakemake(checkout, "-n", "--", "personas")
    assert plan.returncode == 0, plan.stdout
    assert "personas/people.csv" not in plan.stdout
    assert "personas_and_people" not in plan.stdout
    whole = run_snakemake(checkout, "-n")
    assert whole.returncode == 0, whole.stdout
    assert "personas/people.csv" not in whole.stdout
    assert "write_certificate " in whole.stdout
    result = run_snakemake(
        checkout, "--", "results/personas/findings.md", "results/publication/tables/personas_age.csv"
    )
    assert result.returncode == 0, result.stdout
    personas = checkout / "results/personas"
    assert "Left out: there are no groups of people" in (personas / "findings.md").read_text()
    assert pd.read_csv(personas / "bias.csv").empty
    assert len(pd.read_csv(personas / "effects.csv")) == 475
    assert set(pd.read_csv(checkout / "results/publication/tables/personas_age.csv")["who"]) == {"GPT-4o, as printed"}


def test_people_need_the_ten_values(checkout):
    path = checkout / "config/instruments/value_portrait.yaml"
    path.write_text(path.read_text().replace("Hedonism", "Pleasure"))
    result = run_snakemake(checkout, "-n", "--", "personas")
    assert result.returncode != 0
    assert "config.yaml: people: needs an instrument whose first family is the ten values of the ESS" in result.stdout
    assert "Traceback" not in result.stdout
