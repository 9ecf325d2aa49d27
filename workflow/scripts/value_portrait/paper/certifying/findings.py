"""Causes, checks and facts, each shown on the data at hand: what is claimed, whether it holds, and the numbers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from value_portrait.dimensions import DIMENSIONS
from value_portrait.paper.certifying.alphas import cronbach_alpha
from value_portrait.paper.certifying.paper import ALL_MODELS, CENTRING, KEPT_PAIR, LOST, OF_TABLE_8, TAG, WHOLE_RATERS
from value_portrait.paper.certifying.printed import printed_numbers
from value_portrait.publication.comparisons import PAPER_HIGHEST, VALUES
from value_portrait.publication.findings import TRAIT_SCALE
from value_portrait.scores.profiles import profile_models
from value_portrait.scores.ratings import Ratings
from value_portrait.shipped import VALUE_PORTRAIT


@dataclass(frozen=True)
class Finding:
    """Something that was put to the test on the data at hand.

    Attributes
    ----------
    name : for a cause, the name that the certificate's rows use.
    kind : ``cause`` of differences, ``check`` by a second route, or ``fact`` that no recomputation can mend.
    statement, evidence : what it says, and the numbers.
    holds : whether it is true here; a fact is reported, not tested, and holds.
    """

    name: str
    kind: str
    statement: str
    holds: bool
    evidence: str


def findings_frame(findings: Sequence[Finding | None]) -> pd.DataFrame:
    """One row for each finding, columns as its attributes; None is what there was nothing to test for."""
    rows = [asdict(finding) for finding in findings if finding is not None]
    return pd.DataFrame(rows, columns=[field.name for field in fields(Finding)])


def read_findings(path: str | Path) -> list[Finding]:
    """The findings of a file that ``findings_frame`` made."""
    return [Finding(*row) for row in pd.read_csv(path).itertuples(index=False)]


def alpha_by_two_routes(
    reliability: pd.DataFrame, ratings: Ratings, key: pd.DataFrame, observations: str
) -> Finding | None:
    """The run's own alphas (table ``reliability``, by pingouin) beside the closed formula on the same ratings."""
    own = reliability[reliability["source"] == "models"].astype({"family": str, "dimension": str})
    formula = alphas_by_formula(ratings.observations(observations), ratings.items, key)
    return two_routes(
        "Cronbach's alpha",
        "The run's alphas among models",
        {
            "pingouin": own["alpha"].to_numpy(),
            "the closed formula": formula[pd.MultiIndex.from_frame(own[["family", "dimension"]])].to_numpy(),
        },
        1e-9,
    )


def trait_scale(rows: pd.DataFrame, profiles: pd.DataFrame) -> Finding | None:
    """Table 9 is the uncentred mean times 5/6: ``rows`` are its rows, ``profiles`` the scores with all causes."""
    means = profiles[profiles["family"] == "bfi"].set_index(["model", "dimension"])[["mean", "centred_mean"]]
    compared = rows[rows["ours_with_causes"].notna()]
    if compared.empty:
        return None
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
        "cause",
        "Table 9 prints the uncentred mean times 5/6, while Table 8 prints centred means. (The factor takes six points "
        "to five, but it does not map a scale from 1 to 6 onto one from 1 to 5.)",
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
        "cause",
        "Table 5 and appendix D.2 count every |rho| > 0.3, whatever its p-value; the scores use p < 0.05.",
        bool(2 * equal[0] > own.sum() and equal[1] < equal[0]),
        f"of {own.sum()} numbers {equal[0]} come out without the limit, {equal[1]} with it",
    )


