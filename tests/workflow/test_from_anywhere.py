"""The workflow from other folders, as a module of other workflows, and deployed: the same results, byte for byte."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT, SMALL_TARGETS, copy_checkout, run_snakemake, small_models

# Choices alone: what they leave open is the shipped config's.
CHOICES = """\
study: simulated
results_dir: results/small
models: my/models.tsv
simulation: {setting: easy, groups: 2, queries_per_group: 4, responses_per_query: 3, raters_per_group: 20}
robustness: {resamples: 200, universes: 500}
"""
MODULE = """\
configfile: "mine.yaml"


module value_portrait:
    snakefile:
        {snakefile}
    config:
        config


use rule * from value_portrait{alias}


rule mine:
    default_target: True
    input:
        {inputs},
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A checkout in which nothing runs."""
    return copy_checkout(tmp_path_factory.mktemp("home") / "value portrait")


@pytest.fixture
def elsewhere(tmp_path) -> Path:
    """A folder with a user's own choices and table of models, those of the usual run, and nothing else."""
    folder = tmp_path / "elsewhere"
    (folder / "my").mkdir(parents=True)
    (folder / "mine.yaml").write_text(CHOICES)
    (folder / "my/models.tsv").write_text(small_models(3))
    return folder


def assert_the_same(results: Path, usual: Path, at_least: int) -> None:
    """Every file that is in ``results`` is as the usual run made it, byte for byte."""
    kinds = (".csv", ".parquet", ".json", ".md", ".tex", ".svg", ".pdf", ".png")
    made = [path for path in results.rglob("*") if path.is_file() and path.suffix in kinds]
    assert len(made) >= at_least
    for path in made:
        assert path.read_bytes() == (usual / path.relative_to(results)).read_bytes(), path


def module(folder: Path, snakefile: str, alias: str, inputs: str) -> None:
    (folder / "workflow").mkdir(exist_ok=True)
    (folder / "workflow/Snakefile").write_text(MODULE.format(snakefile=snakefile, alias=alias, inputs=inputs))


def untouched(home: Path) -> bool:
    return not (home / "results").exists() and not (home / ".snakemake").exists()


def test_the_same_seed_gives_the_same_in_another_folder_from_a_third(home, elsewhere, small_demo, tmp_path):
    third = tmp_path / "third"
    third.mkdir()
    where = ("-s", str(home / "Snakefile"), "--directory", str(elsewhere), "--configfile", "../elsewhere/mine.yaml")
    result = run_snakemake(third, *where, "--", *SMALL_TARGETS)
    assert result.returncode == 0, result.stdout
    assert_the_same(elsewhere / "results/small", small_demo / "results/small", 40)
    assert untouched(home)
    assert list(third.iterdir()) == []
    assert "Nothing to be done" in run_snakemake(third, *where, "-n", "--", *SMALL_TARGETS).stdout


@pytest.mark.parametrize(("alias", "stage"), [("", "items"), (" as vp_*", "vp_items")])
def test_a_module_of_another_workflow_gives_the_same(home, elsewhere, small_demo, alias, stage):
    module(elsewhere, f'"{home}/Snakefile"', alias, f"rules.{stage}.input")
    result = run_snakemake(elsewhere)
    assert result.returncode == 0, result.stdout
    assert_the_same(elsewhere / "results/small", small_demo / "results/small", 5)
    assert untouched(home)
    assert "Nothing to be done" in run_snakemake(elsewhere, "-n").stdout
    whole = run_snakemake(elsewhere, "-n", "--", stage.replace("items", "all"))
    assert whole.returncode == 0, whole.stdout
    assert f"{stage.removesuffix('items')}draw_recovery " in whole.stdout


def test_a_folder_of_tables_runs_beside_its_config(home, elsewhere):
    subprocess.run(
        [sys.executable, str(ROOT / "tools/new_study.py"), "mine", "questionnaire"], cwd=elsewhere, check=True
    )
    run = ("-s", str(home / "Snakefile"), "--configfile", "mine/study.yaml", "--", "scores")
    result = run_snakemake(elsewhere, *run)
    assert result.returncode == 0, result.stdout
    profiles = pd.read_csv(elsewhere / "results/mine/scores/profiles.csv")
    assert profiles["dimension"].value_counts().to_dict() == {"Order": 3, "Play": 3}
    assert set(profiles["n_items"]) == {5}
    assert untouched(home)


def git(*arguments: object) -> None:
    names = {f"GIT_{who}_{what}": "test@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", *map(str, arguments)], check=True, capture_output=True, env=os.environ | names)


def test_a_module_of_a_tag_of_a_hosted_repository_gives_the_same(home, elsewhere, small_demo, tmp_path, monkeypatch):
    repository = shutil.copytree(home, tmp_path / "hub/someone/value-portrait", symlinks=True)
    git("init", "-q", repository)
    git("-C", repository, "add", "-A", "-f")
    git("-C", repository, "commit", "-q", "-m", "All of it")
    git("-C", repository, "tag", "v1")
    shutil.rmtree(repository / "workflow/scripts")
    # What Snakemake would clone from the host is the folder above.
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.file://{tmp_path}/hub/.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "https://github.com/")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    module(elsewhere, 'github("someone/value-portrait", path="workflow/Snakefile", tag="v1")', "", "rules.items.input")
    result = run_snakemake(elsewhere)
    assert result.returncode == 0, result.stdout
    assert_the_same(elsewhere / "results/small", small_demo / "results/small", 5)
    assert "Nothing to be done" in run_snakemake(elsewhere, "-n").stdout


def test_the_demo_is_planned_from_another_folder(home, tmp_path):
    result = run_snakemake(
        tmp_path, "-s", str(home / "Snakefile"), "-n", "--configfile", str(home / "config/demo.yaml")
    )
    assert result.returncode == 0, result.stdout
    assert "assess_persona_recovery " in result.stdout


def test_without_a_config_the_papers_choices_hold(home, tmp_path):
    result = run_snakemake(tmp_path, "-s", str(home / "workflow/Snakefile"), "-n")
    assert result.returncode == 0, result.stdout
    assert "write_certificate " in result.stdout


def test_a_table_of_the_working_directory_goes_before_the_shipped_one(home, elsewhere):
    path = elsewhere / "config/personas.tsv"
    path.parent.mkdir()
    path.write_text("nonsense\n")
    run = ("-s", str(home / "Snakefile"), "-n", "--configfile", "mine.yaml")
    result = run_snakemake(elsewhere, *run)
    assert result.returncode != 0
    assert "config/personas.tsv" in result.stdout
    assert str(home) not in result.stdout.split("Error:", 1)[1]
    path.unlink()
    assert run_snakemake(elsewhere, *run).returncode == 0


def test_a_file_that_is_in_neither_folder_is_missed_in_one_line(home, elsewhere):
    (elsewhere / "my/models.tsv").unlink()
    result = run_snakemake(elsewhere, "-s", str(home / "Snakefile"), "-n", "--configfile", "mine.yaml")
    assert result.returncode != 0
    (error,) = [line for line in result.stdout.splitlines() if "Error" in line]
    assert error.startswith("Error: my/models.tsv: is missing, here and beside the workflow")
    assert str(home) in error
