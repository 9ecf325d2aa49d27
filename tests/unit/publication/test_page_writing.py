"""The page as one file: its scripts in order, its policy, and no sign that could end an element early."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from value_portrait.publication.page.bundling import bundle
from value_portrait.publication.page.packing import Packed
from value_portrait.publication.page.writing import VIEWS, as_json, write_page

PAGE = Path(__file__).resolve().parents[3] / "workflow/report/page"


class Elements(HTMLParser):
    """The elements of a page, each with its attributes and its text."""

    def __init__(self, content):
        super().__init__()
        self.found = []
        self.feed(content)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes), []))

    def handle_endtag(self, tag):
        self.found.append(("/" + tag, {}, []))

    def handle_data(self, data):
        if self.found:
            self.found[-1][2].append(data)

    def texts(self, tag, **wanted):
        return [
            "".join(text)
            for name, own, text in self.found
            if name == tag and all(own.get(key) == value for key, value in wanted.items())
        ]


def page_of(title="A study", names=("one",), views=("models", "method")):
    study = {"title": title, "mark": "simulated", "made": "here", "views": list(views), "families": []}
    table = pd.DataFrame({"model": list(names)})
    return write_page(
        PAGE / "page.html", PAGE / "main.js", PAGE / "page.css", study, {"study": {"models": Packed(table)}}
    )


def hash_of(content):
    return "'sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() + "'"


def test_the_policy_names_the_script_and_the_style_by_their_hashes():
    elements = Elements(page_of())
    policy = next(
        own["content"] for tag, own, _ in elements.found if own.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == hash_of(*elements.texts("script", type="module"))
    assert rules["style-src"] == hash_of(*elements.texts("style"))


def test_navigation_holds_the_views_that_there_are():
    elements = Elements(page_of(views=("models", "items")))
    links = {own["href"]: own["data-views"] for tag, own, _ in elements.found if "data-views" in own}
    assert links == {"#/models": "models model compare", "#/items": "items item"}
    assert json.loads(elements.texts("script", id="study")[0])["views"] == [
        "models",
        "model",
        "compare",
        "items",
        "item",
    ]
    assert set(VIEWS) >= {"findings", "certificate"}


@settings(max_examples=25)
@given(st.text(), st.lists(st.text(), min_size=1))
def test_no_text_changes_what_the_page_is_made_of(title, names):
    plain, odd = Elements(page_of()), Elements(page_of(title, names))
    assert [tag for tag, *_ in odd.found] == [tag for tag, *_ in plain.found]
    assert said_of_study(odd)["title"] == title


def said_of_study(elements):
    return json.loads(elements.texts("script", id="study")[0])


@given(st.dictionaries(st.text(), st.text() | st.none() | st.floats(allow_nan=False, allow_infinity=False)))
def test_json_in_the_page_is_the_same_and_ends_nothing(content):
    said = as_json(content)
    assert json.loads(said) == content
    assert not re.search(r"[<>&]", said)


def test_a_script_that_would_end_its_element_is_refused(tmp_path):
    script = tmp_path / "main.js"
    script.write_text('const end = "</script>";\n')
    with pytest.raises(ValueError, match="would end early"):
        write_page(PAGE / "page.html", script, PAGE / "page.css", {"views": []}, {})


def test_modules_stand_after_what_they_import_and_once(tmp_path):
    (tmp_path / "views").mkdir()
    (tmp_path / "a.js").write_text("export const a = 1;\n")
    (tmp_path / "b.js").write_text('import { a } from "./a.js";\nexport function b() {\n  return a;\n}\n')
    (tmp_path / "views/c.js").write_text(
        'import { a } from "../a.js";\nimport { b } from "../b.js";\nexport const c = a + b();\n'
    )
    (tmp_path / "main.js").write_text('import { c } from "./views/c.js";\nimport { a } from "./a.js";\nuse(a, c);\n')
    made = bundle(tmp_path / "main.js")
    assert [made.count(one) for one in ("const a = 1;", "function b()", "const c = a + b();", "use(a, c);")] == [1] * 4
    assert made.index("const a = 1;") < made.index("function b()") < made.index("const c = ") < made.index("use(a, c)")
    assert not re.search(r"^(import|export) ", made, re.MULTILINE)
    assert made.count("return { a };") == made.count("return { b };") == made.count("return { c };") == 1


def test_every_script_of_the_page_is_in_it():
    made = bundle(PAGE / "main.js")
    assert not re.search(r"^(import|export) ", made, re.MULTILINE)
    for module in PAGE.rglob("*.js"):
        assert module.read_text().splitlines()[0] in made, module
