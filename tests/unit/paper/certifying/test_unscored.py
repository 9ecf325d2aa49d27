"""What no score hangs on, in a made-up answer file of two items and two versions."""

import copy
import json

import numpy as np
import pandas as pd
import pytest
from instruments import VALUE_PORTRAIT
from value_portrait.errors import InputError
from value_portrait.paper.certifying.records import RECORDS, read_records
from value_portrait.paper.certifying.unscored import (
    printed_rows,
    record_differences,
    records_hold,
    texts_of_items,
)
from value_portrait.scores.ratings import NO_RATING, Ratings
from value_portrait.tables import read_table, write_table

ITEMS = [
    {"item_id": "1-1", "template": "reddit", "title": "T", "text": "why {content}", "response": "so"},
    {"item_id": "3-1", "template": "sharegpt", "title": None, "text": "what", "response": "that"},
]
TEMPLATES = {
    (version, name): f"{version} {name}: {{text}} {{content}}"
    for version in ("v1", "v2")
    for name in ("reddit", "sharegpt")
}
TAGS = {"1-1": {"correlations": [["Power", 0.4]]}}
# The second item has no tags; the second version of the first is an error, which has none either.
ANSWERS = {
    "v1": [
        {
            "portrait_id": 1,
            "option_id": 1,
            "prompt": "v1 reddit: why {content} so",
            "content": {"title": "T", "text": "why {content}", "output_text": "so"},
            "parsed_response": "like me",
            "numeric_response": 5,
            **TAGS["1-1"],
        },
        {
            "portrait_id": "3",
            "option_id": 1,
            "prompt": "v1 sharegpt: what that",
            "content": {"title": "", "text": "what", "output_text": "that"},
            "parsed_response": "not like me at all",
            "numeric_response": 1,
        },
    ],
}
ANSWERS["v2"] = [
    ANSWERS["v1"][0] | {"prompt": "v2 reddit: why {content} so", "error": "gone"},
    ANSWERS["v1"][1] | {"prompt": "v2 sharegpt: what that"},
]
for name in ("parsed_response", "numeric_response", "correlations"):
    del ANSWERS["v2"][0][name]
RATINGS = Ratings([("fir", "baseline")], ["v1", "v2"], ["1-1", "3-1"], np.array([[[5, 1], [NO_RATING, 1]]], np.int8))


def recorded(tmp_path, answers):
    paths = [tmp_path / f"{version}.json" for version in answers]
    for path, content in zip(paths, answers.values(), strict=True):
        path.write_text(json.dumps(content))
    return read_records({"fir": paths}, list(answers), ITEMS, TEMPLATES, TAGS)


def test_records_that_are_as_they_must_be(tmp_path):
    table = recorded(tmp_path, ANSWERS)
    write_table(table, tmp_path / "records.parquet", RECORDS)
    records = read_table(tmp_path / "records.parquet", RECORDS).to_pandas()
    assert records[["prompt", "texts", "tags", "parsed"]].all(axis=None)
    assert records["tagged"].tolist() == [True, False, False, False]
    assert record_differences(records, RATINGS).empty
    found = {finding.name: finding for finding in records_hold(records, record_differences(records, RATINGS))}
    assert all(finding.holds for finding in found.values())
    assert found["recorded prompts"].evidence == "4 prompts"
    assert found["stated ratings"].evidence == "3 ratings equal, 1 missing on both sides"
    assert found["tags beside answers"].evidence == "1 records with tags, 3 without"


# A change of one record (version, place), and the fields and the check that then do not hold.
CHANGES = [
    ("v1", 0, {"prompt": "v1 reddit: why so"}, {"prompt"}, "recorded prompts"),
    ("v2", 0, {"prompt": None}, {"prompt"}, "recorded prompts"),
    (
        "v1",
        0,
        {"content": {"title": "T", "text": "why {content}", "output_text": "so."}},
        {"texts"},
        "texts beside answers",
    ),
    ("v1", 1, {"content": {"title": "T", "text": "what", "output_text": "that"}}, {"texts"}, "texts beside answers"),
    ("v1", 1, {"content": None}, {"texts"}, "texts beside answers"),
    ("v1", 1, {"content": {"title": 0, "text": "what", "output_text": "that"}}, {"texts"}, "texts beside answers"),
    ("v1", 1, {"correlations": 0}, {"tags"}, "tags beside answers"),
    ("v1", 0, {"numeric_response": 4}, {"parsed", "rating"}, "stated ratings"),
    ("v1", 0, {"parsed_response": "somewhat like me"}, {"parsed"}, "stated ratings"),
    ("v1", 0, {"numeric_response": 4, "parsed_response": "somewhat like me"}, {"rating"}, "stated ratings"),
    ("v1", 0, {"numeric_response": 5.0}, {"parsed", "rating"}, "stated ratings"),
    ("v1", 0, {"numeric_response": 7}, {"parsed", "rating"}, "stated ratings"),
    ("v2", 0, {"numeric_response": 5, "parsed_response": "like me"}, {"rating"}, "stated ratings"),
    ("v1", 0, {"correlations": [["Power", 0.41]]}, {"tags"}, "tags beside answers"),
    ("v1", 0, {"correlations": []}, {"tags"}, "tags beside answers"),
    ("v1", 1, {"correlations": [["Power", 0.4]]}, {"tags"}, "tags beside answers"),
]


