"""Causes of differences, each shown on the data at hand: what is claimed, whether it holds, and the numbers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..comparisons import VALUES
from ..dimensions import DIMENSIONS
from ..publication import TRAIT_SCALE
from ..scoring import Ratings, profile_models
from .paper import LOST, OBSERVATIONS, SWITCHED, WHOLE_RATERS
from .printed import read_printed


@dataclass(frozen=True)
class Finding:
    """A cause by the name that the certificate's rows use, what it says, whether it is true here, and the numbers."""

    cause: str
    statement: str
    holds: bool
    evidence: str


def findings_frame(findings: list[Finding]) -> pd.DataFrame:
    """One row for each finding: columns cause, statement, holds and evidence."""
    return pd.DataFrame([asdict(finding) for finding in findings], columns=["cause", "statement", "holds", "evidence"])


def read_findings(path: str | Path) -> list[Finding]:
    """The findings of a file that ``findings_frame`` made."""
    return [Finding(*row) for row in pd.read_csv(path).itertuples(index=False)]


def alpha_by_two_routes(reliability: pd.DataFrame, ratings: Ratings, key: pd.DataFrame, observations_: str) -> Finding:
    """The run's own alphas (table ``reliability``, by pingouin) beside the closed formula on the same ratings."""
    own = reliability[reliability["source"] == "models"].astype({"family": str, "dimension": str})
    formula = alpha_by_formula(ratings.observations(observations_), ratings.items, key)
    return two_routes(
        "Cronbach's alpha",
        "Alphas among models",
        {
            "pingouin": own["alpha"].to_numpy(),
            "the closed formula": formula[pd.MultiIndex.from_frame(own[["family", "dimension"]])].to_numpy(),
        },
        1e-9,
    )


def trait_scale(rows: pd.DataFrame, profiles: pd.DataFrame) -> Finding:
    """Table 9 is the uncentred mean times 5/6: ``rows`` are its rows, ``profiles`` the scores with all causes."""
    means = profiles[profiles["family"] == "bfi"].set_index(["model", "dimension"])[["mean", "centred_mean"]]
    compared = rows[rows["ours_with_causes"].notna()]
    own = means.loc[[tuple(name.split(": ")) for name in compared["quantity"]]]
    printed, tolerance = compared["published"].to_numpy(float), compared["tolerance"].to_numpy(float)
    factor = float((printed @ own["mean"]) / (own["mean"] @ own["mean"]))
    hits = {
        name: int((np.abs(values - printed) <= tolerance).sum())
        for name, values in {
            "mean x 5/6": own["mean"] * TRAIT_SCALE,
            "mean": own["mean"],
            "centred mean": own["centred_mean"],
        }.items()
    }
    return Finding(
        "scale of the traits",
        "Table 9 prints the uncentred mean times 5/6, the questionnaire's scale, while Table 8 prints centred means.",
        2 * hits["mean x 5/6"] > len(compared) > 2 * max(hits["mean"], hits["centred mean"]),
        f"least-squares factor {factor:.4f}; of {len(compared)} cells "
        + ", ".join(f"{count} equal the {name}" for name, count in hits.items()),
    )


def counted_without_p(rows_without: pd.DataFrame, rows_with: pd.DataFrame) -> Finding:
    """Table 5 and D.2 leave out the p-limit; rows made without and with it, all other causes applied."""
    own = rows_without["ours_with_causes"].notna()
    equal = [int((frame.loc[own, "status"] != "differs").sum()) for frame in (rows_without, rows_with)]
    return Finding(
        "tags without a p-limit",
        "Table 5 and appendix D.2 count every |rho| > 0.3, whatever its p-value; the scores use p < 0.05.",
        bool(2 * equal[0] > own.sum() and equal[1] < equal[0]),
        f"of {own.sum()} numbers {equal[0]} come out without the limit, {equal[1]} with it",
    )


def population_sd(published: pd.DataFrame, profiles: pd.DataFrame) -> Finding:
    """The stored SDs are population SDs: ``published`` score files, ``profiles`` with all causes."""
    key = ["model", "family", "dimension"]
    both = published.merge(profiles.astype(dict.fromkeys(key, str)), on=key, suffixes=("", "_ours"))
    sample = both["sd_ours"] * np.sqrt(both["n_items"] / (both["n_items"] - 1))
    by_n, by_sample = ((both["sd"] - spread).abs() < 1e-9 for spread in (both["sd_ours"], sample))
    return Finding(
        "population SD",
        "The spread in the score files divides by n, not by n - 1 (Table 5's spread divides by n - 1).",
        bool(2 * by_n.sum() > len(both) > 2 * by_sample.sum()),
        f"of {len(both)} spreads {by_n.sum()} equal the one by n, {by_sample.sum()} the one by n - 1",
    )


