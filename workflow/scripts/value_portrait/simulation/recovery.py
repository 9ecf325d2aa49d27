"""How well the pipeline recovers what the simulated study planted: the tags of items and the profiles of models.

Truth is planted on dimensions of their own alone, so those that are made of others do not appear here.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.personas.effects import DEFAULT_FRAMING
from value_portrait.responses.conditions import STEERING
from value_portrait.simulation.models import PlantedModel, planted_scores
from value_portrait.tables import COUNT, NUMBER, REPEATED_TEXT, Column, Schema
from value_portrait.wording import counted

SETTING_WORDS = {
    "realistic": "Effects and noise are as in the paper's study: what is lost here is likely to be lost there, too.",
    "easy": "The setting is easy: effects are clearer than in the paper's study, so that more is recovered than there.",
}

_FAMILY = Column(REPEATED_TEXT, "family of the dimension")

RECOVERY_TAGS = Schema(
    ("family", "dimension"),
    {
        "family": _FAMILY,
        "dimension": Column(REPEATED_TEXT, "what is measured, or all of the family's"),
        "planted": Column(COUNT, "items with a planted loading", low=0),
        "found": Column(COUNT, "those of them that the item key tags", low=0),
        "false_tags": Column(COUNT, "items that the item key tags without a planted loading", low=0),
        "sensitivity": Column(NUMBER, "found / planted", 0, 1, nullable=True),
        "precision": Column(NUMBER, "share of the key's tags that have a planted loading", 0, 1, nullable=True),
        "specificity": Column(NUMBER, "share of the items without a loading that got no tag", 0, 1, nullable=True),
    },
)

RECOVERY_SCORES = Schema(
    ("model", "condition", "family", "dimension"),
    {
        "model": Column(REPEATED_TEXT, "model"),
        "condition": Column(REPEATED_TEXT, "baseline"),
        "family": _FAMILY,
        "dimension": Column(REPEATED_TEXT, "what is measured"),
        "planted": Column(NUMBER, "what the model's values contribute, in scale points", nullable=True),
        "recovered": Column(NUMBER, "centred mean found, in scale points", nullable=True),
        "undiluted": Column(NUMBER, "what a key by infinitely many raters would give, estimated", nullable=True),
        "low": Column(NUMBER, "lower end of the 95 % interval of the undiluted score", nullable=True),
        "high": Column(NUMBER, "upper end of the interval", nullable=True),
    },
)

RECOVERY_PROFILES = Schema(
    ("model", "condition", "family"),
    {
        "model": Column(REPEATED_TEXT, "model"),
        "condition": Column(REPEATED_TEXT, "baseline"),
        "family": _FAMILY,
        "n_dimensions": Column(COUNT, "dimensions with a planted and a recovered score", low=0),
        "correlation": Column(NUMBER, "Pearson's, of planted and recovered scores", -1, 1, nullable=True),
        "rmse": Column(NUMBER, "root mean square of their differences, in scale points", low=0, nullable=True),
    },
)


def assess_tags(loadings: np.ndarray, items: Sequence[str], key: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Table ``RECOVERY_TAGS``: each planted dimension, and all of a family.

    Parameters
    ----------
    loadings : (I × planted), never negative; an item measures a dimension where its loading is above 0.
    key : table ``item_key``. A tag of polarity -1 contradicts a planted loading and counts as not found; without a
        planted loading it is false like any other.

    A tag of the circle's neighbour is false too, although people who score high on one tend to score high on both: so
    specificity on a circle is below what chance alone gives.
    """
    rows = {item: row for row, item in enumerate(items)}
    columns = {dimension: column for column, dimension in enumerate(instrument.planted)}
    polarity = np.zeros(loadings.shape, np.int8)
    for item, *dimension, sign in key[["item_id", "family", "dimension", "polarity"]].itertuples(index=False):
        if tuple(dimension) in columns:
            polarity[rows[item], columns[tuple(dimension)]] = sign
    planted = loadings > 0
    counts = pd.DataFrame(list(instrument.planted), columns=["family", "dimension"]).assign(
        planted=planted.sum(axis=0),
        found=(planted & (polarity > 0)).sum(axis=0),
        false_tags=(~planted & (polarity != 0)).sum(axis=0),
        unplanted=(~planted).sum(axis=0),
    )
    pooled = counts.drop(columns="dimension").groupby("family", sort=False).sum().reset_index()
    table = pd.concat([counts, pooled.assign(dimension="all")], ignore_index=True)
    tagged = table["found"] + table["false_tags"]
    return table.assign(
        sensitivity=(table["found"] / table["planted"]).where(table["planted"] > 0),
        precision=(table["found"] / tagged).where(tagged > 0),
        specificity=(1 - table["false_tags"] / table["unplanted"]).where(table["unplanted"] > 0),
    )


