"""The simulated study, from its first rule to what was recovered of its truth."""

import base64
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import more_digits_than, run_snakemake
from instruments import VALUE_PORTRAIT
from typeset import faults, needs_tex
from unpacking import parts_of

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
    tags = pd.read_csv(demo / RESULTS / "comparisons/recovery_tags.csv")
    pooled = tags[tags["dimension"] == "all"].set_index("family")
    assert pooled["sensitivity"].between(0.4, 0.8).all()
    assert pooled["precision"].between(0.3, 0.7).all()
    assert (pooled["specificity"] > 0.95).all()
    profiles = pd.read_csv(demo / RESULTS / "comparisons/recovery_profiles.csv")
    values = profiles[profiles["family"] == "pvq"]
    assert len(values) == 8
    assert values["correlation"].median() > 0.6
    scores = pd.read_csv(demo / RESULTS / "comparisons/recovery_scores.csv").query("family == 'pvq'")
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


def test_what_people_open_as_a_table_has_four_digits(demo):
    tables = sorted((demo / RESULTS / "publication").rglob("*.csv"))
    assert {path.parent.name for path in tables} == {"tables"}
    for path in tables:
        assert more_digits_than(4, path) == []
    # What figures, page and summary are made from is rounded once, by them.
    in_full = {path.name for path in (demo / RESULTS / "comparisons").glob("*.csv") if more_digits_than(4, path)}
    assert {"models_and_people.csv", "value_spread.csv"} <= in_full


@needs_tex
def test_tex_sets_every_table(demo, tmp_path):
    tables = sorted((demo / RESULTS / "publication/tables").glob("*.tex"))
    assert len(tables) > 8
    assert faults(tables, tmp_path / "tex") == {}


def test_a_finished_demo_has_nothing_to_do(demo):
    result = run_snakemake(demo, "-n", "--configfile", "config/demo.yaml")
    assert "Nothing to be done" in result.stdout


def test_a_complaint_names_the_file_that_set_the_key(demo, tmp_path):
    wrong, other = tmp_path / "wrong.yaml", tmp_path / "other.yaml"
    wrong.write_text("items: {threshold: 9}")
    other.write_text("results_dir: results/other")
    for files in ([wrong, other], [other, wrong]):
        result = run_snakemake(demo, "-n", "--configfile", "config/demo.yaml", *map(str, files))
        assert f"Error: {wrong}: items.threshold: 9 does not fit" in result.stdout
    result = run_snakemake(demo, "-n", "--configfile", "config/demo.yaml", "--config", "seed=-1")
    assert "Error: --config: seed: -1 does not fit" in result.stdout
    own = "robustness={resamples: 99}"
    result = run_snakemake(demo, "-n", "--configfile", "config/demo.yaml", "--config", own)
    assert "Error: --config: robustness.resamples: 99 does not fit (input should be greater" in result.stdout


# What nobody makes but who asks for it: targets, pages of a model, and what belongs to models that are asked.
ASKED_FOR = {"items", "scores", "personas", "robustness", "publication", "responses", "questions", "plan"}
ASKED_FOR |= {"report_pages", "write_report_pages", "describe_model", "plan_designs", "estimate_queries"}
ASKED_FOR |= {"preflight_model", "query_model", "import_answers", "read_answers"}


@pytest.mark.parametrize("overlay", ["models: baseline.tsv", "people: null", "claims: none.tsv"])
def test_no_rule_stands_whose_files_the_study_does_not_want(demo, tmp_path, overlay):
    """A whole run keeps the files of every rule that there is: a rule for nothing would keep what is stale."""
    checkout = Path(shutil.copytree(demo, tmp_path / "checkout"))
    (checkout / "mine.yaml").write_text(f"{overlay}\n")
    models = (checkout / "config/demo_models.tsv").read_text()
    (checkout / "baseline.tsv").write_text(models.replace("baseline;gender;age;steering", "baseline"))
    (checkout / "none.tsv").write_text((checkout / "config/claims.tsv").read_text().split("\n")[0] + "\n")
    config = ("--configfile", "config/demo.yaml", "mine.yaml")
    listed, forced = (run_snakemake(checkout, *asked, *config) for asked in (["--list-rules"], ["-n", "-F"]))
    assert listed.returncode == forced.returncode == 0, listed.stdout + forced.stdout
    jobs = re.search(r"Job stats:\n.*\n-.*\n((?:\w+ +\d+\n)*)", forced.stdout)[1]
    wanted = {line.split()[0] for line in jobs.splitlines()} - {"total"}
    rules = {line for line in listed.stdout.splitlines() if re.fullmatch(r"\w+", line)}
    assert wanted <= rules
    assert rules - wanted <= ASKED_FOR, rules - wanted - ASKED_FOR


