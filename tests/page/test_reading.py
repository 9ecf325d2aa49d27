"""What a reader does with the page: goes from any number to the answers behind it, searches, sorts, compares."""

import csv
import re
from pathlib import Path
from urllib.parse import parse_qs, quote

import numpy as np
import pandas as pd
import pytest
from browsing import Visit

MINUS = "−"


@pytest.fixture
def visit(browser, report):
    visit = Visit(browser, report)
    yield visit
    visit.clean()
    visit.context.close()


def table(report: Path, name: str) -> pd.DataFrame:
    """A table of the run whose page it is."""
    path = report.parents[1] / name
    return pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)


def number(said: str) -> float:
    return float(said.split()[0].replace(MINUS, "-").replace(",", ""))


def test_the_heat_map_shows_the_scores_and_sorts_them(visit, report):
    dimension = "Power"
    page = visit.open(f"#/models?sort=score:{dimension}&turned=yes")
    heads = page.locator(".heat thead th").all_inner_texts()
    place = next(place for place, head in enumerate(heads) if head.startswith(dimension))
    rows = page.locator(".heat tbody:last-of-type tr")
    names = rows.locator("th").all_inner_texts()
    shown = [number(cell) for cell in rows.locator(f":nth-child({place + 1}) a").all_inner_texts()]
    profiles = table(report, "scores/profiles.csv")
    own = profiles[(profiles["dimension"] == dimension) & (profiles["condition"] == "baseline")]
    scores = own.set_index("model")["centred_mean"]
    assert set(map(str.strip, names)) == set(scores.index)
    np.testing.assert_allclose(shown, scores[[name.strip() for name in names]], atol=0.00500001)
    assert shown == sorted(shown) or shown == sorted(shown, reverse=True)
    button = page.locator(f"button[data-sort='score:{dimension}']")
    button.click()
    assert shown[::-1] == [number(cell) for cell in rows.locator(f":nth-child({place + 1}) a").all_inner_texts()]
    assert button.evaluate("one => one === document.activeElement")


def test_two_clicks_lead_from_a_cell_to_the_answers_and_back(visit, report):
    page = visit.open("#/models")
    cell = page.locator(".heat tbody:last-of-type td a").nth(1)
    start = page.url
    cell.click()
    visit.settle()
    address = parse_qs(page.url.split("?")[1])
    model, dimension = page.locator("h1").inner_text(), address["dimension"][0]
    behind = page.locator(".behind tbody th a")
    key = table(report, "items/item_key.csv")
    assert set(behind.all_inner_texts()) == set(key[key["dimension"] == dimension]["item_id"])
    item = behind.first.inner_text()
    behind.first.click()
    visit.settle()
    assert item in page.locator("h1").inner_text()
    ratings = table(report, "scores/ratings.parquet").query("condition == 'baseline'")
    ratings = ratings[(ratings["model"] == model) & (ratings["item_id"] == item)]
    heads = [head.replace("\n", "") for head in page.locator("table:has(tr.marked) thead th").all_inner_texts()]
    cells = page.locator("tr.marked > *").all_inner_texts()
    for version, rating in zip(ratings["prompt_version"], ratings["rating"], strict=True):
        said = cells[heads.index(version)].strip()
        assert said == f"{rating:.0f}" if pd.notna(rating) else not said.isdigit()
    page.go_back()
    page.go_back()
    visit.settle()
    assert page.url == start


def test_an_odd_rating_leads_to_its_words(visit, report):
    ratings = table(report, "scores/ratings.parquet").query("condition == 'baseline' and answer_class != 'plain'")
    key = table(report, "items/item_key.csv")
    row = ratings.merge(key, on="item_id").iloc[0]
    page = visit.open(f"#/model/{quote(row['model'], safe='')}?dimension={row['dimension']}")
    line = page.locator(".behind tbody tr").filter(has=page.get_by_role("link", name=row["item_id"], exact=True))
    line.get_by_role("link", name=f"the words under {row['prompt_version']}").click()
    visit.settle()
    assert row["prompt_version"] in page.locator("tr.said").inner_text()
    assert page.locator("button.odd[aria-expanded=true]").get_attribute("data-version") == row["prompt_version"]


