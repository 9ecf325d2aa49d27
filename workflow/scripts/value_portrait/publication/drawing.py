"""The house style of all figures: fonts, colours, marks, names, rows of dimensions.

No global state of Matplotlib is left changed: a function that makes or saves a figure runs in ``house_style()``.
"""

import math
import re
import textwrap
import zlib
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, Literal

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.legend import Legend
from matplotlib.patches import Rectangle

from value_portrait.instrument import Instrument

WIDTH = 7.1  # inches: two columns of a journal
SMALL = 6.5  # points, the smallest text but for the numbers in cells
CELLS = 6.0
CENTRED = "Centred mean rating (scale points)"
PANELS = 5  # beside each other
RULE_GREY, TEXT_GREY = "0.82", "0.35"

# Okabe and Ito (2008), without their yellow, which vanishes on white; wine is from Tol's palette.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#882255")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "*")
LINES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)), (0, (3, 1, 1, 1, 1, 1)))
DIVERGING, SEQUENTIAL = "RdBu_r", "YlGnBu"

# Two things side by side differ in colour, marker and filling, so that grey print tells them apart; the second is
# larger and see-through, so that it cannot hide the first.
FIRST: dict[str, Any] = {"color": COLOURS[0], "marker": "o", "markerfacecolor": COLOURS[0]}
SECOND: dict[str, Any] = {"color": COLOURS[1], "marker": "s", "markerfacecolor": "none", "markersize": 5.5}

WITHIN = 0.98  # of the ends of intervals lie on the page

STYLE: Any = {
    # DejaVu Sans comes with Matplotlib, so that every machine draws the same. Texts stay texts in SVG: whoever shows it
    # without this font has letters as wide, or others.
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans", "Verdana"],
    "svg.fonttype": "none",
    "font.size": 7,
    "axes.titlesize": 7.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titley": 1.0,  # to look for a place takes long; over labels at the top, a title takes a ``pad``
    "axes.labelsize": 7,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": RULE_GREY,
    "grid.linewidth": 0.5,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.size": 2.5,
    "ytick.major.size": 0,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "lines.linewidth": 1,
    "lines.markersize": 4,
    "hatch.linewidth": 0.5,
    "figure.constrained_layout.use": True,
    "text.parse_math": False,  # a model's name may hold dollar signs
    "text.hinting": "none",  # hinted letters have other widths at every resolution, and the layout is made once
    "pdf.fonttype": 42,
    "svg.hashsalt": "value_portrait",
}


@contextmanager
def house_style() -> Iterator[None]:
    """Matplotlib's defaults with the house style over them, whatever the user's own settings; also a decorator."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield


@house_style()
def only_words(text: str) -> Figure:
    """A figure that says why there is nothing to draw."""
    lines = textwrap.fill(text, 120)
    figure = Figure(figsize=(WIDTH, 0.6 + 0.13 * lines.count("\n")))
    axes = figure.subplots()
    axes.set_axis_off()
    axes.text(0.5, 0.5, lines, ha="center", va="center")
    return figure


def in_cell(number: float) -> str:
    """A number for a cell, whose neighbours are near: to two decimals, without a zero before the point; or n/a."""
    if math.isnan(number):
        return "n/a"
    return re.sub(r"^(−?)0\.", r"\1.", signed(number))


def signed(number: float) -> str:
    """A number to two decimals, with the minus sign of the axes; zero has no sign."""
    return f"{number:z.2f}".replace("-", "−")


def shown(name: str, width: int = 36, wrap: bool = False) -> str:
    """A name as figures show it: without control characters, the middle left out beyond ``width`` letters.

    With ``wrap`` it may take two lines of ``width`` letters, broken after a mark of punctuation where there is one.
    """
    name = "".join(letter if letter.isprintable() else "?" for letter in name)
    room = 2 * width if wrap else width
    if len(name) > room:
        name = name[: room // 2] + "…" + name[len(name) - (room - 1) // 2 :]
    if len(name) <= width:
        return name
    breaks = [cut for cut in range(len(name) - width, width + 1) if name[cut - 1] in "-_/:. "]
    cut = breaks[-1] if breaks else width
    return f"{name[:cut]}\n{name[cut:]}"


def spaced(groups: Sequence[Hashable], gap: float = 0.5) -> np.ndarray:
    """Places 0, 1, ... for a row of things, with a gap wherever their group changes; shape (len(groups),)."""
    changes = [0] + [one != other for one, other in pairwise(groups)]
    return np.arange(len(groups)) + gap * np.cumsum(changes[: len(groups)])


def family_marks(families: Iterable[str], listed: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """``color`` and ``marker`` of every model family: as listed, or made from the family's name alone.

    So a family looks the same whatever others there are; two that are not listed may look alike.
    """
    marks: dict[str, Mapping[str, str]] = {}
    for family in dict.fromkeys(families):
        number, place = divmod(zlib.crc32(family.encode()), len(COLOURS))
        marks[family] = listed.get(family, {"color": COLOURS[place], "marker": MARKERS[number % len(MARKERS)]})
    return marks


def titles_width(dimensions: Iterable[str], instrument: Instrument) -> float:
    """The room that the longest of the dimensions' titles takes, in inches."""
    return 0.055 * max(len(shown(instrument.titles[dimension], 28)) for dimension in dimensions)


