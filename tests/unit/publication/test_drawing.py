"""What every figure is drawn with: places, colours and names, by hand."""

import re
import zlib

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL, VALUE_PORTRAIT
from matplotlib import colormaps
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.image import imread
from test_figures import LONG
from value_portrait.publication import drawing, saving

NAN = np.nan


def axes_of(width=7.1):
    return Figure(figsize=(width, 3)).subplots()


def texts_of(axes):
    """The texts of axes, by their places."""
    return {tuple(map(float, text.get_position())): text for text in axes.texts}


def test_every_cell_has_its_place_its_colour_and_its_text():
    axes = axes_of()
    x, y = np.array([0, 1, 2.5]), np.array([0, 2])
    values = np.array([[-1, 0, 1], [0.5, NAN, -0.5]])
    words = np.array([["a", "b", "c"], ["d", "e", "f"]])
    cells = drawing.draw_cells(axes, x, y, values, words, "RdBu_r", Normalize(-1, 1), hatch="////")
    drawn, empty = axes.collections
    assert drawn is cells
    assert [path.vertices.min(axis=0).tolist() for path in cells.get_paths()] == [
        [column - 0.5, row - 0.5] for row in (0, 2) for column in (0, 1, 2.5)
    ]
    assert all(np.ptp(path.vertices, axis=0).tolist() == [1, 1] for path in cells.get_paths())
    cells.update_scalarmappable()
    known = [0, 1, 2, 3, 5]
    expected = colormaps["RdBu_r"]([0, 0.5, 1, 0.75, 0.25])
    np.testing.assert_allclose(cells.get_facecolor()[known], expected)
    # Without a value: no colour of the scale, but a hatched grey of its own.
    assert cells.get_facecolor()[4][3] == 0
    (path,) = empty.get_paths()
    assert path.vertices.min(axis=0).tolist() == [0.5, 1.5]
    assert empty.get_facecolor().tolist() == [[0.96, 0.96, 0.96, 1]]
    assert empty.get_hatch() == "////"
    texts = texts_of(axes)
    assert {place: text.get_text() for place, text in texts.items()} == {
        (column, row): words[i, j] for i, row in enumerate((0, 2)) for j, column in enumerate((0, 1, 2.5))
    }
    assert {(text.get_ha(), text.get_va()) for text in texts.values()} == {("center", "center_baseline")}
    # Dark blue and dark red.
    assert [place for place, text in texts.items() if text.get_color() == "white"] == [(0, 0), (2.5, 0)]
    # The first row stands at the top, and all are in sight.
    assert (axes.get_xlim(), axes.get_ylim()) == ((-0.55, 3.05), (2.55, -0.55))


def test_on_a_scale_that_begins_in_the_dark_an_empty_cell_is_written_on_in_black():
    axes = axes_of()
    one = np.array([0])
    drawing.draw_cells(axes, one, one, np.array([[NAN]]), np.array([["n/a"]]), "viridis", Normalize(0, 1))
    assert [text.get_color() for text in axes.texts] == ["black"]


def test_luminance_by_rec_709_decides_between_white_and_black_text():
    # 0.2126 red, 0.7152 green, 0.0722 blue: white below one half.
    light = {"#ff0000": 0, "#00ff00": 1, "#0000ff": 0, "#ff6600": 0, "#ff6900": 1, "#00b000": 0, "#00b01a": 1}
    axes, x = axes_of(), np.arange(7)
    colours = ListedColormap(list(light))
    drawing.draw_cells(axes, x, x[:1], x[None] + 0.5, x[None].astype(str), colours, Normalize(0, 7))
    assert [text.get_color() for text in axes.texts] == [("white", "black")[one] for one in light.values()]


@pytest.mark.parametrize(
    ("values", "limit"), [([0.2, -0.7, NAN], 0.7), ([0.01, NAN, -0.02], 0.1), ([NAN, NAN, NAN], 0.1)]
)
def test_dimensions_are_named_above_and_their_families_below(values, limit):
    axes = axes_of()
    dimensions = [*VALUE_PORTRAIT.dimensions[:2], VALUE_PORTRAIT.dimensions[-1]]
    x, y = np.array([0, 1, 2.5]), np.array([0, 1])
    cells = drawing.draw_dimensions(axes, x, y, np.array([values, [NAN] * 3]), dimensions, VALUE_PORTRAIT)
    assert (cells.norm.vmin, cells.norm.vmax, cells.cmap.name) == (-limit, limit, "RdBu_r")
    assert axes.collections[1].get_hatch() == "////"
    assert axes.get_xticks().tolist() == [0, 1, 2.5]
    labels = axes.get_xticklabels()
    assert [label.get_text() for label in labels] == [VALUE_PORTRAIT.titles[name] for _, name in dimensions]
    assert {label.get_rotation() for label in labels} == {90}
    assert axes.xaxis.get_ticks_position() == "top"
    below = {text.get_position(): text.get_text() for text in axes.texts if text.get_weight() == "bold"}
    first, last = (VALUE_PORTRAIT.family(family).title for family in (dimensions[0][0], dimensions[-1][0]))
    assert {place: " ".join(name.split()) for place, name in below.items()} == {(0.5, 1.8): first, (2.5, 1.8): last}