def scroll_to(page, top: int) -> None:
    page.evaluate("top => scrollTo({top, behavior: 'instant'})", top)


@pytest.mark.parametrize("way", ["back", "link"])
def test_who_goes_back_comes_to_the_same_place_and_who_goes_on_starts_at_the_top(visit, way):
    page = visit.open("#/items?sign=all&order=split")
    start = page.url
    item = page.locator(".query li > a").nth(12)
    item.evaluate("one => one.scrollIntoView({block: 'center', behavior: 'instant'})")
    top = page.evaluate("scrollY")
    assert top > 300
    item.click()
    visit.settle()
    assert page.evaluate("scrollY") == 0
    assert page.evaluate("document.activeElement.tagName") == "H1"
    scroll_to(page, 150)
    if way == "back":
        page.go_back()
    else:
        page.locator("a.back").click()
    visit.settle()
    assert page.url == start
    assert page.evaluate("scrollY") == top
    assert item.evaluate("one => one === document.activeElement")
    if way == "back":
        page.go_forward()
        visit.settle()
        assert page.evaluate("scrollY") == 150


def test_the_way_back_leads_to_the_models_as_they_were_sorted(visit, report):
    page = visit.open("#/models?sort=spread&intervals=yes")
    start = page.url
    page.locator(".heat tbody td a").first.click()
    visit.settle()
    page.locator(".behind tbody th a").first.click()
    visit.settle()
    page.locator("a.back").click()
    visit.settle()
    assert "dimension=" in page.url
    page.get_by_role("link", name="All models").click()
    visit.settle()
    assert page.url == start


def test_an_odd_answer_opens_to_its_words_and_to_what_each_parser_makes_of_them(browser, page_of_paper):
    visit = Visit(browser, page_of_paper)
    ratings = table(page_of_paper, "scores/ratings.parquet").query("answer_class == 'off_scale'")
    row = ratings.iloc[0]
    answers = table(page_of_paper, f"responses/{row['model']}/baseline.parquet")
    said = answers[(answers["item_id"] == row["item_id"]) & (answers["prompt_version"] == row["prompt_version"])]
    page = visit.open(f"#/item/{row['item_id']}?model={row['model']}&version={row['prompt_version']}")
    opened = page.locator("tr.said")
    assert " ".join(said["raw_response"].iloc[0].split())[:80] in " ".join(opened.inner_text().split())
    assert str(int(row["published_rating"])) in opened.locator("dl.readings").inner_text()
    button = page.locator("button.odd[aria-expanded=true]")
    button.press("Enter")
    assert opened.count() == 0
    assert "version=" not in page.url
    visit.clean()
    visit.context.close()


def test_items_are_searched_in_their_texts(visit, report):
    items = table(report, "study/items.parquet")
    word = max(re.findall("[a-z]+", items["response"].iloc[0].lower()), key=len)
    page = visit.open("#/items")
    page.locator("input[type=search]").fill(word)
    found = items[
        items[["title", "text", "response"]]
        .fillna("")
        .agg(" ".join, axis=1)
        .str.lower()
        .str.contains(word, regex=False)
    ]
    page.locator("main mark").first.wait_for()
    assert page.locator(".found").inner_text().split()[0].replace(",", "") == str(len(found))
    assert f"search={word}" in page.url
    page.reload()
    visit.settle()
    assert page.locator("input[type=search]").input_value() == word
    assert page.locator(".found").inner_text().split()[0].replace(",", "") == str(len(found))
    page.locator("input[type=search]").fill("no such words anywhere")
    assert page.locator(".found").inner_text().startswith(("0 ", "No "))