def compare_scores(
    models: Sequence[PlantedModel],
    loadings: np.ndarray,
    profiles: pd.DataFrame,
    uncertainty: pd.DataFrame,
    centring: str,
    instrument: Instrument,
) -> pd.DataFrame:
    """Planted and recovered score of each model on each planted dimension, both as centred means in scale points.

    A planted profile is in standard deviations of people, which no pipeline can give back: what its items are worth in
    scale points is part of the truth too. So the planted score is that of ``planted_scores``: what the model's values
    contribute, and not how much its items are liked. The recovered one is ``centred_mean`` of the table ``profiles`` at
    baseline; it differs by wrong and missing tags, liking, noise, rounding, order effects and refusals. The undiluted
    one and its interval are those of the table ``uncertainty``.

    Returns
    -------
    Table ``RECOVERY_SCORES``.
    """
    frames = []
    for model in models:
        frame = pd.DataFrame(list(instrument.planted), columns=["family", "dimension"])
        means = planted_scores(model, loadings, centring, instrument)
        frames.append(frame.assign(model=model.model, condition="baseline", planted=means))
    names = ["model", "condition", "family", "dimension"]
    recovered = profiles[[*names, "centred_mean"]].rename(columns={"centred_mean": "recovered"})
    recovered = recovered.astype(dict.fromkeys(names, str))
    table = pd.concat(frames, ignore_index=True).merge(recovered, on=names, how="left", validate="1:1")
    intervals = uncertainty.loc[uncertainty["source"] == "undiluted", [*names, "score", "low", "high"]]
    intervals = intervals.rename(columns={"score": "undiluted"}).astype(dict.fromkeys(names, str))
    return table.merge(intervals, on=names, how="left", validate="1:1")[list(RECOVERY_SCORES.columns)]


def assess_profiles(scores: pd.DataFrame) -> pd.DataFrame:
    """Table ``RECOVERY_PROFILES`` from ``compare_scores``; no correlation below three dimensions."""
    rows: list[Mapping[str, object]] = []
    for (model, condition, family), block in scores.groupby(["model", "condition", "family"], sort=False):
        pairs = block[["planted", "recovered"]].dropna()
        error = pairs["recovered"] - pairs["planted"]
        rows.append(
            {
                "model": model,
                "condition": condition,
                "family": family,
                "n_dimensions": len(pairs),
                "correlation": pairs["planted"].corr(pairs["recovered"]) if len(pairs) > 2 else None,
                "rmse": float(np.sqrt((error**2).mean())) if len(pairs) else None,
            }
        )
    return pd.DataFrame(rows).astype({"correlation": float, "rmse": float})


def compare_effects(models: Sequence[PlantedModel], effects: pd.DataFrame) -> pd.DataFrame:
    """Planted and recovered effect of each persona, and each dimension that was told, on those of the main family.

    Parameters
    ----------
    effects : table ``persona_effects``.

    Returns
    -------
    Columns subject (the model), kind (personas or steering), condition, dimension, planted, recovered and its interval.
    """
    cells = [
        (model.model, condition, value, planted)
        for model in models
        for condition, own in model.conditions.items()
        for value, planted in own.items()
    ]
    truth = pd.DataFrame(cells, columns=["subject", "condition", "dimension", "planted"]).astype({"planted": float})
    own = effects.astype({"persona": str, "framing": str})
    framed = own["framing"] != DEFAULT_FRAMING
    own = own.assign(
        subject=own["model"].astype(str),
        condition=own["persona"] + ("@" + own["framing"]).where(framed, ""),
        dimension=own["dimension"].astype(str),
        kind=own["axis"].map(lambda axis: STEERING if axis == STEERING else "personas").astype(str),
        recovered=own["effect"],
    )
    names = ["subject", "kind", "condition", "dimension", "planted", "recovered", "ci_low", "ci_high"]
    return truth.merge(own, on=["subject", "condition", "dimension"], how="left", validate="1:1")[names]