def population_sd(published: pd.DataFrame, profiles: pd.DataFrame) -> Finding:
    """The stored SDs are population SDs: ``published`` score files, ``profiles`` with all causes."""
    key = ["model", "family", "dimension"]
    both = published.merge(profiles.astype(dict.fromkeys(key, str)), on=key, suffixes=("", "_ours"))
    # Where all ratings are the same, every spread is 0.
    both = both[both["sd"] > 0]
    sample = both["sd_ours"] * np.sqrt(both["n_items"] / (both["n_items"] - 1))
    by_n, by_sample = ((both["sd"] - spread).abs() < 1e-9 for spread in (both["sd_ours"], sample))
    return Finding(
        "population SD",
        "cause",
        "The spread in the score files divides by n, not by n - 1 (Table 5's spread divides by n - 1).",
        bool(2 * by_n.sum() > len(both) > 2 * by_sample.sum()),
        f"of {len(both)} spreads {by_n.sum()} equal the one by n, {by_sample.sum()} the one by n - 1",
    )


def alphas_by_formula(rows: np.ndarray, items: Sequence[str], key: pd.DataFrame) -> "pd.Series[Any]":
    """Cronbach's alpha of every dimension over the rows (N, I) that rate all its items, by (family, dimension).

    Items keyed -1 are mirrored.
    """
    place = {item: index for index, item in enumerate(items)}
    alphas = {}
    for family, dimension in DIMENSIONS:
        own = key[(key["family"] == family) & (key["dimension"] == dimension)]
        block = rows[:, [place[item] for item in own["item_id"]]] * own["polarity"].to_numpy(float)
        alphas[family, dimension] = cronbach_alpha(block[~np.isnan(block).any(axis=1)], "covariance")
    return pd.Series(alphas)


# What of the table ``ratings`` says where the parsers differ.
READ_BY_PARSERS = [
    "model",
    "condition",
    "prompt_version",
    "item_id",
    "answer_class",
    "published_rating",
    "strict_rating",
]


def parser_answers(ratings: pa.Table) -> pd.DataFrame:
    """The answers that the parsers read differently: columns ``READ_BY_PARSERS`` of the table ``ratings``."""
    by_published, by_strict = (pc.fill_null(ratings[f"{parser}_rating"], 0) for parser in ("published", "strict"))
    differ = ratings.filter(pc.not_equal(by_published, by_strict)).select(READ_BY_PARSERS).to_pandas()
    return differ.astype(dict.fromkeys(READ_BY_PARSERS[:5], str) | dict.fromkeys(READ_BY_PARSERS[5:], "Int64"))


def parser_effects(published: Ratings, strict: Ratings, key: pd.DataFrame) -> pd.DataFrame:
    """What the strict parser does to profiles: every model and dimension whose centred mean it changes.

    Parameters
    ----------
    published, strict : the same answers by either parser; key : table ``item_key``.

    Returns
    -------
    Columns model, family, dimension, published, strict (centred means, scale points) and change (strict - published).
    """
    before, after = (profile_models(block, key, CENTRING, VALUE_PORTRAIT) for block in (published, strict))
    table = before[["model", "family", "dimension"]].assign(
        published=before["centred_mean"], strict=after["centred_mean"]
    )
    table["change"] = table["strict"] - table["published"]
    return table[table["change"].abs() > 0].reset_index(drop=True)


def parsers(answers: pd.DataFrame, effects: pd.DataFrame, n_answers: int, n_models: int) -> Finding:
    """What reading answers strictly would change; frames as by ``parser_answers`` and ``parser_effects``."""
    evidence = f"all {n_answers:,} answers are read alike"
    if len(answers):
        classes = answers["answer_class"].value_counts()
        evidence = (
            f"{len(answers)} of {n_answers:,} answers, from {answers['model'].nunique()} of {n_models} models, are "
            f"read differently ({', '.join(f'{count} {name}' for name, count in classes.items())})"
        )
    if len(effects):
        worst = effects.iloc[effects["change"].abs().argmax()]
        evidence += (
            f"; largest change of a centred score {worst['change']:+.3f} ({worst['model']}, {worst['dimension']})"
        )
    return Finding(
        "parser",
        "fact",
        "The published parser takes the longest option that occurs anywhere in the answer, also in refusals, negations "
        'and other degrees ("some like me"); a strict one leaves those without a rating.',
        True,
        evidence,
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
        "fact",
        "One prompt file misses a word that its siblings have, so its answers were given to another wording; no "
        "recomputation can mend that.",
        True,
        "; ".join(found) or "every word stands in all versions, or is missing from several",
    )