def test_models_are_chosen_and_compared(visit, report):
    page = visit.open("#/models")
    boxes = page.locator(".heat input[type=checkbox]")
    for place in range(2):
        boxes.nth(place).check()
    page.locator(".dock a").first.click()
    visit.settle()
    first, second = parse_qs(page.url.split("?")[1])["models"]
    pairs = table(report, "robustness/pairs.csv").query(
        "inference == 'these_items' and family == 'pvq' and first in @both and second in @both",
        local_dict={"both": [first, second]},
    )
    rows = page.locator("table:has(caption:text('less'))").first.locator("tbody tr")
    shown = [number(cell) for cell in rows.locator("td:nth-child(2)").all_inner_texts()]
    sign = 1 if pairs["first"].iloc[0] == first else -1
    np.testing.assert_allclose(shown, sign * pairs["difference"], atol=0.00500001)
    real = (pairs["p_max_t"] < 0.05).sum()
    # Beside the difference, where no screen cuts it off.
    said = rows.locator("td:nth-child(3)").all_inner_texts()
    assert sum("not clear" not in one for one in said) == real
    assert page.locator("svg.profiles .note").all_text_contents() == ["not clear"] * (len(pairs) - real)
    page.go_back()
    visit.settle()
    assert page.locator(".heat input:checked").count() == 2


def test_ticked_models_stand_in_the_address_and_not_in_the_history(visit, report):
    names = list(table(report, "scores/profiles.csv")["model"].unique()[:3])
    page = visit.open("#/models?sort=spread")
    entries = page.evaluate("history.length")
    for name in names:
        page.locator(f"input[data-model='{name}']").check()
    page.locator(f"input[data-model='{names[0]}']").uncheck()
    assert page.evaluate("history.length") == entries
    page.reload()
    visit.settle()
    ticked = page.locator(".heat input:checked")
    assert {one.get_attribute("data-model") for one in ticked.all()} == set(names[1:])
    assert "sort=spread" in page.url
    page = visit.open("#/models?models=nobody&models=" + quote(names[0], safe=""))
    assert page.locator(".heat input:checked").count() == 1
    assert "Tick a second" in page.locator(".dock").inner_text()


def test_the_bar_of_comparison_is_reached_before_the_map_and_shown_below(visit):
    page = visit.open("#/models")
    boxes = page.locator(".heat input[type=checkbox]")
    for place in range(2):
        boxes.nth(place).check()
    steps = 0
    while not page.evaluate("document.activeElement.matches('.dock a')"):
        page.keyboard.press("Shift+Tab")
        steps += 1
        assert steps < 50
    dock, head = page.locator(".dock"), page.locator(".heat thead")
    assert dock.bounding_box()["y"] > head.bounding_box()["y"]


@pytest.mark.parametrize("width", [360, 800, 1400])
def test_the_map_is_never_without_the_names_of_its_columns(browser, page_of_paper, width):
    visit = Visit(browser, page_of_paper, width)
    page = visit.open("#/models")
    last = page.locator(".heat tbody:last-of-type tr").last
    last.evaluate("one => one.scrollIntoView({block: 'center', behavior: 'instant'})")
    if width < 1400:
        # Here it is its box that scrolls.
        page.locator(".map").evaluate("one => one.scrollIntoView({block: 'center', behavior: 'instant'})")
    for seen in (page.locator(".heat thead th").first, last.locator("th")):
        box = seen.bounding_box()
        assert 0 <= box["y"] <= 900 - box["height"]
        hit = "([x, y]) => document.elementFromPoint(x, y).closest('th')?.textContent"
        assert page.evaluate(hit, [box["x"] + 5, box["y"] + box["height"] / 2]) == seen.text_content()
    if width == 360:
        right = [page.locator(".heat thead th").nth(place).bounding_box() for place in (1, 2, 3, 4)]
        assert all(box["x"] + box["width"] <= width for box in right)
    visit.clean()
    visit.context.close()


