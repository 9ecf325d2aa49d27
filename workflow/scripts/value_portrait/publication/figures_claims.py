"""Figures of the claims in every defensible analysis: specification curves, and the share in which each holds."""

import math
import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from value_portrait.publication import messages
from value_portrait.publication.drawing import (
    COLOURS,
    DIVERGING,
    FIRST,
    LINES,
    SECOND,
    SMALL,
    TEXT_GREY,
    WIDTH,
    draw_heading,
    draw_message,
    house_style,
    only_words,
    shown,
    spaced,
)
from value_portrait.publication.verdicts import OPTIONS, setting_in_words
from value_portrait.randomness import named_generator
from value_portrait.robustness.level import LEVEL
from value_portrait.robustness.multiverse import ALL_OPTIONS

CURVES = 3  # claims beside each other
POINTS = 500  # universes drawn of each, so that a curve stays small
BINS = 60  # of universes in the dashboard, at most
EXPECTED = 25  # universes of an option's rarest setting in a bin, so that its frequency there is known to a fifth


def headline_claims(claims: pd.DataFrame) -> list[str]:
    """The claims whose curves are shown: the first two without a test and the first with one that do not always agree.

    ``claims`` is the table ``claims``.
    """
    rows = claims[claims["option"].isna() & (claims["share_holds"] > 0) & (claims["share_holds"] < 1)]
    tested = rows["share_significant"].notna()
    chosen = [*rows["claim"][~tested].head(CURVES - 1), *rows["claim"][tested].head(1)]
    return [claim for claim in rows["claim"] if claim in chosen]


@house_style()
def specification_curve(universes: pd.DataFrame, claims: pd.DataFrame, measures: Mapping[str, str]) -> Figure:
    """How far claims hold in every analysis, in order; below, which settings are more frequent where.

    Parameters
    ----------
    universes : table ``universes``, of the claims shown. claims : table ``claims``. measures : what the number of each
        claim is (``claims.measure``).
    """
    chosen = headline_claims(claims)
    if not chosen:
        return only_words("No claim varies: each holds in all defensible analyses, in none, or is not put to the test.")
    about = claims[claims["option"].isna()].set_index("claim")
    settings = claims[claims["option"].notna()].drop_duplicates(["option", "setting"])
    settings = settings.assign(at=settings["option"].map(ALL_OPTIONS.index)).sort_values("at", kind="stable")
    # Above its settings stands each option's name.
    places = spaced(settings["option"].tolist(), gap=1.3) + 1
    height = 0.12 * (places[-1] + 1)
    figure = Figure(figsize=(WIDTH, 3.0 + height))
    ratios = (1.5, height)
    panels = figure.subplots(2, len(chosen), sharex=True, squeeze=False, height_ratios=ratios)
    drawn: Any = None
    for (curve, board), claim in zip(panels.T, chosen, strict=True):
        row: Any = about.loc[claim]
        own = universes[(universes["claim"] == claim) & universes["value"].notna()]
        # In the order of the table, universes that tie would show a pattern of its own.
        own = own.iloc[named_generator("order of ties", 0).permutation(len(own))].sort_values("value", kind="stable")
        _draw_curve(curve, own)
        share = f"goes this way in {100 * row['share_holds']:.1f} % of {row['universes']:,}"
        if not math.isnan(row["share_significant"]):
            share += f",\nwith p < {LEVEL} in {100 * row['share_significant']:.1f} %"
        width = 25 * CURVES // len(chosen)
        measure = textwrap.fill(measures[claim].removeprefix("the "), int(1.3 * width))
        draw_heading(curve, textwrap.fill(shown(row["text"], 90), width), f"{share}\n{measure}")
        drawn = _draw_board(board, own, settings, places)
        board.set_xlabel("Analyses, sorted (%)")
        board.set_yticks([])
        board.set_ylim(places[-1] + 0.5, -0.5)
    _name_settings(panels[1, 0], settings, places)
    place: dict[str, Any] = {"orientation": "horizontal", "aspect": 60, "shrink": 0.6}
    bar = figure.colorbar(drawn, ax=list(panels[1]), ticks=[0, 0.5, 1, 1.5, 2], **place)
    bar.set_label("Frequency of a setting, against its frequency in all analyses (twice and more: darkest red)")
    bar.outline.set_visible(False)
    outcomes = {"does not go this way": "0.7", "goes this way": COLOURS[0], f"does so with p < {LEVEL}": COLOURS[1]}
    handles = [panels[0, 0].plot([], [], ls="", marker=".", color=colour)[0] for colour in outcomes.values()]
    handles += panels[0, 0].plot([], [], ls="", marker="D", color="black", ms=4)
    figure.legend(handles, [*outcomes, "main analysis"], loc="outside upper center", ncols=4)
    return figure


def _draw_curve(axes: Axes, own: pd.DataFrame) -> None:
    """Values of universes, sorted; of many, evenly spaced ones. The main analysis has no departures."""
    at = 100 * (np.arange(len(own)) + 0.5) / len(own)
    some = np.unique(np.linspace(0, len(own) - 1, min(POINTS, len(own))).round().astype(int))
    holds = own["holds"].eq(True).to_numpy()
    significant = holds & (own["p"] < LEVEL).to_numpy()
    value = own["value"].to_numpy(float)
    for kind, colour in ((~holds, "0.7"), (holds & ~significant, COLOURS[0]), (significant, COLOURS[1])):
        chosen = some[kind[some]]
        axes.plot(at[chosen], value[chosen], ls="", marker=".", ms=2.5, mew=0, color=colour)
    main = (own["departures"] == 0).to_numpy()
    axes.plot(at[main], value[main], ls="", marker="D", ms=4, color="black")
    axes.axvline(100 * (~holds).mean(), color="0.25", lw=0.7, ls=LINES[1])
    axes.set_xlim(0, 100)
    axes.grid(axis="y")


