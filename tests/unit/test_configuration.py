import copy
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from snakemake.io import PeriodicityDetector
from value_portrait.checking import FileLabel
from value_portrait.config_tables import read_models
from value_portrait.configuration import check_config, check_folder
from value_portrait.errors import InputError
from value_portrait.files import slug

ROOT = Path(__file__).resolve().parents[2]
PAPER = yaml.safe_load((ROOT / "config.yaml").read_text())
DEMO = {**PAPER, **yaml.safe_load((ROOT / "config/demo.yaml").read_text())}
HEADER = (ROOT / "config/models.tsv").read_text().splitlines()[0].split("\t")
ROW = dict.fromkeys(HEADER, "") | {
    "model": "a",
    "answers": "recorded",
    "provider": "openai",
    "family": "A",
    "developer": "A",
    "weights": "open",
    "reasoning": "no",
    "conditions": "baseline",
}


def test_the_shipped_configs_and_models_are_valid():
    check_config(PAPER, "config.yaml")
    check_config(DEMO, "config/demo.yaml")
    models = read_models(ROOT / "config/models.tsv", "paper")
    assert sum(model.answers == "recorded" for model in models) == 33
    assert sum(model.answers == "printed" for model in models) == 11
    assert read_models(ROOT / "config/demo_models.tsv", "simulated")


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (["colour"], "red", "config.yaml: 'colour' is no key that is known here. The keys are: study"),
        (["items", "treshold"], 0.3, "items: 'treshold' is no key that is known here. The keys are: correlations"),
        (["items", "threshold"], "0.3", r"items\.threshold: '0\.3' does not fit. It may be: a correlation from 0"),
        (["items", "threshold"], 1, r"items\.threshold: 1 does not fit .*less than 1"),
        (["items", "threshold"], float("nan"), r"items\.threshold: is no finite number"),
        (
            ["items"],
            [1, 2],
            r"items: \[1, 2\] does not fit \(keys with values are expected\)\. Its keys are: correlations, ",
        ),
        (["framings"], 4, r"framings: 4 does not fit \(keys with values are expected\)\. Correct it"),
        (["items", "max_p"], True, r"items\.max_p: True does not fit. It may be: .*p-value"),
        (["items", "max_p"], 0, r"items\.max_p: 0 does not fit .*greater than 0"),
        (["responses", "max_usd"], float("inf"), r"responses\.max_usd: is no finite number"),
        (
            ["people", "groups", "age", "old"],
            [80],
            r"old: \[80\] does not fit \(list should have at least 2 items, not",
        ),
        (["people", "groups", "mood"], {"a": [1, 2], "b": [3, 4]}, r"people\.groups\.mood: "),
        (["framings", "default"], {"role": "user", "text": "{statement}"}, "framings: 'default' is no name"),
        (
            ["framings", "f" * 20],
            {"role": "user", "text": "{statement}"},
            "ends, as a file's name, in the same letters",
        ),
        (["framings", "own"], {"role": "user", "text": "none"}, r"framings\.own\.text: 'none' does not fit"),
        (["items", "method"], "kendall", r"items\.method: 'kendall' does not fit. It may be: spearman or pearson"),
        (["prompt_versions"], ["v1", "v1"], "prompt_versions: 'v1' stands there twice"),
        (["results_dir"], "/tmp", "results_dir"),
        (["seed"], -1, "seed: -1 does not fit .*greater than or equal to 0"),
        (["study"], "simulated", "no section 'simulation'"),
        (["items"], None, r"items: an empty value does not fit \(keys with values are expected\). Its keys are: corr"),
        (
            ["people", "groups", "age", "all"],
            20,
            r"age\.all: 20 does not fit \(input should be a valid list\).*\[20, 39\]",
        ),
    ],
)
def test_a_wrong_config_is_refused_with_its_key(path, value, complaint):
    config = copy.deepcopy(PAPER)
    place = config
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(InputError, match=complaint):
        check_config(config, "config.yaml")


def test_ratings_are_not_mirrored_on_nothing():
    config = copy.deepcopy(PAPER)
    config["items"]["polarity"] = "both"
    check_config(config, "config.yaml")
    config["scoring"]["centring"] = "none"
    with pytest.raises(InputError, match=r"centring: is 'none', but items.polarity is 'both'.*Centre the ratings"):
        check_config(config, "config.yaml")
    config["items"]["polarity"] = "positive"
    check_config(config, "config.yaml")


def test_every_key_is_needed():
    for key in PAPER:
        with pytest.raises(InputError, match=f"config.yaml: '{key}' is missing. The keys are: study"):
            check_config({name: value for name, value in PAPER.items() if name != key}, "config.yaml")


def test_a_key_misspelt_is_named_and_not_the_one_that_is_missing_for_it():
    for section, key in (("items", "threshold"), ("scoring", "centring"), (None, "seed")):
        config = copy.deepcopy(PAPER)
        place = config[section] if section else config
        for misspelt in (f"a{key}", f"z{key}"):
            place[misspelt] = place.pop(key)
            with pytest.raises(InputError, match=f"'{misspelt}' is no key that is known here. The keys are: .*{key}"):
                check_config(config, "config.yaml")
            place[key] = place.pop(misspelt)