@pytest.mark.parametrize(("version", "place", "change", "fields", "check"), CHANGES)
def test_a_changed_record_is_named(tmp_path, version, place, change, fields, check):
    answers = copy.deepcopy(ANSWERS)
    answers[version][place] |= change
    records = recorded(tmp_path, answers).to_pandas()
    differences = record_differences(records, RATINGS)
    item = ITEMS[place]["item_id"]
    assert set(differences.itertuples(index=False, name=None)) == {("fir", version, item, field) for field in fields}
    (failed,) = [finding for finding in records_hold(records, differences) if not finding.holds]
    assert failed.name == check
    assert f"fir {version} {item}" in failed.evidence


def test_another_rating_of_ours_and_a_record_too_few_are_named(tmp_path):
    records = recorded(tmp_path, ANSWERS).to_pandas()
    values = RATINGS.values.copy()
    values[0, 1, 1] = 2
    changed = Ratings(RATINGS.subjects, RATINGS.versions, RATINGS.items, values)
    assert record_differences(records, changed).values.tolist() == [["fir", "v2", "3-1", "rating"]]
    assert record_differences(records.iloc[1:], RATINGS).values.tolist() == [["fir", "v1", "1-1", "record"]]


@pytest.mark.parametrize("content", [{}, [3], [{"portrait_id": 9, "option_id": 1}]])
def test_a_file_of_other_content_is_refused(tmp_path, content):
    with pytest.raises(InputError, match="is no"):
        recorded(tmp_path, {"v1": content})


VALUES = VALUE_PORTRAIT.main.names
# Mean 0.12, squares 0.0324 and 9 x 0.0004: sample variance 0.004, SD 0.0632, largest over smallest 3. With 0.05 to and
# fro for each the SD is up to 0.05 sqrt(10 / 9) = 0.0527 off, and largest over smallest is from 0.25 / 0.15 to 7.
SHARES = ["0.3", *["0.1"] * 9]


@pytest.mark.parametrize(
    ("shares", "spread", "ratio", "variance", "wrong"),
    [
        (SHARES, "0.06", "3.0", "0.004", ""),
        (SHARES, "0.12", "7.0", "0.013", ""),
        (SHARES, "0.13", "7.0", "0.013", "it std"),
        (SHARES, "0.01", "1.6", "0.000", "it imbalance_ratio"),
        (SHARES, "0.06", "3.0", "0.014", "qwen variance"),
        (["0.2"] * 10, "0.06", "1.0", "0.000", "it std; it sum"),
    ],
)
def test_what_print_states_of_a_row_follows_from_it(shares, spread, ratio, variance, wrong):
    table_5 = pd.DataFrame([[*shares, spread, ratio]], index=["it"], columns=[*VALUES, "std", "imbalance_ratio"])
    table_12 = pd.DataFrame([[*shares, variance]], index=["qwen"], columns=[*VALUES, "variance"])
    found = printed_rows(table_5, table_12)
    assert found.holds == (not wrong)
    assert found.evidence == (f"{1 + wrong.count(';')} of 4 numbers not: {wrong}" if wrong else "4 numbers")


def test_another_text_of_an_item_is_named():
    items = pd.DataFrame(ITEMS)
    assert texts_of_items(items, items[["item_id", "title", "text", "response"]]).holds
    for other in (items.replace("so", "no"), items.replace("T", "U"), items.iloc[1:]):
        found = texts_of_items(items, other)
        assert (found.holds, found.evidence) == (False, "1 of 2 items not: 1-1")
