"""Figures with one mark, line or row for each model: profiles, sensitivity, kinds of answers, spread, groups."""

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from value_portrait.instrument import Family, Instrument, mid_sentence
from value_portrait.publication import messages
from value_portrait.publication.drawing import (
    CENTRED,
    FIRST,
    LINES,
    PANELS,
    RULE_GREY,
    SECOND,
    SEQUENTIAL,
    SMALL,
    TEXT_GREY,
    WIDTH,
    dimension_rows,
    draw_bar_below,
    draw_cells,
    draw_dimensions,
    draw_heading,
    draw_message,
    draw_ranges,
    family_marks,
    heat_map_size,
    house_style,
    model_rows,
    only_words,
    shown,
    signed,
    spaced,
)
from value_portrait.robustness.level import LEVEL
from value_portrait.scores.model_groups import size_series
from value_portrait.wording import in_words

SIZES = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)


def profiles_by_model(
    profiles: pd.DataFrame, families: Mapping[str, str], dimensions: Sequence[tuple[str, str]]
) -> pd.DataFrame:
    """Centred means as a matrix: models (by family, then in the order of ``families``) by ``dimensions``."""
    wide = profiles.pivot(index="model", columns=["family", "dimension"], values="centred_mean")
    order = list(dict.fromkeys(families.values()))
    models = sorted(families, key=lambda model: order.index(families[model]))
    return wide.reindex(
        [model for model in models if model in wide.index], columns=pd.MultiIndex.from_tuples(dimensions)
    )


@house_style()
def value_profiles(profiles: pd.DataFrame, families: Mapping[str, str], instrument: Instrument) -> Figure:
    """Heat map of the centred means, models by dimensions, with every number and a last row of means.

    ``profiles`` is the table ``profiles`` of one condition; ``families`` gives each model's family, in order.
    """
    dimensions = instrument.dimensions
    wide = profiles_by_model(profiles, families, dimensions)
    groups = [families[model] for model in wide.index]
    means = wide.mean().to_frame("Mean of the models").T
    values = pd.concat([wide, means]).to_numpy(float)
    x, y = spaced([family for family, _ in dimensions], gap=0.4), spaced([*groups, ""], gap=0.4)
    width, height = heat_map_size(dimensions, instrument)
    figure = Figure(figsize=(width, height + 0.185 * y[-1]))
    axes = figure.subplots()
    cells = draw_dimensions(axes, x, y, values, dimensions, instrument)
    axes.set_yticks(y, [*(shown(model, 26, wrap=True) for model in wide.index), means.index[0]], linespacing=0.95)
    for family in dict.fromkeys(groups):
        own = y[[index for index, group in enumerate(groups) if group == family]]
        axes.plot([x[-1] + 0.75] * 2, [own[0] - 0.4, own[-1] + 0.4], color=TEXT_GREY, lw=0.8, clip_on=False)
        axes.text(x[-1] + 0.95, own.mean(), shown(family, 12, wrap=True), va="center", size=SMALL, linespacing=0.95)
    draw_bar_below(figure, axes, cells, CENTRED)
    draw_message(figure, messages.profiles(wide, instrument))
    return figure