def provider_defaults(models: Sequence[str]) -> Finding | None:
    """The recorded ``models`` whose answers came by the client that sent no settings."""
    if not models:
        return None
    return Finding(
        "provider's defaults",
        "fact",
        "The authors' client for OpenAI models, by their code, leaves out temperature, token limit and seed (its "
        "condition for sending them is never met), so these rows were collected at the provider's defaults. The "
        "answers themselves do not show it.",
        True,
        f"{len(models)} models have their answers from that client: {', '.join(models)}",
    )


def two_routes(name: str, what: str, routes: Mapping[str, np.ndarray], tolerance: float) -> Finding | None:
    """Two independent ways to the same numbers; ``routes`` holds both routes' values by the route's name."""
    (first, a), (second, b) = ((route, np.asarray(values, float)) for route, values in routes.items())
    gaps = np.abs(a - b)[~np.isnan(a) & ~np.isnan(b)]
    if not len(gaps):
        return None
    return Finding(
        name,
        "check",
        f"{what} by two routes: {first}, and {second}.",
        bool((np.isnan(a) == np.isnan(b)).all() and gaps.max() <= tolerance),
        f"largest difference over {len(gaps):,} numbers {gaps.max():.1e}",
    )


def copies(published: pd.DataFrame, tagged: pd.DataFrame) -> Finding | None:
    """The archive holds its correlations twice: ``published``, and those that stand with the items."""
    both = published.astype(dict.fromkeys(TAG, str)).merge(tagged, on=TAG, how="outer", suffixes=("", "_copy"))
    return two_routes(
        "copies of the correlations",
        f"The {len(tagged):,} correlations that stand with the items",
        {"as published there": both["rho_copy"].to_numpy(), "in the result files": both["rho"].to_numpy()},
        1e-12,
    )


def whole_raters(rows: pd.DataFrame) -> Finding:
    """The mean number of raters per item, in print and here; ``rows`` are those of the counts in the text."""
    row = rows[rows["quantity"] == "mean raters per item"].iloc[0]
    return Finding(
        WHOLE_RATERS,
        "cause",
        "The printed number of raters per item is the mean without its decimals.",
        int(row["ours"]) == row["published"],
        f"{row['ours']:.3f} raters per item, {row['published']:.0f} in print; nothing but this number speaks for it",
    )


def third_place(rows: pd.DataFrame, printed: pd.DataFrame, values: pd.DataFrame) -> Finding | None:
    """The abstract's highest values are those of the archive's models, not of Table 8's.

    Parameters
    ----------
    rows : those of the abstract; printed : Table 8 as printed, by model.
    values : wide value scores of all recorded models, all causes applied.
    """
    if (rows["status"] == "not in this run").all():
        return None
    parts = []
    for who, means in {
        f"the {len(printed)} models of Table 8 as printed": printed.mean(),
        f"all {len(values)} models": values[VALUES].mean(),
    }.items():
        (third, one), (fourth, other) = means.nlargest(4).iloc[2:].items()
        parts.append(f"third in the mean of {who} is {third} ({one:+.3f}) before {fourth} ({other:+.3f})")
    exactly = [
        sum(set(own.nlargest(3).index) == set(PAPER_HIGHEST) for _, own in frame.iterrows())
        for frame in (printed, values.set_index("model")[VALUES].astype(float))
    ]
    return Finding(
        ALL_MODELS,
        "cause",
        "The abstract's three highest values are those of the mean over all models of the archive; over the models "
        "that Table 8 prints, another value comes third.",
        bool((rows["status"] == "explained").any() and (rows["status"] != "differs").all()),
        "; ".join(parts)
        + f"; exactly the abstract's three are highest in {exactly[0]} of {len(printed)} printed models and in "
        f"{exactly[1]} of all {len(values)}",
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
        "fact",
        "One participant decides over tags of the item key, and so over every model's profile.",
        True,
        "against the published correlations, " + "; ".join(parts),
    )


