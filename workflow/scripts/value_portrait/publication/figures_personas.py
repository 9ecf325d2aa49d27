"""Figures of personas: beside people, all of them, value steering; and what was planted in the simulated study."""

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from value_portrait.instrument import Instrument
from value_portrait.personas.bias import p_text
from value_portrait.personas.steering import circle_steps, has_circle, steering_matrix
from value_portrait.publication.drawing import (
    COLOURS,
    DIVERGING,
    FIRST,
    MARKERS,
    SECOND,
    SMALL,
    TEXT_GREY,
    WIDTH,
    dimension_rows,
    draw_bar_below,
    draw_cells,
    draw_dimensions,
    draw_heading,
    heat_map_size,
    house_style,
    in_cell,
    shown,
    signed,
    spaced,
    titles_width,
)
from value_portrait.responses.conditions import STEERING
from value_portrait.robustness.level import LEVEL

CHANGE = "Change of the centred score (scale points)"
SOURCES = {"printed": "as printed in the paper", "answers": "from its answers"}
PEOPLE = {
    "printed": "people: group minus all respondents, as printed in the paper",
    "ess_microdata": "people: group minus all respondents, ESS round 11",
    "simulated": "people: group minus all respondents, simulated",
}
WEIGHTINGS = {"anweight": ", weighted (anweight)", "none": ", unweighted", "as_printed": ""}
MOST_COLUMNS = 4
KIND_STYLES: dict[str, Any] = {"personas": FIRST, "steering": SECOND, "people": {"color": COLOURS[2], "marker": "^"}}
KIND_TITLES = {"personas": "personas", "steering": "value steering", "people": "groups of simulated people"}


def subject_title(effects: pd.DataFrame) -> str:
    """The model and where its numbers come from, for the effects of one model."""
    return f"{shown(effects['model'].iloc[0])} ({SOURCES[effects['source'].iloc[0]]})"


@house_style()
def personas_and_people(bias: pd.DataFrame, agreement: pd.DataFrame, instrument: Instrument) -> Figure:
    """One model's personas beside people: one row of panels for each axis, one panel for each group.

    ``bias`` comes from ``persona_bias.hold_against_people`` and ``agreement`` from ``assess_agreement``, both for
    one model. Where people come weighted and unweighted, the agreement is with the weighted ones. Beside it stands what
    chance gives, with one-sided p (``agreement_by_chance``).
    """
    if bias.empty:
        figure = Figure(figsize=(WIDTH, 1))
        figure.text(0.02, 0.5, "No persona of this model has a group of people to compare it with.", va="center")
        return figure
    axes_names = list(dict.fromkeys(bias["axis"]))
    widest = max(MOST_COLUMNS, *(bias.loc[bias["axis"] == axis, "group"].nunique() for axis in axes_names))
    framings = list(dict.fromkeys(bias["framing"]))
    weightings = sorted(set(bias["weighting"]))  # anweight, then none
    height = max(0.125 * len(instrument.main.names), 0.6) + 0.3 * max(len(framings) - 1, 0) + 0.8
    below = 0.55 + 0.16 * len(axes_names)
    labels = len(framings) + len(weightings)
    figure = Figure(figsize=(WIDTH, 0.5 + 0.14 * labels + height * len(axes_names) + below))
    grid = figure.add_gridspec(len(axes_names) + 1, widest, height_ratios=[*[height] * len(axes_names), below])
    handles: dict[str, Any] = {}
    first, rows = None, []
    for row, axis in enumerate(axes_names):
        of_axis = bias[bias["axis"] == axis]
        for number, group in enumerate(dict.fromkeys(of_axis["group"])):
            axes = first = figure.add_subplot(grid[row, number], sharex=first)
            own = of_axis[of_axis["group"] == group]
            places = _panel(axes, own, framings, weightings, handles, instrument)
            if number:
                axes.set_yticks(places, [])
            else:
                axes.set_ylabel(axis.capitalize(), weight="bold", size=7.5)
            own_framing = next(framing for framing in framings if framing in set(own["framing"]))
            found = agreement[
                (agreement["axis"] == axis)
                & (agreement["group"] == group)
                & (agreement["against"] == "baseline")
                & (agreement["weighting"] == weightings[0])
                & (agreement["framing"] == own_framing)
            ].iloc[0]
            rows.append(found)
            same = f"{found['same_sign']} of {found['n_signs']} signs agree{p_text(found['same_sign_p'])}\n"
            if not math.isnan(found["same_sign_expected"]):
                same += f"by chance {found['same_sign_expected']:.1f}; "
            same += "ρ n/a" if math.isnan(found["rho"]) else f"ρ {signed(found['rho'])}{p_text(found['rho_p'])}"
            framed = "" if own_framing == framings[0] else f" @{shown(own_framing, 10)}"
            draw_heading(axes, shown(group, 24 - len(framed)) + framed, same)
    _sum_up(figure.add_subplot(grid[-1, :]), pd.DataFrame(rows), axes_names)
    figure.supxlabel(f"Personas: {CHANGE[0].lower()}{CHANGE[1:]}; people: difference on their questionnaire", size=7)
    figure.legend(handles.values(), handles.keys(), loc="outside upper left")
    return figure


