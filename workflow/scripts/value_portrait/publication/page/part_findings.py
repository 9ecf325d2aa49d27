"""What was found: a headline, two sentences below it, and findings with a chart and a verdict each."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from value_portrait.config_tables import Claim
from value_portrait.instrument import Instrument, mid_sentence
from value_portrait.publication.page.finding import (
    BAD,
    FEW,
    GOOD,
    OPEN,
    Finding,
    Mark,
    Tables,
    beyond_shuffled_keys,
    leave_out_zero,
    ranked_means,
)
from value_portrait.publication.page.findings_on_models import (
    first_and_last,
    groups_of_models,
    single_scores,
    wording_and_order,
)
from value_portrait.publication.page.findings_on_people import (
    beside_people,
    other_people,
    personas_and_people,
    planted_truth,
    tags_by_chance,
)
from value_portrait.publication.page.packing import Packed, as_columns
from value_portrait.publication.verdicts import Evidence, gather_evidence, verdict
from value_portrait.publication.worth import verdict_line
from value_portrait.robustness.alternatives import ALTERNATIVES
from value_portrait.robustness.chance import TAGS_BY_CHANCE
from value_portrait.robustness.claims import named_highest
from value_portrait.robustness.comparison_tables import MEAN_PROFILE, PAIRS, RANKS
from value_portrait.robustness.groups import GROUPS
from value_portrait.robustness.level import LEVEL
from value_portrait.robustness.shares import CLAIMS
from value_portrait.robustness.uncertainty import UNCERTAINTY
from value_portrait.robustness.validity import VALIDITY
from value_portrait.tables import Schema
from value_portrait.wording import counted, in_percent, percent

# What findings are made of, as far as the study has it, beside what other parts take, too.
FINDINGS_TABLES: dict[str, str | Schema | None] = {
    "profiles": "profiles",
    "answer_counts": "answer_counts",
    "survey": "survey",
    "uncertainty": UNCERTAINTY,
    "mean_profile": MEAN_PROFILE,
    "alternatives": ALTERNATIVES,
    "pairs": PAIRS,
    "ranks": RANKS,
    "groups": GROUPS,
    "claims": CLAIMS,
    "chance": TAGS_BY_CHANCE,
    "validity": VALIDITY,
    "recovery_tags": None,
    "recovery_scores": None,
}
# In the order in which they are read.
SENTENCES = (
    planted_truth,
    first_and_last,
    single_scores,
    tags_by_chance,
    other_people,
    wording_and_order,
    groups_of_models,
    beside_people,
    personas_and_people,
)
# The finding that a kind of claim belongs to.
CLAIMED = {
    **dict.fromkeys(("highest", "lowest", "highest_in_most_models", "above"), "first_and_last"),
    **dict.fromkeys(("group_above", "rises_with_size", "model_families_differ"), "groups_of_models"),
    "condition_above": "personas_and_people",
}
CLAIM_COLUMNS = ("finding", "claim", "text", "where", "verdict", "tone", "share", "tally")
TONES = {"holds": GOOD, "does not hold": BAD, "cannot be tested here": ""}


def findings_part(
    tables: Tables, claims: Sequence[Claim], counts: pd.DataFrame | None, instrument: Instrument
) -> dict[str, Packed]:
    """The tables of the part: ``front`` (headline, standfirst), ``findings``, their ``marks`` and ``claims``.

    Parameters
    ----------
    tables : those of ``FINDINGS_TABLES``, sensitivity, models_and_people and agreement that the study has.
    claims : what is said of the models, which ``tables["claims"]`` judges.
    counts : comparisons of the certificate per part, source (``total`` marks sums) and status; None without one.
    """
    own = {name: _baseline(table) for name, table in tables.items()}
    found = [finding for sentence in SENTENCES if (finding := sentence(own, instrument))]
    found += [reproduced(counts)] if counts is not None else []
    named = named_highest(claims, instrument)
    evidence = [gather_evidence(claim, own, named, instrument) for claim in claims]
    front = {"headline": headline(own, instrument), "standfirst": standfirst(own, map(verdict, evidence))}
    return {
        "front": as_columns([front], list(front)),
        "findings": as_columns(
            [asdict(finding) for finding in found],
            [name for name in Finding.__dataclass_fields__ if name != "marks"],
        ),
        "marks": Packed(
            as_columns(
                [
                    {"finding": finding.finding, **_as_said(mark, finding.kind)}
                    for finding in found
                    for mark in finding.marks
                ],
                ["finding", *Mark.__dataclass_fields__],
            ).table.astype(dict.fromkeys(("value", "low", "high"), float)),
        ),
        "claims": _claims(claims, evidence, {finding.finding for finding in found}),
    }


def headline(tables: Tables, instrument: Instrument) -> str:
    """The study in a line: what models lean to as far as it can be told, and whether one can be told from another."""
    if "recovery_tags" in tables:
        return "A made-up study whose truth is known, and how much of it comes back"
    own = ranked_means(tables["mean_profile"], instrument)
    if own.empty:
        return f"No model has a score on {instrument.main.title}"
    if len(own) < 2:
        return f"How {'models score' if own['models'].max() > 1 else 'the model scores'} on {instrument.main.title}"
    beyond = beyond_shuffled_keys(tables, instrument)
    sure = own[leave_out_zero(own) & (own["dimension"].isin(beyond) if beyond is not None else True)]
    titles = [(instrument.titles[str(row["dimension"])], row["score"] > 0) for row in sure.to_dict("records")]
    up = [title for title, above in titles if above]
    down = [title for title, above in titles if not above]
    leanings = [f"to {up[0]}"] if up else []
    leanings += [f"away from {down[-1]}"] if down else []
    models = int(own["models"].max())
    who = f"{models} language models lean" if models > 1 else "The model leans"
    said, rest = f"{who} {' and '.join(leanings)}", "but one"
    if not leanings:
        said, rest = f"None of the {mid_sentence(instrument.main)} stands out", "and one model"
    pairs = tables["pairs"]
    pairs = pairs[(pairs["family"] == instrument.main.name) & (pairs["inference"] == "items_like_these")]
    held = pairs["p_max_t"].dropna() < LEVEL
    return f"{said}, {rest} can hardly be told from another" if held.mean() < FEW else said


def standfirst(tables: Tables, verdicts: Iterable[str]) -> str:
    """What was done, and what becomes of what is said of the models: the ``verdicts`` on all claims."""
    answers, models = int(tables["answer_counts"]["answers"].sum()), tables["profiles"]["model"].nunique()
    done = f"{counted(models, 'model')} gave {counted(answers, 'answer')}"
    if "survey" in tables:
        survey = tables["survey"]
        done += (
            f" to {counted(survey['item_id'].nunique(), 'item')} that {survey['participant_id'].nunique():,} people "
            "had rated for themselves"
        )
    return f"{done}. {verdict_line(verdicts)}".strip()


def reproduced(counts: pd.DataFrame) -> Finding:
    """Whether printed numbers come out again; ``counts`` as in ``findings_part``."""
    printed = counts[counts["total"]].iloc[0].drop(["part", "source", "total"]).astype(int)
    compared = ["match", "explained", "conjectured", "unexplained", "differs"]
    words = dict(zip(compared, ("match", "explained", "conjectured", "open", "differ"), strict=True))
    number = {name: int(printed.get(name, 0)) for name in compared}
    total = sum(number.values())
    whole = int(printed.sum())
    still, rest = number["unexplained"], whole - total
    heading = (
        f"{total:,} of {whole:,} numbers in print can be compared" if rest else "All numbers in print can be compared"
    )
    heading += f"; {number['match']:,} {'comes' if number['match'] == 1 else 'come'} out as printed"
    others = " The others cannot be compared: they need answers or data that the archive does not hold."
    return Finding(
        finding="reproduced",
        heading=heading,
        sentence=(
            f"Of those that can be, {number['match']:,} match as they are, {number['explained']:,} only once a cause "
            f"that the data show is taken out, {number['conjectured']:,} only by a conjecture; {still:,} "
            f"{'is' if still == 1 else 'are'} open and {number['differs']:,} "
            f"{'differs' if number['differs'] == 1 else 'differ'}.{others if rest else ''}"
        ),
        verdict=f"{number['differs']:,} {'differs' if number['differs'] == 1 else 'differ'}, {still:,} open",
        tone=BAD if number["differs"] else GOOD,
        view="certificate",
        name="numbers",
        link="Every number beside ours",
        chart="Numbers in print",
        kind="parts",
        marks=(
            *(Mark(words[name], count) for name, count in number.items()),
            *([Mark("not compared", rest)] if rest else []),
        ),
    )


def _claims(claims: Sequence[Claim], evidence: Sequence[Evidence], known: set[str]) -> Packed:
    rows = []
    for claim, shown in zip(claims, evidence, strict=True):
        said = verdict(shown)
        share = "" if shown.share_holds is None else in_percent(shown.share_holds)
        row = {"finding": CLAIMED[claim.kind], "claim": claim.claim, "text": claim.text, "where": claim.where}
        rows.append({**row, "verdict": said, "tone": TONES.get(said, OPEN), "share": share})
    tallies = {name: verdict_line(row["verdict"] for row in rows if row["finding"] == name) for name in known}
    return as_columns(
        [{**row, "tally": tallies[row["finding"]]} for row in rows if row["finding"] in known], CLAIM_COLUMNS
    )


def _as_said(mark: Mark, kind: str) -> dict[str, Any]:
    """A mark; a share is rounded as sentences round it, so that a chart never says 13 % beside a 12 %."""
    own = asdict(mark)
    return own | {"value": float(percent(mark.value).split()[0]) / 100} if kind == "shares" else own


def _baseline(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["condition"] == "baseline"] if "condition" in table else table
