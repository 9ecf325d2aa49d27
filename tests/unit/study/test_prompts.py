"""Prompt templates: the study's, and those of one's own beside them."""

import pytest
from instruments import SMALL, VALUE_PORTRAIT
from value_portrait.errors import InputError
from value_portrait.study.prompts import choose_templates, find_templates, read_prompts


def write(folder, version, **templates):
    (folder / version).mkdir(parents=True)
    for name, text in templates.items():
        (folder / version / f"{name}.txt").write_text(text)


def test_templates_are_found_by_version(tmp_path):
    write(tmp_path, "a", plain="Say {content}")
    found = find_templates(tmp_path, ["a", "b"], SMALL)
    assert found == {"a": {"plain": str(tmp_path / "a/plain.txt")}}
    (tmp_path / "b").mkdir()
    with pytest.raises(InputError, match=r"b/plain\.txt: is missing\. Write it"):
        find_templates(tmp_path, ["a", "b"], SMALL)


def test_a_version_comes_from_one_place():
    brought, own = {"v1": {"t": "theirs"}}, {"v4": {"t": "mine"}}
    assert choose_templates(["v4", "v1"], brought, own, ["mine"]) == {"v4": {"t": "mine"}, "v1": {"t": "theirs"}}
    with pytest.raises(InputError, match=r"prompt version v5: has no templates\. Put them into mine/v5, or remove"):
        choose_templates(["v5"], brought, own, ["mine"])
    with pytest.raises(InputError, match=r"Put them into a folder that the key prompts of the config names"):
        choose_templates(["v5"], brought, {}, [])
    with pytest.raises(InputError, match=r"prompt version v1: has templates in the study and in"):
        choose_templates(["v1"], brought, brought, ["mine"])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Say it", r"plain\.txt: lacks the field \{content\}\. The instrument's template plain has \{content\}"),
        ("Say {content} {title}", r"has the field \{title\}"),
        ("\x1b[2J{content}", r"plain\.txt: holds what cannot be printed"),
        ("\u202e{content}", r"plain\.txt: holds what cannot be printed"),
        ("{content}" + "x" * 100_000, r"plain\.txt: holds what cannot be printed, or over 100000 letters"),
        (b"\xff{content}", r"plain\.txt, line 1: is no UTF-8 text"),
        ("Say {content}: never, rarely, sometimes, often", r"plain\.txt: does not offer the option 'always'"),
    ],
)
def test_a_faulty_template_is_refused(tmp_path, text, complaint):
    path = tmp_path / "plain.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=complaint):
        read_prompts({"a": {"plain": path}}, SMALL)


def test_an_option_within_a_longer_one_is_no_offer(tmp_path):
    path = tmp_path / "s.txt"
    options = [option.title() for option in VALUE_PORTRAIT.options if option != "like me"]
    path.write_text("\n".join(["{text}{content}", *options]))
    with pytest.raises(InputError, match=r"does not offer the option 'like me'"):
        read_prompts({"v1": {"reddit": titled(tmp_path), "sharegpt": path}}, VALUE_PORTRAIT)


def titled(folder):
    (folder / "t.txt").write_text("\n".join(["{title}{text}{content}", *VALUE_PORTRAIT.options]))
    return folder / "t.txt"


def test_the_table_has_a_row_for_each_version_and_template(tmp_path):
    options = "".join(VALUE_PORTRAIT.options)
    (tmp_path / "t.txt").write_text("{title}{text}{content}" + options)
    (tmp_path / "s.txt").write_text("{text}{content}" + options)
    paths = {version: {"reddit": tmp_path / "t.txt", "sharegpt": tmp_path / "s.txt"} for version in ("v2", "v1")}
    rows = read_prompts(paths, VALUE_PORTRAIT).to_pylist()
    assert [(row["prompt_version"], row["template"], len(row["text"]) - len(options)) for row in rows] == [
        ("v2", "reddit", 22),
        ("v2", "sharegpt", 15),
        ("v1", "reddit", 22),
        ("v1", "sharegpt", 15),
    ]