def _sum_up(axes: Axes, found: pd.DataFrame, axes_names: list[str]) -> None:
    """One mark for each group, at its rho; one row for each axis."""
    known = found.dropna(subset="rho")
    places = known["axis"].map(axes_names.index)
    below = (known["rho_p"] < LEVEL).to_numpy()
    for chosen, face in ((~below, "white"), (below, FIRST["color"])):
        axes.plot(known["rho"][chosen], places[chosen], ls="", **FIRST | {"markerfacecolor": face})
    axes.axvline(0, color="0.25", lw=0.7)
    axes.set(xlim=(-1.02, 1.02), ylim=(len(axes_names) - 0.5, -0.5), xlabel=f"ρ of a group (filled: p < {LEVEL})")
    axes.set_yticks(range(len(axes_names)), [name.capitalize() for name in axes_names])
    axes.grid()
    told = found.dropna(subset="same_sign_expected")
    title = f"All groups: {found['same_sign'].sum()} of {found['n_signs'].sum()} signs agree"
    if len(told) == len(found):
        title += f", by chance {found['same_sign_expected'].sum():.0f}"
    axes.set_title(f"{title}; ρ above zero in {(known['rho'] > 0).sum()} of {len(known)}")


def _panel(
    axes: Axes,
    own: pd.DataFrame,
    framings: list[str],
    weightings: list[str],
    handles: dict[str, Any],
    instrument: Instrument,
) -> np.ndarray:
    values = instrument.main.names
    places = dimension_rows(axes, [instrument.main.name] * len(values), values, False, instrument)
    axes.axvline(0, color="0.25", lw=0.7)
    row_of = dict(zip(values, places, strict=True))
    people = own[own["framing"] == own["framing"].iloc[0]]
    for weighting in weightings:
        part = people[people["weighting"] == weighting]
        at = part["dimension"].map(row_of).to_numpy()
        label = PEOPLE[part["people_source"].iloc[0]] + WEIGHTINGS[weighting]
        if weighting == weightings[0]:
            axes.hlines(at, part["human_ci_low"], part["human_ci_high"], color=SECOND["color"], lw=1.1)
            handles[label] = axes.plot(part["human_effect"], at, ls="", **SECOND)[0]
        else:
            handles[label] = axes.plot(part["human_effect"], at, ls="", marker="x", ms=3.5, mew=0.8, color="0.2")[0]
    for number, framing in enumerate(framings):
        part = own[(own["framing"] == framing) & (own["weighting"] == weightings[0])]
        if part.empty:
            continue
        at = part["dimension"].map(row_of).to_numpy() + 0.26 * (number - (len(framings) - 1) / 2)
        colour, marker = (marks[(1 + number) % len(marks)] for marks in (COLOURS, MARKERS))
        style = FIRST if number == 0 else {"color": colour, "marker": marker}
        label = f"persona of {subject_title(part)}" + (f", framing {framing}" if len(framings) > 1 else "")
        axes.hlines(at, part["persona_ci_low"], part["persona_ci_high"], color=style["color"], lw=1.1)
        handles[label] = axes.plot(part["persona_effect"], at, ls="", **{**style, "markersize": 3.2})[0]
    return places


