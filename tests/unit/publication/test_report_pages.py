from html.parser import HTMLParser

import pytest
from value_portrait.publication import report_pages
from value_portrait.publication.report_pages import report_page

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"


class Seen(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags, self.cells = [""], []
        self.feed(page[page.index("<main") :])

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_endtag(self, tag):
        self.tags.append("")

    def handle_data(self, data):
        if self.tags[-1] in ("td", "th"):
            self.cells[-1] += data


@pytest.fixture
def page(tmp_path):
    def make(name, text, caption="What it is."):
        (tmp_path / name).write_text(text)
        return report_page(tmp_path / name, "A <title>", caption)

    return make


def test_a_table_has_its_cells_and_no_markup_of_others(page):
    text = f'model,centred_mean,n\n"a, ""b""",-0.123456,12\n{HOSTILE},1e-05,-3\n'
    seen = Seen(page("a.csv", text))
    assert seen.cells == [
        *("model", "centred mean", "n"),
        *('a, "b"', "−0.1235", "12"),
        *(HOSTILE, "1e−05", "−3"),
    ]
    assert not {"script", "img"} & set(seen.tags)


def test_of_a_long_table_it_says_how_much_is_shown(page, monkeypatch):
    monkeypatch.setattr(report_pages, "MOST_ROWS", 2)
    assert "The first 2 of 3 rows." in page("a.csv", "a\n1\n2\n3\n")
    assert "The first" not in page("a.csv", "a\n1\n2\n")


def test_a_text_is_rendered_without_markup_of_others(page):
    seen = page("a.md", f"# Head\n\n| a | b |\n|---|---|\n| **1** | {HOSTILE} |\n")
    assert "<h1>Head</h1>" in seen
    assert "<strong>1</strong>" in seen
    assert not {"script", "img"} & set(Seen(seen).tags)


def test_a_figure_stands_beside_its_caption(page):
    seen = page("a.svg", '<?xml version="1.0"?>\n<!DOCTYPE svg>\n<svg width="1">\n</svg>\n', "``n_`` of *some* & <b>")
    assert "<code>n_</code> of <em>some</em> &amp; &lt;b&gt;" in seen
    assert '<svg width="1">' in seen
    assert "<?xml" not in seen
    assert "<title>A &lt;title&gt;</title>" in seen
