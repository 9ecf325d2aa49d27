"""The figure of the simulated study: what was planted beside what the pipeline found."""

import pandas as pd
from matplotlib.figure import Figure

from value_portrait.instrument import Instrument
from value_portrait.publication.drawing import (
    COLOURS,
    MARKERS,
    SMALL,
    WIDTH,
    dimension_rows,
    draw_heading,
    house_style,
    rows_height,
    shown,
)
from value_portrait.wording import counted


@house_style()
def recovery(tags: pd.DataFrame, scores: pd.DataFrame, instrument: Instrument) -> Figure:
    """Left: sensitivity and specificity of the item key per dimension. Right: every model's recovered scores.

    ``tags`` is the table ``RECOVERY_TAGS`` and ``scores`` the table ``RECOVERY_SCORES``, both of module ``recovery``.
    """
    single = tags[tags["dimension"] != "all"]
    families = list(single["family"])
    figure = Figure(figsize=(WIDTH, max(0.8 + rows_height(families, headed=False), 3)))
    left, right = figure.subplots(1, 2)
    places = dimension_rows(left, families, list(single["dimension"]), False, instrument)
    left.plot(single["sensitivity"], places, ls="", marker="o", color=COLOURS[0], label="planted tags found")
    left.plot(
        single["specificity"], places, ls="", marker="s", mfc="none", color=COLOURS[1], label="other pairs left alone"
    )
    left.set_xlim(0, 1.03)
    left.set_xlabel("Share of the pairs of item and dimension")
    left.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderpad=0)
    for number, family in enumerate(dict.fromkeys(scores["family"])):
        own = scores[scores["family"] == family].dropna(subset=["planted", "recovered"])
        right.plot(
            own["planted"],
            own["recovered"],
            ls="",
            marker=MARKERS[number % len(MARKERS)],
            mfc="none",
            color=COLOURS[number % len(COLOURS)],
            label=shown(instrument.family(str(family)).title),
        )
    ends = scores[["planted", "recovered"]].stack().agg(["min", "max"])
    right.plot(ends, ends, color="0.4", lw=0.8, zorder=0)
    right.set_xlabel("Planted centred mean (scale points)")
    right.set_ylabel("Recovered centred mean (scale points)")
    right.legend(loc="upper left")
    draw_heading(right, "", f"{counted(scores['model'].nunique(), 'model')}; on the line, recovery is perfect")
    right.tick_params(labelsize=SMALL)
    return figure
