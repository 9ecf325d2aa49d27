import copy
from contextlib import suppress
from string import ascii_letters

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from instruments import ROOT, SMALL, SMALL_CONTENT, VALUE_PORTRAIT
from value_portrait.checking import check
from value_portrait.errors import InputError
from value_portrait.instrument import as_instrument
from value_portrait.instrument_file import InstrumentFile, read_instrument
from value_portrait.reading import why_no_name

SHIPPED = yaml.safe_load((ROOT / "config/instruments/value_portrait.yaml").read_text())


def test_the_shipped_instrument_is_the_papers():
    assert [len(family.names) for family in VALUE_PORTRAIT.families] == [10, 4, 5]
    assert VALUE_PORTRAIT.main.names[0] == "Universalism"
    assert VALUE_PORTRAIT.circle is VALUE_PORTRAIT.main
    assert (VALUE_PORTRAIT.lowest, VALUE_PORTRAIT.highest, VALUE_PORTRAIT.span, VALUE_PORTRAIT.mirror) == (1, 6, 5, 7)
    assert VALUE_PORTRAIT.rating_of["like me"] == 5
    assert VALUE_PORTRAIT.titles["Openness_to_Change"] == "Openness to Change"
    assert VALUE_PORTRAIT.titles["Self_Direction"] == "Self-Direction"
    assert VALUE_PORTRAIT.family("higher_pvq").made_up
    assert not VALUE_PORTRAIT.family("bfi").made_up
    assert len(VALUE_PORTRAIT.planted) == 15
    assert VALUE_PORTRAIT.version("v2_reversed").reversed
    assert VALUE_PORTRAIT.version("v2_reversed").wording == "v2"
    assert not VALUE_PORTRAIT.version("v2").reversed


def test_what_is_not_given_follows_from_names():
    assert SMALL.circle is None
    assert (SMALL.lowest, SMALL.highest, SMALL.span, SMALL.mirror) == (0, 4, 4, 4)
    assert SMALL.titles["Sour_Bitter"] == "Sour Bitter"
    assert SMALL.main.dimensions[0].code == "Sw"
    assert (SMALL.main.table, SMALL.main.figure, SMALL.main.factor) == ("taste_scores", "taste_profiles", 1)
    assert [(version.wording, version.reversed) for version in SMALL.prompt_versions] == [
        ("a", False),
        ("a", True),
        ("b", False),
    ]


def changed(path, value):
    content = copy.deepcopy(SHIPPED)
    place = content
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return content


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (["colour"], "red", "'colour' is no key that is known here. The keys are: title, scale"),
        (["scale"], {1: "no"}, "scale: .*at least 2"),
        (["scale", 8], "eight", "scale: the ratings leave a gap"),
        (["scale", 6], "Like me", "scale: two ratings have the same text"),
        (["scale", "six"], "six", "scale.six"),
        (["scale"], {number: str(number) for number in range(12)}, "scale: .*at most 11"),
        (["also_read"], {"rather like me": 9}, "also_read: 9 is no rating"),
        (["score_range"], [6, -6], "score_range: the lowest score is not below the highest"),
        (["families"], {}, "families: .*at least 1"),
        (["families", "bfi", "dimensions"], ["Openness", "Openness"], "not all different"),
        (["families", "bfi", "dimensions"], ["Openness", "Power"], "'Power' stands in pvq and in bfi"),
        (["families", "bfi", "circle"], True, "more than one has an order around a circle"),
        (["families", "bfi", "table"], "value_scores", "two have the same table"),
        (["families", "higher_pvq", "dimensions", "Conservation"], {"made_of": ["Mood"]}, "'Mood' is no simple"),
        (
            ["families", "higher_pvq", "dimensions", "Conservation"],
            {"opposite": "Power"},
            "'Power' is not of the family",
        ),
        (
            ["families", "higher_pvq", "dimensions", "Conservation", "opposite"],
            "Conservation",
            "Conservation: the opposite of 'Conservation' is another or none",
        ),
        (
            ["families", "higher_pvq", "dimensions", "Conservation", "opposite"],
            "Self_Enhancement",
            "Conservation: the opposite of 'Self_Enhancement' is another or none",
        ),
        (
            ["families", "pvq", "dimensions", "Power"],
            {"opposite": "Universalism"},
            "Power: the opposite of 'Universalism' is another or none",
        ),
        (["templates", "reddit"], ["title", "body"], r"templates\.reddit\.1: 'body' does not fit"),
        (["prompt_versions", "v4"], {"wording": "v1"}, "two have the same wording and order"),
        (["prompt_versions", "v4"], {"order": "mixed"}, r"prompt_versions\.v4\.order: 'mixed' does not fit"),
        (["simulation", "links"], {"Openness": "Mood"}, "simulation.links: 'Mood' is no dimension"),
        (["simulation", "shared_profile"], {"Mood": 1.0}, "simulation.shared_profile: 'Mood' is no dimension"),
    ],
)
def test_a_wrong_instrument_is_refused_with_its_key(path, value, complaint):
    with pytest.raises(InputError, match=complaint):
        check(InstrumentFile, changed(path, value), "mine.yaml")


def test_the_first_family_stands_for_itself():
    content = changed(["families"], {name: SHIPPED["families"][name] for name in ("higher_pvq", "pvq", "bfi")})
    with pytest.raises(InputError, match="the first one is made of another"):
        check(InstrumentFile, content, "mine.yaml")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"a: [",
        b"\xff\xfe",
        b"- 1",
        b"title: x",
        b"\x00",
        b"a: 1\na: 2",
        b"a: 2026-13-40",
        b"[" * 3000,
        b"{}: 1",
    ],
)
def test_a_file_that_is_no_instrument_is_refused(tmp_path, content):
    path = tmp_path / "mine.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"mine\.yaml"):
        read_instrument(path)
    with pytest.raises(InputError, match="is missing"):
        read_instrument(tmp_path / "none.yaml")


words = st.text(ascii_letters, min_size=3, max_size=8).filter(lambda word: not why_no_name(word))
names = st.lists(words, min_size=1, max_size=40, unique_by=str.lower)


@settings(deadline=None)
@given(names, st.integers(-3, 3), st.integers(2, 11), st.integers(1, 5))
def test_any_names_scale_and_versions_make_an_instrument(dimensions, lowest, options, versions):
    content = {
        "title": "Any",
        "scale": {lowest + step: f"option {step}" for step in range(options)},
        "score_range": [0, 1],
        "families": {"own": {"title": "Own", "dimensions": dimensions}},
        "templates": {"plain": ["content"]},
        "prompt_versions": {f"v{number}": None for number in range(versions)},
    }
    made = as_instrument(check(InstrumentFile, content, "any.yaml").completed())
    assert made.main.names == tuple(dimensions)
    assert [made.rating_of[option] for option in made.options] == list(range(lowest, lowest + options))
    assert made.mirror - made.highest == made.lowest
    assert hash(made) == hash(as_instrument(check(InstrumentFile, content, "any.yaml").completed()))


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_near_miss_is_an_instrument_or_refused(data):
    content = copy.deepcopy(data.draw(st.sampled_from([SHIPPED, SMALL_CONTENT])))
    place, path = content, []
    while isinstance(place, dict) and place and (not path or data.draw(st.booleans())):
        key = data.draw(st.sampled_from(list(place)))
        parent, place = place, place[key]
        path.append(key)
    json = st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(0, 3), inner, max_size=3)
        ),
        max_leaves=5,
    )
    parent[path[-1]] = data.draw(json)
    with suppress(InputError):
        as_instrument(check(InstrumentFile, content, "mine.yaml").completed())
