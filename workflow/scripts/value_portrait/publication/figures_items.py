"""Figures of the instrument: what the items cover, how reliable they are, and models beside people on them."""

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from value_portrait.instrument import Family, Instrument, mid_sentence
from value_portrait.items.coverage import mean_distance, spread_of_shares
from value_portrait.publication import messages
from value_portrait.publication.drawing import (
    COLOURS,
    FIRST,
    SECOND,
    SMALL,
    WIDTH,
    dimension_rows,
    draw_columns,
    draw_heading,
    draw_message,
    draw_ranges,
    house_style,
    only_words,
    rows_height,
    shown,
    signed,
    titles_width,
)
from value_portrait.robustness.level import LEVEL

# The second is hatched, so that grey print tells them apart.
BARS: tuple[dict[str, Any], ...] = (
    {"facecolor": COLOURS[0], "edgecolor": COLOURS[0]},
    {"facecolor": "white", "edgecolor": COLOURS[1], "hatch": "////"},
)


@house_style()
def items_per_value(rules: Mapping[str, pd.DataFrame], instrument: Instrument) -> Figure:
    """Items of every dimension of the main family under one rule or two, with shares and their spread.

    ``rules`` holds, by the name of the rule that chose the items, what ``coverage.items_per_dimension`` counts.
    """
    names = list(instrument.main.names)
    figure = Figure(figsize=(WIDTH * (1 + len(rules)) / 3, max(0.9 + 0.2 * len(names), 1.6)))
    panels = figure.subplots(1, len(rules), sharey=True, sharex=True, squeeze=False)[0]
    # That stand above one panel.
    letters = int((figure.get_figwidth() - titles_width(names, instrument)) / len(rules) / 0.05)
    longest = max(1, *(counts["n_tags"].max() for counts in rules.values()))
    styles = BARS[-len(rules) :]
    for axes, (name, counts), style in zip(panels, rules.items(), styles, strict=True):
        places = dimension_rows(axes, [instrument.main.name] * len(names), names, False, instrument)
        axes.barh(places, counts["n_tags"], 0.7, **style)
        for place, count, share in zip(places, counts["n_tags"], counts["share"], strict=True):
            text = f"{count} ({100 * share:.1f} %)"
            box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
            axes.text(count + 0.02 * longest, place, text, va="center", size=SMALL, bbox=box)
        total = counts["n_tags"].sum()
        draw_heading(axes, name, textwrap.fill(f"{total} tags{_spread(counts['share'])}", letters))
        axes.axvline(total / len(counts), color="0.25", lw=0.8, ls=(0, (4, 2)))
        axes.set_xlim(0, 1.24 * longest)
        axes.grid(visible=False)
        axes.set_xlabel("Items (dashed: equal shares)")
    return figure


def _spread(shares: pd.Series) -> str:
    if len(shares) < 2:
        return ""
    spread, ratio = spread_of_shares(shares)
    largest = "one dimension has no item" if math.isinf(ratio) else f"largest / smallest {ratio:.1f}"
    return f"; SD of the shares {100 * spread:.1f} points; {largest}"


