"""Studies of one's own, from a folder of tables to profiles: one that people rated, one whose key is given."""

import csv
import json
import shlex
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import ROOT, copy_checkout, run_snakemake, small_models
from instruments import SMALL, SMALL_CONTENT
from typeset import faults

DIMENSIONS = [name for _, name in SMALL.dimensions]
# Three items of each dimension, of which the last speaks against it.
ITEMS = {f"{name.lower()}-{n}": (name, -1 if n == 3 else 1) for name in DIMENSIONS for n in (1, 2, 3)}
VERSIONS = [version.name for version in SMALL.prompt_versions]
RATERS = 24
# The third model was never asked in the last wording.
ASKED = {"fir-1": VERSIONS, "fir-2": VERSIONS, "fir-3": VERSIONS[:2]}


def rate(rng, score):
    """A rating, 0 to 4, by somebody whose score on what the item speaks for is -1 to 1."""
    return int(np.clip(np.rint(2 + 1.7 * score + rng.normal(0, 0.5)), 0, 4))


def draw_answers():
    """Ratings of every model, by model, prompt version and item."""
    rng = np.random.default_rng(3)
    leaning = {model: dict(zip(DIMENSIONS, rng.uniform(-1, 1, len(DIMENSIONS)), strict=True)) for model in ASKED}
    return {
        (model, version, item): rate(rng, sign * leaning[model][name])
        for model, versions in ASKED.items()
        for version in versions
        for item, (name, sign) in ITEMS.items()
    }


ANSWERS = draw_answers()


def write_rows(path, header, rows):
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


def write_study(checkout, **items):
    """A folder with what both kinds of study have, and its config; ``items`` is that section of the config."""
    study = checkout / "mine"
    write_rows(study / "items.csv", ["item_id", "response"], [(item, f"Made-up words, {item}.") for item in ITEMS])
    (study / "instrument.yaml").write_text(yaml.safe_dump(SMALL_CONTENT, sort_keys=False))
    for version in SMALL.prompt_versions:
        options = SMALL.options[::-1] if version.reversed else SMALL.options
        (study / "prompts" / version.name).mkdir(parents=True)
        (study / "prompts" / version.name / "plain.txt").write_text(
            f"Wording {version.wording}: {{content}}\n\n" + "\n".join(options)
        )
    (study / "models.tsv").write_text(small_models(len(ASKED)).replace("simulated", "recorded"))
    (study / "personas.tsv").write_text(
        "persona\taxis\torder\tgroup\tstatement\tpeople\nage_old\tage\t\tOld\tYou are old.\t\n"
    )
    (study / "claims.tsv").write_text(
        "claim\ttext\twhere\tkind\targuments\nsweet\tModels are sweet\tnowhere\thighest\tSweet\n"
    )
    config = {
        "study": "tables",
        "study_folder": "mine",
        "instrument": "mine/instrument.yaml",
        "results_dir": "results/mine",
        "items": items,
        "prompt_versions": VERSIONS,
        "models": "mine/models.tsv",
        "personas": "mine/personas.tsv",
        "claims": "mine/claims.tsv",
        "people": None,
        "robustness": {"resamples": 200, "universes": 500},
    }
    (checkout / "mine.yaml").write_text(yaml.safe_dump(config))
    return study


def answers_of(model):
    return [
        {"item_id": item, "prompt_version": version, "raw_response": SMALL.options[rating].capitalize() + "."}
        for (own, version, item), rating in ANSWERS.items()
        if own == model
    ]


@pytest.fixture(scope="module")
def rated(tmp_path_factory):
    """A checkout with a study that people rated, in two groups, with recorded answers as CSV."""
    checkout = copy_checkout(tmp_path_factory.mktemp("rated") / "checkout")
    study = write_study(checkout, polarity="both")
    rng = np.random.default_rng(5)
    people = {f"P{n:02d}": dict(zip(DIMENSIONS, rng.uniform(-1, 1, 4), strict=True)) for n in range(2 * RATERS)}
    write_rows(
        study / "participants.csv",
        ["participant_id", *DIMENSIONS],
        [(name, *(round(5 + 5 * own[dimension], 2) for dimension in DIMENSIONS)) for name, own in people.items()],
    )
    write_rows(
        study / "survey.csv",
        ["group", "item_id", "participant_id", "rating"],
        [
            (group, item, name, rate(rng, sign * people[name][dimension]))
            for place, (item, (dimension, sign)) in enumerate(ITEMS.items())
            for group in [1 + place % 2]
            for name in list(people)[(group - 1) * RATERS : group * RATERS]
        ],
    )
    write_rows(study / "topics.csv", ["query_id", "topic"], [(item, "Home") for item in ITEMS])
    for model in ASKED:
        rows = answers_of(model)
        write_rows(study / f"answers/{model}.csv", list(rows[0]), [list(row.values()) for row in rows])
    return checkout


