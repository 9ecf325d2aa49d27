"""Texts from outside that want to be more than texts: nothing runs, nothing breaks, nothing leaves the page."""

from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from browsing import Visit
from conftest import run_snakemake, small_models, write_small_study

RESULTS = Path("results/small")
# Names with markup are refused at the door; these are not.
NAME = 'it\'s "odd"/a?b#c%41&amp;+d'
OTHER = "{{ 7 }} ${1} javascript:hit()"
PLANTED = (
    "<script>hit()</script>",
    "<img src=x onerror=hit()>",
    "</script><script>hit()</script>",
    "--></template></style><svg onload=hit()>",
    "<a href='javascript:hit()'>here</a> <iframe srcdoc='<script>parent.hit()</script>'>",
    "<link rel=stylesheet href=http://127.0.0.1:9/x.css><img src=http://127.0.0.1:9/x.png>",
    "\u202eturned\u202c \u2066isolated \x00\x07\x1b[31mred \ufeff\u2028next",
    "{{ 7*7 }} ${7*7} {% raw %} =HYPERLINK(1) \\u003c/script\\u003e",
    "x" * 1_000_000 + "<script>hit()</script>",
    "word " * 200_000,
)
MARKUP = ", ".join(f"main {one}" for one in ("img", "iframe", "script", "link", "style", "[onload]", "[onerror]"))
HIT = "window.hit = () => { window.was_hit = true; }"


@pytest.fixture(scope="session")
def planted(browser, finished):
    checkout = finished("page_of_planted", prepare, "--configfile", "small.yaml", "--", "write_report")
    page = checkout / RESULTS / "publication/report.html"
    if not (checkout / "planted").exists():
        plant(checkout)
        page.unlink()
        done = run_snakemake(
            checkout,
            "--configfile",
            "small.yaml",
            "--allowed-rules",
            "write_report",
            "--",
            str(page.relative_to(checkout)),
        )
        assert done.returncode == 0, done.stdout
        (checkout / "planted").touch()
    return page


def prepare(checkout):
    write_small_study(checkout)
    models = small_models(3).replace("fir-1", '"' + NAME.replace('"', '""') + '"').replace("fir-2", OTHER)
    (checkout / "config/small_models.tsv").write_text(models)


def plant(checkout):
    """Put the planted texts among items and answers."""
    items = checkout / RESULTS / "study/items.parquet"
    change(items, "response", lambda place, old: PLANTED[place % len(PLANTED)])
    change(items, "title", lambda place, old: PLANTED[(place + 1) % len(PLANTED)][:200])
    texts = pq.read_table(items)
    queries = sorted(set(texts["query_id"].to_pylist()))
    planted = [PLANTED[(queries.index(query) + 2) % len(PLANTED)] for query in texts["query_id"].to_pylist()]
    replace(items, "text", planted)
    for answers in (checkout / RESULTS / "responses").rglob("*.parquet"):
        # A fifth of the answers become words that no parser takes for an option.
        change(answers, "raw_response", lambda place, old: PLANTED[place % len(PLANTED)] if place % 5 == 0 else old)
    # What the answers are then read as.
    ratings = checkout / RESULTS / "scores/ratings.parquet"
    change(ratings, "answer_class", lambda place, old: "off_scale" if place % 5 == 0 else old)


def change(path, column, of):
    table = pq.read_table(path)
    replace(path, column, [of(place, old) for place, old in enumerate(table[column].to_pylist())])


def replace(path, column, values):
    table = pq.read_table(path)
    place = table.schema.get_field_index(column)
    field = table.schema.field(place)
    made = pa.array(values, pa.string())
    made = made.dictionary_encode().cast(field.type) if pa.types.is_dictionary(field.type) else made.cast(field.type)
    pq.write_table(table.set_column(place, field, made), path)


def test_no_text_becomes_more_than_a_text(browser, planted):
    visit = Visit(browser, planted)
    visit.page.add_init_script(HIT)
    page = visit.open("#/items")
    links = page.locator("main a[href^='#/item/']")
    items = [links.nth(place).get_attribute("href") for place in range(links.count())]
    views = ["findings", "models", "items", "people", "certainty", "method"]
    models = [f"#/model/{quote(name, safe='')}" for name in (NAME, OTHER)]
    for address in [*(f"#/{view}" for view in views), *models, *dict.fromkeys(items)]:
        page = visit.open(address)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.locator("main [role=alert]").count() == 0, address
        assert (
            page.locator(
                "main img, main iframe, main script, main link, main style, main [onload], main [onerror]"
            ).count()
            == 0
        )
        assert page.evaluate("[...document.links].every(one => one.getAttribute('href').startsWith('#'))")
    page.wait_for_timeout(300)
    assert page.evaluate("window.was_hit") is None
    visit.clean()
    visit.context.close()


def test_planted_words_are_read_as_they_are(browser, planted):
    visit = Visit(browser, planted)
    page = visit.open(f"#/model/{quote(NAME, safe='')}")
    assert page.locator("h1").inner_text() == NAME
    page = visit.open("#/items")
    said = page.locator("main").inner_text()
    item = page.locator("main a[href^='#/item/']").first.get_attribute("href")
    for place in range(12):
        page = visit.open(item.rsplit("-", 1)[0] + f"-{place % 3 + 1}")
        said += page.locator("main").inner_text()
    assert "<script>hit()</script>" in said
    assert "\u202e" not in said
    assert "\x1b" not in said
    assert "49" not in page.title()
    visit.context.close()


def test_the_policy_of_the_page_allows_its_own_script_alone(browser, planted):
    visit = Visit(browser, planted)
    visit.page.add_init_script(HIT)
    page = visit.open("#/findings")
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "hit()";
            document.body.append(script);
            const image = new Image();
            image.src = "http://127.0.0.1:9/x.png";
            document.body.append(image);
            const div = document.createElement("div");
            div.innerHTML = "<img src=x onerror=hit()><a href='javascript:hit()'>x</a>";
            document.body.append(div);
            div.querySelector("a").click();
        }"""
    )
    asked = page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'reached', () => 'refused')")
    page.wait_for_timeout(300)
    assert asked == "refused"
    assert page.evaluate("window.was_hit") is None
    assert any("Content Security Policy" in one for one in visit.complaints)
    visit.context.close()
