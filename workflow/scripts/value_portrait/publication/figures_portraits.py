"""Portraits: profiles of families of models, of reasoning models beside plain ones, and of models by size."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from value_portrait.instrument import Family, Instrument
from value_portrait.publication import messages
from value_portrait.publication.drawing import (
    COLOURS,
    FIRST,
    MARKERS,
    PANELS,
    SECOND,
    SMALL,
    WIDTH,
    dimension_rows,
    draw_message,
    draw_ranges,
    house_style,
    most_of,
    shown,
    titles_width,
)
from value_portrait.robustness.groups import holm
from value_portrait.robustness.level import LEVEL
from value_portrait.scores.model_groups import plain_siblings, size_series

PANEL = 1.15  # inches
BEYOND: dict[str, Any] = {"ls": "", "marker": "*", "color": "black", "ms": 4, "mew": 0, "clip_on": False}


class Panel(NamedTuple):
    """A panel: its title; of each subject its label, marks and scores by dimension; what models differ in, and their p.

    Families differ in nothing that is tested: they have no adjusted p (D,).
    """

    title: str
    subjects: Sequence[tuple[str, Mapping[str, Any], pd.DataFrame]]
    in_what: str = ""
    p: np.ndarray = np.empty(0)


@house_style()
def portraits(
    tables: Mapping[str, pd.DataFrame], models: Mapping[str, Mapping[str, Any]], circle: Family, instrument: Instrument
) -> Figure:
    """Profiles in a family of dimensions, in three comparisons: a panel each, the mean of all models behind.

    Families of models, by the mean of each; reasoning models beside their plain siblings (``plain_siblings``); models
    that differ in size alone (``size_series``). A star marks where a sibling, or the largest of a series and the
    smallest, differ beyond chance: Holm's correction over all that the figure compares.

    Parameters
    ----------
    tables : uncertainty (of one condition), mean_profile, family_profiles and pairs, the tables of these names.
    models : columns family, size_b and reasoning of the table of models, by model.
    """
    own = {name: table[table["family"] == circle.name] for name, table in tables.items()}
    mean, families, pairs = (
        own[name][own[name]["inference"] == "items_like_these"] for name in ("mean_profile", "family_profiles", "pairs")
    )
    scores = _by(own["uncertainty"][own["uncertainty"]["source"] == "all"], "model", circle)
    models = {name: model for name, model in models.items() if name in scores}
    panels = _panels(_by(families, "model_family", circle), scores, pairs, models)
    blocks = [[panel for panel in panels if (not panel.in_what) == families] for families in (True, False)]
    beside = min(PANELS, max(map(len, blocks)))
    rows = [part[start : start + beside] for part in blocks for start in range(0, len(part), beside)]
    heights = [0.45 + 0.13 * max(map(_lines, row)) + 0.13 * len(circle.names) for row in rows]
    width = min(WIDTH, 1.5 + titles_width(circle.names, instrument) + PANEL * beside)
    figure = Figure(figsize=(width, 0.4 + sum(heights)))
    grid = figure.subplots(len(rows), beside, sharex=True, sharey=True, squeeze=False)
    average = mean.set_index("dimension").reindex(circle.names)["score"]
    for axes_row, row in zip(grid, rows, strict=True):
        block = "Families" if not row[0].in_what else "Reasoning and size"
        axes_row[0].set_ylabel(block, weight="bold", size=7.5)
        for axes in axes_row[len(row) :]:
            axes.set_axis_off()
        for axes, panel in zip(axes_row, row, strict=False):
            _draw(axes, panel, average, circle, instrument)
            axes.tick_params(labelbottom=True)
    edge, cut = most_of(pd.concat([subject[2] for panel in panels for subject in panel.subjects])[["low", "high"]])
    grid[0, 0].set_xlim(-edge, edge)
    told = f"Centred mean rating (scale points), 95 % intervals{cut}; grey: mean of the models (n = {len(models)})"
    compared = {
        name: np.concatenate([panel.p for panel in panels if panel.in_what == name])
        for name in dict.fromkeys(panel.in_what for panel in blocks[1])
    }
    if any((p < LEVEL).any() for p in compared.values()):
        told += f"; star: the two, or smallest and largest, differ (p < {LEVEL} after Holm)"
    figure.supxlabel(textwrap.fill(told, int(17 * width)), size=7)
    draw_message(figure, messages.siblings(compared))
    return figure


def _by(table: pd.DataFrame, column: str, circle: Family) -> dict[str, pd.DataFrame]:
    return {
        str(name): own.set_index("dimension").reindex(circle.names)
        for name, own in table.groupby(column, sort=False, observed=True)
    }


def _panels(
    families: Mapping[str, pd.DataFrame],
    scores: Mapping[str, pd.DataFrame],
    pairs: pd.DataFrame,
    models: Mapping[str, Mapping[str, Any]],
) -> list[Panel]:
    named = [model["family"] for model in models.values()]
    panels = []
    for name in dict.fromkeys(named):
        count = named.count(name)
        panels.append(Panel(name, [(f"{count} model{'s' if count > 1 else ''}", FIRST, families[name])]))
    siblings, series = plain_siblings(models), size_series(models)
    adjusted = _adjusted(pairs, [*siblings.items(), *((own[-1], own[0]) for own in series.values())], scores)
    for (name, plain), p in zip(siblings.items(), adjusted, strict=False):
        both = [(name, FIRST, scores[name]), (plain, SECOND, scores[plain])]
        panels.append(Panel(f"{models[name]['family']}: reasoning", both, "reasoning", p))
    several = [family for family, _ in series]
    for ((family, common), own), p in zip(series.items(), adjusted[len(siblings) :], strict=True):
        sized = [
            (
                f"{models[name]['size_b']:g} B",
                {"color": COLOURS[n % len(COLOURS)], "marker": MARKERS[n % len(MARKERS)]},
                scores[name],
            )
            for n, name in enumerate(own)
        ]
        title = family if several.count(family) == 1 else common
        panels.append(Panel(f"{title} by size", sized, "size", p))
    return panels


def _adjusted(
    pairs: pd.DataFrame, compared: Sequence[tuple[str, str]], scores: Mapping[str, pd.DataFrame]
) -> list[np.ndarray]:
    """The p (D,) of the difference between each two, adjusted over all; NaN where it is unknown."""
    if not compared:
        return []
    wanted = {frozenset(both): number for number, both in enumerate(compared)}
    named = list(frozenset().union(*wanted))
    pairs = pairs[pairs["first"].isin(named) & pairs["second"].isin(named)]
    number = np.array([wanted.get(frozenset(both), -1) for both in zip(pairs["first"], pairs["second"], strict=True)])
    own = pairs.assign(number=number, dimension=pairs["dimension"].astype(str))[number >= 0]
    own = own.assign(adjusted=holm(own["p"])).pivot(index="number", columns="dimension", values="adjusted")
    own = own.reindex(range(len(compared)), columns=next(iter(scores.values())).index)
    return list(own.to_numpy(float))


def _lines(panel: Panel) -> int:
    """Lines above the panel: its title and subjects."""
    names = [_named(label) for label, _, _ in panel.subjects]
    return 2 + shown(panel.title, 17, wrap=True).count("\n") + "\n".join(names).count("\n")


def _named(label: str) -> str:
    return shown(label, 19, wrap=True)


def _draw(axes: Axes, panel: Panel, average: "pd.Series[float]", circle: Family, instrument: Instrument) -> None:
    places = dimension_rows(axes, [circle.name] * len(average), list(average.index), False, instrument)
    axes.axvline(0, color="0.25", lw=0.7)
    axes.plot(average, places, ls="", marker="|", color="0.75", ms=9, mew=2.4, zorder=0)
    count = len(panel.subjects)
    for number, (label, style, own) in enumerate(panel.subjects):
        at = places + 0.6 * ((number + 0.5) / count - 0.5)
        mark = {**style, "markersize": 3.5 if count == 1 else 2.8}
        draw_ranges(axes, own["score"], at, own["low"], own["high"], mark, _named(label))
    if (beyond := panel.p < LEVEL).any():
        axes.plot([0.99] * beyond.sum(), places[beyond], transform=axes.get_yaxis_transform(), **BEYOND)
    title = shown(panel.title, 17, wrap=True)
    axes.set_title(title, pad=4 + 8.3 * (_lines(panel) - 1 - title.count("\n")))
    tight: dict[str, Any] = {"handletextpad": 0.1, "handlelength": 1.2, "labelspacing": 0.1, "fontsize": SMALL}
    legend = axes.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0, **tight)
    # The title keeps its room; a long name need not widen the panel.
    legend.set_in_layout(False)