@pytest.fixture(scope="module")
def given_key(tmp_path_factory):
    """A checkout with a questionnaire whose key is known, with recorded answers as JSON lines."""
    checkout = copy_checkout(tmp_path_factory.mktemp("given") / "checkout")
    study = write_study(checkout, correlations="given")
    write_rows(
        study / "item_key.csv",
        ["item_id", "dimension", "polarity"],
        [(item, dimension, sign) for item, (dimension, sign) in ITEMS.items()],
    )
    (study / "answers").mkdir()
    for model in ASKED:
        (study / f"answers/{model}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in answers_of(model)))
    return checkout


def run(checkout, *targets):
    result = run_snakemake(checkout, "--configfile", "mine.yaml", "--", *targets)
    assert result.returncode == 0, result.stdout
    return result.stdout


def read_key(checkout):
    return pd.read_csv(checkout / "results/mine/items/item_key.csv")


def check_profiles(checkout):
    """The profiles are those of the answers, by hand: mean over versions, then over the key's items, some mirrored."""
    key = read_key(checkout)
    profiles = pd.read_csv(checkout / "results/mine/scores/profiles.csv").set_index(["model", "dimension"])
    assert set(profiles.index) == {(model, name) for model in ASKED for name in DIMENSIONS}
    for model, versions in ASKED.items():
        mean = {item: np.mean([ANSWERS[model, version, item] for version in versions]) for item in ITEMS}
        for (family, dimension), own in key.groupby(["family", "dimension"]):
            # Every item of the family once, whatever it speaks for.
            centre = np.mean([mean[item] for item in set(key.loc[key["family"] == family, "item_id"])])
            signs = dict(zip(own["item_id"], own["polarity"], strict=True))
            keyed = [mean[item] if sign == 1 else 4 - mean[item] for item, sign in signs.items()]
            row = profiles.loc[model, dimension]
            assert row["n_items"] == len(keyed)
            assert row["mean"] == pytest.approx(np.mean(keyed))
            assert row["sd"] == pytest.approx(np.std(keyed))
            assert row["centred_mean"] == pytest.approx(
                np.mean([sign * (mean[item] - centre) for item, sign in signs.items()])
            )


def check_sensitivity(checkout):
    """The shares of items that are rated otherwise in another wording, and in the other order, by hand."""
    found = pd.read_csv(checkout / "results/mine/scores/sensitivity.csv").set_index("model")
    for model, versions in ASKED.items():
        for measure, (one, other) in {"order_sensitivity": VERSIONS[:2], "prompt_sensitivity": VERSIONS[::2]}.items():
            if {one, other} <= set(versions):
                differ = [ANSWERS[model, one, item] != ANSWERS[model, other, item] for item in ITEMS]
                assert found.loc[model, measure] == pytest.approx(np.mean(differ))
            else:
                assert np.isnan(found.loc[model, measure])


def check_publication(checkout, more_figures, more_tables, left_out):
    """Figures, tables and the last line of the summary: what the study has, and what it has not."""
    publication = checkout / "results/mine/publication"
    figures = {"answer_kinds", "group_comparisons", "items_per_value", "pace_profiles", "taste_profiles"}
    figures |= {"reliability", "sensitivity", "value_profiles", "value_spread", *more_figures}
    figures |= {"claims_held", "profile_intervals", "specification_curve", "variance_components"}
    made = {path.name for path in (publication / "figures").iterdir()}
    assert made == {f"{name}.{suffix}" for name in figures for suffix in ("png", "pdf", "svg")}
    tables = {"items_per_value", "pace_scores", "reliability", "taste_scores", "value_spread"}
    assert {path.stem for path in (publication / "tables").glob("*.csv")} == tables | set(more_tables)
    assert (publication / "summary.md").read_text().rstrip().endswith(f". Left out: {left_out}.")
    if shutil.which("pdflatex"):
        assert faults(sorted((publication / "tables").glob("*.tex")), checkout / "tex") == {}


def test_items_that_people_rated_get_their_key(rated):
    run(rated, "items")
    key = read_key(rated).set_index(["item_id", "dimension"])["polarity"].to_dict()
    assert {place: key.get(place) for place in planted()} == planted()
    quality = pd.read_csv(rated / "results/mine/study/data_quality.csv")
    assert set(quality["sample"]) == {"main"}
    assert quality["count"].sum() == 0


def planted():
    return {(item, dimension): sign for item, (dimension, sign) in ITEMS.items()}


def test_a_given_key_is_taken_as_it_is(given_key):
    run(given_key, "items")
    key = read_key(given_key)
    assert dict(zip(zip(key["item_id"], key["dimension"], strict=True), key["polarity"], strict=True)) == planted()
    assert key["rho"].isna().all()


def test_a_study_that_people_rated_runs_whole(rated):
    said = run(rated, "all")
    assert said.count("1 recorded model has no answers to prompt version b;") == 1
    check_profiles(rated)
    check_sensitivity(rated)
    more = {"models_and_people", "topics"}
    chance = {"headlines_by_chance", "held_out_validity", "tags_by_chance"}
    check_publication(
        rated, more | chance, more | {"questionnaire"}, "portraits and distances on a circle (no family has one)"
    )
    reliability = pd.read_csv(rated / "results/mine/scores/reliability.csv")
    assert set(reliability["source"]) == {"models", "raters"}


def test_a_questionnaire_with_a_given_key_runs_whole(given_key):
    # The whole study, and of Snakemake's report what it has.
    run(given_key, "report_pages")
    pages = {path.name for path in (given_key / "results/mine/report").rglob("*.html")}
    assert {"summary.md.html", "profiles.csv.html"} < pages
    assert not {"data_quality.csv.html", "findings.md.html"} & pages
    check_profiles(given_key)
    check_sensitivity(given_key)
    check_publication(
        given_key,
        set(),
        set(),
        "correlations, cross-loadings, people beside models, tags by chance and in other people (nobody rated the "
        "items); topics (the study has none); portraits and distances on a circle (no family has one)",
    )
    made = {path.name for path in (given_key / "results/mine").rglob("*") if path.is_file()}
    assert not made & {"survey.parquet", "correlations.parquet", "item_statistics.csv", "rater_profiles.parquet"}
    reliability = pd.read_csv(given_key / "results/mine/scores/reliability.csv")
    assert set(reliability["source"]) == {"models"}


@pytest.mark.parametrize(
    ("path", "old", "new", "parts"),
    [
        ("mine/items.csv", "sweet-2,", "sweet-1,", ("mine/items.csv, row 3", "stands in row 2, too", "Keep one")),
        ("mine/item_key.csv", ",Haste,1", ",Waste,1", ("item_key.csv, row 11", "'Waste' is unknown", "Use one of")),
        ("mine/prompts/b/plain.txt", "{content}", "", ("b/plain.txt", "lacks the field {content}", "template plain")),
        ("mine/answers/fir-2.jsonl", "sweet-2", "tart-2", ("fir-2.jsonl, row 2", "which is no item", "Remove it")),
        ("mine.yaml", "study_folder: mine", "study_folder: yours", ("yours", "is no folder", "study_folder")),
        ("mine.yaml", "correlations: given", "polarity: both", ("survey.csv", "is missing", "set items.correlations")),
    ],
)
def test_a_fault_of_the_folder_ends_in_one_line(given_key, path, old, new, parts):
    right = (given_key / path).read_text()
    assert old in right
    (given_key / path).write_text(right.replace(old, new, 1))
    try:
        result = run_snakemake(given_key, "--configfile", "mine.yaml", "--", "items", "responses")
    finally:
        (given_key / path).write_text(right)
    assert result.returncode != 0
    assert "Traceback" not in result.stdout
    lines = [line for line in result.stdout.splitlines() if all(part in line for part in parts)]
    assert len(lines) == 1, result.stdout


@pytest.mark.parametrize("kind", ["rated", "questionnaire"])
def test_the_skeleton_runs_as_it_is_written(checkout, kind):
    write = [sys.executable, str(ROOT / "tools/new_study.py"), "my_study", kind]
    assert subprocess.run(write, cwd=checkout, check=False).returncode == 0
    result = run_snakemake(checkout, "--configfile", "my_study/study.yaml", "--", "scores")
    assert result.returncode == 0, result.stdout
    assert run_snakemake(checkout, "-n", "--configfile", "my_study/study.yaml").returncode == 0
    profiles = pd.read_csv(checkout / "results/my_study/scores/profiles.csv")
    assert len(profiles) == 3 * 2
    assert profiles["n_items"].min() >= 3
    again = subprocess.run(write, cwd=checkout, capture_output=True, text=True, check=False)
    assert again.returncode == 1
    assert again.stderr == "my_study: is there already. Take another name, or move it away.\n"


def test_studies_of_one_name_in_two_folders_keep_their_results_apart(tmp_path):
    folders = set()
    for name in ("my_study", "other/my_study", str(tmp_path / "far/my_study")):
        write = [sys.executable, str(ROOT / "tools/new_study.py"), name]
        subprocess.run(write, cwd=tmp_path, capture_output=True, check=True)
        folders.add(yaml.safe_load((tmp_path / name / "study.yaml").read_text())["results_dir"])
    assert len(folders) == 3
    assert {"results/my_study", "results/other_my_study"} < folders


@pytest.mark.parametrize(
    "name", ["-x", "{x}", "a/{x}", "a: b", "a#b", "..", "../a", ".", " ", "a ", "a//b", "a/", "~", "a\nb", "a\n", "*"]
)
def test_a_name_that_no_command_takes_is_refused(tmp_path, name):
    write = [sys.executable, str(ROOT / "tools/new_study.py"), name]
    refused = subprocess.run(write, cwd=tmp_path, capture_output=True, text=True)
    assert refused.returncode == 1
    assert "is no name for a study" in refused.stderr
    assert not list(tmp_path.iterdir())


def test_the_skeleton_names_a_command_that_a_shell_takes(tmp_path):
    write = [sys.executable, str(ROOT / "tools/new_study.py"), "my study"]
    said = subprocess.run(write, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    *_, option, config = shlex.split(said)
    assert option == "--configfile"
    assert (tmp_path / config).is_file()
    assert shlex.split((tmp_path / config).read_text().splitlines()[1])[-1] == config
