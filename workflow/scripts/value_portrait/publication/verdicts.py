"""What becomes of a claim: one verdict each, by the rules that stand here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.robustness.claims import measure, named_highest, parse_group
from value_portrait.robustness.groups import PROFILE_VARIANCE
from value_portrait.robustness.level import LEVEL
from value_portrait.scores.model_groups import LARGE_B
from value_portrait.wording import bracketed, in_percent, in_words, percent, signed

if TYPE_CHECKING:  # what it takes to check a config takes 0.2 s
    from value_portrait.config_tables import Claim

Tables = Mapping[str, pd.DataFrame]

# A claim holds that holds in so many of the defensible analyses,
MOST_ANALYSES = 0.9
# that chance gives less often than ``LEVEL`` where it is a test,
# and, if it is about models' own profiles, in a model more likely than not.
MOST_MODELS = 0.5

# The two groups of every comparison of ``robustness/groups.csv``, as claims name them.
COMPARED = {
    "weights": ("weights=open", "weights=closed"),
    "size": (f"size_b>={LARGE_B}", f"size_b<{LARGE_B}"),
    "reasoning": ("reasoning=yes", "reasoning=no"),
}
# Kinds of claims about the mean profile, which models that agree on items do not test however many they are.
UNTESTED = ("highest", "lowest", "highest_in_most_models", "above")
# How options of the analysis stand in a sentence.
OPTIONS: Mapping[str, str] = {
    "correlations": "whose correlations are taken",
    "method": "the kind of correlation",
    "repeated_participants": "who sits twice",
    "careless_raters": "careless raters",
    "scores": "the rounding of questionnaire scores",
    "rater_mean": "the raters' mean ratings",
    "threshold": "the threshold of tags",
    "max_p": "the p-limit of tags",
    "polarity": "negative tags",
    "centring": "the centring",
    "parser": "the parser",
    "prompt_versions": "the prompt versions",
}
# Their settings, where the label that tables have is no word of its own.
SETTINGS: Mapping[str, Mapping[str, str]] = {
    "correlations": {"recomputed": "made again", "published": "as published"},
    "method": {"spearman": "Spearman's, of ranks", "pearson": "Pearson's"},
    "repeated_participants": {"keep": "stays in", "drop": "is left out"},
    "careless_raters": {"keep": "stay in", "drop": "are left out"},
    "rater_mean": {"taken off": "taken off ratings"},
    "max_p": {"none": "no limit"},
    "polarity": {"positive": "left out", "both": "count, mirrored"},
    "centring": {"tagged_items": "mean of tagged items", "all_items": "mean of all items"},
    "parser": {"published": "longest option found", "strict": "plain answers only"},
}


@dataclass(frozen=True)
class Evidence:
    """What is known of a claim; None where it does not apply or is not known.

    Attributes
    ----------
    holds : in the main analysis; None where it could not be put to the test.
    share_holds : of the defensible analyses. decides_most : the option of the analysis that matters most.
    tested : whether the claim is a test over models. p : chance of such a finding with nothing behind it; of the mean
        profile, where models agree on items whatever their values, under keys from shuffled raters.
    probability : mean over models of the chance that what is claimed of their mean holds for the model itself.
    """

    holds: bool | None
    share_holds: float | None = None
    decides_most: str | None = None
    tested: bool = False
    p: float | None = None
    probability: float | None = None


def verdict(found: Evidence) -> str:
    """The verdict in words, as it completes a sentence about the claim; the first rule that fits."""
    if found.holds is None:
        return "cannot be tested here"
    if not found.holds:
        return "does not hold"
    if (found.tested and found.p is None) or (found.p is not None and found.p >= LEVEL):
        return "cannot be told from chance"
    if found.share_holds is not None and found.share_holds < MOST_ANALYSES:
        return f"depends on {OPTIONS.get(found.decides_most or '', 'the analysis')}"
    if found.probability is not None and found.probability < MOST_MODELS:
        return "holds for the average model only"
    return "holds"


def setting_in_words(option: str, setting: str) -> str:
    """A setting of an option of the analysis, as people read it."""
    return SETTINGS.get(option, {}).get(setting, setting.replace("_", " "))


def gather_evidence(claim: Claim, tables: Tables, named: Sequence[str], instrument: Instrument) -> Evidence:
    """What the stage knows of a claim; ``named`` are the dimensions whose probability ``RANKS`` has."""
    every = tables["claims"]
    row = every[(every["claim"] == claim.claim) & every["option"].isna()].iloc[0]
    compared = _compared(claim, tables["groups"])
    tested = claim.kind not in UNTESTED
    p = row["p"] if tested else _p_by_keys(claim, tables["alternatives"], instrument)
    if compared is not None:
        p = compared["p"]
    ranks = tables["ranks"]
    likely = ranks.loc[ranks["inference"] == "items_like_these", "probability"].dropna()
    about_named = claim.kind == "highest" and set(claim.arguments) == set(named)
    return Evidence(
        holds=None if pd.isna(row["holds"]) else bool(row["holds"]),
        share_holds=_number(row["share_holds"]),
        decides_most=None if pd.isna(row["decides_most"]) else str(row["decides_most"]),
        tested=tested,
        p=_number(p),
        probability=float(likely.mean()) if about_named and len(likely) else None,
    )


def judge_all(claims: Sequence[Claim], tables: Tables, instrument: Instrument) -> dict[str, str]:
    """The verdict on every claim, by its id."""
    named = named_highest(claims, instrument)
    return {claim.claim: verdict(gather_evidence(claim, tables, named, instrument)) for claim in claims}


def claims_table(tables: Tables, claims: Sequence[Claim], instrument: Instrument) -> list[str]:
    """The lines of a Markdown table of all claims with their verdicts; none without claims."""
    if not claims:
        return []
    lines = [
        "## What is said of the models\n",
        "| claim | where | verdict | this run | models | by chance | analyses |",
        "|---|---|---|---|---|---|---|",
    ]
    for claim in claims:
        about = describe_claim(claim, claims, tables, instrument)
        cells = [claim.text, claim.where, f"**{about['verdict']}**"]
        cells += [about[name] for name in ("found", "subjects", "chance", "analyses")]
        lines.append(f"| {' | '.join(cells)} |")
    noted = tables["claims"].dropna(subset="note").drop_duplicates("note")
    notes = [f"{'Not tested' if pd.isna(row['value']) else 'No p'}: {row['note']}" for _, row in noted.iterrows()]
    return [*lines, "", *notes, ""]


def describe_claim(claim: Claim, claims: Sequence[Claim], tables: Tables, instrument: Instrument) -> dict[str, str]:
    """A claim's verdict, and in words how far it holds here, in which models, what chance gives, in which analyses."""
    found = gather_evidence(claim, tables, named_highest(claims, instrument), instrument)
    every = tables["claims"]
    row = every[(every["claim"] == claim.claim) & every["option"].isna()].iloc[0]
    return {
        "claim": claim.claim,
        "verdict": verdict(found),
        "measure": measure(claim),
        "found": _found(claim, row, tables),
        "subjects": _models(claim, row, tables),
        "chance": _chance(found),
        "analyses": "" if found.share_holds is None else in_percent(found.share_holds),
    }