@house_style()
def persona_effects(effects: pd.DataFrame, instrument: Instrument) -> Figure:
    """Heat map of one model's effects under every persona, one framing below the other, with every number.

    ``effects`` is the table ``persona_effects`` of one model; steering is left out.
    """
    own = effects[effects["axis"] != STEERING]
    present = set(zip(own["family"], own["dimension"], strict=True))
    dimensions = [dimension for dimension in instrument.dimensions if dimension in present]
    wide = own.pivot(index=["framing", "axis", "group"], columns=["family", "dimension"], values="effect")
    wide = wide.reindex(
        list(dict.fromkeys(zip(own["framing"], own["axis"], own["group"], strict=True))),
        columns=pd.MultiIndex.from_tuples(dimensions),
    )
    blocks = [(framing, axis) for framing, axis, _ in wide.index]
    values = wide.to_numpy(float)
    x, y = spaced([family for family, _ in dimensions], gap=0.4), spaced(blocks, gap=0.4)
    width, height = heat_map_size(dimensions, instrument)
    figure = Figure(figsize=(width, height + 0.15 + 0.165 * y[-1]))
    axes = figure.subplots()
    cells = draw_dimensions(axes, x, y, values, dimensions, instrument)
    axes.set_yticks(y, [shown(group, 24) for _, _, group in wide.index])
    several = len({framing for framing, _ in blocks}) > 1
    for framing, axis in dict.fromkeys(blocks):
        places = y[[index for index, block in enumerate(blocks) if block == (framing, axis)]]
        axes.plot([x[-1] + 0.75] * 2, [places[0] - 0.4, places[-1] + 0.4], color=TEXT_GREY, lw=0.8, clip_on=False)
        name = axis.capitalize() + (f"\n@{shown(framing, 14)}" if several else "")
        axes.text(x[-1] + 0.95, places.mean(), name, va="center", size=SMALL, linespacing=0.95)
    draw_bar_below(figure, axes, cells, f"{subject_title(own)}: {CHANGE[0].lower()}{CHANGE[1:]}")
    return figure


@house_style()
def steering(effects: pd.DataFrame, by_distance: pd.DataFrame, hits: pd.DataFrame, instrument: Instrument) -> Figure:
    """Value steering of one model: values told by values scored, and the change by distance where there is a circle.

    ``effects`` is the table ``persona_effects`` and the others come from module ``steering``, all for one model; one
    row of panels for each framing.
    """
    own = effects[(effects["axis"] == STEERING) & (effects["family"] == instrument.main.name)]
    framings = list(dict.fromkeys(own["framing"]))
    names = [shown(instrument.titles[name], 28) for name in instrument.main.names]
    # Ten values and their circle take the width of the page.
    size, circle = max(0.34 * len(names), 1.6), has_circle(instrument)
    figure = Figure(figsize=(max(1 + size, 3.4) + (2.7 if circle else 0), 0.6 + (1.2 + 0.65 * size) * len(framings)))
    ratios = (1.55 * size / 3.4, 1) if circle else (1,)
    grid = figure.subplots(len(framings), 1 + circle, squeeze=False, width_ratios=ratios)
    limit = max(own["effect"].abs().max(), 0.1)
    for row, framing in zip(grid, framings, strict=True):
        left = row[0]
        told = own[own["framing"] == framing]
        matrix = steering_matrix(told, instrument).to_numpy()
        places = np.arange(len(names), dtype=float)
        texts = np.array([[in_cell(cell) for cell in row] for row in matrix])
        draw_cells(left, places, places, matrix, texts, DIVERGING, Normalize(-limit, limit), hatch="////")
        for place in places:
            left.add_patch(Rectangle((place - 0.47, place - 0.47), 0.94, 0.94, fill=False, ec="black", lw=1.1))
        left.set_xticks(places, names, rotation=90)
        left.xaxis.tick_top()
        left.set_yticks(places, names)
        left.set_ylabel("Value that the model is told to hold")
        left.set_xlabel(f"Value that is scored: {CHANGE[0].lower()}{CHANGE[1:]}")
        fit = by_distance[by_distance["framing"] == framing].sort_values("steps")
        found = hits[hits["framing"] == framing]
        if circle:
            _draw_distance(row[1], matrix, fit)
        note = f"the value told is raised most: {int(found['hit'].sum())} of {len(found)}"
        framed = f"@{shown(framing, 30)}: " if len(framings) > 1 else ""
        above = 4 + 72 * titles_width(instrument.main.names, instrument)
        left.set_title(framed + note, loc="left", size=SMALL, pad=above)
    figure.suptitle(subject_title(own), x=0.01, ha="left", weight="bold", size=7.5)
    return figure


