"""The reproduction certificate on one page."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from value_portrait.paper.certifying.counting import TOTALS
from value_portrait.publication.drawing import COLOURS, SMALL, TEXT_GREY, WIDTH, draw_heading, draw_message, house_style

_FILLS: dict[str, dict[str, Any]] = {
    "match": {"facecolor": COLOURS[0]},
    "explained": {"facecolor": COLOURS[5]},
    "conjectured": {"facecolor": COLOURS[5], "hatch": "ooo"},
    "unexplained": {"facecolor": COLOURS[4], "hatch": "///"},
    "differs": {"facecolor": COLOURS[1], "hatch": "xxx"},
    "not in the archive": {"facecolor": "0.85"},
    "needs microdata": {"facecolor": "0.93", "hatch": "..."},
    "needs live answers": {"facecolor": "0.97", "hatch": "\\\\\\"},
    "not in this run": {"facecolor": "1.0"},
}

# Where the smallest differences are drawn: below what double precision resolves.
_EXACT = 1e-17


@house_style()
def certificate(rows: pd.DataFrame, counts: pd.DataFrame) -> Figure:
    """Left: the verdicts on every source. Right: Table 8 and the correlations, before and with the causes.

    ``rows`` is the certificate, ``counts`` as by ``count_statuses``.
    """
    figure = Figure(figsize=(WIDTH, 4.6))
    grid = figure.add_gridspec(2, 2, width_ratios=(1.25, 1))
    _draw_verdicts(figure.add_subplot(grid[:, 0]), counts)
    _draw_cells_of_table_8(figure.add_subplot(grid[0, 1]), rows)
    _draw_correlations(figure.add_subplot(grid[1, 1]), rows)
    draw_message(figure, _in_print(counts.T["in print"]))
    return figure


def _in_print(counts: pd.Series) -> str:
    """What becomes of the numbers in print that can be compared, by verdict."""
    told = ["match", "explained", "conjectured", "unexplained", "differs"]
    own = counts.reindex(told).fillna(0).astype(int)
    if not own.sum():
        return ""
    match, explained, conjectured, still_open, differing = own
    verdicts = f"{match:,} match, {explained:,} explained, {conjectured + still_open:,} conjectured or open"
    return f"Of {own.sum():,} numbers in print that can be compared: {verdicts}, {differing:,} different"


def _draw_verdicts(axes: Axes, counts: pd.DataFrame) -> None:
    shares = counts.div(counts.sum(axis=1), axis=0)
    # A total stands a little apart from what it adds up, and from what follows.
    total = counts.index.isin(list(TOTALS))
    places = np.arange(len(counts)) + 0.4 * (2 * np.cumsum(total) - total)
    left = np.zeros(len(counts))
    for status in shares:
        if not counts[status].any():
            continue
        axes.barh(
            places, shares[status], left=left, edgecolor="0.4", linewidth=0.4, label=status, **_FILLS[str(status)]
        )
        left += shares[status].to_numpy()
    axes.set_yticks(places, [str(source) for source in counts.index])
    axes.set_ylim(places[-1] + 0.6, -0.6)
    for place, count in zip(places, counts.sum(axis=1), strict=True):
        axes.text(1.02, place, f"{count:,}", va="center", size=SMALL, color=TEXT_GREY)
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.5, 1], ["0", "50", "100 %"])
    axes.spines["left"].set_visible(False)
    draw_heading(axes, "Comparisons by verdict", "right: how many comparisons")
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.06), ncols=2)


def _draw_cells_of_table_8(axes: Axes, rows: pd.DataFrame) -> None:
    cells = rows[(rows["source"] == "Table 8") & rows["ours"].notna()]
    published = pd.to_numeric(cells["published"])
    before, after = (pd.to_numeric(cells[name]) - published for name in ("ours", "ours_with_causes"))
    reach = max(0.05, before.abs().max(), after.abs().max())
    bins = list(np.arange(-reach - 0.01, reach + 0.02, 0.01))
    axes.hist(after, bins, color=COLOURS[5], label="with the causes")
    axes.hist(before, bins, histtype="step", color=COLOURS[1], lw=1.1, label="recomputed")
    axes.set_xlabel("Ours − printed (scale points)")
    axes.set_ylabel("Cells")
    equal = [int((difference.abs() <= pd.to_numeric(cells["tolerance"])).sum()) for difference in (before, after)]
    note = f"{equal[0]} equal as recomputed, {equal[1]} with the causes"
    draw_heading(axes, f"Table 8, {len(cells)} cells", note)
    axes.legend(loc="upper left", bbox_to_anchor=(-0.02, 1), handlelength=1.2)


def _draw_correlations(axes: Axes, rows: pd.DataFrame) -> None:
    own = rows[(rows["source"] == "archive: correlation_results") & rows["quantity"].str.startswith("rho")]
    published = pd.to_numeric(own["published"])
    bins = list(np.logspace(np.log10(_EXACT), 0, 35))
    styles: tuple[dict[str, Any], ...] = (
        {"color": COLOURS[5]},
        {"histtype": "step", "color": COLOURS[1], "lw": 1.1},
    )
    for name, label, style in zip(("ours_with_causes", "ours"), ("with the causes", "recomputed"), styles, strict=True):
        gap = (pd.to_numeric(own[name]) - published).abs().clip(lower=_EXACT * 1.01)
        axes.hist(gap, bins, label=label, **style)
    for scale, axis in ((axes.set_xscale, axes.xaxis), (axes.set_yscale, axes.yaxis)):
        scale("log")
        axis.set_major_formatter(lambda value, _: f"{value:g}")
        axis.set_minor_locator(NullLocator())
    axes.set_xlabel("|Ours − published|")
    axes.set_ylabel("Correlations")
    draw_heading(axes, f"{len(own):,} correlations", "beyond 1e-12 they come from other numbers")
    axes.legend(loc="upper right")
