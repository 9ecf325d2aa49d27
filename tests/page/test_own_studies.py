"""Odd studies of one's own: every view of their pages opens, is never empty, and counts one as one."""

import csv
import json
import re
from urllib.parse import quote

import pytest
import yaml
from browsing import Visit
from conftest import ROOT
from instruments import SMALL_CONTENT
from value_portrait.files import slug

PAGE = "results/odd/publication/report.html"
OPTIONS = list(SMALL_CONTENT["scale"].values())
LONG = "a-model-with-a-name-that-goes-on-and-on-" * 2
# Families with their dimensions, models, prompt versions, what a model answers to which item, claims.
STUDIES = {
    "one of everything": ({"pace": ["Haste"]}, ["solo"], ["a"], lambda model, place: OPTIONS[place % 5], []),
    "odd names and a silent model": (
        {"taste": ["constructor", "__proto__", "Sour_and_very_" + "very_" * 15 + "bitter"], "pace": ["toString"]},
        ["__proto__", "שלום 😀", LONG],
        ["a", "b"],
        lambda model, place: "I would rather not say." if model == LONG else OPTIONS[(place + len(model)) % 5],
        [("constructor", "above", "constructor; __proto__")],
    ),
    "nobody answers": (
        {"taste": ["Sweet", "Salty"]},
        ["mute", "dumb"],
        ["a", "b"],
        lambda model, place: "Pass.",
        [("sweet", "highest", "Sweet")],
    ),
}
# What stands where a number or a word is missing, or where one is counted as several are.
WRONG = re.compile(
    r"NaN|undefined|\bnull\b|Infinity|\bnan\b|\[object|[Mm]ean of 1\b|\ball 1\b|\b1 (models|items|queries)\b"
)
# Headings and paragraphs without words, headings with nothing below, charts without marks or with numbers that are
# none, tables without rows, a choice among one thing, what goes beyond the page.
EMPTY = """() => {
    const all = (what) => [...document.querySelectorAll(what)].filter(one => one.checkVisibility());
    const next = (one) => one.nextElementSibling?.tagName ?? "H1";
    const found = [
        all("main :is(h1, h2, h3, p, figcaption, section)").filter(one => !one.innerText.trim()),
        all("main :is(h2, h3)").filter(one => /^H[123]$/.test(next(one)) && next(one) <= one.tagName),
        all("main .drawing svg").filter(one => !one.querySelector(".mark, .bar, .dots")),
        all("main svg").filter(one => /NaN|undefined|Infinity/.test(one.outerHTML)),
        all("main table").filter(one => !one.querySelector("tbody tr")),
        all("main select").filter(one => one.options.length < 2),
        document.documentElement.scrollWidth > innerWidth ? [document.body] : [],
    ];
    return found.flat().map(one => one.outerHTML.slice(0, 200));
}"""


def write_rows(path, *rows, delimiter=","):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows(rows)