def test_of_several_files_the_one_is_named_that_set_the_key():
    files = {
        "config.yaml": copy.deepcopy(PAPER),
        "first.yaml": {"seed": 1, "items": {"threshold": 0.2}},
        "last.yaml": {"items": {"max_p": 0.1}, "framings": {"own": {"role": "user"}}, "sed": 2},
    }

    def said(**wrong):
        config = copy.deepcopy(PAPER)
        config["framings"] = {**config["framings"], **wrong.pop("framings", {})}
        config["items"] = config["items"] | wrong.pop("items", {})
        with pytest.raises(InputError) as refused:
            check_config(config | wrong, files)
        return str(refused.value)

    assert said(seed=-1).startswith("first.yaml: seed: -1 does not fit")
    assert said(items={"threshold": 7}).startswith("first.yaml: items.threshold: 7 does not fit")
    assert said(items={"max_p": 7}).startswith("last.yaml: items.max_p: 7 does not fit")
    assert said(items={"method": 7}).startswith("config.yaml: items.method: 7 does not fit")
    assert said(sed=2).startswith("last.yaml: 'sed' is no key")
    assert said(framings={"own": {"role": "user"}}).startswith("last.yaml: framings.own: 'text' is missing")
    # A section may be wrong in any of the files that add to it.
    wrong = {"Own": {"role": "user", "text": "{statement}"}}
    assert said(framings=wrong).startswith("config.yaml + last.yaml: framings: ")
    files["last.yaml"]["items"]["method"] = None
    assert said(items={"method": None}).startswith("last.yaml: items.method: ")
    # What none of them sets, and what two keys do not agree on, is a fault of all.
    assert said(study="simulated").startswith("config.yaml + first.yaml + last.yaml: study is simulated")
    with pytest.raises(InputError, match=r"^config.yaml \+ first.yaml \+ last.yaml: 'seed' is missing"):
        check_config({name: value for name, value in PAPER.items() if name != "seed"}, files)


def test_nobody_has_published_a_simulated_studys_correlations():
    config = {**DEMO, "items": {**DEMO["items"], "correlations": "published"}}
    with pytest.raises(InputError, match=r"items\.correlations"):
        check_config(config, "config/demo.yaml")


def write_models(tmp_path, *rows, header=HEADER):
    path = tmp_path / "models.tsv"
    path.write_text("\n".join(["\t".join(header), *("\t".join(row.values()) for row in rows)]) + "\n")
    return path


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([ROW, ROW], "row 3: 'a' stands in an earlier row too"),
        ([ROW | {"model": "x:y"}, ROW | {"model": "x/y"}], "row 3: 'x/y' and 'x:y' get one file name, x_y"),
        ([ROW | {"model": "模" * 20}], "row 2: model: '模模.* in the same letters 20 times: '____"),
        ([ROW | {"weights": "half"}], "row 2: weights: 'half' does not fit. It may be: open or closed"),
        ([ROW | {"size_b": "big"}], "row 2: size_b: 'big' does not fit. It may be: .*parameters in billions"),
        ([ROW | {"conditions": "baseline;My mood"}], r"row 2: conditions\.1: 'My mood' does not fit"),
        ([ROW | {"conditions": "baseline;age;age"}], "row 2: conditions: 'age' stands there twice"),
        ([ROW | {"answers": "simulated"}], "row 2: answers are simulated, but the study is paper"),
        ([ROW | {"model": ""}], "row 2: model: an empty value does not fit"),
        ([ROW | {"more": "cell"}], "row 2: has more than 15 cells"),
        ([], "has no row"),
        ([ROW | {"answers": "printed", "conditions": ""}], "has only models that are known by their printed scores"),
    ],
)
def test_a_wrong_row_is_refused_with_its_number(tmp_path, rows, complaint):
    with pytest.raises(InputError, match=complaint):
        read_models(write_models(tmp_path, *rows), "paper")


def test_an_unknown_or_missing_column_is_refused(tmp_path):
    with pytest.raises(InputError, match="row 1: has other columns"):
        read_models(write_models(tmp_path, ROW, header=[*HEADER[:-1], "colour"]), "paper")
    with pytest.raises(InputError, match="is missing"):
        read_models(tmp_path / "none.tsv", "paper")


@pytest.mark.parametrize("separator", [",", ";", "    "])
def test_a_table_without_tabs_is_refused_by_that_name(tmp_path, separator):
    path = write_models(tmp_path, ROW)
    path.write_text(path.read_text().replace("\t", separator))
    with pytest.raises(InputError, match=r"models\.tsv, row 1: has no tab\. Save the table with tabs"):
        read_models(path, "paper")
    header, row = write_models(tmp_path, ROW).read_text().splitlines()
    path.write_text(f"{header}\n{row.replace(chr(9), separator)}\n")
    with pytest.raises(InputError, match=r"models\.tsv, row 2: has no tab\."):
        read_models(path, "paper")


@given(st.text(min_size=1, max_size=50))
def test_a_slug_is_a_safe_file_name(name):
    safe = slug(name)
    assert safe.isascii()
    assert not set(safe) & set("/\\:* \n\0")
    assert not safe.startswith((".", "-"))
    assert slug(safe) == safe


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path):
    (tmp_path / "results").touch()
    with pytest.raises(InputError, match=r"results: is a file where a folder is needed.*results_dir"):
        check_folder(tmp_path / "results/demo", "results_dir")


@given(st.text("ab", min_size=1, max_size=3), st.text("ab-模型", max_size=3), st.integers(1, 30))
def test_a_name_is_refused_where_snakemake_would_refuse_its_file(start, part, times):
    name, label = start + part * times, TypeAdapter(FileLabel)
    if PeriodicityDetector().is_periodic(slug(name)):
        with pytest.raises(ValueError, match="in the same letters 20 times"):
            label.validate_python(name)
    else:
        assert label.validate_python(name) == name
