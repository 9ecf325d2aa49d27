"""What a figure shows, in a sentence over it: it follows from the figure's own table; empty where nothing does."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.instrument import Family, Instrument, mid_sentence
from value_portrait.publication.comparisons import spread_by_size
from value_portrait.publication.drawing import signed
from value_portrait.publication.verdicts import MOST_ANALYSES
from value_portrait.robustness.groups import holm
from value_portrait.robustness.level import LEVEL
from value_portrait.wording import MOST_NAMED, in_percent, in_words

# What is held against chance on the circle, within a sentence.
ON_CIRCLE = {
    "questionnaire": "the questionnaire",
    "items": "items' correlations",
    "raters": "raters by held-out items",
    "models": "models' profiles",
}


def beyond_chance(table: pd.DataFrame) -> "pd.Series[bool]":
    """Whether each row's p is below the level after Holm, over the rows of its family; False without p."""
    return table.groupby("family", sort=False)["p"].transform(holm) < LEVEL


def profiles(wide: pd.DataFrame, instrument: Instrument) -> str:
    """The ends of the mean over models in the main family; ``wide`` has models by (family, dimension)."""
    main = instrument.main
    means = {name: wide[main.name, name].mean() for name in main.names}
    order = sorted((mean, name) for name, mean in means.items() if not np.isnan(mean))
    if len(wide) < 2 or len(order) < 2:
        return ""
    (lowest, last), (highest, first) = order[0], order[-1]
    ends = f"{instrument.titles[first]} stands highest ({signed(highest)}), {instrument.titles[last]} lowest"
    return f"Of the {mid_sentence(main)} {ends} ({signed(lowest)}) on average"


def scores_told(told: int, scores: int) -> str:
    """How many scores can be told from 0."""
    return f"{told} of {scores:,} scores can be told from 0, each by itself" if scores else ""


def tags(table: pd.DataFrame, instrument: Instrument) -> str:
    """In which dimensions of the main family there are more positive tags than by chance (``tags_by_chance``)."""
    rows = table[(table["direction"] == "positive") & table["dimension"].notna() & table["p"].notna()]
    found = _named(rows, beyond_chance(rows), instrument.main, instrument)
    return f"More positive tags than chance gives: {found}" if found else ""


def mean_profile(table: pd.DataFrame, instrument: Instrument) -> str:
    """Which means of the main family are beyond chance, as scored and without liking (``alternatives``)."""
    rows = table[(table["statistic"] == "mean_profile") & table["p"].notna()]
    said = []
    for without, words in (("nothing", "Beyond chance: {}"), ("liking", "once what people like is taken out: {}")):
        own = rows[rows["without"] == without]
        if found := _named(own, beyond_chance(own), instrument.main, instrument):
            said.append(words.format(found))
    return "; ".join(said)


def circle(table: pd.DataFrame) -> str:
    """What fits the circle better than by chance, by all that it is held against (``circle``)."""
    rows = table[(table["statistic"] == "cosine_r2") & table["p"].notna()]
    worst = rows.groupby("subject")["p"].max()
    known = {words: worst[name] for name, words in ON_CIRCLE.items() if name in worst}
    closer, others = (", ".join(words for words, p in known.items() if (p < LEVEL) == side) for side in (True, False))
    if not closer:
        return f"No closer to the circle than by chance: {others}" if others else ""
    return f"Closer to the circle than by chance: {closer}" + (f"; not {others}" if others else "")


def claims(table: pd.DataFrame) -> str:
    """How many claims go their way in most analyses, and how many of those with a test significantly (``claims``)."""
    tested = table[table["option"].isna() & table["share_holds"].notna()]
    if tested.empty:
        return ""
    if len(tested) == 1:
        return f"The claim goes this way in {in_percent(tested['share_holds'].iloc[0])} of the analyses"
    count, most = (tested["share_holds"] >= MOST_ANALYSES).sum(), in_percent(MOST_ANALYSES)
    said = f"{count} of {len(tested)} claims go this way in {most} of the analyses or more"
    significant = tested["share_significant"].dropna()
    if len(significant):
        said += f"; with p < {LEVEL}, {(significant >= MOST_ANALYSES).sum() or 'none'} of {len(significant)}"
    return said


def alphas(table: pd.DataFrame) -> str:
    """In how many dimensions models agree more than raters do (``reliability``)."""
    alpha = table[table["coefficient"] == "alpha"]
    wide = alpha.pivot(index=["family", "dimension"], columns="source", values="estimate")
    known = wide.dropna() if {"models", "raters"} <= set(wide) else wide.head(0)
    if known.empty:
        return ""
    higher = (known["models"] > known["raters"]).sum()
    return f"Alpha is higher among models than among raters in {higher} of {len(known)} dimensions"


def variance(table: pd.DataFrame, instrument: Instrument) -> str:
    """How much of a rating's variance is between models (``variance``)."""
    models = table[(table["component"] == "model") & (table["scores"] == "centred")]
    shares = models["share"][models["family"] == instrument.main.name].dropna()
    if shares.empty:
        return ""
    of = f" (median of {len(shares)} {mid_sentence(instrument.main)})" if len(shares) > 1 else ""
    return f"{in_percent(shares.median())} of the variance of a centred rating is between models{of}"


def spread(table: pd.DataFrame) -> str:
    """Whether profiles are more pronounced in larger models (``value_spread``)."""
    found = spread_by_size(table)
    clear = [
        f"{'more' if rho > 0 else 'less'} pronounced {side} (p {in_words(p)})"
        for side, (_, rho, p) in found.items()
        if p < LEVEL
    ]
    if clear:
        return f"Profiles of larger models are {' and '.join(clear)}"
    return "That profiles go with size cannot be told from chance" if found else ""


def groups(table: pd.DataFrame, sides: Mapping[str, tuple[str, str]], instrument: Instrument) -> str:
    """In how many dimensions of the main family each two groups differ beyond chance (``groups``)."""
    main = (table["family"] == instrument.main.name) & table["dimension"].isin(instrument.main.names)
    said = []
    for comparison, p in table[main].dropna(subset="p_adjusted").groupby("comparison", sort=False)["p_adjusted"]:
        first, second = (side.partition(" (")[0] for side in sides[str(comparison)])
        said.append(f"{(p < LEVEL).sum() or 'none'} of {len(p)} between {first} and {second}")
    return f"Differences beyond chance: {'; '.join(said)}" if said else ""


def people(table: pd.DataFrame) -> str:
    """In how many dimensions models differ from people (``models_and_people``)."""
    tested = table["p_adjusted"].dropna()
    if tested.empty:
        return ""
    return f"Differences between models and people beyond chance: {(tested < LEVEL).sum() or 'none'} of {len(tested)}"


def siblings(beyond: Sequence[np.ndarray]) -> str:
    """How many of the differences with reasoning or size are beyond chance."""
    if not beyond:
        return ""
    every = np.concatenate(beyond)
    return f"Differences with reasoning or size beyond chance: {every.sum() or 'none'} of {len(every)}"


def _named(rows: pd.DataFrame, chosen: "pd.Series[bool]", family: Family, instrument: Instrument) -> str:
    """Which of a family's rows are chosen: by name if they are few, else their number; nothing without rows."""
    own = (rows["family"] == family.name).to_numpy()
    found: list[Any] = rows["dimension"][own & chosen.to_numpy()].tolist()
    if not own.any():
        return ""
    if 0 < len(found) <= MOST_NAMED:
        return ", ".join(instrument.titles[name] for name in found)
    return f"{len(found) or 'none'} of {own.sum()} {mid_sentence(family)}"