def test_a_family_without_room_for_its_name_has_it_upright():
    axes = axes_of(3.5)
    drawing.draw_dimensions(
        axes, np.arange(19), np.array([0]), np.zeros((1, 19)), VALUE_PORTRAIT.dimensions, VALUE_PORTRAIT
    )
    below = [text for text in axes.texts if text.get_weight() == "bold"]
    assert {text.get_text(): text.get_rotation() for text in below} == {
        "Values": 0,
        "Higher-order values": 90,
        "Big Five traits": 90,
    }
    assert {(text.get_ha(), text.get_va()) for text in below} == {("center", "top")}


def test_a_family_is_named_in_up_to_three_lines_or_upright():
    dimensions = [("basic", str(number)) for number in range(10)] + [("big", str(number)) for number in range(5)]

    class Titles:
        def __init__(self, **titles):
            self.titles = titles

        def family(self, name):
            return type("Family", (), {"title": self.titles[name]})

    def names(basic, big="x"):
        # Two letters below a column: 20 below ten.
        return drawing.family_names(dimensions, 2.6 + 15 * 2.01 * 0.065, Titles(basic=basic, big=big))

    assert names("a" * 20)["basic"] == ("a" * 20, False)
    assert names("a" * 21)["basic"] == ("a" * 21, True)
    assert names("a" * 12 + " " + "b" * 12 + " " + "c" * 12)["basic"] == (
        "\n".join(letter * 12 for letter in "abc"),
        False,
    )
    four = " ".join(letter * 12 for letter in "abcd")
    assert names(four)["basic"] == (drawing.shown(four, 28), True)
    # Below five columns, ten letters.
    assert names("a", "b" * 11) == {"basic": ("a", False), "big": ("b" * 11, True)}


def test_rows_of_dimensions_stand_from_the_top_down_below_their_families():
    axes = axes_of()
    families, names = zip(*VALUE_PORTRAIT.dimensions[8:12], strict=True)
    places = drawing.dimension_rows(axes, families, names, True, VALUE_PORTRAIT)
    change = families.index("higher_pvq")
    assert places.tolist() == [row + 1.2 * (row >= change) for row in range(4)]
    assert axes.get_yticks().tolist() == places.tolist()
    assert [label.get_text() for label in axes.get_yticklabels()] == [VALUE_PORTRAIT.titles[name] for name in names]
    headings = {text.get_position(): text.get_text().strip() for text in axes.texts}
    assert headings == {(0, places[row] - 0.85): VALUE_PORTRAIT.family(families[row]).title for row in (0, change)}
    assert all(text.get_transform() == axes.get_yaxis_transform() for text in axes.texts)
    low, high = axes.get_ylim()
    assert low > places[-1]
    assert high < places[0] - 0.85
    bare = axes_of()
    assert drawing.dimension_rows(bare, families, names, False, VALUE_PORTRAIT).tolist() == [
        row + 0.5 * (row >= change) for row in range(4)
    ]
    assert not bare.texts


def test_rows_of_models_stand_from_the_top_down():
    axes = axes_of()
    assert drawing.model_rows(axes, ["b", "a" * 40, "c"]).tolist() == [0, 1, 2]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b", "a" * 18 + "…" + "a" * 17, "c"]
    low, high = axes.get_ylim()
    assert low > 2
    assert high < 0


def test_ranges_and_their_points_stand_at_their_places():
    axes = axes_of()
    style = {"color": "#0072B2", "marker": "o"}
    drawing.draw_ranges(axes, [0.1, NAN, 0.3], [0, 1, 2], [0.0, NAN, 0.2], [0.2, NAN, 0.5], style, label="a name")
    (lines,) = axes.collections
    ends = [segment.tolist() for segment in lines.get_segments() if len(segment) and np.isfinite(segment).all()]
    assert ends == [[[0, 0], [0.2, 0]], [[0.2, 2], [0.5, 2]]]
    (points,) = axes.lines
    np.testing.assert_array_equal(points.get_xydata(), [[0.1, 0], [NAN, 1], [0.3, 2]])
    assert (points.get_linestyle(), points.get_label(), points.get_color()) == ("None", "a name", "#0072B2")
    assert drawing.COLOURS[0] == "#0072B2"
    np.testing.assert_allclose(lines.get_color(), [[0, 0x72 / 255, 0xB2 / 255, 1]])