def test_no_model_is_compared_with_itself(visit, report):
    first, second, third = table(report, "scores/profiles.csv")["model"].unique()[:3]
    page = visit.open(f"#/compare?models={quote(first, safe='')}&models={quote(second, safe='')}")
    lists = page.locator(".controls select")
    assert lists.nth(1).locator("option:disabled").all_inner_texts() == [first]
    lists.nth(0).select_option(third)
    assert lists.nth(1).locator("option:disabled").all_inner_texts() == [third]
    assert sorted(lists.nth(2).locator("option:disabled").all_inner_texts()) == sorted([second, third])
    assert parse_qs(page.url.split("?")[1])["models"] == [third, second]


def test_a_table_is_taken_along_as_csv(visit, report):
    page = visit.open(f"#/model/{table(report, 'scores/profiles.csv')['model'].iloc[0]}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").first.click()
    rows = list(csv.reader(Path(download.value.path()).read_text().splitlines()))
    shown = page.locator(".data").first
    assert rows[0] == [head.rstrip(" ↕↑↓") for head in shown.locator("thead th").all_inner_texts()]
    assert len(rows) - 1 == shown.locator("tbody tr").count()
    assert [row[0] for row in rows[1:]] == shown.locator("tbody th").all_inner_texts()


def test_options_move_the_shares_of_claims(browser, page_of_paper):
    visit = Visit(browser, page_of_paper)
    universes = table(page_of_paper, "robustness/universes.parquet")
    left = universes[(universes["threshold"].astype(str) == "0.3") & (universes["parser"] == "strict")]
    page = visit.open("#/certainty?threshold=0.3&parser=strict&claim=benevolence_first")
    assert page.locator(".left").inner_text().startswith(f"{left['universe'].nunique():,} of ")
    own = left[left["claim"] == "benevolence_first"].dropna(subset="value")
    share = round(100 * own["holds"].eq(True).mean())
    row = page.locator("table.claims tr:has-text('Benevolence comes first')")
    assert f"{share} %" in row.inner_text()
    shown = page.locator("svg.curve text.tick").all_text_contents()
    assert {"Spearman's, of ranks", "mean of tagged items", "only v1 reversed"} < set(shown)
    by_setting = page.locator("table", has_text="analyses, by setting").first.locator("tbody td:first-of-type")
    assert {"Spearman's, of ranks", "mean of tagged items", "only v1 reversed"} < set(by_setting.all_text_contents())
    # Of the options that are set only one setting is left.
    assert not {"0.3", "plain answers only"} & set(shown)
    words = "(the threshold of tags: 0.3; the parser: plain answers only)."
    assert page.locator(".left").inner_text().endswith(words)
    page.get_by_role("button", name="All as in this run").click()
    assert page.locator(".left").inner_text() == "1 of 10,000 analyses left (12 of 12 options are set)."
    page.get_by_role("button", name="Any analysis").click()
    assert page.locator(".left").inner_text().startswith("All 10,000")
    assert "threshold" not in page.url
    visit.clean()
    visit.context.close()


@pytest.mark.parametrize("width", [360, 1400])
def test_what_the_options_move_stands_beside_them(browser, page_of_paper, width):
    visit = Visit(browser, page_of_paper, width)
    page = visit.open("#/certainty?claim=benevolence_first")
    options, curve = page.locator(".options").bounding_box(), page.locator("svg.curve").bounding_box()
    # The end of the options and the beginning of the curve are on one screen.
    assert 0 < curve["y"] - options["y"] - options["height"] < 600
    row = page.locator("table.claims tbody tr").first
    row.locator("td").last.evaluate("one => one.scrollIntoView({inline: 'end', behavior: 'instant'})")
    claim = row.locator("th").bounding_box()
    assert 0 <= claim["x"] <= width - claim["width"]
    row.evaluate("one => one.closest('.scroll').scrollLeft = 0")
    share = row.locator("td").first.bounding_box()
    assert share["x"] + share["width"] <= width
    visit.clean()
    visit.context.close()


