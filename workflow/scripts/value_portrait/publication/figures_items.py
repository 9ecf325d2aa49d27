"""Figures of the instrument: what the items cover, how reliable they are, and models beside people on them."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from value_portrait.dimensions import DIMENSIONS
from value_portrait.items.coverage import mean_distance, spread_of_shares
from value_portrait.publication.drawing import (
    COLOURS,
    FIRST,
    SECOND,
    SMALL,
    WIDTH,
    dimension_rows,
    draw_columns,
    draw_heading,
    draw_ranges,
    house_style,
)
from value_portrait.shipped import VALUE_PORTRAIT

CIRCLE = VALUE_PORTRAIT.main.names

# The second is hatched, so that grey print tells them apart.
BARS: tuple[dict[str, Any], ...] = (
    {"facecolor": COLOURS[0], "edgecolor": COLOURS[0]},
    {"facecolor": "white", "edgecolor": COLOURS[1], "hatch": "////"},
)


@house_style()
def items_per_value(tagged: pd.DataFrame, keyed: pd.DataFrame, threshold: float) -> Figure:
    """Items of every value under two rules, with shares, their spread and the largest over the smallest.

    ``tagged`` (correlations of either sign beyond ``threshold``) and ``keyed`` (the item key) come from
    ``coverage.items_per_dimension``.
    """
    figure = Figure(figsize=(WIDTH, 2.9))
    panels = figure.subplots(1, 2, sharey=True, sharex=True)
    names = (f"|rho| > {threshold:.2f}, either sign (the rule of Table 5)", "Item key used for scoring")
    longest = max(tagged["n_tags"].max(), keyed["n_tags"].max(), 1)
    for axes, name, counts, style in zip(panels, names, (tagged, keyed), BARS, strict=True):
        places = dimension_rows(axes, ["pvq"] * len(counts), list(counts["dimension"]), headed=False)
        axes.barh(places, counts["n_tags"], 0.7, **style)
        for place, count, share in zip(places, counts["n_tags"], counts["share"], strict=True):
            text = f"{count} ({100 * share:.1f} %)"
            box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
            axes.text(count + 0.02 * longest, place, text, va="center", size=SMALL, bbox=box)
        spread, ratio = spread_of_shares(counts["share"])
        largest = "a value has no item" if math.isinf(ratio) else f"largest / smallest {ratio:.1f}"
        total = counts["n_tags"].sum()
        note = f"{total} tags; SD of the shares {100 * spread:.1f} points; {largest}"
        draw_heading(axes, name, note)
        axes.axvline(total / len(counts), color="0.25", lw=0.8, ls=(0, (4, 2)))
        axes.set_xlim(0, 1.24 * longest)
        axes.grid(visible=False)
        axes.set_xlabel("Items (dashed: equal shares)")
    return figure


@house_style()
def cross_loading(distances: pd.DataFrame) -> Figure:
    """Steps on the value circle between two values tagged by one item, for tags of the same and of opposite sign.

    ``distances`` comes from ``coverage.cross_loading_distances``.
    """
    figure = Figure(figsize=(0.75 * WIDTH, 2.5))
    panels = figure.subplots(1, 2, sharey=True)
    steps = np.arange(1, len(CIRCLE) // 2 + 1)
    # Of the pairs of values on a circle of ten, ten are 1, 2, 3 and 4 steps apart each, and five are 5.
    pairs = np.where(steps < len(CIRCLE) / 2, len(CIRCLE), len(CIRCLE) // 2)
    for axes, direction, style in zip(panels, ("same", "opposite"), BARS, strict=True):
        own = distances[distances["direction"] == direction].set_index("distance")["n_pairs"].reindex(steps)
        total = own.sum()
        axes.bar(steps, own, 0.7, **style)
        axes.hlines(total * pairs / pairs.sum(), steps - 0.35, steps + 0.35, color="black", lw=1.4)
        for step, count in zip(steps.tolist(), own, strict=True):
            axes.annotate(f"{count}", (step, count), (0, 2), textcoords="offset points", ha="center", size=SMALL)
        mean = mean_distance(distances, direction)
        note = f"{total} pairs" + ("" if math.isnan(mean) else f"; mean {mean:.2f} steps")
        draw_heading(axes, f"{direction.capitalize()} sign", note)
        axes.set_xticks(steps)
        axes.set_xlabel("Steps between the two values on the circle")
    panels[0].set_ylabel("Pairs of tags on one item")
    panels[0].set_ylim(0, 1.12 * max(distances["n_pairs"].max(), 1))
    even = np.average(steps, weights=pairs)
    figure.supxlabel(f"Black: pairs if all pairs of values were equally likely (mean {even:.2f} steps)", size=SMALL)
    return figure


@house_style()
def topics(shares: pd.DataFrame, queries: int) -> Figure:
    """Percentage of the ``queries`` on every topic; ``shares`` comes from ``coverage.topic_shares``."""
    figure = Figure(figsize=(0.75 * WIDTH, 0.6 + 0.145 * len(shares)))
    axes = figure.subplots()
    places = range(len(shares))
    axes.barh(places, shares["percent"], 0.7, color=COLOURS[0])
    axes.set_yticks(places, shares["topic"])
    axes.set_ylim(len(shares) - 0.4, -0.6)
    for place, percent, count in zip(places, shares["percent"], shares["n_queries"], strict=True):
        axes.text(percent, place, f" {percent:.1f} % ({count})", va="center", size=SMALL)
    axes.set_xlim(0, 1.2 * shares["percent"].max())
    axes.set_xlabel(f"Share of the {queries} queries (%); a query may have several topics")
    return figure


@house_style()
def reliability(table: pd.DataFrame) -> Figure:
    """Cronbach's alpha of every dimension with its 95 % interval, among models and among raters.

    ``table`` is the table ``reliability``.
    """
    sides = {source: table[table["source"] == source] for source in ("models", "raters")}
    first = sides["models"]
    figure = Figure(figsize=(WIDTH, 4.6))
    axes, beside = figure.subplots(1, 2, sharey=True, width_ratios=(2.6, 1))
    places = dimension_rows(axes, first["family"].tolist(), first["dimension"].tolist())
    for (source, own), style, shift in zip(sides.items(), (FIRST, SECOND), (-0.16, 0.16), strict=True):
        draw_ranges(axes, own["alpha"], places + shift, own["ci_low"], own["ci_high"], style, source.capitalize())
    # A wide interval below zero says no more than that alpha is unknown.
    axes.set_xlim(max(np.nanmin(table["ci_low"].to_numpy(), initial=0), -0.5), 1)
    axes.set_xlabel("Cronbach's alpha (95 % interval)")
    alphas = [["n/a" if math.isnan(alpha) else f"{alpha:.2f}" for alpha in own["alpha"]] for own in sides.values()]
    columns = {
        "alpha": [" / ".join(pair) for pair in zip(*alphas, strict=True)],
        "items": _pairs(*(own["n_items"] for own in sides.values())),
        "observations": _pairs(*(own["n_observations"] for own in sides.values())),
    }
    draw_columns(beside, places, "models / raters", columns)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0)
    return figure


@house_style()
def models_and_people(table: pd.DataFrame) -> Figure:
    """Models and people on the same items: mean and 10-90 % range of both in every dimension.

    ``table`` comes from ``comparisons.compare_with_people``.
    """
    figure = Figure(figsize=(WIDTH, 4.6))
    axes, beside = figure.subplots(1, 2, sharey=True, width_ratios=(6, 1))
    places = dimension_rows(axes, table["family"].tolist(), table["dimension"].tolist())
    axes.axvline(0, color="0.25", lw=0.7)
    for who, style, shift in (("models", FIRST, -0.16), ("people", SECOND, 0.16)):
        label = f"{who.capitalize()}: mean and 10–90 % range"
        draw_ranges(axes, table[f"{who}_mean"], places + shift, table[f"{who}_q10"], table[f"{who}_q90"], style, label)
    axes.set_xlabel("Centred mean rating of the same items (scale points)")
    counts = table[["models_n", "people_n"]].fillna(0)
    draw_columns(beside, places, "models / people", {"n": _pairs(counts["models_n"], counts["people_n"])})
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0)
    return figure


@house_style()
def instruments(table: pd.DataFrame) -> Figure:
    """People's values on the rated items, beside the models', and on their questionnaire, on one scale.

    ``table`` comes from ``comparisons.distributions``.
    """
    table = table[table["family"] != "bfi"]
    dimensions = [(family, dimension) for family, dimension in DIMENSIONS if family != "bfi"]
    figure = Figure(figsize=(WIDTH, 4.0))
    left, right = figure.subplots(1, 2, sharex=True, sharey=True)
    families, names = ([pair[place] for pair in dimensions] for place in (0, 1))
    places = dimension_rows(left, families, names)
    dimension_rows(right, families, names)
    cells = {
        key: own.set_index(["family", "dimension"]).reindex(dimensions) for key, own in table.groupby(["who", "on"])
    }
    models, rated, asked = (
        cells[key] for key in (("models", "rated_items"), ("people", "rated_items"), ("people", "questionnaire"))
    )
    for axes, people, shift, name in (
        (left, rated, 0.17, "Rated items"),
        (right, asked, 0, "Questionnaire (PVQ-21), another instrument"),
    ):
        axes.axvline(0, color="0.25", lw=0.7)
        _draw_quantiles(axes, places + shift, people, SECOND, f"people (n ≤ {people['n'].max():g})")
        axes.grid(axis="x")
        axes.set_xlabel("Centred score (scale points): median, middle 50 % and 80 %")
        axes.set_title(name, loc="left", pad=26)
    _draw_quantiles(left, places - 0.17, models, FIRST, f"models (n ≤ {models['n'].max():g})")
    for axes in (left, right):
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)
    right.tick_params(labelleft=False)
    return figure


def _draw_quantiles(axes: Axes, places: np.ndarray, table: pd.DataFrame, style: dict[str, Any], label: str) -> None:
    """Medians with the ranges of the middle 50 % (thick) and 80 % (thin)."""
    axes.hlines(places, table["q25"], table["q75"], color=style["color"], lw=2.6, alpha=0.55)
    draw_ranges(axes, table["q50"], places, table["q10"], table["q90"], style, label)


def _pairs(ones: Iterable[float], others: Iterable[float]) -> list[str]:
    return [f"{one:g} / {other:g}" for one, other in zip(ones, others, strict=True)]