@house_style()
def dimension_panels(
    profiles: pd.DataFrame, families: Mapping[str, str], listed: Mapping[str, Mapping[str, str]], shown_family: Family
) -> Figure:
    """A family's dimensions: a panel each, a row for each model family, a mark for each model, the mean as a line.

    ``listed`` holds marks of model families, as ``drawing.family_marks`` takes them.
    """
    pairs = [(shown_family.name, name) for name in shown_family.names]
    wide = profiles_by_model(profiles, families, pairs)[shown_family.name]
    groups = [families[model] for model in wide.index]
    marks = family_marks(groups, listed)
    beside = min(len(pairs), PANELS)
    rows = math.ceil(len(pairs) / beside)
    figure = Figure(figsize=(WIDTH, 0.35 + rows * (1.0 + 0.26 * len(marks))))
    panels = figure.subplots(rows, beside, sharex=True, sharey=True, squeeze=False).ravel()
    for axes in panels[len(pairs) :]:
        axes.set_axis_off()
    for axes, dimension in zip(panels, shown_family.dimensions, strict=False):
        own_scores = wide[dimension.name]
        axes.axvline(0, color="0.25", lw=0.7)
        mean = own_scores.mean()
        if len(wide) > 1:
            axes.axvline(mean, color="0.5", lw=1.2, ls=LINES[1])
        for row, (family, mark) in enumerate(marks.items()):
            own = own_scores[[group == family for group in groups]]
            # The models of a family stand one below the other, in order, so that none hides another.
            places = row + 0.3 * (np.linspace(-1, 1, len(own)) if len(own) > 1 else np.zeros(1))
            axes.plot(own, places, ls="", ms=3.5, mew=0.3, mec="white", **mark)
        note = "no score" if math.isnan(mean) else f"{'mean ' if len(wide) > 1 else ''}{signed(mean)}"
        if own_scores.nunique() > 1:
            ends = {"lowest": own_scores.idxmin(), "highest": own_scores.idxmax()}
            note += "".join(f"\n{end} {signed(own_scores[model])}:\n{shown(model, 24)}" for end, model in ends.items())
        draw_heading(axes, shown(dimension.title, 18, wrap=True), note, "center")
        axes.grid(axis="x")
        axes.hlines(np.arange(1, len(marks)) - 0.5, 0, 1, transform=axes.get_yaxis_transform(), color=RULE_GREY, lw=0.5)
        axes.spines["left"].set_visible(False)
    for axes in panels[: len(pairs)]:
        # Below the last panel of a column nothing else says what its ticks are.
        axes.tick_params(labelbottom=True)
    panels[0].set_yticks(range(len(marks)), [shown(family, 24) for family in marks])
    panels[0].set_ylim(len(marks) - 0.5, -0.5)
    several = f"; dashed: mean of all {len(wide)} models" if len(wide) > 1 else ""
    figure.supxlabel(CENTRED + several, size=7)
    return figure


@house_style()
def sensitivity(table: pd.DataFrame) -> Figure:
    """How far ratings move with wording and order of options, model by model, from the most to the least sensitive.

    ``table`` is the table ``sensitivity`` of one condition. Two wordings stand beside two orders.
    """
    table = table.sort_values(["wording_sensitivity", "model"], ascending=[False, True])
    figure = Figure(figsize=(WIDTH, 1.1 + 0.15 * len(table)))
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1.2, 1))
    places = model_rows(left, list(table["model"]))
    for axes, quantity, factor in ((left, "sensitivity", 100), (right, "difference", 1)):
        wording, order = factor * table[f"wording_{quantity}"], factor * table[f"order_{quantity}"]
        axes.hlines(places, wording, order, color="0.65", lw=0.8, zorder=1)
        axes.plot(wording, places, ls="", label="two wordings (mean over their pairs)", **FIRST)
        axes.plot(order, places, ls="", label="two orders of the options (mean over the wordings)", **SECOND)
        missing = places[(wording.isna() | order.isna()).to_numpy()]
        for place in missing:
            axes.text(0.99, place, "n/a", transform=axes.get_yaxis_transform(), ha="right", va="center", size=SMALL)
        axes.set_xlim(left=0)
        axes.grid()
        axes.spines["left"].set_visible(False)
    left.set_xlim(0, 100)
    left.set_xlabel("Items rated differently (%)")
    right.set_xlabel("Mean absolute difference (scale points)")
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    known = table.dropna(subset=["wording_sensitivity", "order_sensitivity"])
    if len(known):
        wording, order = (known[f"{what}_sensitivity"] for what in ("wording", "order"))
        found = f"{100 * wording.median():.0f} % with the wording, {100 * order.median():.0f} % with the order"
        more = f"the wording moves more items in {(wording > order).sum()} of {len(known)} models"
        left.set_title(f"Median: {found};\n{more}" if len(known) > 1 else found)
    return figure