def test_every_number_of_the_certificate_is_there_and_filtered(browser, page_of_paper):
    visit = Visit(browser, page_of_paper)
    certificate = table(page_of_paper, "publication/certificate.csv")
    own = certificate.query("source == 'Table 8' and status == 'explained'")
    page = visit.open("#/certificate/numbers?source=Table+8&status=explained")
    said = page.locator("main [role=status]").first.inner_text()
    assert said.startswith(f"{len(own):,} of {len(certificate):,} ")
    page.locator("button.open-row").first.click()
    assert page.locator("tr.opened:visible").count() == 1
    assert "row=" in page.url
    page.reload()
    visit.settle()
    assert page.locator("tr.opened:visible").count() == 1
    # As printed, beside 40.3846.
    row = visit.open("#/certificate/numbers?source=Table+4&q=dating").locator("table.numbers tbody tr").first
    assert row.locator("td.number").all_inner_texts() == ["40.4", "40.3846", "40.3846"]
    visit.clean()
    visit.context.close()


def test_every_packed_table_is_offered_as_csv(visit, report):
    page = visit.open("#/method")
    with page.expect_download() as download:
        page.get_by_role("button", name="study scores").first.click()
    with open(download.value.path()) as file:
        saved = pd.read_csv(file)
    uncertainty = table(report, "robustness/uncertainty.csv").query("source == 'all'")
    assert len(saved) == len(uncertainty)
    np.testing.assert_allclose(saved["score"], uncertainty["score"], atol=0.00051)


def test_a_claim_has_its_verdict_apart_from_the_share_of_analyses(visit, report):
    page = visit.open("#/findings")
    claims = table(report, "robustness/claims.csv")
    share = claims[claims["option"].isna()].set_index("claim")["share_holds"]
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    said = page.locator(".claims li")
    assert said.count()
    for one in said.all():
        link = one.locator("a").get_attribute("href")
        own = share[parse_qs(link.split("?")[1])["claim"][0]]
        ending = one.inner_text().removeprefix(one.locator("a").inner_text())
        # Never "does not hold in 0 %": the share is of analyses whose numbers go the way of the claim.
        assert ending.strip(": ").startswith(one.locator(".verdict").inner_text())
        few = "under 1" if 0 < own < 0.005 else f"{100 * own:.0f}"
        assert pd.isna(own) or f"The numbers go this way in {few} % of the analyses." in ending


def test_few_analyses_are_not_none_and_one_is_no_number_of_them(browser, page_of_paper):
    visit = Visit(browser, page_of_paper)
    # In 42 of 9,673 analyses.
    page = visit.open("#/certainty?claim=three_highest_in_most")
    said = page.locator("main").inner_text()
    assert "In under 1 % of 9,673 analyses it holds" in said
    page.get_by_role("button", name="All as in this run").click()
    assert "In this one analysis it does not hold" in page.locator("main").inner_text()
    visit.clean()


def test_a_claim_on_large_models_says_whom_its_analyses_leave_out(browser, page_of_paper):
    visit = Visit(browser, page_of_paper)
    page = visit.open("#/certainty?claim=large_universalism")
    said = page.locator("main").inner_text()
    # The comparison is of 20 models, 11 of them known by printed scores alone; the curve and its mark are of 9.
    assert "models: 6 / 14;" in said
    assert "Without the 11 models that are known by printed scores alone" in said
    assert ", as in the analyses below, it is +0.27." in said
    # So does its row: four shares of 9, and a number of 20.
    row = page.locator("table.claims tr", has_text="Large models give more to Universalism")
    assert row.locator("small").all_inner_texts() == ["of 9 models"] * 2 + ["of 20 models"] + ["of 9 models"] * 2
    assert page.locator("table.claims tr", has_text="Reasoning models give").locator("small").count() == 0
    page = visit.open("#/certainty?claim=reasoning_universalism")
    assert "Without the" not in page.locator("main").inner_text()
    visit.clean()