def heat_map_size(dimensions: Sequence[tuple[str, str]], instrument: Instrument) -> tuple[float, float]:
    """Width of a heat map of dimensions, and the height of what stands above and below its cells, in inches."""
    columns = len(dimensions)
    # The page's width for about twenty columns.
    width = max(min(WIDTH, 4.7 + 0.35 * columns), 2.6 + 0.235 * columns)
    names = family_names(dimensions, width, instrument).values()
    below = max(0.055 * len(name) if upright else 0.11 * (name.count("\n") + 1) for name, upright in names)
    return width, 0.73 + titles_width([dimension for _, dimension in dimensions], instrument) + below


def family_names(
    dimensions: Sequence[tuple[str, str]], width: float, instrument: Instrument
) -> dict[str, tuple[str, bool]]:
    """The families' names below a heat map of that width (inches), by family: as text, and whether it stands upright.

    A name takes up to three lines below its family's columns; one that needs more stands upright in one line.
    """
    letters = (width - 2.6) / len(dimensions) / 0.065  # below one column
    names = {}
    for family, number in Counter(family for family, _ in dimensions).items():
        title, room = instrument.family(family).title, int(letters * number)
        lines = textwrap.wrap(shown(title, 60), max(room, 1), break_long_words=False)
        upright = len(lines) > 3 or max(map(len, lines)) > room
        names[family] = (shown(title, 28) if upright else "\n".join(lines), upright)
    return names


def rows_height(families: Sequence[str], headed: bool = True) -> float:
    """The height of the rows of ``dimension_rows``, in inches."""
    changes = sum(one != other for one, other in pairwise(families))
    return 0.164 * (len(families) + (1.2 * changes + 0.9 if headed else 0.2))


def draw_heading(axes: Axes, name: str, note: str, loc: Literal["left", "center"] = "left") -> None:
    """A title in bold over the axes, and a note below it."""
    axes.set_title(name, loc=loc, pad=15 + 8 * note.count("\n"))
    place = {"left": 0.0, "center": 0.5}[loc]
    axes.annotate(note, (place, 1), (0, 4), xycoords="axes fraction", textcoords="offset points", ha=loc, size=SMALL)


