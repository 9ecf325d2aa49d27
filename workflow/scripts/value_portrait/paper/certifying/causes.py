"""The causes of differences and the conjectures about some, each tested on the data at hand."""

from typing import Any

import numpy as np
import pandas as pd

from value_portrait.paper.certifying import stated
from value_portrait.paper.certifying.findings import Finding
from value_portrait.paper.certifying.in_print import cross_loading, items_per_value
from value_portrait.paper.certifying.printed import printed_numbers
from value_portrait.paper.claims import PAPER_HIGHEST, TRAIT_SCALE
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.wording import counted

_VALUES = list(VALUE_PORTRAIT.main.names)


def kept_pair(pairs: pd.DataFrame) -> Finding:
    """Pairs above the threshold that the authors' scores leave out or keep; ``pairs`` as by ``judge_pairs``."""
    decided = pairs[pairs["contained"].notna()]
    kept, left = (decided.loc[decided["contained"] == which, "family"] for which in (True, False))
    return Finding(
        stated.KEPT_PAIR,
        "cause",
        "The authors' code takes rho > 0.3 without a p-limit and has pairs switched off by hand. They are the pairs "
        "with p >= 0.05 of values and traits; the scores keep the one such pair of a higher-order value.",
        len(decided) == len(pairs) and set(kept) == {"higher_pvq"} and "higher_pvq" not in set(left),
        "; ".join(map(_whether_kept, pairs.itertuples())) or "no pair lies beyond the p-limit",
    )


def _whether_kept(pair: Any) -> str:
    """Whether the scores keep a pair; ``pair`` is a row of ``judge_pairs``."""
    models = counted(pair.n_models, "model")
    if pd.isna(pair.contained):
        most = max(pair.n_equal_with, pair.n_equal_without)
        words = f"cannot be told (at most {most} of {models} equal)"
    elif pair.contained:
        words = f"is in the scores ({pair.n_equal_with} of {models} equal with it)"
    else:
        words = f"is not ({pair.n_equal_without} of {models} equal without it)"
    return f"{pair.item_id} {pair.dimension} (rho {pair.rho:.4f}, p {pair.p:.4f}, {pair.n} raters) {words}"


def lost_in_averaging(reproduced: pd.DataFrame, lost: pd.DataFrame) -> Finding | None:
    """The scores that the authors' averaging made from fewer items.

    Parameters
    ----------
    reproduced : as by ``reproduce_scores``; lost : as by ``lost_items``.
    """
    if lost.empty:
        return None
    cells = reproduced.merge(lost[["model", "family", "dimension"]].drop_duplicates())
    put_back = (cells["corrected_mean"] - cells["published_mean"]).abs() <= stated.ARITHMETIC
    return Finding(
        stated.LOST,
        "cause",
        "Where the first prompt version's record is an error without tags, the authors' averaging loses the item, "
        "though other versions answered. The scores in this pipeline's own tables keep the item.",
        bool(2 * cells["exact"].sum() > len(cells) and not put_back.any()),
        "; ".join(
            f"{row.model}, {row.dimension}: {row.reproduced_n} of {row.corrected_n} items, "
            f"{row.reproduced_centred_mean:.3f} for {row.corrected_centred_mean:.3f}"
            for row in cells.itertuples()
        )
        + f"; with the items lost {cells['exact'].sum()} of these {len(cells)} are within {stated.ARITHMETIC:g} of the "
        f"score files, with them {put_back.sum()}",
    )


