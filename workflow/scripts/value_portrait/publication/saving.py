"""How a figure is saved: laid out once, then written in three formats, with fonts that are cut once."""

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

from fontTools import subset
from matplotlib.backends import _backend_pdf_ps
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontPath, get_font
from matplotlib.ticker import NullLocator

from value_portrait.files import written_whole
from value_portrait.publication.drawing import COLOURS, STYLE, house_style
from value_portrait.publication.recording import record

Drawing = Callable[[], Figure]

RESOLUTION = 200  # dots per inch of the PNG
MARK_STRIP = 0.2  # inches above a figure, for what it is made from
MOST_DOTS = 2**16 - 1  # that Agg draws in a row
_SIDES = ("left", "right", "bottom", "top")
_DRAWN_AT_TICKS = (*_SIDES, *(f"label{side}" for side in _SIDES), "gridOn")


# Embedding a font in a PDF would leave two hundred lines in the rule's log.
logging.getLogger("fontTools").setLevel(logging.WARNING)
# Matplotlib places every letter of a PDF itself. The tables by which others would are most of the work of embedding.
_DROPPED = getattr(subset.Options, "_drop_tables_default", [])
subset.Options._drop_tables_default = [*_DROPPED, "GSUB", "GPOS", "GDEF", "MATH"]
# Cutting a font down to a figure's letters takes longer than drawing them: it is cut once, to these and any others.
_USUAL = "".join(map(chr, range(32, 127))) + "–…−²×ρ≤°ﬀﬁﬂﬃﬄ"
_cut_font = _backend_pdf_ps.get_glyphs_subset


def _kept_font(fontfile: FontPath, glyphs: set[Any]) -> AbstractContextManager[Any]:
    return nullcontext(_cut_once(fontfile, _usual_glyphs(fontfile) | frozenset(glyphs)))


@cache
def _usual_glyphs(font: FontPath) -> frozenset[int]:
    known = get_font(font)
    return frozenset(known.get_char_index(ord(letter)) for letter in _USUAL)


@cache
def _cut_once(font: FontPath, glyphs: frozenset[int]) -> Any:
    return _cut_font(font, set(glyphs)).__enter__()


_backend_pdf_ps.get_glyphs_subset = _kept_font


@house_style()
def save_figure(figure: Figure, stem: Path, mark: str) -> None:
    """Write one drawing as ``<stem>.pdf``, ``.svg`` and ``.png`` (200 dpi), each whole or not at all.

    The files hold no date and no random id: the same figure gives the same bytes. The ``mark`` (simulated, a panel;
    or nothing) stands in the upper right corner, in a strip above everything else.
    """
    _hide_idle(figure)
    resolution = figure.dpi
    strip = MARK_STRIP if mark else 0.0
    figure.set_dpi(min(RESOLUTION, MOST_DOTS / (max(figure.get_size_inches()) + strip)))
    drawn = record(figure, strip)
    if mark:
        place = (1 - 0.05 / drawn.get_figwidth(), 1 - 0.04 / drawn.get_figheight())
        drawn.text(*place, mark, ha="right", va="top", size=7.5, style="italic", color=COLOURS[1])
    # savefig() would draw everything twice, to lay out anew what is laid out already.
    with written_whole(stem.with_name(stem.name + ".png")) as partial:
        FigureCanvasAgg(drawn).print_png(partial, pil_kwargs={"compress_level": 3})
    with written_whole(stem.with_name(stem.name + ".svg")) as partial:
        FigureCanvasSVG(drawn).print_svg(partial, metadata={"Date": None})
    drawn.set_dpi(figure.dpi)
    with written_whole(stem.with_name(stem.name + ".pdf")) as partial:
        FigureCanvasPdf(drawn).print_pdf(partial, metadata={"CreationDate": None})
    # As it was, so that the same figure can be saved again and gives the same bytes.
    figure.set_dpi(resolution)


def _hide_idle(figure: Figure) -> None:
    """Let what shows nothing take no time: a layout places every axis, its ticks and its name a dozen times."""
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        if axis.get_label_text():
            continue
        # A name without a place of its own keeps clear of the ticks.
        axis.set_label_coords(0.5, 0.5)
        shows = axis.get_tick_params()
        if not shows.get("length", STYLE[f"{axis.axis_name}tick.major.size"]):
            shows |= dict.fromkeys(_SIDES, False)
        if isinstance(axis.get_minor_locator(), NullLocator) and not any(shows.get(name) for name in _DRAWN_AT_TICKS):
            axis.set_visible(False)


def save_figures(drawings: Mapping[str, Drawing], outputs: Iterable[str], mark: str) -> None:
    """Draw and save the figure of every PNG among the ``outputs``, by its name; PDF and SVG stand beside it."""
    for path in map(Path, outputs):
        if path.suffix == ".png":
            save_figure(drawings[path.stem](), path.with_suffix(""), mark)