def kept_pair(pairs: pd.DataFrame) -> Finding:
    """Pairs above the threshold that the authors' scores leave out or keep; ``pairs`` as by ``judge_pairs``."""
    kept, left = pairs[pairs["contained"].fillna(False)], pairs[~pairs["contained"].fillna(True)]
    return Finding(
        KEPT_PAIR,
        "cause",
        "The authors' code takes rho > 0.3 without a p-limit and has pairs switched off by hand. They are the pairs "
        "with p >= 0.05 of values and traits; the scores keep the one such pair of a higher-order value.",
        bool(len(kept) + len(left) == len(pairs))
        and set(kept["family"]) == {"higher_pvq"}
        and "higher_pvq" not in set(left["family"]),
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


def lost_in_averaging(reproduced: pd.DataFrame, lost: pd.DataFrame, tolerance: float = 1e-9) -> Finding | None:
    """The scores that the authors' averaging made from fewer items.

    Parameters
    ----------
    reproduced : as by ``reproduce_scores``; lost : as by ``lost_items``.
    """
    if lost.empty:
        return None
    cells = reproduced.merge(lost[["model", "family", "dimension"]].drop_duplicates())
    put_back = (cells["corrected_mean"] - cells["published_mean"]).abs() <= tolerance
    return Finding(
        LOST,
        "cause",
        "Where the first prompt version's record is an error without tags, the authors' averaging loses the item, "
        "though other versions answered. The scores in this pipeline's own tables keep the item.",
        bool(2 * cells["exact"].sum() > len(cells) and not put_back.any()),
        "; ".join(
            f"{row.model}, {row.dimension}: {row.reproduced_n} of {row.corrected_n} items, "
            f"{row.reproduced_centred_mean:.3f} for {row.corrected_centred_mean:.3f}"
            for row in cells.itertuples()
        )
        + f"; with the items lost {cells['exact'].sum()} of these {len(cells)} are within {tolerance:g} of the score "
        f"files, with them {put_back.sum()}",
    )


def models_of_alpha(printed: pd.DataFrame, of_27: "pd.Series[Any]", of_all: "pd.Series[Any]") -> Finding:
    """Which models make the printed alphas: ``printed`` appendix F, the alphas over Table 8's models, and over all."""
    numbers, tolerance = printed_numbers(list(printed["alpha"]), "appendix F")
    hits = [int((np.abs(own[printed.index] - numbers) <= tolerance).sum()) for own in (of_27, of_all)]
    return Finding(
        OF_TABLE_8,
        "cause",
        "The alphas of appendix F fit rows of model x prompt version of the models of Table 8 better than those of all "
        "models. Which rows with a gap are left out, and by which formula, two digits do not tell.",
        hits[0] > hits[1] and 2 * hits[0] > len(printed),
        f"with the published correlations {hits[0]} of {len(printed)} come out, over all models {hits[1]}; other "
        "choices in results/certificate/alpha_choices.csv",
    )


def open_differences(rows: pd.DataFrame, listed: pd.DataFrame) -> Finding:
    """Whether the committed list of open differences still says what the certificate says."""
    key = ["source", "quantity"]
    found = listed[key].merge(rows[[*key, "status"]], on=key, how="left")
    closed = found.loc[~found["status"].isin(["unexplained", "not in this run"]), "quantity"]
    return Finding(
        "open differences",
        "check",
        "The committed list of open differences (data/reference/open_differences.csv) names those that are open.",
        closed.empty,
        f"{len(listed)} listed" + (f", of which not as recorded: {', '.join(closed)}" if len(closed) else ""),
    )