def test_a_whole_run_removes_what_earlier_ones_made_and_no_rule_makes_now(demo, tmp_path):
    checkout = Path(shutil.copytree(demo, tmp_path / "checkout"))
    publication, summary = checkout / RESULTS / "publication", f"{RESULTS}/publication/summary.md"
    snakefile = (checkout / "Snakefile").read_text()
    made = [f"{RESULTS}/publication/{name}" for name in ("tables/topics_old.csv", "old/edited.md", "models/dahlia.md")]
    # Of the stages before it, tables that people read go, too; answers stay.
    made += [f"{RESULTS}/robustness/old.csv", f"{RESULTS}/responses/old.csv"]
    rule = "".join(
        f'\n\nrule:\n    output:\n        "{path}",\n    shell:\n        "echo 1 > {{output}}"\n'
        for path in made[:2] + made[3:]
    )
    (checkout / "Snakefile").write_text(snakefile + rule)

    def run(*arguments):
        done = run_snakemake(checkout, "--configfile", "config/demo.yaml", *arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    assert "Worth opening" not in run("--", *made)
    (checkout / "Snakefile").write_text(snakefile)
    (checkout / made[1]).write_text("My own words.")
    (publication / "figures/mine.png").touch()
    before = {path for path in publication.rglob("*") if path.is_file()}
    assert {checkout / path for path in made[:3]} < before
    # Neither a part of the study, nor a run that fails or is only planned.
    (checkout / summary).unlink()
    run("-n")
    run("--", "publication")
    findings = checkout / "workflow/scripts/publication/write_tables.py"
    right = findings.read_text()
    findings.write_text(right + "\nraise SystemExit(1)\n")
    failed = run_snakemake(checkout, "--configfile", "config/demo.yaml")
    assert failed.returncode != 0
    assert "Error in rule write_tables" in failed.stdout
    assert "Worth opening" not in failed.stdout
    assert {path for path in publication.rglob("*") if path.is_file()} == before
    findings.write_text(right)
    said = run()
    assert f"Removed 2 file(s) of earlier runs that are no longer made: {made[3]}, {made[0]}\n" in said
    assert [(checkout / path).exists() for path in made] == [False, True, True, False, True]
    # A page that was asked for stays: there is a rule for it.
    assert {path for path in publication.rglob("*") if path.is_file()} == before - {checkout / made[0]}
    assert re.search(r"\n   0:0\d  0 of 2  Writing tables, .*\n(.*\n)*   0:0\d  2 of 2  The study is made\n", said)
    assert "# How much of the planted truth was recovered" in said
    assert f"\nWorth opening:\n  {RESULTS}/publication/report.html\n  {summary}\n" in said
    assert len(said) < 4000


def test_no_job_is_announced_by_a_wall_of_names(demo):
    planned = run_snakemake(
        demo, "-n", "-F", "--configfile", "config/demo.yaml", "--quiet", "host", "--", "all", "plan"
    ).stdout
    assert "Job 0: " in planned
    assert "    input:" not in planned


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


def test_snakemakes_own_report_shows_tables_and_captions(demo):
    for arguments in ((), ("--report", "report.html")):
        result = run_snakemake(demo, "--configfile", "config/demo.yaml", *arguments, "--", "report_pages")
        assert result.returncode == 0, result.stdout
        assert "ERROR" not in result.stdout, "a caption that is no reStructuredText"
    page = (demo / "report.html").read_text()
    # Its results are JSON, and each of its pages a data address.
    results = json.loads(re.search(r"var results = (\{.*\})", page)[1])
    labels = {result["labels"]["result"] for result in results.values()}
    assert {"Value profiles", "Profiles (table)", "Summary", "Persona effects: dahlia (answers)"} <= labels
    assert len(labels) == len(results) == len(list((demo / RESULTS / "report").rglob("*.html")))
    for words in ("A simulated study", "Comparisons", "Recovery of the truth", "Data quality"):
        assert words in page
    shown = {path: base64.b64decode(result["data_uri"].split(",")[1]).decode() for path, result in results.items()}
    profiles = shown[f"{RESULTS}/report/scores/profiles.csv.html"]
    assert profiles.count("<tr>") == 1 + min(1000, len(pd.read_csv(demo / RESULTS / "scores/profiles.csv")))
    assert "centred mean (the score that figures show" in profiles
    figure = shown[f"{RESULTS}/report/figures/value_profiles.svg.html"]
    assert "Baseline profile of every model" in figure
    assert (demo / RESULTS / "publication/figures/value_profiles.svg").read_text().split("<svg")[1] in figure


def test_a_page_without_texts_holds_none_of_them(demo, tmp_path):
    page = f"{RESULTS}/publication/report.html"
    items = pd.read_parquet(demo / RESULTS / "study/items.parquet")
    answers = [pd.read_parquet(path) for path in (demo / RESULTS / "responses").glob("*/*.parquet")]
    texts = {text for column in ("title", "text", "response") for text in items[column].dropna()}
    options = {"", *(option.casefold() for option in VALUE_PORTRAIT.options)}
    said = {text for table in answers for text in table["raw_response"].dropna()}
    texts |= {text for text in said if text.strip(" .").casefold() not in options}
    held = held_by(demo / page)
    assert all(text in held for text in texts)
    checkout = shutil.copytree(demo, tmp_path / "copy")
    done = run_snakemake(checkout, "--configfile", "config/demo.yaml", "--config", "report={texts: none}", "--", page)
    assert done.returncode == 0, done.stdout
    held = held_by(checkout / page)
    assert not {text for text in texts if text in held}
    assert parts_of(checkout / page)["items"]["items"]["item_id"].tolist() == items["item_id"].tolist()


def held_by(page):
    """All that a page says, unpacked."""
    tables = [table for part in parts_of(page).values() for table in part.values()]
    cells = {value for table in tables for value in table.to_numpy().ravel() if isinstance(value, str)}
    return "\n".join([page.read_text(), *cells])