def draw_message(figure: Figure, message: str, legend: Legend | None = None) -> None:
    """What the figure shows, over everything else, the ``legend`` above the figure if there is one; or nothing."""
    if not message:
        return
    most = int(12.8 * figure.get_figwidth())
    # Lines of about one length: no number stands alone below.
    lines = textwrap.fill(message, min(most, len(message) // -(-len(message) // most) + 10))
    figure.set_figheight(figure.get_figheight() + 0.14 * (lines.count("\n") + 1) + 0.05)
    style: dict[str, Any] = {"size": 8, "weight": "bold"}
    if legend:
        legend.set_title(lines, FontProperties(**style))
        legend.set_alignment("left")
    else:
        figure.suptitle(lines, x=0.01, ha="left", **style)


def dimension_rows(
    axes: Axes, families: Sequence[str], dimensions: Sequence[str], headed: bool, instrument: Instrument
) -> np.ndarray:
    """Name one row of the axes for each dimension, from the top down, its families apart; returns the rows' places."""
    places = spaced(families, gap=1.2 if headed else 0.5)
    axes.set_yticks(places, [shown(instrument.titles[dimension], 28) for dimension in dimensions])
    axes.set_ylim(places[-1] + 0.6, places[0] - (1.3 if headed else 0.6))
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    if headed:
        for family in dict.fromkeys(families):
            top = places[list(families).index(family)] - 0.85
            heading: dict[str, Any] = {"weight": "bold", "va": "center", "size": 7}
            axes.text(
                0,
                top,
                " " + shown(instrument.family(family).title, 40),
                transform=axes.get_yaxis_transform(),
                **heading,
            )
    return places


def most_of(ends: pd.DataFrame) -> tuple[float, str]:
    """How far from zero axes reach that show these ends of intervals; and a word where a few very wide ones are cut."""
    known = ends.abs().to_numpy(float)
    known = known[np.isfinite(known)]
    edge, most = (np.quantile(known, share) for share in (WITHIN, 1)) if known.size else (1.0, 1.0)
    return (1.1 * edge, "; the widest run off the edge") if most > 1.5 * edge else (1.05 * most, "")


def draw_ranges(
    axes: Axes, centre: Any, places: Any, low: Any, high: Any, style: dict[str, Any], label: str | None = None
) -> None:
    """Points with horizontal ranges, one for each row; nulls are left out."""
    axes.hlines(places, low, high, color=style["color"], lw=1.1)
    axes.plot(centre, places, ls="", label=label, **style)


def model_rows(axes: Axes, models: Sequence[str]) -> np.ndarray:
    """Name one row of the axes for each model, from the top down; returns the rows' places."""
    places = np.arange(len(models))
    axes.set_yticks(places, [shown(model) for model in models])
    axes.set_ylim(len(models) - 0.4, -0.6)
    return places


def draw_cells(
    axes: Axes,
    x: np.ndarray,
    y: np.ndarray,
    values: np.ndarray,
    texts: np.ndarray,
    cmap: str,
    norm: Any,
    hatch: str = "",
) -> Any:
    """A cell with its text at every (x, y), coloured by its value; a cell without a value (NaN) is grey, and hatched.

    ``values`` and ``texts`` have shape (len(y), len(x)). Returns the coloured collection, for a colour bar.
    """
    corners = [(column - 0.5, row - 0.5) for row in y for column in x]
    flat = values.ravel()
    empty = np.isnan(flat)
    boxes = np.array([Rectangle(corner, 1, 1) for corner in corners])
    cells = PatchCollection(list(boxes), array=flat, cmap=cmap, norm=norm)
    cells.set(edgecolor="white", linewidth=0.6)
    axes.add_collection(cells)
    if empty.any():
        axes.add_collection(
            PatchCollection(list(boxes[empty]), facecolor="0.96", edgecolor="0.75", hatch=hatch, linewidth=0)
        )
    # Luminance of the background by Rec. 709 decides between dark and light text.
    dark = cells.to_rgba(flat)[:, :3] @ (0.2126, 0.7152, 0.0722) < 0.5
    style: dict[str, Any] = {"ha": "center", "va": "center_baseline", "size": CELLS, "in_layout": False}
    for (left, bottom), text, is_dark, is_empty in zip(corners, texts.ravel(), dark, empty, strict=True):
        colour = "white" if is_dark and not is_empty else "black"
        axes.text(left + 0.5, bottom + 0.5, text, color=colour, **style)
    axes.set_xlim(x[0] - 0.55, x[-1] + 0.55)
    axes.set_ylim(y[-1] + 0.55, y[0] - 0.55)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return cells


def draw_dimensions(
    axes: Axes,
    x: np.ndarray,
    y: np.ndarray,
    values: np.ndarray,
    dimensions: Sequence[tuple[str, str]],
    instrument: Instrument,
) -> Any:
    """Cells around zero, one column for each (family, dimension), named at the top, and the families' names below.

    As ``draw_cells`` otherwise, with ``values`` as the cells' texts.
    """
    limit = max(np.nanmax(np.abs(values), initial=0), 0.1)
    texts = np.array([[in_cell(value) for value in row] for row in values])
    cells = draw_cells(axes, x, y, values, texts, DIVERGING, Normalize(-limit, limit), hatch="////")
    axes.set_xticks(x, [shown(instrument.titles[dimension], 28) for _, dimension in dimensions], rotation=90)
    axes.xaxis.tick_top()
    page = axes.get_figure(root=True)
    assert page is not None
    for family, (name, upright) in family_names(dimensions, page.get_figwidth(), instrument).items():
        places = x[[index for index, (other, _) in enumerate(dimensions) if other == family]]
        style: dict[str, Any] = {"weight": "bold", "size": 7, "rotation": 90 if upright else 0}
        axes.text(places.mean(), y[-1] + 0.8, name, ha="center", va="top", **style)
    return cells


def draw_bar_below(figure: Figure, axes: Axes, cells: Any, label: str) -> None:
    """The colour bar of a heat map, below its families' names."""
    # A share of the cells' height, of which few rows have little.
    pad = max(0.01, 0.35 / abs(np.subtract(*axes.get_ylim())))
    bar = figure.colorbar(cells, ax=axes, orientation="horizontal", aspect=60, shrink=0.6, pad=pad)
    bar.set_label(label)
    bar.outline.set_visible(False)


def draw_columns(axes: Axes, places: np.ndarray, heading: str, columns: Mapping[str, Sequence[str]]) -> None:
    """Columns of text beside the rows of a figure, in axes of their own, under a common heading."""
    axes.set_axis_off()
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.text((len(columns) - 1) / 2, places[0] - 1.75, heading, style="italic", ha="center", va="center", size=SMALL)
    for x, (name, texts) in enumerate(columns.items()):
        axes.text(x, places[0] - 0.95, name, weight="bold", ha="center", va="center", size=SMALL)
        for place, text in zip(places, texts, strict=True):
            axes.text(x, place, text, ha="center", va="center", size=SMALL)
