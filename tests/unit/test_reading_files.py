"""Whatever stands in a file from outside: its reader gives a result, or one printable line that says what to do."""

import csv
import io
import json
import math
import os

import pandas as pd
import pyarrow.csv
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from near_misses import complaint
from pandas._libs.parsers import STR_NA_VALUES
from value_portrait.checking import as_in_a_file, read_config, read_given, read_rows, read_yaml
from value_portrait.config_tables import Claim, FamilyMark, Model, Persona
from value_portrait.errors import InputError
from value_portrait.reading import (
    Found,
    is_plain,
    open_json,
    parse_json,
    read_cells,
    read_json,
    read_json_lines,
    read_printed_cells,
    read_text,
    why_no_name,
)

READERS = {
    "text": read_text,
    "json": read_json,
    "json lines": lambda path: list(read_json_lines(path)),
    "cells": lambda path: read_cells(path, ","),
    "printed": lambda path: read_printed_cells(path, ["model"], ["Power"]),
    "yaml": lambda path: read_yaml(path, "Restore it."),
    "config": read_config,
    "given configs": lambda path: read_given(["-n", "--configfile", str(path), "--", "all"]),
    "models": lambda path: read_rows(path, "models", Model),
    "personas": lambda path: read_rows(path, "personas", Persona),
    "claims": lambda path: read_rows(path, "claims", Claim),
    "families": lambda path: read_rows(path, "families", FamilyMark),
}
quick = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
# Pieces of which files are made, and what breaks them.
PIECES = [
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b'"',
    b"'",
    b"\n",
    b"\t",
    b"\\",
    b"&a ",
    b"*a",
    b"- ",
    b"a: ",
    b"!!python/x ",
]
PIECES += [
    b"NaN",
    b"1e999",
    b".nan",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\0",
    b"\x1b[31m",
    "\u202e".encode(),
    b"\\ud800",
    b"# x",
]
PIECES += [b"model", b"Power", b"a", b"1", b"<<: ", b"? ", b"%YAML 9\n", b"---\n", b"=cmd", b"2025-01-01", b"~", b"\r"]
content = st.one_of(
    st.binary(max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
)


def said_of(text, reader, folder):
    """What a reader says of a file with this text."""
    (folder / "file").write_text(text)
    return complaint(reader, folder / "file")


@pytest.mark.parametrize("name", READERS)
@given(content)
@quick
def test_any_bytes_are_read_or_refused(tmp_path_factory, name, data):
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(data)
    said = complaint(READERS[name], path)
    assert said is None or str(path) in said


def breakages(tmp_path):
    """Files that are none, by what is wrong with them."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    contents = {
        "empty": b"",
        "blank": b" \n\n",
        "latin": "naïve".encode("latin-1"),
        "nul": b"a: \0",
        "deep list": b"[" * 3000 + b"]" * 3000,
        "deep map": b'{"a": ' * 3000 + b"1" + b"}" * 3000,
        "open quote": b'"a',
        "cell": b"a," + b"x" * 200_000,
        "utf-16": "a: 1".encode("utf-16"),
    }
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    paths = [tmp_path / name for name in ["folder", "pipe", "missing", *contents]]
    return [*paths, tmp_path / "empty" / "below", tmp_path / ("x" * 300), str(tmp_path / "a\0b"), "a{b}<c>"]


@pytest.mark.parametrize("name", READERS)
def test_what_is_no_such_file_is_refused(tmp_path, name):
    fine = {
        "text": {"empty", "blank", "deep list", "deep map", "open quote", "cell"},
        "cells": {"deep list", "deep map"},
    }
    fine["yaml"] = {"empty", "blank", "cell"}
    for path in breakages(tmp_path):
        said = complaint(READERS[name], path)
        assert said or os.path.basename(path) in fine.get(name, ()), path


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=5))
@quick
def test_a_value_that_json_has_comes_back_and_no_other(value):
    text = json.dumps(value).encode()
    said = text.decode()
    try:
        strict = bool(json.dumps(value, allow_nan=False))
    except ValueError:
        strict = False
    try:
        found = parse_json(text, "x")
    except InputError:
        assert not strict or "\\ud" in said
    else:
        assert strict
        assert json.dumps(found) == said or any(len(digits) > 18 for digits in said.replace("-", " ").split())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1, "b": {"c": 1, "c": 2}}', "the key 'c' stands there twice"),
        ('{"a": 1, "\\u0061": 2}', "the key 'a' stands there twice"),
        ("[NaN]", "is no JSON"),
        ("[-Infinity]", "is no JSON"),
        ("[1e999]", "is no JSON"),
        ('["\\ud800"]', "is no JSON"),
        ("[1] [2]", "is no JSON"),
        ("[" * 1000 + "]" * 1000, "is no JSON"),
    ],
)
def test_json_that_others_would_take_is_refused(tmp_path, text, words):
    path = tmp_path / "x.json"
    path.write_text(text)
    assert words in complaint(read_json, path)
    (tmp_path / "x.jsonl").write_text(f"{{}}\n\n{text}\n")
    assert "x.jsonl, row 3: " in complaint(READERS["json lines"], tmp_path / "x.jsonl")


def test_a_byte_order_mark_is_no_letter(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"\xef\xbb\xbf[1]\n")
    assert read_json(path) == [1]
    assert list(read_json_lines(path)) == [(f"{path}, row 1", [1])]
    assert read_yaml(path, "") == [1]
    assert read_cells(path, ",") == [(f"{path}, row 1", ["[1]"])]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\nb: 2\na: 3", "line 3: the key 'a' stands there twice"),
        ("a: {b: 1, 'b': 2}", "the key 'b' stands there twice"),
        ("a: .nan", "a: is no finite number"),
        ("a: [1, -.inf]", "a.1: is no finite number"),
        (f"a: 0x{'f' * 5000}", "a: is no finite number"),
        ("a: 9" + "9" * 5000, "is no YAML"),
        ("a: 2025-01-01", "a: datetime.date(2025, 1, 1) is no text"),
        ('a: "\\e[2J"', "a: holds what cannot be printed"),
        ('a: "\\0"', "a: holds what cannot be printed"),
        ('a: "\\u202e"', "a: holds what cannot be printed"),
        ('"\\e[2J": 1', "is no printable key"),
        ("a: &a [*a]", "is nested too deeply"),
        ("!!python/object/apply:os.system [id]", "line 1: could not determine a constructor"),
        ("a: [1,\nb: }", "line 2: is no YAML"),
        ("a: " + "x" * 30_000, "a: is longer than 20000"),
        ("? [1]\n: 2", "line 1: found unhashable key"),
        ("a: 1\n__use_yte__: true\nb: ?print(1)", "is a template that runs code"),
        ("- 1", "holds no keys"),
        ("", "holds no keys"),
        ("hello", "holds no keys"),
    ],
)
def test_yaml_that_others_would_take_is_refused(tmp_path, text, words):
    assert words in said_of(text, read_config, tmp_path)


def test_given_configs_are_found_wherever_they_stand(tmp_path):
    (tmp_path / "bad.yaml").write_text("a: [")
    (tmp_path / "good.yaml").write_text("a: 1")
    bad, good = str(tmp_path / "bad.yaml"), str(tmp_path / "good.yaml")
    for words in (["--configfile", good, bad], [f"--configfile={bad}", "-n"], ["all", "--configfiles", bad, "--", "x"]):
        assert "bad.yaml, line 2: is no YAML" in complaint(read_given, words)
    for words in ([], ["--config", "seed=1"], ["-n", "--configfile", good, "-c", "2"], ["--", "--configfile", bad]):
        assert complaint(read_given, words) is None


VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
WORDS = st.from_regex(r"[a-z]{4,9}( [a-z]{4,9})?(: [1-9])?", fullmatch=True).filter(
    lambda text: text not in ("null", "true")
)


@given(
    st.recursive(
        VALUES | WORDS.filter(lambda text: text != "false"),
        lambda own: st.lists(own, max_size=3) | st.dictionaries(WORDS, own, max_size=3),
        max_leaves=6,
    )
)
def test_what_stands_on_the_command_line_is_what_a_file_would_hold(value):
    # Snakemake leaves all within braces as text.
    as_text = yaml.load(yaml.safe_dump({"key": value}, default_flow_style=True), yaml.BaseLoader)
    assert as_in_a_file(as_text) == {"key": value}


@pytest.mark.parametrize("text", ["a: 1", "[1, 2]", "*x", "2026-11-20", "!!python/name:print", "{", "none", "a\x00b"])
def test_on_the_command_line_other_texts_stay_texts(text):
    assert as_in_a_file(text) == text


def test_a_bomb_of_aliases_is_refused_before_it_goes_off(tmp_path):
    lines = ["a0: &a0 [x, x]", *(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]" for n in range(9))]
    assert "holds too much" in said_of("\n".join(lines), read_config, tmp_path)


ROWS = [["a", "b"], ["x", 'say "y"'], ["two\nlines", ""]]


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n")), min_size=2, max_size=2)))
@quick
def test_cells_come_back_as_they_were_written(tmp_path_factory, rows):
    path, written = tmp_path_factory.getbasetemp() / "cells.csv", io.StringIO()
    csv.writer(written).writerows([*ROWS, *rows])
    path.write_text(written.getvalue(), encoding="utf-8", newline="")
    kept = [row for row in [*ROWS, *rows] if any(cell.strip() for cell in row)]
    assert [cells for _, cells in read_cells(path, ",")] == kept


@pytest.mark.parametrize(
    "name",
    [
        *("", " a", "a ", "a\n", "a\tb", "a\0", "\x1b[2Ja", "a\u202eb", "a\u2028b", "a\xa0b", "\ud800", "x" * 121),
        *sorted(STR_NA_VALUES | {*pyarrow.csv.ConvertOptions().null_values, "none", "Null"}),
        *("=1+1", "+1", "-x", "@SUM(1)", "<script>", "a|b", "`id`", "[x](y)", "*a*", "a\\b"),
    ],
)
def test_what_would_act_is_no_name(name):
    assert why_no_name(name)
    assert complaint(Found(name, "x.json").name)


@given(st.text(max_size=130))
@quick
def test_a_name_is_one_printable_line_that_nothing_obeys(name):
    if why_no_name(name) is None:
        assert name.isprintable()
        assert name[0] not in "=+-@"
        assert is_plain(name)
        assert not set(name) & set("<>|`")
        written = io.StringIO()
        csv.writer(written).writerows([["name"], [name]])
        assert pd.read_csv(io.StringIO(written.getvalue()), dtype=str)["name"].tolist() == [name]
    assert why_no_name("claude-3.7-sonnet:thinking") is why_no_name("Größe 80+ (a/b), 20-39") is None


WALKS = {
    "text": Found.text,
    "name": Found.name,
    "pair": Found.pair,
    "number": Found.number,
    "whole": lambda found: found.whole(1, 6),
    "one of": lambda found: found.one_of(("a", "b")),
    "key": lambda found: found["a"],
    "get": lambda found: found.get("a"),
    "members": lambda found: list(found.members("part")),
    "elements": lambda found: list(found.elements("part")),
}
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("x" * 1000),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("walk", WALKS)
@given(values)
@quick
def test_a_step_through_any_value_gives_what_it_says_or_the_place(walk, value):
    found = Found(value, "x.json, query 7")
    said = complaint(WALKS[walk], found)
    assert said is None or said.startswith("x.json, query 7")
    if said is None and walk == "whole":
        assert type(value) is int
        assert 1 <= value <= 6
    if said is None and walk == "number":
        assert math.isfinite(value) or math.isinf(value)
        assert not isinstance(value, bool)


def test_places_are_said_on_the_way(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('{"a": [{"b": null}], "c": [1, 2, 3]}')
    found = open_json(path)
    (part,) = found["a"].elements("part")
    assert part.get("b") is None
    assert complaint(part.__getitem__, "d") == f"{path}: a, part 1: lacks 'd'. Restore the file, or correct it there."
    assert "has 3 elements instead of 2" in complaint(found["c"].pair)
    assert "is not an object, but [1, 2, 3]" in complaint(found["c"].get, "x")
    assert "is a list without anything in it" in complaint(lambda: list(Found([], "x").elements("part")))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("model,Power\na,1\n", "row 1: does not name the source"),
        ("# print\nmodel,Might\na,1\n", "has other columns than model, Power"),
        ("# print\nmodel,Power\n", "or no row"),
        ("# print\nmodel,Power\na,1\na,2\n", "row 4: repeats a"),
        ("# print\nmodel,Power\na,1,2\n", "row 3: has 3 cells where the header has 2"),
        ("# print\nmodel,Power\na\n", "row 3: has 1 cells"),
        ("# print\nmodel,Power\na,much\n", "row 3: the Power 'much' is no number"),
        ("# print\nmodel,Power\na,nan\n", "row 3: the Power 'nan' is no number"),
        ("# print\nmodel,Power\na,1_0\n", "row 3: the Power '1_0' is no number"),
        ("# print\nmodel,Power\n=a,1\n", "row 3: the model '=a' is no name"),
        ("# print\nmodel,Power\n,1\n", "row 3: the model '' is no name"),
    ],
)
def test_a_printed_table_is_held_to_its_columns(tmp_path, text, words):
    assert words in said_of(text, READERS["printed"], tmp_path)
    path = tmp_path / "table.csv"
    path.write_text("# print\nmodel,Power\na,-0.10\nb,\n")
    assert READERS["printed"](path) == [{"model": "a", "Power": "-0.10"}, {"model": "b", "Power": ""}]