def alpha_by_formula(rows: np.ndarray, items: Sequence[str], key: pd.DataFrame) -> "pd.Series[Any]":
    """Cronbach's alpha of every dimension over the rows (N, I) that rate all its items, by (family, dimension).

    alpha = k / (k - 1) * (1 - sum of the item variances / variance of the sums), k items (Cronbach 1951, Psychometrika
    16, eq. 2). Items keyed -1 are mirrored.
    """
    place = {item: index for index, item in enumerate(items)}
    alphas = {}
    for family, dimension in DIMENSIONS:
        own = key[(key["family"] == family) & (key["dimension"] == dimension)]
        block = rows[:, [place[item] for item in own["item_id"]]] * own["polarity"].to_numpy(float)
        block = block[~np.isnan(block).any(axis=1)]
        k = block.shape[1]
        if k < 2 or len(block) < 2:
            alphas[family, dimension] = np.nan
            continue
        total = block.sum(axis=1).var(ddof=1)
        alphas[family, dimension] = k / (k - 1) * (1 - block.var(axis=0, ddof=1).sum() / total)
    return pd.Series(alphas)


def parser_effects(ratings: pd.DataFrame, published: Ratings, strict: Ratings, key: pd.DataFrame) -> pd.DataFrame:
    """Every model on which the parsers differ: answers by class, and what the strict parser does to its profile.

    Parameters
    ----------
    ratings : table ``ratings`` of the baseline; published, strict : the same as blocks, by either parser.

    Returns
    -------
    Columns model, answer_class, answers (that the parsers read differently), then for the model as a whole
    largest_change (of a centred mean, strict - published, scale points) and its family and dimension.
    """
    read = ratings[["published_rating", "strict_rating"]].astype("Float64").fillna(0)
    differ = ratings[(read["published_rating"] != read["strict_rating"]).to_numpy()].astype({"model": str})
    counts = differ.groupby(["model", "answer_class"], observed=True).size().rename("answers").reset_index()
    before, after = (profile_models(block, key, "tagged_items") for block in (published, strict))
    change = before.assign(change=after["centred_mean"] - before["centred_mean"]).dropna(subset="change")
    order = change["change"].abs().sort_values(ascending=False).index
    largest = change.loc[order].drop_duplicates("model")
    return counts.merge(
        largest[["model", "change", "family", "dimension"]].rename(columns={"change": "largest_change"}), on="model"
    )


def parsers(effects: pd.DataFrame, answers: int) -> Finding:
    """What reading answers strictly would change; ``effects`` like ``parser_effects``."""
    classes = effects.groupby("answer_class", observed=True)["answers"].sum().sort_values(ascending=False)
    worst = effects.iloc[effects["largest_change"].abs().argmax()]
    return Finding(
        "parser",
        "The published parser takes the longest option that occurs anywhere in the answer, also in refusals, negations "
        'and other degrees ("some like me"); a strict one leaves those without a rating.',
        True,
        f"{classes.sum()} of {answers:,} answers of {effects['model'].nunique()} models are read differently ("
        + ", ".join(f"{count} {name}" for name, count in classes.items())
        + f"); largest change of a centred score {worst['largest_change']:+.3f} "
        f"({worst['model']}, {worst['dimension']})",
    )


def odd_words(prompts: pd.DataFrame) -> Finding:
    """Words that all prompt files of a template have but one; ``prompts`` like the table ``prompts``."""
    found = []
    for template, own in prompts.groupby("template", observed=True):
        words = {
            str(version): set(re.findall(r"\S+", text))
            for version, text in zip(own["prompt_version"], own["text"], strict=True)
        }
        for word in sorted(set().union(*words.values())):
            lacking = [version for version, present in words.items() if word not in present]
            if len(lacking) == 1 < len(words) - 1:
                found.append(
                    f'{lacking[0]} of template {template} lacks "{word}", which the other {len(words) - 1} have'
                )
    return Finding(
        "prompt files",
        "One prompt file misses a word that its siblings have, so its answers were given to another wording; no "
        "recomputation can mend that.",
        bool(found),
        "; ".join(found) or "every word stands in all versions, or is missing from several",
    )


def provider_defaults(models: Sequence[str]) -> Finding:
    """The recorded ``models`` whose answers came by the client that sent no settings."""
    return Finding(
        "provider's defaults",
        "The authors' client for OpenAI models leaves out temperature, token limit and seed (its condition for sending "
        "them is never met), so these rows were collected at the provider's defaults. The answers do not show it, and "
        "no recomputation can mend it.",
        True,
        f"{len(models)} models have their answers from that client: {', '.join(models)}",
    )


def two_routes(name: str, what: str, one: Mapping[str, np.ndarray], tolerance: float) -> Finding:
    """Two independent ways to the same numbers; ``one`` holds both routes' values by the route's name."""
    (first, a), (second, b) = one.items()
    gap = float(np.nanmax(np.abs(np.asarray(a, float) - np.asarray(b, float))))
    same_gaps = bool((np.isnan(a) == np.isnan(b)).all())
    return Finding(
        name,
        f"{what} by two routes: {first}, and {second}.",
        same_gaps and gap <= tolerance,
        f"largest difference over {len(a)} numbers {gap:.1e}",
    )


def whole_raters(rows: pd.DataFrame) -> Finding:
    """The paper's mean number of raters per item is cut, not rounded; ``rows`` are those of the counts in the text."""
    row = rows[rows["quantity"] == "mean raters per item"].iloc[0]
    return Finding(
        WHOLE_RATERS,
        "The mean number of raters per item is printed without its decimals.",
        row["status"] == "explained",
        f"{row['ours']:.3f} raters per item; {row['published']:.0f} in print",
    )