def test_columns_of_text_stand_beside_their_rows():
    axes = axes_of()
    columns = {"n": ["1", "2"], "p": ["3", "4"]}
    drawing.draw_columns(axes, np.array([2.0, 3.5]), "a heading", columns)
    assert {place: text.get_text() for place, text in texts_of(axes).items()} == {
        (0.5, 0.25): "a heading",
        (0, 1.05): "n",
        (1, 1.05): "p",
        (0, 2): "1",
        (0, 3.5): "2",
        (1, 2): "3",
        (1, 3.5): "4",
    }
    assert {(text.get_ha(), text.get_va()) for text in axes.texts} == {("center", "center")}
    assert axes.get_xlim() == (-0.5, 1.5)
    with pytest.raises(ValueError, match="zip"):
        drawing.draw_columns(axes, np.array([2.0]), "a heading", columns)


@pytest.mark.parametrize(
    ("ends", "edge", "cut"),
    [
        ([-2.0, 1.0], 2.1, False),
        ([NAN, -np.inf, 2.0, 1.0], 2.1, False),
        ([NAN], 1.05, False),
        # The 98 % quantile of 0 to 100 is 98.
        ([*range(100), 147.0], 1.05 * 147, False),
        ([*range(100), -147.1], 1.1 * 98, True),
    ],
)
def test_axes_reach_as_far_as_most_intervals(ends, edge, cut):
    found, word = drawing.most_of(pd.DataFrame({"end": ends}))
    assert (found, word) == (pytest.approx(edge), "; the widest run off the edge" if cut else "")


@pytest.mark.parametrize(
    ("name", "width", "wrap", "expected"),
    [
        ("abcdef", 6, False, "abcdef"),
        ("abcdefg", 6, False, "abc…fg"),
        ("abcdefgh", 7, False, "abc…fgh"),
        ("a\nb\x07", 6, False, "a?b?"),
        ("a" * 36, None, None, "a" * 36),
        ("a" * 37, None, None, "a" * 18 + "…" + "a" * 17),
        ("abcdef", 3, True, "abc\ndef"),
        ("abcdefg", 3, True, "abc\n…fg"),
        ("ab-def", 4, True, "ab-\ndef"),
        ("a-bc/d", 4, True, "a-\nbc/d"),
        ("a-b/cd", 4, True, "a-b/\ncd"),
        ("aaXbbb", 4, True, "aaXb\nbb"),
        ("a-bcdef", 4, True, "a-bc\ndef"),  # the rest would be too long after the mark
    ],
)
def test_a_name_is_cut_in_the_middle_and_broken_after_a_mark(name, width, wrap, expected):
    found = drawing.shown(name) if width is None else drawing.shown(name, width, wrap)
    assert found == expected