def _draw_distance(axes: Axes, matrix: np.ndarray, fit: pd.DataFrame) -> None:
    steps_of = circle_steps(len(matrix))
    # Cells of one distance stand side by side in the order of the matrix, so that none hides another.
    for steps in range(steps_of.max() + 1):
        cells = matrix[steps == steps_of]
        beside = steps + np.linspace(-0.2, 0.2, len(cells))
        axes.plot(
            beside, cells, ls="", marker="o", ms=2.2, color="0.72", mew=0, label="one cell" if not steps else None
        )
    angle = np.linspace(0, steps_of.max(), 101)
    amplitude = fit["amplitude"].iloc[0]
    level = fit["fitted"].iloc[0] - amplitude * np.cos(2 * np.pi * fit["steps"].iloc[0] / len(matrix))
    wave = level + amplitude * np.cos(2 * np.pi * angle / len(matrix))
    axes.plot(angle, wave, color="0.4", lw=1, label=f"cosine (R² = {fit['r2'].iloc[0]:.2f})")
    axes.vlines(fit["steps"], fit["ci_low"], fit["ci_high"], color=FIRST["color"], lw=1.2)
    label = "mean" + (" and 95 % interval" if fit["ci_low"].notna().any() else "")
    axes.plot(fit["steps"], fit["change"], ls="", label=label, **{**FIRST, "markersize": 5})
    axes.axhline(0, color="0.25", lw=0.7, zorder=0)
    axes.grid(axis="y")
    axes.set_xticks(range(steps_of.max() + 1))
    axes.set_xlabel("Steps on the circle from the value told")
    axes.set_ylabel(CHANGE)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)


@house_style()
def persona_recovery(scores: pd.DataFrame, fits: pd.DataFrame) -> Figure:
    """Planted and recovered effects of the simulated study: one panel for each model, the last one for people.

    ``scores`` and ``fits`` come from ``recovery.compare_effects`` and ``recovery.assess_effects``.
    """
    subjects = list(dict.fromkeys(scores["subject"]))
    columns = min(len(subjects), 3)
    rows = math.ceil(len(subjects) / columns)
    figure = Figure(figsize=(WIDTH, 0.55 + 2.7 * rows))
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid[len(subjects) :]:
        axes.set_axis_off()
    handles: dict[str, Any] = {}
    for axes, subject in zip(grid, subjects, strict=False):
        own = scores[scores["subject"] == subject].dropna(subset=["planted", "recovered"])
        for kind, part in own.groupby("kind", sort=False):
            style = KIND_STYLES[str(kind)]
            colour = style["color"]
            axes.vlines(part["planted"], part["ci_low"], part["ci_high"], color=colour, lw=0.6, alpha=0.35)
            mark = {**style, "markerfacecolor": "none", "markersize": 3.2, "mew": 0.7}
            points = axes.plot(part["planted"], part["recovered"], ls="", **mark)[0]
            handles[KIND_TITLES[str(kind)]] = points
        ends = own[["planted", "recovered"]].stack().agg(["min", "max"])
        axes.plot(ends, ends, color="0.4", lw=0.8, zorder=0)
        fit = fits[(fits["subject"] == subject) & (fits["kind"] == "all")].iloc[0]
        note = f"r {fit['correlation']:.2f}, slope {fit['slope']:.2f}, n {fit['n']}"
        if not math.isnan(fit["coverage"]):
            note += f", {100 * fit['coverage']:.0f} % inside"
        draw_heading(axes, shown(subject, 30), note)
        axes.set_xlabel("Planted (scale points)")
    grid[0].set_ylabel("Recovered (scale points), 95 % interval")
    figure.legend(handles.values(), handles.keys(), loc="outside upper left", ncols=3)
    return figure