def third_place(path: str, values: pd.DataFrame) -> Finding:
    """Which value comes third depends on the models: by the printed Table 8, by all recorded ones, by their median.

    Parameters
    ----------
    path : the printed Table 8; values : wide value scores of all recorded models, all causes applied.
    """
    printed = read_printed(path, "model").astype(float)
    ways = {
        f"mean of the {len(printed)} printed models": printed.mean(),
        f"median of the {len(printed)} printed models": printed.median(),
        f"mean of the archive's {len(values)} models": values[VALUES].mean(),
    }
    thirds = {}
    for way, scores in ways.items():
        third, fourth = scores.nlargest(4).iloc[2:].items()
        thirds[way] = (str(third[0]), f"{third[0]} {third[1]:+.3f} before {fourth[0]} {fourth[1]:+.3f}")
    return Finding(
        "third of the highest values",
        "The abstract names Benevolence, Security and Self-Direction as the highest values; which value comes third "
        "depends on the models and on how they are averaged.",
        len({name for name, _ in thirds.values()}) > 1,
        "; ".join(f"{way}: {words}" for way, (_, words) in thirds.items()),
    )


def reach_of_repeated(tags: pd.DataFrame, profiles: pd.DataFrame) -> Finding:
    """How far one participant's profile reaches; frames as by ``trace_effects``, against the published correlations."""
    parts = []
    for scenario, own in profiles[profiles["family"] == "pvq"].groupby("scenario", sort=False):
        changed = tags[(tags["scenario"] == scenario) & (tags["family"] == "pvq")]["change"].value_counts()
        largest = own.iloc[own["difference"].abs().argmax()]
        parts.append(
            f"{scenario}: {changed.get('gained', 0)} value tags gained, {changed.get('lost', 0)} lost, largest change "
            f"of a value score {largest['difference']:+.3f} ({largest['model']}, {largest['dimension']})"
        )
    return Finding(
        "reach of one participant",
        "One participant decides over tags of the item key, and so over every model's profile.",
        bool(len(tags)),
        "against the published correlations, " + "; ".join(parts),
    )


def switched_pairs(pairs: pd.DataFrame) -> Finding:
    """Pairs above the threshold that the authors' scores leave out or keep; ``pairs`` as by ``judge_pairs``."""
    kept, left = pairs[pairs["contained"].fillna(False)], pairs[~pairs["contained"].fillna(True)]
    return Finding(
        SWITCHED,
        "The authors' scoring takes rho > 0.3 without a p-limit and switches pairs off by hand. They are those with "
        "p >= 0.05, but it misses the one of a higher-order value.",
        bool(pairs["contained"].notna().all() and len(kept) and len(left)),
        "; ".join(
            f"{row.item_id} {row.dimension} (rho {row.rho:.4f}, p {row.p:.4f}, {row.n} raters) "
            + (
                f"is in the scores ({row.n_equal_with} of {row.n_models} models equal with it)"
                if row.contained
                else f"is not ({row.n_equal_without} of {row.n_models} models equal without it)"
            )
            for row in pairs.itertuples()
        ),
    )


def lost_in_averaging(lost: pd.DataFrame, rows: pd.DataFrame, kept: pd.DataFrame, without: pd.DataFrame) -> Finding:
    """The scores that the authors' averaging made from fewer items.

    Parameters
    ----------
    lost : as by ``lost_items``; rows : those of the score files; kept, without : profiles with and without the items.
    """
    key = ["model", "family", "dimension"]
    both = kept.merge(without, on=key, suffixes=("", "_without"))
    affected = both[both["n_items"] != both["n_items_without"]]
    own = rows[rows["quantity"].str.partition(":")[0].isin(lost["model"])]
    exact = own["status"] != "differs"
    return Finding(
        LOST,
        "Where the first prompt version's record is an error without tags, the authors' averaging loses the item, "
        "though other versions answered. The scores in this pipeline's own tables keep the item.",
        bool(2 * exact.sum() > len(exact) or lost.empty),
        "; ".join(
            f"{row.model}, {row.dimension}: {row.n_items_without} of {row.n_items} items, "
            f"{row.centred_mean_without:.3f} for {row.centred_mean:.3f}"
            for row in affected.itertuples()
        )
        + f"; with that, {exact.sum()} of {len(own)} numbers in the score files of these models come out",
    )


def observations(rows: pd.DataFrame, models: int) -> Finding:
    """Which rows make the printed alphas; ``rows`` are those of appendix F, ``models`` the recorded ones."""
    equal = rows["status"] != "differs"
    return Finding(
        OBSERVATIONS,
        "The alphas of appendix F come from models x prompt versions of the 27 models of Table 8, rows with a gap left "
        "out.",
        bool(equal.sum() > len(rows) / 2),
        f"{equal.sum()} of {len(rows)} alphas come out to the printed digits ({(rows['status'] == 'match').sum()} with "
        f"all {models} models)",
    )