def _draw_board(axes: Axes, own: pd.DataFrame, settings: pd.DataFrame, places: np.ndarray) -> Any:
    """Density of every setting along the sorted universes; returns the last image."""
    image = None
    for option, rows in settings.groupby("option", sort=False):
        at = places[(settings["option"] == option).to_numpy()]
        codes = pd.Categorical(own[str(option)].astype(str), categories=rows["setting"].tolist()).codes
        everywhere = np.bincount(codes[codes >= 0], minlength=len(rows))
        # Of a rare setting narrow bins would show nothing but chance.
        bins = int(np.clip(everywhere[everywhere > 0].min(initial=len(own)) // EXPECTED, 1, BINS))
        place = np.arange(len(own)) * bins // len(own)
        counts = np.array([np.bincount(place[codes == code], minlength=bins) for code in range(len(rows))])
        share = np.where(everywhere > 0, everywhere / len(own), np.nan)[:, None]
        image = axes.imshow(
            counts / np.bincount(place, minlength=bins) / share,
            cmap=DIVERGING,
            norm=Normalize(0, 2),
            extent=(0, 100, at[-1] + 0.5, at[0] - 0.5),
            aspect="auto",
            interpolation="nearest",
        )
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return image


def _name_settings(axes: Axes, settings: pd.DataFrame, places: np.ndarray) -> None:
    """The options, each above its settings, left of the first board."""
    first = (~settings["option"].duplicated()).to_numpy()
    options, own = settings["option"].tolist(), settings["setting"].tolist()
    named = [shown(OPTIONS[option].removeprefix("the ")) for option in settings["option"][first]]
    words = [shown(setting_in_words(*pair)) for pair in zip(options, own, strict=True)]
    axes.set_yticks([*(places[first] - 1), *places], [*named, *words])
    for label in axes.get_yticklabels()[len(named) :]:
        label.set_color(TEXT_GREY)


@house_style()
def claims_held(claims: pd.DataFrame) -> Figure:
    """In which share of analyses every claim holds, with the range over settings of the option that decides most.

    ``claims`` is the table ``claims``.
    """
    rows = claims[claims["option"].isna()]
    tested = rows[rows["share_holds"].notna()]
    left_out = [shown(text, 90) for text in rows["text"][rows["share_holds"].isna()]]
    note = "Not put to the test: " + "; ".join(left_out) + "." if left_out else ""
    note = textwrap.fill(note, 135)
    if tested.empty:
        return only_words(note or "There are no claims.")
    by_setting = claims[claims["option"].notna()].groupby(["claim", "option"])["share_holds"].agg(["min", "max"])
    ranges = by_setting.reindex(pd.MultiIndex.from_frame(tested[["claim", "decides_most"]]))
    figure = Figure(figsize=(WIDTH, 1.0 + 0.235 * len(tested) + 0.12 * (note.count("\n") + 1)))
    axes = figure.subplots()
    places = np.arange(len(tested))
    axes.hlines(places, 100 * ranges["min"], 100 * ranges["max"], color="0.75", lw=3.6)
    for holds, face in ((True, FIRST["color"]), (False, "white")):
        chosen = tested["holds"].eq(True).to_numpy() == holds
        axes.plot(100 * tested["share_holds"][chosen], places[chosen], ls="", **FIRST | {"markerfacecolor": face})
    axes.plot(100 * tested["share_significant"], places, ls="", **SECOND)
    axes.set_yticks(places, [_two_lines(text) for text in tested["text"]], linespacing=1.0)
    axes.set_ylim(len(tested) - 0.4, -0.6)
    for place, option in zip(places.tolist(), tested["decides_most"], strict=True):
        words = "" if pd.isna(option) else OPTIONS[option].removeprefix("the ")
        axes.text(104, place, words, va="center", size=SMALL)
    axes.text(104, -0.75, "decides most", va="bottom", weight="bold", size=SMALL)
    axes.set_xlim(-2, 102)
    axes.grid()
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("Share of the defensible analyses (%)")
    labels = {
        "goes this way; in the main analysis too": FIRST,
        "goes this way; not in the main analysis": FIRST | {"markerfacecolor": "white"},
        f"goes this way with p < {LEVEL} (where there is a test)": SECOND,
    }
    handles = [axes.plot([], [], ls="", **style)[0] for style in labels.values()]
    handles += axes.plot([], [], color="0.75", lw=3.6)
    named = [*labels, "by setting of what decides most"]
    legend = figure.legend(handles, named, loc="outside upper center", ncols=2)
    draw_message(figure, messages.claims(claims), legend)
    figure.supxlabel(note, size=SMALL, x=0.01, ha="left")
    return figure


def _two_lines(text: str) -> str:
    """A claim in one line, or in two of about one length."""
    text = shown(text, 90)
    return text if len(text) <= 50 else textwrap.fill(text, max(len(text) // 2 + 8, 30), break_on_hyphens=False)