@house_style()
def answer_kinds(counts: pd.DataFrame) -> Figure:
    """Answers that are not plain, by outcome and class: counts in cells, shares as shades, models with none in a note.

    ``counts`` is the table ``answer_counts`` of one condition.
    """
    totals = counts.groupby("model", sort=False)["answers"].sum()
    other = counts[(counts["outcome"] != "answered") | (counts["answer_class"] != "plain")]
    kinds = [
        (outcome if outcome == answer_class else f"{outcome}:\n{answer_class}").replace("_", "\n")
        for outcome, answer_class in zip(other["outcome"], other["answer_class"], strict=True)
    ]
    wide = other.assign(kind=kinds).pivot_table(index="model", columns="kind", values="answers", aggfunc="sum")
    wide = wide[wide.sum().sort_values(ascending=False, kind="stable").index]
    wide = wide.loc[wide.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    plain = [shown(model) for model in totals.index if model not in wide.index]
    note = f"Only plain answers ({len(plain)} model{'s' * (len(plain) > 1)}): " + ", ".join(plain) if plain else ""
    note = textwrap.fill(note, 135, break_on_hyphens=False)
    height = 0.95 + 0.2 * max(len(wide), 5) + 0.12 * (note.count("\n") + 1)
    figure = Figure(figsize=(WIDTH, height))
    figure.supxlabel(note, size=SMALL, x=0.01, ha="left")
    axes = figure.subplots()
    if wide.empty:
        axes.set_axis_off()
        return figure
    own = totals[wide.index]
    shares = 100 * wide.div(own, axis=0).to_numpy(float)
    texts = np.array([["" if math.isnan(cell) else f"{cell:,.0f}" for cell in row] for row in wide.to_numpy(float)])
    places = model_rows(axes, list(wide.index))
    cells = draw_cells(axes, np.arange(len(wide.columns)), places, shares, texts, SEQUENTIAL, LogNorm(0.01, 100))
    axes.set_xticks(range(len(wide.columns)), wide.columns, rotation=0 if len(wide.columns) <= 8 else 90)
    axes.xaxis.tick_top()
    edge = len(wide.columns) - 0.4
    for place, count, total in zip(places, wide.sum(axis=1), own, strict=True):
        text = f"{count:,.0f} of {total:,} ({100 * count / total:.2g} %)"
        axes.text(edge, place, text, va="center", size=SMALL)
    axes.text(edge, -0.62, "all of these", va="bottom", style="italic", size=SMALL)
    bar = figure.colorbar(cells, ax=axes, aspect=30, shrink=0.9, ticks=[0.01, 0.1, 1, 10, 100], format="%g")
    bar.set_label("Share (%)")
    bar.outline.set_visible(False)
    bar.minorticks_off()
    return figure


@house_style()
def group_comparisons(table: pd.DataFrame, titles: Mapping[str, tuple[str, str]], instrument: Instrument) -> Figure:
    """Two groups of models in every dimension of the main family: both means above, their difference below.

    ``table`` is the table ``groups``; ``titles`` names the two sides of every comparison. One that lacks a side is
    left out. Thin lines are Welch's intervals, thick ones those clustered by developer; a mark is filled where the
    adjusted p is small.
    """
    own_family = (table["family"] == instrument.main.name) & table["dimension"].isin(instrument.main.names)
    table = table[own_family & table["difference"].notna()]
    compared = dict(list(table.groupby("comparison", sort=False)))
    if not compared:
        return only_words("No comparison: of each, all models stand on one side.")
    figure = Figure(figsize=(WIDTH, max(1.4 + 0.36 * table["dimension"].nunique(), 3)))
    panels = figure.subplots(2, len(compared), sharex="row", sharey=True, squeeze=False)
    for (comparison, own), means, differences in zip(compared.items(), *panels, strict=True):
        sides = titles[str(comparison)]
        places = dimension_rows(means, own["family"].tolist(), own["dimension"].tolist(), False, instrument)
        dimension_rows(differences, own["family"].tolist(), own["dimension"].tolist(), False, instrument)
        means.hlines(places, own["mean_first"], own["mean_second"], color="0.65", lw=0.8, zorder=1)
        for side, name, style in zip(("first", "second"), sides, (FIRST, SECOND), strict=True):
            printed = f", {_range(own[f'printed_{side}'])} as printed" if own[f"printed_{side}"].any() else ""
            label = f"{name} (n = {_range(own[f'n_{side}'])}{printed})"
            means.plot(own[f"mean_{side}"], places, ls="", label=label, **style)
        differences.hlines(places, own["cluster_low"], own["cluster_high"], color="0.6", lw=3.2)
        beyond = (own["p_adjusted"] < LEVEL).to_numpy()
        for chosen, face in ((~beyond, "white"), (beyond, "black")):
            black = {"color": "black", "marker": "D", "markersize": 3.5, "markerfacecolor": face}
            part = own[chosen]
            draw_ranges(differences, part["difference"], places[chosen], part["ci_low"], part["ci_high"], black)
        for axes in (means, differences):
            axes.axvline(0, color="0.25", lw=0.7)
        means.legend(loc="lower center", bbox_to_anchor=(0.5, 1), borderaxespad=0.2, labelspacing=0.3)
        means.set_xlabel(CENTRED)
        first, second = (side.partition(" (")[0] for side in sides)
        differences.set_xlabel(f"{first} minus {second}\n(difference in scale points)")
    figure.supxlabel(
        f"95 % intervals: thick clustered by developer, thin Welch's t; filled: clustered p < {LEVEL} after Holm",
        size=SMALL,
    )
    draw_message(figure, messages.groups(table, titles, instrument))
    return figure


def _range(numbers: pd.Series) -> str:
    low, high = numbers.min(), numbers.max()
    return f"{low}" if low == high else f"{low}–{high}"


@house_style()
def value_spread(
    table: pd.DataFrame, by_size: pd.DataFrame, listed: Mapping[str, Mapping[str, str]], instrument: Instrument
) -> Figure:
    """Variance of scores in the main family against model size, of models scored here and as printed; others aside.

    ``table`` comes from ``spread.value_spread``, ``by_size`` from ``spread_by_size``; models without a variance are
    left out. A line joins models that differ in size alone (``size_series``). ``listed`` holds marks of model families,
    as ``drawing.family_marks`` takes them.
    """
    table = table.dropna(subset="variance")
    printed = table["answers"] == "printed"
    sides = {"scored here": table[~printed], "as printed": table[printed]}
    sized = {side: own[own["size_b"].notna()] for side, own in sides.items()}
    sized = {side: own for side, own in sized.items() if len(own)}
    unknown = table[table["size_b"].isna()]
    marks = family_marks(table["family"], listed)
    aside = list(dict.fromkeys(unknown["family"]))
    present = list(dict.fromkeys(family for own in sized.values() for family in own["family"]))
    figure = Figure(figsize=(WIDTH, 3.4 + 0.13 * math.ceil(len(present) / 4)))
    panels = dict.fromkeys(sized, 3 / max(len(sized), 1))
    if aside or not sized:
        panels["unknown"] = max(0.95, 0.4 + 0.22 * min(len(aside), 20))
    drawn: dict[str, Any] = figure.subplot_mosaic([list(panels)], sharey=True, width_ratios=list(panels.values()))
    found = {row["side"]: (row["rho"], row["p"]) for row in by_size.to_dict("records")}
    sizes = table["size_b"].min() / 1.5, table["size_b"].max() * 1.5
    for side, own in sized.items():
        axes = drawn[side]
        for family, of_family in own.groupby("family", sort=False):
            _draw_spread(axes, of_family["size_b"], of_family, marks[str(family)])
        by_name = own.set_index("model")
        for (family, _), series in size_series(by_name[["family", "size_b"]].to_dict("index")).items():
            line = by_name.loc[series]
            axes.plot(line["size_b"], line["variance"], lw=0.8, color=marks[family]["color"], zorder=1)
        axes.set_xscale("log")
        ticks = SIZES if len(sized) == 1 else SIZES[1::3]
        axes.set_xticks(ticks, [f"{tick:,g}" for tick in ticks])
        axes.minorticks_off()
        axes.set_xlim(*sizes)
        axes.set_xlabel("Public size (billion parameters)")
        rho, p = found.get(side, (math.nan, math.nan))
        note = "too few sizes" if math.isnan(rho) else f"ρ = {signed(rho)}, p {in_words(p)}"
        draw_heading(axes, f"{side.capitalize()} (n = {len(own)})", note)
    if right := drawn.get("unknown"):
        for place, family in enumerate(aside):
            own = unknown[unknown["family"] == family]
            _draw_spread(right, [place] * len(own), own, marks[family])
        draw_heading(right, f"Size not public (n = {len(unknown)})", "")
        right.set_xticks(range(len(aside)), [shown(family, 16) for family in aside], rotation=90)
        right.set_xlim(-0.7, max(len(aside), 1) - 0.3)
    first = next(iter(drawn.values()))
    first.set_ylim(-0.03 * np.max(table["variance"].to_numpy(), initial=0.01), None)
    main = f"{len(instrument.main.names)} {mid_sentence(instrument.main)}"
    first.set_ylabel(textwrap.fill(f"Variance of the centred scores of the {main} (scale points²)", 34))
    for axes in drawn.values():
        axes.grid(axis="y")
    # As they are drawn: hollow, where nothing of a family is scored here.
    scored = set(table.loc[~printed, "family"])
    faces = [marks[family]["color"] if family in scored else "white" for family in present]
    handles = [
        first.plot([], [], ls="", mfc=face, **marks[family])[0] for family, face in zip(present, faces, strict=True)
    ]
    if handles:
        figure.legend(handles, [shown(family, 26) for family in present], loc="outside lower center", ncols=4)
    draw_message(figure, messages.spread(by_size))
    return figure


def _draw_spread(axes: Axes, x: Any, models: pd.DataFrame, mark: Mapping[str, Any]) -> None:
    for hollow, own in models.assign(x=x).groupby(models["answers"] == "printed"):
        axes.plot(own["x"], own["variance"], ls="", ms=4.5, mfc="white" if hollow else mark["color"], **mark)
