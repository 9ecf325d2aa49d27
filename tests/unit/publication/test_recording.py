"""A recorded figure looks like the figure itself in every format."""

import io
import re
import zlib

import matplotlib
import numpy as np
import pytest
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.patches import Circle
from matplotlib.path import Path
from matplotlib.ticker import MultipleLocator
from matplotlib.transforms import Affine2D
from value_portrait.publication import drawing, saving
from value_portrait.publication.drawing import only_words
from value_portrait.publication.recording import record
from value_portrait.publication.saving import save_figure


def every_kind_of_stroke():
    figure = Figure((4, 3), dpi=200, layout="none")
    axes = figure.subplots()
    axes.plot([0, 1, 3], [0, 2, 1], marker="s", ls="--", label="a line", clip_on=True)
    axes.scatter([0.2, 1.5, 2.9], [1, 2, 0.5], s=[5, 50, 90], c=["r", "g", "b"], alpha=0.4)
    axes.hlines([0.5, 1.5], 0, 9, lw=3)  # beyond the axes, where they are clipped
    mesh = axes.pcolormesh(np.arange(4), np.arange(3), np.arange(6).reshape(2, 3), alpha=0.3)
    image = axes.imshow(np.arange(4).reshape(2, 2), extent=(1, 2, 0, 1), aspect="auto", interpolation="nearest")
    image.set_clip_path(Circle((1.5, 0.5), 0.4, transform=axes.transData))
    axes.fill_between([0, 1, 2], [1, 2, 1], hatch="//", facecolor="none")
    axes.text(1, 1, "slanted\ntwo lines", rotation=30, bbox={"facecolor": "white"})
    axes.text(0, 2, "$x^2$")
    axes.set_ylim(0, 2.5)
    axes.legend()
    figure.colorbar(mesh)
    return figure


def test_in_pixels_it_is_the_same():
    figure = every_kind_of_stroke()
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    again = FigureCanvasAgg(record(figure))
    again.draw()
    assert np.array_equal(canvas.buffer_rgba(), again.buffer_rgba())


class Moving(Artist):
    """Draws with one pen and one transform, which it changes in between."""

    def draw(self, renderer):
        gc, transform = renderer.new_gc(), Affine2D().scale(20)
        for width in (1, 9):
            gc.set_linewidth(width)
            renderer.draw_path(gc, Path.unit_rectangle(), transform.translate(10 * width, 10 * width))


def test_what_is_changed_afterwards_stays_as_it_was_drawn():
    figure = Figure((1, 1), dpi=200)
    figure.add_artist(Moving())
    canvases = FigureCanvasAgg(figure), FigureCanvasAgg(record(figure))
    for canvas in canvases:
        canvas.draw()
    direct, recorded = (canvas.buffer_rgba() for canvas in canvases)
    assert np.array_equal(direct, recorded)


NUMBER = r"(-?[\d.]+)"
IN_POINTS = {
    FigureCanvasPdf: {
        "texts": f"{NUMBER} {NUMBER} Td",
        "clips": f"{NUMBER} {NUMBER} {NUMBER} {NUMBER} re\\s+W",
        "lines": f"{NUMBER} {NUMBER} [ml]\\b",
        "curves": " ".join([NUMBER] * 6) + r" c\b",
        "marks, images": " ".join([NUMBER] * 6) + r" cm\b",
    },
    FigureCanvasSVG: {
        "texts": f'<(?:g|text) [^>]*transform="translate\\({NUMBER} {NUMBER}\\)',
        "clips": f'<rect x="{NUMBER}" y="{NUMBER}" width="{NUMBER}" height="{NUMBER}"/>',
        "lines": f"[ML] {NUMBER} {NUMBER}",
        "curves": f"C {NUMBER} {NUMBER} {NUMBER} {NUMBER} {NUMBER} {NUMBER}",
        "marks": f'<use [^>]*x="{NUMBER}" y="{NUMBER}"',
        "images": f' x="{NUMBER}" y="{NUMBER}" width="{NUMBER}" height="{NUMBER}"/>',
    },
}


@pytest.mark.parametrize("canvas", IN_POINTS)
def test_in_points_it_stands_where_it_stood(canvas):
    direct, recorded = (
        in_vectors(figure, canvas) for figure in (every_kind_of_stroke(), record(every_kind_of_stroke()))
    )
    for name, pattern in IN_POINTS[canvas].items():
        one, other = (np.array(re.findall(pattern, text), float) for text in (direct, recorded))
        assert len(one), name
        # Marks stand on whole pixels, of which a point has nearly three; lines begin and end on them.
        np.testing.assert_allclose(one, other, atol=0.65, err_msg=name)


