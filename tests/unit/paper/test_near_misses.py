"""Files of the archive with one thing changed somewhere: tables that fit their schemas, or one line about that file."""

import copy
import json
import sys
from pathlib import Path

import pytest
from authors_archive import MODELS, VERSIONS, answer_file, archive_files
from hypothesis import given, settings
from hypothesis import strategies as st
from instruments import VALUE_PORTRAIT
from near_misses import complaint, near_misses
from value_portrait.errors import InputError
from value_portrait.paper import raw_files
from value_portrait.paper.answers import read_answers
from value_portrait.paper.certifying.published_scores import FOLDER, read_published_scores
from value_portrait.paper.certifying.published_tags import read_published_tags
from value_portrait.tables import write_table

sys.path.append(str(Path(__file__).parents[3] / "workflow/scripts/paper"))
from import_archive import import_archive

FILES = archive_files()
ITEMS = [f"{query['portrait_id']}-{output['id']}" for query in FILES[raw_files.ITEMS] for output in query["outputs"]]
ANSWERS = answer_file(MODELS[0], VERSIONS[0])
CORRELATIONS = {
    path: [
        {
            "portrait_id": item.split("-")[0],
            "option_id": int(item.split("-")[1]),
            f"{family}_dimension": name,
            "spearman_corr": 0.5,
            "spearman_p_value": 0.5,
        }
        for item in ITEMS[:2]
        for name in VALUE_PORTRAIT.family(family).names
    ]
    for family, path in raw_files.PUBLISHED_CORRELATIONS.items()
}
TAGS = [{"portrait_id": 7, "outputs": [{"id": 1, "correlations": [["Power", 0.4]], "bfi_correlations": []}]}]
CELL = {"original_mean": 3.0, "centered_mean": 0.5, "std_dev": 1.0, "n": 4}
SCORES = {
    "meta": {"model_name": "a"},
    "scores": {family.name: dict.fromkeys(family.names, CELL) for family in VALUE_PORTRAIT.families},
}
OUTPUTS = ("item_table", "prompts", "topics", "survey", "participants", "pilot_survey", "pilot_participants")


def write(root, path, content):
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(content if isinstance(content, str) else json.dumps(content))
    return target


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The whole archive, unpacked; who changes a file puts it back."""
    root = tmp_path_factory.mktemp("archive")
    for path, content in FILES.items():
        write(root, path, content)
    return root


def run_import(archive):
    templates = {
        version: {name: archive / raw_files.prompt_path(version, name) for name, _ in VALUE_PORTRAIT.templates}
        for version in VERSIONS
    }
    outputs = {name: archive / f"{name}.parquet" for name in (*OUTPUTS, "data_quality")}
    import_archive(archive, templates, VALUE_PORTRAIT, outputs)


PILOTS = [*raw_files.PILOT_SURVEYS.values(), *raw_files.PILOT_PARTICIPANTS.values()]


@pytest.mark.parametrize(
    "path", [raw_files.SURVEY, raw_files.PARTICIPANTS, raw_files.ITEMS, raw_files.TOPICS, *PILOTS[::3]]
)
@given(data=st.data())
@settings(max_examples=12)
def test_one_change_in_a_raw_file(archive, path, data):
    changed = data.draw(near_misses(FILES[path]))
    target = write(archive, path, changed)
    # What is right in itself may not fit another file, which is then named.
    named = (target.name, "survey.json", "query-response-tagged.json", "query_categorized.json")
    said = complaint(run_import, archive)
    write(archive, path, FILES[path])
    assert said is None or any(name in said for name in named)


def test_the_archive_as_it_is_is_read(archive):
    run_import(archive)


@given(data=st.data())
@settings(max_examples=40)
def test_one_change_in_a_file_of_answers(archive, data):
    path = write(archive, "changed.json", data.draw(near_misses(FILES[ANSWERS])))

    def read():
        table = read_answers({"v1": path}, "fir-1", "baseline", ITEMS, VALUE_PORTRAIT)
        write_table(table, archive / "answers.parquet", "answers", VALUE_PORTRAIT)

    said = complaint(read)
    assert said is None or "changed.json" in said


@pytest.mark.parametrize("path", CORRELATIONS)
@given(data=st.data())
@settings(max_examples=15)
def test_one_change_in_the_published_correlations(archive, path, data):
    for other, content in CORRELATIONS.items():
        write(archive, other, content)
    write(archive, path, data.draw(near_misses(CORRELATIONS[path])))
    raters = dict.fromkeys(ITEMS[:2], 20)
    said = complaint(raw_files.read_published_correlations, archive, raters, VALUE_PORTRAIT)
    assert said is None or Path(path).name in said


@given(data=st.data())
@settings(max_examples=40)
def test_one_change_in_published_tags_and_scores(archive, data):
    path = write(archive, "tags.json", data.draw(near_misses(TAGS)))
    said = complaint(read_published_tags, path)
    assert said is None or "tags.json" in said
    path = write(archive, f"{FOLDER}/a.json", data.draw(near_misses(SCORES)))
    said = complaint(read_published_scores, archive)
    assert said is None or path.name in said


@pytest.mark.parametrize(
    ("path", "change", "words"),
    [
        (raw_files.PARTICIPANTS, lambda one: one["P001"]["pvq"].update(Power=99), "value.json, participant P001"),
        (raw_files.PARTICIPANTS, lambda one: one["P001"].update(pvq=[]), "value.json, participant P001"),
        (raw_files.SURVEY, lambda one: next(iter(one[0].values()))[0]["data"][0].append(1), "survey.json, group 1, it"),
        (raw_files.SURVEY, lambda one: next(iter(one[0].values()))[0]["data"][0].pop(), "survey.json, group 1, item"),
        (raw_files.ITEMS, lambda one: one[0]["content"].update(text=None), "tagged.json, query 1001: content"),
        (raw_files.ITEMS, lambda one: one[0]["outputs"][0].update(content=7), "tagged.json, query 1001: outputs, resp"),
        (raw_files.ITEMS, lambda one: one.clear(), "tagged.json: is a list without anything in it"),
        (raw_files.TOPICS, lambda one: one[0]["categories"].append("Home"), "categorized.json, query 1: categories"),
    ],
)
def test_a_fault_is_said_of_the_users_file(archive, path, change, words):
    changed = copy.deepcopy(FILES[path])
    change(changed)
    write(archive, path, changed)
    with pytest.raises(InputError, match=words):
        run_import(archive)
    write(archive, path, FILES[path])
