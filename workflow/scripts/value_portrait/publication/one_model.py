"""One model's page: its profile beside all others, which differences are real, odd answers, and what it cost."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from value_portrait.instrument import Instrument
from value_portrait.publication.drawing import (
    CENTRED,
    FIRST,
    WIDTH,
    dimension_rows,
    draw_ranges,
    house_style,
    only_words,
    rows_height,
    shown,
    signed,
)
from value_portrait.robustness.level import LEVEL
from value_portrait.wording import counted

HERE, ELSEWHERE = "these_items", "items_like_these"
MOST_NAMES = 8  # of other models in a cell

NOTE = f"""\
Centred means in scale points, with 95 % intervals over queries, wordings and raters; places among all models, 1 the
highest, with 95 % intervals on these items. A model is named as clearly lower or higher where the difference on these
items has an adjusted p below {LEVEL} (over all pairs and dimensions of the family), **in bold** where that holds on
other items like these, too.
"""


def describe_model(
    model: str, tables: Mapping[str, pd.DataFrame], asked: Sequence[Mapping[str, Any]], instrument: Instrument
) -> str:
    """The page of a model as Markdown.

    Parameters
    ----------
    tables : uncertainty, pairs, ranks and answer_counts, of all models.
    asked : of a live model, the summary that each of its conditions has beside its answers.
    """
    parts = [f"# {model}\n"]
    for family in instrument.families:
        parts += [f"## {family.title}\n", *_profile(model, family.name, tables, instrument), ""]
    parts += [
        NOTE,
        "## Answers\n",
        *_answers(tables["answer_counts"].query("model == @model")),
    ]
    if asked:
        head = ("condition", "questions", "USD", "served as", "by")
        rows = [
            (one["condition"], f"{one['requests']:,}", f"{one['usd']:.2f}", *_served(one))
            for one in sorted(asked, key=lambda one: (one["condition"] != "baseline", one["condition"]))
        ]
        total = ("together", f"{sum(one['requests'] for one in asked):,}", f"{sum(one['usd'] for one in asked):.2f}")
        parts += ["\n## Cost\n", *_table(head, [*rows, (*total, "", "")])]
    return "\n".join(parts) + "\n"


@house_style()
def profile_beside_others(model: str, uncertainty: pd.DataFrame, instrument: Instrument) -> Figure:
    """A model's scores with their 95 % intervals, a row for each dimension, over the scores of all others.

    ``uncertainty`` is the table of that name, of all models at baseline.
    """
    table = uncertainty[uncertainty["source"] == "all"].set_index(["family", "dimension"])
    own = table[table["model"] == model].reindex(pd.MultiIndex.from_tuples(instrument.dimensions))
    others = table[table["model"] != model]
    if own["score"].isna().all():
        return only_words(f"{shown(model)} has no scores.")
    families, dimensions = zip(*instrument.dimensions, strict=True)
    figure = Figure(figsize=(0.75 * WIDTH, 0.7 + rows_height(families)))
    axes = figure.subplots()
    places = dimension_rows(axes, families, dimensions, True, instrument)
    axes.axvline(0, color="0.25", lw=0.7)
    of_place = dict(zip(instrument.dimensions, places, strict=True))
    rows = [of_place[pair] for pair in others.index]
    number = others["model"].nunique()
    label = counted(number, "other model")
    axes.plot(others["score"], rows, ls="", marker="|", color="0.55", markersize=5, label=label if number else None)
    clear = ((own["low"] > 0) | (own["high"] < 0)).to_numpy()
    for chosen, face in ((~clear, "white"), (clear, FIRST["color"])):
        part, style = own[chosen], FIRST | {"markerfacecolor": face}
        # The first has the name in the legend, whichever has rows.
        named = shown(model) if chosen[0] else None
        draw_ranges(axes, part["score"], places[chosen], part["low"], part["high"], style, named)
    axes.set_xlabel(f"{CENTRED} with 95 % interval; filled: clear of 0")
    figure.legend(loc="outside upper left", ncols=2)
    return figure


def _profile(model: str, family: str, tables: Mapping[str, pd.DataFrame], instrument: Instrument) -> list[str]:
    scores = tables["uncertainty"].query("family == @family and source == 'all' and condition == 'baseline'")
    number = scores.dropna(subset="score")["model"].nunique()
    places = tables["ranks"].query("model == @model and family == @family and inference == @HERE")
    score_of, rank_of = (
        {row["dimension"]: row for row in table.to_dict("records")}
        for table in (scores[scores["model"] == model], places)
    )
    rows = []
    for dimension in instrument.family(family).names:
        score, rank = score_of.get(dimension, {}), rank_of.get(dimension, {})
        lower, higher = _clear_of(model, family, dimension, tables["pairs"])
        place = f"{rank['rank']:.0f}{_range(rank, '.0f')} of {number}" if pd.notna(rank.get("rank")) else ""
        said = signed(score["score"]) + _range(score, "z.2f") if pd.notna(score.get("score")) else "no score"
        rows.append((instrument.titles[dimension], said, place, _names(lower), _names(higher)))
    return _table(("", "score", "place", "clearly lower", "clearly higher"), rows)


def _clear_of(model: str, family: str, dimension: str, pairs: pd.DataFrame) -> tuple[dict[str, bool], dict[str, bool]]:
    """The models that are lower, and those that are higher; whether that holds on other items, too."""
    own = pairs[(pairs["family"] == family) & (pairs["dimension"] == dimension) & (pairs["p_max_t"] < LEVEL)]
    own = own[(own["first"] == model) | (own["second"] == model)]
    other = np.where(own["first"] == model, own["second"], own["first"])
    own = own.assign(other=other, ahead=np.where(own["first"] == model, own["difference"], -own["difference"]))
    beyond = set(own.loc[own["inference"] == ELSEWHERE, "other"])
    here = own[own["inference"] == HERE].sort_values("ahead", key=abs, ascending=False, kind="stable")
    lower, higher = here[here["ahead"] > 0], here[here["ahead"] < 0]
    return {name: name in beyond for name in lower["other"]}, {name: name in beyond for name in higher["other"]}


def _names(models: Mapping[str, bool]) -> str:
    """The first names, those that hold everywhere before the others, and how many more there are."""
    ordered = sorted(models, key=lambda name: not models[name])
    said = [f"**{name}**" if models[name] else name for name in ordered[:MOST_NAMES]]
    return ", ".join(said) + (f" and {len(ordered) - MOST_NAMES} more" if len(ordered) > MOST_NAMES else "")


def _range(row: Mapping[Any, Any], form: str) -> str:
    if pd.isna(row["low"]) or pd.isna(row["high"]):
        return ""
    return f" [{row['low']:{form}}, {row['high']:{form}}]".replace("-", "−")


def _answers(counts: pd.DataFrame) -> list[str]:
    """A table of the answers that are not plain, under every condition."""
    total = counts.groupby("condition", observed=True)["answers"].sum()
    odd = counts[(counts["outcome"] != "answered") | (counts["answer_class"] != "plain")]
    if odd.empty:
        return [f"All {total.sum():,} are plain: the words of one option and no others."]
    rows = [
        (
            row["condition"],
            row["outcome"],
            str(row["answer_class"]).replace("_", " "),
            f"{row['answers']:,}",
            f"{row['answers'] / total[row['condition']]:.1%}",
        )
        for row in odd.sort_values(["condition", "answers"], ascending=[True, False]).to_dict("records")
    ]
    plain = total.sum() - odd["answers"].sum()
    return [
        f"{plain:,} of {total.sum():,} are plain: the words of one option and no others. The rest:\n",
        *_table(("condition", "outcome", "read as", "answers", "share"), rows),
    ]


def _served(one: Mapping[str, Any]) -> tuple[str, str]:
    return ", ".join(one["served_models"]), ", ".join(one["upstreams"])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |" for cells in lines]