def test_texts_of_an_svg_stand_where_their_outlines_would():
    outlines = in_vectors(every_kind_of_stroke(), FigureCanvasSVG)
    texts = in_vectors(record(every_kind_of_stroke()), FigureCanvasSVG, letters="none")
    one, other = (np.array(re.findall(IN_POINTS[FigureCanvasSVG]["texts"], text), float) for text in (outlines, texts))
    assert len(one) == texts.count("</text>")
    np.testing.assert_allclose(one, other, atol=0.65)


def in_vectors(figure, canvas, letters="path"):
    """A file of vectors as text; ``letters`` of an SVG are paths, or none but texts."""
    file = io.BytesIO()
    with matplotlib.rc_context({"pdf.compression": 0, "svg.fonttype": letters}):
        (canvas(figure).print_pdf if canvas is FigureCanvasPdf else canvas(figure).print_svg)(file)
    return file.getvalue().decode("latin-1")


def test_names_of_parts_stay():
    figure = every_kind_of_stroke()
    figure.axes[0].set_gid("the-axes")
    assert 'id="the-axes"' in in_vectors(record(figure), FigureCanvasSVG)


def test_an_embedded_font_has_outlines_and_no_layout_tables(tmp_path):
    save_figure(only_words("fin"), tmp_path / "words", mark="")
    parts = re.findall(rb"stream\n(.*?)\nendstream", (tmp_path / "words.pdf").read_bytes(), re.DOTALL)
    fonts = [own for own in map(zlib.decompress, parts) if b"glyf" in own[:300]]
    assert fonts
    for font in fonts:
        tables = {font[start : start + 4] for start in range(12, 12 + 16 * int.from_bytes(font[4:6], "big"), 16)}
        assert {b"glyf", b"loca", b"hmtx"} < tables
        assert not {b"GSUB", b"GPOS", b"GDEF", b"MATH"} & tables


@pytest.mark.parametrize(
    "shown",
    [
        lambda axis: axis.set_tick_params(length=3),
        lambda axis: axis.set_tick_params(labelleft=True, labelbottom=True),
        lambda axis: axis.set_tick_params(labelright=True, labeltop=True),
        lambda axis: axis.grid(),
        lambda axis: axis.set_label_text("a name"),
        lambda axis: axis.set_minor_locator(MultipleLocator(0.05)),
        lambda axis: None,
        None,
    ],
)
@pytest.mark.parametrize("name", ["xaxis", "yaxis"])
def test_hiding_what_shows_nothing_changes_nothing(shown, name, tmp_path, monkeypatch):
    """``shown`` is what one axis shows; None: ticks of the usual length."""

    @drawing.house_style()
    def draw(stem, hide):
        figure = Figure(figsize=(3, 2))
        for axes in figure.subplots(1, 2):
            axes.plot([0.1, 0.9], [0, 1])
            axes.tick_params(labelbottom=False, labelleft=False)
            for axis in (axes.xaxis, axes.yaxis):
                if shown or axis is not getattr(axes, name):
                    axis.set_tick_params(length=0)
        if shown:
            shown(getattr(axes, name))
        if not hide:
            monkeypatch.setattr(saving, "_hide_idle", lambda figure: None)
        save_figure(figure, tmp_path / stem, "")
        return [(tmp_path / f"{stem}.{kind}").read_bytes() for kind in ("png", "pdf")], figure

    hidden, figure = draw("hidden", True)
    whole, _ = draw("whole", False)
    assert hidden == whole
    assert not figure.axes[0].yaxis.get_visible()


@pytest.mark.parametrize("place", ["upper left", "upper right", "lower center"])
def test_a_mark_stands_above_the_figure_as_it_is_without(place, tmp_path):
    figure = Figure(figsize=(3, 2), layout="constrained")
    (line,) = figure.subplots().plot([0, 1])
    figure.legend([line], ["a name as wide as the figure"], loc=f"outside {place}")
    figure.suptitle("A title")
    for name, mark in {"marked": "panel: ten items of each dimension, simulated", "plain": ""}.items():
        save_figure(figure, tmp_path / name, mark)
    marked, plain = (imread(tmp_path / f"{name}.png") for name in ("marked", "plain"))
    strip = len(marked) - len(plain)
    assert strip == 0.2 * 200
    np.testing.assert_allclose(marked[strip:], plain, atol=0.05)
    inked = (marked[:strip] < 1).any(axis=2)
    assert inked.any()
    # On paper, not on nothing.
    assert (marked[:strip, :, 3] == 1).all()
    assert not inked[:, :10].any()
