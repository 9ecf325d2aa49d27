"""The method as the page tells it: choices that differ are marked, limits fit the study, every table can be taken."""

from importlib.metadata import version

import pandas as pd
from value_portrait.publication.page.packing import Packed
from value_portrait.publication.page.part_method import LIMITS, OF_A_KEY, compare_choices, method_part

SHIPPED = {"seed": 42, "items": {"max_p": 0.05, "method": "spearman"}, "versions": ["v1", "v2"], "prompts": None}


def test_choices_are_listed_flat_and_only_those_that_differ_name_the_shipped_one():
    config = {"seed": 42, "items": {"max_p": None, "method": "spearman"}, "versions": ["v1"], "new": {"on": True}}
    assert compare_choices(config, SHIPPED) == [
        {"key": "seed", "value": "42", "shipped": ""},
        {"key": "items.max_p", "value": "none", "shipped": "0.05"},
        {"key": "items.method", "value": "spearman", "shipped": ""},
        {"key": "versions", "value": "v1", "shipped": "v1, v2"},
        {"key": "new.on", "value": "true", "shipped": "none"},
    ]


def test_what_is_shipped_in_parts_and_left_out_here_is_a_difference():
    assert compare_choices({"items": None}, SHIPPED) == [
        {"key": "items", "value": "none", "shipped": "several choices"}
    ]


FILES = [
    {"table": name, "file": f"{name}.csv", "rule": f"write_{name}", "does": "", "made_from": ""}
    for name in ("pairs", "profiles", "items")
]


def described(mark="", left_out=(), **parts):
    method = {"config": SHIPPED, "shipped": SHIPPED, "files": FILES, "sources": [], "cite": [], "left_out": left_out}
    models = Packed(pd.DataFrame({"model": ["one", "two"], "size": [1, 2]}))
    parts = {"study": {"models": models}} | parts
    found = method_part(method, parts, {"study": ("profiles", "ranks", "pairs"), "certainty": ()}, mark)
    return {name: own.table for name, own in found.items()}


def test_limits_are_those_of_every_study_and_of_this_one():
    assert list(described()["limits"]["text"]) == list(LIMITS)
    # Nobody made a key that is given.
    made = described(certainty={"dilution": Packed(pd.DataFrame({"tags": [1]}))})
    assert list(made["limits"]["text"]) == [*LIMITS, OF_A_KEY]
    own = list(
        described("panel: 9 items of each dimension, simulated", ["topics (the study has none)"])["limits"]["text"]
    )
    assert "made up" in own[0]
    assert own[-1] == "Left out here: topics (the study has none)."


def test_versions_are_those_installed_and_the_contents_name_every_table():
    tables = described()
    assert tables["versions"].set_index("name")["version"]["pandas"] == version("pandas")
    assert tables["contents"].to_dict("records") == [
        # Of what it may be made of, as much as the study has.
        {"part": "study", "table": "models", "rows": 2, "columns": "model, size", "made_of": "profiles, pairs"}
    ]