def test_a_family_that_is_not_listed_takes_its_mark_from_its_name():
    number = zlib.crc32(b"Deep")
    (mark,) = drawing.family_marks(["Deep", "Deep"], {}).values()
    assert mark == {
        "color": drawing.COLOURS[number % 8],
        "marker": drawing.MARKERS[number // 8 % 11],
    }


@pytest.mark.parametrize(("loc", "x"), [("left", 0.0), ("center", 0.5)])
def test_a_note_stands_below_its_title(loc, x):
    figure = Figure(figsize=(4, 3))
    axes = figure.subplots()
    drawing.draw_heading(axes, "A title", "a note\nof two lines", loc)
    assert axes.get_title(loc=loc) == "A title"
    (note,) = axes.texts
    assert (note.get_text(), note.xy, note.get_ha()) == ("a note\nof two lines", (x, 1), loc)
    FigureCanvasAgg(figure).draw()
    title = {"left": axes._left_title, "center": axes.title}[loc].get_window_extent()
    assert axes.get_window_extent().y1 < note.get_window_extent().y0
    assert note.get_window_extent().y1 <= title.y0


def test_a_colour_bar_shows_the_scale_of_the_cells():
    figure = Figure(figsize=(7, 3))
    axes = figure.subplots()
    one = np.array([0])
    cells = drawing.draw_cells(axes, one, one, np.array([[0.3]]), np.array([[".30"]]), "RdBu_r", Normalize(-0.5, 0.5))
    drawing.draw_bar_below(figure, axes, cells, "a label")
    _, bar = figure.axes
    assert (bar.get_xlabel(), bar.get_xlim()) == ("a label", (-0.5, 0.5))
    assert cells.colorbar.cmap.name == "RdBu_r"
    assert bar.get_position().y1 < axes.get_position().y0


def test_the_pixels_of_a_colour_bar_in_a_pdf_are_as_small_as_in_a_png(tmp_path):
    figure = Figure(figsize=(7, 3))
    axes = figure.subplots()
    bar = figure.colorbar(axes.pcolormesh(np.eye(2)), orientation="horizontal").ax
    saving.save_figure(figure, tmp_path / "figure", "")
    images = re.findall(rb"/Subtype /Image .*?/Width (\d+)", (tmp_path / "figure.pdf").read_bytes(), re.DOTALL)
    assert [int(width) for width in images] == [pytest.approx(7 * 200 * bar.get_position().width, abs=3)]


def test_a_figure_is_saved_in_three_formats_and_as_often_as_one_likes(tmp_path):
    figure = drawing.only_words("why there is nothing")
    resolution = figure.dpi
    for name in ("one", "two"):
        saving.save_figure(figure, tmp_path / f"{name}.v1", "simulated")
    assert figure.dpi == resolution
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{name}.v1.{kind}" for name in ("one", "two") for kind in ("pdf", "png", "svg")
    ]
    for kind in ("pdf", "png", "svg"):
        one, two = ((tmp_path / f"{name}.v1.{kind}").read_bytes() for name in ("one", "two"))
        assert one == two
        assert b"Date" not in one
        assert b"dc:date" not in one
    width, height = figure.get_size_inches()
    assert imread(tmp_path / "one.v1.png").shape[:2] == (round((height + 0.2) * 200), round(width * 200))
    # Points, of which an inch has 72.
    svg = (tmp_path / "one.v1.svg").read_text()
    assert f'viewBox="0 0 {width * 72:g} {(height + 0.2) * 72:g}"' in svg
    assert "why there is nothing" in svg


@pytest.mark.parametrize("kind", ["Agg", "SVG", "Pdf"])
def test_a_file_that_cannot_be_drawn_stays_as_it_was(kind, tmp_path, monkeypatch):
    suffix = {"Agg": "png", "SVG": "svg", "Pdf": "pdf"}[kind]
    path = tmp_path / f"figure.{suffix}"
    path.write_bytes(b"the former one")

    def fail(canvas, file, **named):
        file.write_text("half") if hasattr(file, "write_text") else None
        raise OSError("the disk is full")

    monkeypatch.setattr(getattr(saving, f"FigureCanvas{kind}"), f"print_{suffix}", fail)
    with pytest.raises(OSError, match="full"):
        saving.save_figure(drawing.only_words("x"), tmp_path / "figure", "")
    assert path.read_bytes() == b"the former one"


def test_of_all_drawings_those_among_the_outputs_are_saved_with_the_mark(tmp_path, monkeypatch):
    saved = []
    monkeypatch.setattr(saving, "save_figure", lambda *arguments: saved.append(arguments))
    drawings = {"a": lambda: "figure a", "b.c": lambda: "figure b", "d": lambda: pytest.fail("nobody asked")}
    outputs = [tmp_path / "b.c.png", str(tmp_path / "b.c.pdf"), str(tmp_path / "a.png"), tmp_path / "d.svg"]
    saving.save_figures(drawings, outputs, "simulated")
    assert saved == [("figure b", tmp_path / "b.c", "simulated"), ("figure a", tmp_path / "a", "simulated")]


def test_titles_are_cut_to_the_room_that_is_kept_for_them():
    # "A rather long title of dimension 10" and others.
    dimensions = LONG.dimensions[9:11]
    families, names = zip(*dimensions, strict=True)
    cut = ["A rather long …f dimension 9", "A rather long … dimension 10"]
    rows, columns = axes_of(), axes_of()
    drawing.dimension_rows(rows, families, names, True, LONG)
    assert [text.get_text() for text in rows.texts] == [" A questionnaire with…hat no column holds"]
    drawing.draw_dimensions(columns, np.arange(2), np.array([0]), np.array([[0.1, 0.2]]), dimensions, LONG)
    for axis in (rows.yaxis, columns.xaxis):
        assert [label.get_text() for label in axis.get_ticklabels()] == cut
    assert drawing.titles_width(names, LONG) == drawing.titles_width(names[:1], LONG)
    by_length = sorted(SMALL.titles, key=lambda name: len(SMALL.titles[name]))
    assert drawing.titles_width(by_length, SMALL) > drawing.titles_width(by_length[:-1], SMALL)


def test_groups_stand_half_a_row_apart():
    assert drawing.spaced(["a", "b", "b", "a"]).tolist() == [0, 1.5, 2.5, 4]