def test_a_claim_that_is_no_test_has_no_small_p(visit, report):
    claims = table(report, "robustness/claims.csv")
    claims = claims[claims["option"].isna() & claims["share_holds"].notna()].set_index("claim")["share_significant"]
    for tested in (True, False):
        claim = claims.index[claims.notna() == tested][0]
        page = visit.open(f"#/certainty?claim={claim}")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        figures = page.locator("#claim ~ div figure").all_inner_texts()
        assert figures
        assert all(("with p < 0.05" in one) == tested for one in figures)


def test_what_is_said_of_the_first_family_stands_with_no_other(visit):
    for section in ("key", "scores"):
        first = visit.open(f"#/certainty/{section}").locator("main p").all_inner_texts()
        others = visit.open(f"#/certainty/{section}?family=bfi").locator("main p").all_inner_texts()
        assert {one for one in set(first) & set(others) if re.search(r"\d", one)} == set()


def test_printed_numbers_without_intervals_have_no_verdict(browser, page_of_paper):
    visit = Visit(browser, page_of_paper)
    own = visit.open("#/people/personas").locator("table", has_text="What the paper says of personas")
    assert own.locator("tbody td:last-child").all_inner_texts() == ["go this way"] * 3
    assert own.locator(".verdict").count() == 0
    visit.clean()
    visit.context.close()


def test_another_familys_key_says_what_it_measures_in_other_people(browser, page_of_paper):
    visit = Visit(browser, page_of_paper)
    row = table(page_of_paper, "robustness/validity.csv")
    row = row[row["dimension"].isna()].set_index(["key", "family", "criterion"]).loc[("raters", "bfi", "convergent")]
    said = f"{row['r']:+.2f} [{row['low']:.2f}, {row['high']:.2f}]".replace("-", MINUS)
    figure = visit.open("#/certainty/key?family=bfi").locator("figure", has_text="In people who did not make the key")
    words = "The key cannot be shown to measure other people: scores of raters who did not make it correlate"
    assert f"{words} {said}" in figure.inner_text()
    # What is 1 by construction stretches no axis, and no two rows have one name.
    names = figure.locator("svg text.label").all_text_contents()
    assert len(names) == len(set(names)) == 4 + 5
    assert max(number(tick) for tick in figure.locator("svg text.tick").all_text_contents()[:-1]) < 0.5
    assert figure.locator(".legend li").count() == 2
    sentence = visit.open("#/findings").locator("#finding-other_people").inner_text()
    assert f"that of the Big Five traits gives {said}, which cannot be told from 0." in sentence
    visit.clean()
    visit.context.close()


def test_what_may_be_answers_that_vary_by_themselves_is_said(visit, report):
    sensitivity = table(report, "scores/sensitivity.csv")
    assert "repeat_sensitivity" not in sensitivity
    assert "No question was asked twice" in visit.open("#/findings").locator("#finding-wording_and_order").inner_text()
    page = visit.open(f"#/model/{quote(sensitivity['model'].iloc[0], safe='')}")
    own = page.locator("section", has=page.get_by_role("heading", name="Sensitivity to the prompt"))
    assert "It was asked no question twice, so part of this may be answers that vary by themselves." in own.inner_text()


def test_the_way_to_the_model_that_is_moved_most_ends_at_its_sensitivity(visit, report):
    page = visit.open("#/findings")
    page.locator("#finding-wording_and_order a.onward").click()
    visit.settle()
    heading = page.locator("h2:focus")
    heading.wait_for()
    assert heading.inner_text() == "Sensitivity to the prompt"
    assert heading.evaluate("one => one.getBoundingClientRect().top < innerHeight / 2")
    # And no score is called outside an interval that leaves out the model's own error.
    assert "Outside the 95 %" not in page.locator("main").inner_text()