def counted_without_p(table_5: pd.DataFrame, d2: pd.DataFrame, correlations: pd.DataFrame) -> Finding:
    """Table 5 and D.2, as printed, leave out the p-limit; ``correlations`` are those with all causes applied."""
    equal, n = [], 0
    for limited in (correlations, correlations[correlations["p"] < stated.MAX_P]):
        steps = {stated.TWO_PROFILES: limited}
        rows = pd.concat(
            [items_per_value(table_5, steps, stated.THRESHOLD), cross_loading(d2, steps, stated.THRESHOLD)]
        )
        equal.append(int((rows["status"] == "match").sum()))
        n = int(rows["ours"].notna().sum())
    return Finding(
        "tags without a p-limit",
        "cause",
        "Table 5 and appendix D.2 count every |rho| > 0.3, whatever its p-value; the scores use p < 0.05.",
        2 * equal[0] > n and equal[1] < equal[0],
        f"of {n} numbers {equal[0]} come out without the limit, {equal[1]} with it",
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


def population_sd(published: pd.DataFrame, profiles: pd.DataFrame) -> Finding:
    """The stored SDs are population SDs: ``published`` score files, ``profiles`` with all causes."""
    key = ["model", "family", "dimension"]
    both = published.merge(profiles.astype(dict.fromkeys(key, str)), on=key, suffixes=("", "_ours"))
    # Where all ratings are the same, every spread is 0.
    both = both[both["sd"] > 0]
    sample = both["sd_ours"] * np.sqrt(both["n_items"] / (both["n_items"] - 1))
    by_n, by_sample = ((both["sd"] - spread).abs() < stated.ARITHMETIC for spread in (both["sd_ours"], sample))
    return Finding(
        "population SD",
        "cause",
        "The spread in the score files divides by n, not by n - 1 (Table 5's spread divides by n - 1).",
        bool(2 * by_n.sum() > len(both) > 2 * by_sample.sum()),
        f"of {len(both)} spreads {by_n.sum()} equal the one by n, {by_sample.sum()} the one by n - 1",
    )


def models_of_alpha(printed: pd.DataFrame, of_27: "pd.Series[Any]", of_all: "pd.Series[Any]") -> Finding:
    """Which models make the printed alphas: ``printed`` appendix F, the alphas over Table 8's models, and over all."""
    numbers, tolerance = printed_numbers(list(printed["alpha"]))
    hits = [int((np.abs(own.reindex(printed.index) - numbers) <= tolerance).sum()) for own in (of_27, of_all)]
    return Finding(
        stated.OF_TABLE_8,
        "conjecture",
        "The alphas of appendix F fit rows of model x prompt version of the models of Table 8 better than those of all "
        "models. Which rows with a gap are left out, and by which formula, two digits do not tell.",
        hits[0] > hits[1] and 2 * hits[0] > len(printed),
        f"with the published correlations {hits[0]} of {len(printed)} come out, over all models {hits[1]}; other "
        "choices in results/certificate/alpha_choices.csv",
    )


def whole_raters(rows: pd.DataFrame) -> Finding:
    """The mean number of raters per item, in print and here; ``rows`` are those of the counts in the text."""
    row = rows[rows["quantity"] == "mean raters per item"].iloc[0]
    return Finding(
        stated.WHOLE_RATERS,
        "conjecture",
        "The printed number of raters per item is the mean without its decimals.",
        bool(int(row["ours"]) == row["published"]),
        f"{row['ours']:.3f} raters per item, {row['published']:.0f} in print; nothing but this number speaks for it",
    )


def third_place(rows: pd.DataFrame, printed: pd.DataFrame, values: pd.DataFrame) -> Finding | None:
    """The abstract's highest values are those of the archive's models, not of Table 8's.

    Parameters
    ----------
    rows : those of the abstract; printed : Table 8 as printed.
    values : wide value scores of all recorded models, all causes applied.
    """
    if (rows["status"] == "not in this run").all():
        return None
    parts, printed = [], printed.astype(float)
    for who, means in {
        f"the {len(printed)} models of Table 8 as printed": printed.mean(),
        f"all {len(values)} models": values[_VALUES].mean(),
    }.items():
        (third, one), (fourth, other) = means.nlargest(4).iloc[2:].items()
        parts.append(f"third in the mean of {who} is {third} ({one:+.3f}) before {fourth} ({other:+.3f})")
    exactly = [
        sum(set(own.nlargest(3).index) == set(PAPER_HIGHEST) for _, own in frame.iterrows())
        for frame in (printed, values.set_index("model")[_VALUES].astype(float))
    ]
    return Finding(
        stated.ALL_MODELS,
        "conjecture",
        "The abstract's three highest values are those of the mean over all models of the archive; over the models "
        "that Table 8 prints, another value comes third.",
        bool((rows["status"] == "conjectured").any() and (rows["status"] != "differs").all()),
        "; ".join(parts)
        + f"; exactly the abstract's three are highest in {exactly[0]} of {len(printed)} printed models and, "
        f"with all causes applied, in {exactly[1]} of all {len(values)}",
    )