def compare_groups_of_people(planted: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """The same for simulated respondents, weighted: subject and kind are "people", condition is axis and group.

    Parameters
    ----------
    planted : from ``simulated_people.planted_effects``. people : table ``people``.
    """
    both = planted.merge(people[people["weighting"] == "anweight"], on=["axis", "group", "dimension"], validate="1:1")
    condition = both["axis"].astype(str) + ": " + both["group"].astype(str)
    both = both.assign(subject="people", kind="people", condition=condition, recovered=both["human_effect"])
    return both[["subject", "kind", "condition", "dimension", "planted", "recovered", "ci_low", "ci_high"]]


def assess_effects(scores: pd.DataFrame) -> pd.DataFrame:
    """How well effects are recovered, by subject, for each kind and for all.

    Parameters
    ----------
    scores : from ``compare_effects`` and ``compare_groups_of_people``.

    Returns
    -------
    Columns subject, kind, n, correlation (Pearson's), slope (through the origin, of recovered on planted effects: below
    1 some of an effect is lost to wrong tags), rmse, in scale points, and coverage (share of the effects with an
    interval that have the planted effect inside it; those of personas are conditional on the item key, so that wrong
    tags lower it).
    """
    rows: list[Mapping[str, object]] = []
    for subject, own in scores.dropna(subset=["planted", "recovered"]).groupby("subject", sort=False):
        for kind in [*dict.fromkeys(own["kind"]), "all"]:
            part = own[(own["kind"] == kind) | (kind == "all")]
            planted, recovered = part["planted"], part["recovered"]
            bounded = part.dropna(subset=["ci_low", "ci_high"])
            rows.append(
                {
                    "subject": subject,
                    "kind": kind,
                    "n": len(part),
                    "correlation": planted.corr(recovered),
                    "slope": (planted * recovered).sum() / (planted**2).sum(),
                    "rmse": float(np.sqrt(((recovered - planted) ** 2).mean())),
                    "coverage": bounded["planted"].between(bounded["ci_low"], bounded["ci_high"]).mean(),
                }
            )
    return pd.DataFrame(rows)


def shrinkage(scores: pd.DataFrame) -> float:
    """The least-squares slope of recovered on planted scores of ``compare_scores``; NaN where nothing varies.

    Below 1, the recovered scores lie closer together than the values behind them: items that measure nothing are
    averaged in.
    """
    pairs = scores[["planted", "recovered"]].dropna()
    variance = pairs["planted"].var()
    return float(pairs["planted"].cov(pairs["recovered"]) / variance) if variance > 0 else np.nan


def coverage(scores: pd.DataFrame) -> float:
    """The share of the intervals of ``compare_scores`` that have the planted score inside; NaN without any."""
    bounded = scores.dropna(subset=["planted", "low", "high"])
    return float(bounded["planted"].between(bounded["low"], bounded["high"]).mean())


def describe_recovery(
    tags: pd.DataFrame, profiles: pd.DataFrame, scores: pd.DataFrame, setting: str, instrument: Instrument
) -> str:
    """The tables of recovery in a few lines of Markdown, for people: one row, and one paragraph, per family."""
    rows, words, models = [], [], profiles["model"].nunique()
    for family in dict.fromkeys(family for family, _ in instrument.planted):
        title = instrument.family(family).title
        pooled = tags[(tags["family"] == family) & (tags["dimension"] == "all")].iloc[0]
        own = profiles[profiles["family"] == family]
        of_family = scores[scores["family"] == family]
        slope, covered = shrinkage(of_family), coverage(of_family)
        shares = (
            *pooled[["sensitivity", "specificity", "precision"]],
            own["correlation"].median(),
            own["rmse"].median(),
            slope,
            covered,
        )
        cells = " | ".join("–" if np.isnan(share) else f"{share:.2f}" for share in shares)
        rows.append(f"| {title} | {pooled['planted']} | {pooled['found']} | {pooled['false_tags']} | {cells} |")
        told = []
        if not np.isnan(pooled["precision"]):
            told.append(f"Of 100 tags, {100 * pooled['precision']:.0f} are true.")
        if not np.isnan(pooled["sensitivity"]):
            told.append(f"Of 100 pairs that are true, {100 * pooled['sensitivity']:.0f} are tagged.")
        if not np.isnan(slope):
            told.append(f"Where values contribute a point more, the score is {slope:z.2f} points higher.")
        if not np.isnan(covered):
            told.append(f"Of 100 intervals (95 %) of undiluted scores, {100 * covered:.0f} hold the planted one.")
        words += [f"**{title}.** {' '.join(told) or 'Nothing can be told.'}", ""]
    scale = f"{instrument.lowest} to {instrument.highest}"
    return "\n".join(
        [
            "# How much of the planted truth was recovered",
            "",
            SETTING_WORDS[setting],
            "",
            *words,
            "| | planted tags | found | false | sensitivity | specificity | precision | profiles: median r "
            "| median error | slope | coverage |",
            "|---|---|---|---|---|---|---|---|---|---|---|",
            *rows,
            "",
            "A tag is true where the item was planted to measure the dimension. A planted score is what the model's "
            "values contribute: how much its items are liked is no part of it. False tags dilute scores: slope and "
            "error are those of scores as they are, coverage is of the intervals of undiluted ones. "
            f"{counted(models, 'model')}; errors in scale points ({scale}).",
            "",
        ]
    )