def _found(claim: Claim, row: pd.Series, tables: Tables) -> str:
    """How far a claim holds in the main analysis."""
    if pd.isna(row["value"]):
        return ""
    compared = _compared(claim, tables["groups"])
    if compared is not None:
        return bracketed(compared["difference"], compared["low"], compared["high"])
    if claim.kind == "highest_in_most_models":
        return f"{percent(row['value'])} of the models"
    named = {"rises_with_size": "rho = ", "model_families_differ": "omega² = "}
    return f"{named[claim.kind]}{row['value']:z.2f}" if claim.kind in named else signed(row["value"])


def _models(claim: Claim, row: pd.Series, tables: Tables) -> str:
    """How many models it is about, those known by printed scores alone among them in comparisons of groups."""
    if pd.isna(row["value"]):
        return ""
    compared = _compared(claim, tables["groups"])
    return f"{row['models']:.0f}" if compared is None else compared["models"]


def _chance(found: Evidence) -> str:
    """What chance has to do with it: a p-value, and how likely a model has what is said of the mean."""
    if found.tested:
        return "" if found.holds is None else "p unknown" if found.p is None else f"p {in_words(found.p)}"
    parts = [] if found.p is None else [f"p {in_words(found.p)} by shuffled keys"]
    if found.probability is not None:
        parts.append(f"a single model has it with a probability of {in_percent(found.probability)}")
    return "; ".join(parts)


def _p_by_keys(claim: Claim, alternatives: pd.DataFrame, instrument: Instrument) -> float | None:
    """The chance that keys from shuffled raters give what a claim says of the mean profile; None where that is unknown.

    Of dimensions named highest or lowest the least sure one counts: all of them have to stand out.
    """
    if claim.kind == "above":
        own = alternatives[(alternatives["question"] == "claim") & (alternatives["subject"] == claim.claim)]["p"]
    elif claim.kind in ("highest", "lowest"):
        means = headline(alternatives, "mean_profile", "nothing", instrument).set_index("dimension")["p"]
        own = means.reindex(claim.arguments)
    else:
        return None
    return float(own.max()) if len(own) and own.notna().all() else None


def _compared(claim: Claim, groups: pd.DataFrame) -> dict[str, Any] | None:
    """What ``GROUPS`` has on a claim about two groups of models, seen from the claim's first; None if nothing."""
    if claim.kind != "group_above":
        return None
    *sides, score = claim.arguments
    dimension = PROFILE_VARIANCE if score == "spread" else score
    given = [parse_group(side) for side in sides]
    for comparison, names in COMPARED.items():
        known = [parse_group(name) for name in names]
        own = groups[(groups["comparison"] == comparison) & (groups["dimension"] == dimension)]
        if len(own) and given in (known, known[::-1]):
            row, turn = own.iloc[0], 1 if given == known else -1
            low, high = sorted((turn * row["cluster_low"], turn * row["cluster_high"]))
            models = " / ".join(f"{row[name]}" for name in ("n_first", "n_second")[::turn])
            found = {"difference": turn * row["difference"], "low": low, "high": high}
            return found | {"p": row["p_adjusted"], "models": models}
    return None


def headline(alternatives: pd.DataFrame, statistic: str, without: str, instrument: Instrument) -> pd.DataFrame:
    """Rows of ``ALTERNATIVES`` about the mean over models in the main family, after something is taken out."""
    own = alternatives[(alternatives["question"] == "headline") & (alternatives["statistic"] == statistic)]
    return own[(own["without"] == without) & (own["subject"] == "all models") & (own["family"] == instrument.main.name)]


def _number(value: float | None) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
