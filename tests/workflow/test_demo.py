"""The simulated study, from its first rule to what was recovered of its truth."""

import json

import numpy as np
import pandas as pd
import pytest
from conftest import run_snakemake
from instruments import VALUE_PORTRAIT
from typeset import faults, needs_tex

RESULTS = "results/demo"


@pytest.fixture(scope="module")
def demo(finished):
    return finished("demo", write_results_of_others, "--configfile", "config/demo.yaml")


def write_results_of_others(checkout):
    (checkout / "results").mkdir()
    (checkout / "results/mine.txt").write_text("the paper's")


def test_the_demo_stays_below_its_own_folder(demo):
    assert {path.name for path in (demo / "results").iterdir()} == {"demo", "mine.txt"}
    assert (demo / "results/mine.txt").read_text() == "the paper's"
    assert {path.name for path in (demo / RESULTS).iterdir()} >= {
        "items",
        "scores",
        "publication",
        "logs",
        "benchmarks",
    }


def test_as_much_of_the_planted_truth_is_recovered_as_a_real_study_would(demo):
    """About half of the tags are false, as chance has it in the paper's study, and shrink the scores by half."""
    tags = pd.read_csv(demo / RESULTS / "publication/tables/recovery_tags.csv")
    pooled = tags[tags["dimension"] == "all"].set_index("family")
    assert pooled["sensitivity"].between(0.4, 0.8).all()
    assert pooled["precision"].between(0.3, 0.7).all()
    assert (pooled["specificity"] > 0.95).all()
    profiles = pd.read_csv(demo / RESULTS / "publication/tables/recovery_profiles.csv")
    values = profiles[profiles["family"] == "pvq"]
    assert len(values) == 8
    assert values["correlation"].median() > 0.6
    scores = pd.read_csv(demo / RESULTS / "publication/tables/recovery_scores.csv").query("family == 'pvq'")
    slope, _ = np.polyfit(scores["planted"], scores["recovered"], 1)
    assert 0.3 < slope < 0.7
    description = (demo / RESULTS / "publication/recovery.md").read_text()
    assert "as in the paper's study" in description
    assert f"the score is {slope:.2f} points higher" in description


def test_planted_effects_of_conditions_are_recovered(demo):
    profiles = pd.read_csv(demo / RESULTS / "scores/profiles.csv")
    values = profiles[profiles["family"] == "pvq"]
    steered = {f"steering_{value.lower()}": value for value in VALUE_PORTRAIT.main.names}
    correlations, steering = [], []
    for model in ("birch-70b", "dahlia"):
        truth = json.loads((demo / RESULTS / f"study/truth/models/{model}.json").read_text())["conditions"]
        wide = values[values["model"] == model].pivot(index="condition", columns="dimension", values="centred_mean")
        assert set(wide.index) == {"baseline", *truth}
        assert len(truth) == 2 + 4 + 10
        effects = wide - wide.loc["baseline"]
        for condition, planted in truth.items():
            planted = pd.Series(planted)
            correlations.append(planted.corr(effects.loc[condition, planted.index]))
            if condition in steered:
                target = steered[condition]
                assert planted[target] > 0.4
                steering.append(effects.loc[condition, target])
                assert planted[target] > planted.median()
    assert pd.Series(correlations).median() > 0.7
    assert np.mean(steering) > 0.3
    others = profiles[~profiles["model"].isin(["birch-70b", "dahlia"])]
    assert set(others["condition"]) == {"baseline"}


def test_effects_of_personas_and_groups_of_people_are_recovered(demo):
    fits = pd.read_csv(demo / RESULTS / "publication/tables/recovery_effects_fit.csv").set_index(["subject", "kind"])
    assert set(fits.index.unique("subject")) == {"birch-70b", "dahlia", "people"}
    assert fits.loc["people", "correlation"].min() > 0.9
    assert fits["correlation"].min() > 0.6
    assert fits.loc[("people", "all"), "slope"] == pytest.approx(1, abs=0.1)
    # Wrong tags cost the models' effects a part, and never turn them round.
    assert fits.drop("people")["slope"].between(0.3, 1).all()
    scores = pd.read_csv(demo / RESULTS / "publication/tables/recovery_effects.csv")
    assert scores.groupby("subject").size().to_dict() == {"birch-70b": 160, "dahlia": 160, "people": 130}
    assert scores["recovered"].notna().all()
    profiles = pd.read_csv(demo / RESULTS / "scores/profiles.csv").query("model == 'dahlia'")
    means = profiles.set_index(["condition", "dimension"])["centred_mean"]
    effects = pd.read_csv(demo / RESULTS / "personas/effects.csv").query("model == 'dahlia'")
    for row in effects.to_dict("records"):
        expected = means[row["persona"], row["dimension"]] - means["baseline", row["dimension"]]
        assert row["effect"] == pytest.approx(expected, abs=1e-9)
        assert row["ci_low"] <= row["effect"] <= row["ci_high"]
    assert set(pd.read_csv(demo / RESULTS / "personas/people.csv")["source"]) == {"simulated"}


def test_every_figure_is_there_three_times_and_says_simulated(demo):
    figures = demo / RESULTS / "publication/figures"
    stems = {path.stem for path in figures.iterdir()}
    assert len(stems) >= 12
    for stem in stems:
        assert {path.suffix for path in figures.glob(f"{stem}.*")} == {".png", ".pdf", ".svg"}
        assert "simulated" in (figures / f"{stem}.svg").read_text()


@needs_tex
def test_tex_sets_every_table(demo, tmp_path):
    tables = sorted((demo / RESULTS / "publication/tables").glob("*.tex"))
    assert len(tables) > 8
    assert faults(tables, tmp_path / "tex") == {}


def test_a_finished_demo_has_nothing_to_do(demo):
    result = run_snakemake(demo, "-n", "--configfile", "config/demo.yaml")
    assert "Nothing to be done" in result.stdout


def test_a_new_model_is_simulated_beside_the_others(demo_copy, small):
    path = demo_copy / "config/small_models.tsv"
    path.write_text(path.read_text() + path.read_text().splitlines()[-1].replace("fir-3", "fir:4/free") + "\n")
    result = small("-n")
    assert result.returncode == 0, result.stdout
    assert "simulate_answers " in result.stdout
    assert "simulate_study " not in result.stdout
    answers = sorted((demo_copy / "results/small/responses").rglob("*.parquet"))
    before = [path.read_bytes() for path in answers]
    assert small("--", "scores").returncode == 0
    assert [path.read_bytes() for path in answers] == before
    profiles = pd.read_csv(demo_copy / "results/small/scores/profiles.csv")
    assert "fir:4/free" in set(profiles["model"])


def test_snakemakes_own_report_has_captions_and_categories(demo):
    result = run_snakemake(demo, "--configfile", "config/demo.yaml", "--report", "report.html")
    assert result.returncode == 0, result.stdout
    page = (demo / "report.html").read_text()
    for words in ("Value profiles", "Comparisons", "Recovery of the truth", "Data quality"):
        assert words in page
