"""Figures of how precise scores are: profiles with their intervals, and where the variance is."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from value_portrait.instrument import Instrument, mid_sentence
from value_portrait.publication import messages
from value_portrait.publication.drawing import (
    CENTRED,
    COLOURS,
    FIRST,
    LINES,
    MARKERS,
    PANELS,
    RULE_GREY,
    SMALL,
    WIDTH,
    dimension_rows,
    draw_heading,
    draw_message,
    draw_ranges,
    house_style,
    model_rows,
    most_of,
    only_words,
    rows_height,
    shown,
    signed,
)
from value_portrait.robustness.comparing import INFERENCES

# Components of variance by the facets that they contain: a model; items or queries; wordings or orders.
PARTS: dict[tuple[bool, bool, bool], tuple[str, dict[str, Any]]] = {
    (True, False, False): ("models", {"facecolor": COLOURS[0]}),
    (True, True, False): ("models × items, queries", {"facecolor": COLOURS[5]}),
    (True, False, True): ("models × wordings, orders", {"facecolor": COLOURS[4]}),
    (True, True, True): ("models × items × wordings, orders; error", {"facecolor": "0.88", "hatch": "////"}),
    (False, True, False): ("items, queries", {"facecolor": COLOURS[2]}),
    (False, False, True): ("wordings, orders", {"facecolor": COLOURS[1]}),
    (False, True, True): ("items × wordings, orders", {"facecolor": COLOURS[3]}),
    (False, False, False): ("repeats of the same question", {"facecolor": "0.55"}),
}
SCORES = {"raw": "Uncentred scores", "centred": "Centred scores"}


@house_style()
def profile_intervals(
    table: pd.DataFrame, means: pd.DataFrame, families: Mapping[str, str], instrument: Instrument
) -> Figure:
    """Every model's score with its 95 % interval, a panel for each dimension of the main family; of several the mean.

    ``table`` is the table ``uncertainty`` of one condition and ``means`` the table ``mean_profile``, which has two
    intervals; ``families`` gives each model's family, in order.
    """
    own = table[(table["source"] == "all") & (table["family"] == instrument.main.name)]
    present, order = set(own["model"]), list(dict.fromkeys(families.values()))
    models = sorted((model for model in families if model in present), key=lambda model: order.index(families[model]))
    dimensions = instrument.main.dimensions
    beside = min(len(dimensions), PANELS)
    rows = math.ceil(len(dimensions) / beside)
    figure = Figure(figsize=(WIDTH, 0.6 + rows * (0.85 + 0.125 * max(len(models) + 1, 4))))
    panels = figure.subplots(rows, beside, sharex=True, sharey=True, squeeze=False).ravel()
    of_mean = {
        inference: own.set_index("dimension").reindex(instrument.main.names)
        for inference, own in means[means["family"] == instrument.main.name].groupby("inference")
    }
    for axes in panels[len(dimensions) :]:
        axes.set_axis_off()
    several = len(models) > 1
    places = model_rows(panels[0], [*models, *["Mean of the models"] * several])[: len(models)]
    below, told_from_0 = len(models), 0
    for axes, dimension in zip(panels, dimensions, strict=False):
        scores = own[own["dimension"] == dimension.name].set_index("model").reindex(models)
        here, elsewhere = (of_mean[name].loc[dimension.name].to_dict() for name in INFERENCES)
        mean = float(elsewhere["score"])
        axes.axvline(0, color="0.25", lw=0.7)
        clear = ((scores["low"] > 0) | (scores["high"] < 0)).to_numpy()
        told_from_0 += clear.sum()
        for chosen, face in ((~clear, "white"), (clear, FIRST["color"])):
            part = scores[chosen]
            style = FIRST | {"markerfacecolor": face, "markersize": 3}
            draw_ranges(axes, part["score"], places[chosen], part["low"], part["high"], style)
        note = "no score" if math.isnan(mean) else signed(mean)
        if several:
            axes.axvline(mean, color="0.5", lw=1.2, ls=LINES[1])
            axes.axhline(below - 0.5, color=RULE_GREY, lw=0.5)
            axes.hlines(below, elsewhere["low"], elsewhere["high"], color="0.6", lw=3.2)
            black = {"color": "black", "marker": "|", "markersize": 6}
            draw_ranges(axes, mean, below, here["low"], here["high"], black)
            note = note if math.isnan(mean) else f"mean {note}\n{clear.sum()} of {len(models)} clear of 0"
        draw_heading(axes, shown(dimension.title, 18, wrap=True), note, "center")
        axes.grid(axis="x")
        axes.spines["left"].set_visible(False)
        axes.tick_params(labelbottom=True)
    edge, cut = most_of(pd.concat([own, *of_mean.values()])[["score", "low", "high"]])
    panels[0].set_xlim(-edge, edge)
    told = f"{CENTRED} with 95 % interval{cut}; filled: clear of 0"
    if several:
        told += f"; dashed: mean of all {len(models)} models\n"
        told += "Intervals of the mean: thick over other items like these, thin on these very items"
    figure.supxlabel(told, size=7)
    draw_message(figure, messages.scores_told(told_from_0, own["low"].notna().sum()))
    return figure


@house_style()
def variance_components(variance: pd.DataFrame, precision: pd.DataFrame, instrument: Instrument) -> Figure:
    """Shares of variance of every dimension, of raw and centred scores; below, what more items or versions would give.

    ``variance`` and ``precision`` are the tables of these names; the coefficients are medians over the main family.
    """
    variance = variance.dropna(subset="share")
    kinds = [kind for kind in SCORES if (variance["scores"] == kind).any()]
    if not kinds:
        return only_words("Variance could not be studied: too few models, or items of a dimension.")
    families, names = zip(*instrument.dimensions, strict=True)
    curves = {kind: _curves(precision, kind, instrument) for kind in kinds}
    height = rows_height(families)
    heights = [height + 0.3, 1.9] if any(curves.values()) else [height + 0.3]
    figure = Figure(figsize=(WIDTH, 1.8 + height + 1.9 * (len(heights) - 1)))
    panels = figure.subplots(len(heights), len(kinds), sharex="row", sharey="row", squeeze=False, height_ratios=heights)
    present: dict[str, Any] = {}
    for axes, kind in zip(panels[0], kinds, strict=True):
        places = dimension_rows(axes, families, names, True, instrument)
        shares = _shares_of_parts(variance[variance["scores"] == kind]).reindex(instrument.dimensions)
        left = np.zeros(len(places))
        for part, (label, style) in PARTS.items():
            if part in shares and (width := shares[part].fillna(0).to_numpy(float)).any():
                present[label] = axes.barh(places, width, 0.72, left=left, edgecolor="white", lw=0.3, **style)
                left += width
        for place in places[left == 0]:
            axes.text(0.5, place, "n/a", ha="center", va="center", size=SMALL)
        axes.set_xlim(0, 1)
        axes.set_xlabel("Share of the variance of one rating")
        axes.set_title(SCORES[kind])
    present = {label: present[label] for label, _ in PARTS.values() if label in present}
    legend = figure.legend(list(present.values()), list(present), loc="outside upper left", ncols=3, labelspacing=0.3)
    draw_message(figure, messages.variance(variance, instrument), legend)
    if len(heights) == 1:
        figure.supxlabel("No coefficient of precision can be told from these models and items.", size=SMALL)
        return figure
    lines: dict[str, Any] = {}
    for axes, kind in zip(panels[1], kinds, strict=True):
        for number, (label, middle, low, high) in enumerate(curves[kind]):
            style = {"color": COLOURS[number], "marker": MARKERS[number], "ls": LINES[number]}
            axes.fill_between(middle.index, low, high, color=COLOURS[number], alpha=0.12, lw=0)
            lines[label] = axes.plot(middle.index, middle, **style)[0]
        if not curves[kind]:
            axes.text(0.5, 0.5, "n/a", transform=axes.transAxes, ha="center", va="center")
        axes.set_ylim(0, 1)
        axes.grid()
        axes.set_xlabel("Items of a dimension")
    panels[1, 0].set_ylabel("Relative coefficient")
    name = shown(mid_sentence(instrument.main), 60)
    figure.supxlabel(f"Relative coefficient: median and middle half of {name}", size=SMALL)
    # Uncentred scores tell models apart sooner, so their curves leave this corner free.
    panels[1, 0].legend(list(lines.values()), list(lines), loc="lower right")
    return figure


def _shares_of_parts(rows: pd.DataFrame) -> pd.DataFrame:
    """Shares of the ``PARTS``, one row for each (family, dimension)."""
    facets = [set(component.split(" x ")) for component in rows["component"]]
    part = [("model" in own, bool(own & {"item", "query"}), bool(own & {"wording", "order"})) for own in facets]
    index = [rows["family"], rows["dimension"], pd.Series(part, rows.index, dtype=object)]
    return rows["share"].groupby(index).sum().unstack()


def _curves(
    precision: pd.DataFrame, scores: str, instrument: Instrument
) -> list[tuple[str, pd.Series, pd.Series, pd.Series]]:
    """Label, and median and quartiles over the main family by number of items, for one version, more, and as here."""
    rows = precision[(precision["scores"] == scores) & (precision["inference"] == "items_like_these")]
    rows = rows[rows["family"] == instrument.main.name].dropna(subset="relative")
    if rows.empty:
        return []
    here = rows[rows["this_study"] == 1].iloc[0]
    if "n_repeats" in rows:
        rows = rows[rows["n_repeats"] == here["n_repeats"]]
    designs = {(1, 1), (1, rows["n_orders"].max()), (here["n_wordings"], here["n_orders"])}
    # Numbers of items that all dimensions are studied for, not their own alone.
    counts = rows.groupby("n_items")["dimension"].nunique()
    rows = rows[rows["n_items"].isin(counts.index[counts == counts.max()])]
    found = []
    for wordings, orders in sorted(designs, key=math.prod):
        own = rows[(rows["n_wordings"] == wordings) & (rows["n_orders"] == orders)].groupby("n_items")["relative"]
        versions = wordings * orders
        label = f"{versions} prompt version{'s' if versions > 1 else ''}"
        label += ", as here" if (wordings, orders) == (here["n_wordings"], here["n_orders"]) else ""
        found.append((label, own.median(), own.quantile(0.25), own.quantile(0.75)))
    return found
