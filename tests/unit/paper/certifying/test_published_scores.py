import copy
import json

import pytest
from instruments import VALUE_PORTRAIT
from value_portrait.errors import InputError
from value_portrait.paper.certifying.published_scores import FOLDER, read_published_scores

CELL = {"centered_mean": -0.25, "original_mean": 4.5, "std_dev": 0.5, "n": 12}


def score_file(model="fir"):
    scores = {
        family: {name: dict(CELL) for name in names}
        for family, names in ((own.name, own.names) for own in VALUE_PORTRAIT.families)
    }
    return {"meta": {"model_name": model, "prompt": "averaged"}, "scores": scores}


def write(tmp_path, **contents):
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    for name, content in contents.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    return tmp_path


def test_score_files_become_one_row_per_model_and_dimension(tmp_path):
    other = score_file("oak:thinking")
    other["scores"]["bfi"]["Openness"] |= {"n": 3, "original_mean": 2}
    table = read_published_scores(write(tmp_path, a=score_file(), b=other)).to_pandas()
    assert len(table) == 2 * 19
    row = table[(table["model"] == "oak:thinking") & (table["dimension"] == "Openness")].iloc[0]
    assert row.to_dict() == {
        "model": "oak:thinking",
        "family": "bfi",
        "dimension": "Openness",
        "mean": 2.0,
        "centred_mean": -0.25,
        "sd": 0.5,
        "n": 3,
    }


def test_without_score_files_it_says_where_they_should_be(tmp_path):
    with pytest.raises(InputError, match=f"{FOLDER}: holds no score files"):
        read_published_scores(tmp_path)


@pytest.mark.parametrize(
    ("place", "value", "complaint"),
    [
        (("meta",), None, "meta: is not an object"),
        (("meta", "model_name"), [], "model_name: is not a text"),
        (("meta", "model_name"), "=a", "model_name: '=a'"),
        (("scores",), [], "scores: is not an object"),
        (("scores", "values"), {}, "scores: lacks, or has in excess: values"),
        (("scores", "bfi"), None, "scores: bfi: is not an object"),
        (("scores", "bfi"), {"Openness": CELL}, "bfi: lacks, or has in excess: Agreeableness, Consc"),
        (("scores", "pvq", "Honour"), CELL, "pvq: lacks, or has in excess: Honour"),
        (("scores", "pvq", "Power"), 4.5, "pvq: Power: is not an object, but 4.5"),
        (("scores", "pvq", "Power"), {}, "pvq: Power: lacks 'original_mean'"),
        (("scores", "pvq", "Power", "original_mean"), 7, "original_mean: 7 is not a number from 1 to 6"),
        (("scores", "pvq", "Power", "original_mean"), None, "original_mean: None is not a number"),
        (("scores", "pvq", "Power", "centered_mean"), "0.1", "centered_mean: '0.1' is not a number"),
        (("scores", "pvq", "Power", "std_dev"), -0.1, "std_dev: -0.1 is not a number"),
        (("scores", "pvq", "Power", "n"), 2.5, "n: 2.5 is not a whole number"),
        (("scores", "pvq", "Power", "n"), True, "n: True is not a whole number"),
    ],
)
def test_a_malformed_score_file_is_named(tmp_path, place, value, complaint):
    content = copy.deepcopy(score_file())
    inner = content
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    with pytest.raises(InputError, match=complaint) as problem:
        read_published_scores(write(tmp_path, spoilt=content))
    assert "spoilt.json" in str(problem.value)


def test_a_model_that_is_scored_twice_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"b\.json: scores fir, as a\.json does"):
        read_published_scores(write(tmp_path, a=score_file(), b=score_file()))


def test_no_json_is_refused(tmp_path):
    folder = write(tmp_path, a=score_file()) / FOLDER
    (folder / "b.json").write_text("{")
    with pytest.raises(InputError, match=r"b\.json: is no JSON"):
        read_published_scores(tmp_path)