def write_study(checkout, families, models, versions, answer, claims):
    """A study of tables with two items of each dimension, a given key and recorded answers; and its config."""
    study = checkout / "odd"
    dimensions = [name for own in families.values() for name in own]
    items = {f"{number}-{n}": name for number, name in enumerate(dimensions) for n in (1, 2)}
    instrument = SMALL_CONTENT | {"prompt_versions": {name: {} for name in versions}}
    instrument["families"] = {name: {"title": name.title(), "dimensions": own} for name, own in families.items()}
    (study / "answers").mkdir(parents=True)
    (study / "instrument.yaml").write_text(yaml.safe_dump(instrument, sort_keys=False))
    write_rows(study / "items.csv", ("item_id", "response"), *((item, f"Words of {item}") for item in items))
    write_rows(study / "item_key.csv", ("item_id", "dimension"), *items.items())
    for version in versions:
        (study / "prompts" / version).mkdir(parents=True)
        (study / "prompts" / version / "plain.txt").write_text(f"{version}: {{content}}\n" + "\n".join(OPTIONS))
    header = (ROOT / "config/demo_models.tsv").read_text().splitlines()[0].split("\t")
    about = {"answers": "recorded", "provider": "simulated", "family": "Fir", "developer": "Fir"}
    about |= {"weights": "open", "reasoning": "no", "conditions": "baseline"}
    rows = [[({"model": model} | about).get(name, "") for name in header] for model in models]
    write_rows(study / "models.tsv", header, *rows, delimiter="\t")
    for model in models:
        lines = [
            json.dumps({"item_id": item, "prompt_version": version, "raw_response": answer(model, place)})
            for version in versions
            for place, item in enumerate(items)
        ]
        (study / f"answers/{slug(model)}.jsonl").write_text("\n".join(lines))
    write_rows(
        study / "personas.tsv",
        ("persona", "axis", "order", "group", "statement", "people"),
        ("old", "age", "", "Old", "You are old.", ""),
        delimiter="\t",
    )
    write_rows(
        study / "claims.tsv",
        ("claim", "text", "where", "kind", "arguments"),
        *((name, f"What is said of {name}", "here", kind, arguments) for name, kind, arguments in claims),
        delimiter="\t",
    )
    config = {name: f"odd/{name}.tsv" for name in ("models", "personas", "claims")}
    config |= {"study": "tables", "study_folder": "odd", "instrument": "odd/instrument.yaml", "people": None}
    config |= {"results_dir": "results/odd", "items": {"correlations": "given"}, "prompt_versions": versions}
    (checkout / "odd.yaml").write_text(yaml.safe_dump(config | {"robustness": {"resamples": 100, "universes": 100}}))


@pytest.fixture(scope="module")
def page_of(browser, finished):
    """The page of one of the ``STUDIES``, by its name."""

    def build(name):
        def prepare(checkout):
            write_study(checkout, *STUDIES[name])

        return finished(name.replace(" ", "_"), prepare, "--configfile", "odd.yaml", "--", PAGE) / PAGE

    return build


@pytest.mark.parametrize("name", STUDIES)
def test_every_view_of_an_odd_study_is_right_and_has_something_to_say(browser, page_of, name):
    families, models, *_ = STUDIES[name]
    first = next(iter(families.values()))[0]
    addresses = [f"#/{view}" for view in ("findings", "models", "items", "certainty", "method")]
    addresses += [f"#/model/{quote(model, safe='')}?dimension={first}" for model in models]
    addresses += ["#/item/0-1", "#/certainty/scores", "#/compare", f"#/items?dimension={first}"]
    addresses += ["#/compare?" + "&".join(f"models={quote(model, safe='')}" for model in models)]
    said = {}
    for width in (1400, 360):
        visit = Visit(browser, page_of(name), width)
        for address in addresses:
            page = visit.open(address)
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert page.locator("main [role=alert]").count() == 0, address
            assert page.evaluate(EMPTY) == [], (address, width)
            said[address] = page.locator("body").inner_text()
            # A table of the method has a column of such a name.
            words = said[address].replace("holds, universes, undefined", "")
            assert [found.group() for found in WRONG.finditer(words)] == [], address
        visit.clean()
        visit.context.close()
    assert "own key says" in said["#/items"]
    assert "people" not in said["#/items"]
    assert ("Tick" in said["#/models"]) == ("odd names" in name)
    assert ("Without a score" in said["#/models"]) == (len(models) > 1)
    assert ("It takes two models" in said["#/compare"]) == ("odd names" not in name)
    assert "{params" not in said["#/method"]


CHOICES = ("family", "dimension", "sort", "order", "sign", "page", "search", "claim", "models", "condition", "parser")


@pytest.mark.parametrize("value", ["__proto__", "%E0%A4%A", "1e999", "x" * 5000])
def test_no_address_breaks_a_view(browser, page_of, value):
    visit = Visit(browser, page_of("odd names and a silent model"))
    choices = "&".join(f"{key}={value}" for key in CHOICES)
    for view in ("findings", "models", "model", "compare", "items", "item", "people", "certainty", "method", value):
        for address in (f"#/{view}/{value}", f"#/{view}?{choices}"):
            page = visit.open(address)
            assert page.locator("main [role=alert]").count() == 0, address
            assert page.locator("h1").inner_text().strip(), address
            assert len(page.locator("main").inner_text()) > 20, address
    visit.clean()
    visit.context.close()