def test_the_link_to_every_printed_number_leads_there(browser, page_of_paper):
    visit = Visit(browser, page_of_paper)
    page = visit.open("#/findings")
    story = page.locator("#finding-reproduced")
    parts = [number(one) for one in story.locator(".counts li b").all_inner_texts()]
    certificate = table(page_of_paper, "publication/certificate.csv")
    assert f" of {sum(parts):,.0f} numbers in print can be compared; {parts[0]:.0f} come out as printed" in (
        story.locator("h2").inner_text()
    )
    assert sum(parts) < len(certificate)
    link = story.locator("a.onward")
    said = link.inner_text().removesuffix(" →")
    link.click()
    visit.settle()
    assert page.locator("h1").inner_text() == said
    visit.clean()
    visit.context.close()


def test_a_table_of_the_page_leads_to_its_files_and_rules(visit):
    page = visit.open("#/method")
    known = page.locator("table", has_text="What this page is made of").locator("tbody th b").all_inner_texts()
    rows = page.locator("table", has_text="Every table that this page carries").locator("tbody tr")
    row = rows.filter(has_text="replication")
    assert "replication" in row.locator("td details small").last.text_content().split(", ")
    for one in rows.all():
        made_of = one.locator("details:has-text('tables') small")
        assert made_of.count() == 1
        assert set(made_of.text_content().split(", ")) <= set(known)


def test_an_item_outside_the_key_is_not_said_to_lack_correlations(visit, report):
    correlations = table(report, "items/correlations.parquet")
    key = set(table(report, "items/item_key.csv")["item_id"])
    strong = correlations[(correlations["rho"] < -0.3) & (correlations["p"] < 0.05)]
    item = next(item for item in strong["item_id"] if item not in key)
    said = visit.open(f"#/item/{item}").locator("main").inner_text()
    assert "in the key of no dimension" in said
    assert "for a correlation above 0.3 with p below 0.05" in said


def test_standard_errors_are_not_added_up(visit, report):
    model = table(report, "scores/profiles.csv")["model"].iloc[0]
    errors = table(report, "robustness/uncertainty.csv").query("model == @model and condition == 'baseline'")
    median = errors.groupby("source")["se"].median()
    page = visit.open(f"#/model/{quote(model, safe='')}")
    said = page.get_by_text("Standard error, median over all dimensions").inner_text()
    shown = {source: number(value) for value, source in re.findall(r"([\d.]+) by (\w+)", said)}
    assert shown == pytest.approx(median[list(shown)].to_dict(), abs=0.0051)
    order = page.locator("table:has(caption:text('scores, places')) tbody th").all_text_contents()
    rows = page.locator("table:has(caption:text('Standard errors by source')) tbody th").all_text_contents()
    assert rows == order


def test_a_number_that_is_not_compared_says_what_it_needs(browser, page_of_paper):
    visit = Visit(browser, page_of_paper)
    page = visit.open("#/certificate/numbers?status=needs+live+answers")
    page.locator("button.open-row").first.click()
    assert page.locator("tr.opened:visible dt").all_inner_texts() == ["What it needs"]
    page = visit.open("#/certificate/numbers?status=unexplained")
    assert page.locator("table.numbers tbody tr:first-child td:last-child").first.inner_text() == "open"
    visit.clean()
    visit.context.close()


VIEWS = ("findings", "models", "items", "people", "people/personas", "people/steering", "certainty", "certainty/key")
BROKEN = re.compile(
    r"undefined|NaN|\bnull\b|\[object|(?<!\.)\.\.(?!\.)| [,;.] |−0\.00(?!\d)"
    r"|\b1 (models|items|claims|points|analyses)\b"
)


@pytest.mark.parametrize("view", [*VIEWS, "certainty/scores", "certainty/circle", "method"])
def test_sentences_are_whole(visit, report, view):
    claims = table(report, "robustness/claims.csv")["claim"].unique() if view == "certainty" else [""]
    for claim in claims:
        page = visit.open(f"#/{view}?claim={claim}")
        said = page.locator("main p, main li, main caption, main figcaption, main svg text").all_text_contents()
        assert said
        assert [one for one in said if BROKEN.search(one)] == []
