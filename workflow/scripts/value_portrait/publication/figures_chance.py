"""Figures that hold findings against chance: tags, validity in other raters, the mean profile, the circle."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.legend import Legend

from value_portrait.instrument import Instrument
from value_portrait.publication import messages
from value_portrait.publication.drawing import (
    CENTRED,
    COLOURS,
    DIVERGING,
    FIRST,
    SECOND,
    WIDTH,
    dimension_rows,
    draw_cells,
    draw_columns,
    draw_heading,
    draw_message,
    house_style,
    only_words,
    rows_height,
    shown,
    signed,
    titles_width,
)
from value_portrait.publication.messages import beyond_chance
from value_portrait.robustness.level import LEVEL

CHANCE: dict[str, Any] = {"color": "0.75", "lw": 3.6}
BEYOND = f"filled: beyond chance, p < {LEVEL} after Holm over the family"
DIRECTIONS = {"positive": "positive", "two_sided": "either sign"}
VALIDITY_KEYS = {
    "raters": "Items keyed by other raters",
    "shuffled": "Keyed by shuffled raters",
    "questionnaire": "Questionnaire with itself",
}
BESIDE = 12  # dimensions of matrices that stand beside each other
NUMBERED = 20  # and of those that have room for numbers
SUBJECTS = {
    "questionnaire": "Questionnaire",
    "items": "Items' correlations",
    "raters": "Raters by held-out items",
    "models": "Models' profiles",
    "tags_same_sign": "Tags of the same sign",
    "tags_opposite_sign": "Tags of opposite sign",
}
STATISTICS = {
    "cosine_r2": "Fit to a cosine (R²)",
    "correspondence_index": "Correspondence index",
    "congruence": "Congruence after rotation",
    "mean_steps": "Mean steps between tags",
}
# What a subject is held against: any other order of the dimensions; people, or keys, that are shuffled.
REFERENCES = {
    "any other order": ("order", "0.75"),
    "shuffled raters, or keys from such": ("raters keys", COLOURS[4]),
}


@house_style()
def tags_by_chance(table: pd.DataFrame, instrument: Instrument) -> Figure:
    """Tags of every dimension against their 95 % range and mean with shuffled questionnaires, by direction.

    ``table`` is the table ``tags_by_chance``.
    """
    families, names = zip(*instrument.dimensions, strict=True)
    figure = Figure(figsize=(WIDTH, 1.2 + rows_height(families)))
    numbers = 1.9  # inches
    marks = WIDTH - 0.1 - titles_width(names, instrument) - numbers
    axes, beside = figure.subplots(1, 2, sharey=True, width_ratios=(marks, numbers))
    places = dimension_rows(axes, families, names, True, instrument)
    columns = {}
    for (direction, title), style, shift in zip(DIRECTIONS.items(), (FIRST, SECOND), (-0.17, 0.17), strict=True):
        rows = table[(table["direction"] == direction) & table["dimension"].notna()]
        rows = rows.assign(beyond=beyond_chance(rows)).set_index(["family", "dimension"]).reindex(instrument.dimensions)
        _draw_chance(axes, places + shift, rows["expected"], rows["low"], rows["high"])
        _draw_findings(axes, rows["tags"], places + shift, rows["beyond"].eq(True).to_numpy(), style)
        columns[title] = [
            "n/a" if math.isnan(tags) else f"{tags:.0f} / {expected:.{expected < 10:d}f}"
            for tags, expected in zip(rows["tags"], rows["expected"], strict=True)
        ]
    axes.set_xlim(left=0)
    axes.set_xlabel("Items tagged")
    draw_columns(beside, places, "found / by chance", columns)
    legend = _explain(figure, axes, "95 % range and mean with shuffled questionnaires", DIRECTIONS.values())
    draw_message(figure, messages.tags(table, instrument), legend)
    return figure


@house_style()
def held_out_validity(table: pd.DataFrame, instrument: Instrument) -> Figure:
    """Dimensions by items against dimensions by questionnaire, in raters who had no part in the key; main family.

    ``table`` is the table ``validity``; shuffled raters and the questionnaire itself stand beside as controls.
    """
    family = instrument.main
    size = len(family.names)
    own = table[table["family"] == family.name]
    cells = {
        key: rows[rows["dimension"].notna()]
        .pivot(index="dimension", columns="criterion", values="r")
        .reindex(index=family.names, columns=family.names)
        .to_numpy(float)
        for key, rows in own.groupby("key")
    }
    beside = len(cells) if size <= BESIDE else 1
    names_room = titles_width(family.names, instrument)
    height = (0.19 * size if beside > 1 else 0.22 * size) + names_room + 0.75
    figure = Figure(
        figsize=(
            WIDTH if beside > 1 else max(WIDTH, 0.24 * size + names_room + 0.8),
            0.65 + height * (len(cells) // beside),
        )
    )
    panels = figure.subplots(len(cells) // beside, beside, sharey=True, squeeze=False).ravel()
    # The controls' colours are cut where those of the items end.
    tested = [matrix for key, matrix in cells.items() if key != "questionnaire"]
    limit = max([0.1, *(np.nanmax(np.abs(matrix), initial=0) for matrix in tested)])
    places = np.arange(size)
    drawn: Any = None
    for axes, key in zip(panels, [name for name in VALIDITY_KEYS if name in cells], strict=True):
        texts = np.array([[_hundredths(r) if size <= NUMBERED else "" for r in row] for row in cells[key]])
        drawn = draw_cells(axes, places, places, cells[key], texts, DIVERGING, Normalize(-limit, limit), hatch="////")
        titles = [shown(instrument.titles[name], 28) for name in family.names]
        axes.set_xticks(places, titles, rotation=90)
        axes.set_yticks(places, titles)
        summary = own[(own["key"] == key) & own["dimension"].isna()][["criterion", "r", "low", "high"]]
        note = "\n".join(f"{name} {_interval(*numbers)}" for name, *numbers in summary.itertuples(index=False))
        axes.set_xlabel("By questionnaire")
        draw_heading(axes, VALIDITY_KEYS[key], note)
    for axes in panels[::beside]:
        axes.set_ylabel("By items")
    bar = figure.colorbar(
        drawn, ax=list(panels), orientation="horizontal", aspect=60, shrink=0.6, pad=0.01, extend="both"
    )
    numbers = "numbers: 100 r; " if size <= NUMBERED else ""
    bar.set_label(f"Correlation r within survey groups ({numbers}stronger ones have the colours of the ends)")
    bar.outline.set_visible(False)
    return figure


@house_style()
def headlines_by_chance(table: pd.DataFrame, instrument: Instrument) -> Figure:
    """The models' mean profile against the 95 % range under keys from shuffled raters with as many tags.

    ``table`` is the table ``alternatives``; on the right, how much people like the items is taken out before.
    """
    family = instrument.main
    own = table[(table["statistic"] == "mean_profile") & (table["family"] == family.name)]
    kinds = {"nothing": "As scored", "liking": "How much people like an item taken out"}
    families = [family.name] * len(family.names)
    figure = Figure(figsize=(WIDTH, 1.15 + rows_height(families, False)))
    panels = figure.subplots(1, len(kinds), sharex=True, sharey=True)
    for axes, (without, title) in zip(panels, kinds.items(), strict=True):
        rows = own[own["without"] == without]
        rows = rows.assign(beyond=beyond_chance(rows)).set_index("dimension").reindex(family.names)
        places = dimension_rows(axes, families, family.names, False, instrument)
        axes.axvline(0, color="0.25", lw=0.7)
        _draw_chance(axes, places, rows["expected"], rows["expected_low"], rows["expected_high"])
        _draw_findings(axes, rows["value"], places, rows["beyond"].eq(True).to_numpy(), FIRST)
        axes.set_title(title)
    figure.supxlabel(f"Mean of the models: {CENTRED[0].lower()}{CENTRED[1:]}", size=7)
    legend = _explain(figure, panels[0], "95 % range and mean with keys from shuffled raters", ["mean of the models"])
    draw_message(figure, messages.mean_profile(table, instrument), legend)
    return figure


@house_style()
def circle_fit(table: pd.DataFrame) -> Figure:
    """How well everything lies on the circle, by each statistic, against the 95 % range of its references.

    ``table`` is the table ``circle``.
    """
    table = table.dropna(subset="value")
    statistics = [name for name in STATISTICS if (table["statistic"] == name).any()]
    if not statistics:
        return only_words("Nothing could be placed on the circle.")
    columns = min(len(statistics), 2)
    lines = math.ceil(len(statistics) / columns)
    subjects = {
        name: [subject for subject in SUBJECTS if (own["subject"] == subject).any()]
        for name, own in table.groupby("statistic")
    }
    most = max(map(len, subjects.values()))
    figure = Figure(figsize=(WIDTH, 0.55 + lines * (0.6 + 0.22 * most)))
    panels = figure.subplots(lines, columns, squeeze=False).ravel()
    for axes in panels[len(statistics) :]:
        axes.set_axis_off()
    for axes, statistic in zip(panels, statistics, strict=False):
        own = table[table["statistic"] == statistic]
        places = np.arange(len(subjects[statistic]))
        for shift, (references, colour) in zip((-0.14, 0.14), REFERENCES.values(), strict=True):
            rows = own[own["reference"].isin(references.split())].set_index("subject").reindex(subjects[statistic])
            _draw_chance(axes, places + shift, rows["expected"], rows["low"], rows["high"], colour)
        values = own.drop_duplicates("subject").set_index("subject").reindex(subjects[statistic])
        axes.plot(values["value"], places, ls="", color="black", marker="D", ms=3.5)
        axes.set_yticks(
            places,
            [f"{SUBJECTS[name]} (n = {n:.0f})" for name, n in zip(subjects[statistic], values["n"], strict=True)],
        )
        axes.set_ylim(most - 0.5, -0.5)
        axes.grid(axis="x")
        axes.spines["left"].set_visible(False)
        axes.set_title(STATISTICS[statistic])
    value = panels[0].plot([], [], ls="", color="black", marker="D", ms=3.5)
    ranges = {
        f"95 % range and mean: {name}": panels[0].plot([], [], color=colour, lw=CHANCE["lw"])[0]
        for name, (references, colour) in REFERENCES.items()
        if table["reference"].isin(references.split()).any()
    }
    legend = figure.legend([*value, *ranges.values()], ["found", *ranges], loc="outside upper left", ncols=2)
    draw_message(figure, messages.circle(table), legend)
    return figure


def _draw_chance(axes: Axes, places: Any, expected: Any, low: Any, high: Any, colour: str = CHANCE["color"]) -> None:
    """Ranges that chance gives, one for each row, with their means."""
    axes.hlines(places, low, high, color=colour, lw=CHANCE["lw"])
    axes.plot(expected, places, ls="", marker="|", ms=5, color="0.35", mew=0.8)


def _draw_findings(axes: Axes, values: Any, places: np.ndarray, beyond: np.ndarray, style: dict[str, Any]) -> None:
    """What was found in every row, filled where it is beyond chance."""
    for chosen, face in ((~beyond, "white"), (beyond, style["color"])):
        own = style | {"markerfacecolor": face, "markersize": 4}
        axes.plot(np.asarray(values)[chosen], places[chosen], ls="", **own)


def _explain(figure: Figure, axes: Axes, chance: str, names: Iterable[str]) -> Legend:
    """A legend of ``_draw_chance``, and of what was found: one name or two, each in its own style."""
    handles, labels = [axes.plot([], [], **CHANCE)[0]], [chance]
    for name, style in zip(names, (FIRST, SECOND), strict=False):
        handles += axes.plot([], [], ls="", **style | {"markerfacecolor": "white", "markersize": 4})
        labels.append(name)
    handles += axes.plot([], [], ls="", color="0.25", marker="o")
    return figure.legend(handles, [*labels, BEYOND], loc="outside upper left", ncols=2, labelspacing=0.25)


def _hundredths(r: float) -> str:
    return "n/a" if math.isnan(r) else f"{100 * r:z.0f}"


def _interval(r: float, low: float, high: float) -> str:
    if math.isnan(r):
        return "n/a"
    return signed(r) + ("" if math.isnan(low) else f" [{signed(low)}, {signed(high)}]")
