"""Every view of the page in a real browser: opens, reads and prints well, and is for everybody."""

from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import A4_WIDTH, Visit
from playwright.sync_api import Browser

NAVIGATION = ("findings", "models", "items", "people", "certainty", "certificate", "method")
VIEWS = (*NAVIGATION, "model", "compare", "item")


CUT_CAPTIONS = """() => [...document.querySelectorAll("main .scroll caption")]
    .filter(one => one.checkVisibility())
    .filter(one => one.getBoundingClientRect().right > one.closest(".scroll").getBoundingClientRect().right + 1)
    .map(one => one.textContent)"""


# Charts whose parts lie beyond the screen, or beyond their own drawing.
CUT_CHARTS = """() => [...document.querySelectorAll("main svg.rows, main svg.curve")]
    .filter(one => one.checkVisibility())
    .filter(one => {
        const [box, own] = [one.closest(".drawing").getBoundingClientRect(), one.getBoundingClientRect()];
        const texts = [...one.querySelectorAll("text")].map(text => text.getBoundingClientRect());
        return own.right > box.right + 1 || texts.some(({left, right}) => left < own.left - 1 || right > own.right + 1);
    })
    .map(one => one.getAttribute("aria-label"))"""


def address_of(visit: Visit, view: str) -> str:
    """The deep link of a view, where need be of the first model, models or item that the page has."""
    if view in NAVIGATION:
        return f"#/{view}"
    page = visit.open("#/models" if view != "item" else "#/items")
    if view == "item":
        return page.locator("main a[href^='#/item/']").first.get_attribute("href")
    links = page.locator("main tbody th a[href^='#/model/']")
    names = [links.nth(place).inner_text() for place in range(2)]
    if view == "model":
        return f"#/model/{quote(names[0], safe='')}"
    return "#/compare?" + "&".join(f"models={quote(name, safe='')}" for name in names)


@pytest.fixture
def visit(browser: Browser, report: Path):
    visit = Visit(browser, report)
    yield visit
    visit.context.close()


def skip_without(visit: Visit, view: str) -> None:
    if view == "certificate" and "demo" in str(visit.path):
        pytest.skip("a simulated study has no certificate")


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_opens_by_its_link_and_shows_something(visit, view):
    skip_without(visit, view)
    page = visit.open(address_of(visit, view))
    visit.clean()
    assert page.locator("h1").inner_text() not in ("", "There is no such page")
    assert page.locator("main [role=alert]").count() == 0
    assert len(page.locator("main").inner_text()) > 200
    assert ("simulated" in page.locator("header").inner_text().lower()) == ("demo" in str(visit.path))
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(heading => Number(heading.tagName[1]))")
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_fits_phones_and_paper(visit, view):
    skip_without(visit, view)
    address = address_of(visit, view)
    for width in (360, 800, 1400):
        visit.page.set_viewport_size({"width": width, "height": 900})
        page = visit.open(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        # A table may be wider than the screen; what it is called may not.
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate(CUT_CAPTIONS) == [], width
        assert page.evaluate(CUT_CHARTS) == [], width
    page.set_viewport_size({"width": A4_WIDTH, "height": 1000})
    page.emulate_media(media="print", color_scheme="dark")
    visit.open(address)
    beyond = """width => [...document.querySelectorAll("main table, main svg, main p, main pre, main td, main th")]
        .filter(one => one.checkVisibility() && one.getBoundingClientRect().right > width + 1)
        .map(one => one.outerHTML.slice(0, 80))"""
    assert page.evaluate(beyond, A4_WIDTH) == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_has_no_fault_that_axe_finds(browser, report, view, scheme):
    visit = Visit(browser, report, color_scheme=scheme)
    skip_without(visit, view)
    page = visit.open(address_of(visit, view))
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"]) for one in found] == []
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(253, 252, 250)"
    assert dark == (scheme == "dark")
    visit.context.close()


@pytest.mark.parametrize("view", ["findings", "model", "item", "certainty"])
def test_the_keyboard_alone_reaches_everything(visit, view):
    page = visit.open(address_of(visit, view))
    wanted = page.evaluate(
        """() => {
            const all = [...document.querySelectorAll("a[href], button, select, input, summary, [tabindex='0']")]
                .filter(one => one.checkVisibility({visibilityProperty: true}));
            all.forEach((one, place) => one.dataset.place = place);
            return all.length;
        }"""
    )
    assert wanted > 8
    reached = set()
    for _ in range(wanted + 2):
        page.keyboard.press("Tab")
        place, outline = page.evaluate(
            "[document.activeElement.dataset.place, getComputedStyle(document.activeElement).outlineStyle]"
        )
        if place is not None:
            reached.add(int(place))
            assert outline != "none", place
    assert reached == set(range(wanted))


def test_a_link_takes_the_reader_to_the_new_heading(visit):
    page = visit.open("#/findings")
    page.locator("nav a[href='#/models']").click()
    visit.settle()
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert page.title().startswith("Models")
    assert page.locator("nav [aria-current=page]").inner_text() == "Models"
    page.go_back()
    visit.settle()
    assert page.locator("nav [aria-current=page]").inner_text() == "Findings"
    page.keyboard.press("Control+Home")
    page.evaluate("document.activeElement.blur()")
    page.locator("a.skip").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert page.url.endswith("#/findings")


@pytest.mark.parametrize("nowhere", ["#/nowhere", "#/model/nobody", "#/item/nothing", "#/compare", "#/item/%E0%A4%A"])
def test_an_address_that_leads_nowhere_says_so(visit, nowhere):
    page = visit.open(nowhere)
    visit.clean()
    assert page.locator("main [role=alert]").count() == 0
    assert len(page.locator("main").inner_text()) > 20


def test_nothing_moves_for_those_who_want_no_motion(browser, report):
    for wanted, behaviour in (("reduce", "auto"), ("no-preference", "smooth")):
        visit = Visit(browser, report, reduced_motion=wanted)
        page = visit.open("#/models")
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == behaviour
        visit.context.close()