@house_style()
def cross_loading(distances: pd.DataFrame, circle: Family) -> Figure:
    """Steps on the circle between two dimensions tagged by one item, for tags of the same and of opposite sign.

    ``distances`` comes from ``coverage.cross_loading_distances``.
    """
    if distances.empty:
        return only_words(f"{circle.title}: one dimension has no steps to another.")
    places = len(circle.names)
    figure = Figure(figsize=(max(0.75 * WIDTH, 0.9 + 0.45 * (places // 2) * 2), 2.5))
    panels = figure.subplots(1, 2, sharey=True)
    steps = np.arange(1, places // 2 + 1)
    # Of the pairs on a circle of ten, ten are 1, 2, 3 and 4 steps apart each, and five are 5.
    pairs = np.where(steps < places / 2, places, places // 2)
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
        axes.set_xlabel(f"Steps between the two {mid_sentence(circle)} on the circle")
    panels[0].set_ylabel("Pairs of tags on one item")
    panels[0].set_ylim(0, 1.12 * max(distances["n_pairs"].max(), 1))
    even = np.average(steps, weights=pairs)
    figure.supxlabel(
        f"Black: pairs if all pairs of {mid_sentence(circle)} were equally likely (mean {even:.2f} steps)", size=SMALL
    )
    return figure


@house_style()
def topics(shares: pd.DataFrame, queries: int) -> Figure:
    """Percentage of the ``queries`` on every topic; ``shares`` comes from ``coverage.topic_shares``."""
    figure = Figure(figsize=(0.75 * WIDTH, 0.7 + 0.145 * max(len(shares), 3)))
    axes = figure.subplots()
    places = range(len(shares))
    axes.barh(places, shares["percent"], 0.7, color=COLOURS[0])
    axes.set_yticks(places, [shown(topic, 40) for topic in shares["topic"]])
    axes.set_ylim(len(shares) - 0.4, -0.6)
    for place, percent, count in zip(places, shares["percent"], shares["n_queries"], strict=True):
        axes.text(percent, place, f" {percent:.1f} % ({count})", va="center", size=SMALL)
    axes.set_xlim(0, 1.2 * shares["percent"].max())
    axes.set_xlabel(f"Share of the {queries} queries (%); a query may have several topics")
    return figure


@house_style()
def reliability(table: pd.DataFrame, instrument: Instrument) -> Figure:
    """Cronbach's alpha of every dimension with its 95 % interval, and McDonald's omega, among models and among raters.

    ``table`` is the table ``reliability``; a source that it does not have is left out.
    """
    families, names = zip(*instrument.dimensions, strict=True)
    cells = {
        (source, coefficient): table[(table["source"] == source) & (table["coefficient"] == coefficient)]
        .set_index(["family", "dimension"])
        .reindex(instrument.dimensions)
        for source in ("models", "raters")
        for coefficient in ("alpha", "omega")
        if (table["source"] == source).any()
    }
    sources = list(dict.fromkeys(source for source, _ in cells))
    figure = Figure(figsize=(WIDTH, 1.0 + rows_height(families)))
    numbers = 2.3 if len(sources) > 1 else 1.9  # inches
    marks = WIDTH - 0.1 - titles_width(names, instrument) - numbers
    axes, beside = figure.subplots(1, 2, sharey=True, width_ratios=(marks, numbers))
    places = dimension_rows(axes, families, names, True, instrument)
    for number, (source, style) in enumerate(zip(sources, (FIRST, SECOND), strict=False)):
        at = places + 0.32 * (number - (len(sources) - 1) / 2)
        alpha, omega = (cells[source, coefficient] for coefficient in ("alpha", "omega"))
        label = f"{source.capitalize()}: alpha, 95 % interval"
        draw_ranges(axes, alpha["estimate"], at, alpha["ci_low"], alpha["ci_high"], style, label)
        if omega["estimate"].notna().any():
            mark: dict[str, Any] = {"color": style["color"], "marker": "x", "ms": 3.6, "mew": 1}
            axes.plot(omega["estimate"], at, ls="", label=f"{source.capitalize()}: omega", **mark)
    # A wide interval below zero says no more than that alpha is unknown.
    axes.set_xlim(max(np.nanmin(table["ci_low"].to_numpy(float), initial=0), -0.5), 1)
    axes.set_xlabel("Cronbach's alpha and McDonald's omega")
    columns = {
        coefficient: _sides(
            ["n/a" if math.isnan(number) else f"{number:.2f}" for number in cells[source, coefficient]["estimate"]]
            for source in sources
        )
        for coefficient in ("alpha", "omega")
    }
    for name, column in (("items", "n_items"), ("observations", "n_observations")):
        columns[name] = _sides([f"{n:g}" for n in cells[source, "alpha"][column].fillna(0)] for source in sources)
    draw_columns(beside, places, " / ".join(sources), columns)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0)
    draw_message(figure, messages.alphas(table))
    return figure


@house_style()
def models_and_people(table: pd.DataFrame, instrument: Instrument) -> Figure:
    """Models and people on the same items: mean with its 95 % interval, and 10-90 % range, of both in every dimension.

    ``table`` comes from ``beside_people.compare_with_people``; beside the marks stands the difference.
    """
    families = table["family"].tolist()
    figure = Figure(figsize=(WIDTH, 1.25 + rows_height(families)))
    numbers = 2.3  # inches
    marks = WIDTH - 0.1 - titles_width(table["dimension"], instrument) - numbers
    axes, beside = figure.subplots(1, 2, sharey=True, width_ratios=(marks, numbers))
    places = dimension_rows(axes, families, table["dimension"].tolist(), True, instrument)
    axes.axvline(0, color="0.25", lw=0.7)
    for who, style, shift in (("models", FIRST, -0.16), ("people", SECOND, 0.16)):
        ends = table[f"{who}_low"], table[f"{who}_high"]
        axes.hlines(places + shift, *ends, color=style["color"], lw=3.6, alpha=0.4)
        label = f"{who.capitalize()}: mean, 95 % interval (thick) and 10–90 % range"
        draw_ranges(axes, table[f"{who}_mean"], places + shift, table[f"{who}_q10"], table[f"{who}_q90"], style, label)
    axes.set_xlabel("Centred mean rating of the same items (scale points)")
    differences = table[["difference", "difference_low", "difference_high"]].itertuples(index=False)
    counts = table[["models_n", "people_n", "n_groups"]].fillna(0)
    columns = {
        "difference": [_with_interval(*cells) for cells in differences],
        "n": _sides([f"{n:g}" for n in counts[name]] for name in ("models_n", "people_n")),
        "groups": [f"{n:g}" for n in counts["n_groups"]],
    }
    draw_columns(beside, places, "models minus people; n: models / people", columns)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0)
    adjusted = f"; chance: p < {LEVEL} after Holm over a family" if table["p_adjusted"].notna().any() else ""
    figure.supxlabel(f"95 % intervals take the people and items of a survey group together{adjusted}", size=SMALL)
    draw_message(figure, messages.people(table))
    return figure


def _with_interval(value: float, low: float, high: float) -> str:
    if math.isnan(value):
        return "n/a"
    return (
        ("+" if value >= 0 else "") + signed(value) + ("" if math.isnan(low) else f" [{signed(low)}, {signed(high)}]")
    )


def _sides(sides: Iterable[Sequence[str]]) -> list[str]:
    return [" / ".join(texts) for texts in zip(*sides, strict=True)]
